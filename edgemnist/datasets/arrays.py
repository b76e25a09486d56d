"""A data set in memory: images and labels as arrays, in any form that `np.asarray` takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from edgemnist.contract.picture import Preparation
from edgemnist.datasets.labels import RawLabels, read_labels
from edgemnist.datasets.readers.base import SplitName
from edgemnist.datasets.rows import ArrayRows, Rows
from edgemnist.errors import DataError, take_first_line

if TYPE_CHECKING:
    # Images and labels.
    Pair: TypeAlias = tuple[ArrayLike, ArrayLike]

ARRAYS_HINT = "data takes (images, labels), or ((training images, labels), (test images, labels))"


class ArrayReader:
    """Training and test images in memory. The arrays aren't copied where they are NumPy's own.

    Args:
        name: Name of the data set, for messages.
        training: Images and their labels, of any kind that `edgemnist.datasets.pixels` and `labels` know.
        test: The same for the images that are only scored; None to keep some of the others for that.

    Raises:
        DataError: A pair is no pair of arrays.
    """

    form = "arrays"
    holds_pictures = False
    class_names = None
    notes = ()

    def __init__(self, name: str, training: Pair, test: Pair | None = None) -> None:
        self._name = name
        self._pairs: dict[SplitName, tuple[NDArray[Any], NDArray[Any]]] = {"train": _read_pair(name, "train", training)}
        if test is not None:
            self._pairs["test"] = _read_pair(name, "test", test)
        self.splits = tuple(self._pairs)

    def open_images(self, split: SplitName, preparation: Preparation = "fit") -> Rows:
        """Return the images as they are."""
        return ArrayRows(self._pairs[split][0])

    def read_labels(self, split: SplitName) -> RawLabels:
        """Return the labels, one an image."""
        labels = self._pairs[split][1]
        return read_labels(f"{self._name}: y_{split}", ArrayRows(labels), labels.size)


def _read_pair(name: str, split: SplitName, pair: Pair) -> tuple[NDArray[Any], NDArray[Any]]:
    try:
        images, labels = map(np.asarray, pair)
    except (ValueError, TypeError) as error:  # not two, or rows of several lengths
        raise DataError(
            f"{name}: the {split} split is no pair of arrays: {take_first_line(error)}", ARRAYS_HINT
        ) from error
    return np.atleast_1d(images), labels
