"""A TFLite file as a graph of layers: what is left of a model after TensorFlow has folded and fused it.

The C exporter writes these layers. It starts from the flatbuffer, not from Keras, so that its weights, scales
and zero points are those that LiteRT and TFLite Micro run, number by number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from edgemnist.errors import ExportError
from edgemnist.exporters.c.graph import INPUT, Graph, Layer, Tensor
from edgemnist.exporters.c.layers import LAYERS
from edgemnist.exporters.c.operators import Operator, TFLiteGraph, list_computed

# Operators that only see the same values in another shape.
VIEWS = ("RESHAPE", "SQUEEZE", "EXPAND_DIMS")


def read_graph(content: bytes) -> Graph:
    """Read the layers of a TFLite classifier of one image.

    Args:
        content: `.tflite` file, float32 or int8.

    Raises:
        ExportError: It holds an operator that can't be written in C, named with its layer; or it has several
            inputs or outputs; or weights, scales or zero points are out of range.
    """
    graph = TFLiteGraph(content)
    if len(graph.inputs) != 1 or len(graph.outputs) != 1:
        raise ExportError(
            f"C: the model has {len(graph.inputs)} inputs and {len(graph.outputs)} outputs, expected one of each"
        )
    body = _cut(graph)
    reader = _Reader(graph, {graph.inputs[0]: INPUT})
    layers = tuple(layer for raw in body.operators for layer in reader.read(raw))
    output = reader.get_tensor(body.logits)
    _check_connections(layers, output)
    return Graph(_find_input(layers), layers, output, body.softmax)


def list_operators(content: bytes) -> list[str]:
    """Return the operators of a TFLite file as TFLite Micro's resolver names them, each once.

    Raises:
        ExportError: It has no name for one of them.
    """
    codes = TFLiteGraph(content).list_operator_names()
    if "CUSTOM" in codes:
        raise ExportError("the model has a custom operator, which TFLite Micro's resolver has no name for")
    names = [code.split("_") for code in codes]
    return ["".join(word if word in ("2D", "3D") else word.capitalize() for word in parts) for parts in names]


@dataclass(frozen=True)
class _Body:
    """The operators that make the logits of the pixels."""

    operators: Sequence[Any]
    logits: int
    softmax: bool


def _cut(graph: TFLiteGraph) -> _Body:
    """Leave out what follows the logits: a softmax, and a change to the type that the file gives."""
    operators = graph.operators
    names = [graph.name_operator(raw) for raw in operators]
    if "SOFTMAX" in names:
        end = names.index("SOFTMAX")
        if set(names[end + 1 :]) - {"QUANTIZE", *VIEWS}:
            raise ExportError(f"C: the softmax is not the last layer: {', '.join(names[end + 1 :])} follow")
        return _Body(operators[:end], int(operators[end].inputs[0]), True)
    if names and names[-1] == "QUANTIZE":
        return _Body(operators[:-1], int(operators[-1].inputs[0]), False)
    return _Body(operators, graph.outputs[0], False)


class _Reader:
    """Reads operators in their order, and remembers in which memory each computed tensor lies.

    Args:
        names: Names of the memory, by the tensors' places in the file.
    """

    def __init__(self, graph: TFLiteGraph, names: dict[int, str]) -> None:
        self._graph = graph
        self._names = names

    def get_tensor(self, index: int) -> Tensor:
        """Return a computed tensor."""
        if index not in self._names:
            raise ExportError(f"C: tensor {index} is read before it is computed")
        return Tensor(self._names[index], self._graph.get_shape(index), self._graph.get_scale(index))

    def read(self, raw: Any) -> list[Layer]:
        """Read an operator: one layer, or none where it moves and computes nothing."""
        kind, before, after = self._graph.name_operator(raw), int(raw.inputs[0]), int(raw.outputs[0])
        # From the raw pixel to int8: a table.
        if kind in VIEWS or (kind == "QUANTIZE" and self._names.get(before) == INPUT):
            self._add_view(before, after)
            return []
        if kind not in LAYERS:
            known = ", ".join(sorted(LAYERS))
            raise ExportError(
                f"layer {self._graph.name_layer(raw)}: {kind} can't be written in C", f"what can: {known}, softmax last"
            )
        computed = [index for index in list_computed(raw) if index in self._names]
        self._names[after] = f"tensor_{after}"
        operator = Operator(self._graph, raw, tuple(map(self.get_tensor, computed)), self.get_tensor(after))
        if len({tensor.scale is None for tensor in (*operator.inputs, operator.output)}) > 1:
            raise operator.refuse("floats and whole numbers in one layer can't be written in C")
        return [LAYERS[kind].read(operator)]

    def _add_view(self, before: int, after: int) -> None:
        shapes = self._graph.get_shape(before), self._graph.get_shape(after)
        if before not in self._names or prod(shapes[0]) != prod(shapes[1]):
            raise ExportError(f"C: a reshape from {shapes[0]} to {shapes[1]} is no view of computed values")
        self._names[after] = self._names[before]


def _check_connections(layers: Sequence[Layer], output: Tensor) -> None:
    """Every layer must have a part in the logits, which some layer must make."""
    used = {tensor.name for layer in layers for tensor in layer.inputs} | {output.name}
    for layer in layers:
        if layer.output.name not in used:
            raise ExportError(f"layer {layer.name}: nothing reads its output", "take the layer out of the model")
    if output.name == INPUT:
        raise ExportError("C: the model has no layers that make logits of the pixels")


def _find_input(layers: Sequence[Layer]) -> Tensor:
    """The tensor that the pixels become: of one scale, however many layers read it."""
    found = [tensor for layer in layers for tensor in layer.inputs if tensor.name == INPUT]
    if not found:
        raise ExportError("C: no layer reads the pixels")
    if len({tensor.scale for tensor in found}) > 1:
        raise ExportError("C: the model takes its pixels in different scales", "convert the model again")
    return found[0]
