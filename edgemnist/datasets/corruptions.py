"""Test images made harder: eleven kinds of corruption in five strengths, as a camera, a scanner or a hand makes them.

In the style of MNIST-C (Mu and Gilmer, "MNIST-C: A Robustness Benchmark for Computer Vision", 2019), and of no image's
size: lengths are shares of the image's shorter side. What is drawn for an image depends on the kind, the strength and
its place among the images, never on how many follow.

They are the same bytes on every machine and with every version of NumPy: drawn from PCG64's raw stream, which NumPy
promises to keep, and made by whole numbers alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.readers import Images
from edgemnist.datasets.warping import Affine, warp
from edgemnist.errors import UsageError

SEED = 20_263
STRENGTHS = (1, 2, 3, 4, 5)
# Lengths and factors are counted in this part of one.
UNIT = 256
# Sine and cosine by degrees, in 65,536ths.
TURNS = {6: (6850, 65177), 12: (13626, 64104), 18: (20252, 62328), 24: (26656, 59870), 30: (32768, 56756)}
BOXES = 3
# Pixels' values that are worked on at a time: a blur takes up to 300 bytes for each.
MOST_VALUES = 1 << 22


class Draws:
    """Whole numbers for images from PCG64's raw stream: those of the first images are the same for any number of them.

    Args:
        kind: Place of the kind in the table.
        strength: 1 … 5.
        first: Place of the first image.
        count: How many images.
    """

    def __init__(self, kind: int, strength: int, first: int, count: int) -> None:
        self._seed, self._first, self._count = [SEED, kind, strength], first, count

    def draw_bits(self, words: int) -> NDArray[np.uint64]:
        """Return `words` of 64 random bits for each image, uint64 (n, words)."""
        stream = np.random.PCG64(self._seed).advance(self._first * words)
        return stream.random_raw(self._count * words).reshape(self._count, words)

    def draw(self, *limits: int) -> list[NDArray[np.int64]]:
        """Return for each limit a number from 0 to `limit` - 1 for each image, int64 (n,); limits are at most 2^31."""
        words = self.draw_bits(len(limits)) >> np.uint64(32)
        drawn = words * np.array(limits, np.uint64) >> np.uint64(32)
        return list(drawn.astype(np.int64).T)


Function = Callable[[Images, int, Draws], Images]


@dataclass(frozen=True)
class Corruption:
    """A row of the table.

    Args:
        name: Of the kind.
        apply: Corrupts images, uint8 (n, height, width, channels), with a strength's setting and draws.
        settings: What is set for each of the five strengths; the unit is the function's.
    """

    name: str
    apply: Function
    settings: tuple[int, int, int, int, int]


def corrupt(images: Images, name: str, strength: int) -> Images:
    """Return corrupted images, uint8 of the same shape, the same each time; those given stay as they are.

    Args:
        images: uint8 (n, height, width) or (n, height, width, channels), 0 … 255, with at least one pixel.
        name: Of the kind; see `CORRUPTIONS`.
        strength: 1 … 5.

    Raises:
        UsageError: No such kind or strength.

    Example:
        >>> image = np.full((1, 4, 4), 200, np.uint8)
        >>> corrupt(image, "darkening", 2)[0, 0].tolist()
        [128, 128, 128, 128]
    """
    kind = next((place for place, row in enumerate(CORRUPTIONS) if row.name == name), None)
    if kind is None:
        raise UsageError(f"no corruption {name!r}", f"there are {', '.join(row.name for row in CORRUPTIONS)}")
    if strength not in STRENGTHS:
        raise UsageError(f"no strength {strength!r} of a corruption, expected 1 to 5")
    row, found = CORRUPTIONS[kind], np.empty_like(images)
    size = max(1, MOST_VALUES // math.prod(images.shape[1:]))
    for first in range(0, len(images), size):
        part = images[first : first + size]
        pixels = part if part.ndim == 4 else part[..., None]
        draws = Draws(kind, strength, first, len(part))
        found[first : first + size] = row.apply(pixels, row.settings[strength - 1], draws).reshape(part.shape)
    return found


def _rotate(images: Images, degrees: int, draws: Draws) -> Images:
    """To the left or to the right."""
    sine, cosine = TURNS[degrees]
    (side,) = draws.draw(2)
    return warp(images, [Affine(cosine, -sine, sine, cosine), Affine(cosine, sine, -sine, cosine)], side)


def _shift(images: Images, share: int, draws: Draws) -> Images:
    """In one of eight directions, by so many 256ths of the shorter side; what comes in is the border's pixel."""
    far = share * min(images.shape[1:3])
    steps = [(down, right) for down in (-far, 0, far) for right in (-far, 0, far) if down or right]
    (direction,) = draws.draw(len(steps))
    return warp(images, [Affine(down=down, right=right) for down, right in steps], direction)


def _scale(images: Images, share: int, draws: Draws) -> Images:
    """Smaller or larger, by so many 256ths."""
    one = 1 << 16
    factors = [one * UNIT // (UNIT + share), one * UNIT // (UNIT - share)]  # of where a pixel comes from
    (larger,) = draws.draw(2)
    return warp(images, [Affine(factor, 0, 0, factor) for factor in factors], larger)


def _blur(images: Images, share: int, draws: Draws) -> Images:
    """By three boxes, one after the other, which are nearly a Gaussian.

    Source: Gwosdek and others, "Theoretical Foundations of Gaussian Convolution by Extended Box Filtering", 2011.
    """
    radius, part = divmod(share * min(images.shape[1:3]), UNIT)
    found = images.astype(np.int64) * UNIT
    for axis in (1, 2):
        for _ in range(BOXES):
            found = _average(found, axis, radius, part)
    return ((found + UNIT // 2) // UNIT).astype(np.uint8)


def _average(values: NDArray[np.int64], axis: int, radius: int, part: int) -> NDArray[np.int64]:
    """Return the mean of each value's neighbours within a radius and a part of one more on both sides."""
    ends = [np.take(values, [place], axis) for place in (0, -1)]
    before, after = (np.repeat(end, radius + 1, axis) for end in ends)
    padded, size = np.concatenate([before, values, after], axis), values.shape[axis]
    moved = [np.take(padded, range(start, start + size), axis) for start in range(2 * radius + 3)]
    whole = UNIT * (2 * radius + 1) + 2 * part
    total = UNIT * sum(moved[1:-1], np.zeros_like(values)) + part * (moved[0] + moved[-1])
    mean: NDArray[np.int64] = (total + whole // 2) // whole
    return mean


def _thin(images: Images, share: int, draws: Draws) -> Images:
    """Bright parts, by so many 256ths of the shorter side at each edge."""
    return ~_thicken(~images, share, draws)


def _thicken(images: Images, share: int, draws: Draws) -> Images:
    """Bright parts: the brightest within a diamond; between two whole radii, a mixture of both."""
    radius, part = divmod(share * min(images.shape[1:3]), UNIT)
    inner = images
    for _ in range(radius):
        inner = _spread(inner)
    outer = _spread(inner).astype(np.int64)
    mixed: NDArray[np.int64] = (inner.astype(np.int64) * (UNIT - part) + outer * part + UNIT // 2) // UNIT
    return mixed.astype(np.uint8)


def _spread(images: Images) -> Images:
    """Return the brightest of each pixel and its four neighbours."""
    found = images.copy()
    np.maximum(found[:, 1:], images[:, :-1], out=found[:, 1:])
    np.maximum(found[:, :-1], images[:, 1:], out=found[:, :-1])
    np.maximum(found[:, :, 1:], images[:, :, :-1], out=found[:, :, 1:])
    np.maximum(found[:, :, :-1], images[:, :, 1:], out=found[:, :, :-1])
    return found


def _darken(images: Images, factor: int, draws: Draws) -> Images:
    """To so many 256ths of each value."""
    return (images.astype(np.int64) * factor // UNIT).astype(np.uint8)


def _change_contrast(images: Images, factor: int, draws: Draws) -> Images:
    """To so many 256ths of each value's distance from the middle; below 0, dark becomes bright."""
    doubled = (2 * images.astype(np.int64) - 255) * factor // UNIT  # the middle is 127.5
    return ((doubled + 256) // 2).clip(0, 255).astype(np.uint8)


def _add_noise(images: Images, deviation: int, draws: Draws) -> Images:
    """Nearly Gaussian, of a standard deviation in grey values: the sum of four random bytes."""
    count = math.prod(images.shape[1:])
    words = draws.draw_bits(-(-count // 2)).astype("<u8").view(np.uint8)
    summed = words.reshape(len(images), -(-count // 2) * 2, 4).sum(axis=2, dtype=np.int64)[:, :count] - 510
    # One byte has a variance of (256² - 1) / 12, so that the sum of four has a deviation of 147.8.
    noise = (summed * deviation * 10 + 739) // 1478
    noisy: NDArray[np.int64] = images + noise.reshape(images.shape)
    return noisy.clip(0, 255).astype(np.uint8)


def _occlude(images: Images, share: int, draws: Draws) -> Images:
    """By a square of so many 256ths of the shorter side, of any grey, anywhere within the image."""
    height, width = images.shape[1:3]
    side = max(1, share * min(height, width) // UNIT)
    top, left, level = (value[:, None, None] for value in draws.draw(height - side + 1, width - side + 1, 256))
    row, column = np.arange(height)[:, None] - top, np.arange(width) - left
    covered = (row >= 0) & (row < side) & (column >= 0) & (column < side)
    return np.where(covered[..., None], level[..., None], images).astype(np.uint8)


def _add_stripes(images: Images, strength: int, draws: Draws) -> Images:
    """Rows or columns, every other band of a 14th of the shorter side, by so many 256ths nearer to their inverse."""
    width = max(1, min(images.shape[1:3]) // 14)
    upright, phase = draws.draw(2, 2 * width)
    rows, columns = (np.arange(size) + phase[:, None] for size in images.shape[1:3])
    places = np.where(upright[:, None, None] > 0, columns[:, None, :], rows[:, :, None])
    factors = np.where(places // width % 2 > 0, strength, 0)[..., None]
    mixed: NDArray[np.int64] = (images * (UNIT - factors) + (255 - images.astype(np.int64)) * factors) // UNIT
    return mixed.astype(np.uint8)


CORRUPTIONS = (
    Corruption("rotation", _rotate, (6, 12, 18, 24, 30)),
    Corruption("shift", _shift, (7, 14, 21, 4 * 7, 35)),
    Corruption("scale", _scale, (20, 40, 60, 80, 100)),
    Corruption("blur", _blur, (2, 5, 9, 11, 14)),
    Corruption("thinning", _thin, (3, 6, 9, 12, 15)),
    Corruption("thickening", _thicken, (4, 8, 12, 16, 20)),
    Corruption("darkening", _darken, (210, 164, 118, 72, 26)),
    Corruption("contrast", _change_contrast, (205, 154, 102, 51, -256)),
    Corruption("noise", _add_noise, (16, 32, 48, 64, 80)),
    Corruption("occlusion", _occlude, (40, 60, 80, 100, 120)),
    Corruption("stripes", _add_stripes, (20, 40, 60, 80, 100)),
)


def iterate_cells() -> Iterator[tuple[str, int]]:
    """Yield each kind with each strength, in the order of the table.

    Example:
        >>> len(list(iterate_cells())), next(iterate_cells())
        (55, ('rotation', 1))
    """
    return ((row.name, strength) for row in CORRUPTIONS for strength in STRENGTHS)
