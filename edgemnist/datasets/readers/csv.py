"""Comma-separated values: an image a line, its label and then its pixels, row by row, as Kaggle has them.

Plain, `.gz` or in a `.zip`. A file is read once, line by line; its images are kept in a temporary file.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np

from edgemnist.contract.picture import Preparation
from edgemnist.datasets.labels import RawLabels
from edgemnist.datasets.npy import open_zip
from edgemnist.datasets.readers.base import (
    EMNIST,
    TURNED,
    SplitName,
    choose_set,
    list_visible,
    order_splits,
    parse_name,
    phrase_left_out,
)
from edgemnist.datasets.readers.csv_lines import HINT, CsvFile, NoBytesError, Table, read_layout, read_table
from edgemnist.datasets.regular import MOST_BYTES, RegularFile
from edgemnist.datasets.rows import MappedRows, Rows
from edgemnist.datasets.shape import IMAGE_SHAPE
from edgemnist.errors import DataError

ENDINGS = (".csv", ".tsv", ".csv.gz", ".tsv.gz")


def find_in_folder(folder: Path, split: str | None, most_bytes: int) -> CsvReader | None:
    """Return a reader of the CSV files in a folder; None where there are none.

    Raises:
        DataError: There are several data sets, and `split` names none of them; or none of the files has labels.
    """
    if not folder.is_dir():
        return None
    paths = [path for path in list_visible(folder) if path.name.lower().endswith(ENDINGS) and path.is_file()]
    files = [CsvFile(path, packed=path.suffix.lower() == ".gz") for path in paths]
    return _choose(folder, files, split, most_bytes) if files else None


def find_in_file(path: Path, packing: Literal["", "gz", "zip"], most_bytes: int) -> CsvReader:
    """Return a reader of a CSV file, or of those inside a .zip.

    Raises:
        DataError: There is none inside, or it can't be read.
    """
    if packing != "zip":
        return _choose(path, [CsvFile(path, packed=packing == "gz")], None, most_bytes)
    with CsvFile(path).explain():
        with open_zip(RegularFile.find(path)) as archive:
            names = [name for name in archive.namelist() if name.lower().endswith(ENDINGS[:2])]
    files = [CsvFile(path, name) for name in names if not name.rpartition("/")[2].startswith(".")]
    if not files:
        raise DataError(f"{path}: no .csv inside", "unpack it, and give the folder: `data=FOLDER`")
    return _choose(path, files, None, most_bytes)


def _choose(owner: Path, files: list[CsvFile], split: str | None, most_bytes: int) -> CsvReader:
    sets: dict[str, dict[SplitName, CsvFile]] = {}
    others: list[str] = []
    if len(files) == 1:
        named = parse_name(files[0].stem)
        sets = {named.prefix if named else files[0].stem: {"train": files[0]}}
    else:
        for file in files:
            named = parse_name(file.stem)
            if named and named.split not in sets.get(named.prefix, {}):
                sets.setdefault(named.prefix, {})[named.split] = file
            else:
                others.append(file.name)
        others += [file.name for found in sets.values() if "train" not in found for file in found.values()]
        sets = {prefix: found for prefix, found in sets.items() if "train" in found}
    if not sets:
        names = ", ".join(file.stem for file in files)
        raise DataError(f"{owner}: {len(files)} CSV files ({names}), of which none is named train", "give one of them")
    return CsvReader(owner, choose_set(owner, sets, split), most_bytes, others)


class CsvReader:
    """CSV files, one a split, or one alone.

    Args:
        owner: what the user named.
        files: the file of each split.
        most_bytes: the most that the images of a split may take.
        others: names of files that are left out.
    """

    form = "CSV"
    holds_pictures = False
    class_names = None

    def __init__(
        self,
        owner: Path,
        files: Mapping[SplitName, CsvFile],
        most_bytes: int = MOST_BYTES,
        others: list[str] | None = None,
    ) -> None:
        self._owner, self._most_bytes = owner, most_bytes
        self._layouts = {split: read_layout(file) for split, file in files.items()}
        unlabelled = [split for split, layout in self._layouts.items() if layout.label is None]
        if "train" in unlabelled:
            raise DataError(f"{files['train']}: no column of labels", HINT)
        self._files = {split: file for split, file in files.items() if split not in unlabelled}
        self._others = [*(others or []), *(f"{files[split].name} (no labels)" for split in unlabelled)]
        self._turned = any(EMNIST.search(file.stem) for file in files.values())
        self._tables: dict[SplitName, Table] = {}
        self.splits = order_splits(self._files)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What was assumed, and what is left out."""
        assumed = dict.fromkeys(layout.note for split, layout in self._layouts.items() if split in self._files)
        turned = (TURNED,) if self._turned else ()
        return (*turned, *filter(None, assumed), *phrase_left_out(self._others, "file"))

    def open_images(self, split: SplitName, preparation: Preparation = "fit") -> Rows:
        rows = self._read(split).images
        if not self._turned:
            return rows
        turn = lambda batch: batch.reshape(-1, *IMAGE_SHAPE).transpose(0, 2, 1)  # noqa: E731
        return MappedRows(rows, turn, IMAGE_SHAPE, rows.dtype)

    def read_labels(self, split: SplitName) -> RawLabels:
        return self._read(split).labels

    def _read(self, split: SplitName) -> Table:
        if split not in self._tables:
            file, layout = self._files[split], self._layouts[split]
            with file.explain():
                try:
                    self._tables[split] = read_table(file, layout, np.dtype(np.uint8), self._most_bytes)
                except NoBytesError:
                    self._tables[split] = read_table(file, layout, np.dtype(np.float32), self._most_bytes)
        return self._tables[split]
