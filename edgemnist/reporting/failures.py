"""What a command says when it fails: a line for people on stderr and, with `--json`, its document on stdout."""

from __future__ import annotations

import contextlib
import sys

from edgemnist.errors import phrase_error
from edgemnist.reporting.documents import fill_failure, write_json
from edgemnist.streams import find_output_error, restore_streams
from edgemnist.text import escape_controls

INTERRUPTED = "interrupted: nothing half-written is left"


def report_failure(error: BaseException, arguments: list[str]) -> None:
    """Say what went wrong, and what to type."""
    from edgemnist.reporting.terminal import show_error

    show_error(phrase_error(error), getattr(error, "hint", ""))
    _print_document(error, arguments)


def report_interruption(arguments: list[str]) -> None:
    """Say that a signal ended the command; in plain text, since the import of Rich may be what it interrupted."""
    restore_streams()
    say_plainly(INTERRUPTED)
    _print_document(KeyboardInterrupt(INTERRUPTED), arguments)


def report_fault(error: BaseException, arguments: list[str]) -> None:
    """Show the traceback of an error that nobody foresaw: a fault of edgemnist, for those who mend it."""
    import traceback

    traceback.print_exception(error)
    _print_document(error, arguments)


def report_unwritable(error: OSError) -> None:
    """Say that the output can't be printed."""
    say_plainly(f"error: standard output can't be written: {phrase_error(error)}")


def say_plainly(line: str) -> None:
    """Print a line on stderr, without Rich."""
    sys.stderr.write(f"{escape_controls(line)}\n")


def _print_document(error: BaseException, arguments: list[str]) -> None:
    if "--json" not in arguments:
        return
    verb = next((argument for argument in arguments if not argument.startswith("-")), None)
    with contextlib.suppress(OSError):
        sys.stdout.write(f"{write_json(fill_failure(verb, error))}\n")
    find_output_error()
