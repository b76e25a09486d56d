"""Lines and tables without colours, as Rich prints them in a pipe but for blanks at their ends, in 2 ms instead of 40.

What has to be folded, or isn't in the one style that our tables have, is left to Rich.
"""

from __future__ import annotations

from edgemnist.reporting.markup import strip
from edgemnist.reporting.tables import GAP, Table
from edgemnist.text import escape_controls

# Below it each letter takes one column: Latin, and what µ, … and × are of. Others may take none or two.
FIRST_WIDE = "\u0300"
# Columns left and right of a table.
EDGES = 2


def format_text(text: str, width: int | None, *, markup: bool = True) -> list[str] | None:
    """Return a text as one line; None if it is longer than `width`, or has letters that Rich must look at."""
    text = escape_controls(text)
    line = strip(text) if markup else text
    return [line] if width is None or _measure(line) <= width else None


def format_table(table: Table, width: int) -> list[str] | None:
    """Return the lines of a table; None where Rich has to fold it, its title or its caption."""
    rows = _strip_cells(table)
    widths = _measure_columns(rows)
    full_width = _add(widths) + (0 if table.is_grid else EDGES)
    around = [strip(escape_controls(text)) for text in (table.title, table.caption) if text]
    if not table.rows or 0 in widths or full_width > width:
        return None
    if any(_measure(text) > full_width for text in around):
        return None
    aligned = ["left"] * len(widths) if table.is_grid else [column.justify for column in table.columns]
    lines = [(" " * GAP).join(map(_align, row, widths, aligned)) for row in rows]
    framed = lines if table.is_grid else _frame(table, [f" {line}" for line in lines], full_width)
    return [line.rstrip() for line in framed]


def drop_spare_columns(table: Table, width: int) -> Table:
    """Return a table that fits a terminal, without as many of its spare columns as that takes."""
    while not table.is_grid and _add(_measure_columns(_strip_cells(table))) + EDGES > width:
        spare = max(table.columns, key=lambda column: column.spare)
        if not spare.spare:
            break
        table = table.drop_column(table.columns.index(spare))
    return table


def fits_whole(table: Table, width: int) -> bool:
    """True if names needn't be folded: there is room for them, and for the longest word of each other column."""
    rows = [
        [cell if column.folds else _find_longest_word(cell) for cell, column in zip(row, table.columns, strict=True)]
        for row in _strip_cells(table)
    ]
    return _add(_measure_columns(rows)) + EDGES <= width


def _find_longest_word(text: str) -> str:
    return max(text.split(), key=_measure, default="")


def _strip_cells(table: Table) -> list[list[str]]:
    headings = [] if table.is_grid else [tuple(column.heading for column in table.columns)]
    return [[strip(escape_controls(cell)) for cell in row] for row in (*headings, *table.rows)]


def _measure_columns(rows: list[list[str]]) -> list[int]:
    return [max(map(_measure, column)) for column in zip(*rows, strict=True)]


def _add(widths: list[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)


def _frame(table: Table, lines: list[str], width: int) -> list[str]:
    """Put a line under the headings, the title above and the caption below."""
    framed = ["", lines[0], f" {'─' * (width - EDGES)}", *lines[1:], ""]
    if table.title:
        framed.insert(0, strip(escape_controls(table.title)))
    if table.caption:
        framed.append(strip(escape_controls(table.caption)))
    return framed


def _align(text: str, width: int, justify: str) -> str:
    text = text.rstrip() if justify == "right" else text
    spaces = " " * (width - _measure(text))
    return spaces + text if justify == "right" else text + spaces


def _measure(text: str) -> int:
    """Return the number of columns that a text takes."""
    if text.isascii() or max(text) < FIRST_WIDE:
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)
