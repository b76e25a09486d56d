"""A folder of IDX files: MNIST under its own names, and what is published alike: EMNIST, QMNIST, KMNIST, Fashion-MNIST.

KMNIST's arrays are found, too: `kmnist-train-imgs.npz` holds what `train-images-idx3-ubyte` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract.picture import Preparation
from edgemnist.datasets.idx import open_idx
from edgemnist.datasets.labels import RawLabels, read_labels
from edgemnist.datasets.readers.base import (
    EMNIST,
    FORMS_HINT,
    IMAGE_BYTES,
    TURNED,
    SplitName,
    choose_set,
    list_visible,
    order_splits,
    parse_name,
    phrase_left_out,
)
from edgemnist.datasets.readers.npz import open_only_array
from edgemnist.datasets.regular import MOST_BYTES
from edgemnist.datasets.rows import MappedRows, Rows
from edgemnist.datasets.shape import IMAGE_SHAPE
from edgemnist.errors import DataError
from edgemnist.files import read_file

IDX = re.compile(r"(?P<stem>.+)[-.]idx(?P<dimensions>[1-4])[-.](?P<kind>ubyte|int)(\.gz)?", re.IGNORECASE)
NPZ = re.compile(r"(?P<stem>.+)\.npz", re.IGNORECASE)
PARTS = {"images": "images", "imgs": "images", "labels": "labels"}
MOST_MAPPING_BYTES = 2**20


class Place(NamedTuple):
    """A file of images or of labels."""

    path: Path
    twins: tuple[Path, ...] = ()


Files = Mapping[tuple[SplitName, str], Place]


def find(folder: Path, split: str | None, most_bytes: int) -> IdxReader | None:
    """Return a reader of the folder; None where there are no such files in it.

    Raises:
        DataError: There are several data sets, and `split` names none of them.
    """
    sets = _find_sets(folder) if folder.is_dir() else {}
    if not sets:
        return None
    files = choose_set(folder, sets, split)
    return IdxReader(folder, most_bytes=most_bytes, files=files, others=_list_others(folder))


def _find_sets(folder: Path) -> dict[str, Files]:
    """Return the files of each data set in a folder, and in folders inside that are named as such files are."""
    found: dict[str, dict[tuple[SplitName, str], list[Path]]] = {}
    for path in _list_files(folder):
        match = IDX.fullmatch(path.name) or NPZ.fullmatch(path.name)
        named = parse_name(match["stem"]) if match else None
        if named and named.rest.lower() in PARTS:
            files = found.setdefault(named.prefix, {})
            files.setdefault((named.split, PARTS[named.rest.lower()]), []).append(path)
    return {
        prefix: {key: _choose_file(folder, paths) for key, paths in files.items()} for prefix, files in found.items()
    }


def _list_files(folder: Path) -> Iterator[Path]:
    for path in list_visible(folder):
        if not path.is_dir():
            yield path
        elif IDX.fullmatch(path.name):
            yield from (inside for inside in list_visible(path) if inside.is_file())


def _choose_file(folder: Path, paths: list[Path]) -> Place:
    """Return the file beside the others, where it is also in a folder of its name or packed."""
    plain = {re.sub(r"[-.]", "-", path.name.lower().removesuffix(".gz")) for path in paths}
    if len(plain) != 1:
        names = ", ".join(path.name for path in paths)
        raise DataError(
            f"{folder}: {len(plain)} files for the same images or labels ({names}), expected one", FORMS_HINT
        )
    first, *twins = sorted(paths, key=lambda path: (path.parent != folder, path.suffix == ".gz"))
    return Place(first, tuple(twins))


def _list_others(folder: Path) -> list[str]:
    data = (".csv", ".npz", ".npy", ".parquet", ".png", ".jpg", ".mat", ".xz", ".zip")
    paths = [path for path in list_visible(folder) if path.name.lower().endswith(data)]
    return [path.name for path in paths if not (NPZ.fullmatch(path.name) and parse_name(path.stem))]


class IdxReader:
    """The four files of MNIST, under its names or with a prefix.

    Args:
        folder: where the files are, plain or .gz.
        sha256: hashes that the unpacked files must have, by the file's plain name.
        most_bytes: the most that the images of a split may take, unpacked.
        files: the files, by split and by what they hold; None to look for them.
        others: names of files that are left out.
    """

    holds_pictures = False

    def __init__(
        self,
        folder: Path,
        sha256: dict[str, str] | None = None,
        most_bytes: int = MOST_BYTES,
        files: Files | None = None,
        others: list[str] | None = None,
    ) -> None:
        self._folder, self._sha256, self._most_bytes = folder, sha256 or {}, most_bytes
        self._files = choose_set(folder, _find_sets(folder), None) if files is None else files
        self._others = others or []
        self.splits = order_splits(split for split, _ in self._files)
        packed = all(NPZ.fullmatch(place.path.name) for place in self._files.values())
        self.form = ".npz files" if packed and self._files else "IDX files"
        self._turned = any(EMNIST.search(place.path.name) for place in self._files.values())

    @property
    def notes(self) -> tuple[str, ...]:
        twins = [str(path.relative_to(self._folder)) for place in self._files.values() for path in place.twins]
        turned = (TURNED,) if self._turned else ()
        return (*turned, *phrase_left_out(twins, "double file"), *phrase_left_out(self._others, "file"))

    @cached_property
    def class_names(self) -> tuple[str, ...] | None:
        """What EMNIST's mapping says: a line a label, with the code of its character."""
        match = IDX.fullmatch(next(iter(self._files.values())).path.name)
        named = parse_name(match["stem"]) if match else None
        path = self._folder / f"{named.prefix if named else ''}-mapping.txt"
        if not self._turned or not path.is_file():
            return None
        lines = read_file(path, MOST_MAPPING_BYTES, error=DataError).decode("ascii", "replace").splitlines()
        try:
            pairs = sorted(tuple(map(int, line.split()[:2])) for line in lines if line.strip())
            return tuple(chr(code) for _, code in pairs)
        except (ValueError, OverflowError):
            hint = "move it away, or name the classes: `class_names`"
            raise DataError(f"{path}: no mapping of labels to characters", hint) from None

    def open_images(self, split: SplitName, preparation: Preparation = "fit") -> Rows:
        rows = self._open(split, "images")
        if not self._turned or rows.shape[1:] != IMAGE_SHAPE:
            return rows
        return MappedRows(rows, lambda batch: batch.transpose(0, 2, 1), IMAGE_SHAPE, rows.dtype)

    def read_labels(self, split: SplitName) -> RawLabels:
        rows, most = self._open(split, "labels"), self._most_bytes // IMAGE_BYTES
        if len(rows.shape) == 2 and rows.dtype.itemsize == 4:  # QMNIST: the class, and where the digit comes from
            rows = MappedRows(rows, _take_class, (), rows.dtype)
        return read_labels(f"{self._folder}: {split} labels", rows, most)

    def _open(self, split: SplitName, part: str) -> Rows:
        place = self._files.get((split, part))
        if place is None:
            name = f"{'t10k' if split == 'test' else split}-{part}-idx{3 if part == 'images' else 1}-ubyte"
            raise DataError(f"{self._folder}: no file for {name}, expected one", FORMS_HINT)
        path = place.path
        if match := IDX.fullmatch(path.name):
            kind, expected = match["kind"].lower(), self._sha256.get(path.name.removesuffix(".gz"))
            dimensions = 3 if part == "images" else 2 if kind == "int" else 1
            return open_idx(path, dimensions, self._most_bytes, expected, FORMS_HINT, kind)
        return open_only_array(path, self._most_bytes)


def _take_class(batch: NDArray[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(batch[:, 0])
