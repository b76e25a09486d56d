"""Three ways that images come: IDX files, one .npz, folders of PNG files.

A reader opens each split's images and reads its labels as they lie on disk; `edgemnist.datasets` checks that
they fit together. Images are read when they are asked for, batch by batch, and those of the other split never.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.idx import open_idx
from edgemnist.datasets.npy import NPZ_FAILURES, Npz
from edgemnist.datasets.regular import MOST_BYTES, RegularFile
from edgemnist.datasets.rows import ArrayRows, Rows, StreamRows, read_all
from edgemnist.datasets.shape import IMAGE_SHAPE, is_image
from edgemnist.errors import DataError, take_first_line

SplitName = Literal["train", "test"]
Images = NDArray[np.uint8]
Labels = NDArray[np.int64]
IMAGE_BYTES = math.prod(IMAGE_SHAPE)
LABELS_AT_ONCE = 10_000
SHOWN_NAMES = 10

# What the files of each split begin with: MNIST says t10k, others say test.
IDX_PREFIXES = {"train": ("train",), "test": ("t10k", "test")}
FORMS_HINT = (
    "`data` takes a folder of IDX files (plain or .gz), an .npz with x_train, y_train, x_test, y_test, "
    "or a folder with train/CLASS/*.png and test/CLASS/*.png"
)


class Reader(Protocol):
    """Where a data set lies. `class_names` is None where the files name no classes.

    Labels are whole numbers of whatever type, (n,).
    """

    @property
    def class_names(self) -> tuple[str, ...] | None: ...
    def open_images(self, split: SplitName) -> Rows: ...
    def read_labels(self, split: SplitName) -> NDArray[np.integer[Any]]: ...


def open_reader(path: Path, most_bytes: int = MOST_BYTES) -> Reader:
    """Find out which of the three forms `path` is.

    Args:
        path: a file or a folder.
        most_bytes: the most that the images of a split may take, unpacked.

    Raises:
        DataError: it is none of them, or doesn't exist.
    """
    if path.is_file() and path.suffix == ".npz":
        return NpzReader(path, most_bytes)
    folders = [name for name in ("train", "test") if (path / name).is_dir()]
    if len(folders) == 2:
        return PngReader(path, most_bytes)
    if path.is_dir() and any(path.glob("*idx?-ubyte*")):
        return IdxReader(path, most_bytes=most_bytes)
    raise DataError(f"{path}: {_phrase_nothing(path, folders)}", FORMS_HINT)


def _phrase_nothing(path: Path, folders: list[str]) -> str:
    if not path.exists():
        return "no such file or folder"
    if folders:
        return f"a folder {folders[0]} and none for the other split, expected train and test"
    if not path.is_file() and not path.is_dir():
        return "a pipe, a device or a socket, expected a file or a folder"
    return "not a data set"


def _read_numbers(rows: StreamRows, most_bytes: int) -> NDArray[np.integer[Any]]:
    """Read labels in the smallest type that holds them: a byte a label, where images take hundreds."""
    if math.prod(rows.shape) > most_bytes // IMAGE_BYTES:
        with rows.explain():
            raise ValueError(f"{math.prod(rows.shape):,} labels, expected at most {most_bytes // IMAGE_BYTES:,}")
    numbers: NDArray[np.integer[Any]] = np.zeros(math.prod(rows.shape), np.uint8)
    start = 0
    for batch in rows.iterate(LABELS_AT_ONCE):
        compact = _compact(batch.reshape(-1))
        numbers = numbers.astype(_join(numbers.dtype, compact.dtype), copy=False)
        numbers[start : start + len(compact)] = compact
        start += len(compact)
    return numbers


def _compact(numbers: NDArray[np.integer[Any]]) -> NDArray[np.integer[Any]]:
    if not numbers.size:
        return numbers
    return numbers.astype(_join(np.min_scalar_type(numbers.min()), np.min_scalar_type(numbers.max())))


def _join(first: np.dtype[Any], second: np.dtype[Any]) -> np.dtype[Any]:
    """The smallest whole-number type that holds both; uint64 has no negative numbers beside it, and needs none."""
    both = np.result_type(first, second)
    return both if both.kind in "iu" else np.dtype(np.int64)


class IdxReader:
    """A folder with the four files of MNIST, under its names or with a prefix (as EMNIST has).

    Args:
        folder: where the files are, plain or .gz.
        sha256: hashes that the unpacked files must have, by the file's plain name.
        most_bytes: the most that the images of a split may take, unpacked.
    """

    class_names = None

    def __init__(self, folder: Path, sha256: dict[str, str] | None = None, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._sha256 = sha256 or {}
        self._most_bytes = most_bytes

    def open_images(self, split: SplitName) -> Rows:
        return self._open(split, "images", dimensions=3)

    def read_labels(self, split: SplitName) -> NDArray[np.integer[Any]]:
        return _read_numbers(self._open(split, "labels", dimensions=1), self._most_bytes)

    def _open(self, split: SplitName, part: str, dimensions: int) -> StreamRows:
        path = self._find(split, part, dimensions)
        expected = self._sha256.get(path.name.removesuffix(".gz"))
        return open_idx(path, dimensions, self._most_bytes, expected, FORMS_HINT)

    def _find(self, split: SplitName, part: str, dimensions: int) -> Path:
        names = [f"{prefix}-{part}" for prefix in IDX_PREFIXES[split]]
        found = sorted(
            path
            for path in self._folder.glob(f"*idx{dimensions}-ubyte*")
            if path.suffix in ("", ".gz", f".idx{dimensions}-ubyte") and any(name in path.name for name in names)
        )
        plain_names = {path.name.removesuffix(".gz") for path in found}
        if len(plain_names) != 1:
            what = f"{len(plain_names)} files" if found else "no file"
            raise DataError(f"{self._folder}: {what} for {names[0]}-idx{dimensions}-ubyte, expected one", FORMS_HINT)
        return found[0]


class NpzReader:
    """One .npz with `x_train, y_train, x_test, y_test`, and the class names in `labels` if it has them."""

    def __init__(self, path: Path, most_bytes: int = MOST_BYTES) -> None:
        self._path = path
        self._most_bytes = most_bytes

    @property
    def class_names(self) -> tuple[str, ...] | None:
        with self._explain():
            archive = self._open()
            if "labels" not in archive.names:
                return None
            names = archive.read_text("labels").tolist()
            return tuple(name.decode() if isinstance(name, bytes) else name for name in names)

    def open_images(self, split: SplitName) -> Rows:
        from edgemnist.datasets.arrays import check_pixels

        rows = self._require(f"x_{split}")
        check_pixels(f"{self._path}: x_{split}", rows.dtype)
        if not is_image(rows.shape[1:]):
            return rows
        shape = (rows.shape[0], *IMAGE_SHAPE)
        return ArrayRows(read_all(rows).reshape(shape)) if rows.fortran else replace(rows, shape=shape)

    def read_labels(self, split: SplitName) -> NDArray[np.integer[Any]]:
        from edgemnist.datasets.arrays import check_labels

        rows = self._require(f"y_{split}")
        check_labels(f"{self._path}: y_{split}", rows.dtype, rows.shape)
        return _read_numbers(rows, self._most_bytes)

    def _open(self) -> Npz:
        return Npz(RegularFile.find(self._path), self._explain, self._most_bytes)

    def _require(self, name: str) -> StreamRows:
        with self._explain():
            archive = self._open()
            if name in archive.names:
                return archive.open_array(name)
        found = ", ".join(archive.names[:SHOWN_NAMES]) or "none"
        raise DataError(f"{self._path}: no array {name} inside, found {found}", FORMS_HINT)

    @contextmanager
    def _explain(self) -> Iterator[None]:
        try:
            yield
        except NPZ_FAILURES as error:
            reason = take_first_line(error)
            raise DataError(f"{self._path}: can't be read as .npz: {reason}", FORMS_HINT) from error


class PngReader:
    """A folder `train/CLASS/*.png` and `test/CLASS/*.png`: the class names are the folders' names, sorted."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self.class_names: tuple[str, ...] | None = self._classes("train")
        unknown = set(self._classes("test")) - set(self.class_names)
        if unknown:
            raise DataError(f"{folder}: test/{min(unknown)} has no train/{min(unknown)} beside it", FORMS_HINT)

    def _classes(self, split: SplitName) -> tuple[str, ...]:
        return tuple(
            sorted(path.name for path in (self._folder / split).iterdir() if path.is_dir() and path.name[0] != ".")
        )

    def _folders(self, split: SplitName) -> tuple[Path, ...]:
        return tuple(self._folder / split / name for name in self.class_names or ())

    def open_images(self, split: SplitName) -> Rows:
        folders = self._folders(split)
        rows = PictureRows(folders, sum(len(_list_pictures(folder)) for folder in folders))
        if math.prod(rows.shape) > self._most_bytes:
            limit = self._most_bytes // IMAGE_BYTES
            raise DataError(f"{self._folder}: {rows.shape[0]:,} {split} images, expected at most {limit:,}")
        return rows

    def read_labels(self, split: SplitName) -> NDArray[np.integer[Any]]:
        counts = [len(_list_pictures(folder)) for folder in self._folders(split)]
        return _compact(np.repeat(np.arange(len(counts)), counts))


def _list_pictures(folder: Path) -> list[str]:
    """The names of the pictures in a folder, sorted; none where a split lacks that class."""
    try:
        return sorted(path.name for path in folder.iterdir() if path.suffix.lower() == ".png")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise DataError(f"{folder}: can't be listed: {error.strerror}") from error


@dataclass(frozen=True, eq=False)
class PictureRows:
    """Pictures of an image's size, folder by folder; the names of one folder are held at a time.

    Args:
        folders: where they are.
        count: how many there were when they were counted.
    """

    folders: tuple[Path, ...]
    count: int

    @property
    def shape(self) -> tuple[int, ...]:
        return self.count, *IMAGE_SHAPE

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(np.uint8)

    def iterate(self, size: int) -> Iterator[Images]:
        from edgemnist.datasets.pictures import read_png

        paths = (folder / name for folder in self.folders for name in _list_pictures(folder))
        for start in range(0, self.count, size):
            expected = min(size, self.count - start)
            batch = [read_png(path) for path in itertools.islice(paths, expected)]
            last = start + expected == self.count
            if len(batch) < expected or (last and next(paths, None)):
                raise DataError(f"{self.folders[0].parent}: its pictures changed while they were read", "try again")
            yield np.stack(batch)
