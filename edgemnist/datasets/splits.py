"""Training images and test images are two types, so that no function can take one for the other.

Calibration and every choice take a `TrainingSplit`; scores and stored answers take a `TestSplit`. A
checker refuses a mix-up before it runs, and `require_training` refuses it when it runs.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from edgemnist.datasets.readers import Images, Labels
from edgemnist.errors import DataError

# The validation part: one image in twelve, 5,000 of MNIST's 60,000; never more.
VALIDATION_SHARE = 12
VALIDATION_MOST = 5_000
VALIDATION_SEED = 20_260


@dataclass(frozen=True, eq=False)
class _Split:
    """Images with their labels.

    Args:
        images: uint8 (n, 28, 28), 0 … 255.
        labels: int64 (n,), 0 … classes − 1.
    """

    images: Images
    labels: Labels

    def __len__(self) -> int:
        return len(self.images)

    @cached_property
    def sha256(self) -> str:
        """One hash over size, pixels and labels, whatever form the files had."""
        digest = hashlib.sha256(str(self.images.shape).encode())
        digest.update(np.ascontiguousarray(self.images).data)
        digest.update(np.ascontiguousarray(self.labels, dtype="<i8").data)
        return digest.hexdigest()


class TrainingSplit(_Split):
    """Images to learn, to calibrate and to choose from."""

    def take(self, indices: Labels) -> TrainingSplit:
        """Return the images at `indices`, int64 (k,), in that order."""
        return TrainingSplit(self.images[indices], self.labels[indices])


class TestSplit(_Split):
    """Images that are only scored, and answered for comparison."""

    __test__ = False  # pytest, this is no test case


def require_training(split: TrainingSplit) -> TrainingSplit:
    """Return `split` if it holds training images.

    Raises:
        TypeError: it holds test images: a fault in the calling program, not in the data.
    """
    if not isinstance(split, TrainingSplit):
        raise TypeError(f"expected training images, found a {type(split).__name__}: test images are only scored")
    return split


def split_validation(training: TrainingSplit) -> tuple[TrainingSplit, TrainingSplit]:
    """Part the training images into those to fit and those to choose by, always in the same way.

    Returns:
        (fit, validation): the second holds a twelfth of the images, at most 5,000, at least one.

    Example:
        >>> images = np.zeros((60, 28, 28), np.uint8)
        >>> fit, validation = split_validation(TrainingSplit(images, np.arange(60) % 10))
        >>> len(fit), len(validation)
        (55, 5)
    """
    if len(training) < 2:
        raise DataError("one training image can't be parted into some to fit and some to choose by", "give more images")
    count = max(1, min(VALIDATION_MOST, len(training) // VALIDATION_SHARE))
    order = np.random.default_rng(VALIDATION_SEED).permutation(len(training))
    return training.take(np.sort(order[count:])), training.take(np.sort(order[:count]))
