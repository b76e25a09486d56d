"""Lines and tables without colours, as Rich prints them in a pipe, but in 2 ms instead of 40.

What has to be folded, or isn't in the one style that our tables have, is left to Rich.
"""

from __future__ import annotations

from edgemnist.reporting.markup import strip
from edgemnist.reporting.tables import GAP, Table
from edgemnist.text import escape_controls

# Below it each letter takes one column: Latin, and what µ, … and × are of. Others may take none or two.
FIRST_WIDE = "\u0300"


def format_text(text: str, width: int | None, *, markup: bool = True) -> list[str] | None:
    """Return a text as one line; None if it is longer than `width`, or has letters that Rich must look at."""
    text = escape_controls(text)
    line = strip(text) if markup else text
    return [line] if width is None or _measure(line) <= width else None


def format_table(table: Table, width: int) -> list[str] | None:
    """Return the lines of a table; None where Rich has to fold it, its title or its caption."""
    headings = [] if table.is_grid else [tuple(column.heading for column in table.columns)]
    rows = [[strip(escape_controls(cell)) for cell in row] for row in (*headings, *table.rows)]
    widths = [max(map(_measure, column)) for column in zip(*rows, strict=True)]
    full_width = sum(widths) + GAP * (len(widths) - 1) + (0 if table.is_grid else 2)
    around = [strip(escape_controls(text)) for text in (table.title, table.caption) if text]
    if not table.rows or 0 in widths or full_width > width:
        return None
    if any(_measure(text) > full_width for text in around):
        return None
    aligned = ["left"] * len(widths) if table.is_grid else [column.justify for column in table.columns]
    lines = [(" " * GAP).join(map(_align, row, widths, aligned)) for row in rows]
    if table.is_grid:
        return lines
    return _frame(table, [f" {line} " for line in lines], full_width)


def _frame(table: Table, lines: list[str], width: int) -> list[str]:
    """Put a line under the headings, the title above and the caption below."""
    empty, rule = " " * width, f" {'─' * (width - 2)} "
    framed = [empty, lines[0], rule, *lines[1:], empty]
    if table.title:
        framed.insert(0, _align(strip(escape_controls(table.title)), width, "left"))
    if table.caption:
        framed.append(_align(strip(escape_controls(table.caption)), width, "left"))
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
