"""Standard output and standard error that may be closed, full, or read by nobody any more.

What can't be printed is an error like any other: one line and an exit status. Each stream fails once at most: the
interpreter flushes both again when it ends, and would say it a second time.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import Any, TextIO


class _Descriptor(io.FileIO):
    """A standard stream's descriptor, which remembers its first error and writes nothing after it.

    Args:
        descriptor: 1 or 2.
        silent: don't even raise that error: no result depends on what is said beside it.
    """

    def __init__(self, descriptor: int, *, silent: bool) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self.error: OSError | None = None
        self._silent = silent

    def write(self, data: Any) -> int:
        if self.error is None:
            try:
                return super().write(data)
            except OSError as error:
                self.error = error
                if not self._silent:
                    raise
        return len(data)


# Set in the environment, which child processes inherit, where the user wants to see what libraries print.
SHOWN = "EDGEMNIST_SHOW_LIBRARY_OUTPUT"
_output: list[_Descriptor] = []
_saved: list[tuple[str, TextIO, int, int]] = []


def prepare_streams() -> bool:
    """Let no closed stream and no poor encoding turn a result into a traceback.

    Returns:
        False if standard output is closed.
    """
    is_open = sys.stdout is not None
    _fill_descriptors()
    _output.clear()
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        stream = getattr(sys, name)
        if stream is getattr(sys, f"__{name}__"):  # no caller has put another in its place
            setattr(sys, name, _rebuild(stream, descriptor))
    _save()
    return is_open


def _fill_descriptors() -> None:
    """Open the null device where one of the three is closed: else the next file opened would be printed into."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest that is free: this one
            os.set_inheritable(descriptor, True)


def _rebuild(stream: TextIO | None, descriptor: int) -> TextIO:
    raw = _Descriptor(descriptor, silent=descriptor == 2)
    if descriptor == 1:
        _output.append(raw)
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=stream.encoding if stream else "utf-8",
        errors="replace",
        line_buffering=descriptor == 2 or raw.isatty(),
    )


def _save() -> None:
    for *_, copy in _saved:
        os.close(copy)
    streams = (("stdout", sys.stdout, 1), ("stderr", sys.stderr, 2))
    _saved[:] = [(name, stream, descriptor, os.dup(descriptor)) for name, stream, descriptor in streams]


def restore_streams() -> None:
    """Undo what `quiet` couldn't: a signal may come while it leads both streams away, or back."""
    for name, stream, descriptor, copy in _saved:
        setattr(sys, name, stream)
        os.dup2(copy, descriptor)


def find_output_error() -> OSError | None:
    """Flush standard output; return what kept it from being written."""
    with contextlib.suppress(OSError):
        sys.stdout.flush()
    return next((raw.error for raw in _output), None)


def show_library_output(shown: bool) -> None:
    """Decide whether what libraries print is shown, here and in child processes started from now on."""
    if shown:
        os.environ[SHOWN] = "1"
    else:
        os.environ.pop(SHOWN, None)


def is_library_output_shown() -> bool:
    """True if the user wants to see what libraries print."""
    return bool(os.environ.get(SHOWN))
