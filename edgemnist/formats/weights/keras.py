"""The weights in a `.keras` or `.h5` file, in the one layout.

A batch normalization that follows a layer is folded into it, as the converters do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import Contract
from edgemnist.formats.keras_layers import KerasLayer, is_seed, read_layers, reading
from edgemnist.formats.weights import Kind, LayerWeights, ModelWeights
from edgemnist.formats.weights.layouts import make_layer, store_floats

# Layers that compute from one value and become operators that do; with these activation functions.
PLAIN = frozenset((
    "InputLayer", "Dense", "Conv2D", "DepthwiseConv2D", "SeparableConv2D", "BatchNormalization", "ReLU", "Activation",
    "Softmax", "Flatten", "Reshape", "Permute", "MaxPooling2D", "AveragePooling2D", "GlobalAveragePooling2D",
    "GlobalMaxPooling2D", "ZeroPadding2D", "Cropping2D", "Rescaling", "Dropout", "SpatialDropout2D", "GaussianNoise",
    "GaussianDropout",
))  # fmt: skip
PLAIN_ACTIVATIONS = ("linear", "relu", "relu6", "softmax", "sigmoid", "tanh")
# Whose constants converters take into the weights before and behind them.
FOLDED_ACTIVATIONS = ("hard_sigmoid",)


@dataclass(eq=False)
class _Layer(KerasLayer):
    """A layer as the archive describes it, and the kernels that are made of its variables."""

    weights: list[_Kernel] = field(default_factory=list)
    normalized: bool = False


@dataclass(eq=False)
class _Kernel:
    """A kernel in the one layout, in float64, and its bias."""

    kind: Kind
    kernel: NDArray[np.float64]
    bias: NDArray[np.float64]


def read_weights(content: bytes, name: str) -> ModelWeights:
    """Read a `.keras` or `.h5` file; see `edgemnist.formats.weights.read_weights`."""
    with reading(name):
        file = read_layers(content, name)
        return _collect([_Layer(**vars(layer)) for layer in file.layers], file.contract)


def _collect(layers: list[_Layer], contract: Contract | None) -> ModelWeights:
    unread: list[str] = []
    consumers = Counter(name for layer in layers for name in layer.inputs)
    by_name = {layer.name: layer for layer in layers}
    before: _Layer | None = None
    for layer in layers:
        if layer.kind in READERS and layer.config.get("groups", 1) == 1:
            layer.weights = READERS[layer.kind](layer)
        elif layer.kind == "BatchNormalization":
            source = by_name.get(layer.inputs[0]) if layer.inputs else before
            if source is not None and consumers[source.name] <= 1 and _can_fold(source):
                _fold(source, layer)
            else:
                unread.append(f"BatchNormalization {layer.name}")
        elif layer.variables and not all(is_seed(values) for values in layer.variables):
            unread.append(f"{layer.kind} {layer.name}")
        if layer.config.get("activation") in FOLDED_ACTIVATIONS:
            unread.append(f"{layer.config['activation']} {layer.name}")
        before = layer
    layer_weights = [one for layer in layers for one in _make_layers(layer)]
    joins = tuple(f"{layer.kind} {layer.name}" for layer in layers if not _is_plain(layer))
    return ModelWeights(tuple(layer_weights), tuple(unread), joins, contract)


def _is_plain(layer: _Layer) -> bool:
    """True for a layer that computes from one value."""
    sloped = layer.config.get("negative_slope") or layer.config.get("threshold")
    plain = layer.config.get("activation", "linear") in PLAIN_ACTIVATIONS and not sloped
    return plain and layer.kind in PLAIN and len(layer.inputs) <= 1


def _make_layers(layer: _Layer) -> Iterator[LayerWeights]:
    types = {values.dtype.name for values in layer.variables}
    weight_type = types.pop() if len(types) == 1 else "mixed"
    for one in layer.weights:
        kernel, bias = store_floats(one.kernel.astype(np.float32)), store_floats(one.bias.astype(np.float32))
        made = make_layer(layer.name, one.kind, kernel, bias, "float32")
        yield LayerWeights(**{**vars(made), "weight_type": weight_type})


def _read_dense(layer: _Layer) -> list[_Kernel]:
    return [_make_kernel("dense", layer.variables[0], layer)]


def _read_conv(layer: _Layer) -> list[_Kernel]:
    if layer.config.get("data_format") == "channels_first":
        raise ValueError(f"layer {layer.name}: a convolution with channels first")
    return [_make_kernel("conv", layer.variables[0], layer)]


def _read_depthwise(layer: _Layer) -> list[_Kernel]:
    return [_make_kernel("depthwise", _join_channels(layer.variables[0]), layer)]


def _read_separable(layer: _Layer) -> list[_Kernel]:
    depthwise = _join_channels(layer.variables[0]).astype(np.float64)
    return [
        _Kernel("depthwise", depthwise, np.zeros(depthwise.shape[-1])),
        _make_kernel("conv", layer.variables[1], layer),
    ]


def _join_channels(kernel: NDArray[Any]) -> NDArray[Any]:
    """(rows, columns, channels, multiplier) as (rows, columns, outputs)."""
    return kernel.reshape(*kernel.shape[:2], -1)


def _make_kernel(kind: Kind, kernel: NDArray[Any], layer: _Layer) -> _Kernel:
    """With the bias, which is a layer's last variable, if it has one."""
    outputs = kernel.shape[-1]
    bias = layer.variables[-1] if layer.config.get("use_bias", True) else np.zeros(outputs)
    if bias.shape != (outputs,) or kernel.ndim != {"dense": 2, "conv": 4, "depthwise": 3}[kind]:
        raise ValueError(f"layer {layer.name}: kernel {kernel.shape}, bias {bias.shape}")
    return _Kernel(kind, kernel.astype(np.float64), bias.astype(np.float64))


def _can_fold(layer: _Layer) -> bool:
    return bool(layer.weights) and layer.config.get("activation") == "linear" and not layer.normalized


def _fold(layer: _Layer, normalization: _Layer) -> None:
    """Take a batch normalization into the layer before it.

    Source: y = gamma · (x − mean) / √(variance + epsilon) + beta, with x = kernel · input + bias.
    """
    variables = iter(normalization.variables)
    config = normalization.config
    gamma = next(variables) if config.get("scale", True) else 1.0
    beta = next(variables) if config.get("center", True) else 0.0
    mean, variance = next(variables).astype(np.float64), next(variables).astype(np.float64)
    factor = gamma / np.sqrt(variance + config.get("epsilon", 1e-3))
    last = layer.weights[-1]
    last.kernel = last.kernel * factor
    last.bias = (last.bias - mean) * factor + beta
    layer.normalized = True


READERS = {
    "Dense": _read_dense,
    "Conv2D": _read_conv,
    "DepthwiseConv2D": _read_depthwise,
    "SeparableConv2D": _read_separable,
}
