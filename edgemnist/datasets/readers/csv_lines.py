"""The lines of a CSV file: unpacked within limits, their columns told apart, and read some at a time."""

from __future__ import annotations

import csv
import gzip
import itertools
import re
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.labels import MOST_CLASSES, RawLabels, collect_texts
from edgemnist.datasets.npy import NPZ_FAILURES, check_packing, open_zip
from edgemnist.datasets.readers.base import (
    IMAGE_BYTES,
)
from edgemnist.datasets.regular import BOMB_BYTES, BOMB_RATIO, RegularFile
from edgemnist.datasets.rows import Rows, spool
from edgemnist.errors import DataError, take_first_line

HINT = f"expected a line an image: label, then {IMAGE_BYTES} pixels from 0 to 255: Kaggle's label,pixel0,pixel1,…"
LINES_AT_ONCE = 2_000
MOST_LINE_BYTES = 2**18
MOST_EMPTY_LINES = 1_000
MOST_LABEL = 200
DELIMITERS = ",;\t"
LABEL = re.compile(r"labels?|class(es)?|targets?|y|digit|letter|character|category", re.IGNORECASE)
# Columns of pandas and of databases that number the lines.
INDEX = re.compile(r"|id|index|idx|row(id)?|unnamed: 0|image_?id", re.IGNORECASE)
PLACE = re.compile(r"at row (\d+)")


@dataclass(frozen=True)
class CsvFile:
    """One file of lines.

    Args:
        path: where it is.
        member: its name inside a .zip; "" elsewhere.
        packed: it is packed by gzip.
    """

    path: Path
    member: str = ""
    packed: bool = False

    def __str__(self) -> str:
        return f"{self.path}: {self.member}" if self.member else str(self.path)

    @property
    def name(self) -> str:
        """Its name without folders."""
        return self.member.rpartition("/")[2] or self.path.name

    @property
    def stem(self) -> str:
        """Its name without extensions."""
        return re.sub(r"(\.(csv|tsv|gz|zip))+$", "", self.name, flags=re.IGNORECASE)

    @contextmanager
    def explain(self) -> Iterator[None]:
        """Turn what goes wrong while it is read into one clear error."""
        try:
            yield
        except (*NPZ_FAILURES, zlib.error, csv.Error) as error:
            hint = HINT
            if isinstance(error, UnicodeDecodeError):
                hint = "save it in UTF-8: iconv -f latin1 -t utf8 OLD.csv > NEW.csv"
            raise DataError(f"{self}: can't be read as CSV: {take_first_line(error)}", hint) from error

    def iterate(self) -> Iterator[str]:
        """Yield its lines, without the ends of lines.

        Raises:
            NPZ_FAILURES: it is damaged, packed as only a compression bomb is, or no text.
        """
        with self._open() as (stream, most_bytes):
            read, empty, encoding = 0, 0, "utf-8-sig"
            while line := stream.readline(MOST_LINE_BYTES):
                read += len(line)
                if len(line) == MOST_LINE_BYTES:
                    raise ValueError(f"a line of {MOST_LINE_BYTES:,} bytes or more")
                if most_bytes is not None and read > most_bytes:
                    raise ValueError(f"a compression bomb: it unpacks to more than {most_bytes:,} bytes")
                empty += not line.strip()
                if empty > MOST_EMPTY_LINES:
                    raise ValueError(f"more than {MOST_EMPTY_LINES:,} empty lines")
                yield line.decode(encoding).rstrip("\r\n")
                encoding = "utf-8"

    @contextmanager
    def _open(self) -> Iterator[tuple[BinaryIO, int | None]]:
        """Open it unpacked, with the most that it may unpack to."""
        file = RegularFile.find(self.path)
        packed = max(BOMB_BYTES, BOMB_RATIO * file.size_bytes)
        if self.member:
            with open_zip(file) as archive:
                check_packing(archive.getinfo(self.member))
                with archive.open(self.member) as member:
                    yield cast(BinaryIO, member), packed
        elif self.packed:
            with file.open() as stream, gzip.GzipFile(fileobj=stream) as unpacked:
                yield cast(BinaryIO, unpacked), packed
        else:
            with file.open() as stream:
                yield stream, None


@dataclass(frozen=True)
class Layout:
    """What the columns hold.

    Args:
        delimiter: what stands between them.
        header: the first line names them.
        count: number of columns.
        label: column of the label; None where there is none.
        left_out: columns that are neither label nor pixels.
        note: what was assumed; "" where the header says all.
    """

    delimiter: str
    header: bool
    count: int
    label: int | None
    left_out: tuple[int, ...] = ()
    note: str = ""

    @property
    def pixels(self) -> tuple[int, ...]:
        """Columns of the pixels."""
        return tuple(column for column in range(self.count) if column != self.label and column not in self.left_out)


def read_layout(file: CsvFile) -> Layout:
    """Find out what the columns of a file hold, by its first line.

    Raises:
        DataError: it is no text of columns, or it has another number of pixels than an image.
    """
    with file.explain():
        lines = file.iterate()
        first = next((line for line in lines if line.strip()), "")
        if not first:
            raise ValueError("it is empty")
        delimiter = max(DELIMITERS, key=first.count)
        (fields,) = csv.reader([first], delimiter=delimiter)
        layout = _name_columns([field.strip() for field in fields], delimiter)
    found = len(layout.pixels)
    if found != IMAGE_BYTES:
        hint = HINT
        raise DataError(f"{file}: {layout.count} columns, of which {found} are pixels, expected {IMAGE_BYTES}", hint)
    return layout


def _name_columns(fields: list[str], delimiter: str) -> Layout:
    count = len(fields)
    if not any(map(_is_word, fields[1:])):  # the first column may hold labels that are texts
        label = 0 if count == IMAGE_BYTES + 1 else None
        note = "it has no header: its first column was taken as the label" if label == 0 else ""
        return Layout(delimiter, False, count, label, (), note)
    index = tuple(column for column, name in enumerate(fields) if INDEX.fullmatch(name))
    label = next((column for column, name in enumerate(fields) if LABEL.fullmatch(name)), None)
    if label is None and count == IMAGE_BYTES + 1:
        label, index = 0, ()
        return Layout(delimiter, True, count, 0, (), f"its first column, {fields[0]!r}, was taken as the label")
    left_out = index if count > IMAGE_BYTES + (label is not None) else ()
    note = f"columns left out: {', '.join(repr(fields[column]) for column in left_out)}" if left_out else ""
    return Layout(delimiter, True, count, label, left_out, note)


def _is_word(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return True
    return False


@dataclass(frozen=True, eq=False)
class Table:
    """What a file holds: images, (n, pixels), and labels."""

    images: Rows
    labels: RawLabels


class NoBytesError(Exception):
    """A pixel is no whole number from 0 to 255."""


def read_table(file: CsvFile, layout: Layout, dtype: np.dtype[Any], most_bytes: int) -> Table:
    """Read a file whole: its images into a temporary file, its labels into memory."""
    texts: dict[str, int] = {}
    places: list[NDArray[np.uint16]] = []

    def read() -> Iterator[NDArray[Any]]:
        count = 0
        for numbers, lines in _batch_lines(file, layout):
            count += len(lines)
            if count * IMAGE_BYTES * dtype.itemsize > most_bytes:
                raise ValueError(f"more than {most_bytes // IMAGE_BYTES // dtype.itemsize:,} images")
            places.append(_read_labels(numbers, lines, layout, texts))
            yield _read_pixels(numbers, lines, layout, dtype)

    images = spool(read())
    if not places:
        raise ValueError("no lines of images")
    names = list(texts)
    labels = collect_texts(str(file), names)  # each once: their numbers, or their places
    return Table(images, RawLabels(labels.numbers[np.concatenate(places)], labels.texts))


def _batch_lines(file: CsvFile, layout: Layout) -> Iterator[tuple[list[int], list[str]]]:
    """Yield some lines at a time, with their numbers in the file."""
    numbered = ((number, line) for number, line in enumerate(file.iterate(), start=1) if line.strip())
    rows = itertools.islice(numbered, int(layout.header), None)
    while batch := list(itertools.islice(rows, LINES_AT_ONCE)):
        numbers, lines = zip(*batch, strict=True)
        yield list(numbers), list(lines)


def _read_labels(numbers: list[int], lines: list[str], layout: Layout, texts: dict[str, int]) -> NDArray[np.uint16]:
    """Return the place of each label among the different ones, which are added to `texts`."""
    assert layout.label is not None
    found = np.empty(len(lines), np.uint16)
    for place, (number, line) in enumerate(zip(numbers, lines, strict=True)):
        if layout.label == 0 and not line.startswith('"'):
            count, label = line.count(layout.delimiter) + 1, line.partition(layout.delimiter)[0]
        else:
            (fields,) = csv.reader([line], delimiter=layout.delimiter)
            count, label = len(fields), fields[layout.label] if layout.label < len(fields) else ""
        if count != layout.count:
            raise ValueError(f"line {number} has {count} columns, expected {layout.count}")
        if not label.strip() or len(label) > MOST_LABEL:
            raise ValueError(f"line {number} has {'no label' if not label.strip() else 'a label of many letters'}")
        found[place] = texts.setdefault(label.strip(), len(texts))
        if len(texts) > MOST_CLASSES:
            raise ValueError(f"more than {MOST_CLASSES:,} different labels: is the label another column?")
    return found


def _read_pixels(numbers: list[int], lines: list[str], layout: Layout, dtype: np.dtype[Any]) -> NDArray[Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DeprecationWarning)  # older NumPy reads 0.5 as the byte 0, and only warns
            return np.loadtxt(
                lines, dtype, comments=None, delimiter=layout.delimiter, usecols=layout.pixels, ndmin=2, quotechar='"'
            )
    except ValueError as error:
        if dtype == np.uint8:
            raise NoBytesError from error
        reason = take_first_line(error)
        place = PLACE.search(reason)
        line = numbers[int(place[1])] if place and int(place[1]) < len(numbers) else numbers[0]
        raise ValueError(f"line {line}: {reason.partition(' at row')[0]}") from error
