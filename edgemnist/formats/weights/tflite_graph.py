"""The graph of a `.tflite` file as its readers look into it: operators, tensors, constants.

Read through the flatbuffer's accessors, which copy nothing: a hostile file may declare a million tensors
that all lie in one place, and to unpack it whole would take hours.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.errors import ModelError
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
# All types of the schema, by their numbers there: also those that NumPy hasn't.
TYPE_NAMES: dict[int, str] = {
    code: name.lower() for name, code in vars(schema.TensorType).items() if isinstance(code, int)
}
# Shapes, axes and indices are of these: they hold no weights, unless a scale says so.
COUNTING = ("int32", "int64")
# The options of operators that may have an activation function fused to them.
FUSING = {
    "FULLY_CONNECTED": schema.FullyConnectedOptions,
    "CONV_2D": schema.Conv2DOptions,
    "DEPTHWISE_CONV_2D": schema.DepthwiseConv2DOptions,
    "ADD": schema.AddOptions,
    "MUL": schema.MulOptions,
    "SUB": schema.SubOptions,
}
# Scopes that a Keras layer has inside: the name of the layer stands before them.
INNER_SCOPES = ("batchnorm", "Tensordot", "separable_conv2d")
NUMBER = re.compile(r"_\d+$")
UNNAMED = "unnamed"
# Far more than any classifier of small images has; a file that declares more is not read.
MOST_OPERATORS = 10_000


@contextmanager
def reading(content: bytes, name: str) -> Iterator[Any]:
    """Give the model in a file, and turn what a damaged one makes its readers raise into an error of the file.

    Args:
        content: Bytes of the file.
        name: Name of the file, for messages.

    Raises:
        ModelError: It is damaged, or no TFLite file.
    """
    if content[4:8] != b"TFL3":
        raise ModelError(f"{name}: not a TFLite file: bytes 4 to 7 are {content[4:8]!r}, expected b'TFL3'")
    try:
        yield schema.Model.GetRootAs(content)
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


def activates(kind: str, operator: Any) -> bool:
    """Return whether an operator ends in an activation function, be it one itself or with one fused to it.

    Args:
        kind: Name of the operator.
        operator: The schema's `Operator`.
    """
    if kind.startswith("RELU"):
        return True
    table = operator.BuiltinOptions() if kind in FUSING else None
    if table is None:
        return False
    options = FUSING[kind]()
    options.Init(table.Bytes, table.Pos)
    return bool(options.FusedActivationFunction() != schema.ActivationFunctionType.NONE)


def name_layer(name: str) -> str:
    """Return the Keras layer in a tensor's name, which is the last of its scopes; of a name without scopes, the whole.

    Keras 3 numbers each scope, be it a model or a layer, and none of those inside a layer.

    Example:
        >>> name_layer("classifier_1/dense_1/hidden_1_1/MatMul;classifier_1/dense_1/hidden_1_1/Relu")
        'hidden_1'
        >>> name_layer("classifier_1/sequential_1/normalized_1/batchnorm/add_1")
        'normalized'
        >>> name_layer("sequential/dense_2/MatMul"), name_layer("model/norm/batchnorm/mul_1"), name_layer("probs")
        ('dense_2', 'norm', 'probs')
    """
    first = name.partition(";")[0]
    *scopes, _ = [part for part in first.split("/") if part] or [UNNAMED]
    if not scopes:
        return first or UNNAMED
    numbered = next((place for place, scope in enumerate(scopes) if not NUMBER.search(scope)), len(scopes))
    if numbered > 1:
        return NUMBER.sub("", scopes[numbered - 1])
    while len(scopes) > 1 and scopes[-1] in INNER_SCOPES:
        scopes.pop()
    return scopes[-1]


class TFLiteGraph:
    """The one graph of a model.

    Args:
        model: The schema's `Model`.

    Attributes:
        graph: The schema's `SubGraph`.
        graphs: Number of graphs; the others are bodies of loops and branches.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self.graph, self.graphs = model.Subgraphs(0), int(model.SubgraphsLength())
        self._unpacked: dict[int, int] = {}  # what a DEQUANTIZE gives: the constant that it unpacks

    def iterate(self) -> Iterator[tuple[str, Any]]:
        """Give each operator with its name, but those that only unpack a constant.

        Raises:
            ValueError: There are too many.
        """
        if self.graph.OperatorsLength() > MOST_OPERATORS:
            raise ValueError(f"{self.graph.OperatorsLength()} operators, expected at most {MOST_OPERATORS}")
        for index in range(self.graph.OperatorsLength()):
            operator = self.graph.Operators(index)
            kind = self._name_kind(operator)
            if kind == "DEQUANTIZE" and self.holds_values(operator.Inputs(0)):
                self._unpacked[operator.Outputs(0)] = operator.Inputs(0)
            else:
                yield kind, operator

    def resolve(self, index: int) -> int:
        """Return the constant that a tensor unpacks; the tensor itself where it unpacks none."""
        return self._unpacked.get(index, index)

    def _name_kind(self, operator: Any) -> str:
        """The operator's name."""
        code = self._model.OperatorCodes(operator.OpcodeIndex())
        return name_operator(code.BuiltinCode(), code.DeprecatedBuiltinCode())

    def get_tensor(self, index: int) -> Any:
        """Return a tensor by its number; ValueError where there is none."""
        if not 0 <= index < self.graph.TensorsLength():
            raise ValueError(f"no tensor {index}")
        return self.graph.Tensors(index)

    def name_type(self, index: int) -> str:
        """Return NumPy's name of a tensor's type; "" for one that is in no file of ours."""
        return TYPES.get(self.get_tensor(index).Type(), "")

    def is_int4(self, index: int) -> bool:
        """True for a tensor of whole numbers of 4 bits, two a byte."""
        return bool(self.get_tensor(index).Type() == schema.TensorType.INT4)

    def name_output(self, operator: Any) -> str:
        """Return the Keras layer in the name of what an operator gives, or that name."""
        name = self.get_tensor(operator.Outputs(0)).Name() if operator.OutputsLength() else b""
        return name_layer((name or b"").decode(errors="replace"))

    def get_bytes(self, index: int) -> NDArray[np.uint8] | None:
        """Return the bytes of a constant; None for a tensor that is computed."""
        buffer = self._model.Buffers(self.get_tensor(index).Buffer())
        return buffer.DataAsNumpy() if buffer.DataLength() else None

    def holds_values(self, index: int) -> bool:
        """True for a tensor that is a constant as it is; -1 stands for none."""
        return index >= 0 and self.get_bytes(index) is not None

    def is_constant(self, index: int) -> bool:
        """True for a tensor that is a constant, unpacked or not."""
        return self.holds_values(self.resolve(index))

    def list_constants(self, operator: Any) -> Iterator[int]:
        """Give the constants that an operator without weights computes with; one value is a factor, not weights."""
        for place in range(operator.InputsLength()):
            index = operator.Inputs(place)
            if index < 0 or not self.is_constant(index):
                continue
            source = self.resolve(index)
            counting = self.name_type(source) in COUNTING and self.get_scales(source).size == 0
            shape = self.get_shape(source)
            if not counting and int(np.prod(shape, dtype=np.int64)) > 1:
                yield source

    def get_shape(self, index: int) -> tuple[int, ...]:
        """Return the shape of a tensor, its first eight sizes at most."""
        tensor = self.get_tensor(index)
        return tuple(int(tensor.Shape(axis)) for axis in range(min(tensor.ShapeLength(), 8)))

    def get_scales(self, index: int) -> NDArray[np.float32]:
        """Return the scales of a tensor: one, one an output, or none of floats."""
        details = self.get_tensor(index).Quantization()
        return np.array([], np.float32) if details is None or not details.ScaleLength() else details.ScaleAsNumpy()
