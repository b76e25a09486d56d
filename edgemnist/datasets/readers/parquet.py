"""Parquet files of pictures and labels, as Hugging Face's data sets come: `train-00000-of-00001.parquet`.

Each picture is a PNG or the like inside the file, alone or as `bytes` of a struct. Needs pyarrow.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract.picture import Preparation
from edgemnist.datasets.fitting import Framing
from edgemnist.datasets.labels import RawLabels, collect_texts
from edgemnist.datasets.pictures import PictureBytes, read_picture
from edgemnist.datasets.readers.base import (
    IMAGE_BYTES,
    SplitName,
    choose_set,
    list_visible,
    order_splits,
    parse_name,
    phrase_left_out,
)
from edgemnist.datasets.regular import MOST_BYTES, RegularFile, check_size
from edgemnist.datasets.rows import Rows, spool
from edgemnist.errors import DataError, take_first_line
from edgemnist.quiet import loading

HINT = "expected a column of pictures, `image`, and one of classes, `label`, as Hugging Face has them"
IMAGE = ("image", "img", "picture", "png")
LABEL = ("label", "labels", "class", "target", "fine_label", "character", "digit")
# A row group is unpacked whole, and a few of its rows may be copies of one large value.
ROWS_AT_ONCE = 8
MOST_GROUP_BYTES = 2**29
MOST_LABEL, SHOWN = 1_000, 20
SHARD = re.compile(r"-\d+-of-\d+$")


def find_in_folder(folder: Path, split: str | None, most_bytes: int) -> ParquetReader | None:
    """Return a reader of the Parquet files in a folder, or in its folder `data`; None where there are none."""
    for place in (folder, folder / "data"):
        paths = [path for path in list_visible(place) if path.suffix.lower() == ".parquet"] if place.is_dir() else []
        if paths:
            return _choose(place, paths, split, most_bytes)
    return None


def find_in_file(path: Path, most_bytes: int) -> ParquetReader:
    """Return a reader of one Parquet file."""
    return _choose(path, [path], None, most_bytes)


def _choose(owner: Path, paths: list[Path], split: str | None, most_bytes: int) -> ParquetReader:
    sets: dict[str, dict[SplitName, list[Path]]] = {}
    others: list[str] = []
    for path in paths:
        named = parse_name(SHARD.sub("", path.stem))
        if named:
            sets.setdefault(named.prefix, {}).setdefault(named.split if len(paths) > 1 else "train", []).append(path)
        elif len(paths) == 1:
            sets[path.stem] = {"train": [path]}
        else:
            others.append(path.name)
    trainless = [found for found in sets.values() if "train" not in found]
    others += [path.name for found in trainless for some in found.values() for path in some]
    sets = {prefix: found for prefix, found in sets.items() if "train" in found}
    if not sets:
        names = ", ".join(path.name for path in paths)
        raise DataError(f"{owner}: {len(paths)} Parquet files ({names}), of which none is named train", HINT)
    return ParquetReader(owner, choose_set(owner, sets, split), most_bytes, others)


class ParquetReader:
    """Parquet files, some a split; read once, the images kept in a temporary file.

    Args:
        owner: what the user named.
        files: the files of each split, in order.
        most_bytes: the most that the images of a split may take.
        others: names of files that are left out.
    """

    form = "Parquet"
    holds_pictures = True

    def __init__(
        self,
        owner: Path,
        files: Mapping[SplitName, Sequence[Path]],
        most_bytes: int = MOST_BYTES,
        others: list[str] | None = None,
    ) -> None:
        self._owner, self._files, self._most_bytes, self._others = owner, files, most_bytes, others or []
        self._framings: dict[SplitName, Framing] = {}
        self._labels: dict[SplitName, RawLabels] = {}
        self._images: dict[tuple[SplitName, Preparation], Rows] = {}
        self.splits = order_splits(files)

    @property
    def notes(self) -> tuple[str, ...]:
        framed = (f"{split}: {note}" for split, framing in self._framings.items() for note in framing.notes)
        return (*phrase_left_out(self._others, "file"), *framed)

    @cached_property
    def class_names(self) -> tuple[str, ...] | None:
        """What Hugging Face's own metadata says of the label, where it is a class."""
        path = self._files["train"][0]
        with _open(path) as file:
            text = (file.schema_arrow.metadata or {}).get(b"huggingface", b"{}")
            try:
                features = json.loads(text).get("info", {}).get("features", {})
                names = features.get(_find_column(path, file, LABEL), {}).get("names")
            except (AttributeError, RecursionError):  # other things than objects
                return None
        fits = isinstance(names, list) and names and all(isinstance(name, str) for name in names)
        return tuple(names) if fits else None

    def open_images(self, split: SplitName, preparation: Preparation = "fit") -> Rows:
        key = split, preparation
        if key not in self._images:
            framing = Framing(preparation)
            images = spool(self._iterate_images(split, framing))
            framing.finish(f"{self._owner}: {split}")
            self._framings[split], self._images[key] = framing, images
        return self._images[key]

    def read_labels(self, split: SplitName) -> RawLabels:
        if split not in self._labels:
            name, values = f"{self._owner}: {split} labels", (values for _, values in self._iterate(split, LABEL))
            self._labels[split] = _gather(name, [_check_label(name, value) for some in values for value in some])
        return self._labels[split]

    def _iterate(self, split: SplitName, names: Sequence[str]) -> Iterator[tuple[Path, list[Any]]]:
        """Yield the values of a column, some rows at a time, with the file that holds them."""
        count = 0
        for path in self._files[split]:
            with _open(path) as file:
                column = _find_column(path, file, names)
                _check_groups(file)
                for batch in file.iter_batches(ROWS_AT_ONCE, columns=[column]):
                    count += len(batch)
                    if count * IMAGE_BYTES > self._most_bytes:
                        raise ValueError(f"more than {self._most_bytes // IMAGE_BYTES:,} images")
                    yield path, batch.column(column).to_pylist()

    def _iterate_images(self, split: SplitName, framing: Framing) -> Iterator[NDArray[np.uint8]]:
        row = 0
        for path, values in self._iterate(split, IMAGE):
            names = [f"{path}: row {row + place}" for place in range(len(values))]
            row += len(values)
            pictures = zip(names, map(_take_bytes, values), strict=True)
            yield np.stack([_frame(framing, name, content) for name, content in pictures])


def _frame(framing: Framing, name: str, content: bytes | None) -> NDArray[np.uint8]:
    if content is None:
        raise DataError(f"{name}: no picture inside", HINT)
    return framing.frame(name, read_picture(Path(name), PictureBytes(content)))


def _check_label(name: str, label: Any) -> Any:
    """Return what may be a label; it is checked one by one, since a column may repeat one large value."""
    if type(label) not in (int, str) or (isinstance(label, str) and len(label) > MOST_LABEL):
        raise DataError(f"{name}: found {str(label)[:SHOWN]!r}, expected whole numbers or short texts", HINT)
    return label


def _take_bytes(value: Any) -> bytes | None:
    """Return the picture in a value: bytes, or a struct that has them."""
    content = value.get("bytes") if isinstance(value, dict) else value
    return content if isinstance(content, bytes) else None


def _gather(name: str, labels: list[Any]) -> RawLabels:
    if not labels:
        raise DataError(f"{name}: none")
    if all(isinstance(label, str) for label in labels):
        return collect_texts(name, labels)
    if all(isinstance(label, int) and abs(label) < 2**62 for label in labels):
        return RawLabels(np.array(labels, np.int64))
    raise DataError(f"{name} are of several kinds, or missing, expected whole numbers or texts", HINT)


@contextmanager
def _open(path: Path) -> Iterator[Any]:
    with loading("pyarrow", "pip install 'edgemnist[parquet]'"):
        import pyarrow
        from pyarrow import parquet
    try:
        file = RegularFile.find(path)
        with file.open() as stream:
            yield parquet.ParquetFile(stream)
    except (pyarrow.ArrowException, OSError, ValueError, TypeError, MemoryError, KeyError) as error:
        raise DataError(f"{path}: can't be read as Parquet: {take_first_line(error)}", HINT) from error


def _find_column(path: Path, file: Any, names: Sequence[str]) -> str:
    columns = list(file.schema_arrow.names)
    for name in names:
        if name in columns:
            return name
    raise DataError(f"{path}: no column {names[0]}, found {', '.join(columns[:10])}", HINT)


def _check_groups(file: Any) -> None:
    """Refuse row groups that unpack to more than any data set's."""
    for number in range(file.metadata.num_row_groups):
        group = file.metadata.row_group(number)
        sizes = [group.column(place) for place in range(group.num_columns)]
        unpacked = sum(column.total_uncompressed_size for column in sizes)
        check_size(unpacked, sum(column.total_compressed_size for column in sizes), MOST_GROUP_BYTES)
