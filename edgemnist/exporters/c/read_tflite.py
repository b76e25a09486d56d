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
from edgemnist.exporters.c.functions.read import KINDS, read_step
from edgemnist.exporters.c.functions.steps import Function, Value
from edgemnist.exporters.c.graph import INPUT, Graph, Layer, Tensor
from edgemnist.exporters.c.layers import LAYERS
from edgemnist.exporters.c.layers.function import Elementwise
from edgemnist.exporters.c.operators import Operator, TFLiteGraph

# Operators that only see the same values in another shape.
VIEWS = ("RESHAPE", "SQUEEZE", "EXPAND_DIMS")
# Operators that change the type, which also stand at both ends of a file.
CONVERSIONS = ("QUANTIZE", "DEQUANTIZE")
# What a tensor may hold: far more than any microcontroller.
MOST_VALUES = 2**24
# TFLite Micro's names of operators, where they aren't spelled as TFLite's.
RESOLVER_NAMES = {"PADV2": "PadV2", "BATCH_MATMUL": "BatchMatMul", "CUMSUM": "CumSum"}


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
    reader = _Reader(graph, graph.inputs[0])
    for raw in body.operators:
        reader.read(raw)
    output = reader.compute_tensor(body.logits)
    layers = tuple(reader.layers)
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
    return [RESOLVER_NAMES.get(code) or _spell_name(code) for code in codes]


def _spell_name(code: str) -> str:
    return "".join(word if word in ("2D", "3D") else word.capitalize() for word in code.split("_"))


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
        if set(names[end + 1 :]) - {*CONVERSIONS, *VIEWS}:
            raise ExportError(
                f"layer {graph.name_layer(operators[end])}: a softmax inside the model, as attention has it, can't be "
                f"written in C, only as the last layer: {', '.join(names[end + 1 :])} follow"
            )
        return _Body(operators[:end], int(operators[end].inputs[0]), True)
    if names and names[-1] in CONVERSIONS:
        return _Body(operators[:-1], int(operators[-1].inputs[0]), False)
    return _Body(operators, graph.outputs[0], False)


class _Reader:
    """Reads operators in their order, and remembers what each computed tensor is.

    A tensor lies in memory, or is a function of one that does, which becomes a layer where it is needed.

    Args:
        graph: Operators and tensors.
        input: Place of the tensor of the pixels.
    """

    def __init__(self, graph: TFLiteGraph, input: int) -> None:
        self.layers: list[Layer] = []
        self._graph = graph
        self._names = {input: INPUT}
        self._functions: dict[int, Function] = {}
        self._arguments: dict[Tensor, Value] = {}

    def compute_tensor(self, index: int) -> Tensor:
        """Return a tensor in memory; a function is computed into it."""
        if index in self._names:
            return self._get_tensor(index)
        if index not in self._functions:
            raise ExportError(f"C: tensor {index} is read before it is computed")
        self._names[index] = f"tensor_{index}"
        output = self._get_tensor(index)
        self.layers.append(Elementwise.make(self._functions[index], output))
        return output

    def read(self, raw: Any) -> None:
        """Read an operator: a layer, a step of a function, or another view of the same values."""
        kind, before, after = self._graph.name_operator(raw), int(raw.inputs[0]), int(raw.outputs[0])
        if kind in VIEWS or (kind == "QUANTIZE" and self._is_pixel_table(before, after)):
            self._add_view(before, after)
            return
        indices = [int(index) for index in raw.inputs]
        if kind in KINDS:
            function = read_step(self._graph, raw, [self._find_function(index) for index in indices])
            if function is not None and function.source.size == self._graph.count_values(after):
                self._functions[after] = function
                return
        if kind in KINDS and kind not in LAYERS:
            raise ExportError(
                f"layer {self._graph.name_layer(raw)}: {kind} of these inputs can't be written in C",
                "one computed value and constants of one number each are expected",
            )
        if kind not in LAYERS:
            known = ", ".join(sorted({*LAYERS, *KINDS}))
            raise ExportError(
                f"layer {self._graph.name_layer(raw)}: {kind} can't be written in C", f"what can: {known}, softmax last"
            )
        operands = tuple(self.compute_tensor(index) if self._is_computed(index) else None for index in indices)
        self._names[after] = f"tensor_{after}"
        operator = Operator(self._graph, raw, operands, self._get_tensor(after))
        if not operator.inputs:
            raise operator.refuse(f"{kind} of constants alone can't be written in C", "convert the model again")
        if len({tensor.scale is None for tensor in (*operator.inputs, operator.output)}) > 1:
            raise operator.refuse("floats and whole numbers in one layer can't be written in C")
        self.layers.append(LAYERS[kind].read(operator))

    def _is_pixel_table(self, before: int, after: int) -> bool:
        """True from the raw pixel to int8: a table. From int8 to other steps of it, LiteRT rounds once more."""
        graph = self._graph
        if self._names.get(before) != INPUT:
            return False
        return not graph.is_int8(before) or graph.get_scale(before) == graph.get_scale(after)

    def _is_computed(self, index: int) -> bool:
        return index in self._names or index in self._functions

    def _find_function(self, index: int) -> Function | None:
        """What a tensor is as a function; None of a constant."""
        if index in self._functions or index not in self._names:
            return self._functions.get(index)
        tensor = self._get_tensor(index)
        argument = Value("float32" if tensor.scale is None else "int8", tensor.scale)
        return Function("", tensor, self._arguments.setdefault(tensor, argument))

    def _get_tensor(self, index: int) -> Tensor:
        shape = self._graph.get_shape(index)
        if not all(1 <= size <= MOST_VALUES for size in shape) or prod(shape) > MOST_VALUES:
            raise ExportError(f"C: a tensor of {shape} can't be written, only of 1 to {MOST_VALUES:,} values")
        return Tensor(self._names[index], shape, self._graph.get_scale(index))

    def _add_view(self, before: int, after: int) -> None:
        shapes = self._graph.get_shape(before), self._graph.get_shape(after)
        if not self._is_computed(before) or prod(shapes[0]) != prod(shapes[1]):
            raise ExportError(f"C: a reshape from {shapes[0]} to {shapes[1]} is no view of computed values")
        if before not in self._names:
            self.compute_tensor(before)
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
