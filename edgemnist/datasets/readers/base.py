"""What every reader gives, and how the files of a folder are told apart by their names."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract.picture import Preparation
from edgemnist.datasets.labels import RawLabels
from edgemnist.datasets.rows import Rows
from edgemnist.datasets.shape import IMAGE_SHAPE
from edgemnist.errors import DataError

SplitName = Literal["train", "valid", "test"]
Images = NDArray[np.uint8]
Labels = NDArray[np.int64]
IMAGE_BYTES = math.prod(IMAGE_SHAPE)
SHOWN_NAMES = 10
FORMS_HINT = (
    "`data` takes a folder of IDX files (plain or .gz), an .npz with x_train, y_train, x_test, y_test, a .csv or "
    ".parquet of labels and pixels, or a folder with train/CLASS/*.png and test/CLASS/*.png"
)
# How files and folders of a split are called: MNIST says t10k, others say test.
WORDS: Mapping[str, SplitName] = {
    "train": "train", "training": "train",
    "valid": "valid", "val": "valid", "validation": "valid",
    "test": "test", "testing": "test", "t10k": "test",
}  # fmt: skip
_WORD = re.compile(rf"(?:^|(?<=[-_. ]))({'|'.join(sorted(WORDS, key=len, reverse=True))})(?=[-_. ]|$)", re.IGNORECASE)
# What Finder, Explorer and archives leave in folders, beside names that begin with a dot.
LITTER = frozenset({"__macosx", "thumbs.db", "desktop.ini"})

EMNIST = re.compile(r"(^|[-_])emnist([-_]|$)", re.IGNORECASE)
TURNED = "EMNIST's images lie transposed in its files: they were turned upright"

T = TypeVar("T")


class Reader(Protocol):
    """Where a data set lies, and how it is read: pixels and labels as they are there."""

    @property
    def form(self) -> str:
        """What it is, for people."""

    @property
    def holds_pictures(self) -> bool:
        """True if its images are made of pictures, of any size; False for arrays."""

    @property
    def splits(self) -> tuple[SplitName, ...]:
        """Those that it has, "train" first; where that is the only one, some images are kept for the test."""

    @property
    def class_names(self) -> tuple[str, ...] | None:
        """Names of the classes, in the order of their labels; None where the files name none."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was assumed and what was left out, as far as it is known by now."""

    def open_images(self, split: SplitName, preparation: Preparation = "fit") -> Rows:
        """Return the images of a split, of any type and shape.

        Args:
            split: one of those that it has.
            preparation: how images are made of pictures, whose ink is as it comes. Arrays are as they are.
        """

    def read_labels(self, split: SplitName) -> RawLabels:
        """Return the label of each image."""


@dataclass(frozen=True)
class NamedPart:
    """What the name of a file says.

    Args:
        prefix: what stands before the split: the name of the data set; "" for none.
        split: what it holds.
        rest: what stands behind, such as "images".
    """

    prefix: str
    split: SplitName
    rest: str


def parse_name(stem: str) -> NamedPart | None:
    """Find out of which data set and split a file is, by its name without extensions; None where no split is named.

    Example:
        >>> parse_name("emnist-digits-train-images")
        NamedPart(prefix='emnist-digits', split='train', rest='images')
        >>> parse_name("t10k-labels").split, parse_name("contest")
        ('test', None)
    """
    found = None
    for found in _WORD.finditer(stem):  # noqa: B007  (the last one)
        pass
    if found is None:
        return None
    return NamedPart(stem[: found.start()].strip("-_. "), WORDS[found[1].lower()], stem[found.end() :].strip("-_. "))


def list_visible(folder: Path) -> list[Path]:
    """Return what is in a folder by name, but for hidden files.

    Raises:
        DataError: It can't be listed.
    """
    try:
        return sorted(path for path in folder.iterdir() if path.name[0] != "." and path.name.lower() not in LITTER)
    except OSError as error:
        raise DataError(f"{folder}: can't be listed: {error.strerror}") from error


def choose_set(folder: Path, sets: Mapping[str, T], split: str | None) -> T:
    """Return the data set that is meant of several in one folder.

    Args:
        folder: The folder, for messages.
        sets: Data sets by the names that their files begin with.
        split: What the user named; None where there is but one.

    Raises:
        DataError: It is none of them, or they are several and the user named none.
    """
    names = {name: name.lower().removeprefix("emnist-") for name in sets}
    chosen = [name for name, short in names.items() if split is None or split.lower() in (short, name.lower())]
    if len(chosen) == 1:
        return sets[chosen[0]]
    listed = ", ".join(short or "(no name)" for short in names.values())
    if split is None:
        hint = f"choose one: `split={next(filter(None, names.values()), '')!r}`"
        raise DataError(f"{folder}: {len(sets)} data sets in one folder: {listed}", hint)
    raise DataError(f"{folder}: no data set {split} in this folder, found {listed}", "choose one of them: `split=NAME`")


def order_splits(found: Iterable[SplitName]) -> tuple[SplitName, ...]:
    """Return splits in the order in which they are used."""
    order: tuple[SplitName, ...] = ("train", "valid", "test")
    there = set(found)
    return tuple(split for split in order if split in there)


def phrase_left_out(names: Iterable[str], what: str) -> tuple[str, ...]:
    """Return a note on what was left out; none where nothing was.

    Example:
        >>> phrase_left_out(["a.txt", "b.txt"], "file")
        ('2 files left out: a.txt, b.txt',)
    """
    listed = list(names)
    if not listed:
        return ()
    shown = ", ".join(listed[:SHOWN_NAMES]) + (", …" if len(listed) > SHOWN_NAMES else "")
    return (f"{len(listed)} {what}{'' if len(listed) == 1 else 's'} left out: {shown}",)
