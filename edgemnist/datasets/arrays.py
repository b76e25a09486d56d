"""A data set in memory: images and labels as arrays, in any form that `np.asarray` takes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from edgemnist.datasets.rows import ArrayRows, Rows
from edgemnist.datasets.shape import IMAGE_SHAPE, is_image
from edgemnist.errors import DataError, take_first_line

if TYPE_CHECKING:
    from edgemnist.datasets.readers import SplitName

    # Images and labels.
    Pair: TypeAlias = tuple[ArrayLike, ArrayLike]

# One image of each class in seven is a test image where none are given, as in MNIST's 60,000 and 10,000.
TEST_SHARE = 7
TEST_SEED = 20_261
ARRAYS_HINT = "data takes (images, labels), or ((training images, labels), (test images, labels))"


def check_pixels(name: str, dtype: np.dtype[Any]) -> None:
    """Refuse images that are no pixel bytes.

    Args:
        name: Name of the images, for the message.
        dtype: Type of their values.

    Raises:
        DataError: It is not uint8.
    """
    if dtype != np.uint8:
        raise DataError(
            f"{name} is {dtype}, expected uint8 pixels 0 ... 255",
            "store the pixels as they are: x.astype('uint8'), before any division by 255",
        )


def check_labels(name: str, dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
    """Refuse labels that are not one whole number an image.

    Args:
        name: Name of the labels, for the message.
        dtype, shape: Those of the array: whole numbers of any type, (n,) or with further axes of 1.

    Raises:
        DataError: They are something else.
    """
    if dtype.kind not in "iu" or math.prod(shape[1:]) != 1 or not shape:
        raise DataError(f"{name} is {dtype} {shape}, expected whole numbers from 0, one an image")


class ArrayReader:
    """Training and test images in memory. The arrays aren't copied where they are NumPy's own.

    Args:
        name: Name of the data set, for messages.
        training: Images, uint8 (n, 28, 28), (n, 28, 28, 1) or (n, 784), 0 … 255, and labels, whole numbers (n,) from 0.
        test: The same for the images that are only scored; None to keep a fixed seventh of each class for that.

    Raises:
        DataError: An array is of another type or shape, or there are too few images to keep some for testing.
    """

    class_names = None

    def __init__(self, name: str, training: Pair, test: Pair | None = None) -> None:
        if test is None:
            images, labels = _read_pair(name, "train", training)
            pairs = _part(name, images, labels)
        else:
            pairs = _read_pair(name, "train", training), _read_pair(name, "test", test)
        self._splits: dict[SplitName, tuple[NDArray[np.uint8], NDArray[np.integer[Any]]]] = {
            "train": pairs[0],
            "test": pairs[1],
        }

    def open_images(self, split: SplitName) -> Rows:
        """Return the images, uint8; a wrong shape is as it is."""
        return ArrayRows(self._splits[split][0])

    def read_labels(self, split: SplitName) -> NDArray[np.integer[Any]]:
        """Return the labels, (n,)."""
        return self._splits[split][1]


def _read_pair(name: str, split: SplitName, pair: Pair) -> tuple[NDArray[np.uint8], NDArray[np.integer[Any]]]:
    try:
        images, labels = map(np.asarray, pair)
    except (ValueError, TypeError) as error:  # not two, or rows of several lengths
        raise DataError(
            f"{name}: the {split} split is no pair of arrays: {take_first_line(error)}", ARRAYS_HINT
        ) from error
    check_pixels(f"{name}: x_{split}", images.dtype)
    check_labels(f"{name}: y_{split}", labels.dtype, labels.shape)
    if is_image(images.shape[1:]):
        images = images.reshape(-1, *IMAGE_SHAPE)
    return np.atleast_1d(images), labels.reshape(-1)


def _part(
    name: str, images: NDArray[np.uint8], labels: NDArray[np.integer[Any]]
) -> tuple[tuple[NDArray[np.uint8], NDArray[np.integer[Any]]], ...]:
    """Part images into those to train with and those to test with, always in the same way.

    Each class with enough images is in both.
    """
    if len(images) != len(labels):
        raise DataError(f"{name}: {len(images)} images but {len(labels)} labels, expected as many")
    draw, tested = np.random.default_rng(TEST_SEED), np.zeros(len(labels), bool)
    for label in np.unique(labels):
        of_class = draw.permutation(np.flatnonzero(labels == label))
        tested[of_class[: len(of_class) // TEST_SHARE]] = True
    if not tested.any():
        raise DataError(
            f"{name}: too few images to keep some for testing, expected a class with {TEST_SHARE}",
            "give test images of their own: ((training images, labels), (test images, labels))",
        )
    return (images[~tested], labels[~tested]), (images[tested], labels[tested])
