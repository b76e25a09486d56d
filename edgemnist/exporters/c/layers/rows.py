"""Calls of a kernel that are repeated for each row of a tensor."""

from __future__ import annotations


def repeat(call: str, rows: int) -> str:
    """Return a call in C that is made so many times, with `row` as the number of each.

    Example:
        >>> repeat("run_mean(&layer);", 3)
        'for (int row = 0; row < 3; row++) run_mean(&layer);'
    """
    return call if rows == 1 else f"for (int row = 0; row < {rows}; row++) {call}"


def advance(pointer: str, rows: int, values: int) -> str:
    """Return a pointer to the row, of so many values."""
    return pointer if rows == 1 else f"{pointer} + row * {values}"
