"""The one way to a terminal or a pipe: whatever is printed here has its control characters escaped.

A pipe gets plain lines, for which Rich isn't loaded. It does the colours, and what must be folded.
"""

from __future__ import annotations

import os
import sys
from functools import cached_property
from typing import TYPE_CHECKING

from edgemnist.reporting.notes import are_silent
from edgemnist.reporting.plain import format_table, format_text
from edgemnist.reporting.tables import Table

if TYPE_CHECKING:
    from edgemnist.reporting.rich_console import SafeConsole

# A pipe has no width of its own, and a table whose names are folded can't be searched.
PIPE_WIDTH = 1000
# What asks for colours in a pipe, too, or forbids them on a terminal: Rich knows the rules.
COLOUR_SWITCHES = ("FORCE_COLOR", "TTY_COMPATIBLE")


class Console:
    """Where lines and tables are printed.

    Args:
        stderr: to stderr, not to stdout.
        quiet: print nothing.
    """

    def __init__(self, *, stderr: bool, quiet: bool) -> None:
        self._stderr, self._quiet = stderr, quiet
        stream = sys.stderr if stderr else sys.stdout
        self._pipe_width = None if stream.isatty() else PIPE_WIDTH
        self._is_plain = self._pipe_width is not None and not any(map(os.environ.get, COLOUR_SWITCHES))

    @cached_property
    def rich(self) -> SafeConsole:
        """Rich's own console: 30 ms."""
        from edgemnist.reporting.rich_console import open_rich_console

        return open_rich_console(stderr=self._stderr, width=self._pipe_width, quiet=self._quiet)

    @property
    def width(self) -> int:
        """Columns."""
        return self._pipe_width or self.rich.width

    def print(self, shown: str | Table, *, soft_wrap: bool = False, markup: bool = True) -> None:
        """Print a line or a table.

        Args:
            shown: the text, or the table.
            soft_wrap: fold nothing: the terminal does.
            markup: False where brackets mean nothing.
        """
        if self._quiet:
            return
        lines = None
        if self._is_plain and isinstance(shown, Table):
            lines = format_table(shown, PIPE_WIDTH)
        elif self._is_plain and isinstance(shown, str):
            lines = format_text(shown, None if soft_wrap else PIPE_WIDTH, markup=markup)
        if lines is None:
            self._print_rich(shown, soft_wrap=soft_wrap, markup=markup)
            return
        self._write(lines)

    def _write(self, lines: list[str]) -> None:
        stream = sys.stderr if self._stderr else sys.stdout
        stream.write("".join(f"{line}\n" for line in lines))
        stream.flush()

    def _print_rich(self, shown: str | Table, *, soft_wrap: bool, markup: bool) -> None:
        from edgemnist.reporting.rich_console import convert_table

        made = convert_table(shown, self.width) if isinstance(shown, Table) else shown
        if not self._is_plain:
            self.rich.print(made, soft_wrap=soft_wrap, markup=markup)
            return
        with self.rich.capture() as capture:
            self.rich.print(made, soft_wrap=soft_wrap, markup=markup)
        self._write([line.rstrip() for line in capture.get().splitlines()])


def open_console(*, stderr: bool = False, error: bool = False) -> Console:
    """Return a console for data (stdout) or diagnostics (stderr), which are left out where only errors are wanted.

    Args:
        stderr: for diagnostics.
        error: these are errors, or a question to the user: they are printed in any case.
    """
    return Console(stderr=stderr, quiet=stderr and not error and are_silent())
