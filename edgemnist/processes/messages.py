"""What parent and child say to each other: one line of JSON, then binary blobs whose lengths are in that line.

No pickle and no NumPy header: a child that a malicious file has taken over can only send what is read here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from edgemnist import errors
from edgemnist.errors import EdgeMnistError

Buffer = bytes | bytearray | memoryview
# A header holds a contract at most, whose labels are the longest part.
MOST_HEADER_BYTES = 1 << 20
MOST_BLOBS = 1000
OK, ERROR = "ok", "error"
# The errors that a child may raise in its parent, by name.
KINDS = {
    name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, EdgeMnistError)
}


@dataclass(frozen=True)
class Message:
    """A question or its answer.

    Args:
        name: Operation asked for; "ok" or "error" in an answer.
        fields: What JSON can hold.
        blobs: Binary contents.
    """

    name: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    blobs: Sequence[Buffer] = ()

    @classmethod
    def from_error(cls, error: EdgeMnistError) -> Message:
        """Make an answer of an error that `raise_error` raises on the other side."""
        return cls(ERROR, {"kind": type(error).__name__, "message": error.message, "hint": error.hint})

    def raise_error(self) -> None:
        """Raise the error that this answer is, if it is one.

        Raises:
            EdgeMnistError: Of the kind that it names.
            ValueError: It names none of them.
        """
        if self.name != ERROR:
            return
        kind, message, hint = (str(self.fields.get(name, "")) for name in ("kind", "message", "hint"))
        if kind not in KINDS:
            raise ValueError(f"an error of the kind {kind[:50]!r}")
        raise KINDS[kind](message, hint)


def measure(blob: Buffer) -> int:
    """Return the bytes of a blob; an array's memoryview counts elements."""
    return memoryview(blob).nbytes


def write_header(message: Message) -> bytes:
    """Return the line that goes before the blobs."""
    header = {"name": message.name, "fields": message.fields, "blobs": [measure(blob) for blob in message.blobs]}
    return json.dumps(header).encode() + b"\n"


def read_header(line: bytes | bytearray, most_bytes: int) -> tuple[Message, list[int]]:
    """Read the line that goes before the blobs.

    Args:
        line: The line.
        most_bytes: Bytes that all blobs together may have.

    Returns:
        The message without its blobs, and their lengths.

    Raises:
        ValueError: It is no such line, or announces more than that.

    Example:
        >>> read_header(b'{"name": "ok", "fields": {}, "blobs": [4]}', 10)[1]
        [4]
    """
    try:
        header = json.loads(line)
        name, fields, lengths = header["name"], header["fields"], header["blobs"]
    except (TypeError, KeyError, RecursionError) as error:
        raise ValueError("no header") from error
    if not (isinstance(name, str) and isinstance(fields, dict) and isinstance(lengths, list)):
        raise ValueError("a header of other fields")
    if len(lengths) > MOST_BLOBS or not all(type(length) is int and length >= 0 for length in lengths):
        raise ValueError("lengths that are none")
    if sum(lengths) > most_bytes:
        raise ValueError(f"{sum(lengths):,} bytes, expected at most {most_bytes:,}")
    return Message(name, fields), lengths


def send(stream: BinaryIO, message: Message) -> None:
    """Write a message; the child's side."""
    stream.write(write_header(message))
    for blob in message.blobs:
        stream.write(blob)
    stream.flush()


def receive(stream: BinaryIO) -> Message | None:
    """Read the next message, or return None where the other side has gone; the child's side. It trusts its parent."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        return None
    message, lengths = read_header(line, 1 << 62)
    blobs = [stream.read(length) for length in lengths]
    complete = all(len(blob) == length for blob, length in zip(blobs, lengths, strict=True))
    return Message(message.name, message.fields, blobs) if complete else None
