"""The weights in an `.onnx` file: MatMul, Gemm and Conv, in each precision that ONNX Runtime's tools write.

Scales and biases stand in operators of their own, and a batch normalization after a layer may be a Mul and an
Add: they are followed from the kernel on and taken in, through what only rounds or casts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from edgemnist.errors import ModelError
from edgemnist.formats.onnx import DTYPES, Node, OnnxFile, read_onnx
from edgemnist.formats.weights import Kind, LayerWeights, ModelWeights
from edgemnist.formats.weights.layouts import (
    CHANNELS_FIRST,
    DENSE_TO_LAST,
    Budget,
    Stored,
    make_layer,
    store_floats,
    store_integers,
)
from edgemnist.formats.weights.onnx_graph import MOST_STEPS, ROUNDERS, OnnxGraph

DENSE = ("MatMul", "Gemm", "MatMulInteger")
CONV = ("Conv", "ConvInteger")
# It takes a shape that may have been computed.
SHAPER = "Reshape"
# How far a file's own step of a bias may be from input step times weight step: kernels compute in the latter.
STEP_TOLERANCE = 1e-3


def read_weights(content: bytes, name: str) -> ModelWeights:
    """Read an `.onnx` file; see `edgemnist.formats.weights.read_weights`."""
    file = read_onnx(content, name)
    try:
        return _Reader(file, Budget(len(content))).read()
    except (ValueError, IndexError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise ModelError(f"{name}: its weights can't be read: {error}", "copy or export it again") from error


@dataclass(frozen=True)
class _Use:
    """A node that computes with a value and with a constant."""

    node: Node
    constant: Stored


class _Reader:
    """Reads the layers of one graph."""

    def __init__(self, file: OnnxFile, budget: Budget) -> None:
        self._graph = OnnxGraph(file, budget)
        self._functions = file.functions
        self._taken: set[int] = set()  # nodes that a layer has taken in
        self._unread: list[str] = []

    def read(self) -> ModelWeights:
        layers = [layer for node in self._graph.nodes if (layer := self._read_layer(node)) is not None]
        unread = [*self._unread, *(f"operator {function} of the file's own" for function in self._functions)]
        joins: list[str] = []
        for node in self._graph.nodes:
            if node.nested:
                unread.append(f"{node.kind} with a graph inside")
            if id(node) not in self._taken and node.kind != SHAPER:
                joins += [node.kind] if self._graph.count_computed(node) > 1 else []
                rounds = node.kind in ROUNDERS
                unread += [] if rounds else [f"{node.kind} {shape}" for shape in self._graph.list_constants(node)]
        return ModelWeights(tuple(layers), tuple(unread), tuple(joins))

    def _read_layer(self, node: Node) -> LayerWeights | None:
        """A layer, with the operators after it that only scale and shift its outputs; None if it has no weights."""
        if node.kind not in (*DENSE, *CONV) or node.domain:
            return None
        if node.kind.endswith("Integer"):
            kernel, value = self._read_dynamic(node)
        else:
            kernel, value = self._graph.resolve(node.inputs[1]), node.outputs[0]
        if kernel is None:
            return None
        self._taken.add(id(node))
        kind, kernel = _lay_out(node, kernel)
        bias = self._read_bias(node, kernel)
        while (use := self._find_next(value, ("Add", "Mul"), kernel.values.shape[-1])) is not None:
            factors = use.constant.reshape((-1,))
            kernel, bias = _fold(use.node.kind, kernel, bias, factors)
            value = use.node.outputs[0]
        return make_layer(node.outputs[0], kind, kernel, bias, self._name_activation(node))

    def _read_bias(self, node: Node, kernel: Stored) -> Stored | None:
        if node.kind not in ("Gemm", "Conv") or len(node.inputs) < 3 or not node.inputs[2]:
            return None
        bias = self._graph.resolve(node.inputs[2])
        if bias is None:
            raise ValueError(f"the bias of {node.outputs[0]} is no constant")
        if not self._fits_bias(node, kernel, bias):
            self._unread.append(f"{node.kind} {node.outputs[0]} with a bias in other steps than input times weight")
        factor = node.attributes.get("beta", 1.0)
        return bias.reshape((-1,)).multiply(store_floats(np.array(factor, np.float32)))

    def _fits_bias(self, node: Node, kernel: Stored, bias: Stored) -> bool:
        """Runtimes that compute in whole numbers take a bias in steps of input times weight, whatever it says."""
        producer = self._graph.producers.get(node.inputs[0])
        if producer is None or producer.kind != "DequantizeLinear" or not bias.levels:
            return True
        scale = self._graph.constants.get(producer.inputs[1])
        if scale is None:
            return False
        expected = kernel.steps.reshape(-1, kernel.steps.shape[-1])[0] * float(self._graph.read(scale).ravel()[0])
        return bool(np.allclose(bias.steps.ravel(), expected, rtol=STEP_TOLERANCE, atol=0))

    def _read_dynamic(self, node: Node) -> tuple[Stored | None, str]:
        """Weights of a MatMulInteger or ConvInteger: their scale is in the Mul that follows the Cast."""
        values = self._graph.constants.get(node.inputs[1])
        cast = self._graph.find_user(node.outputs[0], ("Cast",))
        product = self._graph.find_user(cast.outputs[0], ("Mul",)) if cast is not None else None
        if values is None or cast is None or product is None:
            return None, node.outputs[0]
        other = next(value for value in product.inputs if value != cast.outputs[0])
        scale = self._find_scale(other)
        if scale is None:
            return None, node.outputs[0]
        self._taken |= {id(product)}
        zeros = self._graph.constants.get(node.inputs[3]) if len(node.inputs) > 3 else None
        axis = 1 if node.kind == "MatMulInteger" else 0
        kernel = store_integers(
            self._graph.read(values), scale.values, None if zeros is None else self._graph.read(zeros), axis
        )
        return kernel, product.outputs[0]

    def _find_scale(self, value: str) -> Stored | None:
        """The constant factor of a weight's scale times the input's scale."""
        node = self._graph.producers.get(value)
        if node is None or node.kind != "Mul":
            return None
        found = [constant for one in node.inputs if (constant := self._graph.resolve(one)) is not None]
        if len(found) == 1:
            self._taken.add(id(node))
            return found[0]
        return None

    def _find_next(self, value: str, kinds: tuple[str, ...], outputs: int) -> _Use | None:
        """The next node that adds to, or multiplies, each output of a layer by a constant."""
        for _ in range(MOST_STEPS):
            node = self._graph.find_user(value, (*kinds, *ROUNDERS))
            if node is None or node.kind in kinds:
                break
            value = node.outputs[0]
        if node is None or node.kind not in kinds:
            return None
        found = [constant for one in node.inputs if (constant := self._graph.resolve(one)) is not None]
        if len(found) != 1 or found[0].values.size not in (1, outputs):
            return None
        self._taken.add(id(node))
        return _Use(node, found[0])

    def _name_activation(self, node: Node) -> str:
        """The type that a layer's input comes in."""
        if node.kind.endswith("Integer"):
            return "dynamic"
        value = node.inputs[0]
        for _ in range(MOST_STEPS):
            producer = self._graph.producers.get(value)
            if producer is None:
                break
            if producer.kind == "DequantizeLinear":
                zero = self._graph.constants.get(producer.inputs[2]) if len(producer.inputs) > 2 else None
                return zero.dtype if zero is not None else "uint8"
            if producer.kind == "Cast":
                return DTYPES.get(producer.attributes.get("to", 0), ("", ""))[0]
            value = producer.inputs[0] if producer.inputs else ""
        return "float32"


def _lay_out(node: Node, kernel: Stored) -> tuple[Kind, Stored]:
    """Bring a kernel into the one layout.

    Raises:
        ValueError: it has none there: a convolution in groups, or of another number of dimensions.
    """
    if node.kind in DENSE:
        if node.attributes.get("transB"):
            kernel = kernel.transpose(DENSE_TO_LAST)
        return "dense", kernel.multiply(store_floats(np.array(node.attributes.get("alpha", 1.0), np.float32)))
    group, shape = node.attributes.get("group", 1), kernel.values.shape
    if len(shape) != 4 or (group != 1 and shape[1] != 1):
        raise ValueError(f"the kernel of {node.outputs[0]} is {shape} in {group} groups")
    if group == 1:
        return "conv", kernel.transpose(CHANNELS_FIRST)
    return "depthwise", kernel.transpose(CHANNELS_FIRST).reshape((*shape[2:], math.prod(shape[:2])))


def _fold(kind: str, kernel: Stored, bias: Stored | None, constant: Stored) -> tuple[Stored, Stored | None]:
    """Take an Add or a Mul after a layer into its weights."""
    if kind == "Mul":
        return kernel.multiply(constant), None if bias is None else bias.multiply(constant)
    outputs = kernel.values.shape[-1]
    return kernel, (bias or store_floats(np.zeros(outputs, np.float32))).add(constant)
