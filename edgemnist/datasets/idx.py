"""IDX files, the form in which MNIST is published, plain or packed with gzip."""

from __future__ import annotations

import gzip
import math
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from edgemnist.datasets.regular import MOST_BYTES, RegularFile, check_size
from edgemnist.datasets.rows import StreamRows
from edgemnist.errors import DataError

COPY_HINT = "copy the file again"
# Deflate makes nothing larger than by this, whatever it packs; headers and file names come on top.
PACKING_LOSS, PACKING_EXTRA = 1.01, 2**16


def open_idx(
    path: Path, dimensions: int, most_bytes: int = MOST_BYTES, sha256: str | None = None, hint: str = ""
) -> StreamRows:
    """Return the values of an IDX file of unsigned bytes, of which only the header is read.

    Args:
        path: the file; a name that ends in .gz is unpacked.
        dimensions: 3 for images, 1 for labels.
        most_bytes: the most that the values may take.
        sha256: hash that the unpacked file must have, or None.
        hint: what to say if it is no IDX file.

    Raises:
        DataError: it can't be read, its magic number or its size is wrong, or it is a compression bomb.

    Source: the format's description by LeCun, Cortes and Burges: two zero bytes, the type (8: unsigned
    byte), the number of dimensions, each size as a big-endian uint32, then the values.
    """
    start = 4 + 4 * dimensions

    @contextmanager
    def explain() -> Iterator[None]:
        try:
            yield
        except (OSError, EOFError, zlib.error, ValueError, MemoryError) as error:
            advice = "install edgemnist again" if sha256 else COPY_HINT
            raise DataError(f"{path}: can't be unpacked: {error}", advice) from error

    @contextmanager
    def open_unpacked() -> Iterator[BinaryIO]:
        with file.open() as stream:
            yield cast(BinaryIO, gzip.GzipFile(fileobj=stream)) if path.suffix == ".gz" else stream

    with explain():
        file = RegularFile.find(path)
        with open_unpacked() as stream:
            header = stream.read(start)
    shape = _read_shape(header, dimensions, str(path), hint)
    with explain():
        check_size(math.prod(shape), file.size_bytes, most_bytes)
    _check_length(path, file.size_bytes, start, shape)
    return StreamRows(open_unpacked, explain, start, shape, np.dtype(np.uint8), sha256=sha256)


def _read_shape(header: bytes, dimensions: int, name: str, hint: str) -> tuple[int, ...]:
    magic = bytes([0, 0, 8, dimensions])
    if header[:4] != magic:
        raise DataError(f"{name}: wrong magic number {header[:4].hex() or '(empty)'}, expected {magic.hex()}", hint)
    if len(header) < 4 + 4 * dimensions:
        raise DataError(f"{name}: truncated inside its header", COPY_HINT)
    return tuple(int.from_bytes(header[at : at + 4], "big") for at in range(4, len(header), 4))


def _check_length(path: Path, size_bytes: int, start: int, shape: tuple[int, ...]) -> None:
    """Compare the size of the file with what its header says: exactly if it is plain, from above if it is packed."""
    expected, sizes = math.prod(shape), " x ".join(map(str, shape))
    if path.suffix != ".gz" and size_bytes - start != expected:
        raise DataError(f"{path}: {size_bytes - start} values, but its header says {sizes}", COPY_HINT)
    if size_bytes > PACKING_LOSS * expected + PACKING_EXTRA:  # zeros behind the end would be skipped one by one
        raise DataError(f"{path}: {size_bytes} packed bytes, but its header says {sizes}", COPY_HINT)
