"""Histograms of weights and outputs, with what each quantized form can hold of them drawn below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgemnist.comparison.distributions import Distribution, StoredRange
from edgemnist.reporting.report.svg import INK, LINE, MUTED, SERIES, drawing, write_svg
from edgemnist.text import escape_controls

# In pixels of the page.
WIDTH, TITLE, HISTOGRAM, ROW, AXIS, SIDE = 350, 24, 110, 31, 26, 12
# How far beyond the source's values the axis goes, as a share of their width, where a range is wider.
BEYOND = 0.35
LONGEST = 52
BAR = 5
# Width of the one bin of values that are all alike, as a share of the widest range.
LEAST = 0.01


def draw_distribution(found: Distribution, name: str) -> str:
    """Draw how values are spread, on a scale of their logarithm, above a bar for each range.

    Args:
        found: Values of one layer.
        name: Plain name that no other figure of the page has.
    """
    rows = merge_ranges(found.ranges)
    height = TITLE + HISTOGRAM + ROW * len(rows) + AXIS
    with drawing(WIDTH, height, layout=None) as figure:
        edge, inner = SIDE / WIDTH, 1 - 2 * SIDE / WIDTH
        bottom, rows_height = AXIS / height, ROW * len(rows) / height
        below = figure.add_axes((edge, bottom, inner, rows_height))
        top = figure.add_axes((edge, bottom + rows_height, inner, HISTOGRAM / height), sharex=below)
        _draw_counts(top, found)
        _limit(below, found)
        for place, (label, one) in enumerate(rows):
            _draw_range(below, one, label, place)
        _finish(top, below, found, len(rows))
        return write_svg(figure, name, _describe(found))


def merge_ranges(ranges: Sequence[StoredRange]) -> list[tuple[str, StoredRange]]:
    """Return each range once, with the names of the forms that have it.

    Example:
        >>> ranges = [StoredRange(name, 0, 6, 6, 0) for name in ("a.tflite", "a.onnx", "b.c")]
        >>> [label for label, _ in merge_ranges(ranges)]
        ['a.tflite .onnx, b.c']
    """
    merged: dict[tuple[str, ...], list[StoredRange]] = {}
    for one in ranges:
        key = tuple(f"{value:.3g}" for value in (one.low, one.high, one.narrow, one.outside))
        merged.setdefault(key, []).append(one)
    return [(_name([one.model for one in group], len(ranges)), group[0]) for group in merged.values()]


def _name(names: Sequence[str], all: int) -> str:
    """Name several files, those that differ in their endings alone as one; all of them briefly."""
    stems: dict[str, list[str]] = {}
    for name in names:
        stem, dot, ending = name.rpartition(".")
        stems.setdefault(stem or name, []).append(dot + ending if stem else "")
    label = escape_controls(", ".join(f"{stem}{' '.join(endings)}" for stem, endings in stems.items()))
    if len(label) <= LONGEST:
        return label
    return f"all {all} quantized forms" if len(names) == all > 1 else f"{label[: LONGEST - 1]}…"


def _draw_counts(axes: Any, found: Distribution) -> None:
    width = (found.high - found.low) / len(found.counts)
    if not any(found.counts[1:]):  # values that are all alike have bins without a width
        width = LEAST * max(one.high - one.low for one in found.ranges)
    edges = [found.low + width * place for place in range(len(found.counts) + 1)]
    axes.stairs(found.counts, edges, fill=True, color=SERIES[0], alpha=0.85, baseline=0.5)


def _draw_range(axes: Any, one: StoredRange, label: str, place: int) -> None:
    color = SERIES[1] if one.outside else MUTED
    axes.plot([one.low, one.high], [place, place], color=color, linewidth=BAR, solid_capstyle="butt", alpha=0.35)
    if one.narrow < one.high:
        axes.plot(
            [-one.narrow, one.narrow], [place, place], color=color, linewidth=BAR, solid_capstyle="butt", alpha=0.6
        )
    for end in (one.low, one.high):
        axes.plot([end, end], [place - 0.14, place + 0.14], color=color, linewidth=1.6)
    axes.text(0, place - 0.28, label, transform=axes.get_yaxis_transform(), color=MUTED, va="bottom")


def _limit(axes: Any, found: Distribution) -> None:
    width = (found.high - found.low) or 1.0
    low = min([found.low, *(max(one.low, found.low - BEYOND * width) for one in found.ranges)])
    high = max([found.high, *(min(one.high, found.high + BEYOND * width) for one in found.ranges)])
    margin = 0.01 * (high - low)
    axes.set_xlim(low - margin, high + margin)


def _finish(top: Any, below: Any, found: Distribution, rows: int) -> None:
    from matplotlib.ticker import MaxNLocator

    top.set_yscale("log")
    top.set_ylim(0.5, 1.3 * max(found.counts))
    top.set_yticks([])
    top.set_yticks([], minor=True)
    top.spines["left"].set_visible(False)
    top.spines["bottom"].set_color(LINE)
    top.tick_params(bottom=False, labelbottom=False)
    below.set_ylim(rows - 0.7, -0.9)
    below.set_yticks([])
    below.spines["left"].set_visible(False)
    below.xaxis.set_major_locator(MaxNLocator(nbins=5))
    title = "weights" if found.value == "weights" else "output"
    top.set_title(escape_controls(f"{found.layer}, {title}"), loc="left", color=INK, fontweight="bold")


def _describe(found: Distribution) -> str:
    ranges = "; ".join(
        f"{one.model} holds {one.low:.3g} to {one.high:.3g}, {100 * one.outside:.3g} % lie outside"
        for one in found.ranges
    )
    return f"{found.layer}, {found.value}: from {found.low:.3g} to {found.high:.3g}; {ranges}"
