"""What all tables and figures have in common: one style, one way to write sizes and shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from edgemnist.comparison.answers import Score

# Spaces between two columns.
GAP = 2


class Column(NamedTuple):
    """A column.

    Args:
        heading: above it, with markup.
        justify: how its cells are aligned.
        folds: on a narrow terminal, cells go on in the next line, where they don't fit whole; else they are cut.
        spare: the higher, the sooner it is given up on a terminal that is too narrow; 0 for one that stays.
    """

    heading: str
    justify: Literal["left", "right"] = "left"
    folds: bool = False
    spare: int = 0


class Table:
    """A table to be printed. All texts may hold markup.

    Args:
        title, caption: above and below it; None for none.
        is_grid: names with their values: no lines and no headings.

    Attributes:
        columns: none of a grid.
        rows: cells, row by row.
    """

    def __init__(self, title: str | None = None, caption: str | None = None, *, is_grid: bool = False) -> None:
        self.title, self.caption, self.is_grid = title, caption, is_grid
        self.columns: list[Column] = []
        self.rows: list[tuple[str, ...]] = []

    def add_column(
        self, heading: str, *, justify: Literal["left", "right"] = "left", folds: bool = False, spare: int = 0
    ) -> None:
        """Add a column on the right."""
        self.columns.append(Column(heading, justify, folds, spare))

    def add_row(self, *cells: str) -> None:
        """Add a row below, a cell for each column."""
        self.rows.append(cells)

    def drop_column(self, place: int) -> Table:
        """Return the table without a column."""
        table = Table(self.title, self.caption)
        table.columns = [column for index, column in enumerate(self.columns) if index != place]
        table.rows = [tuple(cell for index, cell in enumerate(cells) if index != place) for cells in self.rows]
        return table


def open_table(*headings: str, title: str | None = None, caption: str | None = None) -> Table:
    """Return an empty table in the one style that all tables have."""
    table = Table(title, caption)
    for heading in headings:
        table.add_column(heading)
    return table


def open_grid() -> Table:
    """Return an empty list of names and their values."""
    return Table(is_grid=True)


def format_bytes(count: int) -> str:
    """Return a size for people, in decimal units.

    Example:
        >>> format_bytes(559_448), format_bytes(2_145_564)
        ('559 kB', '2.15 MB')
    """
    return f"{count / 1e6:.2f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


def phrase_images(limit: int | None) -> str:
    """Say which images were run: all, or the first ones.

    Example:
        >>> phrase_images(None), phrase_images(1000)
        ('the test images', 'the first 1,000 test images')
    """
    return "the test images" if limit is None else f"the first {limit:,} test images"


def format_percent(share: float) -> str:
    """Return a share, 0 … 1, for people."""
    return f"{100 * share:.2f} %"


def format_accuracy(score: Score) -> str:
    """Return the accuracy with its interval."""
    interval = f"{format_percent(score.accuracy_low)} to {format_percent(score.accuracy_high)}"
    return f"[bold]{format_percent(score.accuracy)}[/] ({score.hits:,} of {score.images:,}; 95 % interval {interval})"
