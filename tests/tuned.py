"""A stand-in for training, so that tests of a search load no TensorFlow: how good a recipe is, is computed of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from edgemnist.errors import EdgeMnistError
from edgemnist.training.history import Epoch, Progress
from edgemnist.training.recipes import Recipe

TOML = """
[network]
name = "dense"
sizes = "8"

[schedule]
epochs = 3

[search.optimizer]
name = ["adam", "sgd"]
learning_rate = {low = 1e-4, high = 1e-1, log = true}
momentum = [0.0, 0.9]

[search.network]
sizes = ["4", "8", "16"]
"""


def write_recipe(folder: Path) -> Path:
    path = folder / "tiny.toml"
    path.write_text(TOML)
    return path


def rate(recipe: Recipe) -> float:
    """Return an accuracy: best with sgd, at a rate of 0.01, and with many units."""
    distance = abs(math.log10(recipe.optimizer.learning_rate) + 2)
    return 0.9 - 0.2 * distance - 0.05 * (recipe.optimizer.name == "adam") + recipe.network.numbers[0] / 1000


def make_fit(before: Callable[[Recipe, int], None] = lambda recipe, epoch: None) -> Callable[..., Any]:
    """Return what stands in for `fit`.

    Args:
        before: Called before each epoch; what it raises ends the training.
    """

    def fit(
        recipe: Recipe, split: Any, *, seed: int, teachers: Sequence[Any], report: Callable[[Progress], None]
    ) -> SimpleNamespace:
        epochs = recipe.schedule.epochs
        for number in range(1, epochs + 1):
            before(recipe, number)
            accuracy = rate(recipe) * number / epochs
            progress = Progress(number, epochs, 1, 1, 0.5, 0.5, Epoch(0.5, 0.5, 0.5, accuracy, 0.1), number == epochs)
            report(progress)
        return SimpleNamespace(validation=SimpleNamespace(accuracy=accuracy))

    return fit


def diverge(recipe: Recipe, epoch: int) -> None:
    raise EdgeMnistError("the loss is nan in epoch 1: the training diverged")
