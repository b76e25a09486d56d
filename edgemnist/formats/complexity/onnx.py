"""What an ONNX model takes, counted from the shapes of its weights and of what they are multiplied with."""

from __future__ import annotations

import math
from collections.abc import Mapping

from edgemnist.formats import ModelFile
from edgemnist.formats.complexity import Complexity, Uncounted
from edgemnist.formats.complexity.onnx_shapes import BINARY, RULES, find_shapes
from edgemnist.formats.onnx import Node, OnnxFile, Tensor, read_onnx
from edgemnist.formats.weights.layouts import Budget
from edgemnist.formats.weights.onnx_graph import OnnxGraph

CONV = ("Conv", "ConvInteger")
DENSE = ("MatMul", "MatMulInteger", "Gemm")
# Operators with weights.
WEIGHTED = (*CONV, *DENSE, "ConvTranspose")
# Which inputs of an operator are trained values, where not all of its constants are.
PLACES: Mapping[str, tuple[int, ...]] = {
    **dict.fromkeys(("Conv", "ConvTranspose"), (1, 2)),
    "ConvInteger": (1,),
    **dict.fromkeys(("MatMul", "MatMulInteger"), (0, 1)),
    "Gemm": (0, 1, 2),
    "QLinearConv": (3, 8),
    "QGemm": (0, 3, 6),
    **dict.fromkeys(("QLinearMatMul", "QLinearAdd", "QLinearMul"), (0, 3)),
    "MatMulIntegerToFloat": (0, 1, 6),
    "DynamicQuantizeMatMul": (1, 4),
}
# Operators that compute with constants of several values, or hand them on to others, as a table of embeddings.
COMPUTING = (
    *BINARY, "BatchNormalization", "InstanceNormalization", "LayerNormalization", "GroupNormalization", "Gather",
    "Concat", "Expand",
)  # fmt: skip
# Operators that multiply nothing, though what shape they give isn't followed.
OTHERS = (
    "Shape", "Gather", "Slice", "Split", "Resize", "Upsample", "ArgMax", "Expand", "Tile", "Where", "DepthToSpace",
    "SpaceToDepth", "ConstantOfShape", "Range", "ReduceProd", "ReduceMin", "Equal", "Greater", "Less", "Not", "Floor",
    "Ceil", "Round", "Sin", "Cos", "LpNormalization", "GroupNormalization",
)  # fmt: skip


def count_complexity(file: ModelFile) -> Complexity:
    """Count an `.onnx` file; see `edgemnist.formats.complexity.count_complexity`."""
    return Counter(read_onnx(file.content, str(file.path))).count()


class Counter:
    """Counts the operators of the one graph; a constant that several share is counted once."""

    def __init__(self, file: OnnxFile) -> None:
        self._file, self._graph = file, OnnxGraph(file, Budget(0))
        self._shapes = find_shapes(file)

    def count(self) -> Complexity:
        """Count all of them."""
        constants: dict[int, Tensor] = {}
        multiplications, uncounted = 0, ""
        for node in self._graph.nodes:
            constants |= {id(one): one for one in self.list_weights(node)}
            try:
                multiplications += self.multiply(node)
            except Uncounted as reason:
                uncounted = uncounted or str(reason)
        parameters = sum(math.prod(one.shape) for one in constants.values())
        return Complexity(parameters, None if uncounted else multiplications // self.count_images(), uncounted)

    def count_images(self) -> int:
        """Return how many images the input takes at once, where that is fixed."""
        sizes = [self._shapes[name][0] for name in self._file.inputs if self._shapes.get(name)]
        return sizes[0] if sizes else 1

    def list_weights(self, node: Node) -> list[Tensor]:
        """Return the constants that an operator computes with; one value is a factor, and scales only unpack.

        The constants of most others say where, how often or how far. Those of an operator of an unknown kind count.
        """
        if node.kind in PLACES:
            values = [node.inputs[place] for place in PLACES[node.kind] if place < len(node.inputs)]
            found = [self._graph.find_constant(value) or self._graph.constants.get(value) for value in values]
            return [one for one in found if one]
        known = node.kind in (*RULES, *OTHERS) and node.kind not in COMPUTING
        if known or any(map(self._is_scale, node.inputs)):
            return []
        found = [self._graph.find_constant(value) for value in node.inputs]
        return [one for one in found if one and math.prod(one.shape) > 1]

    def _is_scale(self, value: str) -> bool:
        """True for the scale that activations are rounded with: it is multiplied by the weights' own."""
        producer = self._graph.producers.get(value)
        return producer is not None and producer.kind == "DynamicQuantizeLinear" and value in producer.outputs[1:]

    def multiply(self, node: Node) -> int:
        """Return the products of an operator for all images of a batch.

        Raises:
            Uncounted: They aren't known.
        """
        if node.domain or node.nested or node.kind not in (*RULES, *OTHERS, *WEIGHTED):
            raise Uncounted(f"{node.kind} isn't of a kind that is counted")
        if node.kind not in WEIGHTED:
            return 0
        name = node.outputs[0] if node.outputs else ""
        values = self._shapes.get(node.inputs[0] if node.kind == "ConvTranspose" else name, ())
        weights = self._shapes.get(node.inputs[1], ()) if len(node.inputs) > 1 else ()
        if not values or not weights:
            raise Uncounted(f"the file doesn't say what shape {node.kind} {name} gives")
        if node.kind in DENSE:
            return math.prod(values) * self._count_summands(node)
        return values[0] * math.prod(values[2:]) * math.prod(weights)  # all weights are used for each pixel

    def _count_summands(self, node: Node) -> int:
        """Return how many products each value of a dense layer sums up; its weights may be on either side."""
        for place, axis, turned in ((1, -2, "transB"), (0, -1, "transA")):
            shape = self._shapes.get(node.inputs[place], ())
            if len(shape) > 1 and self._graph.find_constant(node.inputs[place]) is not None:
                return shape[-3 - axis if node.attributes.get(turned) else axis]
        raise Uncounted(f"{node.kind} {node.outputs[0]} multiplies values with values")
