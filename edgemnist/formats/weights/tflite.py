"""The weights in a `.tflite` file: fully connected layers and convolutions, in each precision.

Read through the flatbuffer's accessors, which copy nothing: a hostile file may declare a million tensors
that all lie in one place, and to unpack it whole would take hours.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.errors import ModelError
from edgemnist.formats.weights import Kind, LayerWeights, ModelWeights
from edgemnist.formats.weights.layouts import (
    DENSE_TO_LAST,
    OUTPUT_FIRST,
    Budget,
    Stored,
    make_layer,
    store_floats,
    store_integers,
)
from edgemnist.quiet import loading

with loading("flatbuffers", "pip install flatbuffers"):
    import flatbuffers  # noqa: F401  (the schema needs it, but ai-edge-litert doesn't install it)
with loading("ai_edge_litert", "pip install ai-edge-litert"):
    from ai_edge_litert import schema_py_generated as schema

# What the Python reader of flatbuffers raises where an offset leads nowhere.
READ_FAILURES = (struct.error, IndexError, AttributeError, TypeError, ValueError, OverflowError)
OPERATORS = {code: name for name, code in vars(schema.BuiltinOperator).items() if isinstance(code, int)}
TYPES = {
    schema.TensorType.FLOAT32: "float32",
    schema.TensorType.FLOAT16: "float16",
    schema.TensorType.INT8: "int8",
    schema.TensorType.UINT8: "uint8",
    schema.TensorType.INT16: "int16",
    schema.TensorType.INT32: "int32",
    schema.TensorType.INT64: "int64",
}
# Shapes, axes and indices are of these: they hold no weights, unless a scale says so.
COUNTING = ("int32", "int64")
# It takes a shape that may have been computed.
SHAPER = "RESHAPE"
# Far more than any classifier of small images has; a file that declares more is not read.
MOST_OPERATORS = 10_000
KINDS: dict[str, Kind] = {"FULLY_CONNECTED": "dense", "CONV_2D": "conv", "DEPTHWISE_CONV_2D": "depthwise"}


def read_weights(content: bytes, name: str) -> ModelWeights:
    """Read a `.tflite` file; see `edgemnist.formats.weights.read_weights`."""
    if content[4:8] != b"TFL3":
        raise ModelError(f"{name}: not a TFLite file: bytes 4 to 7 are {content[4:8]!r}, expected b'TFL3'")
    try:
        return _Reader(schema.Model.GetRootAs(content), Budget(len(content))).read()
    except READ_FAILURES as error:
        raise ModelError(f"{name}: a damaged TFLite file: {error}", "copy or export it again") from error


def name_operator(code: int, older: int) -> str:
    """Return an operator's name; one of a damaged file, or of a newer converter, has its number for a name.

    Args:
        code: Number in the schema.
        older: Number in the field of before, where small ones stand.
    """
    number = max(code, older)
    return str(OPERATORS.get(number, f"operator {number}"))


class _Reader:
    """Reads the operators of the one graph, and their constants."""

    def __init__(self, model: Any, budget: Budget) -> None:
        self._budget = budget
        self._model = model
        self._graph = model.Subgraphs(0)
        self._unpacked: dict[int, int] = {}  # what a DEQUANTIZE gives: the constant that it unpacks

    def read(self) -> ModelWeights:
        if self._graph.OperatorsLength() > MOST_OPERATORS:
            raise ValueError(f"{self._graph.OperatorsLength()} operators, expected at most {MOST_OPERATORS}")
        layers: list[LayerWeights] = []
        joins: list[str] = []
        unread = [f"{self._model.SubgraphsLength()} graphs"] if self._model.SubgraphsLength() > 1 else []
        for index in range(self._graph.OperatorsLength()):
            operator = self._graph.Operators(index)
            kind = self._name_kind(operator)
            if kind == "DEQUANTIZE" and self._holds_values(operator.Inputs(0)):
                self._unpacked[operator.Outputs(0)] = operator.Inputs(0)
            elif kind in KINDS and self._is_constant(operator.Inputs(1)):
                layers.append(self._read_layer(operator, KINDS[kind]))
            else:
                unread += [f"{kind} {shape}" for shape in self._list_constants(operator)]
                joins += [kind] if kind != SHAPER and self._count_computed(operator) > 1 else []
        return ModelWeights(tuple(layers), tuple(unread), tuple(joins))

    def _count_computed(self, operator: Any) -> int:
        """How many inputs of an operator are no constants."""
        places = [operator.Inputs(place) for place in range(operator.InputsLength())]
        return sum(index >= 0 and not self._is_constant(index) for index in places)

    def _name_kind(self, operator: Any) -> str:
        """The operator's name."""
        code = self._model.OperatorCodes(operator.OpcodeIndex())
        return name_operator(code.BuiltinCode(), code.DeprecatedBuiltinCode())

    def _get_tensor(self, index: int) -> Any:
        if not 0 <= index < self._graph.TensorsLength():
            raise ValueError(f"no tensor {index}")
        return self._graph.Tensors(index)

    def _name_type(self, index: int) -> str:
        return TYPES.get(self._get_tensor(index).Type(), "")

    def _get_bytes(self, index: int) -> NDArray[np.uint8] | None:
        buffer = self._model.Buffers(self._get_tensor(index).Buffer())
        return buffer.DataAsNumpy() if buffer.DataLength() else None

    def _holds_values(self, index: int) -> bool:
        return index >= 0 and self._get_bytes(index) is not None

    def _is_constant(self, index: int) -> bool:
        return self._holds_values(self._unpacked.get(index, index))

    def _list_constants(self, operator: Any) -> Iterator[str]:
        """Constants that an operator without weights computes with; one value is a factor, not weights."""
        for place in range(operator.InputsLength()):
            index = operator.Inputs(place)
            if index < 0 or not self._is_constant(index):
                continue
            source = self._unpacked.get(index, index)
            counting = self._name_type(source) in COUNTING and self._get_scales(source).size == 0
            shape = self._get_shape(source)
            if not counting and int(np.prod(shape, dtype=np.int64)) > 1:
                yield str(shape)

    def _get_shape(self, index: int) -> tuple[int, ...]:
        tensor = self._get_tensor(index)
        return tuple(int(tensor.Shape(axis)) for axis in range(min(tensor.ShapeLength(), 8)))

    def _get_scales(self, index: int) -> NDArray[np.float32]:
        details = self._get_tensor(index).Quantization()
        return np.array([], np.float32) if details is None or not details.ScaleLength() else details.ScaleAsNumpy()

    def _read_integers(self, index: int) -> NDArray[Any]:
        """The stored numbers, whatever they stand for."""
        tensor, data, kind = self._get_tensor(index), self._get_bytes(index), self._name_type(index)
        if data is None or not kind or tensor.Sparsity() is not None:
            raise ValueError(f"tensor {tensor.Name()!r} holds no numbers of a known type")
        self._budget.take((data.size,))
        return data.view(np.dtype(kind).newbyteorder("<")).astype(kind).reshape(self._get_shape(index))

    def _read_constant(self, index: int) -> Stored:
        index = self._unpacked.get(index, index)
        values, scales = self._read_integers(index), self._get_scales(index)
        if not scales.size:
            return store_floats(values)
        details = self._get_tensor(index).Quantization()
        zeros = details.ZeroPointAsNumpy() if details.ZeroPointLength() else None
        return store_integers(values, scales, zeros, details.QuantizedDimension())

    def _read_layer(self, operator: Any, kind: Kind) -> LayerWeights:
        kernel = self._read_constant(operator.Inputs(1))
        if kind == "depthwise":
            kernel = kernel.reshape(kernel.values.shape[1:])
        else:
            kernel = kernel.transpose(DENSE_TO_LAST if kind == "dense" else OUTPUT_FIRST)
        before = operator.Inputs(0)
        place = operator.Inputs(2) if operator.InputsLength() > 2 else -1
        bias = self._read_bias(place, before, kernel) if place >= 0 else None
        activation = self._name_type(before)
        if activation == "float32" and kernel.type == "int8":
            activation = "dynamic"
        return make_layer(self._name_layer(operator), kind, kernel, bias, activation)

    def _read_bias(self, place: int, before: int, kernel: Stored) -> Stored:
        """Kernels add whole numbers in steps of input scale times weight scale, whatever the bias's own says."""
        scales = self._get_scales(before)
        if self._name_type(self._unpacked.get(place, place)) not in COUNTING or scales.size != 1:
            return self._read_constant(place)
        steps = kernel.steps.reshape(-1, kernel.steps.shape[-1])[0].astype(np.float64) * float(scales[0])
        return store_integers(self._read_integers(place), steps)

    def _name_layer(self, operator: Any) -> str:
        """The Keras layer in a tensor's name such as `classifier_1/dense_1/hidden_1_1/Relu;...`: hidden_1."""
        name = self._get_tensor(operator.Outputs(0)).Name().decode(errors="replace").partition(";")[0]
        parts = [part for part in name.split("/") if part] or ["unnamed"]
        return re.sub(r"_\d+$", "", parts[2] if len(parts) > 3 else parts[0])
