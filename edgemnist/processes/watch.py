"""The thread that watches a child process: its time, its memory, and what it says on stderr."""

from __future__ import annotations

import math
import os
import selectors
import subprocess
import sys
import threading
import time

from edgemnist.processes.limits import GIB, MIB, Limits
from edgemnist.processes.sessions import end_sessions, measure_memory
from edgemnist.streams import is_library_output_shown
from edgemnist.text import escape_lines, phrase_parameter

# Between two looks. One takes about 1 ms.
PAUSE_S = 0.2
# Of what it says on stderr, the end is kept.
MOST_ERROR_BYTES = 1 << 13
CHUNK_BYTES = 1 << 16


class Watch(threading.Thread):
    """Ends a child's session when it reaches a limit, and reads its stderr so that it never waits for a reader.

    Attributes:
        reached: The limit that it reached, such as "the limit of 4.0 GiB of memory"; empty if none.
        hint: How to allow more.
    """

    def __init__(self, process: subprocess.Popen[bytes], limits: Limits) -> None:
        super().__init__(name="edgemnist-watch", daemon=True)
        self.reached = self.hint = ""
        self._session, self._limits, self._stderr = process.pid, limits, process.stderr
        self._deadline: float | None = None
        self._errors = bytearray()
        self._silent, self._stopped = threading.Event(), threading.Event()

    def expect_answer(self, within_s: float | None) -> None:
        """Set the seconds within which an answer has to be there; None where none is expected."""
        self._deadline = None if within_s is None else time.monotonic() + within_s

    def stop(self) -> None:
        """Stop watching: the child is about to be ended. The thread ends by itself, soon."""
        self._stopped.set()

    def read_last_line(self) -> str:
        """Return the last line that the child said on stderr, after its end."""
        self._silent.wait(1)  # what it said last is still being read
        lines = [line for line in self._errors.decode(errors="replace").splitlines() if line.strip()]
        return lines[-1].strip() if lines else ""

    def run(self) -> None:
        """Read and look in turns, until `stop` is called."""
        assert self._stderr is not None
        next_look = time.monotonic() + PAUSE_S
        with self._stderr, selectors.DefaultSelector() as selector:
            selector.register(self._stderr, selectors.EVENT_READ)
            while not self._stopped.is_set():
                if selector.select(max(0, next_look - time.monotonic())) and not self._read(self._stderr.fileno()):
                    selector.unregister(self._stderr)
                    self._silent.set()
                if time.monotonic() >= next_look:
                    self._look()
                    next_look = time.monotonic() + PAUSE_S

    def _read(self, descriptor: int) -> bool:
        """Read what there is; return false at the end."""
        chunk = os.read(descriptor, CHUNK_BYTES)
        if is_library_output_shown():
            sys.stderr.write(escape_lines(chunk.decode(errors="replace")))
            sys.stderr.flush()
        self._errors += chunk
        del self._errors[:-MOST_ERROR_BYTES]
        return bool(chunk)

    def _look(self) -> None:
        most, seconds, deadline = self._limits.memory_bytes, self._limits.timeout_s, self._deadline
        if measure_memory(self._session) > most:
            self._end(
                f"the limit of {format_size(most)} of memory", phrase_parameter("memory_bytes", GIB * _double_gib(most))
            )
        elif seconds is not None and deadline is not None and time.monotonic() > deadline:
            self._end(f"the limit of {seconds:g} s", phrase_parameter("timeout_s", math.ceil(2 * seconds)))

    def _end(self, reached: str, hint: str) -> None:
        if not self._stopped.is_set():
            self.reached, self.hint = reached, f"if you trust the file, allow more: {hint}"
            end_sessions([self._session])


def format_size(size_bytes: int) -> str:
    """Return a size of memory for people, in binary units.

    Example:
        >>> format_size(20 << 20), format_size(4 << 30)
        ('20.0 MiB', '4.0 GiB')
    """
    return f"{size_bytes / GIB:.1f} GiB" if size_bytes >= GIB else f"{size_bytes / MIB:.1f} MiB"


def _double_gib(size_bytes: int) -> int:
    return max(1, 2 * size_bytes // GIB)
