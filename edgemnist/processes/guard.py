"""What this process starts ends with it: each program in a session of its own, and a guard for the case of SIGKILL.

The guard is one small process, started with the first program and without waiting for it (about 15 ms of another
core). It holds the reading end of a pipe whose writing end only this process has: when the pipe closes, this process
has died, of whatever, and the guard kills the sessions that are still registered. Guards compose: a child process of
edgemnist that starts programs has its own.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from edgemnist.errors import ToolMissing
from edgemnist.processes.sessions import MARK, end_sessions

PROGRAM = "import sys; sys.path.append(sys.argv[1]); import sessions; sessions.keep_guard(sys.argv[2])"
# -I: nothing of the user's environment; -S: no site-packages, which only psutil would be needed of.
OPTIONS = ("-I", "-S") if sys.platform == "linux" else ("-I",)


class Guard:
    """This process's side of its guard: registers what runs, by its session and the thread that started it."""

    def __init__(self) -> None:
        self.mark = os.urandom(8).hex()
        self._threads: dict[int, int] = {}
        self._lock = threading.Lock()
        self._begin()

    def _begin(self) -> None:
        reading, self._pipe = os.pipe()
        command = [sys.executable, *OPTIONS, "-c", PROGRAM, str(Path(__file__).parent), self.mark]
        kept = {name: value for name, value in os.environ.items() if name != MARK}
        self._process = subprocess.Popen(
            command, stdin=reading, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", env=kept,
            start_new_session=True,
        )  # fmt: skip
        self._process.returncode = 0  # it outlives this process: nobody waits for it
        os.close(reading)

    def add(self, session: int) -> None:
        """Register what has been started."""
        with self._lock:
            self._threads[session] = threading.get_ident()
            self._tell("+", session)

    def remove(self, session: int) -> None:
        """Register what has ended."""
        with self._lock:
            if self._threads.pop(session, None) is not None:
                self._tell("-", session)

    def find_started_by(self, threads: Collection[int]) -> list[int]:
        """Return the sessions that run and were started by some threads."""
        with self._lock:
            return [session for session, thread in self._threads.items() if thread in threads]

    def _tell(self, sign: str, session: int) -> None:
        try:
            os.write(self._pipe, b"%s%d\n" % (sign.encode(), session))
        except BrokenPipeError:  # somebody has killed the guard
            os.close(self._pipe)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self._process.pid, 0)
            self._begin()
            os.write(self._pipe, b"".join(b"+%d\n" % one for one in self._threads))

    def leave(self) -> None:
        """In a forked copy of this process: let the guard go, which watches the original."""
        os.close(self._pipe)


_guard: Guard | None = None
_starting = threading.Lock()


def find_guard() -> Guard:
    """Return this process's guard, started now if it isn't there yet."""
    global _guard
    with _starting:
        if _guard is None:
            _guard = Guard()
        return _guard


def _forget() -> None:
    global _guard, _starting
    _starting = threading.Lock()
    if _guard is not None:
        _guard.leave()
        _guard = None


os.register_at_fork(after_in_child=_forget)


def mark_environment(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment, this process's own by default, with the guard's mark, for a program to be started in."""
    return {**(os.environ if environment is None else environment), MARK: find_guard().mark}


def start(
    command: Sequence[str | os.PathLike[str]], *, install: str = "", environment: Mapping[str, str] | None = None,
    **options: Any,
) -> subprocess.Popen[bytes]:  # fmt: skip
    """Start a program in a session of its own that ends with this process; `end` it after its end, too.

    Args:
        command: the program and its arguments.
        install: the line that installs it.
        environment: its environment variables; None for this process's.
        options: more for `subprocess.Popen`: `cwd`, `stdin`, `stdout`, `stderr`.

    Raises:
        ToolMissing: it isn't installed, or can't be started.
    """
    marked = mark_environment(environment)
    try:
        process = subprocess.Popen(list(command), start_new_session=True, env=marked, **options)
    except FileNotFoundError as error:
        if error.filename == options.get("cwd"):
            raise
        raise ToolMissing(f"this step needs {command[0]}, which isn't installed", install) from None
    except OSError as error:
        raise ToolMissing(f"{command[0]} can't be started: {error.strerror}", install) from error
    find_guard().add(process.pid)
    return process


def end(process: subprocess.Popen[Any]) -> int:
    """Kill what is left of a program's session, and return the program's exit status; negative for a signal."""
    end_sessions([process.pid])
    status = process.wait()
    find_guard().remove(process.pid)
    return status
