"""A TFLite file as a chain of layers: what is left of a model after TensorFlow has folded and fused it.

The C exporter writes these layers. It starts from the flatbuffer, not from Keras, so that its weights, scales
and zero points are those that LiteRT and TFLite Micro run, number by number.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.errors import ExportError
from edgemnist.exporters.c.graph import Chain, Geometry, Kind, Layer, Scale
from edgemnist.quiet import loading

with loading("flatbuffers", "pip install flatbuffers"):
    import flatbuffers  # noqa: F401  (the schema needs it, but ai-edge-litert doesn't install it)
with loading("ai_edge_litert", "pip install ai-edge-litert"):
    from ai_edge_litert import schema_py_generated as schema

OPERATORS = {code: name for name, code in vars(schema.BuiltinOperator).items() if isinstance(code, int)}
DTYPES = {
    schema.TensorType.FLOAT32: np.float32,
    schema.TensorType.UINT8: np.uint8,
    schema.TensorType.INT8: np.int8,
    schema.TensorType.INT32: np.int32,
}
# The real values that a fused activation function lets through; None is no limit.
ACTIVATIONS = {
    schema.ActivationFunctionType.NONE: (None, None),
    schema.ActivationFunctionType.RELU: (0.0, None),
    schema.ActivationFunctionType.RELU6: (0.0, 6.0),
    schema.ActivationFunctionType.RELU_N1_TO_1: (-1.0, 1.0),
}
# Operators that only see the same values in another shape.
VIEWS = ("RESHAPE", "SQUEEZE", "EXPAND_DIMS")


def read_chain(content: bytes) -> Chain:
    """Read the layers of a TFLite classifier of one image.

    Args:
        content: a `.tflite` file, float32 or int8.

    Raises:
        ExportError: it holds an operator that can't be written in C, named with its layer; or its layers
            are no chain; or weights, scales or zero points are out of range.
    """
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    graph = model.subgraphs[0]
    reader = _Reader(model, graph)
    operators = list(graph.operators)
    ends = [index for index, operator in enumerate(operators) if reader.name_operator(operator) == "SOFTMAX"]
    softmax = bool(ends)
    if softmax:
        rest = [reader.name_operator(operator) for operator in operators[ends[0] + 1 :]]
        if set(rest) - {"QUANTIZE", *VIEWS}:
            raise ExportError(f"C: the softmax is not the last layer: {', '.join(rest)} follow")
        operators = operators[: ends[0]]
    place = graph.inputs[0]
    if operators and reader.name_operator(operators[0]) == "QUANTIZE":  # from the raw pixel to int8: a table
        place, operators = operators[0].outputs[0], operators[1:]
    if not softmax and operators and reader.name_operator(operators[-1]) == "QUANTIZE":
        operators = operators[:-1]
    first, layers = place, []
    for operator in operators:
        if place not in operator.inputs:
            raise ExportError("C: the model branches", "only layers one after the other can be written in C")
        place = operator.outputs[0]
        if reader.name_operator(operator) not in VIEWS:
            layers.append(reader.read_layer(operator))
    classes = reader.count(place)
    return Chain(reader.get_scale(first), tuple(layers), reader.get_scale(place), classes, softmax)


def list_operators(content: bytes) -> list[str]:
    """Return the operators of a TFLite file as TFLite Micro's resolver names them, each once.

    Raises:
        ExportError: it has no name for one of them.
    """
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    codes = [_name_code(code) for code in model.operatorCodes]
    if "CUSTOM" in codes:
        raise ExportError("the model has a custom operator, which TFLite Micro's resolver has no name for")
    words = [code.split("_") for code in dict.fromkeys(codes)]
    return ["".join(word if word in ("2D", "3D") else word.capitalize() for word in parts) for parts in words]


def _name_code(code: Any) -> str:
    """The operator's name; small codes stand in an older field."""
    return str(OPERATORS[max(code.builtinCode, code.deprecatedBuiltinCode)])


class _Reader:
    """Reads operators and tensors of one graph."""

    def __init__(self, model: Any, graph: Any) -> None:
        self._model = model
        self._tensors = graph.tensors

    def name_operator(self, operator: Any) -> str:
        return _name_code(self._model.operatorCodes[operator.opcodeIndex])

    def name_layer(self, operator: Any) -> str:
        """The Keras layer in a tensor's name such as `classifier_1/dense_1/hidden_1_1/Relu;...`: hidden_1."""
        name: str = self._tensors[operator.outputs[0]].name.decode().partition(";")[0]
        parts = [part for part in name.split("/") if part]
        return re.sub(r"_\d+$", "", parts[2] if len(parts) > 3 else parts[0])

    def count(self, index: int) -> int:
        return int(np.prod(self._tensors[index].shape))

    def get_shape(self, index: int) -> tuple[int, ...]:
        return tuple(int(size) for size in self._tensors[index].shape)

    def get_scale(self, index: int) -> Scale | None:
        """The scale of an activation: one for the whole tensor."""
        tensor = self._tensors[index]
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
        tensor = self._tensors[index]
        data = self._model.buffers[tensor.buffer].data
        if data is None or tensor.type not in DTYPES:
            raise ExportError(f"C: tensor {tensor.name.decode()} holds no weights of float32 or int8")
        values = np.asarray(data, np.uint8).view(DTYPES[tensor.type]).reshape(self.get_shape(index))
        if not np.isfinite(values).all():
            raise ExportError(f"C: the weights {tensor.name.decode()} hold NaN or infinity", "train the model again")
        return values

    def get_weight_scales(self, index: int, outputs: int) -> NDArray[np.float64] | None:
        """One scale an output, also where the tensor has one for all."""
        tensor = self._tensors[index]
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

    def read_layer(self, operator: Any) -> Layer:
        kind = self.name_operator(operator)
        if kind not in READERS:
            known = ", ".join(sorted(READERS))
            raise ExportError(
                f"layer {self.name_layer(operator)}: {kind} can't be written in C", f"what can: {known}, softmax last"
            )
        return READERS[kind](self, operator)

    def describe_ends(self, operator: Any) -> dict[str, Any]:
        """What every kind of layer has."""
        before, after = operator.inputs[0], operator.outputs[0]
        return {
            "name": self.name_layer(operator),
            "input_size": self.count(before),
            "output_size": self.count(after),
            "input": self.get_scale(before),
            "output": self.get_scale(after),
        }

    def read_limits(self, operator: Any) -> tuple[float | None, float | None]:
        activation = operator.builtinOptions.fusedActivationFunction
        if activation not in ACTIVATIONS:
            raise ExportError(f"layer {self.name_layer(operator)}: its activation function can't be written in C")
        return ACTIVATIONS[activation]

    def read_weights(self, operator: Any, axis: int) -> dict[str, Any]:
        """Weights, their scales along `axis`, and the bias, which may be missing."""
        weights = self.get_values(operator.inputs[1])
        outputs = weights.shape[axis]
        dtype = np.float32 if weights.dtype == np.float32 else np.int32
        place = operator.inputs[2] if len(operator.inputs) > 2 else -1
        return {
            "limits": self.read_limits(operator),
            "weights": weights,
            "weight_scales": self.get_weight_scales(operator.inputs[1], outputs),
            "bias": self.get_values(place) if place >= 0 else np.zeros(outputs, dtype),
        }

    def read_geometry(self, operator: Any, window: tuple[int, int]) -> Geometry:
        options = operator.builtinOptions
        if getattr(options, "dilationHFactor", 1) != 1 or getattr(options, "dilationWFactor", 1) != 1:
            raise ExportError(f"layer {self.name_layer(operator)}: a dilated filter can't be written in C")
        _, rows, columns, channels = self.get_shape(operator.inputs[0])
        _, output_rows, output_columns, output_channels = self.get_shape(operator.outputs[0])
        same = options.padding == schema.Padding.SAME
        return Geometry(
            rows, columns, channels, *window, options.strideH, options.strideW,
            _pad(rows, output_rows, window[0], options.strideH) if same else 0,
            _pad(columns, output_columns, window[1], options.strideW) if same else 0,
            output_rows, output_columns, output_channels,
        )  # fmt: skip


def _pad(size: int, output_size: int, window: int, stride: int) -> int:
    """How far a window starts before the image with SAME padding: half of what is missing, rounded down."""
    return max(0, (output_size - 1) * stride + window - size) // 2


def _read_dense(reader: _Reader, operator: Any) -> Layer:
    layer = Layer("dense", **reader.describe_ends(operator), **reader.read_weights(operator, 0))
    if layer.weights is not None and layer.weights.shape != (layer.output_size, layer.input_size):
        raise ExportError(
            f"layer {layer.name}: a dense layer along one axis can't be written in C", "flatten its input first"
        )
    return layer


def _read_conv(reader: _Reader, operator: Any) -> Layer:
    found = reader.read_weights(operator, 0)
    if found["weights"].shape[3] != reader.get_shape(operator.inputs[0])[3]:
        raise ExportError(f"layer {reader.name_layer(operator)}: a convolution in groups can't be written in C")
    geometry = reader.read_geometry(operator, found["weights"].shape[1:3])
    return Layer("conv", **reader.describe_ends(operator), **found, geometry=geometry)


def _read_depthwise(reader: _Reader, operator: Any) -> Layer:
    found = reader.read_weights(operator, 3)
    found["weights"] = found["weights"][0]
    geometry = reader.read_geometry(operator, found["weights"].shape[:2])
    return Layer("depthwise", **reader.describe_ends(operator), **found, geometry=geometry)


def _read_pool(kind: Kind) -> Callable[[_Reader, Any], Layer]:
    def read(reader: _Reader, operator: Any) -> Layer:
        options = operator.builtinOptions
        geometry = reader.read_geometry(operator, (options.filterHeight, options.filterWidth))
        layer = Layer(kind, **reader.describe_ends(operator), limits=reader.read_limits(operator), geometry=geometry)
        if layer.input != layer.output:
            raise ExportError(f"layer {layer.name}: a pooling that changes the scale can't be written in C")
        return layer

    return read


def _read_rescaling(*limits: float | None) -> Callable[[_Reader, Any], Layer]:
    low, high = limits
    return lambda reader, operator: Layer("rescaling", **reader.describe_ends(operator), limits=(low, high))


def _read_mean(reader: _Reader, operator: Any) -> Layer:
    shape, axes = reader.get_shape(operator.inputs[0]), reader.get_values(operator.inputs[1]).ravel().tolist()
    layer = Layer("mean", **reader.describe_ends(operator))
    if len(shape) != 4 or sorted(axis % 4 for axis in axes) != [1, 2]:
        raise ExportError(f"layer {layer.name}: C has a mean over rows and columns only, found axes {axes} of {shape}")
    return layer


READERS: dict[str, Callable[[_Reader, Any], Layer]] = {
    "FULLY_CONNECTED": _read_dense,
    "CONV_2D": _read_conv,
    "DEPTHWISE_CONV_2D": _read_depthwise,
    "MAX_POOL_2D": _read_pool("max_pool"),
    "AVERAGE_POOL_2D": _read_pool("average_pool"),
    "MEAN": _read_mean,
    "QUANTIZE": _read_rescaling(None, None),
    "RELU": _read_rescaling(0.0, None),
    "RELU6": _read_rescaling(0.0, 6.0),
}
