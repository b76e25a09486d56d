"""IDX files, the form in which MNIST is published, plain or packed with gzip."""

from __future__ import annotations

import gzip
import math
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np

from edgemnist.datasets.regular import MOST_BYTES, RegularFile, check_size
from edgemnist.datasets.rows import StreamRows
from edgemnist.datasets.shape import join_sizes
from edgemnist.errors import DataError

COPY_HINT = "copy the file again"
# How the name of such a file ends, with the code of the type in its header.
KINDS: dict[str, tuple[int, np.dtype[Any]]] = {"ubyte": (0x08, np.dtype(np.uint8)), "int": (0x0C, np.dtype(">i4"))}
# Deflate makes nothing larger than by this, whatever it packs; headers and file names come on top.
PACKING_LOSS, PACKING_EXTRA = 1.01, 2**16


def open_idx(
    path: Path,
    dimensions: int,
    most_bytes: int = MOST_BYTES,
    sha256: str | None = None,
    hint: str = "",
    kind: str = "ubyte",
) -> StreamRows:
    """Return the values of an IDX file, of which only the header is read.

    Args:
        path: the file; a name that ends in .gz is unpacked.
        dimensions: 3 for images, 1 for labels, 2 for labels that come with more.
        most_bytes: the most that the values may take.
        sha256: hash that the unpacked file must have, or None.
        hint: what to say if it is no IDX file.
        kind: a row of `KINDS`: the type of the values.

    Raises:
        DataError: it can't be read, its magic number or its size is wrong, or it is a compression bomb.

    Source: the format's description by LeCun, Cortes and Burges: two zero bytes, the type, the number of
    dimensions, each size as a big-endian uint32, then the values.
    """
    start, (code, dtype) = 4 + 4 * dimensions, KINDS[kind]

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
    shape = _read_shape(header, bytes([0, 0, code, dimensions]), str(path), hint)
    with explain():
        check_size(math.prod(shape) * dtype.itemsize, file.size_bytes, most_bytes)
    _check_length(path, file.size_bytes, start, shape, dtype.itemsize)
    return StreamRows(open_unpacked, explain, start, shape, dtype, sha256=sha256)


def _read_shape(header: bytes, magic: bytes, name: str, hint: str) -> tuple[int, ...]:
    if header[:4] != magic:
        raise DataError(f"{name}: wrong magic number {header[:4].hex() or '(empty)'}, expected {magic.hex()}", hint)
    if len(header) < 4 + 4 * magic[3]:
        raise DataError(f"{name}: truncated inside its header", COPY_HINT)
    return tuple(int.from_bytes(header[at : at + 4], "big") for at in range(4, len(header), 4))


def _check_length(path: Path, size_bytes: int, start: int, shape: tuple[int, ...], value_bytes: int) -> None:
    """Compare the size of the file with what its header says: exactly if it is plain, from above if it is packed."""
    expected, sizes = math.prod(shape) * value_bytes, join_sizes(shape)
    if path.suffix != ".gz" and size_bytes - start != expected:
        raise DataError(f"{path}: {(size_bytes - start) // value_bytes} values, but its header says {sizes}", COPY_HINT)
    if size_bytes > PACKING_LOSS * expected + PACKING_EXTRA:  # zeros behind the end would be skipped one by one
        raise DataError(f"{path}: {size_bytes} packed bytes, but its header says {sizes}", COPY_HINT)
