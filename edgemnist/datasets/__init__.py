"""Data sets of 28 × 28 grey images: MNIST, which is part of the package, or the user's own.

On disk or in memory. No network, ever. Each split is loaded when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from edgemnist.datasets.shape import IMAGE_SHAPE, join_sizes
from edgemnist.errors import DataError, UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from edgemnist.datasets.arrays import Pair
    from edgemnist.datasets.labels import Classes, RawLabels
    from edgemnist.datasets.pixels import PixelRange
    from edgemnist.datasets.readers import Reader, SplitName
    from edgemnist.datasets.rows import Rows
    from edgemnist.datasets.splits import TestSplit, TrainingSplit

    # A path, a data set, or arrays; None for MNIST.
    Data: TypeAlias = "str | Path | Dataset | Pair | tuple[Pair, Pair] | None"

MNIST_FOLDER = Path(__file__).parent / "mnist"
MNIST_SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}

# Of its test images, as `TestSplit.sha256` has it.
MNIST_TEST_SHA256 = "f5147f7baa1787ec4b3cd00068f8ec8a61d969373b74639b6aef5c981fc5a5b2"


def load_dataset(data: Data = None, class_names: Sequence[str] | None = None, split: str | None = None) -> Dataset:
    """Open a data set.

    Args:
        data: Path of a folder of IDX files, of class folders of pictures, of CSV or Parquet files, or of one .npz, .csv
            or .parquet; a data set; or arrays, as (images, labels) or ((training images, labels), (test images,
            labels)), see `Dataset.from_arrays`. None for the MNIST inside.
        class_names: Name of each class, in order; None to take those of the data, or "0", "1", ….
        split: Name of one of several data sets in one folder, such as "letters" of EMNIST's; None where there is one.

    Raises:
        DataError: There is no data set at that path, or it is damaged. Sizes and ranges are checked when
            a split is first used.
        UsageError: `split` is named where there is but one.
    """
    from edgemnist.datasets.readers import IdxReader, open_reader

    names = tuple(class_names) if class_names else None
    if split is not None and not isinstance(data, str | Path):
        raise UsageError(
            f"`split={split!r}` chooses one of several data sets in a folder", "name the folder: `data=PATH`"
        )
    if data is None:
        return Dataset("mnist", IdxReader(MNIST_FOLDER, MNIST_SHA256), names)
    if isinstance(data, Dataset):
        return replace(data, given_labels=names) if names else data
    if isinstance(data, str | Path):
        path = Path(data)
        return Dataset(f"{path.stem}-{split}" if split else path.stem, open_reader(path, split), names, path, split)
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
        path: what the user named; None for arrays and for the MNIST inside.
        split: which data set of several at that path; None where there is but one.
    """

    name: str
    reader: Reader
    given_labels: tuple[str, ...] | None = None
    path: Path | None = None
    split: str | None = None
    _read: dict[SplitName, RawLabels] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def from_arrays(
        cls, training: Pair, test: Pair | None = None, *, class_names: Sequence[str] | None = None, name: str = "arrays"
    ) -> Dataset:
        """Make a data set of arrays in memory, which aren't copied.

        Args:
            training: Images, (n, 28, 28), (n, 28, 28, 1), (n, 784) or in colour (n, 28, 28, 3), best as uint8 0 … 255,
                and labels, best as whole numbers (n,) from 0. Fractions in [0, 1], one-hot rows and texts are taken for
                what they are; `notes` says so.
            test: The same for the images that are only scored; None to keep a seventh of each class for that, always
                the same images.
            class_names: Name of each class, in order; None for "0", "1", ….
            name: Name for messages and the manifest.

        Raises:
            DataError: A pair is no pair of arrays. Types, shapes and ranges are checked when a split is first used.

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
        return (
            self.given_labels or self.reader.class_names or (self._classes.labels if self._raw("train").texts else None)
        )

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The name of each class. Loads the labels, not the images, of both splits."""
        self._encode("test")
        return self._classes.labels

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
        import numpy as np

        from edgemnist.datasets.rows import read_all
        from edgemnist.datasets.splits import TrainingSplit

        rows, labels = self._open("train")
        images, kept = read_all(rows), 0
        if self._valid:
            more, more_labels = self._open("valid")
            images, labels, kept = (
                np.concatenate([images, read_all(more)]),
                np.append(labels, more_labels),
                len(more_labels),
            )
        return TrainingSplit(images, labels.astype("int64"), kept)

    @cached_property
    def test(self) -> TestSplit:
        """The images that are only scored; few are read at once, many when they are iterated."""
        from edgemnist.datasets.rows import hold_small
        from edgemnist.datasets.splits import TestSplit

        rows, labels = self._open("test")
        return TestSplit(hold_small(rows), labels)

    @cached_property
    def _valid(self) -> bool:
        """True if the files keep images to choose by, and others for the test."""
        return {"valid", "test"} <= {*self.reader.splits}

    @cached_property
    def _test_split(self) -> SplitName:
        """The split of the files that is the test; "train" where some of that are kept for it."""
        return next(split for split in ("test", "valid", "train") if split in self.reader.splits)

    def _open(self, split: SplitName) -> tuple[Rows, NDArray[np.integer[Any]]]:
        from edgemnist.datasets.pixels import open_pixels
        from edgemnist.datasets.rows import SelectedRows

        source, labels = self._find_split(split), self._encode(split)
        rows = open_pixels(f"{self.name}: {split} images", self.reader.open_images(source), self._range)
        if rows.shape[1:] != IMAGE_SHAPE:
            found, expected = join_sizes(rows.shape), join_sizes(("n", *IMAGE_SHAPE))
            raise DataError(f"{self.name}: {split} images are {found}, expected {expected}")
        if rows.shape[0] != len(labels):
            raise DataError(f"{self.name}: {rows.shape[0]} {split} images but {len(labels)} labels, expected as many")
        if self._tested is None:
            return rows, labels
        chosen = self._tested if split == "test" else ~self._tested
        return SelectedRows(rows, chosen), labels[chosen]

    def _find_split(self, split: SplitName) -> SplitName:
        return self._test_split if split == "test" else split

    @cached_property
    def _range(self) -> PixelRange:
        from edgemnist.datasets.pixels import find_range

        return find_range(f"{self.name}: x_train", self.reader.open_images("train"))

    @cached_property
    def _tested(self) -> NDArray[np.bool_] | None:
        """Which of the images are kept for the test; None where the files say so themselves."""
        from edgemnist.datasets.splits import choose_test

        return choose_test(self.name, self._encode("train")) if self._test_split == "train" else None

    def _raw(self, split: SplitName) -> RawLabels:
        if split not in self._read:
            labels = self.reader.read_labels(split)
            if not len(labels):
                raise DataError(f"{self.name}: the {split} split has no images", "put images in both splits")
            self._read[split] = labels
        return self._read[split]

    @cached_property
    def _classes(self) -> Classes:
        from edgemnist.datasets.labels import find_classes

        return find_classes(self.name, self._raw("train"), self.given_labels or self.reader.class_names)

    def _encode(self, split: SplitName) -> NDArray[np.integer[Any]]:
        """Return the number of the class of each image of a split of the files."""
        return self._classes.encode(f"{self.name}: {split}", self._raw(self._find_split(split)))

    @property
    def notes(self) -> tuple[str, ...]:
        """What was assumed of the data and what was left out, as far as it is known by now."""
        given = (*self.reader.notes, self._classes.note, self._raw("train").note, self._range.note)
        valid = "no test split in the files: the validation images are the test" if self._test_split == "valid" else ""
        return tuple(filter(None, (*given, valid)))

    def describe(self) -> str:
        """Return what the data are, in one line. Loads the labels.

        Example:
            >>> load_dataset().describe()
            'mnist: IDX files, 10 classes; 60,000 images to train, 10,000 to test'
        """
        from edgemnist.datasets.splits import TEST_SEED

        total, tested = len(self._encode("train")), len(self._encode("test"))
        begin = f"{self.path.name if self.path else self.name}: {self.reader.form}"
        classes = f"{len(self.labels)} classes"
        if self._tested is not None:
            tested = int(self._tested.sum())
            parts = f"split by seed {TEST_SEED}: {total - tested:,} to train, {tested:,} to test"
            return f"{begin}, {total:,} images, {classes}; {parts}"
        chosen = f", {len(self._encode('valid')):,} to choose by" if self._valid else ""
        return f"{begin}, {classes}; {total:,} images to train{chosen}, {tested:,} to test"

    def to_record(self) -> dict[str, Any]:
        """Return what the data are, as plain values. Loads the labels."""
        kept = 0 if self._tested is None else int(self._tested.sum())
        return {
            "name": self.name,
            "form": self.reader.form,
            "classes": list(self.labels),
            "training_images": len(self._encode("train")) - kept,
            "validation_images": len(self._encode("valid")) if self._valid else None,
            "test_images": kept or len(self._encode("test")),
            "notes": list(self.notes),
        }
