"""Runs a change of files in a child that is killed at one of its system calls, each in turn."""

from __future__ import annotations

import io
import os
import signal
import traceback
from collections.abc import Callable, Iterator

CALLS = ("open", "fsync", "replace", "rename", "unlink", "rmdir", "mkdir")


def _arm(deadly: int) -> None:
    """Kill this process before the n-th of its calls that change a folder or make a change reach the disk.

    Or after it has opened a file by its name: one that is written in place is empty then.
    """
    made = 0

    def count() -> None:
        nonlocal made
        made += 1
        if made == deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    def wrap(real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **options: object) -> object:
            count()
            return real(*arguments, **options)

        return call

    def open_by_name(file: object, *arguments: object, **options: object) -> object:
        stream = open_any(file, *arguments, **options)  # type: ignore[call-overload]
        if not isinstance(file, int):
            count()
        return stream

    for name in CALLS:
        setattr(os, name, wrap(getattr(os, name)))
    open_any, io.open = io.open, open_by_name  # type: ignore[assignment]


def run_and_kill(change: Callable[[], None], deadly: int) -> bool:
    """Return whether the change came to its end before it was killed."""
    import filelock  # noqa: F401  (its import opens files, too)

    child = os.fork()
    if child == 0:
        status = 1
        try:
            _arm(deadly)
            change()
            status = 0
        finally:
            if status:
                traceback.print_exc()
            os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, -signal.SIGKILL), status
    return status == 0


def list_deaths(prepare: Callable[[int], Callable[[], None]]) -> Iterator[int]:
    """Kill a change at its first call, its second, and so on, until it survives; yield after each death.

    Args:
        prepare: Gets a number, makes a fresh folder of that number, and returns what changes it.
    """
    deadly = 1
    while not run_and_kill(prepare(deadly), deadly):
        yield deadly
        deadly += 1
        assert deadly < 500
