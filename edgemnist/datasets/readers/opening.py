"""One table that finds the reader of a file or a folder by what is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from edgemnist.datasets.readers import csv, folder, idx, parquet
from edgemnist.datasets.readers.base import FORMS_HINT, Reader, list_visible
from edgemnist.datasets.readers.npz import NpzReader
from edgemnist.datasets.regular import MOST_BYTES
from edgemnist.errors import DataError, UsageError
from edgemnist.text import phrase_parameter

Finder = Callable[[Path, str | None, int], Reader | None]
# What is in a folder, in the order in which it is looked for.
FOLDERS: tuple[Finder, ...] = (folder.find, idx.find, parquet.find_in_folder, csv.find_in_folder)
# What files begin with; where that doesn't tell, it is the end of the name.
ZIP, GZIP, PARQUET = b"PK", b"\x1f\x8b", b"PAR1"


def open_reader(path: Path, split: str | None = None, most_bytes: int = MOST_BYTES) -> Reader:
    """Find out in which form the data at `path` are.

    Args:
        path: a file or a folder.
        split: which data set of several in one folder: "letters" of EMNIST's; None where there is but one.
        most_bytes: the most that the images of a split may take, unpacked.

    Raises:
        DataError: it is none that is known, or doesn't exist.
        UsageError: there is but one data set, and `split` names one.
    """
    if path.is_file():
        if split is not None:
            raise UsageError(f"{path}: one data set, of which `split={split!r}` chooses none", "leave `split` out")
        return _open_file(path, most_bytes)
    for find in FOLDERS if path.is_dir() else ():
        if reader := find(path, split, most_bytes):
            return reader
    raise DataError(f"{path}: {_phrase_nothing(path)}", _advise(path))


def _open_file(path: Path, most_bytes: int) -> Reader:
    suffix, start = path.suffix.lower(), _read_start(path)
    if suffix == ".npz" or (start.startswith(ZIP) and b".npy" in start):
        return NpzReader(path, most_bytes)
    if suffix == ".parquet" or start.startswith(PARQUET):
        return parquet.find_in_file(path, most_bytes)
    if start.startswith(ZIP) or suffix == ".zip":
        return csv.find_in_file(path, "zip", most_bytes)
    if start.startswith(GZIP) or suffix in (".csv", ".tsv", ".txt", ".gz"):
        return csv.find_in_file(path, "gz" if start.startswith(GZIP) else "", most_bytes)
    if b"," in start and b"\0" not in start:
        return csv.find_in_file(path, "", most_bytes)
    raise DataError(f"{path}: not a data set", FORMS_HINT)


def _read_start(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(64)
    except OSError as error:
        raise DataError(f"{path}: can't be read: {error.strerror}") from error


def _phrase_nothing(path: Path) -> str:
    if not path.exists():
        return "no such file or folder"
    if not path.is_file() and not path.is_dir():
        return "a pipe, a device or a socket, expected a file or a folder"
    if any(map(folder.is_picture, list_visible(path))):
        return "pictures, but no folders of classes, so nobody knows what they show"
    return "not a data set"


def _advise(path: Path) -> str:
    inside = list_visible(path) if path.is_dir() else []
    if len(inside) == 1 and inside[0].is_dir():
        return f"look into the folder inside: {phrase_parameter('data', inside[0])}"
    return FORMS_HINT
