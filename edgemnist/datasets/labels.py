"""Labels of every kind brought to one: the number of a class, from 0, and a name for each class.

Whole numbers, texts and one-hot rows are taken, whatever a reader found them in; anything else is refused with the line
that converts it. Numbers that don't run from 0 without a gap name their classes: no class is without images unsaid.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.rows import Rows
from edgemnist.errors import DataError

MOST_CLASSES = 1000
AT_ONCE = 10_000
# Bytes of one text: a class's name is a word or two.
MOST_TEXT_BYTES = 1_000
SHOWN = 5
NUMBER = re.compile(r"\s*[+-]?\d{1,15}(\.0*)?\s*")
WHOLE = "y = y.astype('int64')"
ONE_HOT = "y = y.argmax(axis=1)"


@dataclass(frozen=True, eq=False)
class RawLabels:
    """One label an image, as the files have them.

    Args:
        numbers: whole numbers of whatever type, (n,); where there are texts, their places among these.
        texts: the different texts; None where labels are numbers.
        note: what was assumed; "" for whole numbers.
    """

    numbers: NDArray[np.integer[Any]]
    texts: tuple[str, ...] | None = None
    note: str = ""

    def __len__(self) -> int:
        return len(self.numbers)


def read_labels(name: str, rows: Rows, most: int) -> RawLabels:
    """Read the labels of a split, of any kind that is known.

    Args:
        name: Name of the labels, for messages.
        rows: Whole numbers or texts, (n,) or with further axes of 1, or one-hot rows, (n, classes).
        most: The most labels that are read.

    Raises:
        DataError: They are something else, or more.
    """
    shape, kind, one = rows.shape, rows.dtype.kind, math.prod(rows.shape[1:]) == 1
    if shape and shape[0] > most:
        raise DataError(f"{name} holds {shape[0]:,} labels, expected at most {most:,}")
    if len(shape) == 2 and shape[1] > 1 and kind in "iufb":
        return RawLabels(_join(_find_hot(name, batch, rows) for batch in rows.iterate(AT_ONCE)), note="one-hot labels")
    if not shape or not one or kind not in "iufUS":
        raise _refuse(name, rows, WHOLE)
    if kind == "f":
        return RawLabels(_join(_round(name, batch, rows) for batch in rows.iterate(AT_ONCE)))
    if kind in "US":
        if rows.dtype.itemsize > MOST_TEXT_BYTES * (4 if kind == "U" else 1):
            raise DataError(f"{name} is {rows.dtype}, expected short texts")
        decoded = (_decode(name, batch) for batch in rows.iterate(AT_ONCE))
        return collect_texts(name, itertools.chain.from_iterable(decoded))
    return RawLabels(_join(batch.reshape(-1) for batch in rows.iterate(AT_ONCE)))


def _refuse(name: str, rows: Rows, line: str) -> DataError:
    found = f"{name} is {rows.dtype} {rows.shape}"
    return DataError(f"{found}, expected whole numbers from 0, texts or one-hot rows, one an image", f"convert: {line}")


def _find_hot(name: str, batch: NDArray[Any], rows: Rows) -> NDArray[np.integer[Any]]:
    """Return the class of each one-hot row."""
    wrong = (np.count_nonzero(batch, axis=1) != 1) | (batch.max(axis=1, initial=0) != 1)
    if wrong.any():
        found = f"{name} is {rows.dtype} {rows.shape}, and not one-hot: {batch[wrong][0][:SHOWN].tolist()}"
        raise DataError(f"{found}, expected whole numbers, one an image", f"where one class is meant: {ONE_HOT}")
    return np.asarray(batch.argmax(axis=1))


def _round(name: str, batch: NDArray[Any], rows: Rows) -> NDArray[np.integer[Any]]:
    values = batch.reshape(-1)
    if not (np.isfinite(values) & (values == np.rint(values)) & (np.abs(values) < 2**53)).all():
        raise _refuse(name, rows, WHOLE)
    return values.astype(np.int64)


def _decode(name: str, batch: NDArray[Any]) -> list[str]:
    return [decode_text(name, text) for text in batch.reshape(-1).tolist()]


def decode_text(name: str, text: str | bytes) -> str:
    """Return a text that a file holds in UTF-8 or in Unicode.

    Raises:
        DataError: It is in another encoding.
    """
    if isinstance(text, str):
        return text
    try:
        return text.decode()
    except UnicodeDecodeError:
        array = name.rpartition(" ")[2]
        line = f"{array} = np.array([text.decode('latin-1') for text in {array}])"
        raise DataError(f"{name} holds {text!r}, which is not UTF-8", f"if it is latin-1: {line}") from None


def collect_texts(name: str, texts: Iterable[str]) -> RawLabels:
    """Return labels that are texts; as numbers where each of them writes a whole one.

    Raises:
        DataError: They are long, or more different ones than there may be classes.

    Example:
        >>> collect_texts("y", ["b", "a", "b"]).numbers.tolist(), collect_texts("y", ["10", "9"]).numbers.tolist()
        ([0, 1, 0], [10, 9])
    """
    places: dict[str, int] = {}

    def find_place(text: str) -> int:
        if len(text) > MOST_TEXT_BYTES:
            raise DataError(f"{name} hold a text of {len(text):,} letters, expected short ones")
        if len(places) > MOST_CLASSES:
            raise DataError(f"{name} hold more than {MOST_CLASSES:,} different texts, expected as many as classes")
        return places.setdefault(text, len(places))

    numbers = np.fromiter(map(find_place, texts), np.int64)
    if places and all(map(NUMBER.fullmatch, places)):
        return RawLabels(_compact(np.array([int(float(text)) for text in places])[numbers]))
    return RawLabels(_compact(numbers), tuple(places))


def _join(batches: Iterable[NDArray[np.integer[Any]]]) -> NDArray[np.integer[Any]]:
    """Put labels together in the smallest type that holds them: a byte a label, where images take hundreds."""
    parts = [_compact(batch) for batch in batches]
    return np.concatenate(parts) if parts else np.zeros(0, np.uint8)


def _compact(numbers: NDArray[np.integer[Any]]) -> NDArray[np.integer[Any]]:
    if not numbers.size:
        return numbers.astype(np.uint8)
    both = np.result_type(np.min_scalar_type(numbers.min()), np.min_scalar_type(numbers.max()))
    return numbers.astype(both if both.kind in "iu" else np.int64)


@dataclass(frozen=True, eq=False)
class Classes:
    """The classes of a data set.

    Args:
        labels: names of the classes.
        values: the training labels, as the files have them, in the order of the classes.
        note: what was assumed; "" where labels are the numbers of the classes.
    """

    labels: tuple[str, ...]
    values: tuple[int | str, ...]
    note: str = ""

    def encode(self, name: str, raw: RawLabels) -> NDArray[np.integer[Any]]:
        """Return the number of each image's class, (n,).

        Raises:
            DataError: A label is none of a training image.
        """
        places = {value: place for place, value in enumerate(self.values)}
        found, inverse = np.unique(raw.numbers, return_inverse=True)
        values = [raw.texts[number] if raw.texts else number for number in found.tolist()]
        if unknown := [value for value in values if value not in places]:
            raise DataError(f"{name} label {_show(unknown)} out of range: the training labels {self._phrase()}")
        if values == list(range(len(values))) == [places[value] for value in values]:
            return raw.numbers
        return _compact(np.array([places[value] for value in values])[inverse])

    def _phrase(self) -> str:
        if self.values == tuple(range(len(self.values))):
            return f"end at {len(self.values) - 1}"
        return f"are {_list(self.values)}"


def find_classes(name: str, raw: RawLabels, names: tuple[str, ...] | None) -> Classes:
    """Find the classes in the training labels.

    Args:
        name: Name of the data set, for messages.
        raw: Training labels.
        names: Names that the user or the files give, in the order of the labels; None for their own.

    Raises:
        DataError: There are fewer than two classes, too many, or not as many as names.
    """
    found = np.unique(raw.numbers).tolist()
    values: list[int | str] = sorted(raw.texts) if raw.texts else found
    if not raw.texts:
        _check_numbers(name, found)
    if len(values) < 2:
        raise DataError(f"{name}: every training image has label {values[0]}, expected two classes or more")
    if len(values) > MOST_CLASSES:
        raise DataError(f"{name}: {len(values):,} different labels, expected at most {MOST_CLASSES:,} classes")
    if raw.texts:
        labels, note = names or tuple(map(str, values)), f"labels are texts: {_list(values)}"
        return _check_names(name, Classes(labels, tuple(values), note))
    whole = list(range(found[-1] + 1))
    if values == whole or (names and len(names) == len(whole)):
        empty = [names[number] for number in whole if number not in set(found)] if names else []
        note = f"no training image of {_list(empty)}: a model can't learn it" if empty else ""
        return _check_names(name, Classes(names or tuple(map(str, whole)), tuple(whole), note), len(whole))
    labels = names or tuple(map(str, values))
    named = f"are the {len(values)} classes" + ("" if names else ", named by their numbers")
    return _check_names(name, Classes(labels, tuple(values), f"labels {_list(values)} {named}"))


def _check_numbers(name: str, found: list[int]) -> None:
    if found[0] < 0:
        hint = "number the classes from 0: y = np.unique(y, return_inverse=True)[1]"
        raise DataError(f"{name}: train label {found[0]} out of range, expected 0 or more", hint)
    if found[-1] >= MOST_CLASSES:
        hint = "number the classes from 0: y = np.unique(y, return_inverse=True)[1]"
        raise DataError(f"{name}: train label {found[-1]} out of range, expected at most {MOST_CLASSES - 1}", hint)


def _check_names(name: str, classes: Classes, expected: int | None = None) -> Classes:
    labels, count = classes.labels, expected or len(classes.values)
    if len(labels) != count or len(set(labels)) < len(labels) or not all(labels):
        raise DataError(
            f"{name}: {len(labels)} class names ({', '.join(labels)}), expected {count} different ones",
            "name every class: `class_names=['a', 'b', 'c']`",
        )
    return classes


def _show(values: list[int | str]) -> str:
    """The number farthest from what is expected, or the first of unknown texts."""
    numbers = [value for value in values if isinstance(value, int)]
    if len(numbers) < len(values):
        return repr(values[0])
    return str(min(numbers) if min(numbers) < 0 else max(numbers))


def _list(values: Iterable[object]) -> str:
    """Return values in a sentence: all of a few, the first and the last of many.

    Example:
        >>> _list("abc"), _list(range(1, 11))
        ('a, b, c', '1, 2, 3, 4, … 10')
    """
    words = list(map(str, values))
    return ", ".join(words if len(words) <= SHOWN else [*words[: SHOWN - 1], f"… {words[-1]}"])
