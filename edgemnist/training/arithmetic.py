"""What layers compute with while a network trains or teaches: real values of pixels, and the dtype.

Weights are float32 in any case. Where a processor multiplies bfloat16 itself, convolutions take a third of the time.
What a step adds to the weights is as exact as before: only activations and gradients are rounded to 8 bits.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from edgemnist.quiet import loading
from edgemnist.training.parts import Scaling

with loading("tensorflow", "pip install tensorflow"):
    import keras
    import tensorflow as tf


def scale(pixels: Any, scaling: Scaling) -> Any:
    """Return pixels as the real values that they stand for. Times one and plus zero, as by default, change no bit."""
    return tf.cast(pixels, tf.float32) / 255.0 * (scaling.high - scaling.low) + scaling.low


def convolves(model: keras.Model) -> bool:
    """True for a network with convolutions. XLA makes dense layers several times faster, convolutions ten times slower.

    Measured on a processor; so such a network is compiled without it.
    """
    return any("Conv" in type(layer).__name__ for layer in _list_layers(model))


@contextmanager
def computing_in(model: keras.Model, arithmetic: str) -> Iterator[None]:
    """While a function that runs `model` is traced: let its layers compute in `arithmetic`, but for the answers.

    Args:
        model: Model whose layers compute in float32.
        arithmetic: "float32" or "bfloat16"; dense networks compute in float32, which is faster there.
    """
    layers = _list_hidden(model) if arithmetic == "bfloat16" and convolves(model) else []
    own = [layer.dtype_policy for layer in layers]
    try:
        for layer in layers:
            layer.dtype_policy = "mixed_bfloat16"
        yield
    finally:
        for layer, policy in zip(layers, own, strict=True):
            layer.dtype_policy = policy


def _list_hidden(model: keras.Model) -> list[keras.Layer]:
    """The layers before the last one that has weights: that one gives the answers, or what a softmax makes them of."""
    layers = _list_layers(model)
    last = max((place for place, layer in enumerate(layers) if layer.weights), default=0)
    return layers[:last]


def _list_layers(model: keras.Model) -> list[keras.Layer]:
    """The layers that compute, those of models inside a model too, in order."""
    layers = []
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            layers += _list_layers(layer)
        elif not isinstance(layer, keras.layers.InputLayer):
            layers.append(layer)
    return layers
