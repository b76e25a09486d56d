"""Pixels of every kind brought to one: uint8, 0 … 255, rows and columns of grey.

What an array means by its numbers is found in the training images and holds for all: bytes, whole numbers of another
type, black and white as 0 and 1, fractions in [0, 1] or [−1, 1]. It is said wherever it isn't plain.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.rows import MappedRows, Rows
from edgemnist.datasets.shape import IMAGE_SHAPE, is_image
from edgemnist.errors import DataError

AT_ONCE = 256
UINT8 = np.dtype(np.uint8)
HINT = "store the pixels as they are: x.astype('uint8'), before any division by 255"
# Kinds of types that NumPy has a letter for: two splits must be of one of these.
KINDS = {"b": "truths", "u": "whole numbers", "i": "whole numbers", "f": "fractions"}
# The weights of red, green and blue in grey, in 65536ths.
# Source: ITU-R BT.601, as in the digit preparation.
GREY = np.array([19595, 38470, 7471], np.int32)


@dataclass(frozen=True)
class PixelRange:
    """What the numbers of images mean.

    Args:
        low, high: numbers of black and of white.
        kind: whole numbers or fractions.
        note: what was assumed; "" for bytes of grey.
    """

    low: float
    high: float
    kind: str
    note: str = ""

    def convert(self, name: str, batch: NDArray[Any]) -> NDArray[np.uint8]:
        """Return pixels as bytes.

        Raises:
            DataError: Some are out of the range of the training images.
        """
        if batch.dtype == np.bool_:
            return batch.astype(np.uint8) * np.uint8(255)
        if batch.size and not (self.low <= batch.min() and batch.max() <= self.high):  # not so for NaN
            found = f"{batch.min():g} to {batch.max():g}"
            raise DataError(
                f"{name}: pixels from {found}, but those to train are in [{self.low:g}, {self.high:g}]", HINT
            )
        if (self.low, self.high) == (0, 255) and batch.dtype.kind in "iu":
            return batch.astype(np.uint8, copy=False)
        wide: NDArray[np.float64] = batch.astype(np.float64)
        return np.asarray(np.rint((wide - self.low) * (255 / (self.high - self.low)))).astype(np.uint8)


def find_range(name: str, rows: Rows) -> PixelRange:
    """Find out what the numbers of the training images mean; bytes that aren't all 0 or 1 by the first few of them.

    Args:
        name: Name of the images, for messages.
        rows: Training images, of any type and shape.

    Raises:
        DataError: They mean nothing that is known.
    """
    found = _find_range(name, rows)
    colour = "images in colour, taken as grey" if is_colour(rows.shape[1:]) else ""
    return replace(found, note="; ".join(filter(None, (found.note, colour))))


def _find_range(name: str, rows: Rows) -> PixelRange:
    kind = KINDS.get(rows.dtype.kind)
    if kind is None:
        raise DataError(f"{name} is {rows.dtype}, expected uint8 pixels 0 ... 255", HINT)
    if kind == "truths":
        return PixelRange(0, 1, kind, "pixels are true and false: white and black")
    low, high = np.inf, -np.inf
    for batch in rows.iterate(AT_ONCE):
        if not batch.size:
            continue
        if not np.isfinite(batch).all():
            raise DataError(f"{name} holds NaN or infinity, expected uint8 pixels 0 ... 255", HINT)
        low, high = min(low, float(batch.min())), max(high, float(batch.max()))
        if rows.dtype == np.uint8 and high > 1:
            return PixelRange(0, 255, kind)
    return _judge(name, rows.dtype, kind, low, high)


def _judge(name: str, dtype: np.dtype[Any], kind: str, low: float, high: float) -> PixelRange:
    if high < low or (kind == "whole numbers" and low == high == 0):  # none, or all black
        return PixelRange(0, 255, kind)
    if kind == "whole numbers":
        if low >= 0 and high == 1:
            return PixelRange(0, 1, kind, f"pixels are {dtype} 0 and 1: black and white")
        if low >= 0 and high <= 255:
            return PixelRange(0, 255, kind, f"pixels are {dtype} from 0 to 255, taken as bytes")
    if kind == "fractions":
        if low >= 0 and high <= 1:
            return PixelRange(0, 1, kind, f"pixels are {dtype} in [0, 1], times 255")
        if low >= -1 and high <= 1:
            return PixelRange(-1, 1, kind, f"pixels are {dtype} in [-1, 1], brought to 0 … 255")
        if low >= 0 and high <= 255:
            return PixelRange(0, 255, kind, f"pixels are {dtype} in [0, 255], rounded to bytes")
    found = f"{name} is {dtype} from {low:g} to {high:g}"
    raise DataError(f"{found}, expected uint8 pixels 0 ... 255, or [0, 1] or [-1, 1]", HINT)


def open_pixels(name: str, rows: Rows, range: PixelRange) -> Rows:
    """Return images as bytes, rows and columns; those of another size are as they are.

    Args:
        name: Name of the images, for messages.
        rows: Images, of any type and shape.
        range: What the numbers of the training images mean.

    Raises:
        DataError: They are of another type than the training images.
    """
    if KINDS.get(rows.dtype.kind) != range.kind:
        expected = "uint8 pixels" if range.kind == "whole numbers" else range.kind
        raise DataError(f"{name} are {rows.dtype}, expected {expected}, as the training images are", HINT)
    arrange = _find_arrangement(rows.shape[1:])
    if arrange is None:
        return rows
    if rows.dtype == UINT8 and range.high == 255 and rows.shape[1:] == IMAGE_SHAPE:
        return rows
    return MappedRows(rows, lambda batch: arrange(range.convert(name, batch)), IMAGE_SHAPE, UINT8)


def is_colour(shape: tuple[int, ...]) -> bool:
    """True if an image of that shape is red, green and blue, as the last or the first axis."""
    return shape in ((*IMAGE_SHAPE, 3), (3, *IMAGE_SHAPE))


def _find_arrangement(shape: tuple[int, ...]) -> Callable[[NDArray[np.uint8]], NDArray[np.uint8]] | None:
    """Return what brings images of that shape to rows and columns; None where nothing does."""
    if is_image(shape):
        return lambda batch: batch.reshape(-1, *IMAGE_SHAPE)
    if is_colour(shape):
        return _mix if shape[-1] == 3 else lambda batch: _mix(np.moveaxis(batch, 1, -1))
    return None


def _mix(colour: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the grey of colours whose last axis is red, green and blue."""
    grey = (colour.astype(np.int32) @ GREY + 32768) >> 16
    return grey.astype(np.uint8)
