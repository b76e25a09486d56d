"""The kernels of a Keras model's layers as rows, a row an output channel, and what of each layer can be run alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.exporters.folding import list_graphs, list_nodes, read_normalization
from edgemnist.formats.keras import is_kernel
from edgemnist.quiet import loading

with loading("tensorflow", "pip install tensorflow"):
    import keras

layers = keras.layers
Values = NDArray[np.float64]
Outputs = NDArray[np.float32]
# Which axes of a kernel hold its output channels; of a kernel that isn't listed, all channels share a step.
CHANNELS: dict[str, tuple[int, ...]] = {
    "Dense": (-1,), "Conv1D": (-1,), "Conv2D": (-1,), "Conv3D": (-1,), "DepthwiseConv1D": (-2, -1),
    "DepthwiseConv2D": (-2, -1), "Conv1DTranspose": (-2,), "Conv2DTranspose": (-2,),
}  # fmt: skip
PARTS = {"depthwise_kernel": (-2, -1), "pointwise_kernel": (-1,)}  # of a separable convolution
# Layers that compute value by value what a layer gives; and functions of all channels together.
BEHIND = (layers.BatchNormalization, layers.ReLU, layers.LeakyReLU, layers.PReLU, layers.ELU, layers.Activation,
          layers.Dropout)  # fmt: skip
TOGETHER = (keras.activations.softmax, keras.activations.log_softmax)


@dataclass(frozen=True, eq=False)
class Offset:
    """What is added to each channel of a layer's outputs.

    Args:
        variable: A bias, or the mean that a batch normalization behind the layer takes away.
        added: Whether it is added, not taken away.
    """

    variable: Any
    added: bool

    def move(self, factors: Values, shifts: Values) -> None:
        """Add shifts to the outputs of a layer whose kernel was multiplied by factors, both float64 (channels,)."""
        values = np.asarray(self.variable, np.float64)
        self.variable.assign((values * factors + shifts if self.added else values - shifts).astype(np.float32))


@dataclass(frozen=True, eq=False)
class Kernel:
    """A kernel of a layer.

    Args:
        layer: The layer.
        weight: Its variable.
        channels: Axes of the output channels; none where all share a step.
        behind: Layers that compute value by value what this one gives, up to the next with weights.
    """

    layer: Any
    weight: Any
    channels: tuple[int, ...]
    behind: tuple[Any, ...] = ()

    @property
    def runs_alone(self) -> bool:
        """True if the layer's outputs are this kernel times its inputs, channel by channel."""
        return type(self.layer).__name__ in CHANNELS

    def to_rows(self) -> Values:
        """Return the kernel, float64 (channels, weights)."""
        values = np.asarray(self.weight, np.float64)
        count = int(np.prod([values.shape[axis] for axis in self.channels]))
        return np.moveaxis(values, self.channels, range(len(self.channels))).reshape(count, -1)

    def put(self, rows: Values) -> None:
        """Take rows as `to_rows` gave them in place of the kernel."""
        shape = tuple(self.weight.shape)
        first = [shape[axis] for axis in self.channels]
        others = [size for axis, size in enumerate(shape) if axis - len(shape) not in self.channels]
        turned = rows.reshape(*first, *others)
        self.weight.assign(np.moveaxis(turned, range(len(first)), self.channels).astype(np.float32))

    @property
    def offset(self) -> Offset | None:
        """What is added to each channel; None where nothing is."""
        if self.layer.use_bias:
            return Offset(self.layer.bias, added=True)
        first = self.behind[0] if self.behind else None
        return Offset(first.moving_mean, added=False) if isinstance(first, layers.BatchNormalization) else None

    def compute(self, inputs: list[Any]) -> Outputs:
        """Return what the layer gives before its activation, float32 (values, channels), of all its calls."""
        activation, self.layer.activation = self.layer.activation, keras.activations.linear
        try:
            outputs = [np.asarray(self.layer.call(one)) for one in inputs]
        finally:
            self.layer.activation = activation
        return np.concatenate([np.moveaxis(one, self._axis, -1).reshape(-1, one.shape[self._axis]) for one in outputs])

    @property
    def _axis(self) -> int:
        return 1 if getattr(self.layer, "data_format", "channels_last") == "channels_first" else -1

    def activate(self, outputs: Any) -> Outputs:
        """Return what becomes of outputs before the next layer, float32 (values, channels).

        A function of all channels together is left out, and so is what is behind channels that aren't last.
        """
        if self.layer.activation not in TOGETHER:
            outputs = self.layer.activation(outputs)
        for one in self.behind:
            if isinstance(one, layers.BatchNormalization):
                factor, shift = read_normalization(one)
                outputs = (np.asarray(outputs) * factor + shift).astype(np.float32)
            else:
                outputs = one(outputs)
        return np.asarray(outputs)


def list_kernels(model: keras.Model) -> list[Kernel]:
    """List the kernels of float32 in a model, and in the models inside of it, in the order in which they run."""
    behind = _find_behind(model)
    found = [one for layer in model._flatten_layers() for one in _list_own(layer, behind.get(id(layer), ()))]
    return list({id(one.weight): one for one in found}.values())


def _list_own(layer: Any, behind: tuple[Any, ...]) -> Iterator[Kernel]:
    if isinstance(layer, keras.Model):
        return
    for weight in layer._trainable_variables:
        if is_kernel(weight) and weight.dtype == "float32":
            yield Kernel(layer, weight, PARTS.get(weight.name) or CHANNELS.get(type(layer).__name__, ()), behind)


def _find_behind(model: keras.Model) -> dict[int, tuple[Any, ...]]:
    """The layers behind each layer that compute value by value, where each is called once and nothing else reads it."""
    graphs = list(list_graphs(model))
    calls = Counter(id(node.operation) for graph in graphs for node in list_nodes(graph))
    found: dict[int, tuple[Any, ...]] = {}
    for graph in graphs:
        nodes, given = list_nodes(graph), {id(one) for one in keras.tree.flatten(graph.outputs)}
        readers: dict[int, list[Any]] = {}
        for node in nodes:
            for parent in node.parent_nodes:
                readers.setdefault(id(parent), []).append(node)
        for node in nodes:
            found[id(node.operation)] = tuple(_follow(node, readers, calls, given))
    return found


def _follow(node: Any, readers: dict[int, list[Any]], calls: Counter[int], given: set[int]) -> Iterator[Any]:
    while calls[id(node.operation)] == 1 and len(after := readers.get(id(node), [])) == 1:
        (node,) = after
        layer, last = node.operation, len(node.outputs[0].shape) - 1
        by_channel = isinstance(layer, BEHIND) and calls[id(layer)] == 1 and getattr(layer, "axis", -1) in (-1, last)
        if not by_channel or getattr(layer, "activation", None) in TOGETHER or _is_by_place(layer):
            return
        yield layer


def _is_by_place(layer: Any) -> bool:
    """True for slopes of a PReLU that may differ from place to place."""
    return isinstance(layer, layers.PReLU) and len(layer.alpha.shape) > 1


@contextmanager
def noting_inputs(kernels: list[Kernel]) -> Iterator[dict[int, list[Any]]]:
    """Give the inputs of layers, by the layers' ids: a tensor for each time that one is called while this is open."""
    noted: dict[int, list[Any]] = {}
    owners = list({id(one.layer): one.layer for one in kernels}.values())

    def note(layer: Any) -> Any:
        call = layer.call

        def noting(inputs: Any, *arguments: Any, **words: Any) -> Any:
            noted.setdefault(id(layer), []).append(inputs)
            return call(inputs, *arguments, **words)

        return noting

    for layer in owners:
        layer.call = note(layer)
    try:
        yield noted
    finally:
        for layer in owners:
            del layer.call  # the class's own is behind it
