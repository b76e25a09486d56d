"""The settings that a search varies: which can be, and between which values each is. Only the standard library."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from edgemnist.errors import UsageError
from edgemnist.training.recipes import SEARCH, Recipe
from edgemnist.training.settings import Rule, require, require_known

Place = tuple[str, ...]
# What is not varied: it names the recipe, or decides by which images and by whose answers the trials are judged.
FIXED: Collection[Place] = (
    ("name",), ("summary",), ("validation",), ("validation_fraction",), ("distillation", "recipe"),
    ("distillation", "count"),
)  # fmt: skip
RANGE_KEYS = ("low", "high", "log")
RULES = Recipe.list_rules()


@dataclass(frozen=True)
class Choice:
    """Some values, of which one is taken.

    Args:
        values: What they are, each of them once.
    """

    values: tuple[Any, ...]

    def to_record(self) -> list[Any]:
        """Return it as a file has it."""
        return list(self.values)


@dataclass(frozen=True)
class Span:
    """All numbers between two, these included.

    Args:
        low, high: The two; whole ones for a setting that is a whole number.
        log: True to draw as many below their geometric mean as above.
    """

    low: float
    high: float
    log: bool = False

    def to_record(self) -> dict[str, Any]:
        """Return it as a file has it."""
        return {"low": self.low, "high": self.high, "log": self.log}


Dimension = Choice | Span


def read_dimension(place: Place, value: Any) -> Dimension:
    """Return the values of a setting that a file has below `search`, or raise a UsageError that names the key."""
    name = ".".join((SEARCH, *place))
    if place in FIXED:
        raise UsageError(f"{name} can't be searched: it has one value for all trials", "state it in the recipe itself")
    kind, rule = RULES[place]
    if isinstance(value, list | tuple):
        return _read_choice(name, kind, rule, value)
    if isinstance(value, Mapping):
        return _read_span(name, kind, rule, value)
    raise UsageError(
        f"{name} is {show_value(value)}, expected a list of values, or a table with low and high",
        f"write [{show_value(value)}] for this one alone",
    )


def _read_choice(name: str, kind: type, rule: Rule, values: Collection[Any]) -> Choice:
    found = tuple(require(f"a value of {name}", kind, rule, value) for value in values)
    if not found or len(set(found)) < len(found):
        raise UsageError(f"{name} is {show_value(list(values))}, expected one or more values, each of them once")
    return Choice(found)


def _read_span(name: str, kind: type, rule: Rule, value: Mapping[str, Any]) -> Span:
    if kind not in (int, float):
        raise UsageError(f"{name} is a table, expected a list of values: they are no numbers")
    try:
        require_known(value, RANGE_KEYS)
    except UsageError as error:
        raise UsageError(f"{name}.{error.message}", error.hint) from error
    if missing := {"low", "high"} - value.keys():
        raise UsageError(f"{name}.{min(missing)} is missing, expected {rule.expected}")
    low, high = (require(f"{name}.{key}", kind, rule, value[key]) for key in ("low", "high"))
    log = value.get("log", False)
    if not isinstance(log, bool):
        raise UsageError(f"{name}.log is {show_value(log)}, expected true or false")
    if low >= high or (log and low <= 0):
        above = "a low end above 0, and a high end above it" if log else "a high end above the low one"
        raise UsageError(f"{name} is from {low} to {high}, expected {above}")
    return Span(low, high, log)


def show_value(value: Any) -> str:
    """Return a value from elsewhere as messages have it."""
    from edgemnist.manifest_fields import show  # only a mistake needs it

    return show(value)
