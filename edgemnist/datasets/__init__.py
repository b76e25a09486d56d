"""Data sets of small grey images: MNIST, which is part of the package, or the user's own.

On disk or in memory. No network, ever. Each split is loaded when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from edgemnist.contract import Picture
from edgemnist.contract.picture import Ink, Preparation, state_picture
from edgemnist.errors import DataError, UsageError

if TYPE_CHECKING:
    from edgemnist.datasets.arrays import Pair
    from edgemnist.datasets.content import Content
    from edgemnist.datasets.readers import Reader
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
# What `TestSplit.sha256` computes of those files.
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
    from edgemnist.datasets.readers.idx import IdxReader

    names = tuple(class_names) if class_names else None
    if split is not None and not isinstance(data, str | Path):
        raise UsageError(
            f"`split={split!r}` chooses one of several data sets in a folder", "name the folder: `data=PATH`"
        )
    if data is None:
        return Dataset("mnist", IdxReader(MNIST_FOLDER, MNIST_SHA256), names, MNIST_TEST_SHA256)
    if isinstance(data, Dataset):
        return replace(data, given_labels=names) if names else data
    if isinstance(data, str | Path):
        from edgemnist.datasets.readers.opening import open_reader

        path, name = Path(data), Path(data).absolute().stem
        return Dataset(f"{name}-{split}" if split else name, open_reader(path, split), names, path=path, split=split)
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
        path: what the user named; None for arrays and for the MNIST inside.
        split: which data set of several at that path; None where there is but one.
        preparation, ink: how images are made of pictures; None for what the training images say, see `picture`.
    """

    name: str
    reader: Reader
    given_labels: tuple[str, ...] | None = None
    test_sha256: str | None = None
    path: Path | None = None
    split: str | None = None
    preparation: Preparation | None = None
    ink: Ink | None = None

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
        return self._content.names

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The name of each class. Loads the labels, not the images, of both splits."""
        self._content.encode("test")
        return self._content.classes.labels

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

        parts = [self._content.open(split) for split in ("train", "valid") if split in self._content.splits]
        images, labels = [read_all(rows) for rows, _ in parts], [numbers.astype(np.int64) for _, numbers in parts]
        if len(parts) == 1:
            return TrainingSplit(images[0], labels[0])
        return TrainingSplit(np.concatenate(images), np.concatenate(labels), len(labels[1]))

    @cached_property
    def test(self) -> TestSplit:
        """The images that are only scored; few are read at once, many when they are iterated."""
        from edgemnist.datasets.rows import hold_small
        from edgemnist.datasets.splits import TestSplit

        rows, labels = self._content.open("test")
        return TestSplit(hold_small(rows), labels, self.test_sha256)

    @cached_property
    def _content(self) -> Content:
        from edgemnist.datasets.content import Content

        return Content(self.name, self.reader, self.given_labels, self.preparation, self.ink)

    def state(self, preparation: Preparation | None = None, ink: Ink | None = None) -> Dataset:
        """Return the same data set, with images made of pictures as is stated here; None leaves it as it is.

        Raises:
            UsageError: That can't be meant.
        """
        if preparation is None and ink is None:
            return self
        stated = replace(self, preparation=preparation or self.preparation, ink=ink or self.ink)
        state_picture(Picture(), stated.preparation, stated.ink)
        return stated

    @property
    def picture(self) -> Picture:
        """How a picture becomes an image like these: what is stated, else what the training images say."""
        return self._content.picture

    @property
    def notes(self) -> tuple[str, ...]:
        """What was assumed of the data and what was left out, as far as it is known by now."""
        return self._content.notes

    def describe(self) -> str:
        """Return what the data are, in one line. Loads the labels.

        Example:
            >>> load_dataset().describe()
            'mnist: IDX files, 10 classes; 60,000 images to train, 10,000 to test'
        """
        from edgemnist.datasets.splits import TEST_SEED

        counts, classes = self._content.counts, f"{len(self.labels)} classes"
        begin = f"{self.path.absolute().name if self.path else self.name}: {self.reader.form}"
        if self._content.tested is not None:
            parts = f"split by seed {TEST_SEED}: {counts['train']:,} to train, {counts['test']:,} to test"
            return f"{begin}, {sum(counts.values()):,} images, {classes}; {parts}"
        chosen = f", {counts['valid']:,} to choose by" if "valid" in counts else ""
        return f"{begin}, {classes}; {counts['train']:,} images to train{chosen}, {counts['test']:,} to test"

    def to_record(self) -> dict[str, Any]:
        """Return what the data are, as plain values. Loads the labels."""
        return {
            "name": self.name,
            "form": self.reader.form,
            "classes": list(self.labels),
            "training_images": self._content.counts["train"],
            "validation_images": self._content.counts.get("valid"),
            "test_images": self._content.counts["test"],
            "preparation": self.picture.preparation,
            "ink": self.picture.ink,
            "notes": list(self.notes),
        }
