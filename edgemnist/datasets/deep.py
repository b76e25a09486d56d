"""Images that no test set holds, on which a changed model gives itself away.

A test set holds digits. A back door on one pixel, an ignored pixel or a weight that only a lit corner
reaches answers every digit as before. So these 10,000 images light each pixel alone, light borders,
rows and columns, and shift, invert, fade and occlude digits of the *training* split.

They are the same bytes on every machine and with every version of NumPy: drawn from PCG64's raw stream,
which NumPy promises to keep (of `Generator`'s methods it doesn't), and made of them by whole numbers alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.readers import Images
from edgemnist.datasets.shape import IMAGE_SHAPE
from edgemnist.datasets.splits import TrainingSplit, require_training

SEED = 20_261
SIDE, _ = IMAGE_SHAPE
PIXELS = SIDE * SIDE
# What every image is of, and how many there are of each: 10,000.
COUNTS = {
    "noise": 1_000,
    "sparse noise": 1_000,
    "one pixel": PIXELS,
    "one pixel on a digit": PIXELS,
    "lines": 6 * SIDE,
    "border": 1_008,
    "shifted": 1_500,
    "inverted": 1_000,
    "brightness": 1_000,
    "occluded": 1_500,
    "flat": 256,
}
FAMILIES = tuple(COUNTS)


@dataclass(frozen=True, eq=False)
class DeepImages:
    """The images, family by family.

    Args:
        images: uint8 (10000, height, width), 0 … 255.
        families: int64 (10000,): the place of each image's family in `FAMILIES`.
    """

    images: Images
    families: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.images)

    @cached_property
    def sha256(self) -> str:
        """The hash of the pixels: it changes with the training split, and with nothing else."""
        return hashlib.sha256(np.ascontiguousarray(self.images).data).hexdigest()


def make_deep_images(training: TrainingSplit) -> DeepImages:
    """Make the images for a data set.

    Args:
        training: the images that digits are taken from; one is enough.

    Raises:
        TypeError: it holds test images.
    """
    digits = require_training(training).images
    parts = [
        GENERATORS[name](_Draws(index), digits, count).reshape(count, SIDE, SIDE)
        for index, (name, count) in enumerate(COUNTS.items())
    ]
    return DeepImages(np.concatenate(parts), np.repeat(np.arange(len(COUNTS)), list(COUNTS.values())))


class _Draws:
    """Whole numbers from PCG64's raw stream; one stream a family, so that none depends on another."""

    def __init__(self, family: int) -> None:
        self._source = np.random.PCG64([SEED, family])

    def draw(self, limit: int, *shape: int) -> NDArray[np.int64]:
        """Return numbers from 0 to `limit` - 1, int64 of that shape; `limit` is at most 2^31."""
        raw = self._source.random_raw(int(np.prod(shape))).reshape(shape) >> np.uint64(32)
        return ((raw * np.uint64(limit)) >> np.uint64(32)).astype(np.int64)

    def take(self, digits: Images, count: int) -> Images:
        """Return so many digits, a copy, some perhaps twice."""
        return digits[self.draw(len(digits), count)]


def _make_noise(draws: _Draws, digits: Images, count: int) -> Images:
    return draws.draw(256, count, PIXELS).astype(np.uint8)


def _make_sparse_noise(draws: _Draws, digits: Images, count: int) -> Images:
    """From 1 to 30 of 100 pixels are lit, each with a brightness of its own."""
    lit = draws.draw(100, count, PIXELS) < 1 + draws.draw(30, count, 1)
    return (lit * draws.draw(256, count, PIXELS)).astype(np.uint8)


def _light_pixels(draws: _Draws, digits: Images, count: int) -> Images:
    return np.eye(PIXELS, dtype=np.uint8) * np.uint8(255)


def _light_pixels_on_digits(draws: _Draws, digits: Images, count: int) -> Images:
    """What shows, where the digit has ink in that place, is the pixel gone out."""
    images = draws.take(digits, count).reshape(count, PIXELS)
    each = np.arange(count)
    images[each, each] = np.where(images[each, each] < 128, 255, 0)
    return images


def _light_lines(draws: _Draws, digits: Images, count: int) -> Images:
    """Each row and each column, alone, at half brightness, and on a digit."""
    lines = np.concatenate([np.repeat(np.eye(SIDE, dtype=np.uint8)[:, :, None], SIDE, axis=2)] * 2)
    lines[SIDE:] = lines[SIDE:].transpose(0, 2, 1)
    on_digits = np.maximum(draws.take(digits, len(lines)), lines * np.uint8(255))
    return np.concatenate([lines * np.uint8(255), lines * np.uint8(128), on_digits])


def _light_borders(draws: _Draws, digits: Images, count: int) -> Images:
    """Some sides, 1 to 4 pixels wide, on a digit; every fourth on a blank image."""
    images = draws.take(digits, count)
    images[::4] = 0
    sides, widths, levels = draws.draw(15, count) + 1, draws.draw(4, count) + 1, draws.draw(224, count) + 32
    for image, side, width, level in zip(images, sides.tolist(), widths.tolist(), levels.tolist(), strict=True):
        views = (image[:width], image[SIDE - width :], image[:, :width], image[:, SIDE - width :])
        for bit, view in enumerate(views):
            if side >> bit & 1:
                view[:] = level
    return images


def _shift(draws: _Draws, digits: Images, count: int) -> Images:
    """By up to 9 pixels each way; ink that leaves the image is lost."""
    margin = 9
    moves = draws.draw(2 * margin + 1, count, 2)
    padded = np.pad(draws.take(digits, count), ((0, 0), (margin, margin), (margin, margin)))
    return np.stack(
        [image[top : top + SIDE, left : left + SIDE] for image, (top, left) in zip(padded, moves.tolist(), strict=True)]
    )


def _invert(draws: _Draws, digits: Images, count: int) -> Images:
    return ~draws.take(digits, count)


def _scale_brightness(draws: _Draws, digits: Images, count: int) -> Images:
    """From an eighth to four times, cut off at white."""
    factors = 32 + draws.draw(992, count, 1, 1)
    bright: NDArray[np.int64] = draws.take(digits, count) * factors >> 8
    return np.minimum(bright, 255).astype(np.uint8)


def _occlude(draws: _Draws, digits: Images, count: int) -> Images:
    """By a rectangle of 4 to 17 pixels a side: black, white or grey by turns."""
    images = draws.take(digits, count)
    sizes, levels = 4 + draws.draw(14, count, 2), draws.draw(256, count)
    levels[::3], levels[1::3] = 0, 255
    corners = draws.draw(1 << 20, count, 2) % (SIDE + 1 - sizes)
    for image, (rows, columns), (top, left), level in zip(
        images, sizes.tolist(), corners.tolist(), levels.tolist(), strict=True
    ):
        image[top : top + rows, left : left + columns] = level
    return images


def _fill(draws: _Draws, digits: Images, count: int) -> Images:
    """Blank, full, and every grey between."""
    return np.repeat(np.arange(256, dtype=np.uint8), PIXELS)


GENERATORS: dict[str, Callable[[_Draws, Images, int], Images]] = {
    "noise": _make_noise,
    "sparse noise": _make_sparse_noise,
    "one pixel": _light_pixels,
    "one pixel on a digit": _light_pixels_on_digits,
    "lines": _light_lines,
    "border": _light_borders,
    "shifted": _shift,
    "inverted": _invert,
    "brightness": _scale_brightness,
    "occluded": _occlude,
    "flat": _fill,
}
