"""Accuracy against size, with 95 % intervals: one mark a file, one colour a family."""

from __future__ import annotations

from typing import Any

from edgemnist.reporting.report.svg import INK, LINE, MUTED, PAPER, SERIES, drawing, write_svg
from edgemnist.results.folder_report import FolderReport, ReportedModel

MARKERS = {"keras": "s", "tflite": "o", "onnx": "^", "c": "D"}
NAMES = {"keras": "Keras", "tflite": "TFLite", "onnx": "ONNX", "c": "C"}
WIDE, NARROW = (760, 380), (350, 340)
# Ticks in each decade.
TICKS = {"wide": (1, 2, 5), "narrow": (1, 3)}


def draw_sizes(found: FolderReport) -> tuple[str, str]:
    """Draw it twice, for a desk and for a phone: SVG elements of the classes "wide" and "narrow"."""
    models = [model for model in found.models if model.verdict.measurement]
    return _draw(found, models, WIDE, "wide"), _draw(found, models, NARROW, "narrow")


def _draw(found: FolderReport, models: list[ReportedModel], size: tuple[int, int], kind: str) -> str:
    families = [family.source for family in found.families]
    with drawing(*size) as figure:
        axes = figure.subplots()
        axes.set_xscale("log")
        axes.grid(axis="y")
        for model in models:
            family = found.find_family(model.name)
            place = families.index(family.source) if family else len(families)
            _mark(axes, model, SERIES[place % len(SERIES)])
        _label_families(axes, found, models)
        _finish(axes, models, TICKS[kind])
        return write_svg(figure, f"sizes-{kind}", _describe(models), kind)


def _mark(axes: Any, model: ReportedModel, color: str) -> None:
    measurement = model.verdict.measurement
    assert measurement is not None
    score, size = measurement.score, measurement.size_bytes
    low, high = (100 * one for one in (score.accuracy_low, score.accuracy_high))
    axes.plot([size, size], [low, high], color=color, linewidth=1.5, alpha=0.45, zorder=1)
    axes.plot(
        size, 100 * score.accuracy, MARKERS.get(model.verdict.format or "", "o"), color=color, markersize=8,
        markeredgecolor=PAPER, markeredgewidth=1.2, zorder=2,
    )  # fmt: skip


def _label_families(axes: Any, found: FolderReport, models: list[ReportedModel]) -> None:
    """Name each family where it ends on the left, above its interval."""
    for family in found.families:
        members = [model.verdict.measurement for model in models if model.name in family.models]
        if not members:
            continue
        first = min((one for one in members if one), key=lambda one: one.size_bytes)
        place = (first.size_bytes, 100 * first.score.accuracy_high)
        axes.annotate(
            family.source.removesuffix(".keras"), place, (-4, 5), textcoords="offset points", color=INK,
            fontweight="bold",
        )  # fmt: skip


def _finish(axes: Any, models: list[ReportedModel], ticks: tuple[int, ...]) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, place: _format_size(value)))
    axes.xaxis.set_major_locator(LogLocator(subs=ticks, numticks=8))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, place: f"{value:g} %"))
    axes.margins(x=0.08, y=0.12)
    axes.set_xlabel("size of the file")
    axes.spines["left"].set_visible(False)
    axes.tick_params(left=False)
    axes.spines["bottom"].set_color(LINE)
    formats = list(dict.fromkeys(model.verdict.format or "" for model in models))
    handles = [
        Line2D([], [], color=MUTED, marker=MARKERS.get(one, "o"), linestyle="", label=NAMES.get(one, one))
        for one in formats
    ]
    axes.figure.legend(
        handles=handles, loc="outside upper left", ncols=len(handles), handletextpad=0.2, columnspacing=1.2,
        labelcolor=MUTED,
    )  # fmt: skip


def _format_size(value: float) -> str:
    """Return a tick of bytes.

    Example:
        >>> _format_size(1e4), _format_size(1e6)
        ('10 kB', '1 MB')
    """
    return f"{value / 1e6:g} MB" if value >= 1e6 else f"{value / 1e3:g} kB"


def _describe(models: list[ReportedModel]) -> str:
    parts = [
        f"{model.name} {one.size_bytes:,} bytes {100 * one.score.accuracy:.2f} %"
        for model in models
        if (one := model.verdict.measurement)
    ]
    return f"Accuracy by size: {'; '.join(parts)}"
