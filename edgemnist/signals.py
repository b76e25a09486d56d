"""SIGINT, SIGTERM and SIGHUP: each ends the program as Ctrl-C does, wherever it is.

A signal raises `KeyboardInterrupt` in the main thread: what was started is ended, and what is half-written removed.
A library may turn that into another error (an import that failed) or lose it (in a callback, where Python can only
print it). Hence `received` for those who catch an error, and a second try for one that was lost.

The exit status is the shells': 128 and the signal's number, so 130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP.
"""

from __future__ import annotations

import _thread
import atexit
import os
import signal
import sys
import time
from types import FrameType
from typing import NoReturn

# Who sends a signal through a wrapper (npm, uv, a terminal that closes) often sends it twice.
BURST_S = 0.5
RETRY_S = 0.02
_received: list[int] = []
_last_s = float("-inf")


def listen() -> None:
    """Raise KeyboardInterrupt for each of the three from now on, but for those that were ignored at the start.

    `nohup` and shells that start something in the background ignore signals on purpose: that stays as it is.
    """
    _received.clear()
    _install(_interrupt)
    sys.unraisablehook = _retry_lost


def _install(handler: object) -> None:
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)  # type: ignore[arg-type]


def received() -> bool:
    """True once one of the signals has come: whatever error follows is its doing."""
    return bool(_received)


def find_status() -> int:
    """Return the exit status that says which signal ended the program: the first."""
    return 128 + (_received or [signal.SIGINT])[0]


def settle(status: int | None = None) -> None:
    """End at once for a signal that comes from now on: there is nothing left to clean up.

    Args:
        status: the exit status then; None for the signal's own.
    """
    _install(lambda number, frame: None if _is_burst() else os._exit(128 + number if status is None else status))


def leave(status: int) -> NoReturn:
    """End the program with that very status, once what is registered for its end has run.

    Python ends itself by SIGINT instead if a KeyboardInterrupt has ever passed an `exec` or `eval` of text, as in the
    making of a dataclass, although it was caught afterwards.
    """
    atexit._run_exitfuncs()
    sys.stderr.flush()
    os._exit(status)


def _interrupt(number: int, frame: FrameType | None) -> None:
    _received.append(number)
    if not _is_burst():
        raise KeyboardInterrupt


def _is_burst() -> bool:
    """True if another signal came a moment ago: what cleans up after that one must not be interrupted."""
    global _last_s
    now = time.monotonic()
    if now - _last_s < BURST_S:
        return True
    _last_s = now
    return False


def _retry_lost(lost: sys.UnraisableHookArgs) -> None:
    """Raise a lost KeyboardInterrupt again, a moment later; say nothing of what else breaks on the way out."""
    if not received():
        sys.__unraisablehook__(lost)
    elif lost.exc_type is KeyboardInterrupt:
        _thread.start_new_thread(_raise_again, ())


def _raise_again() -> None:
    global _last_s
    time.sleep(RETRY_S)
    _last_s = float("-inf")
    _thread.interrupt_main(signal.Signals(_received[0]))
