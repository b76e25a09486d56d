"""Robustness: the accuracy of a source and of its forms on images of one kind of corruption, by its strength."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from edgemnist.reporting.report.svg import INK, MUTED, SERIES, drawing, write_svg

SIZE = (260, 190)
# A color and a dash for each precision: forms of one precision lie on each other.
STYLES = {
    "float32": (SERIES[4], "-"), "float16": (SERIES[2], "--"), "dynamic": (SERIES[3], "-."),
    "int16x8": (SERIES[5], ":"), "int8": (SERIES[1], "-"),
}  # fmt: skip


@dataclass(frozen=True)
class Curve:
    """The accuracy of one file.

    Args:
        name: File name.
        precision: Its precision; None for the source.
        accuracy: A share for each strength from 1, 0 … 1.
    """

    name: str
    precision: str | None
    accuracy: tuple[float, ...]


def draw_robustness(kind: str, curves: Sequence[Curve], name: str) -> str:
    """Draw one kind of corruption.

    Args:
        kind: Name of the kind.
        curves: Files, their source first: it is drawn below the others, broad.
        name: Plain name that no other figure of the page has.
    """
    with drawing(*SIZE) as figure:
        axes = figure.subplots()
        for curve in curves:
            _draw_curve(axes, curve)
        _finish(axes, curves, kind)
        parts = "; ".join(f"{one.name} {', '.join(f'{100 * value:.1f}' for value in one.accuracy)}" for one in curves)
        return write_svg(figure, name, f"Accuracy in percent by strength of {kind}: {parts}")


def _draw_curve(axes: Any, curve: Curve) -> None:
    strengths = range(1, len(curve.accuracy) + 1)
    shares = [100 * one for one in curve.accuracy]
    if curve.precision is None:
        axes.plot(
            strengths, shares, color=MUTED, linewidth=6, alpha=0.3, solid_capstyle="round", zorder=0, clip_on=False
        )
        return
    color, dash = STYLES.get(curve.precision, (SERIES[0], "-"))
    axes.plot(strengths, shares, dash, color=color, linewidth=1.6, clip_on=False)


def _finish(axes: Any, curves: Sequence[Curve], kind: str) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.set_title(kind, loc="left", color=INK, fontweight="bold")
    axes.set_xticks(range(1, max(len(one.accuracy) for one in curves) + 1))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, place: f"{value:g} %"))
    lowest = min(min(one.accuracy) for one in curves)
    axes.set_ylim(min(96.0, 100 * lowest - 2), 100)
    axes.grid(axis="y")
    axes.spines["left"].set_visible(False)
    axes.tick_params(left=False)
