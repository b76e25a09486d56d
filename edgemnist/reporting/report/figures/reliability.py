"""Reliability: how often a model is right beside how sure it is, with 95 % intervals."""

from __future__ import annotations

from typing import Any

from edgemnist.comparison.calibration import Bin, Calibration
from edgemnist.comparison.statistics import compute_wilson_interval
from edgemnist.reporting.report.svg import LINE, MUTED, SERIES, drawing, write_svg

SIZE = (330, 330)
# Height of the axes below that say how many images there are, as a share of that above.
COUNTS = 0.2


def draw_reliability(found: Calibration, name: str, owner: str) -> str:
    """Draw the share that is right by confidence, above the number of images on a scale of its logarithm.

    Args:
        found: Bins of confidence.
        name: Plain name that no other figure of the page has.
        owner: Name of the model.
    """
    bins = [one for one in found.bins if one.images]
    with drawing(*SIZE) as figure:
        axes, below = figure.subplots(2, 1, sharex=True, height_ratios=[1, COUNTS])
        axes.plot([0, 1], [0, 1], color=LINE, linewidth=1.5, zorder=0)
        for one in bins:
            _draw_bin(axes, one)
        axes.plot(
            [one.confidence for one in bins], [one.accuracy for one in bins], "o", color=SERIES[0], markersize=6,
            zorder=2,
        )  # fmt: skip
        edges = [one.low for one in found.bins] + [1.0]
        below.stairs([one.images for one in found.bins], edges, fill=True, color=SERIES[0], alpha=0.6, baseline=0.5)
        _finish(axes, below, found)
        return write_svg(figure, name, _describe(bins, owner))


def _draw_bin(axes: Any, one: Bin) -> None:
    assert one.accuracy is not None
    low, high = compute_wilson_interval(round(one.accuracy * one.images), one.images)
    axes.plot([one.confidence] * 2, [low, high], color=SERIES[0], linewidth=1.5, alpha=0.45, zorder=1)


def _finish(axes: Any, below: Any, found: Calibration) -> None:
    ticks = [place / 4 for place in range(5)]
    labels = [f"{100 * tick:.0f} %" for tick in ticks]
    axes.set(xlim=(0, 1.02), ylim=(-0.02, 1.02), ylabel="right")
    axes.set_yticks(ticks, labels)
    axes.grid(axis="y")
    axes.tick_params(left=False, bottom=False)
    below.set_yscale("log")
    most = max(one.images for one in found.bins)
    below.set_ylim(0.5, 2 * most)
    below.set_yticks([1, most], ["1", f"{most:,}"])
    below.set_yticks([], minor=True)
    below.set_xticks(ticks, labels)
    below.tick_params(left=False)
    below.set_xlabel("sure")
    below.set_ylabel("images", color=MUTED)
    for one in (axes, below):
        one.spines["left"].set_visible(False)


def _describe(bins: list[Bin], owner: str) -> str:
    parts = [f"{one.images:,} images {100 * (one.confidence or 0):.0f} % sure, {100 * (one.accuracy or 0):.0f} % right"
             for one in bins]  # fmt: skip
    return f"Reliability of {owner}: {'; '.join(parts)}"
