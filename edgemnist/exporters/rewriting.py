"""A Keras model rewritten so that a converter can write it well: the same numbers, from other operators.

A table a converter says which functions it can't write, or writes badly, and what stands for them. A model that needs
nothing is given back as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import numpy as np

from edgemnist.exporters.folding import Folds, find_folds
from edgemnist.quiet import loading

with loading("tensorflow", "pip install tensorflow"):
    import keras
    import tensorflow as tf

# What is written: TFLite in floats, TFLite in whole numbers, or ONNX in any.
Target = Literal["tflite", "tflite whole", "onnx"]
Function = Callable[[Any], Any]
ops = keras.ops


def gelu(values: Any) -> Any:
    """GELU by erf: TensorFlow's is by erfc, which ONNX hasn't."""
    return 0.5 * values * (1 + ops.erf(values / np.sqrt(2).item()))


def elu(values: Any, alpha: float = 1.0) -> Any:
    """ELU and CELU by exp: ONNX has no expm1, and LiteRT's list of reference kernels no ELU in whole numbers."""
    return ops.relu(values) + alpha * (ops.exp(ops.minimum(values, 0.0)) - 1)


def selu(values: Any) -> Any:
    """SELU whose exponential is of nothing above 0: TensorFlow's has no step for its range.

    Source: the constants are those of Klambauer et al., "Self-Normalizing Neural Networks", 2017.
    """
    return 1.0507009873554805 * elu(values, 1.6732632423543772)


def softplus(values: Any) -> Any:
    """Softplus whose logarithm is of a sigmoid of 0.5 … 1: TensorFlow's exponential has no step for its range."""
    return ops.relu(values) - ops.log(ops.sigmoid(ops.abs(values)))


def log_sigmoid(values: Any) -> Any:
    """Logarithm of a sigmoid, as `softplus` has it."""
    return ops.minimum(values, 0.0) + ops.log(ops.sigmoid(ops.abs(values)))


def mish(values: Any) -> Any:
    """Mish by the same softplus, of no more than 10: from there its tanh is 1."""
    return values * ops.tanh(softplus(ops.minimum(values, 10.0)))


FUNCTIONS: Mapping[Target, Mapping[Function, Function]] = {
    "tflite": {},
    "tflite whole": {
        keras.activations.elu: elu,
        keras.activations.selu: selu,
        keras.activations.softplus: softplus,
        keras.activations.mish: mish,
        keras.activations.log_sigmoid: log_sigmoid,
    },
    "onnx": {keras.activations.gelu: gelu, keras.activations.celu: elu},
}


def rewrite(model: keras.Model, target: Target) -> keras.Model:
    """Return a model that gives the same as `model`, in a form for a converter.

    Args:
        model: A classifier; it isn't changed.
        target: What is to be written.
    """
    folds = find_folds(model)
    changed = any(
        _find_stand_in(layer, target) or any(_list_changes(layer, target)) for layer in model._flatten_layers()
    )
    if not (folds.dropped or changed or any(_find_function(one, target) for one in _list_operations(model))):
        return model
    pairs: list[tuple[Any, Any]] = []

    def clone(layer: Any) -> Any:
        new = _clone(layer, target, folds)
        pairs.append((layer, new))
        return new

    made = keras.models.clone_model(model, clone_function=clone, recursive=True)
    for layer, new in pairs:
        if isinstance(new, keras.layers.Layer) and new.weights:
            new.set_weights(folds.weights.get(id(layer)) or layer.get_weights())
            _settle(new)
    return made


def _settle(layer: Any) -> None:
    """Let normalizations compute with the weights that they were given: they keep constants made of them."""
    for one in layer._flatten_layers():
        if isinstance(one, keras.layers.Normalization):
            one.finalize_state()


class _Folded(keras.layers.Layer):  # type: ignore[misc]
    """What is left of a normalization that was folded: it is called as that was."""

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        return inputs


def _list_operations(model: Any) -> list[Any]:
    """What is no layer in a model and in the models inside of it: functions that were called on its values."""
    found = []
    for one in getattr(getattr(model, "_functional", None) or model, "operations", model.layers):
        if isinstance(one, keras.Model):
            found += _list_operations(one)
        elif not isinstance(one, keras.layers.Layer):
            found.append(one)
    return found


def _find_function(operation: Any, target: Target) -> Function | None:
    """Return what stands for a function that was called on a model's values, such as `keras.activations.gelu`."""
    by_name = {known.__name__.replace("_", ""): new for known, new in FUNCTIONS[target].items()}
    if getattr(operation, "approximate", False) or getattr(operation, "alpha", 1.0) != 1.0:
        return None
    return by_name.get(type(operation).__name__.lower())


def _list_changes(layer: Any, target: Target) -> Iterator[Callable[[Any], None]]:
    """Give what changes a copy of a layer."""
    function = FUNCTIONS[target].get(getattr(layer, "activation", None))  # type: ignore[arg-type]
    if function is not None:
        yield lambda new: setattr(new, "activation", function)
    grouped = isinstance(layer, keras.layers.Conv1D | keras.layers.Conv2D) and layer.groups > 1
    if target == "onnx" and grouped and layer.data_format == "channels_last":
        yield _convolve_in_groups


def _convolve_in_groups(layer: Any) -> None:
    """Call TensorFlow's operator itself: Keras wraps it in a function, which tf2onnx can't read."""

    def call(inputs: Any) -> Any:
        padding = layer.padding
        if padding == "causal":
            inputs, padding = tf.pad(inputs, layer._compute_causal_padding()), "valid"
        values = tf.nn.convolution(inputs, layer.kernel, layer.strides, padding.upper(), dilations=layer.dilation_rate)
        return layer.activation(tf.nn.bias_add(values, layer.bias) if layer.use_bias else values)

    layer.call = call


def _clone(layer: Any, target: Target, folds: Folds) -> Any:
    """Return a copy of a layer without its weights, changed as it must be."""
    if not isinstance(layer, keras.layers.Layer):
        function = _find_function(layer, target)
        return keras.layers.Activation(function) if function else type(layer).from_config(layer.get_config())
    if id(layer) in folds.dropped:
        return _Folded(name=layer.name)
    if make := _find_stand_in(layer, target):
        return make(layer)
    config = layer.get_config()
    if id(layer) in folds.weights:
        config["use_bias"] = True
    new = type(layer).from_config(config)
    for one in new._flatten_layers():
        for change in _list_changes(one, target):
            change(one)
    return new


def _find_stand_in(layer: Any, target: Target) -> Callable[[Any], Any] | None:
    """Return what makes the layer that takes a layer's place; None for one that keeps it."""
    if target == "onnx" and isinstance(layer, keras.layers.Normalization):
        return _make_scaling
    return _make_elu if target == "tflite whole" and isinstance(layer, keras.layers.ELU) else None


def _make_elu(layer: Any) -> Any:
    return keras.layers.Activation(lambda values: elu(values, layer.alpha), name=layer.name)


def _make_scaling(layer: Any) -> Any:
    """Return a normalization by constants as a scaling: tf2onnx takes those constants for inputs of the model."""
    mean, variance = (np.asarray(one, np.float64) for one in (layer.mean, layer.variance))
    deviation = np.maximum(np.sqrt(variance), keras.config.epsilon())
    scale, offset = (deviation, mean) if layer.invert else (1 / deviation, -mean / deviation)
    return keras.layers.Rescaling(scale.astype("float32"), offset.astype("float32"), name=layer.name)
