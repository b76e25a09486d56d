"""Small graphs of other people's kinds, written operator by operator: no weights in them are trained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
import onnx
from ai_edge_litert import schema_py_generated as schema
from onnx import TensorProto, helper, numpy_helper

TYPES = {
    "float32": schema.TensorType.FLOAT32, "uint8": schema.TensorType.UINT8, "int8": schema.TensorType.INT8,
    "int32": schema.TensorType.INT32,
}  # fmt: skip
Tensor = tuple[str, str, tuple[int, ...], Any, float | None]


def write_tflite(
    path: Path, tensors: list[Tensor], operators: list[tuple[str, list[int], list[int]]], *, open_batch: bool = False
) -> Path:
    """Write a `.tflite` file: tensors (name, type, shape, values or None, scale or None), operators with their ends.

    The first tensor is the input, the last one the output.
    """
    model, graph = schema.ModelT(), schema.SubGraphT()
    model.version, model.buffers, model.operatorCodes = 3, [schema.BufferT()], []
    graph.tensors, graph.operators = [], []
    for name, dtype, shape, values, scale in tensors:
        tensor = schema.TensorT()
        tensor.name, tensor.type, tensor.shape, tensor.buffer = name, TYPES[dtype], list(shape), 0
        if open_batch and values is None:
            tensor.shapeSignature = [-1, *shape[1:]]
        if scale is not None:
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale, tensor.quantization.zeroPoint = [scale], [0]
        if values is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(np.asarray(values, dtype).tobytes(), np.uint8)
            tensor.buffer = len(model.buffers)
            model.buffers.append(buffer)
        graph.tensors.append(tensor)
    for kind, inputs, outputs in operators:
        code, operator = schema.OperatorCodeT(), schema.OperatorT()
        code.builtinCode = getattr(schema.BuiltinOperator, kind)
        code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), 1
        operator.opcodeIndex, operator.inputs, operator.outputs = len(model.operatorCodes), inputs, outputs
        model.operatorCodes.append(code)
        graph.operators.append(operator)
    graph.inputs, graph.outputs, model.subgraphs = [0], [len(tensors) - 1], [graph]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    path.write_bytes(bytes(builder.Output()))
    return path


def write_old_uint8(path: Path) -> Path:
    """As TensorFlow 1 quantized: uint8 weights with one scale a tensor, int32 bias."""
    return write_tflite(
        path,
        [
            ("pixels", "uint8", (1, 784), None, 1 / 255),
            ("weights", "uint8", (10, 784), np.arange(7840) % 256, 0.01),
            ("bias", "int32", (10,), np.zeros(10), 0.01 / 255),
            ("logits", "uint8", (1, 10), None, 0.1),
            ("probs", "uint8", (1, 10), None, 1 / 256),
        ],
        [("FULLY_CONNECTED", [0, 1, 2], [3]), ("SOFTMAX", [3], [4])],
    )


def write_float_tail(path: Path) -> Path:
    """Whole numbers but for the last operator, a softmax of floats."""
    return write_tflite(
        path,
        [
            ("pixels", "int8", (1, 784), None, 1 / 255),
            ("weights", "int8", (10, 784), np.arange(7840) % 100, 0.01),
            ("bias", "int32", (10,), np.zeros(10), 0.01 / 255),
            ("logits", "int8", (1, 10), None, 0.1),
            ("floats", "float32", (1, 10), None, None),
            ("probs", "float32", (1, 10), None, None),
        ],
        [("FULLY_CONNECTED", [0, 1, 2], [3]), ("DEQUANTIZE", [3], [4]), ("SOFTMAX", [4], [5])],
    )


def write_unpacked(path: Path) -> Path:
    """Weights of 8 bits that an operator unpacks to floats for the layer that takes them."""
    return write_tflite(
        path,
        [
            ("pixels", "float32", (1, 784), None, None),
            ("stored", "int8", (10, 784), np.arange(7840) % 100, 0.01),
            ("weights", "float32", (10, 784), None, None),
            ("probs", "float32", (1, 10), None, None),
        ],
        [("DEQUANTIZE", [1], [2]), ("FULLY_CONNECTED", [0, 2], [3])],
    )


def write_gelu(path: Path) -> Path:
    """An operator that TFLite Micro hasn't, and a batch that is left open."""
    return write_tflite(
        path,
        [("pixels", "float32", (1, 10), None, None), ("probs", "float32", (1, 10), None, None)],
        [("GELU", [0], [1])],
        open_batch=True,
    )


def write_onnx(path: Path, nodes: list[Any], constants: dict[str, Any], *, opset: int = 17, ir: int = 8,
               shape: tuple[Any, ...] = ("batch", 784)) -> Path:  # fmt: skip
    """Write an `.onnx` file that takes "pixels" and gives "probs"."""
    pixels = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, list(shape))
    probs = helper.make_tensor_value_info("probs", TensorProto.FLOAT, [shape[0], 10])
    stored = [numpy_helper.from_array(np.asarray(values), name) for name, values in constants.items()]
    graph = helper.make_graph(nodes, "graph", [pixels], [probs], stored)
    opsets = [helper.make_opsetid("", opset)]
    if any(node.domain for node in nodes):
        opsets.append(helper.make_opsetid("com.microsoft", 1))
    model = helper.make_model(graph, opset_imports=opsets, ir_version=ir, producer_name="pytorch")
    onnx.save(model, path)
    return path


def write_torch(path: Path) -> Path:
    """As PyTorch exports: NCHW, opset 11, log-probabilities."""
    random = np.random.default_rng(0)
    nodes = [
        helper.make_node("Conv", ["pixels", "conv.weight", "conv.bias"], ["/conv"], kernel_shape=[3, 3]),
        helper.make_node("Relu", ["/conv"], ["/relu"]),
        helper.make_node("MaxPool", ["/relu"], ["/pool"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Flatten", ["/pool"], ["/flat"]),
        helper.make_node("Gemm", ["/flat", "fc.weight", "fc.bias"], ["/fc"], transB=1),
        helper.make_node("LogSoftmax", ["/fc"], ["probs"], axis=1),
    ]
    constants = {
        "conv.weight": random.normal(size=(4, 1, 3, 3)).astype(np.float32),
        "conv.bias": np.zeros(4, np.float32),
        "fc.weight": random.normal(size=(10, 4 * 13 * 13)).astype(np.float32),
        "fc.bias": np.zeros(10, np.float32),
    }
    return write_onnx(path, nodes, constants, opset=11, ir=6, shape=("batch", 1, 28, 28))


def keep_float(content: bytes) -> bytes:
    """A released int8 `.onnx` file whose second layer has its weights as floats; all else stays as it is."""
    model = onnx.load_from_string(content)
    constants = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    second = [node for node in model.graph.node if node.op_type == "Gemm"][1]
    (unpacked,) = (node for node in model.graph.node if second.input[1] in node.output)
    values, scales, zeros = (constants[name] for name in unpacked.input)
    axis = next(one.i for one in unpacked.attribute if one.name == "axis")
    shape = [-1 if place == axis else 1 for place in range(values.ndim)]
    floats = (values.astype(np.float32) - zeros.reshape(shape)) * scales.reshape(shape)
    model.graph.node.remove(unpacked)
    model.graph.initializer.append(numpy_helper.from_array(floats.astype(np.float32), unpacked.output[0]))
    return bytes(model.SerializeToString())
