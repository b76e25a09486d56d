"""The mean of the weights over the last steps: steadier than the weights of any one step.

Source: exponential moving averages, Polyak and Juditsky, "Acceleration of Stochastic Approximation by Averaging", 1992.
"""

from __future__ import annotations

from typing import Any

from edgemnist.quiet import loading
from edgemnist.training.endings import Ending

with loading("tensorflow", "pip install tensorflow"):
    import keras
    import tensorflow as tf

# After few steps, few are averaged: of step t at most (1 + t) / (SLOW + t) is kept.
SLOW = 10.0


class Average(Ending):
    """The weights of a model, averaged with exponentially falling shares, statistics of normalizations included."""

    def __init__(self, model: keras.Model, decay: float) -> None:
        super().__init__([one for one in model.weights if one.dtype == "float32"])
        self._decay = decay
        self._means = [tf.Variable(one.value, trainable=False) for one in self._weights]

    @property
    def variables(self) -> list[Any]:
        """The averaged weights, which a checkpoint keeps."""
        return self._means

    def update(self, step: Any) -> None:
        """Take the weights of a step, numbered from 1, into the average; inside a compiled function."""
        step = tf.cast(step, tf.float32)
        kept = tf.minimum(self._decay, (1 + step) / (SLOW + step))
        for mean, weight in zip(self._means, self._weights, strict=True):
            mean.assign(kept * mean + (1 - kept) * weight.value)

    def take(self) -> None:
        """Give the model the averaged weights for good."""
        for mean, weight in zip(self._means, self._weights, strict=True):
            weight.assign(mean)
