"""Programs of others, run to their end: `run_tool` for one, `run_parallel` for several at once.

A failure of the program is in what is returned, since each caller says it in its own message.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar

from edgemnist.processes.guard import end, find_guard, start
from edgemnist.processes.sessions import end_sessions

if TYPE_CHECKING:
    from concurrent.futures import Future

Item = TypeVar("Item")
Result = TypeVar("Result")
# What a program may print. The longest that is read is a list of symbols; one that prints for ever must not fill the
# memory of this process.
MOST_BYTES = 32 << 20
CHUNK_BYTES = 1 << 16


@dataclass(frozen=True)
class Finished:
    """What came of a program.

    Args:
        status: exit status; negative for a signal.
        output, errors: what it printed on stdout and stderr; what isn't UTF-8 is replaced.
        stopped: why it was ended before its own end, such as "no end after 600 s"; empty if it wasn't.
    """

    status: int
    output: str
    errors: str
    stopped: str = ""

    @property
    def failure(self) -> str:
        """What went wrong, such as "exit status 1" or "SIGSEGV"; empty for a success."""
        return self.stopped or (name_status(self.status) if self.status else "")

    @property
    def diagnostics(self) -> str:
        """What it said of a failure; empty if it was ended before its own end."""
        return "" if self.stopped else self.errors or self.output


def name_status(status: int) -> str:
    """Return an exit status in words.

    Example:
        >>> name_status(2), name_status(-11)
        ('exit status 2', 'SIGSEGV')
    """
    if status >= 0:
        return f"exit status {status}"
    names = {one.value: one.name for one in signal.Signals}
    return names.get(-status, f"signal {-status}")


def run_tool(
    command: Sequence[str | os.PathLike[str]], *, timeout_s: float, install: str = "", cwd: Path | None = None
) -> Finished:
    """Run a program to its end, without input. Nothing that it started is left, whatever happens here.

    Args:
        command: the program and its arguments.
        timeout_s: seconds after which it is ended.
        install: the line that installs it.
        cwd: the folder that it runs in; None for this process's own.

    Returns:
        Its exit status and what it printed. A failure of the program is no error here: see `Finished.failure`.

    Raises:
        ToolMissing: it isn't installed, or can't be started.
    """
    deadline = time.monotonic() + timeout_s
    process = start(
        command, install=install, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    printed: dict[IO[bytes], bytearray] = {process.stdout: bytearray(), process.stderr: bytearray()}
    with process.stdout, process.stderr:
        try:
            stopped = _read_all(printed, deadline) or _await_end(process, deadline)
        finally:
            status = end(process)
    output, errors = (content.decode(errors="replace") for content in printed.values())
    return Finished(status, output, errors, f"no end after {timeout_s:,.0f} s" if stopped == "time" else stopped)


def _read_all(printed: dict[IO[bytes], bytearray], deadline: float) -> str:
    """Read until all streams end; return "" then, "time" at the deadline, or a sentence where it is too much."""
    with selectors.DefaultSelector() as selector:
        for stream, content in printed.items():
            selector.register(stream, selectors.EVENT_READ, content)
        while selector.get_map():
            ready = selector.select(max(0, deadline - time.monotonic()))
            if not ready and time.monotonic() >= deadline:
                return "time"
            for key, _ in ready:
                chunk = os.read(key.fd, CHUNK_BYTES)
                key.data.extend(chunk)
                if not chunk:
                    selector.unregister(key.fileobj)
            if sum(map(len, printed.values())) > MOST_BYTES:
                return f"printed more than {MOST_BYTES >> 20} MiB"
    return ""


def _await_end(process: subprocess.Popen[bytes], deadline: float) -> str:
    """Wait for a program that has closed its output; return "time" if it doesn't end."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(max(0, deadline - time.monotonic()))
        return ""
    return "time"


def run_parallel(function: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Call a function that runs programs for each item, each in a thread; return the results in the items' order.

    If one fails, or at Ctrl-C, the programs of all others are ended: their threads would wait for them.
    """
    from concurrent.futures import ThreadPoolExecutor

    items = list(items)
    threads: set[int] = set()
    with ThreadPoolExecutor(max(1, len(items)), "edgemnist-tool", lambda: threads.add(threading.get_ident())) as pool:
        futures = [pool.submit(function, item) for item in items]
        try:
            return [future.result() for future in futures]
        except BaseException:
            _end_all(futures, threads)
            raise


def _end_all(futures: Sequence[Future[Result]], threads: set[int]) -> None:
    for future in futures:
        future.cancel()
    while not all(future.done() for future in futures):
        end_sessions(find_guard().find_started_by(threads))  # again: a thread may be about to start another
        time.sleep(0.02)
