"""A data set in memory: arrays, as `keras.datasets.mnist.load_data()` gives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.readers import SplitName
from edgemnist.datasets.rows import ArrayRows, Rows
from edgemnist.errors import DataError

HINT = "two pairs of arrays, (training images, labels) and (test images, labels), are expected"


@dataclass(frozen=True, eq=False)
class ArrayReader:
    """Reads from arrays.

    Args:
        splits: Images, uint8 (n, 28, 28), and labels, whole numbers (n,), of each split.
    """

    splits: dict[SplitName, tuple[NDArray[Any], NDArray[Any]]]
    class_names: tuple[str, ...] | None = None

    @classmethod
    def of(cls, pairs: Any) -> ArrayReader:
        """Take two pairs of arrays, those of the training images first.

        Raises:
            DataError: They are something else.
        """
        try:
            training, test = (tuple(np.asarray(part) for part in pair) for pair in pairs)
        except (TypeError, ValueError):
            raise DataError(f"data of type {type(pairs).__name__} is no data set", HINT) from None
        if len(training) != 2 or len(test) != 2:
            raise DataError(f"found {len(training)} and {len(test)} arrays", HINT)
        for name, (images, labels) in (("training", training), ("test", test)):
            if images.dtype != np.uint8 or labels.dtype.kind not in "iu":
                found = f"{name} images are {images.dtype}, labels {labels.dtype}"
                raise DataError(f"{found}: uint8 and whole numbers are expected", HINT)
        return cls({"train": training, "test": test})

    def open_images(self, split: SplitName) -> Rows:
        """Return the images of a split."""
        return ArrayRows(self.splits[split][0])

    def read_labels(self, split: SplitName) -> NDArray[np.integer[Any]]:
        """Return the labels of a split."""
        return self.splits[split][1]
