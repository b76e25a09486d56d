"""Confusion: which classes are taken for which. Mistakes are drawn; what is right is a quiet number on the diagonal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgemnist.reporting.report.svg import INK, LINE, MUTED, ON_COLOR, PAPER, SERIES, drawing, write_svg

# More classes have cells without numbers.
MOST_NUMBERED = 16
# Of more classes every second, third, … is named, and no lines part the cells: there is no room for them.
MOST_NAMED = 44
SIDE, MOST_SIDE = 330, 640
CELL = 13
FONT, SMALL, TINY = 10, 9.5, 7.5
LONGEST = 10
# How strong the color of one image is, and from which strength on a number on it has a color of its own.
FAINT, STRONG = 0.18, 0.6


def draw_confusion(confusion: Sequence[Sequence[int]], labels: Sequence[str], name: str, alt: str) -> str:
    """Draw a matrix.

    Args:
        confusion: Number of images by right class (rows) and answer (columns), with a last column for no answer.
        labels: Names of the classes.
        name: Plain name that no other figure of the page has.
        alt: What it shows, for those who don't see it.
    """
    unanswered = any(row[-1] for row in confusion)
    columns = [*labels, "none"] if unanswered else [*labels]
    side = min(MOST_SIDE, max(SIDE, CELL * len(labels) + 60))
    with drawing(side, side) as figure:
        axes = figure.subplots()
        mistakes = [
            (row, column, count)
            for row, counts in enumerate(confusion)
            for column, count in enumerate(counts[: len(columns)])
            if count and row != column
        ]
        _draw_mistakes(axes, mistakes, numbered=len(labels) <= MOST_NUMBERED)
        if len(labels) <= MOST_NUMBERED:
            _write_shares(axes, confusion)
        _finish(axes, labels, columns)
        return write_svg(figure, name, alt, "large" if side > SIDE else "")


def _draw_mistakes(axes: Any, mistakes: Sequence[tuple[int, int, int]], *, numbered: bool) -> None:
    """Draw the cells of one number as one shape: hundreds of classes would be tens of thousands."""
    most = max((count for *_, count in mistakes), default=1)
    for number in sorted({count for *_, count in mistakes}):
        strength = FAINT + (1 - FAINT) * number / most
        cells = [(row, column) for row, column, count in mistakes if count == number]
        axes.add_patch(_outline(cells, strength))
        color = ON_COLOR if strength > STRONG else INK
        for row, column in cells if numbered else ():
            axes.text(column, row, f"{number}", ha="center", va="center_baseline", fontsize=FONT, color=color)


def _outline(cells: Sequence[tuple[int, int]], strength: float) -> Any:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    corners = ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5), (-0.5, -0.5))
    squares = [Path([(column + x, row + y) for x, y in corners], closed=True) for row, column in cells]
    return PathPatch(Path.make_compound_path(*squares), facecolor=SERIES[1], alpha=strength, edgecolor="none")


def _write_shares(axes: Any, confusion: Sequence[Sequence[int]]) -> None:
    """Write on the diagonal what share of each class is right."""
    for place, row in enumerate(confusion):
        if total := sum(row):
            share = _format_share(row[place], total)
            axes.text(place, place, share, ha="center", va="center_baseline", fontsize=SMALL, color=MUTED)


def _format_share(count: int, total: int) -> str:
    """Return a share in percent in four letters at most; one that isn't all is never 100.

    Example:
        >>> _format_share(999, 1000), _format_share(1, 1), _format_share(9999, 10000)
        ('99.9', '100', '99.9')
    """
    if count == total:
        return "100"
    return f"{min(99.9, 100 * count / total):.1f}"


def _finish(axes: Any, labels: Sequence[str], columns: Sequence[str]) -> None:
    rows = len(labels)
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_aspect("equal")
    long, step = max(map(len, columns)) > 2, -(-rows // MOST_NAMED)
    axes.set_xticks(range(0, len(columns), step), [_shorten(one) for one in columns[::step]], rotation=90 * long)
    axes.set_yticks(range(0, rows, step), [_shorten(one) for one in labels[::step]])
    if step == 1:
        axes.set_xticks([place + 0.5 for place in range(-1, len(columns))], minor=True)
        axes.set_yticks([place + 0.5 for place in range(-1, rows)], minor=True)
        axes.grid(which="minor", color=LINE, linewidth=0.7)
    axes.tick_params(length=0)
    if rows > MOST_NUMBERED:
        axes.tick_params(labelsize=TINY)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_xlabel("answer")
    axes.set_ylabel("right class")
    axes.set_facecolor(PAPER)


def _shorten(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
