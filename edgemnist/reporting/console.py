"""The one way to a terminal: whatever is printed here has its control characters escaped."""

from __future__ import annotations

import sys
from typing import Any

from rich.console import Console
from rich.text import Text

from edgemnist.reporting.notes import are_silent
from edgemnist.text import escape_controls

# A pipe has no width of its own, and a table whose names are folded can't be searched.
PIPE_WIDTH = 1000


class SafeConsole(Console):
    """A console on which text can't fake a line, a colour or a table row: each `print` of a text is one line.

    Whatever is text when it comes here (a line, a table's cell, title or caption) passes `render_str`. Markup is for
    the caller: names from elsewhere go through `rich.markup.escape` as well.
    """

    def render_str(self, text: str, **settings: Any) -> Text:
        return super().render_str(escape_controls(text), **settings)

    def on_broken_pipe(self) -> None:
        raise  # the BrokenPipeError: Rich would end the program here, with exit status 1


def open_console(*, stderr: bool = False, error: bool = False) -> SafeConsole:
    """Return a console for data (stdout) or diagnostics (stderr), which are left out where only errors are wanted.

    Args:
        stderr: for diagnostics.
        error: these are errors, or a question to the user: they are printed in any case.
    """
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else PIPE_WIDTH
    quiet = stderr and not error and are_silent()
    return SafeConsole(stderr=stderr, width=width, highlight=False, emoji=False, quiet=quiet)
