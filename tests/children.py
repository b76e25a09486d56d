"""What children of the tests do: each way to misbehave, asked for by name."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edgemnist import errors
from edgemnist.processes.messages import OK, Message
from edgemnist.processes.server import Operations


@contextmanager
def serve(*words: str) -> Iterator[Operations]:
    yield {
        name: getattr(sys.modules[__name__], name)
        for name in (
            "echo", "refuse", "spin", "allocate", "flood", "write_large", "open_many", "fork_many", "spawn", "die",
            "raise_error", "say", "close_answers", "kill_by_signal", "count_descriptors", "mutter",
        )
    }  # fmt: skip


@contextmanager
def serve_nothing() -> Iterator[Operations]:
    raise errors.PackageMissing("this step needs nothing, which isn't installed", "pip install nothing")
    yield {}


def echo(question: Message) -> Message:
    return Message(OK, question.fields, question.blobs)


def refuse(question: Message) -> Message:
    raise errors.ExportError("can't be written", "choose another")


def spin(question: Message) -> Message:
    """Work without an end inside one call of C, which holds the interpreter's lock."""
    re.match(r"(a+)+$", "a" * 60 + "b")
    return Message(OK)


def allocate(question: Message) -> Message:
    kept = []
    while True:
        kept.append(b"\1" * (1 << 22))
        time.sleep(0.001)


def flood(question: Message) -> Message:
    for _ in range(question.fields["lines"]):
        os.write(2, b"words " * 1000 + b"\n")
    print("library output", flush=True)
    os.write(2, b"the last words\n")
    return Message(OK)


def mutter(question: Message) -> Message:
    """Print what isn't UTF-8, as libraries print names of files."""
    os.write(2, b"caf\xe9\n")
    return Message(OK)


def write_large(question: Message) -> Message:
    with Path("large").open("wb") as stream:
        for _ in range(100):
            stream.write(bytes(1 << 16))
    return Message(OK)


def open_many(question: Message) -> Message:
    kept = [os.open(os.devnull, os.O_RDONLY) for _ in range(1000)]
    return Message(OK, {"opened": len(kept)})


def fork_many(question: Message) -> Message:
    for _ in range(question.fields["count"]):
        if os.fork() == 0:
            os.setpgid(0, 0)
            time.sleep(1000)
    time.sleep(1000)
    return Message(OK)


def spawn(question: Message) -> Message:
    """Leave a process behind that has a session of its own."""
    subprocess.Popen(["sleep", "1000"], start_new_session=True)
    return Message(OK)


def die(question: Message) -> Message:
    """Die in the midst of an answer."""
    os.write(find_answers(), b'{"name": "ok", "fields": {}, "blobs": [100]}\n12345')
    os._exit(3)


def raise_error(question: Message) -> Message:
    raise RuntimeError("a fault of a library")


def say(question: Message) -> Message:
    os.write(find_answers(), bytes(question.blobs[0]))
    time.sleep(1000)
    return Message(OK)


def close_answers(question: Message) -> Message:
    os.close(find_answers())
    time.sleep(1000)
    return Message(OK)


def kill_by_signal(question: Message) -> Message:
    os.kill(os.getpid(), question.fields["signal"])
    return Message(OK)


def count_descriptors(question: Message) -> Message:
    return Message(OK, {"open": len(list(Path("/proc/self/fd").iterdir()))})


def find_answers() -> int:
    """The descriptor of the pipe to the parent: the only one that is written to and that is no standard stream."""
    for path in Path("/proc/self/fd").iterdir():
        if int(path.name) > 2 and str(path.readlink()).startswith("pipe:"):
            return int(path.name)
    raise AssertionError("no pipe")
