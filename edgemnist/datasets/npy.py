"""NumPy's .npy and .npz, read without believing them: sizes are checked before anything is unpacked, and after."""

from __future__ import annotations

import ast
import math
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.regular import MOST_BYTES, Content, RegularFile, check_size
from edgemnist.datasets.rows import Rows, StreamRows, read_all

# What reading such a file raises if it is damaged, encrypted or hostile.
NPZ_FAILURES = (
    OSError,
    ValueError,
    LookupError,
    EOFError,
    TypeError,
    RuntimeError,  # NotImplementedError and RecursionError, too
    MemoryError,
    OverflowError,
    SyntaxError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
MAGIC = b"\x93NUMPY"
MOST_HEADER_BYTES = 10_000  # NumPy's own limit
# A directory of 20,000 arrays; a data set has five.
MOST_DIRECTORY_BYTES = 2**20
# The names of a thousand classes, or a hash: read whole.
MOST_TEXT_BYTES = 2**20

Explain = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Header:
    """What an .npy file says of itself.

    Args:
        size_bytes: size of the header.
        shape, dtype: of the array.
        fortran: columns follow each other, not rows.
    """

    size_bytes: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran: bool

    @property
    def array_bytes(self) -> int:
        """Size of the array in bytes."""
        return math.prod(self.shape) * self.dtype.itemsize


def read_header(stream: BinaryIO) -> Header:
    """Read the header of an .npy file, versions 1 and 2.

    Raises:
        ValueError, TypeError, SyntaxError: it is none, or of objects or records, which are no plain arrays.

    Source: NumPy Enhancement Proposal 1. Not numpy.lib.format, which reads a header of 4 GB before it refuses it.
    """
    start = stream.read(8)
    if len(start) < 8 or start[:6] != MAGIC or start[6] not in (1, 2):
        raise ValueError("it holds no plain arrays")
    width = 2 if start[6] == 1 else 4
    length = int.from_bytes(stream.read(width), "little")
    if length > MOST_HEADER_BYTES:
        raise ValueError(f"an array header of {length:,} bytes, expected at most {MOST_HEADER_BYTES:,}")
    fields = ast.literal_eval(stream.read(length).decode("latin1").strip())
    shape, dtype = fields["shape"], np.dtype(fields["descr"])
    if dtype.kind not in "biufcSU" or not all(type(size) is int and size >= 0 for size in shape):
        raise ValueError("it holds no plain arrays")
    return Header(8 + width + length, tuple(shape), dtype, bool(fields["fortran_order"]))


class Npz:
    """An .npz file.

    Args:
        file: the file.
        explain: turns what goes wrong while rows are read into the owner's own error.
        most_bytes: the most that an array may unpack to.

    Raises:
        NPZ_FAILURES: it is none.
    """

    def __init__(self, file: RegularFile, explain: Explain, most_bytes: int = MOST_BYTES) -> None:
        self._file, self._explain, self._most_bytes = file, explain, most_bytes
        with self._open() as archive:
            self.names = tuple(name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy"))

    def open_array(self, name: str) -> StreamRows:
        """Return the array `name`, of which only the header is read.

        Raises:
            NPZ_FAILURES: it is damaged, larger than the limit, or packed as only a compression bomb is.
        """
        member = f"{name}.npy"
        with self._open() as archive:
            info = archive.getinfo(member)
            check_packing(info)
            with archive.open(info) as stream:
                header = read_header(cast(BinaryIO, stream))
        if header.size_bytes + header.array_bytes != info.file_size:
            sizes = f"{info.file_size:,} bytes, but its header says {header.shape} of {header.dtype}"
            raise ValueError(f"{name} has {sizes}")
        check_size(info.file_size, info.compress_size, self._most_bytes)

        @contextmanager
        def open_member() -> Iterator[BinaryIO]:
            with self._open() as archive, archive.open(member) as stream:
                yield cast(BinaryIO, stream)

        return StreamRows(open_member, self._explain, header.size_bytes, header.shape, header.dtype, header.fortran)

    def read_text(self, name: str) -> NDArray[Any]:
        """Return a small array of texts, whole; a single text as an array of one.

        Raises:
            NPZ_FAILURES: it is damaged, large, or holds no texts.
        """
        rows = self.open_array(name)
        size = math.prod(rows.shape) * rows.dtype.itemsize
        if rows.dtype.kind not in "SU" or len(rows.shape) > 1 or size > MOST_TEXT_BYTES:
            raise ValueError(f"{name} is {rows.dtype} {rows.shape}, expected short texts")
        texts = read_all(replace(rows, shape=rows.shape or (1,), fortran=False))
        if size and rows.dtype.kind == "U":
            codes = texts.view(np.dtype(np.uint32).newbyteorder(rows.dtype.byteorder))
            if codes.max() > sys.maxunicode:  # Python would make a SystemError of it
                raise ValueError(f"{name} holds a character of code {codes.max():,}, which is none")
        return texts

    def _open(self) -> AbstractContextManager[zipfile.ZipFile]:
        return open_zip(self._file)


def check_packing(info: zipfile.ZipInfo) -> None:
    """Refuse what is packed in a way of which unpacking alone may take any memory.

    Raises:
        ValueError: It is neither stored nor deflated.
    """
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(f"{info.filename.removesuffix('.npy')} is packed in another way than NumPy's, deflate")


@contextmanager
def open_zip(file: RegularFile) -> Iterator[zipfile.ZipFile]:
    """Open a zip file whose directory isn't longer than any of ours.

    Raises:
        NPZ_FAILURES: it is none.
    """
    with file.open() as stream, zipfile.ZipFile(cast(Any, _ShortReads(stream))) as archive:
        yield archive


class _ShortReads:
    """A file that gives little at once: zipfile would read a directory of any length, and parse it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.seek, self.tell, self.seekable = stream.seek, stream.tell, stream.seekable

    def read(self, size: int = -1) -> bytes:
        if size > MOST_DIRECTORY_BYTES:
            raise ValueError(f"a directory of {size:,} bytes, expected at most {MOST_DIRECTORY_BYTES:,}")
        return self._stream.read(size if size >= 0 else MOST_DIRECTORY_BYTES)

    def close(self) -> None:
        """Leave it open: whoever opened it closes it."""


def open_npy(file: Content, explain: Explain, most_bytes: int = MOST_BYTES) -> Rows:
    """Return the array of an .npy file, of which only the header is read.

    Raises:
        NPZ_FAILURES: it is none, or of another size than its header says.
    """
    with file.open() as stream:
        header = read_header(stream)
    if header.size_bytes + header.array_bytes != file.size_bytes:
        raise ValueError(f"{file.size_bytes:,} bytes, but its header says {header.shape} of {header.dtype}")
    check_size(header.array_bytes, file.size_bytes, most_bytes)
    return StreamRows(file.open, explain, header.size_bytes, header.shape, header.dtype, header.fortran)
