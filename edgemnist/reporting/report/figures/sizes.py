"""Accuracy against size or time, with intervals: one mark a file, one colour a family."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from edgemnist.reporting.report.svg import INK, LINE, MUTED, PAPER, SERIES, drawing, write_svg
from edgemnist.results.folder_report import FolderReport, ReportedModel
from edgemnist.text import escape_controls

MARKERS = {"keras": "s", "tflite": "o", "onnx": "^", "c": "D"}
NAMES = {"keras": "Keras", "tflite": "TFLite", "onnx": "ONNX", "c": "C"}
WIDE, NARROW = (760, 380), (350, 340)
# Ticks in each decade.
TICKS = {"wide": (1, 2, 5), "narrow": (1, 3)}


@dataclass(frozen=True)
class Mark:
    """One mark.

    Args:
        model: The file.
        place: Where it lies: bytes, or microseconds.
        low, high: Ends of that, where it is uncertain.
    """

    model: ReportedModel
    place: float
    low: float
    high: float

    @property
    def accuracy(self) -> tuple[float, float, float]:
        """Ends of the 95 % interval of the accuracy, and the accuracy between them, in percent."""
        assert self.model.verdict.measurement is not None
        score = self.model.verdict.measurement.score
        return 100 * score.accuracy_low, 100 * score.accuracy, 100 * score.accuracy_high


@dataclass(frozen=True)
class Axis:
    """What lies to the right.

    Args:
        name: Plain name that no other figure of the page begins with.
        title: What it is.
        format: Writes a tick.
    """

    name: str
    title: str
    format: Callable[[float], str]


def draw_sizes(found: FolderReport) -> tuple[str, str]:
    """Draw accuracy by size twice, for a desk and for a phone: SVG elements of the classes "wide" and "narrow"."""
    measured = [(model, one.size_bytes) for model in found.models if (one := model.verdict.measurement)]
    marks = [Mark(model, size, size, size) for model, size in measured]
    return draw_marks(found, marks, Axis("sizes", "size of the file", format_size))


def draw_latencies(found: FolderReport) -> tuple[str, ...]:
    """Draw accuracy by time likewise; nothing where no file was timed."""
    models = {model.name: model for model in found.models if model.verdict.measurement}
    latencies = found.benchmarked.latencies if found.benchmarked else ()
    marks = [
        Mark(models[one.model], one.median_us, one.low_us, one.high_us)
        for one in latencies
        if one.model in models and one.low_us > 0
    ]
    return draw_marks(found, marks, Axis("latencies", "time for one image", format_time)) if marks else ()


def draw_marks(found: FolderReport, marks: Sequence[Mark], axis: Axis) -> tuple[str, str]:
    """Draw marks twice, for a desk and for a phone."""
    return _draw(found, marks, axis, WIDE, "wide"), _draw(found, marks, axis, NARROW, "narrow")


def _draw(found: FolderReport, marks: Sequence[Mark], axis: Axis, size: tuple[int, int], kind: str) -> str:
    families = [family.source for family in found.families]
    with drawing(*size) as figure:
        axes = figure.subplots()
        axes.set_xscale("log")
        axes.grid(axis="y")
        for mark in marks:
            family = found.find_family(mark.model.name)
            place = families.index(family.source) if family else len(families)
            _mark(axes, mark, SERIES[place % len(SERIES)])
        _label_families(axes, found, marks)
        _finish(axes, marks, axis, TICKS[kind])
        return write_svg(figure, f"{axis.name}-{kind}", _describe(marks, axis), kind)


def _mark(axes: Any, mark: Mark, color: str) -> None:
    low, middle, high = mark.accuracy
    axes.plot([mark.place] * 2, [low, high], color=color, linewidth=1.5, alpha=0.45, zorder=1)
    if mark.low < mark.high:
        axes.plot([mark.low, mark.high], [middle] * 2, color=color, linewidth=1.5, alpha=0.45, zorder=1)
    axes.plot(
        mark.place, middle, MARKERS.get(mark.model.verdict.format or "", "o"), color=color, markersize=8,
        markeredgecolor=PAPER, markeredgewidth=1.2, zorder=2,
    )  # fmt: skip


def _label_families(axes: Any, found: FolderReport, marks: Sequence[Mark]) -> None:
    """Name each family where it ends on the left, above its interval."""
    for family in found.families:
        members = [mark for mark in marks if mark.model.name in family.models]
        if not members:
            continue
        first = min(members, key=lambda mark: mark.place)
        axes.annotate(
            escape_controls(family.source.removesuffix(".keras")), (first.place, first.accuracy[2]), (-4, 5),
            textcoords="offset points", color=INK, fontweight="bold",
        )  # fmt: skip


def _finish(axes: Any, marks: Sequence[Mark], axis: Axis, ticks: tuple[int, ...]) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, place: axis.format(value)))
    axes.xaxis.set_major_locator(LogLocator(subs=ticks, numticks=8))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, place: f"{value:g} %"))
    axes.margins(x=0.08, y=0.12)
    axes.set_xlabel(axis.title)
    axes.spines["left"].set_visible(False)
    axes.tick_params(left=False)
    axes.spines["bottom"].set_color(LINE)
    formats = list(dict.fromkeys(mark.model.verdict.format or "" for mark in marks))
    handles = [
        Line2D([], [], color=MUTED, marker=MARKERS.get(one, "o"), linestyle="", label=NAMES.get(one, one))
        for one in formats
    ]
    axes.figure.legend(
        handles=handles, loc="outside upper left", ncols=len(handles), handletextpad=0.2, columnspacing=1.2,
        labelcolor=MUTED,
    )  # fmt: skip


def format_size(value: float) -> str:
    """Return a size for people.

    Example:
        >>> format_size(1e4), format_size(1e6)
        ('10 kB', '1 MB')
    """
    return f"{value / 1e6:.3g} MB" if value >= 1e6 else f"{value / 1e3:.3g} kB"


def format_time(value: float) -> str:
    """Return a time in microseconds for people.

    Example:
        >>> format_time(4.9), format_time(2000.0)
        ('4.9 µs', '2 ms')
    """
    return f"{value / 1e3:.3g} ms" if value >= 1e3 else f"{value:.3g} µs"


def _describe(marks: Sequence[Mark], axis: Axis) -> str:
    parts = [f"{mark.model.name} {axis.format(mark.place)} {mark.accuracy[1]:.2f} %" for mark in marks]
    return f"Accuracy by {axis.title}: {'; '.join(parts)}"
