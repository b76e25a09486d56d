"""The shapes of the values in an `.onnx` file, as far as they follow from the shape of its input.

Few exporters write them down. A graph that computes a shape from another one, as a flattening does, is followed, too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.formats.onnx import Node, OnnxFile, Tensor
from edgemnist.formats.weights.onnx_graph import COUNTING

Shape = tuple[int, ...]
# Shapes and indices are short; longer constants are weights.
MOST_NUMBERS = 64
# Operators that give a value for each value of their first input.
UNARY = (
    "Abs", "BatchNormalization", "Cast", "Celu", "Clip", "DequantizeLinear", "Dropout", "DynamicQuantizeLinear", "Elu",
    "Erf", "Exp", "Gelu", "HardSigmoid", "HardSwish", "Identity", "InstanceNormalization", "LRN", "LayerNormalization",
    "LeakyRelu", "Log", "LogSoftmax", "Mish", "Neg", "QuantizeLinear", "Reciprocal", "Relu", "Selu", "Sigmoid",
    "Softmax", "Softplus", "Softsign", "Sqrt", "Tanh", "ThresholdedRelu",
)  # fmt: skip
# Operators that give a value for each pair of values, the smaller input repeated.
BINARY = ("Add", "Sub", "Mul", "Div", "Max", "Min", "Pow", "PRelu")
# What a rule raises where it lacks a shape, or a file says one that can't be.
UNKNOWN = (LookupError, ValueError, TypeError, ArithmeticError, AttributeError)


def find_shapes(file: OnnxFile) -> dict[str, Shape]:
    """Return the shapes of values and constants by their names, those that are known; an open batch is one image.

    Args:
        file: File as it was read.
    """
    walk = _Walk(file)
    for node in file.nodes:
        walk.visit(node)
    return walk.shapes


class _Walk:
    """Goes through the operators in their order.

    Attributes:
        shapes: Shapes by name.
        numbers: Whole numbers by name, which are shapes or indices.
    """

    def __init__(self, file: OnnxFile) -> None:
        self._stated = {name: shape for name, stated in file.shapes.items() if (shape := _close(stated))}
        self.shapes = {name: tensor.shape for name, tensor in file.constants.items()}
        self.shapes |= {name: self._stated[name] for name in file.inputs if name in self._stated}
        self.numbers = {name: tensor.read() for name, tensor in file.constants.items() if _is_short(tensor)}

    def visit(self, node: Node) -> None:
        """Find what an operator gives."""
        if node.domain or not node.outputs:
            return
        try:
            self._keep_numbers(node.outputs[0], FOLDS[node.kind](self, node))
            return
        except UNKNOWN:  # it computes with other values
            pass
        try:
            self._keep(node.outputs[0], RULES[node.kind](self, node))
        except UNKNOWN:
            self._keep(node.outputs[0], self._stated.get(node.outputs[0]))
        if node.kind == "DynamicQuantizeLinear":  # beside the values, their one scale and zero point
            self.shapes |= dict.fromkeys(node.outputs[1:], ())

    def _keep(self, name: str, shape: Sequence[int] | None) -> None:
        if shape is not None and all(size > 0 for size in shape):
            self.shapes[name] = tuple(map(int, shape))

    def _keep_numbers(self, name: str, numbers: NDArray[Any]) -> None:
        if numbers.size > MOST_NUMBERS:
            raise ValueError(f"{numbers.size} numbers are no shape")
        self.numbers[name], self.shapes[name] = numbers, numbers.shape

    def take(self, node: Node, place: int = 0) -> Shape:
        """Return the shape of an input; KeyError where it isn't known."""
        return self.shapes[node.inputs[place]]

    def read(self, node: Node, place: int, name: str = "") -> list[int]:
        """Return whole numbers that an operator takes as an input or, in older versions, as an attribute."""
        if name in node.attributes:
            return list(node.attributes[name])
        return [int(number) for number in self.numbers[node.inputs[place]].ravel()]


def _is_short(tensor: Tensor) -> bool:
    return tensor.dtype in COUNTING and not tensor.external and math.prod(tensor.shape) <= MOST_NUMBERS


def _close(shape: Shape) -> Shape | None:
    """Take one image where the number of images is open; None where another size is."""
    closed = (shape[0] or 1, *shape[1:]) if shape else ()
    return closed if closed and all(size > 0 for size in closed) else None


def _slide(sizes: Sequence[int], window: Sequence[int], attributes: Mapping[str, Any]) -> list[int]:
    """Return how many positions a window has along each axis.

    Source: "ONNX Operators", Conv and MaxPool.
    """
    count = len(sizes)
    strides, dilations = (attributes.get(name, [1] * count) for name in ("strides", "dilations"))
    automatic, pads = attributes.get("auto_pad", b"NOTSET"), attributes.get("pads", [0] * 2 * count)
    if automatic.startswith(b"SAME"):
        return [-(-size // stride) for size, stride in zip(sizes, strides, strict=True)]
    if automatic == b"VALID":
        pads = [0] * 2 * count
    spare = [
        size + before + after - dilation * (side - 1) - 1
        for size, before, after, dilation, side in zip(
            sizes, pads[:count], pads[count:], dilations, window, strict=True
        )
    ]
    whole = attributes.get("ceil_mode", 0)
    return [(-(-one // stride) if whole else one // stride) + 1 for one, stride in zip(spare, strides, strict=True)]


def _conv(walk: _Walk, node: Node) -> Sequence[int]:
    image, kernel = walk.take(node), walk.take(node, 1)
    return (image[0], kernel[0], *_slide(image[2:], kernel[2:], node.attributes))


def _pool(walk: _Walk, node: Node) -> Sequence[int]:
    image = walk.take(node)
    return (*image[:2], *_slide(image[2:], node.attributes["kernel_shape"], node.attributes))


def _pool_all(walk: _Walk, node: Node) -> Sequence[int]:
    image = walk.take(node)
    return (*image[:2], *repeat(1, len(image) - 2))


def _multiply(walk: _Walk, node: Node) -> Sequence[int]:
    left, right = walk.take(node), walk.take(node, 1)
    return (*np.broadcast_shapes(left[:-2], right[:-2]), left[-2], right[-1])


def _gemm(walk: _Walk, node: Node) -> Sequence[int]:
    left, right = walk.take(node), walk.take(node, 1)
    rows = left[1] if node.attributes.get("transA") else left[0]
    return (rows, right[0] if node.attributes.get("transB") else right[1])


def _reshape(walk: _Walk, node: Node) -> Sequence[int]:
    before, target = walk.take(node), walk.read(node, 1, "shape")
    sizes = [before[place] if size == 0 else size for place, size in enumerate(target)]
    known = math.prod(size for size in sizes if size != -1)
    sizes = [math.prod(before) // known if size == -1 else size for size in sizes]
    if math.prod(sizes) != math.prod(before):
        raise ValueError(f"{before} as {sizes}")
    return sizes


def _flatten(walk: _Walk, node: Node) -> Sequence[int]:
    before, axis = walk.take(node), node.attributes.get("axis", 1)
    return (math.prod(before[:axis]), math.prod(before[axis:]))


def _transpose(walk: _Walk, node: Node) -> Sequence[int]:
    before = walk.take(node)
    return [before[axis] for axis in node.attributes.get("perm", range(len(before))[::-1])]


def _squeeze(walk: _Walk, node: Node) -> Sequence[int]:
    before = walk.take(node)
    axes = [axis % len(before) for axis in walk.read(node, 1, "axes")]
    return [size for axis, size in enumerate(before) if axis not in axes]


def _unsqueeze(walk: _Walk, node: Node) -> Sequence[int]:
    return np.expand_dims(np.broadcast_to(0, walk.take(node)), tuple(walk.read(node, 1, "axes"))).shape


def _concatenate(walk: _Walk, node: Node) -> Sequence[int]:
    shapes, axis = [walk.shapes[name] for name in node.inputs], node.attributes["axis"]
    sizes = list(shapes[0])
    sizes[axis] = sum(shape[axis] for shape in shapes)
    return sizes


def _pad(walk: _Walk, node: Node) -> Sequence[int]:
    before, pads = walk.take(node), walk.read(node, 1, "pads")
    pairs = zip(before, pads[: len(before)], pads[len(before) :], strict=True)
    return [size + left + right for size, left, right in pairs]


def _reduce(walk: _Walk, node: Node) -> Sequence[int]:
    before = walk.take(node)
    axes = [axis % len(before) for axis in walk.read(node, 1, "axes")]
    kept = node.attributes.get("keepdims", 1)
    return [1 if axis in axes else size for axis, size in enumerate(before) if kept or axis not in axes]


def _constant(walk: _Walk, node: Node) -> Sequence[int]:
    """One without a tensor holds numbers or texts."""
    (values,) = node.attributes.values()
    shape: Shape = np.shape(values)
    return shape


RULES: Mapping[str, Callable[[_Walk, Node], Sequence[int]]] = {
    **dict.fromkeys(UNARY, lambda walk, node: walk.take(node)),
    **dict.fromkeys(BINARY, lambda walk, node: np.broadcast_shapes(*(walk.shapes[name] for name in node.inputs))),
    **dict.fromkeys(("Conv", "ConvInteger"), _conv),
    **dict.fromkeys(("MaxPool", "AveragePool", "LpPool"), _pool),
    **dict.fromkeys(("GlobalAveragePool", "GlobalMaxPool"), _pool_all),
    **dict.fromkeys(("MatMul", "MatMulInteger"), _multiply),
    **dict.fromkeys(("ReduceMean", "ReduceMax", "ReduceSum"), _reduce),
    "Gemm": _gemm,
    "Reshape": _reshape,
    "Flatten": _flatten,
    "Transpose": _transpose,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Concat": _concatenate,
    "Pad": _pad,
    "Constant": _constant,
}  # fmt: skip


def _slice(walk: _Walk, node: Node) -> NDArray[Any]:
    start, end = (walk.read(node, place)[0] for place in (1, 2))
    step = walk.read(node, 4)[0] if len(node.inputs) > 4 else 1
    return walk.numbers[node.inputs[0]][start:end:step]


def _count(walk: _Walk, node: Node) -> NDArray[Any]:
    """A constant without a tensor."""
    attributes = node.attributes
    return np.array(attributes["value_ints"] if "value_ints" in attributes else attributes["value_int"], np.int64)


# How operators compute with shapes, which are rows of numbers.
FOLDS: Mapping[str, Callable[[_Walk, Node], NDArray[Any]]] = {
    "Shape": lambda walk, node: np.array(walk.take(node)[node.attributes.get("start", 0) : node.attributes.get("end")]),
    "Gather": lambda walk, node: walk.numbers[node.inputs[0]][walk.numbers[node.inputs[1]]],
    "Slice": _slice,
    "Constant": _count,
    "Concat": lambda walk, node: np.concatenate([walk.numbers[name] for name in node.inputs]),
    **dict.fromkeys(("Cast", "Identity"), lambda walk, node: walk.numbers[node.inputs[0]]),
    **dict.fromkeys(("Squeeze", "Unsqueeze"), lambda walk, node: walk.numbers[node.inputs[0]].reshape(-1)),
}
