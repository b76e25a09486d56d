"""Batch normalizations that no converter folds: those whose values were through a ReLU, taken into the layer behind.

One behind a dense or convolutional layer is a part of that layer, and converters fold it. One behind a ReLU stays a
multiplication and an addition a channel; in whole numbers all channels share one step there, and those with small
values lose theirs. What the next layer computes from it is linear, so its weights can hold both.

Source: W · (f · x + s) + b = (W · f) · x + (W · s + b).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.quiet import loading

with loading("tensorflow", "pip install tensorflow"):
    import keras

layers = keras.layers
Values = NDArray[np.float64]
Weights = list[Values]
# Layers that a factor and a shift a channel pass through unchanged; the last two only if no factor is negative.
PASSING = (
    layers.Dropout, layers.SpatialDropout1D, layers.SpatialDropout2D, layers.GaussianNoise, layers.GaussianDropout,
    layers.Flatten, layers.AveragePooling1D, layers.AveragePooling2D, layers.GlobalAveragePooling1D,
    layers.GlobalAveragePooling2D,
)  # fmt: skip
LARGEST = (layers.MaxPooling1D, layers.MaxPooling2D, layers.GlobalMaxPooling1D, layers.GlobalMaxPooling2D)
# Layers that a converter folds a normalization into that follows them.
BEFORE = (layers.Dense, layers.Conv1D, layers.Conv2D, layers.DepthwiseConv1D, layers.DepthwiseConv2D,
          layers.SeparableConv1D, layers.SeparableConv2D)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Folds:
    """What is folded in a model.

    Args:
        weights: New weights of layers, float64, the bias last, by the layers' ids.
        dropped: Ids of the normalizations that are left out.
    """

    weights: dict[int, Weights] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)


def find_folds(model: keras.Model) -> Folds:
    """Find the normalizations in a model, and in the models inside of it, that the layer behind can hold."""
    folds = Folds()
    graphs = list(list_graphs(model))
    calls = Counter(id(node.operation) for graph in graphs for node in list_nodes(graph))
    for graph in graphs:
        _fold_graph(graph, calls, folds)
    return folds


def list_nodes(graph: Any) -> list[Any]:
    """The calls of layers and functions in a graph; a layer may have others in another graph."""
    return [node for nodes in graph._nodes_by_depth.values() for node in nodes]


def list_graphs(model: Any) -> Iterator[Any]:
    """The graph of a model and those of the models inside of it; none of a model that has no graph."""
    graph = getattr(model, "_functional", model)  # a Sequential has one inside
    if not hasattr(graph, "_nodes_by_depth"):
        return
    yield graph
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from list_graphs(layer)


def _fold_graph(graph: Any, calls: Counter[int], folds: Folds) -> None:
    """Fold what can be folded in one graph; `calls` counts those of each layer in all graphs of the model."""
    nodes = list_nodes(graph)
    followers: dict[int, list[Any]] = {id(node): [] for node in nodes}
    for node in nodes:
        for parent in node.parent_nodes:
            followers[id(parent)].append(node)
    for tensor in keras.tree.flatten(graph.outputs):
        operation, index, _ = tensor._keras_history
        followers[id(operation._inbound_nodes[index])].append(None)  # who runs the model reads it

    def follow(node: Any) -> Any:
        """Return the only node that takes a node's output, of a layer that is called once; else None."""
        (after, *others) = followers[id(node)] or [None]
        alone = after is not None and not others and calls[id(after.operation)] == 1
        return after if alone and len(after.parent_nodes) == 1 else None

    for node in nodes:
        layer = node.operation
        if not isinstance(layer, layers.BatchNormalization) or calls[id(layer)] != 1:
            continue
        if is_held_by_converters(node):
            continue
        _fold_forward(layer, node, follow, folds)


def is_held_by_converters(node: Any) -> bool:
    """True if converters fold a normalization, called here, into the layer before: that has weights, no activation."""
    before = node.parent_nodes[0].operation
    return isinstance(before, BEFORE) and before.activation is keras.activations.linear


def _fold_forward(layer: Any, node: Any, follow: Callable[[Any], Any], folds: Folds) -> None:
    """Fold a normalization into the first layer behind it that has weights, if all between let it pass."""
    rank = len(node.outputs[0].shape)
    if layer.axis not in (-1, rank - 1):
        return
    factor, shift = read_normalization(layer)
    after = follow(node)
    while after is not None and _lets_pass(after.operation, factor):
        after = follow(after)
    if after is None or not _can_hold(after.operation):
        return
    target = after.operation
    folds.weights[id(target)] = _fold_into(target, folds.weights.get(id(target)) or read_weights(target), factor, shift)
    folds.dropped.add(id(layer))


def read_normalization(layer: Any) -> tuple[Values, Values]:
    """Return the factor and the shift of each channel, (channels,)."""
    mean, variance = (np.asarray(one, np.float64) for one in (layer.moving_mean, layer.moving_variance))
    gamma = np.asarray(layer.gamma, np.float64) if layer.scale else np.ones_like(mean)
    beta = np.asarray(layer.beta, np.float64) if layer.center else np.zeros_like(mean)
    factor = gamma / np.sqrt(variance + layer.epsilon)
    return factor, beta - factor * mean


def read_weights(layer: Any) -> Weights:
    """Return the weights of a layer, with a bias in any case."""
    found = [np.asarray(one, np.float64) for one in layer.get_weights()]
    return found if layer.use_bias else [*found, np.zeros(_count_outputs(layer, found[-1]))]


def _count_outputs(layer: Any, kernel: Values) -> int:
    depthwise = isinstance(layer, layers.DepthwiseConv1D | layers.DepthwiseConv2D)
    return int(kernel.shape[-1] * (kernel.shape[-2] if depthwise else 1))


def _lets_pass(layer: Any, factor: Values) -> bool:
    if getattr(layer, "data_format", "channels_last") != "channels_last":
        return False
    return isinstance(layer, PASSING) or (isinstance(layer, LARGEST) and bool((factor > 0).all()))


def _can_hold(layer: Any) -> bool:
    """True if a layer's weights can hold a shift of its input: no edge is filled with zeros that aren't shifted."""
    if type(layer) not in BEFORE or layer.quantization_mode is not None or getattr(layer, "lora_enabled", False):
        return False
    if type(layer) is layers.Dense:
        return True
    return layer.data_format == "channels_last" and layer.padding == "valid" and getattr(layer, "groups", 1) == 1


def _fold_into(layer: Any, weights: Weights, factor: Values, shift: Values) -> Weights:
    """Return the weights of a layer that takes what a normalization was given, in place of what it gives."""
    first, *others, bias = weights
    if isinstance(layer, layers.Dense):  # behind a flattening, each channel has a row a position
        rows = len(first) // len(factor)
        factor, shift = np.tile(factor, rows), np.tile(shift, rows)
    added = first.reshape(-1, *first.shape[-2:]).sum(axis=0)  # what each channel adds, (channels, outputs)
    if isinstance(layer, layers.Dense | layers.Conv1D | layers.Conv2D):
        added = shift @ added
    else:
        added = (shift[:, None] * added).reshape(-1)  # each channel has outputs of its own
        added = added @ others[0].reshape(others[0].shape[-2:]) if others else added
    return [first * factor[:, None], *others, bias + added]
