"""What a reader found, brought to one kind: the same rules for every form of data.

Labels become numbers of classes, pixels become bytes, and where the files keep no images for the test, some are chosen.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import Picture
from edgemnist.contract.picture import Ink, Preparation
from edgemnist.datasets.finding import check_ink, find_picture, take_sample
from edgemnist.datasets.fitting import take_ink
from edgemnist.datasets.labels import Classes, RawLabels, find_classes
from edgemnist.datasets.pixels import PixelRange, find_range, open_pixels
from edgemnist.datasets.readers.base import Reader, SplitName
from edgemnist.datasets.rows import MappedRows, Rows, SelectedRows, spool
from edgemnist.datasets.shape import IMAGE_SHAPE, join_sizes
from edgemnist.datasets.splits import choose_test
from edgemnist.errors import DataError

AT_ONCE = 256
VALID_IS_TEST = "no test split in the files: the validation images are the test"


class Content:
    """Images and labels of a data set. Each is read when it is first asked for.

    Args:
        name: Name of the data set, for messages.
        reader: Where the files are.
        given_labels: Names of the classes that the user gave; None for those of the files.
        preparation, ink: How images are made of pictures; None for what the training images say.
    """

    def __init__(
        self,
        name: str,
        reader: Reader,
        given_labels: tuple[str, ...] | None,
        preparation: Preparation | None = None,
        ink: Ink | None = None,
    ) -> None:
        self._name, self._reader, self._given_labels = name, reader, given_labels
        self._preparation, self._ink = preparation, ink
        self._raw: dict[SplitName, RawLabels] = {}
        self._framed: dict[Preparation, Rows] = {}

    @cached_property
    def splits(self) -> tuple[SplitName, ...]:
        """Those that it has: "train", "test", and "valid" where the files keep images to choose by."""
        return ("train", "valid", "test") if {"valid", "test"} <= {*self._reader.splits} else ("train", "test")

    def _find_source(self, split: SplitName) -> SplitName:
        """Return the split of the files that a split is, or is part of; of one that isn't there, the reader says so."""
        choices: tuple[SplitName, ...] = ("test", "valid", "train") if split == "test" else (split,)
        return next((choice for choice in choices if choice in self._reader.splits), split)

    def open(self, split: SplitName) -> tuple[Rows, NDArray[np.integer[Any]]]:
        """Return images, uint8 (n, height, width), and the number of each one's class, (n,).

        Raises:
            DataError: They don't fit together, or are none.
        """
        labels, images = self.encode(split), self._open_images(self._find_source(split))
        rows = open_pixels(f"{self._name}: {split} images", images, self._range)
        if rows.shape[1:] != IMAGE_SHAPE:
            found, expected = join_sizes(rows.shape), join_sizes(("n", *IMAGE_SHAPE))
            raise DataError(f"{self._name}: {split} images are {found}, expected {expected}")
        if rows.shape[0] != len(labels):
            raise DataError(f"{self._name}: {rows.shape[0]} {split} images but {len(labels)} labels, expected as many")
        if self.tested is None:
            return rows, labels
        chosen = self.tested if split == "test" else ~self.tested
        return SelectedRows(rows, chosen), labels[chosen]

    def _open_images(self, source: SplitName) -> Rows:
        """Return the images of one of the files' splits; those of pictures have the ink that is stated or was found."""
        if not self._reader.holds_pictures:
            return self._frame(source)
        picture = self.picture
        rows = self._frame(source, picture.preparation)
        return MappedRows(
            rows, lambda batch: np.stack([take_ink(image, picture) for image in batch]), rows.shape[1:], rows.dtype
        )

    def _frame(self, source: SplitName, preparation: Preparation | None = None) -> Rows:
        """Return images whose ink is as it comes. Training pictures, by which it is found, are read once."""
        chosen = preparation or self._preparation or "fit"
        if not self._reader.holds_pictures or source != "train" or (self._preparation and self._ink):
            return self._reader.open_images(source, chosen)
        if chosen not in self._framed:
            self._framed[chosen] = spool(self._reader.open_images(source, chosen).iterate(AT_ONCE))
        return self._framed[chosen]

    @cached_property
    def _range(self) -> PixelRange:
        return find_range(f"{self._name}: x_train", self._frame("train"))

    @cached_property
    def picture(self) -> Picture:
        """How a picture becomes an image like these: as is stated, else as the training images say.

        Raises:
            DataError: They are arrays, of another ink than is stated.
        """
        if self._preparation and self._ink and self._reader.holds_pictures:
            return Picture(self._preparation, self._ink)
        rows = open_pixels(f"{self._name}: training images", self._frame("train"), self._range)
        sample = take_sample(rows if self.tested is None else SelectedRows(rows, ~self.tested))
        if self._ink and not self._reader.holds_pictures:
            check_ink(self._name, sample, self._ink)
        return find_picture(sample, self._preparation, self._ink)

    @cached_property
    def tested(self) -> NDArray[np.bool_] | None:
        """Which of the training images are kept for the test, bool (n,); None where the files have others for it."""
        return choose_test(self._name, self.encode("train")) if self._find_source("test") == "train" else None

    @cached_property
    def counts(self) -> dict[SplitName, int]:
        """The number of images of each split."""
        counts = {split: len(self.encode(split)) for split in self.splits}
        if self.tested is not None:
            counts["test"] = int(self.tested.sum())
            counts["train"] -= counts["test"]
        return counts

    def _read_labels(self, split: SplitName) -> RawLabels:
        source = self._find_source(split)
        if source not in self._raw:
            labels = self._reader.read_labels(source)
            if not len(labels):
                raise DataError(f"{self._name}: the {split} split has no images", "put images in both splits")
            self._raw[source] = labels
        return self._raw[source]

    @cached_property
    def classes(self) -> Classes:
        """The classes of the training images.

        Raises:
            DataError: They aren't two or more, or the user names them in another order than the files do.
        """
        raw, given = self._read_labels("train"), self._given_labels
        own = self._reader.class_names or tuple(sorted(map(str, raw.texts or ())))
        if given and given != own and sorted(given) == sorted(own):
            raise DataError(f"{self._name}: the classes are {', '.join(own)}, in that order", "leave `class_names` out")
        return find_classes(self._name, self._read_labels("train"), self._given_labels or self._reader.class_names)

    @cached_property
    def names(self) -> tuple[str, ...] | None:
        """The class names that the user or the files give; None where they are but numbers."""
        named = self._given_labels or self._reader.class_names
        return named or (self.classes.labels if self._read_labels("train").texts else None)

    def encode(self, split: SplitName) -> NDArray[np.integer[Any]]:
        """Return the number of the class of each image of the files' split, (n,), before some are kept for the test."""
        return self.classes.encode(f"{self._name}: {split}", self._read_labels(split))

    @property
    def notes(self) -> tuple[str, ...]:
        """What was assumed and what was left out, as far as it is known by now."""
        said = (*self._reader.notes, self.classes.note, self._read_labels("train").note, self._range.note)
        return tuple(filter(None, (*said, VALID_IS_TEST if self._find_source("test") == "valid" else "")))
