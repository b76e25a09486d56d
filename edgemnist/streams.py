"""Standard output and standard error that may be closed, full, or read by nobody any more.

What can't be printed is an error like any other: one line and an exit status. The interpreter flushes both streams
once more when it ends; a descriptor that failed is given to the null device before, or that would say it again.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys


def prepare_streams() -> bool:
    """Let no closed stream and no poor encoding turn a result into a traceback.

    Returns:
        False if standard output is closed.
    """
    open_at_start = sys.stdout is not None
    _fill_descriptors()
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, os.fdopen(descriptor, "w", closefd=False))
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    return open_at_start


def _fill_descriptors() -> None:
    """Open the null device where one of the three is closed: else the next file opened would be printed into."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest that is free: this one
            os.set_inheritable(descriptor, True)


def find_output_error() -> OSError | None:
    """Flush standard output; return what keeps it from being written, and give it up then."""
    try:
        sys.stdout.flush()
    except OSError as error:
        give_up(sys.stdout)
        return error
    return None


def give_up(stream: io.TextIOBase | object) -> None:
    """Send what a stream still holds, and all that follows, to nowhere."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())  # type: ignore[union-attr]
        os.close(nowhere)
        stream.flush()  # type: ignore[union-attr]
