"""Answers that a device printed over its console, amid whatever else it printed.

A line begins with `answers:`, behind a time stamp or a tag if the console puts one there. One line says whose answers
they are, with `name=value`; each other gives the place of an image in the test split and the outputs. A serial line
loses characters and a board that restarts prints twice: what is damaged, missing or repeated is said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np

from edgemnist.contract import Output
from edgemnist.contract.scores import Kind
from edgemnist.contract.tensors import DType
from edgemnist.errors import ModelError
from edgemnist.files import open_file, read_file
from edgemnist.precision import PRECISIONS
from edgemnist.saved_answers import MAKE, SavedAnswers
from edgemnist.saved_answers.numbers import MOST_INDEX, is_number, read_values

# The answers to 10,000 images take 1 MB: more than ten times that.
MOST_BYTES = 1 << 24
# How far a log is searched for its first line of answers.
SEARCHED_BYTES = 1 << 20
SHOWN = 5
MARK = "answers:"
_LINE = re.compile(r"(?<!\w)answers:[ \t]+(\S.*)")
# What a log is known by, among texts that use the word: an image and a number, or whose answers they are.
_SURE_LINE = re.compile(r"(?<!\w)answers:[ \t]+(?:\d+[ \t]+[-+]?(?:[\d.]|nan|inf)|(?:model|data|dtype|kit)=)", re.I)
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_HASH = re.compile(r"[0-9a-f]{64}")
# What the line that says whose answers they are may hold.
_FIELDS = ("model", "data", "precision", "dtype", "kind", "scale", "zero_point", "classes", "images", "kit")


def holds_answers(path: Path) -> bool:
    """True for a text in which a line of answers is found."""
    with open_file(path, missing=MAKE) as stream:
        return _SURE_LINE.search(_decode(stream.read(SEARCHED_BYTES))) is not None


def write_head(fields: Mapping[str, object]) -> str:
    """Return what the line that says whose answers they are holds behind `answers:`.

    Example:
        >>> write_head({"dtype": "int8", "scale": None, "images": 20})
        'dtype=int8 images=20'
    """
    assert not fields.keys() - set(_FIELDS)
    return " ".join(f"{name}={value}" for name, value in fields.items() if value is not None)


def read(path: Path) -> SavedAnswers:
    """Read the answers in a console's log.

    Raises:
        ModelError: There are none in it, or those of two models.
    """
    head: dict[str, str] = {}
    rows: list[tuple[int, list[str]]] = []
    for number, line in enumerate(_decode(read_file(path, MOST_BYTES, missing=MAKE)).splitlines(), 1):
        if found := _LINE.search(line):
            words = found[1].split()
            if "=" in words[0]:
                head = _join_heads(path, head, _read_head(path, number, words))
            else:
                rows.append((number, words))
    if not rows:
        raise ModelError(f"{path}: no line of answers in it, expected `{MARK} INDEX VALUE …`", MAKE)
    lines = _Lines.read(rows, head)
    if not lines.answers:
        raise ModelError(f"{path}: no line of answers in it is whole", "print them again")
    return _collect(path, head, lines)


def _collect(path: Path, head: dict[str, str], lines: _Lines) -> SavedAnswers:
    indices = sorted(lines.answers)
    outputs: np.ndarray[Any, Any] = np.array([lines.answers[index] for index in indices])
    output = _read_output(head)
    if output is not None:
        outputs = outputs.astype(output.dtype)
    return SavedAnswers(
        str(path),
        outputs,
        np.array(indices, np.int64),
        output,
        precision=PRECISIONS.get(head.get("precision", ""), PRECISIONS["unknown"]).name,
        model_sha256=head.get("model", ""),
        data_sha256=head.get("data", ""),
        machine=f"a kit for {head['kit']}" if "kit" in head else "",
        incomplete=bool(lines.damaged or lines.count_missing(head)),
        notes=tuple(f"{path}: {note}" for note in lines.list_notes(head)),
        contradictions=tuple(lines.list_contradictions()),
    )


def _decode(content: bytes) -> str:
    """Return a log as text: PowerShell redirects it as UTF-16; a serial line may hold any bytes."""
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    return _COLOUR.sub("", content.decode("utf-16" if wide else "utf-8", errors="replace"))


def _read_head(path: Path, number: int, words: list[str]) -> dict[str, str]:
    """Return the fields of a line that says whose answers they are; one that is damaged is left out.

    Raises:
        ModelError: A field that decides what the numbers mean is none.
    """
    fields = {name: value for name, sign, value in (word.partition("=") for word in words) if sign and name in _FIELDS}
    for name in ("model", "data"):
        if name in fields and not _HASH.fullmatch(fields[name]):
            raise ModelError(f"{path}: line {number}: {name} is no SHA-256: it is damaged", "print them again")
    known = {"dtype": get_args(DType), "kind": get_args(Kind)}
    for name, names in known.items():
        if name in fields and fields[name] not in names:
            expected = ", ".join(names)
            raise ModelError(f"{path}: line {number}: {name}={fields[name]}, expected {expected}", "print them again")
    for name in ("scale", "zero_point", "classes", "images"):
        number_type, least = (float, 0.0) if name == "scale" else (int, 1)
        if name in fields and not is_number(fields[name], number_type, -MOST_INDEX if name == "zero_point" else least):
            raise ModelError(f"{path}: line {number}: {name}={fields[name]} is no number for it", "print them again")
    return fields


def _join_heads(path: Path, first: dict[str, str], second: dict[str, str]) -> dict[str, str]:
    if first and first != second:
        differing = next(name for name in _FIELDS if first.get(name) != second.get(name))
        raise ModelError(
            f"{path}: answers of two models or kits: {differing} is {first.get(differing)}, and later "
            f"{second.get(differing)}",
            "keep one run of the device in each file",
        )
    return second


def _read_output(head: Mapping[str, str]) -> Output | None:
    if "dtype" not in head:
        return None
    scale, zero_point = head.get("scale"), head.get("zero_point")
    return Output(
        "answers",
        next(name for name in get_args(DType) if name == head["dtype"]),
        next((name for name in get_args(Kind) if name == head.get("kind")), "unknown"),
        float(scale) if scale else None,
        int(zero_point) if zero_point else None,
    )


@dataclass(frozen=True)
class _Lines:
    """The lines of answers in a log.

    Args:
        answers: Numbers by the image's place in the test split.
        damaged: Numbers of lines that can't be read, from 1.
        repeated: Images that came again with the same answers.
        contradicted: Images that came again with others.
    """

    answers: dict[int, list[float]]
    damaged: list[int]
    repeated: list[int]
    contradicted: list[int]

    @classmethod
    def read(cls, rows: list[tuple[int, list[str]]], head: Mapping[str, str]) -> _Lines:
        """Read lines, as number and words: those whose count of values isn't the usual one are damaged."""
        counts = Counter(len(words) - 1 for _, words in rows)
        classes = int(head["classes"]) if "classes" in head else counts.most_common(1)[0][0]
        dtype = np.dtype(head.get("dtype", "float64"))
        lines = cls({}, [], [], [])
        for number, (index_word, *words) in rows:
            values = read_values(words, dtype)
            if len(words) != classes or values is None or not is_number(index_word, int, 0):
                lines.damaged.append(number)
            else:
                lines._add(int(index_word), values)
        return lines

    def _add(self, index: int, values: list[float]) -> None:
        if index not in self.answers:
            self.answers[index] = values
        elif np.array_equal(self.answers[index], values, equal_nan=True):
            self.repeated.append(index)
        else:
            self.contradicted.append(index)

    def count_missing(self, head: Mapping[str, str]) -> int:
        """Return how many images that the device was to answer are missing; 0 where nothing says how many it was."""
        return max(0, int(head["images"]) - len(self.answers)) if "images" in head else 0

    def list_notes(self, head: Mapping[str, str]) -> list[str]:
        """Say what is damaged, missing and repeated."""
        notes = []
        if self.damaged:
            notes.append(f"{_count(self.damaged, 'line')} of answers damaged, and left out: line {_list(self.damaged)}")
        if missing := self.count_missing(head):
            notes.append(f"{missing:,} of the {int(head['images']):,} images that it was to answer are missing")
        if self.repeated:
            notes.append(f"{_count(self.repeated, 'image')} answered again, with the same numbers")
        return notes

    def list_contradictions(self) -> list[str]:
        """Say which images have two answers."""
        return [f"two different answers to image {index} on one device" for index in dict.fromkeys(self.contradicted)]


def _count(found: list[int], noun: str) -> str:
    return f"{len(found):,} {noun}{'' if len(found) == 1 else 's'}"


def _list(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers[:SHOWN])) + (", …" if len(numbers) > SHOWN else "")
