"""Rich: colours on a terminal, and whatever has to be folded. Text and tables have their control characters escaped."""

from __future__ import annotations

from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from edgemnist.reporting.plain import drop_spare_columns, fits_whole
from edgemnist.reporting.tables import GAP, Table
from edgemnist.text import escape_controls


class SafeConsole(Console):
    """A console on which text can't fake a line, a colour or a table row: each `print` of a text is one line.

    Whatever is text when it comes here (a line, a table's cell, title or caption) passes `render_str`. Markup is for
    the caller: names from elsewhere go through `edgemnist.reporting.markup.escape` as well.
    """

    def render_str(self, text: str, **settings: Any) -> Text:
        return super().render_str(escape_controls(text), **settings)

    def on_broken_pipe(self) -> None:
        raise  # the BrokenPipeError: Rich would end the program here, with exit status 1


def open_rich_console(*, stderr: bool, width: int | None, quiet: bool = False) -> SafeConsole:
    """Return Rich's console for stdout or stderr.

    Args:
        stderr: for diagnostics.
        width: Columns; None for the terminal's own.
        quiet: print nothing.
    """
    return SafeConsole(stderr=stderr, width=width, highlight=False, emoji=False, quiet=quiet)


def convert_table(table: Table, width: int) -> RichTable:
    """Return a table as Rich prints it: on a narrow terminal without the columns that can be spared.

    Args:
        table: The table.
        width: Columns of the terminal.
    """
    if table.is_grid:
        grid = RichTable.grid(padding=(0, GAP))
        for cells in table.rows:
            grid.add_row(*cells)
        return grid
    table = drop_spare_columns(table, width)
    whole = fits_whole(table, width)
    made = RichTable(
        title=table.title,
        title_justify="left",
        caption=table.caption,
        caption_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
    )
    for column in table.columns:
        made.add_column(
            column.heading, justify=column.justify, overflow="fold" if column.folds else "ellipsis",
            no_wrap=whole and column.folds,
        )  # fmt: skip
    for cells in table.rows:
        made.add_row(*cells)
    return made
