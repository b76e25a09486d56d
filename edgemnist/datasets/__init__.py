"""Data sets of small grey images: MNIST, which is part of the package, or the user's own.

On disk or in memory. No network, ever. Each split is loaded when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from edgemnist.datasets.shape import IMAGE_SHAPE, join_sizes
from edgemnist.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from edgemnist.datasets.arrays import Pair
    from edgemnist.datasets.readers import Reader, SplitName
    from edgemnist.datasets.rows import Rows
    from edgemnist.datasets.splits import TestSplit, TrainingSplit

    # A path, a data set, or arrays; None for MNIST.
    Data: TypeAlias = "str | Path | Dataset | Pair | tuple[Pair, Pair] | None"

MNIST_FOLDER = Path(__file__).parent / "mnist"
MOST_CLASSES = 1000
MNIST_SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
# What `TestSplit.sha256` computes of those files.
MNIST_TEST_SHA256 = "f5147f7baa1787ec4b3cd00068f8ec8a61d969373b74639b6aef5c981fc5a5b2"


def load_dataset(data: Data = None, class_names: Sequence[str] | None = None) -> Dataset:
    """Open a data set.

    Args:
        data: Path of a folder of IDX files, an .npz, or a folder of PNG folders; a data set; or arrays, as
            (images, labels) or ((training images, labels), (test images, labels)), see `Dataset.from_arrays`.
            None for the MNIST inside.
        class_names: Name of each class, in order; None to take those of the data, or "0", "1", ….

    Raises:
        DataError: There is no data set at that path, or it is damaged. Sizes and ranges are checked when
            a split is first used.
    """
    from edgemnist.datasets.readers import IdxReader, open_reader

    names = tuple(class_names) if class_names else None
    if data is None:
        return Dataset("mnist", IdxReader(MNIST_FOLDER, MNIST_SHA256), names, MNIST_TEST_SHA256)
    if isinstance(data, Dataset):
        return replace(data, given_labels=names) if names else data
    if isinstance(data, str | Path):
        return Dataset(Path(data).stem, open_reader(Path(data)), names)
    return Dataset.from_arrays(*_find_pairs(data), class_names=names)


def _find_pairs(data: Any) -> tuple[Any, Any]:
    """Return the pairs of training and of test arrays; None for the second where one pair was given."""
    from edgemnist.datasets.arrays import ARRAYS_HINT

    if not isinstance(data, tuple | list) or len(data) != 2:
        found = f"{type(data).__name__} of {len(data)}" if isinstance(data, tuple | list) else type(data).__name__
        raise DataError(f"data is a {found}, expected a path, a Dataset or two arrays", ARRAYS_HINT)
    return (data[0], data[1]) if isinstance(data[0], tuple) else (data, None)


@dataclass(frozen=True, eq=False)
class Dataset:
    """A training split, a test split and the names of the classes.

    Args:
        name: for messages and the manifest, such as "mnist".
        reader: where the files are.
        given_labels: names that the user gave, or None.
        test_sha256: SHA-256 of the test split, where that is known since the reader compares its files'; else None.
    """

    name: str
    reader: Reader
    given_labels: tuple[str, ...] | None = None
    test_sha256: str | None = None

    @classmethod
    def from_arrays(
        cls, training: Pair, test: Pair | None = None, *, class_names: Sequence[str] | None = None, name: str = "arrays"
    ) -> Dataset:
        """Make a data set of arrays in memory, which aren't copied.

        Args:
            training: Images, uint8 (n, 28, 28), (n, 28, 28, 1) or (n, 784), 0 … 255, and labels, whole numbers (n,)
                from 0.
            test: The same for the images that are only scored; None to keep a seventh of each class for that, always
                the same images.
            class_names: Name of each class, in order; None for "0", "1", ….
            name: Name for messages and the manifest.

        Raises:
            DataError: An array is of another type or shape, or there are too few images to keep some for testing.
                Ranges are checked when a split is first used.

        Example:
            >>> import numpy as np
            >>> images = np.zeros((70, 28, 28), np.uint8)
            >>> data = Dataset.from_arrays((images, np.arange(70) % 2), class_names=["even", "odd"])
            >>> len(data.training), len(data.test), data.labels
            (60, 10, ('even', 'odd'))
        """
        from edgemnist.datasets.arrays import ArrayReader

        return cls(name, ArrayReader(name, training, test), tuple(class_names) if class_names else None)

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
        largest = int(self._test_labels.max())
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
        return TestSplit(hold_small(rows), labels, self.test_sha256)

    def _open(self, split: SplitName) -> tuple[Rows, NDArray[np.integer[Any]]]:
        rows = self.reader.open_images(split)
        labels = self._test_labels if split == "test" else self._read_labels(split)
        if rows.shape[1:] != IMAGE_SHAPE:
            found, expected = join_sizes(rows.shape), join_sizes(("n", *IMAGE_SHAPE))
            raise DataError(f"{self.name}: {split} images are {found}, expected {expected}")
        if rows.shape[0] != len(labels):
            raise DataError(f"{self.name}: {rows.shape[0]} {split} images but {len(labels)} labels, expected as many")
        return rows, labels

    @cached_property
    def _test_labels(self) -> NDArray[np.integer[Any]]:
        return self._read_labels("test")

    def _read_labels(self, split: SplitName) -> NDArray[np.integer[Any]]:
        labels = self.reader.read_labels(split)
        if labels.ndim != 1 or not len(labels):
            raise DataError(f"{self.name}: the {split} split has no images", "put images in both splits")
        if labels.min() < 0:
            raise DataError(f"{self.name}: {split} label {labels.min()} out of range, expected 0 or more")
        return labels
