"""What each field of a manifest must be: a row a field.

A manifest may come from anyone. What is used of it is checked once, where it is read: nothing later fails on a text
where a number was expected, or deletes a file that a manifest names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from reprlib import Repr
from typing import Any, get_args

from edgemnist.contract import SHA256, SOURCE_NAME, FormatName
from edgemnist.files import is_plain_name
from edgemnist.files.transaction import ANSWERS_NAME
from edgemnist.precision import PRECISIONS

SCHEMA = 1
# Whole numbers are below this: those of 64 bits.
MOST = 2**63
_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 60


@dataclass(frozen=True)
class Kind:
    """What a value must be.

    Args:
        expected: In words.
        fits: True of such a value.
        needed: False if the field may be absent.
    """

    expected: str
    fits: Callable[[Any], bool]
    needed: bool = True


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_hash(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(SHA256, value) is not None


def _is_number(value: Any) -> bool:
    """True for what can be written with decimals: a longer whole number is no float."""
    return isinstance(value, float) or (_is_whole(value) and -MOST < value < MOST)


def _is_count(value: Any) -> bool:
    return _is_whole(value) and 0 <= value < MOST


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _maps(keys: Callable[[Any], bool], values: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(keys(key) and values(one) for key, one in value.items())


def _is_one_of(*names: str) -> Kind:
    return Kind(f"one of {', '.join(names)}", lambda value: value in names)


def _or_null(kind: Kind) -> Kind:
    return Kind(f"{kind.expected} or null", lambda value: value is None or kind.fits(value), needed=False)


TEXT = Kind("a text", _is_text)
HASH = Kind("64 hexadecimal digits", _is_hash)
COUNT = Kind("a whole number from 0 to below 2^63", _is_count)
TRUTH = Kind("true or false", lambda value: isinstance(value, bool), needed=False)
OBJECT = Kind("an object", lambda value: isinstance(value, dict), needed=False)
TEXTS = Kind("a list of texts", lambda value: isinstance(value, list) and all(map(_is_text, value)), needed=False)
_NUMBER, _COUNT, _TEXT = (_or_null(kind) for kind in (Kind("a number of at most 64 bits", _is_number), COUNT, TEXT))

_EPOCH = frozenset({"loss", "accuracy", "validation_loss", "validation_accuracy"})
_is_epoch = _maps(lambda key: key in _EPOCH, _is_number)
HISTORY = Kind(
    f"a list of epochs with numbers for {', '.join(sorted(_EPOCH))}",
    lambda value: isinstance(value, list) and all(map(_is_epoch, value)),
    needed=False,
)

MODEL: Mapping[str, Kind] = {
    "sha256": HASH,
    "size_bytes": COUNT,
    "format": _is_one_of(*get_args(FormatName)),
    "precision": _is_one_of(*PRECISIONS),
    "source": OBJECT,
    "companions": Kind("an object of hashes by plain file names", _maps(is_plain_name, _is_hash), needed=False),
    "options": Kind(
        "an object of texts, numbers, true and false",
        _maps(_is_text, lambda value: isinstance(value, str | int | float)),
        needed=False,
    ),
    "versions": Kind("an object of texts", _maps(_is_text, _is_text), needed=False),
    "calibration": OBJECT,
    "training": OBJECT,
    "data": OBJECT,
    "verified": OBJECT,
    "outputs": OBJECT,
}
# The fields of a field, as far as they are used.
PARTS: Mapping[str, Mapping[str, Kind]] = {
    "source": {
        "name": Kind("a file name", lambda value: _is_text(value) and re.fullmatch(SOURCE_NAME, value) is not None),
        "sha256": HASH,
        "path": _or_null(TEXT),
    },
    "training": {
        **dict.fromkeys(("validation_accuracy", "test_accuracy"), _NUMBER),
        "best_epoch": _COUNT,
        "history": HISTORY,
    },
    "outputs": {"runtime": TEXT, "sha256": HASH, "data_sha256": HASH},
    "data": {"name": TEXT, "labels": TEXTS, "training_sha256": HASH, "test_sha256": HASH},
    "verified": {
        **dict.fromkeys(("accuracy", "drop_points", "agreement", "max_abs_difference"), _NUMBER),
        **dict.fromkeys(("images", "broken", "fixed", "changed"), _COUNT),
        **dict.fromkeys(("runtime", "reference"), _TEXT),
        "passed": TRUTH,
        "reasons": TEXTS,
    },
}
ANSWERS: Mapping[str, Kind] = {"sha256": HASH, "model_sha256": HASH, "data_sha256": HASH}


def check_document(document: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Check a manifest's document, and leave the way to a source out where it leads out of the folder.

    Returns:
        The entries of models and of stored answers, by file name.

    Raises:
        ValueError: A field is absent, or not what it must be; the message names entry and field.
    """
    if (schema := document.get("schema")) != SCHEMA:
        raise ValueError(f"schema {show(schema)}, expected {SCHEMA}")
    top = {"models": OBJECT, "answers": OBJECT}
    _check_fields("the manifest", document, {name: Kind(kind.expected, kind.fits) for name, kind in top.items()})
    models, answers = document["models"], document["answers"]
    for name, entry in models.items():
        _check_model(name, entry)
    for name, entry in answers.items():
        # What is no longer needed is deleted by name: no other file may be listed here.
        if not ANSWERS_NAME.fullmatch(name):
            raise ValueError(f"{show(name)} is listed as stored answers, and hasn't the name of any")
        _check_fields(f"answers {show(name)}", entry, ANSWERS)
    return models, answers


def _check_model(name: str, entry: Any) -> None:
    if not is_plain_name(name):
        raise ValueError(f"{show(name)} is listed as a model, and isn't the name of a file in this folder")
    _check_fields(show(name), entry, MODEL)
    for part, fields in PARTS.items():
        if part in entry:
            _check_fields(f"{show(name)}: {part}", entry[part], fields)
    source = entry.get("source", {})
    if not is_plain_name(source.get("path")):
        source.pop("path", None)


def _check_fields(owner: str, entry: Any, fields: Mapping[str, Kind]) -> None:
    if not isinstance(entry, dict):
        raise ValueError(f"{owner} is {show(entry)}, expected an object")
    for name, kind in fields.items():
        if name not in entry:
            if kind.needed:
                raise ValueError(f"{owner} has no {name}, expected {kind.expected}")
        elif not kind.fits(entry[name]):
            raise ValueError(f"{owner}: {name} is {show(entry[name])}, expected {kind.expected}")


def find_difference(then: Mapping[str, Any], now: Mapping[str, Any]) -> str | None:
    """Return the first value in which two records differ, in words; None where they don't.

    Example:
        >>> find_difference({"seed": 1, "data": {"name": "a"}}, {"seed": 1, "data": {"name": "b"}})
        "data.name was 'a', and is 'b' now"
    """
    first, second = (flatten(one) for one in (then, now))
    for name in {**second, **first}:
        if first.get(name) != second.get(name):
            return f"{name} was {show(first.get(name))}, and is {show(second.get(name))} now"
    return None


def flatten(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a record and of those inside, in their order, each named by its keys.

    One from elsewhere may be nested as deep as JSON goes.

    Example:
        >>> flatten({"seed": 1, "data": {"name": "a"}})
        {'seed': 1, 'data.name': 'a'}
    """
    found: dict[str, Any] = {}
    left = [*record.items()][::-1]
    while left:
        name, value = left.pop()
        if isinstance(value, Mapping):
            left += [(f"{name}.{key}", inner) for key, inner in value.items()][::-1]
        else:
            found[name] = value
    return found


def show(value: Any) -> str:
    """Return a value from elsewhere so that it fits into a message: short, and without control characters.

    Example:
        >>> show("one " * 99).startswith("'one"), len(show("one " * 99)) <= 60
        (True, True)
    """
    return _SHORT.repr(value)
