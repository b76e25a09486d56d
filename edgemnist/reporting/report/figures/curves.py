"""Training curves: loss and mistakes by epoch, on scales on which late epochs can be told apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgemnist.reporting.report.svg import INK, MUTED, SERIES, drawing, write_svg
from edgemnist.results.folder_report import TrainingCurves

SIZE = (350, 230)


def draw_curves(curves: TrainingCurves, name: str, owner: str) -> tuple[str, str]:
    """Draw loss, and the share of wrong answers.

    Args:
        curves: What each epoch gave.
        name: Plain name that no other figure of the page begins with.
        owner: Name of the model.
    """
    wrong = [[100 * (1 - one) for one in values] for values in (curves.accuracy, curves.validation_accuracy)]
    loss = _draw(
        [curves.loss, curves.validation_loss], curves.best_epoch, "loss", f"{name}-loss",
        f"Loss of {owner} by epoch: {_phrase(curves.loss)}", unit="",
    )  # fmt: skip
    mistakes = _draw(
        wrong, curves.best_epoch, "wrong answers", f"{name}-wrong",
        f"Share of wrong answers of {owner} by epoch, in percent: {_phrase(wrong[0])}", unit=" %",
    )  # fmt: skip
    return loss, mistakes


def _phrase(values: Sequence[float]) -> str:
    return f"{values[0]:.3g} after the first, {values[-1]:.3g} after the last"


def _draw(
    series: Sequence[Sequence[float]], best_epoch: int | None, title: str, name: str, alt: str, *, unit: str
) -> str:
    with drawing(*SIZE) as figure:
        axes = figure.subplots()
        for values, label, color, style in zip(
            series, ("training", "validation"), (SERIES[0], SERIES[1]), ("-", "--"), strict=True
        ):
            if values:
                _draw_line(axes, values, label, color, style)
        if best_epoch:
            axes.axvline(best_epoch, color=MUTED, linewidth=1, linestyle=":")
        _finish(axes, series, title, unit)
        return write_svg(figure, name, alt)


def _draw_line(axes: Any, values: Sequence[float], label: str, color: str, style: str) -> None:
    axes.plot(range(1, len(values) + 1), values, style, color=color, label=label, linewidth=1.8)
    if len(values) == 1:
        axes.plot(1, values[0], "o", color=color)


def _finish(axes: Any, series: Sequence[Sequence[float]], title: str, unit: str) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

    values = [value for one in series for value in one]
    if min(values) > 0:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5), numticks=6))
        axes.yaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, place: f"{value:g}{unit}"))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    axes.grid(axis="y")
    axes.spines["left"].set_visible(False)
    axes.tick_params(left=False)
    axes.set_xlabel("epoch")
    axes.set_title(title, loc="left", color=INK, fontweight="bold")
    if len([one for one in series if one]) > 1:
        axes.legend(loc="upper right", labelcolor=MUTED)
