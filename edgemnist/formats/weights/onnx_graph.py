"""The graph of an `.onnx` file as the reader of weights follows it: who makes and who uses each value.

A value is a constant where nothing but what rounds, casts or reshapes lies between it and a stored one.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

from numpy.typing import NDArray

from edgemnist.formats.onnx import Node, OnnxFile, Tensor
from edgemnist.formats.weights.layouts import Budget, Stored, store_floats, store_integers

# What rounds or casts a value, or passes it on.
ROUNDERS = ("QuantizeLinear", "DequantizeLinear", "Cast", "Identity")
# What gives a constant in another form.
UNPACKERS = ("Reshape", "Cast", "Identity")
FLOATS = ("float32", "float16", "float64")
# Shapes, axes and indices are of these.
COUNTING = ("int32", "int64", "bool")
# How many nodes are followed from one value.
MOST_STEPS = 50


class OnnxGraph:
    """The nodes of one file, and the constants that reach them.

    Args:
        file: File as it was read.
        budget: Bytes that may be read from its constants.

    Attributes:
        nodes: The operators, in the file's order.
        constants: Stored constants by name.
        producers: The node that makes each value.
        users: The nodes that take each value.
    """

    def __init__(self, file: OnnxFile, budget: Budget) -> None:
        self.nodes, self.constants, self._outputs, self._budget = file.nodes, file.constants, file.outputs, budget
        self.producers = {output: node for node in file.nodes for output in node.outputs if output}
        self.users: dict[str, list[Node]] = defaultdict(list)
        for node in file.nodes:
            for value in set(node.inputs):
                self.users[value].append(node)

    def count_computed(self, node: Node) -> int:
        """How many inputs of a node are no constants, counting ones among them."""
        return sum(
            bool(value) and value not in self.constants and self.find_constant(value) is None for value in node.inputs
        )

    def list_constants(self, node: Node) -> list[str]:
        """Constants of more than one value that a node computes with; they are not read."""
        found = [self.find_constant(value) for value in node.inputs]
        return [str(one.shape) for one in found if one is not None and math.prod(one.shape) > 1]

    def find_constant(self, value: str) -> Tensor | None:
        """Return the stored constant that a value is, unpacked or in another shape; None for one that counts."""
        scaled = False
        for _ in range(MOST_STEPS):
            tensor = self.constants.get(value)
            if tensor is not None:
                return tensor if scaled or tensor.dtype not in COUNTING else None
            node = self.producers.get(value)
            if node is None or node.kind not in (*UNPACKERS, "DequantizeLinear"):
                return None
            scaled = scaled or node.kind == "DequantizeLinear"
            value = node.inputs[0]
        return None

    def read(self, tensor: Tensor) -> NDArray[Any]:
        """Return the values of a stored constant."""
        self._budget.take(tensor.shape)
        return tensor.read()

    def resolve(self, value: str, depth: int = 0) -> Stored | None:
        """The constant that a value is: a stored one, perhaps unpacked or in another shape; else None.

        Whole numbers without a scale, which count or index, are none.
        """
        if value in self.constants:
            tensor = self.constants[value]
            return store_floats(self.read(tensor)) if tensor.dtype in FLOATS else None
        node = self.producers.get(value)
        if node is None or depth > MOST_STEPS:
            return None
        if node.kind == "DequantizeLinear":
            return self._unpack(node)
        inner = self.resolve(node.inputs[0], depth + 1) if node.kind in UNPACKERS else None
        if inner is None or node.kind != "Reshape":
            return inner
        shape = self.constants.get(node.inputs[1])
        return inner.reshape(tuple(self.read(shape).tolist())) if shape is not None else None

    def _unpack(self, node: Node) -> Stored | None:
        """Whole numbers with their scales, from a DequantizeLinear."""
        tensors = [self.constants.get(value) for value in node.inputs]
        values, scales, zeros = (*tensors, None)[:3]
        if values is None or scales is None:
            return None
        return store_integers(
            self.read(values),
            self.read(scales),
            None if zeros is None else self.read(zeros),
            node.attributes.get("axis", 1),
        )

    def find_user(self, value: str, kinds: tuple[str, ...]) -> Node | None:
        """The one node that uses a value, if it is of these kinds."""
        users = self.users.get(value, [])
        return users[0] if len(users) == 1 and users[0].kind in kinds and value not in self._outputs else None
