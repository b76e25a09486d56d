"""Whether stderr has notes and progress, or errors alone. Only the standard library, for `--help`."""

from __future__ import annotations

_silent = False


def silence(silent: bool) -> None:
    """Decide whether notes, progress and the next command are left out."""
    global _silent
    _silent = silent


def are_silent() -> bool:
    """True if stderr is for errors alone."""
    return _silent
