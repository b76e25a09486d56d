"""Training images and test images are two types, so that no function can take one for the other.

Calibration and every choice take a `TrainingSplit`; scores and stored answers take a `TestSplit`. A
checker refuses a mix-up before it runs, and `require_training` refuses it when it runs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.readers import Images, Labels
from edgemnist.datasets.rows import ArrayRows, Rows, read_all, take_first
from edgemnist.errors import DataError

# The validation part: one image in twelve, 5,000 of MNIST's 60,000; never more.
VALIDATION_SHARE = 12
VALIDATION_MOST = 5_000
VALIDATION_SEED = 20_260
# One image of each class in seven is a test image where none are given, as in MNIST's 60,000 and 10,000.
TEST_SHARE = 7
TEST_SEED = 20_261

# How many images are read, run and compared at a time.
BATCH = 10_000


@dataclass(frozen=True, eq=False)
class TrainingSplit:
    """Images to learn, to calibrate and to choose from.

    Args:
        images: uint8 (n, height, width), 0 … 255.
        labels: int64 (n,), 0 … classes - 1.
        validation: how many of the last images the data set itself keeps to choose by; 0 where it says nothing.
    """

    images: Images
    labels: Labels
    validation: int = 0

    def __len__(self) -> int:
        return len(self.images)

    @property
    def image_shape(self) -> tuple[int, ...]:
        """Rows and columns of each image."""
        return self.images.shape[1:]

    @cached_property
    def sha256(self) -> str:
        """One hash over size, pixels and labels, whatever form the files had."""
        return _hash_split(ArrayRows(self.images), self.labels)

    def take(self, indices: Labels) -> TrainingSplit:
        """Return the images at `indices`, int64 (k,), in that order."""
        return TrainingSplit(self.images[indices], self.labels[indices])


class TestSplit:
    """Images that are only scored, and answered for comparison. They may be more than the memory holds.

    Args:
        images: uint8 (n, height, width), 0 … 255, or where they lie.
        labels: whole numbers of any type, (n,), 0 … classes - 1.
        sha256: The hash over all of it, where it is known; None to compute it when it is asked for.
    """

    __test__ = False  # pytest, this is no test case

    def __init__(self, images: Images | Rows, labels: NDArray[np.integer[Any]], sha256: str | None = None) -> None:
        self._rows: Rows = ArrayRows(images) if isinstance(images, np.ndarray) else images
        self._labels, self._sha256 = labels, sha256

    def __len__(self) -> int:
        return self._rows.shape[0]

    @cached_property
    def images(self) -> Images:
        """All images, uint8 (n, height, width): read, and held from now on."""
        self._rows = ArrayRows(read_all(self._rows))
        return self._rows.array

    @property
    def labels(self) -> Labels:
        """All labels, int64 (n,)."""
        return self._labels.astype(np.int64, copy=False)

    def iterate(self, size: int = BATCH, limit: int | None = None) -> Iterator[tuple[Images, Labels]]:
        """Yield images, uint8 (k, height, width), with their labels, int64 (k,), from the first to the last.

        Args:
            size: images at a time; the last batch may be smaller.
            limit: how many of the first images; None for all.

        Raises:
            DataError: the files are damaged, or changed since they were opened.
        """
        start = 0
        for images in take_first(self._rows.iterate(size), limit):
            yield images, self._labels[start : start + len(images)].astype(np.int64)
            start += len(images)

    @cached_property
    def sha256(self) -> str:
        """One hash over size, pixels and labels, whatever form the files had."""
        return self._sha256 or _hash_split(self._rows, self._labels)


def _hash_split(images: Rows, labels: NDArray[np.integer[Any]]) -> str:
    digest = hashlib.sha256(str(images.shape).encode())
    for batch in images.iterate(BATCH):
        digest.update(np.ascontiguousarray(batch).data)
    for start in range(0, len(labels), BATCH):
        digest.update(labels[start : start + BATCH].astype("<i8").data)
    return digest.hexdigest()


def require_training(split: TrainingSplit) -> TrainingSplit:
    """Return `split` if it holds training images.

    Raises:
        TypeError: it holds test images: a fault in the calling program, not in the data.
    """
    if not isinstance(split, TrainingSplit):
        raise TypeError(f"expected training images, found a {type(split).__name__}: test images are only scored")
    return split


def split_validation(training: TrainingSplit, fraction: float | None = None) -> tuple[TrainingSplit, TrainingSplit]:
    """Part the training images into those to fit and those to choose by, always in the same way.

    Args:
        training: Images to part, 2 or more.
        fraction: Share of them to choose by, above 0 and below 1; None for a twelfth, at most 5,000.

    Returns:
        (fit, validation): the second holds what the data set itself keeps for that, else that share; each at least one.

    Raises:
        DataError: There are fewer than 2 images.

    Example:
        >>> images = np.zeros((60, 28, 28), np.uint8)
        >>> fit, validation = split_validation(TrainingSplit(images, np.arange(60) % 10))
        >>> len(fit), len(validation)
        (55, 5)
    """
    if len(training) < 2:
        raise DataError("one training image can't be parted into some to fit and some to choose by", "give more images")
    if training.validation:
        first = len(training) - training.validation
        return training.take(np.arange(first)), training.take(np.arange(first, len(training)))
    usual = min(VALIDATION_MOST, len(training) // VALIDATION_SHARE)
    count = usual if fraction is None else round(fraction * len(training))
    count = max(1, min(count, len(training) - 1))
    order = np.random.default_rng(VALIDATION_SEED).permutation(len(training))
    return training.take(np.sort(order[count:])), training.take(np.sort(order[:count]))


def choose_test(name: str, labels: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
    """Choose the images that are kept for the test, always in the same way.

    Each class with enough images is in both parts.

    Args:
        name: Name of the data set, for messages.
        labels: Number of each image's class, (n,).

    Returns:
        bool (n,): a seventh of each class.

    Raises:
        DataError: No class has enough images.
    """
    draw, tested = np.random.default_rng(TEST_SEED), np.zeros(len(labels), bool)
    for label in np.unique(labels):
        of_class = draw.permutation(np.flatnonzero(labels == label))
        tested[of_class[: len(of_class) // TEST_SHARE]] = True
    if not tested.any():
        raise DataError(
            f"{name}: too few images to keep some for testing, expected a class with {TEST_SHARE}",
            "give test images of their own",
        )
    return tested
