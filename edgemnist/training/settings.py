"""Settings: frozen records whose fields say what they take, and their form as plain values and as TOML.

The type of a field states its rule: `epochs: Annotated[int, COUNT]`. Values from Python, from a dictionary and from a
file are held to the same rules when the record is made, so a record that exists is in range.

`--help` reads this module: what only a mistake or a file needs is imported there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import MISSING, asdict, dataclass, fields, replace
from numbers import Integral, Real
from types import NoneType
from typing import Any, TypeVar, get_args, get_type_hints

from edgemnist.errors import UsageError
from edgemnist.text import escape_controls

Kind = TypeVar("Kind", bound="Settings")
MOST_SEED = 2**32 - 1
MOST_SHOWN = 60  # characters of an unknown key


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`.

    Args:
        low: The smallest.
        high: What none is above; infinity where all finite ones will do.
        low_open, high_open: True if `low` or `high` itself is none of them.

    Example:
        >>> 0 in Range(0, 1), 0 in Range(0, 1, low_open=True), 1 in Range(0, 1), math.nan in Range(0)
        (True, False, False, False)
    """

    low: float
    high: float = math.inf
    low_open: bool = False
    high_open: bool = True

    def __contains__(self, value: float) -> bool:
        above = self.low < value if self.low_open else self.low <= value
        return above and (value < self.high if self.high_open else value <= self.high)


@dataclass(frozen=True)
class Rule:
    """What a setting must be.

    Args:
        expected: Noun phrase for messages.
        fits: True of such a value; only called with values of the field's own type.
        optional: True if the field may also be None, which is what files and records leave out.
        names: All such values, where they are few texts.
        range: All such values, where they are the numbers of a range.
    """

    expected: str
    fits: Callable[[Any], bool]
    optional: bool = False
    names: tuple[str, ...] = ()
    range: Range | None = None


def within(expected: str, range: Range) -> Rule:
    """Return the rule that a number is in a range."""
    return Rule(expected, range.__contains__, range=range)


SIZES_TEXT = re.compile(r"([1-9]\d{0,4}(-[1-9]\d{0,4})*)?")
WIDTHS_TEXT = re.compile(r"((2|3|4|8|ternary)(-(2|3|4|8|ternary))*)?")
COUNT = within("a whole number from 1", Range(1))
FRACTION = within("a number above 0 and below 1", Range(0, 1, low_open=True))
FROM_HALF = within("a finite number from 0.5", Range(0.5))
POSITIVE = within("a number above 0", Range(0, low_open=True))
NOT_NEGATIVE = within("a finite number from 0", Range(0))
SHARE = within("a number from 0 to below 1", Range(0, 1))
PART = within("a number above 0, up to 1", Range(0, 1, low_open=True, high_open=False))
FINITE = Rule("a finite number", math.isfinite)
LINE = Rule("a line of printable text", str.isprintable)
TRUTH = Rule("true or false", lambda value: True)
SIZES = Rule("sizes from 1 to 99999, such as 512-256", lambda value: bool(SIZES_TEXT.fullmatch(value)))

WIDTHS = Rule(
    "2, 3, 4, 8 or ternary, or one for each layer, such as 8-4-2", lambda value: bool(WIDTHS_TEXT.fullmatch(value))
)


def require_seed(seed: int) -> None:
    """Refuse a seed that is out of range.

    Raises:
        UsageError: It is no number from 0 to 2³² - 1.
    """
    if not 0 <= seed <= MOST_SEED:
        raise UsageError(f"seed is {seed}, expected a whole number from 0 to {MOST_SEED}")


def one_of(names: Collection[str]) -> Rule:
    """Return the rule that a text is one of `names`."""
    return Rule(f"one of {', '.join(names)}", lambda value: value in names, names=tuple(names))


@dataclass(frozen=True)
class Settings:
    """Base of the records: each is a frozen dataclass of plain values with a `Rule`, and of other records.

    Numbers of NumPy become Python's own.

    Raises:
        UsageError: A value is not what its field takes.
    """

    def __post_init__(self) -> None:
        for name, (kind, rule) in _list_fields(type(self)).items():
            object.__setattr__(self, name, require(name, kind, rule, getattr(self, name)))

    def to_record(self) -> dict[str, Any]:
        """Return the settings as plain values: a dictionary for each record inside, without what is None."""
        return asdict(self, dict_factory=lambda items: {key: value for key, value in items if value is not None})

    @classmethod
    def from_record(cls: type[Kind], record: Mapping[str, Any]) -> Kind:
        """Make settings of plain values. What is left out gets its default.

        Args:
            record: What `to_record` returns, or part of it.

        Raises:
            UsageError: A key is unknown or absent, or a value is not what its field takes.
        """
        known = _list_fields(cls)
        require_known(record, known, _list_places(known))
        for field in fields(cls):
            if field.name not in record and field.default is MISSING:
                raise UsageError(f"{field.name} is missing, expected {known[field.name][1].expected}")
        return cls(**{key: _read(key, known[key][0], value) for key, value in record.items()})

    @classmethod
    def list_rules(cls) -> dict[tuple[str, ...], tuple[type, Rule]]:
        """Return the type and the rule of each setting, by the names of the records that it is in, and its own."""
        found = dict[tuple[str, ...], tuple[type, Rule]]()
        for name, (kind, rule) in _list_fields(cls).items():
            inner = kind.list_rules() if issubclass(kind, Settings) else {(): (kind, rule)}
            found |= {(name, *path): one for path, one in inner.items()}
        return found

    def to_toml(self) -> str:
        """Return the settings as the text of a TOML file, which `tomllib` reads as `to_record()`."""
        return "\n".join(_list_lines(self.to_record())) + "\n"


def require_known(record: Mapping[str, Any], known: Collection[str], places: Mapping[str, str] | None = None) -> None:
    """Find out that a key of a table is none that is expected there.

    Args:
        record: Table.
        known: All keys that are.
        places: What to call the nearest in the hint; None for the keys themselves.

    Raises:
        UsageError: One is unknown.
    """
    for key in record:
        if key not in known:
            shown = escape_controls(str(key))[:MOST_SHOWN]
            hint = guess(shown, places or {name: name for name in known})
            raise UsageError(f"{shown} is no setting, expected one of {', '.join(known)}", hint)


def guess(text: str, known: Mapping[str, str]) -> str:
    """Return a hint that asks for the nearest of the known names; empty where none is near.

    Args:
        text: What isn't among them.
        known: What to call each name in the hint.

    Example:
        >>> guess("epoch", {"epochs": "schedule.epochs"}), guess("colour", {"epochs": "epochs"})
        ('did you mean schedule.epochs?', '')
    """
    import difflib

    near = difflib.get_close_matches(text, known, 1)
    return f"did you mean {known[near[0]]}?" if near else ""


def _list_places(known: Mapping[str, tuple[type, Rule]]) -> dict[str, str]:
    """Return where each setting stands: of a record itself, and of the records inside it."""
    places = {name: name for name in known}
    for table, (kind, _) in known.items():
        for name in _list_fields(kind) if issubclass(kind, Settings) else ():
            places.setdefault(name, f"{table}.{name}")
    return places


def _list_fields(kind: type[Settings]) -> dict[str, tuple[type, Rule]]:
    """Return the type and the rule of each field."""
    hints = get_type_hints(kind, include_extras=True)
    found = {}
    for name in (field.name for field in fields(kind)):
        if hasattr(hints[name], "__metadata__"):
            kind, rule = hints[name].__origin__, hints[name].__metadata__[0]
            plain = [one for one in get_args(kind) if one is not NoneType]  # of `float | None`
            found[name] = (plain[0], replace(rule, optional=True)) if plain else (kind, rule)
        else:
            found[name] = hints[name], Rule(f"a table with {', '.join(_list_fields(hints[name]))}", lambda value: True)
    return found


def require(name: str, kind: Any, rule: Rule, value: Any) -> Any:
    """Return `value` as Python's own type.

    Raises:
        UsageError: It is not what the field takes.
    """
    if value is None and rule.optional:
        return None
    wanted = {int: Integral, float: Real}.get(kind, kind)
    if isinstance(value, wanted) and (kind is bool or not isinstance(value, bool)):
        try:
            plain = value if issubclass(kind, Settings) else kind(value)
        except OverflowError:  # a whole number beyond all floats
            plain = math.inf
        if rule.fits(plain):
            return plain
    from edgemnist.manifest_fields import show

    hint = guess(str(value), {known: known for known in rule.names}) if isinstance(value, str) else ""
    raise UsageError(f"{name} is {show(value)}, expected {rule.expected}", hint)


def _read(key: str, kind: type, value: Any) -> Any:
    if not (issubclass(kind, Settings) and isinstance(value, Mapping)):
        return value
    try:
        return kind.from_record(value)
    except UsageError as error:
        raise UsageError(f"{key}.{error.message}", error.hint) from error


def _list_lines(record: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Yield the lines of a table: its own values first, then the tables inside."""
    import json

    for key, value in record.items():
        if not isinstance(value, Mapping):
            # What JSON writes of a line of printable text, a finite number and a truth value, TOML reads.
            yield f"{key} = {json.dumps(value, ensure_ascii=False)}"
    for key, value in record.items():
        if isinstance(value, Mapping):
            yield from ("", f"[{path}{key}]", *_list_lines(value, f"{path}{key}."))
