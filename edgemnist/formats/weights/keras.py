"""The weights in a `.keras` or `.h5` file, read with `h5py`: without Keras, in a tenth of a second.

Keras finds a layer's variables by its class and its place among the layers of that class: so does this reader.
A batch normalization that follows a layer is folded into it, as the converters do.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import Contract
from edgemnist.errors import ModelError, take_first_line
from edgemnist.formats.keras import CONTRACT_MEMBER, OLD, ZIP_FAILURES, read_member
from edgemnist.formats.keras_config import MODELS
from edgemnist.formats.weights import Kind, LayerWeights, ModelWeights
from edgemnist.formats.weights.layouts import Budget, make_layer, store_floats
from edgemnist.quiet import loading

with loading("h5py", "pip install h5py"):
    import h5py

WEIGHTS_MEMBER = "model.weights.h5"
CONFIG_MEMBER = "config.json"
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
FAILURES = (*ZIP_FAILURES, TypeError, ArithmeticError, AttributeError, MemoryError)


@dataclass(eq=False)
class _Layer:
    """A layer as the archive describes it, with its variables."""

    name: str
    kind: str
    config: dict[str, Any]
    inputs: list[str]
    variables: list[NDArray[Any]]
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
    try:
        if Path(name).suffix in OLD:  # as Keras decides it
            with h5py.File(io.BytesIO(content), "r") as store:
                return _collect(list(_list_old_layers(store, Budget(len(content)))), None)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            config = json.loads(read_member(archive, CONFIG_MEMBER, len(content)))
            weights = read_member(archive, WEIGHTS_MEMBER, len(content))
            there = CONTRACT_MEMBER in archive.namelist()
            document = read_member(archive, CONTRACT_MEMBER, len(content)) if there else None
        with h5py.File(io.BytesIO(weights), "r") as store:
            layers = list(_list_layers(config, store, "layers", Budget(len(weights))))
        contract = Contract.from_json(document, name) if document is not None else None
        return _collect(layers, contract)
    except FAILURES as error:
        raise ModelError(
            f"{name}: its weights can't be read: {take_first_line(error)}",
            "save it again with model.save('model.keras'), from Keras 3",
        ) from error


def _list_layers(config: dict[str, Any], store: Any, path: str, budget: Budget) -> Iterator[_Layer]:
    """The layers of a model, those of models inside it in their place."""
    counts: Counter[str] = Counter()
    for entry in config["config"]["layers"]:
        kind, settings = str(entry["class_name"]), entry["config"]
        snake = _spell_snake(kind)
        place = f"{path}/{snake}_{counts[snake]}" if counts[snake] else f"{path}/{snake}"
        counts[snake] += 1
        if kind in MODELS:
            yield from _list_layers(entry, store, f"{place}/layers", budget)
        else:
            name = str(settings.get("name", kind))
            inputs = list(_find_inputs(entry.get("inbound_nodes", [])))
            yield _Layer(name, kind, settings, inputs, _read_variables(store, f"{place}/vars", budget))


def _list_old_layers(store: Any, budget: Budget) -> Iterator[_Layer]:
    """The layers of an `.h5` file, which has variables by the names of layers."""
    for entry in json.loads(store.attrs["model_config"])["config"]["layers"]:
        kind, settings = str(entry["class_name"]), entry["config"]
        if kind in MODELS:
            raise ValueError(f"a model inside a model, {settings.get('name', kind)}, in an .h5 file")
        name = str(settings.get("name", kind))
        group = store["model_weights"].get(name)
        names = (
            []
            if group is None
            else [one if isinstance(one, str) else one.decode() for one in group.attrs.get("weight_names", ())]
        )
        variables = [_read_variable(group, variable, budget) for variable in names]
        yield _Layer(name, kind, settings, list(_find_inputs(entry.get("inbound_nodes", []))), variables)


def _spell_snake(name: str) -> str:
    """Spell a class name as Keras names its group: DepthwiseConv2D is depthwise_conv2d."""
    spelled = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", spelled).lower()


def _find_inputs(described: Any) -> Iterator[str]:
    """The names of the layers whose outputs a layer takes; none in a Sequential, where the one before it gives them."""
    if isinstance(described, dict):
        if "keras_history" in described:
            yield str(described["keras_history"][0])
            return
        described = list(described.values())
    if isinstance(described, list):
        if len(described) >= 3 and isinstance(described[0], str):  # as Keras 2 has it
            yield described[0]
            return
        for one in described:
            yield from _find_inputs(one)


def _read_variables(store: Any, path: str, budget: Budget) -> list[NDArray[Any]]:
    """The variables of a layer, in Keras's order. Links out of the file and virtual data are refused."""
    if path not in store:
        return []
    return [_read_variable(store[path], key, budget) for key in sorted(store[path], key=int)]


def _read_variable(group: Any, key: str, budget: Budget) -> NDArray[Any]:
    if not isinstance(group.get(key, getlink=True), h5py.HardLink) or not _is_inside(group, group[key]):
        raise ValueError(f"variable {group.name.strip('/')}/{key} is not in the file")
    budget.take(group[key].shape)
    values: NDArray[Any] = group[key][()]
    return values


def _is_inside(group: Any, data: Any) -> bool:
    return data.file == group.file and not data.is_virtual and not data.external


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
        elif layer.variables and not all(_is_seed(values) for values in layer.variables):
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


def _is_seed(values: NDArray[Any]) -> bool:
    """True for the state of a random generator, such as Dropout's."""
    return values.dtype.kind == "u" and values.size <= 2


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
