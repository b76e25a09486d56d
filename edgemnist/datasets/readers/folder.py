"""Folders of pictures: a folder a split, inside it a folder a class; or folders of classes alone."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edgemnist.contract.picture import Preparation
from edgemnist.datasets.fitting import Framing
from edgemnist.datasets.labels import RawLabels
from edgemnist.datasets.pictures import EXTENSIONS, read_picture
from edgemnist.datasets.readers.base import (
    FORMS_HINT,
    IMAGE_BYTES,
    LITTER,
    WORDS,
    Images,
    SplitName,
    list_visible,
    order_splits,
    phrase_left_out,
)
from edgemnist.datasets.regular import MOST_BYTES
from edgemnist.datasets.rows import Rows
from edgemnist.datasets.shape import IMAGE_SHAPE
from edgemnist.errors import DataError

PICTURES = tuple(extension for extension in EXTENSIONS if extension != ".npy")


def find(folder: Path, split: str | None, most_bytes: int) -> FolderReader | None:
    """Return a reader of the folder; None where there are no pictures in it.

    Raises:
        DataError: There is a folder of one split and none of another.
    """
    if not folder.is_dir():
        return None
    inside = [path for path in list_visible(folder) if path.is_dir()]
    roots: dict[SplitName, Path] = {}
    for path in inside:
        named = WORDS.get(path.name.lower())
        if named and named in roots:
            raise DataError(f"{folder}: {roots[named].name} and {path.name} are the same split, expected one of them")
        if named:
            roots[named] = path
    if "train" in roots and len(roots) > 1:
        return FolderReader(folder, roots, most_bytes, [path.name for path in inside if path not in roots.values()])
    if roots and any(_holds_pictures(path) for root in roots.values() for path in _list_folders(root)):
        (found, *_) = roots.values()
        raise DataError(
            f"{folder}: a folder {found.name} and none for the other split, expected train and test",
            f"to keep some of its own images for the test: `data={str(found)!r}`",
        )
    if sum(map(_holds_pictures, inside)) > 1:
        return FolderReader(folder, {"train": folder}, most_bytes)
    return None


def _list_folders(folder: Path) -> list[Path]:
    return [path for path in list_visible(folder) if path.is_dir()]


def _holds_pictures(folder: Path) -> bool:
    return any(map(is_picture, list_visible(folder)))


def is_picture(path: Path) -> bool:
    """True if a file is a picture by its name, and not hidden."""
    return path.suffix.lower() in PICTURES and path.name[0] != "."


class FolderReader:
    """A folder of class folders a split; the class names are the folders' names, sorted.

    Args:
        folder: what the user named.
        roots: the folder of each split.
        most_bytes: the most that the images of a split may take.
        others: names of folders that are left out.
    """

    form = "pictures"
    holds_pictures = True

    def __init__(
        self,
        folder: Path,
        roots: Mapping[SplitName, Path],
        most_bytes: int = MOST_BYTES,
        others: list[str] | None = None,
    ) -> None:
        self._folder, self._roots, self._most_bytes, self._others = folder, roots, most_bytes, others or []
        self._framings: dict[SplitName, Framing] = {}
        self.splits = order_splits(roots)
        names = [path.name for path in _list_folders(roots["train"])]
        self.class_names: tuple[str, ...] | None = tuple(
            name for name in names if _list_pictures(roots["train"] / name)
        )
        self._empty = sorted(set(names) - set(self.class_names))
        for root in (root for split, root in roots.items() if split != "train"):
            train = roots["train"].name
            if unknown := {path.name for path in _list_folders(root)} - set(names):
                raise DataError(
                    f"{folder}: {root.name}/{min(unknown)} has no {train}/{min(unknown)} beside it", FORMS_HINT
                )
            if lost := [name for name in self._empty if _list_pictures(root / name)]:
                raise DataError(
                    f"{folder}: {root.name}/{lost[0]} has pictures, and {train}/{lost[0]} has none", FORMS_HINT
                )

    @property
    def notes(self) -> tuple[str, ...]:
        left_out = [*self._others, *(f"{name} (no pictures)" for name in self._empty)]
        framed = (f"{split}: {note}" for split, framing in self._framings.items() for note in framing.notes)
        return (*phrase_left_out(left_out, "folder"), *phrase_left_out(self._list_skipped(), "file"), *framed)

    def _list_skipped(self) -> Iterator[str]:
        for root in (self._roots[split] for split in self.splits):
            paths = [path for path in list_visible(root) if path.is_file()] if root != self._folder else []
            inside = (path for folder in _list_folders(root) for path in list_visible(folder))
            yield from (
                str(path.relative_to(self._folder)) for path in itertools.chain(paths, inside) if not is_picture(path)
            )

    def _list_classes(self, split: SplitName) -> tuple[Path, ...]:
        return tuple(self._roots[split] / name for name in self.class_names or ())

    def open_images(self, split: SplitName, preparation: Preparation = "fit") -> Rows:
        folders = self._list_classes(split)
        count = sum(len(_list_pictures(folder)) for folder in folders)
        rows = PictureRows(folders, count, split, self._framings, preparation)
        if math.prod(rows.shape) > self._most_bytes:
            limit = self._most_bytes // IMAGE_BYTES
            raise DataError(f"{self._folder}: {rows.shape[0]:,} {split} images, expected at most {limit:,}")
        return rows

    def read_labels(self, split: SplitName) -> RawLabels:
        counts = [len(_list_pictures(folder)) for folder in self._list_classes(split)]
        return RawLabels(np.repeat(np.arange(len(counts), dtype=np.uint16), counts))


def _list_pictures(folder: Path) -> list[str]:
    """The names of the pictures in a folder, sorted; none where a split lacks that class."""
    try:
        return sorted(path.name for path in folder.iterdir() if is_picture(path) and path.name.lower() not in LITTER)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise DataError(f"{folder}: can't be listed: {error.strerror}") from error


@dataclass(frozen=True, eq=False)
class PictureRows:
    """Pictures of any size, folder by folder, as images; the names of one folder are held at a time.

    Args:
        folders: where they are.
        count: how many there were when they were counted.
        split: of which they are.
        framings: what was met in each split when it was last read whole.
        preparation: how an image is made of a picture.
    """

    folders: tuple[Path, ...]
    count: int
    split: SplitName
    framings: dict[SplitName, Framing]
    preparation: Preparation

    @property
    def shape(self) -> tuple[int, ...]:
        return self.count, *IMAGE_SHAPE

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(np.uint8)

    def iterate(self, size: int) -> Iterator[Images]:
        framing = Framing(self.preparation)
        paths = (folder / name for folder in self.folders for name in _list_pictures(folder))
        for start in range(0, self.count, size):
            expected = min(size, self.count - start)
            batch = [framing.frame(str(path), read_picture(path)) for path in itertools.islice(paths, expected)]
            last = start + expected == self.count
            if len(batch) < expected or (last and next(paths, None)):
                raise DataError(f"{self.folders[0].parent}: its pictures changed while they were read", "try again")
            if last:  # before the last batch is given
                framing.finish(str(self.folders[0].parent))
                self.framings[self.split] = framing
            yield np.stack(batch)
