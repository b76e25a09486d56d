"""Single pictures: PNG, JPEG and the like, and arrays of them in an .npy."""

from __future__ import annotations

import functools
import io
import math
import re
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.npy import MAGIC, NPZ_FAILURES, open_npy
from edgemnist.datasets.pixels import find_range, is_colour, open_pixels
from edgemnist.datasets.regular import Content, RegularFile
from edgemnist.datasets.rows import ArrayRows, Rows, read_all
from edgemnist.datasets.shape import IMAGE_SHAPE, is_image, join_sizes
from edgemnist.errors import DataError, take_first_line
from edgemnist.quiet import loading

# What cameras, scanners and drawing programs write. Pillow knows more, and starts a program for one of them.
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM")
# How the names of such files end, and of arrays of pictures.
EXTENSIONS = (
    ".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm",
    ".pgm", ".pbm", ".pnm", ".npy",
)  # fmt: skip
# How the names of other pictures end, which aren't read: whoever gives one must hear that.
OTHERS = (
    ".avif", ".dds", ".dib", ".eps", ".heic", ".heif", ".icns", ".ico", ".j2k", ".jp2", ".jxl", ".pcx", ".psd", ".qoi",
    ".sgi", ".tga", ".xbm", ".xpm",
)  # fmt: skip
# The largest photographs of common cameras have 50 million pixels.
MOST_PIXELS = 64_000_000
MOST_FILE_BYTES = 256 * 2**20
# 340,000 digits: what is more is a data set.
MOST_ARRAY_BYTES = 256 * 2**20
# A progressive JPEG comes in about ten scans, each of which takes as long as the whole picture.
MOST_SCANS = 100
# Segments of a JPEG, but for what stands alone or within the pixels: restarts, the start, stuffed zeros.
JPEG_MARKER = re.compile(rb"\xff[\xc0-\xcf\xd9-\xfe]")
JPEG_END, JPEG_SCAN = b"\xff\xd9", b"\xff\xda"
ROWS_AT_ONCE = 256
ORIENTATION = 0x0112
MOST_DEEP = 0xFFFF
HINT = "expected a PNG or a JPEG"
# What Pillow raises over a picture that is damaged or hostile, besides its own errors.
PILLOW_FAILURES = (
    OSError,
    SyntaxError,
    ValueError,
    LookupError,
    TypeError,
    EOFError,
    ArithmeticError,
    MemoryError,
    RuntimeError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True)
class PictureBytes:
    """A picture in memory, where others lie in files.

    Args:
        content: what such a file holds.
    """

    content: bytes

    @property
    def size_bytes(self) -> int:
        """Size in bytes."""
        return len(self.content)

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Open it for reading."""
        yield io.BytesIO(self.content)


def read_picture(path: Path, content: PictureBytes | None = None) -> NDArray[np.uint8]:
    """Read a drawing or a photograph, turned as its camera was held.

    Args:
        path: where it is; its name where `content` is given.
        content: the picture, if it is in memory already.

    Returns:
        uint8 (height, width, 4), RGBA, 0 … 255; of 16 bits a channel the upper 8, rounded.

    Raises:
        DataError: it can't be read as a picture, or has more than 64 million pixels.
    """
    with _open_picture(path, content) as picture:
        picture.load()
        width, height = picture.size
        pixels = np.empty((height, width, 4), np.uint8)
        for top in range(0, height, ROWS_AT_ONCE):  # one more copy of a photograph is enough
            bottom = min(top + ROWS_AT_ONCE, height)
            pixels[top:bottom] = _read_rgba(picture.crop((0, top, width, bottom)))
        return _turn(pixels, picture.getexif().get(ORIENTATION))


def _read_rgba(picture: Any) -> NDArray[np.uint8]:
    if not picture.mode.startswith("I"):
        return np.asarray(picture.convert("RGBA"))
    deep = np.asarray(picture).astype(np.int64)  # 16 bits a pixel, whatever Pillow keeps them in
    if deep.min() < 0 or deep.max() > MOST_DEEP:
        raise ValueError(f"pixels from {deep.min()} to {deep.max()}, expected 8 or 16 bits a channel")
    grey = ((deep * 255 + MOST_DEEP // 2) // MOST_DEEP).astype(np.uint8)
    return np.dstack([grey, grey, grey, np.full_like(grey, 255)])


def _turn(pixels: NDArray[np.uint8], orientation: object) -> NDArray[np.uint8]:
    """Undo what a camera notes in its EXIF data: 1 to 8, of which from 5 on rows are columns.

    Source: Exif 2.3, tag Orientation: where row 0 and column 0 of the stored picture are to be seen.
    """
    if orientation not in range(2, 9):
        return pixels
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    rows, columns = -1 if orientation in (3, 4, 7, 8) else 1, -1 if orientation in (2, 3, 6, 7) else 1
    return np.ascontiguousarray(pixels[::rows, ::columns])


@contextmanager
def _open_picture(path: Path, content: PictureBytes | None) -> Iterator[Any]:
    """Open a file with Pillow; what is wrong with it shows when its pixels are read, inside."""
    pillow = _import_pillow()
    bombs = pillow.DecompressionBombError, pillow.DecompressionBombWarning
    try:
        file = content or RegularFile.find(path)
        if file.size_bytes > MOST_FILE_BYTES:
            raise ValueError(f"{file.size_bytes:,} bytes, expected at most {MOST_FILE_BYTES:,}")
        with file.open() as stream, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damage that doesn't reach the pixels
            warnings.simplefilter("error", pillow.DecompressionBombWarning)
            with pillow.open(stream, formats=FORMATS) as picture:
                _check_picture(path, picture)
                if picture.format in ("JPEG", "MPO"):
                    _check_scans(file)
                yield picture
    except FileNotFoundError:
        raise DataError(f"{path}: no such file", "check the path") from None
    except pillow.UnidentifiedImageError as error:
        raise DataError(f"{path}: can't be read as a picture: of no known form", HINT) from error
    except (*PILLOW_FAILURES, *bombs) as error:
        raise DataError(f"{path}: can't be read as a picture: {take_first_line(error)}", HINT) from error


def _check_picture(path: Path, picture: Any) -> None:
    if picture.mode.startswith("F"):
        raise DataError(f"{path}: pixels are fractions, expected 8 or 16 bits a channel", "save it as 8-bit grey")
    if math.prod(picture.size) > MOST_PIXELS:
        found = join_sizes(picture.size)
        raise DataError(f"{path}: {found} pixels, expected at most {MOST_PIXELS:,} in all", "save it smaller")


def _check_scans(file: Content) -> None:
    """Refuse a JPEG of thousands of scans, a few bytes each, that would take hours.

    Source: ITU-T T.81, annex B: a segment is 0xff, its code, and the length of what follows as a big-endian uint16.
    """
    with file.open() as stream:
        content = stream.read(MOST_FILE_BYTES)
    scans, place = 0, 0
    while (marker := JPEG_MARKER.search(content, place)) and marker[0] != JPEG_END:
        scans += marker[0] == JPEG_SCAN
        if scans > MOST_SCANS:
            raise ValueError(f"a progressive JPEG of more than {MOST_SCANS} scans")
        place = marker.end() + int.from_bytes(content[marker.end() : marker.end() + 2], "big")


@functools.cache
def _import_pillow() -> Any:
    with loading("PIL", "pip install pillow"):
        from PIL import Image
    return Image


def is_array(path: Path, content: PictureBytes | None = None) -> bool:
    """True if that is an .npy: by its name, or by its first bytes if it is in memory."""
    return content.content.startswith(MAGIC) if content else path.suffix.lower() == ".npy"


def read_array(path: Path, content: PictureBytes | None = None) -> tuple[NDArray[np.uint8], str]:
    """Read the images of an .npy, of any kind that `take_array` knows.

    Args:
        path, content: as `read_picture` takes them.

    Returns:
        As `take_array` does.

    Raises:
        DataError: the file is missing, damaged, or of another shape or dtype.
    """

    @contextmanager
    def explain() -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise DataError(f"{path}: no such file", "check the path") from None
        except NPZ_FAILURES as error:
            reason = take_first_line(error)
            raise DataError(f"{path}: can't be read as .npy: {reason}", "write it with numpy.save") from error

    with explain():
        rows = open_npy(content or RegularFile.find(path), explain, MOST_ARRAY_BYTES)
    return _take_rows(str(path), rows)


def take_array(name: str, array: NDArray[Any]) -> tuple[NDArray[np.uint8], str]:
    """Take one image, or n of them, in any layout and of any kind of pixels that data sets have.

    Args:
        name: of the array, for messages.
        array: (height, width), (height, width, 1), (1, height, width), in colour, or in one row; or n of such.

    Returns:
        uint8 (n, height, width), 0 … 255; and what was assumed of the pixels, "" for bytes of grey.

    Raises:
        DataError: it is of another shape or dtype, or there is no image in it.

    Example:
        >>> take_array("x", np.ones((3, 28, 28, 1), np.float32))[0].shape
        (3, 28, 28)
    """
    return _take_rows(name, ArrayRows(array))


def _take_rows(name: str, rows: Rows) -> tuple[NDArray[np.uint8], str]:
    shape = rows.shape
    several = not is_image(shape) and (is_image(shape[1:]) or is_colour(shape[1:]))
    if not (several or is_image(shape) or is_colour(shape)) or not math.prod(shape):
        raise DataError(
            f"{name}: {rows.dtype} {shape}, expected {IMAGE_SHAPE} or (n, {', '.join(map(str, IMAGE_SHAPE))}), with or "
            "without an axis of 1 or 3 channels",
            "white ink on black, as in MNIST",
        )
    rows = rows if several else ArrayRows(read_all(rows)[np.newaxis])
    found = find_range(name, rows)
    images: NDArray[np.uint8] = read_all(open_pixels(name, rows, found))
    return images, found.note
