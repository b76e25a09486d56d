"""A TFLite file's operators and tensors, as the layers read them."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any, Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

from edgemnist.errors import ExportError
from edgemnist.exporters.c.graph import Limits, Scale, Tensor
from edgemnist.formats.weights.tflite_graph import name_layer, name_operator
from edgemnist.quiet import loading

with loading("flatbuffers", "pip install flatbuffers"):
    import flatbuffers  # noqa: F401  (the schema needs it, but ai-edge-litert doesn't install it)
with loading("ai_edge_litert", "pip install ai-edge-litert"):
    from ai_edge_litert import schema_py_generated as schema

DTYPES = {
    schema.TensorType.FLOAT32: np.float32,
    schema.TensorType.UINT8: np.uint8,
    schema.TensorType.INT8: np.int8,
    schema.TensorType.INT32: np.int32,
}
TYPES: dict[int, Literal["float32", "int8", "bool"]] = {
    schema.TensorType.FLOAT32: "float32",
    schema.TensorType.INT8: "int8",
    schema.TensorType.BOOL: "bool",
}
ACTIVATIONS: dict[int, Limits] = {
    schema.ActivationFunctionType.NONE: (None, None),
    schema.ActivationFunctionType.RELU: (0.0, None),
    schema.ActivationFunctionType.RELU6: (0.0, 6.0),
    schema.ActivationFunctionType.RELU_N1_TO_1: (-1.0, 1.0),
}


class LayerTensors(TypedDict):
    """What every layer has."""

    name: str
    inputs: tuple[Tensor, ...]
    output: Tensor


class Weights(TypedDict):
    """What every layer with weights has."""

    weights: NDArray[Any]
    weight_scales: NDArray[np.float64] | None
    bias: NDArray[Any]
    limits: Limits


class TFLiteGraph:
    """The one graph of a `.tflite` file.

    Args:
        content: File.
    """

    def __init__(self, content: bytes) -> None:
        self._model = schema.ModelT.InitFromPackedBuf(content, 0)
        self._graph = self._model.subgraphs[0]
        self.operators: list[Any] = list(self._graph.operators)
        self.inputs = [int(index) for index in self._graph.inputs]
        self.outputs = [int(index) for index in self._graph.outputs]

    def list_operator_names(self) -> list[str]:
        """Return the names of the operators that the file declares, each once."""
        codes = self._model.operatorCodes
        return list(dict.fromkeys(name_operator(code.builtinCode, code.deprecatedBuiltinCode) for code in codes))

    def name_operator(self, raw: Any) -> str:
        """Return an operator's name, such as "SOFTMAX"."""
        code = self._model.operatorCodes[raw.opcodeIndex]
        return name_operator(code.builtinCode, code.deprecatedBuiltinCode)

    def name_layer(self, raw: Any) -> str:
        """Return the Keras layer in the name of what an operator gives, or that name."""
        return name_layer(self._get_tensor(raw.outputs[0]).name.decode())

    def get_shape(self, index: int) -> tuple[int, ...]:
        """Return a tensor's shape."""
        return tuple(int(size) for size in self._get_tensor(index).shape)

    def count_values(self, index: int) -> int:
        """Return how many values a tensor has."""
        return prod(self.get_shape(index))

    def get_type(self, index: int) -> Literal["float32", "int8", "bool"]:
        """Return the type of a tensor of values, as it is computed with."""
        tensor = self._get_tensor(index)
        if tensor.type not in TYPES:
            raise ExportError(f"C: tensor {tensor.name.decode()} is neither float32 nor int8")
        return TYPES[tensor.type]

    def is_int8(self, index: int) -> bool:
        """True of a tensor of int8; an input may have a type that isn't computed with."""
        return TYPES.get(self._get_tensor(index).type) == "int8"

    def get_scale(self, index: int) -> Scale | None:
        """Return the scale of an activation, one for the whole tensor; None for floats."""
        tensor = self._get_tensor(index)
        if tensor.type == schema.TensorType.FLOAT32:
            return None
        details = tensor.quantization
        if tensor.type != schema.TensorType.INT8 or details is None or details.scale is None or len(details.scale) != 1:
            raise ExportError(f"C: tensor {tensor.name.decode()} is neither float32 nor int8 with one scale")
        scale, zero_point = float(details.scale[0]), int(details.zeroPoint[0])
        if not (np.isfinite(scale) and scale > 0 and -128 <= zero_point <= 127):
            raise ExportError(
                f"C: tensor {tensor.name.decode()} has scale {scale:g} and zero point {zero_point}, "
                "expected a scale above 0 and a zero point from -128 to 127"
            )
        return Scale(scale, zero_point)

    def get_values(self, index: int) -> NDArray[Any]:
        """Return a constant."""
        tensor = self._get_tensor(index)
        data = self._model.buffers[tensor.buffer].data
        if data is None or tensor.type not in DTYPES:
            raise ExportError(f"C: tensor {tensor.name.decode()} holds no weights of float32 or int8")
        values = np.asarray(data, np.uint8).view(DTYPES[tensor.type]).reshape(self.get_shape(index))
        if not np.isfinite(values).all():
            raise ExportError(f"C: the weights {tensor.name.decode()} hold NaN or infinity", "train the model again")
        return values

    def get_weight_scales(self, index: int, outputs: int) -> NDArray[np.float64] | None:
        """Return one scale an output, also where the tensor has one for all; None for floats."""
        tensor = self._get_tensor(index)
        if tensor.type == schema.TensorType.FLOAT32:
            return None
        details = tensor.quantization
        if tensor.type != schema.TensorType.INT8 or details is None or details.scale is None:
            raise ExportError(f"C: the weights {tensor.name.decode()} are neither float32 nor int8")
        scales = np.asarray(details.scale, np.float64)
        if np.any(details.zeroPoint):
            raise ExportError(f"C: the weights {tensor.name.decode()} have zero points other than 0")
        if not (np.isfinite(scales).all() and (scales > 0).all()):
            raise ExportError(f"C: the weights {tensor.name.decode()} have a scale that is no number above 0")
        return np.broadcast_to(scales, outputs)

    def _get_tensor(self, index: int) -> Any:
        return self._graph.tensors[index]


@dataclass(frozen=True, eq=False)
class Operator:
    """One operator, with the tensors that it reads and gives.

    Args:
        graph: Graph that it is of.
        raw: Operator as the schema has it.
        operands: Its inputs; None where one is a constant or missing.
        output: Its output.
    """

    graph: TFLiteGraph
    raw: Any
    operands: tuple[Tensor | None, ...]
    output: Tensor

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """Those of its inputs that are computed."""
        return tuple(operand for operand in self.operands if operand is not None)

    @property
    def kind(self) -> str:
        """Name of the operator, such as "SOFTMAX"."""
        return self.graph.name_operator(self.raw)

    @property
    def options(self) -> Any:
        """Options of the operator, as the schema has them."""
        if self.raw.builtinOptions is None:
            raise self.refuse(f"{self.kind} without its options can't be written in C", "convert the model again")
        return self.raw.builtinOptions

    @property
    def pads(self) -> bool:
        """True if its window also stands where it hangs over the image."""
        return bool(self.options.padding == schema.Padding.SAME)

    def refuse(self, reason: str, hint: str = "") -> ExportError:
        """Return the error that says why the layer can't be written in C."""
        return ExportError(f"layer {self.graph.name_layer(self.raw)}: {reason}", hint)

    def read_tensors(self, inputs: int = 1) -> LayerTensors:
        """Return what every layer has.

        Args:
            inputs: How many computed tensors it reads.

        Raises:
            ExportError: It reads more or fewer.
        """
        if len(self.inputs) != inputs:
            raise self.refuse(
                f"{self.kind} of {len(self.inputs)} computed inputs can't be written in C, only of {inputs}"
            )
        return {"name": self.graph.name_layer(self.raw), "inputs": self.inputs, "output": self.output}

    def get_operand(self, place: int) -> Tensor:
        """Return one of the inputs, computed or constant."""
        self._require(place)
        operand, index = self.operands[place], self.raw.inputs[place]
        return operand or Tensor(f"constant_{index}", self.graph.get_shape(index), self.graph.get_scale(index))

    def _require(self, place: int) -> None:
        if place >= len(self.operands) or self.raw.inputs[place] < 0:
            raise self.refuse(f"{self.kind} of {len(self.operands)} inputs can't be written in C")

    def read_values(self, place: int) -> NDArray[Any]:
        """Return the constant that is one of the inputs."""
        self._require(place)
        return self.graph.get_values(self.raw.inputs[place])

    def read_counts(self, place: int, count: int | None = None) -> list[int]:
        """Return a constant list of sizes, axes or places.

        Args:
            count: How many there must be.
        """
        values = self.read_values(place)
        if values.dtype != np.int32:
            raise self.refuse(f"input {place} of {self.kind} is {values.dtype}, expected int32")
        if count is not None and values.size != count:
            raise self.refuse(f"input {place} of {self.kind} has {values.size} numbers, expected {count}")
        return [int(value) for value in values.ravel()]

    def read_limits(self) -> Limits:
        """Return what the activation function lets through, which is part of the operator."""
        activation = self.options.fusedActivationFunction
        if activation not in ACTIVATIONS:
            raise self.refuse("its activation function can't be written in C")
        return ACTIVATIONS[activation]

    def read_weights(self, axis: int, bias: int = 2) -> Weights:
        """Return weights and their scales along `axis`, and the bias, which may be missing.

        Args:
            bias: Place of the bias among the inputs.
        """
        weights = self.read_values(1)
        outputs = weights.shape[axis]
        types = ("float32", "float32") if self.output.scale is None else ("int8", "int32")
        has_bias = len(self.raw.inputs) > bias and self.raw.inputs[bias] >= 0
        biases = self.read_values(bias) if has_bias else np.zeros(outputs, types[1])
        if (weights.dtype.name, biases.dtype.name) != types or biases.shape != (outputs,):
            raise self.refuse(
                f"its weights are {weights.dtype} and its bias is {biases.dtype} {biases.shape}, "
                f"expected {types[0]} and {types[1]} ({outputs},)"
            )
        scales = self.graph.get_weight_scales(self.raw.inputs[1], outputs)
        return {"weights": weights, "weight_scales": scales, "bias": biases, "limits": self.read_limits()}
