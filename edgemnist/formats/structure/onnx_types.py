"""The types of the values in an `.onnx` file, as they follow from its operators.

Between a DequantizeLinear and a QuantizeLinear the graph has floats, but runtimes compute whole numbers there: such
values have the type that they are rounded to.
"""

from __future__ import annotations

from functools import cached_property

from edgemnist.formats.onnx import DTYPES, Node, OnnxFile, Tensor
from edgemnist.formats.structure import DYNAMIC
from edgemnist.formats.weights.layouts import Budget
from edgemnist.formats.weights.onnx_graph import MOST_STEPS, OnnxGraph

# Operators that compute nothing: what they give are values that they took, moved, rounded or cast.
MOVING = frozenset((
    "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Identity", "Pad", "Slice", "Split", "Concat", "Gather",
    "GatherElements", "GatherND", "Expand", "Tile", "DepthToSpace", "SpaceToDepth", "Dropout", "Cast", "CastLike",
    "QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "Shape", "Size", "ConstantOfShape", "Constant",
))  # fmt: skip
# What runtimes take into the operator before it, where a rounding follows.
FUSED = frozenset(("Relu", "Clip"))
# Operators that take scales beside whole numbers, but those of which all names begin alike.
SCALED = ("QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "QGemm")
# Operators with weights, and where these may stand among their inputs; also those that ONNX Runtime fuses.
WEIGHTED = {
    **dict.fromkeys(("Conv", "ConvInteger", "ConvTranspose", "LSTM", "GRU", "RNN", "FusedConv", "NhwcFusedConv"), (1,)),
    **dict.fromkeys(("MatMul", "MatMulInteger", "Gemm", "FusedMatMul", "FusedGemm", "MatMulIntegerToFloat"), (1, 0)),
    **dict.fromkeys(("QLinearConv", "QGemm"), (3,)),
    "QLinearMatMul": (3, 0),
    "DynamicQuantizeMatMul": (1,),
}
# Those that take whole numbers as they are, with scales beside some of them.
INTEGER = ("MatMulInteger", "ConvInteger", "MatMulIntegerToFloat")
# What other operators give than they take.
GIVEN = {
    **dict.fromkeys(("Shape", "Size", "ArgMax", "ArgMin", "NonZero"), "int64"),
    **dict.fromkeys(("Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Not", "And", "Or"), "bool"),
    **dict.fromkeys(("MatMulInteger", "ConvInteger"), "int32"),
    "MatMulIntegerToFloat": "float32",
    "ConstantOfShape": "float32",
}
# Where the zero point of the result stands, whose type the result has, and that type where it is left out.
ZERO_POINTS = {
    "QuantizeLinear": (2, "uint8"), "QLinearConv": (7, "uint8"), "QLinearMatMul": (7, "uint8"),
    "QLinearConcat": (1, "uint8"), "QGemm": (8, "float32"),
}  # fmt: skip
INTEGERS = ("int", "uint")


def has_scales(node: Node) -> bool:
    """True for an operator that takes scales among its constants: they say what its whole numbers stand for."""
    return node.kind.startswith("QLinear") or node.kind in SCALED


class Types:
    """The types of the values in one file.

    Args:
        file: File as it was read.
    """

    def __init__(self, file: OnnxFile) -> None:
        self._file, self.graph = file, OnnxGraph(file, Budget(0))
        self._computed: dict[int, str] = {}

    @cached_property
    def stored(self) -> dict[str, str]:
        """The type of each value as the graph has it; "" where that isn't known."""
        found = {name: self._file.dtypes.get(name, "") for name in self._file.inputs}
        found |= {name: tensor.dtype for name, tensor in self._file.constants.items()}
        for node in self._file.nodes:
            given = self._list_given(node, found)
            found |= {
                name: one or self._file.dtypes.get(name, "") for name, one in zip(node.outputs, given, strict=True)
            }
        return found

    def _list_given(self, node: Node, found: dict[str, str]) -> list[str]:
        """Return the types of what an operator gives."""
        taken = [found.get(name, "") for name in node.inputs]
        if node.kind == "Cast":
            given = DTYPES.get(node.attributes.get("to", 0), ("", ""))[0]
        elif node.kind == "DynamicQuantizeLinear":
            return ["uint8", "float32", "uint8"][: len(node.outputs)] + [""] * (len(node.outputs) - 3)
        elif node.kind in ZERO_POINTS:
            place, default = ZERO_POINTS[node.kind]
            given = taken[place] if place < len(taken) and node.inputs[place] else default
        elif node.kind in ("DequantizeLinear", "Where"):
            given = taken[1] if len(taken) > 1 else ""
        else:
            given = GIVEN.get(node.kind) or (taken[0] if taken else "")
        return [given] * len(node.outputs)

    def find_carried(self, value: str) -> str:
        """Return the type that a value is rounded to before it is used, or its own where it isn't."""
        own = self.stored.get(value, "")
        for _ in range(MOST_STEPS):
            node = self.graph.producers.get(value)
            if node is None or not node.inputs:
                break
            taken = self.stored.get(node.inputs[0], "")
            if node.kind == "DequantizeLinear":
                return taken
            if node.kind in WEIGHTED:
                return self._computed.get(id(node), own) if self.find_weights(node) else own
            if node.kind not in FUSED and (node.kind not in MOVING or taken != self.stored.get(value)):
                break
            value = node.inputs[0]
        return own

    def find_weights(self, node: Node) -> Tensor | None:
        """Return the constant that an operator multiplies by; None of one without."""
        names = [node.inputs[place] for place in WEIGHTED.get(node.kind, ()) if place < len(node.inputs)]
        found = (self.graph.find_constant(name) or self.graph.constants.get(name) for name in names)
        return next((one for one in found if one is not None), None)

    @cached_property
    def computed(self) -> list[str]:
        """The type that each operator computes with; "dynamic" where its input is rounded as it comes."""
        for node in self._file.nodes:  # each after those that it needs
            self._computed[id(node)] = self._find_computed(node)
        return [self._computed[id(node)] for node in self._file.nodes]

    @cached_property
    def _rounded(self) -> set[str]:
        """The values that all who use them round to whole numbers, or hand on to what does."""
        found: set[str] = set()
        for node in reversed(self._file.nodes):
            found |= {value for value in node.outputs if self._is_rounded(value, found)}
        return found

    def _find_computed(self, node: Node) -> str:
        values = self._list_values(node)
        if node.kind == "DynamicQuantizeMatMul":
            return DYNAMIC
        if node.kind in INTEGER:
            producers = [self.graph.producers.get(name) for name in node.inputs[:2]]
            rounded = any(one is not None and one.kind == "DynamicQuantizeLinear" for one in producers)
            return DYNAMIC if rounded else self.stored.get(node.inputs[0], "")
        types = [self.stored.get(value, "") for value in values]
        carried = [self.find_carried(value) for value in values]
        rounds = node.kind in WEIGHTED or (bool(node.outputs) and all(one in self._rounded for one in node.outputs))
        if carried and rounds and all(one.startswith(INTEGERS) for one in carried):
            return carried[0]
        if node.kind == "QuantizeLinear" and node.outputs:
            return self.stored.get(node.outputs[0], "")
        return next((one for one in types if "float" in one), types[0] if types else "")

    def _list_values(self, node: Node) -> list[str]:
        """Return what an operator computes with: its inputs that are no constants; the first where all are."""
        if node.kind in ("QLinearConv", "QLinearMatMul", "QGemm"):
            return list(node.inputs[:1])
        computed = [
            one
            for one in node.inputs
            if one and one not in self.graph.constants and self.graph.find_constant(one) is None
        ]
        return computed or list(node.inputs[:1])

    def _is_rounded(self, value: str, found: set[str]) -> bool:
        users = self.graph.users.get(value, [])
        if not users or value in self._file.outputs:
            return False
        return all(
            user.kind in ("QuantizeLinear", "Shape")
            or (user.kind in (*FUSED, *MOVING) and bool(user.outputs) and found.issuperset(user.outputs))
            for user in users
        )
