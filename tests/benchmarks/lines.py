"""Which lines of a package each test runs: in its own process and threads, and in the Python processes that it starts.

A tracer of our own: what tests start is often killed, and would leave nothing behind of what `coverage` found in it.
Lines that run on import are left out, for they belong to no test.
"""

from __future__ import annotations

import inspect
import os
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

# Environment variables for the processes that tests start: the package, where lines are written, and the context.
PACKAGE, LOG, CONTEXT = "EDGEMNIST_LINES_PACKAGE", "EDGEMNIST_LINES_LOG", "EDGEMNIST_LINES_CONTEXT"
# A `sitecustomize` is imported by each Python process at its start.
CUSTOMIZE = "import sys; sys.path.append({folder!r}); import lines; sys.path.remove({folder!r}); lines.follow()\n"

Place = tuple[str, int]


def trace(package: str, note: Callable[[Place], None]) -> None:
    """Call a function with each line of the package that runs from now on, in all threads."""

    def enter(frame: FrameType, event: str, argument: Any) -> Any:
        code = frame.f_code
        ours = code.co_filename.startswith(package) and code.co_flags & inspect.CO_OPTIMIZED  # not a module or a class
        return step if ours else None

    def step(frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            note((frame.f_code.co_filename, frame.f_lineno))
        return step

    threading.settrace(enter)
    sys.settrace(enter)


class Recorder:
    """The lines of this process, by what ran them: a test, or a fixture that tests share.

    Args:
        package: the folder whose lines count.
        log: an empty folder for what the processes write that are started from here.
    """

    def __init__(self, package: Path, log: Path) -> None:
        self._package, self._log = str(package) + os.sep, log
        self._found: dict[str, set[Place]] = defaultdict(set)
        self._current: set[Place] = set()
        (log / "sitecustomize.py").write_text(CUSTOMIZE.format(folder=str(Path(__file__).parent)))
        os.environ |= {PACKAGE: self._package, LOG: str(log), CONTEXT: ""}
        os.environ["PYTHONPATH"] = f"{log}{os.pathsep}{os.environ['PYTHONPATH']}"
        trace(self._package, lambda place: self._current.add(place))

    @contextmanager
    def within(self, context: str) -> Iterator[None]:
        """Everything that runs meanwhile is put down to this."""
        before, name = self._current, os.environ[CONTEXT]
        self._current, os.environ[CONTEXT] = self._found[context], context
        try:
            yield
        finally:
            self._current, os.environ[CONTEXT] = before, name

    def collect(self) -> dict[str, dict[str, list[int]]]:
        """Return the lines of this process and of those that it started: by context, then by file in the package."""
        sys.settrace(None)
        for path in self._log.glob("*.lines"):
            context, *places = path.read_text().splitlines()
            whole = (line.rpartition(":") for line in places if line[-1:].isdigit())
            self._found[context] |= {(name, int(number)) for name, _, number in whole}
        sorted_out: dict[str, dict[str, list[int]]] = {}
        for context, found in self._found.items():
            files = sorted_out.setdefault(context, {})
            for name, number in sorted(found):
                files.setdefault(name.removeprefix(self._package), []).append(number)
        return sorted_out


def follow() -> None:
    """In a process that a test started: write each line at once, since nobody knows when it is killed."""
    if not os.environ.get(CONTEXT):
        return
    number = os.open(f"{os.environ[LOG]}/{os.getpid()}-{os.urandom(4).hex()}.lines", os.O_WRONLY | os.O_CREAT)
    os.write(number, f"{os.environ[CONTEXT]}\n".encode())
    seen: set[Place] = set()

    def note(place: Place) -> None:
        if place not in seen:
            seen.add(place)
            os.write(number, f"{place[0]}:{place[1]}\n".encode())

    trace(os.environ[PACKAGE], note)
