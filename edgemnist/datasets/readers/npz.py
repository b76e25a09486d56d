"""One .npz file: arrays of images and of labels under any of the usual names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from edgemnist.contract.picture import Preparation
from edgemnist.datasets.labels import RawLabels, decode_text, read_labels
from edgemnist.datasets.npy import NPZ_FAILURES, Npz
from edgemnist.datasets.readers.base import (
    FORMS_HINT,
    IMAGE_BYTES,
    SHOWN_NAMES,
    SplitName,
    order_splits,
    phrase_left_out,
)
from edgemnist.datasets.regular import MOST_BYTES, RegularFile
from edgemnist.datasets.rows import Rows, StreamRows
from edgemnist.errors import DataError, take_first_line

# x_train, X_train, train_x, train_images (MedMNIST), images_train; x and images where there are no splits.
_SPLITS: dict[SplitName, str] = {"train": r"train(?:ing)?", "valid": r"val(?:id(?:ation)?)?", "test": r"test(?:ing)?"}
_PARTS = {"images": r"x|images?|imgs?|data|pixels", "labels": r"y|labels?|targets?"}
_ROLES: list[tuple[SplitName, str, re.Pattern[str]]] = [
    (split, part, re.compile(rf"(?:{word})_(?:{what})|(?:{what})_(?:{word})", re.IGNORECASE))
    for split, word in _SPLITS.items()
    for part, what in _PARTS.items()
]
_ALONE = [(part, re.compile(what, re.IGNORECASE)) for part, what in _PARTS.items()]
NAMES = ("labels", "class_names", "classes", "label_names", "names")
PLAIN_HINT = "save plain arrays: x.astype('uint8'), y.astype('int64') or y.astype(str)"


@contextmanager
def explain_npz(path: Path) -> Iterator[None]:
    """Turn what goes wrong while an .npz is read into one clear error."""
    try:
        yield
    except NPZ_FAILURES as error:
        reason = take_first_line(error)
        hint = PLAIN_HINT if "no plain arrays" in reason else FORMS_HINT
        raise DataError(f"{path}: can't be read as .npz: {reason}", hint) from error


def open_only_array(path: Path, most_bytes: int) -> StreamRows:
    """Return the one array of an .npz.

    Raises:
        DataError: It is damaged, or holds several.
    """
    with explain_npz(path):
        archive = Npz(RegularFile.find(path), lambda: explain_npz(path), most_bytes)
        if len(archive.names) == 1:
            return archive.open_array(archive.names[0])
    raise DataError(f"{path}: {len(archive.names)} arrays inside, expected one", FORMS_HINT)


class NpzReader:
    """One .npz with `x_train, y_train, x_test, y_test` or the like, and perhaps the class names in `labels`.

    Args:
        path: the file.
        most_bytes: the most that an array may take, unpacked.
    """

    form = ".npz"
    holds_pictures = False

    def __init__(self, path: Path, most_bytes: int = MOST_BYTES) -> None:
        self._path, self._most_bytes = path, most_bytes

    @cached_property
    def _names(self) -> tuple[str, ...]:
        with explain_npz(self._path):
            return self._open().names

    @cached_property
    def _roles(self) -> dict[tuple[SplitName, str], str]:
        """The name of each array by split and by what it holds."""
        found: dict[tuple[SplitName, str], str] = {}
        for split, part, pattern in _ROLES:
            if named := next(filter(pattern.fullmatch, self._names), None):
                found[split, part] = named
        if not found:
            for part, pattern in _ALONE:
                if named := next(filter(pattern.fullmatch, self._names), None):
                    found["train", part] = named
        return found

    @cached_property
    def splits(self) -> tuple[SplitName, ...]:
        """Those that it has arrays of."""
        return order_splits(split for split, _ in self._roles) or ("train",)

    @property
    def notes(self) -> tuple[str, ...]:
        used = {*self._roles.values(), self._names_array}
        return phrase_left_out([name for name in self._names if name not in used], "array")

    @cached_property
    def _names_array(self) -> str | None:
        return next((name for name in NAMES if name in self._names and name not in self._roles.values()), None)

    @cached_property
    def class_names(self) -> tuple[str, ...] | None:
        """The class names, where it holds them."""
        if self._names_array is None:
            return None
        with explain_npz(self._path):
            names = self._open().read_text(self._names_array).tolist()
        return tuple(decode_text(f"{self._path}: {self._names_array}", name) for name in names)

    def open_images(self, split: SplitName, preparation: Preparation = "fit") -> Rows:
        return self._require(split, "images")

    def read_labels(self, split: SplitName) -> RawLabels:
        rows = self._require(split, "labels")
        name = self._roles[split, "labels"]
        return read_labels(f"{self._path}: {name}", rows, self._most_bytes // IMAGE_BYTES)

    def _open(self) -> Npz:
        return Npz(RegularFile.find(self._path), lambda: explain_npz(self._path), self._most_bytes)

    def _require(self, split: SplitName, part: str) -> StreamRows:
        name = self._roles.get((split, part))
        if name is not None:
            with explain_npz(self._path):
                return self._open().open_array(name)
        found = ", ".join(self._names[:SHOWN_NAMES]) or "none"
        missing = f"{'x' if part == 'images' else 'y'}_{split}"
        raise DataError(f"{self._path}: no array {missing} inside, found {found}", FORMS_HINT)
