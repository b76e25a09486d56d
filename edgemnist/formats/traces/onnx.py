"""Where the values of layers are in an `.onnx` file: keys are the names of its values."""

from __future__ import annotations

import numpy as np

from edgemnist.errors import ModelError
from edgemnist.formats.onnx import Node, read_onnx
from edgemnist.formats.traces import Grid, Place, TracedLayer
from edgemnist.formats.weights import Kind
from edgemnist.formats.weights.layouts import Budget
from edgemnist.formats.weights.onnx import DENSE, SHAPER, read_weights
from edgemnist.formats.weights.onnx_graph import MOST_STEPS, ROUNDERS, OnnxGraph

# Operators that belong to the layer before them; the second group does with a constant beside it, and up to an
# activation function: a batch normalization after that is no part of the layer in any format.
ACTIVATIONS = ("Relu", "Clip")
SCALING = ("Add", "Mul", "Sub", "BatchNormalization")
ROUNDING = ("QuantizeLinear", "DequantizeLinear")
DYNAMIC = "DynamicQuantizeLinear"
# What only adds a border: other formats have it in the convolution.
PADDING = "Pad"


def find_layers(content: bytes, name: str) -> tuple[TracedLayer, ...]:
    """Find them; see `edgemnist.formats.traces.find_layers`."""
    layers = read_weights(content, name).layers
    try:
        graph = OnnxGraph(read_onnx(content, name), Budget(len(content)))
        return tuple(_find(graph, layer.name, layer.kind) for layer in layers)
    except (ValueError, IndexError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise ModelError(f"{name}: its layers can't be read: {error}", "copy or export it again") from error


def _find(graph: OnnxGraph, name: str, kind: Kind) -> TracedLayer:
    node, planes = graph.producers[name], kind != "dense"
    last, normalized = _follow(graph, node)
    return TracedLayer(
        name, kind, _place(graph, _go_back(graph, node.inputs[0]), planes), _place(graph, last, planes), normalized
    )


def _follow(graph: OnnxGraph, node: Node) -> tuple[str, bool]:
    """The last value of a layer, and whether a batch normalization is on the way."""
    value, normalized, active = node.outputs[0], False, False
    if node.kind.endswith("Integer"):  # its scale is computed beside it
        for kind in ("Cast", "Mul"):
            user = graph.find_user(value, (kind,))
            value = value if user is None else user.outputs[0]
    for _ in range(MOST_STEPS):
        value = _pass_shaper(graph, node, value)
        user = graph.find_user(value, (*ACTIVATIONS, *ROUNDERS, *SCALING))
        if user is None or (user.kind in SCALING and (active or graph.count_computed(user) != 1)):
            break
        active, normalized = active or user.kind in ACTIVATIONS, normalized or user.kind == "BatchNormalization"
        value = user.outputs[0]
    return value, normalized


def _pass_shaper(graph: OnnxGraph, node: Node, value: str) -> str:
    """The same values in another shape, where the bias of a dense layer over rows and columns comes behind that."""
    shaper = graph.find_user(value, (SHAPER,)) if node.kind in DENSE else None
    bias = graph.find_user(shaper.outputs[0], ("Add",)) if shaper is not None else None
    return value if shaper is None or bias is None or graph.count_computed(bias) != 1 else shaper.outputs[0]


def _go_back(graph: OnnxGraph, value: str) -> str:
    """What a layer takes, before it is rounded as it comes, and before a border was added."""
    value = _pass_padding(graph, value)
    producer = graph.producers.get(value)
    return producer.inputs[0] if producer is not None and producer.kind == DYNAMIC else value


def _pass_padding(graph: OnnxGraph, value: str) -> str:
    """The value before its border was added; rounding on the way is none of the border's."""
    before = value
    for _ in range(MOST_STEPS):
        producer = graph.producers.get(before)
        if producer is None or producer.kind not in (PADDING, *ROUNDING, DYNAMIC):
            return value
        before = producer.inputs[0]
        if producer.kind == PADDING:
            value = before
    return value


def _place(graph: OnnxGraph, value: str, planes: bool) -> Place:
    producer = graph.producers.get(value)
    if producer is None or producer.kind not in ROUNDING:
        return Place(value, None, planes)
    tensors = [graph.constants.get(one) for one in producer.inputs[1:3]]
    if not tensors or tensors[0] is None:
        return Place(value, None, planes)
    scale, zero = graph.read(tensors[0]), graph.read(tensors[1]) if len(tensors) > 1 and tensors[1] else None
    if scale.size != 1:
        return Place(value, None, planes)
    limits = np.iinfo(np.uint8 if zero is None else zero.dtype)
    at = int(zero.ravel()[0]) if zero is not None else 0
    return Place(value, Grid(float(scale.ravel()[0]), at, int(limits.min), int(limits.max)), planes)
