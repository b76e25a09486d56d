"""A function of edgemnist's own in a child process, asked over a pipe, within limits.

A malformed file can crash a native library, and with it the program that asked; and it can make it work for ever.
In a child both become one error. A malicious file can take its child over: nothing that a child says is executed,
and no answer is longer than what is expected.

    with Child("edgemnist.runtimes.isolation", "serve", path, title=path, ...) as child:
        answer = child.ask("run", {"count": 1}, [images], most_bytes=40)

A program of its own rather than `multiprocessing`: that would run the caller's own script again.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Self

from edgemnist.errors import RuntimeCrash
from edgemnist.processes.guard import end, start
from edgemnist.processes.limits import Limits
from edgemnist.processes.messages import MOST_HEADER_BYTES, Buffer, Message, measure, read_header, write_header
from edgemnist.processes.tools import name_status
from edgemnist.processes.watch import Watch, format_size

# How long a child may take to end by itself; one that hangs is killed.
GRACE_S = 5
PAUSE_S = 0.2
CHUNK_BYTES = 1 << 18
PACKAGE_PARENT = str(Path(__file__).parents[2])
PROGRAM = "import sys; sys.path.append(sys.argv[1]); from {module} import {function}; {function}(*sys.argv[2:])"


def name_child(module: str, function: str, *arguments: str) -> list[str]:
    """Return the command that calls a function of edgemnist's own with texts, in a process of its own."""
    program = PROGRAM.format(module=module, function=function)
    # -P: a module that lies beside a downloaded model must not be imported in place of a real one.
    return [sys.executable, "-P", "-c", program, PACKAGE_PARENT, *arguments]


class Child:
    """A child process, from its start to its end.

    Args:
        module, function: What gives its operations; see `edgemnist.processes.server`.
        arguments: Of the function.
        subject: What it works on, such as a file's path: every error begins with it.
        crash: What to say of its death, such as "the file crashed LiteRT".
        hint: What to do then.
        limits: Time, memory and files that it may use.

    Raises:
        ToolMissing: Python can't be started.
    """

    def __init__(
        self, module: str, function: str, *arguments: str, subject: str, crash: str, hint: str = "",
        limits: Limits = Limits(),  # noqa: B008  (frozen)
    ) -> None:  # fmt: skip
        self._subject, self._crash, self._hint, self._limits = subject, crash, hint, limits
        self._busy = False  # in the midst of an answer, which nobody waits for when it is closed then
        self._scratch = tempfile.TemporaryDirectory()  # what the child leaves there goes with it
        sizes = (str(limits.file_bytes), str(limits.open_files))
        self._process = start(
            name_child("edgemnist.processes.server", "serve", module, function, *sizes, *arguments),
            environment={**os.environ, "TMPDIR": self._scratch.name},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0,
        )  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._questions, self._answers = self._process.stdin, self._process.stdout
        for stream in (self._questions, self._answers):
            os.set_blocking(stream.fileno(), False)
        self._received = bytearray()
        self._watch = Watch(self._process, limits)
        self._watch.start()

    @property
    def pid(self) -> int:
        """Id of the process, and of its session."""
        return self._process.pid

    def ask(
        self, name: str, fields: Mapping[str, Any] | None = None, blobs: Sequence[Buffer] = (), *, most_bytes: int = 0,
        wanted_s: float = 0.0,
    ) -> Message:  # fmt: skip
        """Ask for an operation and wait for its answer.

        Args:
            name: Operation.
            fields: What JSON can hold.
            blobs: Binary contents to send.
            most_bytes: Bytes that the blobs of the answer may have; a longer answer is refused before it is read.
            wanted_s: Seconds that the operation is told to take, beside those of the limit.

        Returns:
            The answer.

        Raises:
            EdgeMnistError: What the operation raised.
            RuntimeCrash: The child died, reached a limit, or answered what can't be read.
        """
        self._busy = True
        self._watch.expect_answer(None if self._limits.timeout_s is None else self._limits.timeout_s + wanted_s)
        try:
            self._send(Message(name, fields or {}, blobs))
            answer = self._receive(most_bytes)
            self._busy = False
            answer.raise_error()
        except ValueError as error:
            self._kill()
            raise self._make_crash(f"its answer can't be read: {error}") from None
        finally:
            self._watch.expect_answer(None)
        return answer

    def close(self, *, at_once: bool = False) -> None:
        """End the child: its input ends, so it lets go of what it started. Busy, or after 5 s, it is killed.

        Args:
            at_once: Kill it in any case: it has started nothing, and its libraries take their time to end.
        """
        if self._answers.closed:
            return
        self._questions.close()
        try:
            if not (self._busy or at_once):
                self._await_end()
        finally:
            self._kill()
            self._answers.close()
            self._scratch.cleanup()

    def _send(self, message: Message) -> None:
        for buffer in (write_header(message), *filter(measure, message.blobs)):
            rest = memoryview(buffer).cast("B")
            while rest:
                self._wait_for(self._questions, selectors.EVENT_WRITE)
                try:
                    rest = rest[os.write(self._questions.fileno(), rest[:CHUNK_BYTES]) :]
                except BrokenPipeError:
                    raise self._make_crash() from None

    def _receive(self, most_bytes: int) -> Message:
        while (length := self._received.find(b"\n") + 1) == 0:
            if len(self._received) > MOST_HEADER_BYTES:
                raise ValueError("a header without an end")
            self._received += self._read_chunk()
        message, lengths = read_header(self._take(length), most_bytes)
        return Message(message.name, message.fields, [self._take(length) for length in lengths])

    def _take(self, length: int) -> bytes:
        """Return the next bytes of the answer."""
        while len(self._received) < length:
            self._received += self._read_chunk()
        content = bytes(memoryview(self._received)[:length])
        del self._received[:length]
        return content

    def _read_chunk(self) -> bytes:
        self._wait_for(self._answers, selectors.EVENT_READ)
        chunk = os.read(self._answers.fileno(), CHUNK_BYTES)
        if not chunk:
            raise self._make_crash()
        return chunk

    def _wait_for(self, stream: IO[bytes], event: int) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(stream, event)
            while not selector.select(PAUSE_S):
                if self._watch.reached:  # whoever still holds the other end
                    raise self._make_crash()

    def _await_end(self) -> None:
        """Wait until the child has ended, or the time for that is over. What it still says is dropped."""
        deadline = time.monotonic() + GRACE_S
        with selectors.DefaultSelector() as selector, contextlib.suppress(subprocess.TimeoutExpired):
            selector.register(self._answers, selectors.EVENT_READ)
            while selector.select(max(0, deadline - time.monotonic())):
                if not os.read(self._answers.fileno(), CHUNK_BYTES):
                    self._process.wait(max(0, deadline - time.monotonic()))
                    return

    def _kill(self) -> int:
        self._watch.stop()
        return end(self._process)

    def _make_crash(self, what: str = "") -> RuntimeCrash:
        """Return the error for a child that doesn't answer, once it has ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE_S)  # it has closed its side: it is about to end
        status = end(self._process)
        if self._watch.reached:
            return RuntimeCrash(f"{self._subject}: reached {self._watch.reached}", self._watch.hint)
        if status == -signal.SIGXFSZ:
            most = format_size(self._limits.file_bytes)
            return RuntimeCrash(f"{self._subject}: reached the limit of {most} for a file that it writes", self._hint)
        last = self._watch.read_last_line()[:200] if status >= 0 and not what else ""
        return RuntimeCrash(f"{self._subject}: {self._crash} ({what or last or name_status(status)})", self._hint)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self.close()
