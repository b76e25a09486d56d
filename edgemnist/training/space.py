"""Search spaces: which settings of a recipe `tune` varies, and between which values. Only the standard library.

A space is part of a recipe's file, in tables below `search` that are named as the recipe's own:

    [search.optimizer]
    name = ["adam", "sgd"]
    learning_rate = {low = 1e-4, high = 1e-2, log = true}
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgemnist.errors import UsageError
from edgemnist.training.dimensions import FIXED, RULES, Choice, Dimension, Place, read_dimension, show_value
from edgemnist.training.networks import SIZED
from edgemnist.training.parts import OPTIMIZERS
from edgemnist.training.recipes import EXTENSION, SEARCH, Recipe, find_recipe, naming_file, read_document
from edgemnist.training.settings import require_known

# Settings that only some values of another one have: what that is, its values, and what to be without.
BOUND: Mapping[Place, tuple[Place, Collection[str], Any]] = {
    ("optimizer", "momentum"): (("optimizer", "name"), ("sgd",), 0.0),
    ("network", "sizes"): (("network", "name"), SIZED, ""),
}
# What is tried where a recipe has no search space: "" is the network's own.
USUAL_SIZES = {
    "dense": ("", "128", "256-128", "1024-512"),
    "small": ("", "16", "64"),
    "cnn": ("", "16-32-64", "32-64-128"),
    "pooled": ("", "64-40", "72-64-40", "128-48-32"),
    "narrow": ("", "6-9-11-13", "8-12-17-22", "10-16-28-46"),
}
# So many combinations may be tried one by one.
MOST_COMBINATIONS = 1000


@dataclass(frozen=True)
class SearchSpace:
    """What is varied.

    Args:
        dimensions: Values of each setting that is varied, by its tables and key as in a recipe's file; one or more.

    Example:
        >>> space = SearchSpace.from_record({"schedule": {"batch_size": [32, 64]}})
        >>> space.vary(find_recipe("small"), lambda name, dimension: dimension.values[0]).schedule.batch_size
        32
    """

    dimensions: Mapping[Place, Dimension]

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> SearchSpace:
        """Make a space of plain values, as a file has them below `search`.

        Raises:
            UsageError: A key is unknown, or its values are not what the setting takes. The message names the key.
        """
        dimensions = dict(_read_tables(record, ()))
        if not dimensions:
            raise UsageError("search is empty, expected a table such as [search.optimizer] with values", "fill it")
        return cls(dimensions)

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values: a table in a table for each name."""
        record: dict[str, Any] = {}
        for (*tables, key), dimension in self.dimensions.items():
            place = record
            for table in tables:
                place = place.setdefault(table, {})
            place[key] = dimension.to_record()
        return record

    def leave(self, places: Collection[Place]) -> SearchSpace:
        """Return the space without some settings, which stay as the recipe has them.

        Raises:
            UsageError: Nothing is left to vary.
        """
        kept = {place: dimension for place, dimension in self.dimensions.items() if place not in places}
        if not kept:
            raise UsageError("every setting of the search has a fixed value", "leave one of them open")
        return SearchSpace(kept)

    def narrow(self, recipe: Recipe) -> SearchSpace:
        """Return the space without the settings that a recipe can't have, whatever else is drawn.

        Raises:
            UsageError: Nothing is left to vary.
        """
        kept = {place: dimension for place, dimension in self.dimensions.items() if self._applies(place, recipe)}
        if not kept:
            idle = next(iter(self.dimensions))
            other, values, _ = BOUND[idle]
            raise UsageError(
                f"the search varies nothing: {'.'.join(idle)} is for {'.'.join(other)} {' or '.join(values)}, "
                f"and the recipe has {_find(recipe, other)}",
                f"search {'.'.join(other)} too, or another setting",
            )
        return SearchSpace(kept)

    def count_combinations(self, recipe: Recipe) -> int | None:
        """Return how many different settings trials can have; None where there are too many to try all of them.

        Example:
            >>> space = SearchSpace.from_record({"optimizer": {"name": ["adam", "sgd"], "momentum": [0.5, 0.9]}})
            >>> space.count_combinations(find_recipe("small"))
            3
        """
        choices = [dimension.values for dimension in self.dimensions.values() if isinstance(dimension, Choice)]
        if len(choices) < len(self.dimensions) or math.prod(map(len, choices)) > MOST_COMBINATIONS:
            return None
        drawn = (dict(zip(self.dimensions, values, strict=True)) for values in itertools.product(*choices))
        return len({self._list_used(recipe, values) for values in drawn})

    def _list_used(self, recipe: Recipe, values: Mapping[Place, Any]) -> frozenset[tuple[Place, Any]]:
        """Return those of the values that have a meaning beside the others."""
        return frozenset((place, value) for place, value in values.items() if _is_bound(place, recipe, values))

    def _applies(self, place: Place, recipe: Recipe) -> bool:
        if place not in BOUND:
            return True
        other, values, _ = BOUND[place]
        dimension = self.dimensions.get(other)
        drawn = dimension.values if isinstance(dimension, Choice) else (_find(recipe, other),)
        return any(value in values for value in drawn)

    def vary(self, recipe: Recipe, suggest: Callable[[str, Dimension], Any]) -> Recipe:
        """Return the recipe with other values of what is varied.

        Args:
            recipe: What all else is taken from.
            suggest: Called with the dotted name of each setting that the values before it leave a meaning, and with
                its dimension; returns one of its values.

        Raises:
            UsageError: The values contradict each other.
        """
        found: dict[Place, Any] = {}
        # What others are bound to comes first.
        for place in sorted(self.dimensions, key=BOUND.__contains__):
            if _is_bound(place, recipe, found):
                found[place] = suggest(".".join(place), self.dimensions[place])
        for place, (other, _, without) in BOUND.items():
            if place not in found and other in found and found[other] != _find(recipe, other):
                found[place] = without
        return recipe.change(found)


def _find(recipe: Recipe, place: Place) -> Any:
    value: Any = recipe
    for name in place:
        value = getattr(value, name)
    return value


def _is_bound(place: Place, recipe: Recipe, found: Mapping[Place, Any]) -> bool:
    if place not in BOUND:
        return True
    other, values, _ = BOUND[place]
    return found.get(other, _find(recipe, other)) in values


def _read_tables(record: Mapping[str, Any], tables: Place) -> Iterator[tuple[Place, Dimension]]:
    # Those that can't be searched are no advice; each has a message of its own.
    known = [place[len(tables) :] for place in RULES if place[: len(tables)] == tables and place not in FIXED]
    names = {place[0]: place[0] for place in known}
    where = ".".join((SEARCH, *tables))
    searched = {name: value for name, value in record.items() if (*tables, name) not in FIXED}
    try:
        require_known(searched, names, {place[-1]: ".".join(place) for place in known[::-1]} | names)
    except UsageError as error:
        raise UsageError(f"{where}.{error.message}", error.hint) from error
    for name, value in record.items():
        place = (*tables, name)
        if place in RULES:
            yield place, read_dimension(place, value)
        elif isinstance(value, Mapping):
            yield from _read_tables(value, place)
        else:
            raise UsageError(
                f"{where}.{name} is {show_value(value)}, expected a table of settings", f"[{where}.{name}]"
            )


def find_space(recipe: str | Path | Recipe, varied: Recipe | None = None) -> SearchSpace:
    """Return the search space of a recipe: what its file says, or else the usual one.

    Args:
        recipe: As `find_recipe` takes it.
        varied: What will be varied, where it is not the recipe as it is.

    Raises:
        UsageError: There is no such recipe, or the space in its file is wrong.
    """
    if not isinstance(recipe, Recipe) and Path(recipe).suffix == EXTENSION:
        path = Path(recipe)
        document = read_document(path)
        if SEARCH in document:
            with naming_file(path):
                return read_space(document[SEARCH])
    return make_space(varied or find_recipe(recipe))


def read_space(record: Any) -> SearchSpace:
    """Return the space that a file's value of `search` is, or raise a UsageError."""
    if not isinstance(record, Mapping):
        raise UsageError(f"{SEARCH} is {show_value(record)}, expected tables such as [search.optimizer]")
    return SearchSpace.from_record(record)


def make_space(recipe: Recipe) -> SearchSpace:
    """Return the space of a recipe that has none of its own: optimizer, rate, schedule, sizes, batch and views."""
    record: dict[str, Any] = {
        "schedule": {"batch_size": [32, 64, 128, 256], "shape": ["constant", "cosine"]},
        "optimizer": {
            "name": list(OPTIMIZERS),
            "learning_rate": {"low": 1e-4, "high": 1e-1, "log": True},
            "momentum": [0.0, 0.9],
        },
        "augmentation": {
            "rotation": {"low": 0, "high": 15},
            "scale": {"low": 0, "high": 0.2},
            "shift": {"low": 0, "high": 3},
        },
    }
    if recipe.network.name in USUAL_SIZES:
        record["network"] = {"sizes": list(dict.fromkeys((recipe.network.sizes, *USUAL_SIZES[recipe.network.name])))}
    return SearchSpace.from_record(record)
