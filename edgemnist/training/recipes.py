"""Recipes: everything that decides a training, by name. Only the standard library, for `--help`."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from edgemnist.errors import UsageError
from edgemnist.text import phrase_parameter

OPTIMIZERS = ("adam", "adamw", "nadam", "rmsprop", "sgd")


@dataclass(frozen=True)
class Recipe:
    """A training, but for its seed and data.

    Args:
        name: what the user calls it.
        summary: one line for people.
        network: a row of `edgemnist.training.networks.NETWORKS`.
        epochs: passes over the training images, 1 or more.
        batch_size: images a step, 1 or more.
        optimizer: one of `OPTIMIZERS`.
        learning_rate: its step size, above 0.
    """

    name: str
    summary: str
    network: str
    epochs: int
    batch_size: int
    optimizer: str
    learning_rate: float

    def list_settings(self) -> dict[str, Any]:
        """Return what decides the training, by name: all but the summary, which is of the recipe unchanged."""
        return {name: value for name, value in asdict(self).items() if name != "summary"}

    def override(self, **settings: Any) -> Recipe:
        """Return the recipe with each setting that isn't None in place of its own.

        Raises:
            UsageError: a setting is out of its range.

        Example:
            >>> RECIPES["baseline"].override(epochs=3, batch_size=None).epochs
            3
        """
        recipe = replace(self, **{name: value for name, value in settings.items() if value is not None})
        for name in ("epochs", "batch_size", "learning_rate"):
            if not 0 < getattr(recipe, name) < float("inf"):
                given = phrase_parameter(name, getattr(recipe, name))
                raise UsageError(f"{given} is out of range, expected a number above 0")
        if recipe.optimizer not in OPTIMIZERS:
            raise UsageError(f"no optimizer {recipe.optimizer!r}, expected one of {', '.join(OPTIMIZERS)}")
        return recipe


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name="baseline",
            summary="784-512-256-10 dense network, Adam, 5 epochs on all training images: about 98 %",
            network="dense",
            epochs=5,
            batch_size=32,
            optimizer="adam",
            learning_rate=1e-3,
        ),
        Recipe(
            name="small",
            summary="convolutional network of 16,000 parameters for small microcontrollers, Adam, 8 epochs",
            network="small",
            epochs=8,
            batch_size=64,
            optimizer="adam",
            learning_rate=2e-3,
        ),
    )
}


def find_recipe(name: str) -> Recipe:
    """Return the recipe of that name.

    Raises:
        UsageError: there is none.
    """
    if name not in RECIPES:
        raise UsageError(f"no recipe {name!r}, expected one of {', '.join(RECIPES)}")
    return RECIPES[name]
