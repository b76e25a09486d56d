"""Data sets of 28 × 28 grey images: MNIST, which is part of the package, or the user's own.

No network, ever. Each split is loaded when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from edgemnist.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from edgemnist.datasets.readers import Reader, SplitName
    from edgemnist.datasets.rows import Rows
    from edgemnist.datasets.splits import TestSplit, TrainingSplit

    ArrayPair = tuple[NDArray[np.uint8], NDArray[np.integer[Any]]]
    # What a verb takes as data: a path, a data set, or arrays of training and test images.
    Data: TypeAlias = "str | Path | Dataset | tuple[ArrayPair, ArrayPair] | None"

MNIST_FOLDER = Path(__file__).parent / "mnist"
MOST_CLASSES = 1000
MNIST_SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}


def load_dataset(data: Data = None, class_names: Sequence[str] | None = None) -> Dataset:
    """Open a data set.

    Args:
        data: a folder of IDX files, an .npz, or a folder of PNG folders; None for the MNIST inside. Or a data set that
            is open already, or two pairs of arrays, (training images, labels) and (test images, labels): uint8
            (n, 28, 28), 0 … 255, and whole numbers (n,), as `keras.datasets.mnist.load_data()` gives them.
        class_names: the name of each class, in order; None to take those of the files, or "0", "1", ….

    Raises:
        DataError: there is no data set at that path, or it is damaged. Sizes and ranges are checked when
            a split is first used.
    """
    from edgemnist.datasets.readers import IdxReader, open_reader

    names = tuple(class_names) if class_names else None
    if isinstance(data, Dataset):
        return replace(data, given_labels=names) if names else data
    if data is None:
        return Dataset("mnist", IdxReader(MNIST_FOLDER, MNIST_SHA256), names)
    if isinstance(data, str | Path):
        return Dataset(Path(data).stem, open_reader(Path(data)), names)
    from edgemnist.datasets.arrays import ArrayReader

    return Dataset("arrays", ArrayReader.of(data), names)


@dataclass(frozen=True, eq=False)
class Dataset:
    """A training split, a test split and the names of the classes.

    Args:
        name: for messages and the manifest, such as "mnist".
        reader: where the files are.
        given_labels: names that the user gave, or None.
    """

    name: str
    reader: Reader
    given_labels: tuple[str, ...] | None = None

    @cached_property
    def names(self) -> tuple[str, ...] | None:
        """The class names that the user or the files give; None where they are but numbers."""
        return self.given_labels or self.reader.class_names

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The name of each class. Loads the labels, not the images, of both splits."""
        names = self.names
        count = 1 + int(self._read_labels("train").max())
        if count < 2:
            raise DataError(f"{self.name}: every training image has label 0, expected two classes or more")
        if count > MOST_CLASSES:
            raise DataError(f"{self.name}: train label {count - 1} out of range, expected at most {MOST_CLASSES - 1}")
        largest = int(self._read_labels("test").max())
        if largest >= count:
            raise DataError(f"{self.name}: test label {largest} out of range: the training labels end at {count - 1}")
        if names is None:
            return tuple(str(number) for number in range(count))
        if len(names) != count or len(set(names)) < len(names) or not all(names):
            raise DataError(
                f"{self.name}: {len(names)} class names ({', '.join(names)}), expected {count} different ones",
                "name every class: `class_names=['a', 'b', 'c']`",
            )
        return names

    def check_classes(self, owner: str, labels: tuple[str, ...] | None, count: int) -> None:
        """Refuse a model that answers other classes than the data has.

        Args:
            owner: Model, for the message.
            labels: Class names inside it; None where it has none.
            count: Number of scores that it gives.

        Raises:
            DataError: Their number or their names differ.
        """
        if labels is not None:
            self.check_labels(owner, labels)
        elif count != len(self.labels):
            raise DataError(
                f"{owner}: answers {count} classes, but the data {self.name} has {len(self.labels)}",
                "give the data that it was trained on: `data=PATH`",
            )

    def check_labels(self, owner: str, labels: tuple[str, ...]) -> None:
        """Refuse a model whose class names contradict those given: one of the two is wrong about every answer.

        Args:
            owner: the model, for the message.
            labels: the class names inside it.

        Raises:
            DataError: they are others than the user or the files give, or not as many as there are classes.
        """
        if len(labels) != len(self.labels) or (self.names and self.names != labels):
            raise DataError(
                f"{owner}: its {len(labels)} classes are {', '.join(labels)}, "
                f"but those of the data {self.name} are {len(self.labels)}: {', '.join(self.labels)}",
                "give the data that it was trained on: `data=PATH`, or `class_names`",
            )

    @cached_property
    def training(self) -> TrainingSplit:
        """The images to learn, to calibrate and to choose from."""
        from edgemnist.datasets.rows import read_all
        from edgemnist.datasets.splits import TrainingSplit

        rows, labels = self._open("train")
        return TrainingSplit(read_all(rows), labels.astype("int64"))

    @cached_property
    def test(self) -> TestSplit:
        """The images that are only scored; few are read at once, many when they are iterated."""
        from edgemnist.datasets.rows import hold_small
        from edgemnist.datasets.splits import TestSplit

        rows, labels = self._open("test")
        return TestSplit(hold_small(rows), labels)

    def _open(self, split: SplitName) -> tuple[Rows, NDArray[np.integer[Any]]]:
        rows, labels = self.reader.open_images(split), self._read_labels(split)
        if len(rows.shape) != 3 or rows.shape[1:] != (28, 28):
            found = " x ".join(map(str, rows.shape))
            raise DataError(f"{self.name}: {split} images are {found}, expected n x 28 x 28")
        if rows.shape[0] != len(labels):
            raise DataError(f"{self.name}: {rows.shape[0]} {split} images but {len(labels)} labels, expected as many")
        return rows, labels

    def _read_labels(self, split: SplitName) -> NDArray[np.integer[Any]]:
        labels = self.reader.read_labels(split)
        if labels.ndim != 1 or not len(labels):
            raise DataError(f"{self.name}: the {split} split has no images", "put images in both splits")
        if labels.min() < 0:
            raise DataError(f"{self.name}: {split} label {labels.min()} out of range, expected 0 or more")
        return labels
