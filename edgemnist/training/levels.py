"""Weights on few levels while a network trains: a step computes with the levels, and changes what is rounded to them.

The gradient passes the rounding as if it weren't there. The distance between levels follows from the weights of the
layer, so nothing has to be learned or tuned for it.

Source: straight-through estimators, Bengio, Léonard and Courville, 2013. Steps of least square error for a normal
distribution: Max, "Quantizing for Minimum Distortion", 1960.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from edgemnist.errors import UsageError
from edgemnist.formats.keras import is_kernel
from edgemnist.quiet import loading
from edgemnist.training.endings import Ending
from edgemnist.training.parts import Quantization

with loading("tensorflow", "pip install tensorflow"):
    import keras
    import tensorflow as tf


@dataclass(frozen=True)
class Grid:
    """Levels of the weights of a layer: whole numbers of a step.

    Args:
        most: The largest.
        odd: True for odd numbers alone, so that none is zero.
        step: Step as a share of the root of the mean of the weights' squares.
    """

    most: int
    odd: bool
    step: float

    def round(self, weights: Any) -> Any:
        """Return the nearest levels, float32, of weights of any shape."""
        step = self.step * tf.sqrt(tf.reduce_mean(tf.square(weights)) + TINY)
        numbers = weights / step
        nearest = 2 * tf.round((numbers - 1) / 2) + 1 if self.odd else tf.round(numbers)
        return tf.clip_by_value(nearest, -float(self.most), float(self.most)) * step


TINY = 1e-20
# By bits, as a recipe names them. Two and three bits have no zero: with few levels, one more is worth more than it.
GRIDS = {
    "ternary": Grid(1, False, 1.224),
    "2": Grid(3, True, 0.498),
    "3": Grid(7, True, 0.293),
    "4": Grid(7, False, 0.353),
}


class Levels(Ending):
    """The weights of a model that a recipe keeps on levels.

    Args:
        model: Model that is trained.
        settings: Bits of each layer's weights, and from when on.
        steps: Number of steps of the whole training.

    Raises:
        UsageError: The model has another number of layers with weights than the recipe states bits for.
    """

    def __init__(self, model: keras.Model, settings: Quantization, steps: int) -> None:
        kernels = [one for one in model.trainable_weights if is_kernel(one)]
        self._model = model
        self._grids = [(one, GRIDS[bits]) for one, bits in zip(kernels, _spread(settings, kernels), strict=True)
                       if bits in GRIDS]  # fmt: skip
        super().__init__([one for one, _ in self._grids])
        self._first = settings.begin * steps

    def call(self, values: Any, step: Any) -> tuple[Any, list[Any]]:
        """Return the model's answers in training with its weights on levels, inside a gradient tape.

        Args:
            values: What the model takes.
            step: Number of the step, from 0.

        Returns:
            Answers, and what layers add to the loss for these values; what they add for their weights is in
            `model.losses`, of the weights before they are rounded.
        """
        begun = tf.cast(tf.cast(step, tf.float32) >= self._first, tf.float32)
        mapping = [
            (one, one.value + begun * tf.stop_gradient(grid.round(one.value) - one.value)) for one, grid in self._grids
        ]
        with keras.StatelessScope(state_mapping=mapping, collect_losses=True) as scope:
            answers = self._model(values, training=True)
        for variable in self._model.non_trainable_variables:  # what layers note of their inputs
            if (now := scope.get_current_value(variable)) is not None:
                variable.assign(now)
        return answers, scope.losses

    def take(self) -> None:
        """Put the weights on their levels for good."""
        for weight, grid in self._grids:
            weight.assign(grid.round(weight.value))


def _spread(settings: Quantization, kernels: Sequence[Any]) -> list[str]:
    """Return the bits of each layer's weights, of which a recipe may state one for all."""
    stated = settings.layers
    if len(stated) not in (1, len(kernels)):
        raise UsageError(
            f"weights is {settings.weights}, for {len(stated)} layers, and the network has {len(kernels)}",
            "state one for all, or one for each, first to last",
        )
    return list(stated) * (1 if len(stated) == len(kernels) else len(kernels))
