"""Images turned, moved and scaled by whole numbers alone: the same bytes on every machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.readers import Images

# One, in which the factors are counted, and a pixel, in which places are.
ONE, PIXEL = 1 << 16, 1 << 8


@dataclass(frozen=True)
class Affine:
    """Where the pixels of a new image come from, about its middle.

    Args:
        row_row, row_column: By how many 65,536ths of a row the place moves for each row and column.
        column_row, column_column: Likewise, of a column.
        down, right: By how many 256ths of a pixel what is seen moves.
    """

    row_row: int = ONE
    row_column: int = 0
    column_row: int = 0
    column_column: int = ONE
    down: int = 0
    right: int = 0

    def find_places(self, height: int, width: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return row and column that each pixel comes from, in 256ths, int64 (height, width), within the image."""
        rows = 2 * np.arange(height)[:, None] - (height - 1)  # doubled, so that the middle is a whole number
        columns = 2 * np.arange(width) - (width - 1)
        half = ONE // PIXEL * 2
        row = (rows * self.row_row + columns * self.row_column + half // 2) // half
        column = (rows * self.column_row + columns * self.column_column + half // 2) // half
        row += (height - 1) * PIXEL // 2 - self.down
        column += (width - 1) * PIXEL // 2 - self.right
        return row.clip(0, (height - 1) * PIXEL), column.clip(0, (width - 1) * PIXEL)


def warp(images: Images, ways: Sequence[Affine], chosen: NDArray[np.int64]) -> Images:
    """Return each image as seen in one of several ways, between four pixels; beyond the border, it goes on as it ends.

    Args:
        images: uint8 (n, height, width, channels), 0 … 255.
        ways: Ways to see them.
        chosen: Number of each image's way, int64 (n,).

    Example:
        >>> image = np.arange(4, dtype=np.uint8).reshape(1, 1, 4, 1)
        >>> warp(image, [Affine(right=256)], np.array([0]))[0, 0, :, 0].tolist()
        [0, 0, 1, 2]
    """
    found = np.empty_like(images)
    for number, way in enumerate(ways):
        places = np.flatnonzero(chosen == number)
        found[places] = _warp(images[places], way)
    return found


def _warp(images: Images, way: Affine) -> Images:
    count, height, width, channels = images.shape
    row, column = way.find_places(height, width)
    (top, below), (left, beside) = (divmod(place, PIXEL) for place in (row, column))
    bottom, right = np.minimum(top + 1, height - 1), np.minimum(left + 1, width - 1)
    flat = images.reshape(count, height * width, channels).astype(np.int32)
    total = np.full(flat.shape, PIXEL * PIXEL // 2, np.int32)
    for rows, row_weight in ((top, PIXEL - below), (bottom, below)):
        for columns, weight in ((left, PIXEL - beside), (right, beside)):
            weights = (row_weight * weight).reshape(-1, 1).astype(np.int32)
            total += flat[:, (rows * width + columns).reshape(-1)] * weights
    return (total // (PIXEL * PIXEL)).astype(np.uint8).reshape(images.shape)
