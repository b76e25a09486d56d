"""Data files: regular ones only, opened without waiting for anybody, and the same file at each opening.

A FIFO would wait for its writer for ever and a device never end. What is read in several passes is looked up again
each time: the file of that name must still be the one that was judged.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

CHUNK_BYTES = 2**17
# The most that one array may unpack to: more than five million images.
MOST_BYTES = 4 * 2**30
# Zeros pack a thousandfold, pictures of pen strokes tenfold. What is smaller than this does no harm.
BOMB_BYTES = 256 * 2**20
BOMB_RATIO = 400


class Content(Protocol):
    """What can be read from its first byte again and again, be it a file or bytes in memory."""

    @property
    def size_bytes(self) -> int:
        """Size in bytes."""

    def open(self) -> AbstractContextManager[BinaryIO]:
        """Open it for reading."""


@dataclass(frozen=True)
class RegularFile:
    """A file that can be opened again and again.

    Args:
        path: where it is.
        identity: device, inode, size in bytes and time of the last change in ns, when it was found.
    """

    path: Path
    identity: tuple[int, int, int, int]

    @classmethod
    def find(cls, path: Path) -> RegularFile:
        """Look a file up.

        Raises:
            FileNotFoundError: there is none, or a link leads nowhere.
            OSError: it can't be looked up.
            ValueError: it is a folder, a FIFO, a device or a socket.
        """
        return cls(path, _identify(path.stat()))

    @property
    def size_bytes(self) -> int:
        """File size in bytes."""
        return self.identity[2]

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Open it for reading.

        Raises:
            OSError: it can't be opened any more.
            ValueError: it is another file now.
        """
        # What was a regular file may be a FIFO now: opened so, it doesn't wait.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(self.path, flags), "rb") as stream:
            if _identify(os.fstat(stream.fileno())) != self.identity:
                raise ValueError("it was changed while it was read")
            yield stream

    def hash(self) -> str:
        """Return the SHA-256 of its content in hexadecimal."""
        digest = hashlib.sha256()
        with self.open() as stream:
            while chunk := stream.read(CHUNK_BYTES):
                digest.update(chunk)
        return digest.hexdigest()


def _identify(found: os.stat_result) -> tuple[int, int, int, int]:
    if stat.S_ISDIR(found.st_mode):
        raise ValueError("a folder, expected a file")
    if not stat.S_ISREG(found.st_mode):
        raise ValueError("a pipe, a device or a socket, expected a regular file")
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def check_size(unpacked_bytes: int, packed_bytes: int, most_bytes: int = MOST_BYTES) -> None:
    """Refuse to unpack what is larger than any data set, or packed as only a compression bomb is.

    Args:
        unpacked_bytes: size of the array, as its header declares it.
        packed_bytes: size in the file.
        most_bytes: the limit.

    Raises:
        ValueError: it is too large.
    """
    if unpacked_bytes > most_bytes:
        raise ValueError(f"it declares {unpacked_bytes:,} bytes, expected at most {most_bytes:,}")
    if unpacked_bytes > max(BOMB_BYTES, BOMB_RATIO * packed_bytes):
        raise ValueError(f"a compression bomb: {packed_bytes:,} bytes that unpack to {unpacked_bytes:,}")
