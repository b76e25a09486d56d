"""Arrays that are read from the first row to the last, some rows at a time, wherever they lie."""

from __future__ import annotations

import hashlib
import math
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.regular import CHUNK_BYTES

# What is smaller is read once and kept: a hundred passes over MNIST's test images must not unpack them each time.
SMALL_BYTES = 32 * 2**20


class Rows(Protocol):
    """An array, or where it lies."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the whole: rows first."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the values."""

    def iterate(self, size: int) -> Iterator[NDArray[Any]]:
        """Yield `size` rows at a time; the last batch may be smaller."""


def count_bytes(rows: Rows) -> int:
    """Return the size of the whole array in bytes."""
    return math.prod(rows.shape) * rows.dtype.itemsize


def read_all(rows: Rows) -> NDArray[Any]:
    """Return the whole array."""
    if isinstance(rows, ArrayRows):
        return rows.array
    return next(iter(list(rows.iterate(max(1, rows.shape[0])))), np.empty(rows.shape, rows.dtype))


def hold_small(rows: Rows) -> Rows:
    """Return the same rows, read and held if they are few."""
    return ArrayRows(read_all(rows)) if count_bytes(rows) <= SMALL_BYTES else rows


def take_first(batches: Iterable[NDArray[Any]], count: int | None) -> Iterator[NDArray[Any]]:
    """Yield batches of rows until there are `count` of them, the last one cut; all of them for None.

    Example:
        >>> [len(batch) for batch in take_first(ArrayRows(np.zeros(9)).iterate(4), 5)]
        [4, 1]
    """
    left = count
    for batch in batches:
        yield batch if left is None else batch[:left]
        left = None if left is None else left - len(batch)
        if left is not None and left <= 0:
            return


@dataclass(frozen=True, eq=False)
class ArrayRows:
    """Rows of an array in memory."""

    array: NDArray[Any]

    @property
    def shape(self) -> tuple[int, ...]:
        return self.array.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.array.dtype

    def iterate(self, size: int) -> Iterator[NDArray[Any]]:
        return (self.array[start : start + size] for start in range(0, len(self.array), size))


@dataclass(frozen=True, eq=False)
class MappedRows:
    """Rows that are changed when they are read, each by itself.

    Args:
        rows: what they are made from.
        change: makes new rows, as many as it is given.
        row_shape: shape of a new row.
        dtype: type of its values.
    """

    rows: Rows
    change: Callable[[NDArray[Any]], NDArray[Any]]
    row_shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def shape(self) -> tuple[int, ...]:
        return self.rows.shape[0], *self.row_shape

    def iterate(self, size: int) -> Iterator[NDArray[Any]]:
        return map(self.change, self.rows.iterate(size))


@dataclass(frozen=True, eq=False)
class SelectedRows:
    """Some of the rows, in their order.

    Args:
        rows: all of them.
        chosen: bool (n,): those that are taken.
    """

    rows: Rows
    chosen: NDArray[np.bool_]

    @property
    def shape(self) -> tuple[int, ...]:
        return int(self.chosen.sum()), *self.rows.shape[1:]

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.rows.dtype

    def iterate(self, size: int) -> Iterator[NDArray[Any]]:
        start, waiting = 0, np.empty((0, *self.rows.shape[1:]), self.dtype)
        for batch in self.rows.iterate(size):
            waiting = np.concatenate([waiting, batch[self.chosen[start : start + len(batch)]]])
            start += len(batch)
            while len(waiting) > size:  # the last batch waits until all rows were read: one may be wrong
                yield waiting[:size]
                waiting = waiting[size:]
        if len(waiting):
            yield waiting


@dataclass(frozen=True, eq=False)
class StreamRows:
    """Rows that follow each other in a file, packed or not, behind a header.

    Args:
        open: opens the file, at its first byte.
        explain: turns what goes wrong in between into the owner's own error.
        skipped_bytes: size of the header.
        shape: of the array; its first number counts the rows.
        dtype: of the values.
        fortran: columns follow each other instead, so that all must be read before the first row is known.
        sha256: hash that the unpacked file must have, or None.
    """

    open: Callable[[], AbstractContextManager[BinaryIO]]
    explain: Callable[[], AbstractContextManager[None]]
    skipped_bytes: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran: bool = False
    sha256: str | None = None

    def iterate(self, size: int) -> Iterator[NDArray[Any]]:
        if self.fortran:
            yield from ArrayRows(self._read_columns()).iterate(size)
            return
        with self.explain(), self.open() as stream:
            reader = _Reader(stream)
            reader.skip(self.skipped_bytes)
            for start in range(0, self.shape[0], size):
                rows = min(size, self.shape[0] - start)
                batch = reader.fill(np.empty((rows, *self.shape[1:]), self.dtype))
                if start + rows == self.shape[0]:  # before the last batch is given: it may be the one that is wrong
                    reader.finish(self.sha256)
                yield batch

    def _read_columns(self) -> NDArray[Any]:
        with self.explain(), self.open() as stream:
            reader = _Reader(stream)
            reader.skip(self.skipped_bytes)
            columns = reader.fill(np.empty(self.shape[::-1], self.dtype))
            reader.finish(self.sha256)
            return np.ascontiguousarray(columns.T)


def spool(batches: Iterable[NDArray[Any]]) -> Rows:
    """Keep batches of rows in a temporary file, which goes with what is returned: memory is the same for any number."""
    import tempfile  # 3 ms, which answers in memory don't need

    stream = tempfile.TemporaryFile()  # noqa: SIM115  (read later)
    count, last = 0, np.empty(0)
    try:
        for last in batches:
            stream.write(np.ascontiguousarray(last).data)
            count += len(last)
    except BaseException:
        stream.close()
        raise

    @contextmanager
    def open_again() -> Iterator[BinaryIO]:
        stream.seek(0)
        yield stream

    rows = StreamRows(open_again, nullcontext, 0, (count, *last.shape[1:]), last.dtype)
    weakref.finalize(rows, stream.close)
    return rows


class _Reader:
    """Reads a stream to its end and not a byte beyond what is expected."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()

    def _read(self, size: int) -> bytes:
        chunk = self._stream.read(min(size, CHUNK_BYTES))
        if not chunk:
            raise ValueError("truncated: it holds fewer values than its header says")
        self._digest.update(chunk)
        return chunk

    def skip(self, size: int) -> None:
        while size:
            size -= len(self._read(size))

    def fill(self, array: NDArray[Any]) -> NDArray[Any]:
        content, start = array.reshape(-1).view(np.uint8), 0
        while start < len(content):
            chunk = self._read(len(content) - start)
            content[start : start + len(chunk)] = np.frombuffer(chunk, np.uint8)
            start += len(chunk)
        return array

    def finish(self, sha256: str | None) -> None:
        if self._stream.read(1):  # at the end, packed files also compare their own checksum
            raise ValueError("it holds more values than its header says")
        if sha256 not in (None, self._digest.hexdigest()):
            raise ValueError("damaged: the SHA-256 is not the one on record")
