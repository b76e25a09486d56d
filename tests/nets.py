"""TFLite models put together operator by operator, with chosen shapes, scales and zero points. No TensorFlow."""

from __future__ import annotations

from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

Scale = tuple[float, int]
# The raw pixel less 128.
PIXELS: Scale = (1 / 255, -128)
# What hidden values may be: real 0 is no end of the range.
HIDDEN: Scale = (0.02, -7)
# TFLite's options of an operator, where the name isn't the operator's own; some operators have none.
OPTIONS = {
    "CONV_2D": "Conv2D", "DEPTHWISE_CONV_2D": "DepthwiseConv2D", "MAX_POOL_2D": "Pool2D", "AVERAGE_POOL_2D": "Pool2D",
    "MEAN": "Reducer", "REDUCE_MAX": "Reducer", "MAXIMUM": "MaximumMinimum", "MINIMUM": "MaximumMinimum",
    "PADV2": "PadV2",
}  # fmt: skip
# Operators whose first version knows int8 as well, and one that has no first version.
FIRST_VERSIONS = ("RESHAPE", "GELU", "TILE", "PRELU", "HARD_SWISH", "RELU_N1_TO_1")
LATER = ("BROADCAST_TO",)


class Net:
    """A model of one image, whose logits are the last operator's output.

    Args:
        quantized: int8 if true, else float32, which leaves out all scales.
        seed: Seed of the weights.
    """

    def __init__(self, quantized: bool, seed: int = 0) -> None:
        self.quantized = quantized
        self.random = np.random.default_rng(seed)
        self.spread: dict[tuple[int, Scale], int] = {}  # what several operators read, by what it is made of
        self.graph = schema.SubGraphT()
        self.graph.tensors, self.graph.operators = [], []
        self.model = schema.ModelT()
        self.model.version, self.model.subgraphs = 3, [self.graph]
        self.model.operatorCodes, self.model.buffers = [], [schema.BufferT()]
        self.input = self.add_tensor((1, 784), PIXELS)

    def add_tensor(self, shape: tuple[int, ...], scale: Scale | None = None, data: np.ndarray | None = None) -> int:
        """Add a tensor; one with data is a constant, of the data's type."""
        tensor = schema.TensorT()
        tensor.shape, tensor.name = list(shape), f"net/layer_{len(self.graph.tensors)}/part/op".encode()
        dtype = data.dtype.name if data is not None else "int8" if self.quantized else "float32"
        tensor.type = getattr(schema.TensorType, dtype.upper())
        tensor.buffer = 0
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = np.ascontiguousarray(data).view(np.uint8).ravel()
            tensor.buffer = len(self.model.buffers)
            self.model.buffers.append(buffer)
        if self.quantized and scale is not None:
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale, tensor.quantization.zeroPoint = [scale[0]], [scale[1]]
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def add(
        self, kind: str, inputs: list[int], shape: tuple[int, ...], scale: Scale | None = HIDDEN, **options: Any
    ) -> int:
        """Add an operator, and return its output."""
        code = schema.OperatorCodeT()
        code.builtinCode = getattr(schema.BuiltinOperator, kind)
        code.deprecatedBuiltinCode = min(code.builtinCode, 127)
        later = kind in LATER or (self.quantized and kind not in FIRST_VERSIONS)
        code.version = 2 if later else 1
        operator = schema.OperatorT()
        operator.opcodeIndex, operator.inputs = len(self.model.operatorCodes), inputs
        operator.outputs = [self.add_tensor(shape, scale)]
        name = OPTIONS.get(kind, "".join(map(str.capitalize, kind.split("_"))))
        if hasattr(schema, f"{name}OptionsT"):
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, f"{name}Options")
            operator.builtinOptions = getattr(schema, f"{name}OptionsT")()
            for option, value in options.items():
                setattr(operator.builtinOptions, option, value)
        self.model.operatorCodes.append(code)
        self.graph.operators.append(operator)
        return operator.outputs[0]

    def add_weights(self, shape: tuple[int, ...], outputs: int, scale: float = 0.002) -> list[int]:
        """Add random weights and biases; of int8, in steps of `scale`."""
        if not self.quantized:
            weights = self.random.normal(0, 40 * scale, shape).astype(np.float32)
            bias = self.random.normal(0, 0.1, outputs).astype(np.float32)
            return [self.add_tensor(shape, data=weights), self.add_tensor((outputs,), data=bias)]
        weights = self.random.integers(-127, 128, shape).astype(np.int8)
        bias = self.random.integers(-9999, 9999, outputs).astype(np.int32)
        return [self.add_tensor(shape, (scale, 0), weights), self.add_tensor((outputs,), (1e-5, 0), bias)]

    def dense(self, before: int, outputs: int, scale: Scale = HIDDEN, step: float = 0.002) -> int:
        """Add a dense layer without an activation function over all values of a tensor."""
        inputs = int(np.prod(self.graph.tensors[before].shape))
        flat = self.reshape(before, (1, inputs))
        weights = self.add_weights((outputs, inputs), outputs, step)
        return self.add("FULLY_CONNECTED", [flat, *weights], (1, outputs), scale)

    def reshape(self, before: int, shape: tuple[int, ...]) -> int:
        """Add a view of the same values."""
        scale = self.get_scale(before)
        sizes = self.add_tensor((len(shape),), data=np.array(shape, np.int32))
        return self.add("RESHAPE", [before, sizes], shape, scale, newShape=list(shape))

    def get_scale(self, index: int) -> Scale | None:
        """Return the scale and zero point of a tensor."""
        details = self.graph.tensors[index].quantization
        return (details.scale[0], details.zeroPoint[0]) if self.quantized and details else None

    def use_powers(self, first: int) -> None:
        """Make scales from a tensor on powers of two, and weights and biases small: many sums are halves then."""
        for tensor in self.graph.tensors[first:]:
            details = tensor.quantization
            if details and (details.scale[0], details.zeroPoint[0]) == PIXELS:  # those of layers that keep it
                details.scale, details.zeroPoint = [HIDDEN[0]], [HIDDEN[1]]
            if details:
                details.scale = [2.0 ** round(np.log2(scale)) for scale in details.scale]
        for operator in self.graph.operators:
            tensors = [self.graph.tensors[index] for index in operator.inputs]
            if [one.type for one in tensors] == [
                schema.TensorType.INT8,
                schema.TensorType.INT8,
                schema.TensorType.INT32,
            ]:
                values, weights, bias = tensors
                self._divide(weights, 32, np.int8)
                self._divide(bias, 64, np.int32)
                weights.quantization.scale = [32 * scale for scale in weights.quantization.scale]
                product = weights.quantization.scale[0] * values.quantization.scale[0]
                bias.quantization.scale, bias.quantization.zeroPoint = [product], [0]

    def _divide(self, tensor: Any, by: int, dtype: type[np.integer]) -> None:
        buffer = self.model.buffers[tensor.buffer]
        buffer.data = np.rint(buffer.data.view(dtype) / by).astype(dtype).view(np.uint8)

    def build(self) -> bytes:
        """Return the file, whose output is the last operator's."""
        self.graph.inputs, self.graph.outputs = [self.input], [self.graph.operators[-1].outputs[0]]
        builder = flatbuffers.Builder(1024)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def build_branches(quantized: bool, seed: int = 0) -> bytes:
    """Values that are read by several layers, some long after they were made: pixels, a filter's, a sum."""
    net = Net(quantized, seed)
    image = net.reshape(net.input, (1, 14, 14, 4))
    steps, same = {"strideH": 2, "strideW": 2}, {"strideH": 1, "strideW": 1}
    weights = net.add_weights((8, 3, 3, 4), 8, 0.01)
    filtered = net.add("CONV_2D", [image, *weights], (1, 7, 7, 8), HIDDEN, **steps, fusedActivationFunction=1)
    other = net.add("CONV_2D", [filtered, *net.add_weights((8, 3, 3, 8), 8)], (1, 7, 7, 8), (0.03, 5), **same)
    total = net.add("ADD", [filtered, other], (1, 7, 7, 8), (0.04, -20), fusedActivationFunction=1)
    twice = net.add("ADD", [total, total], (1, 7, 7, 8), HIDDEN)
    wide = net.add("CONCATENATION", [twice, filtered, twice], (1, 7, 7, 24), axis=3)
    late = net.dense(image, 10, (0.02, 0))
    net.add("ADD", [net.dense(wide, 10, (0.03, 3)), late], (1, 10), (0.04, 1))
    return net.build()
