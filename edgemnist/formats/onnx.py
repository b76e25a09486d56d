"""What is inside an `.onnx` file: its graph, its constants, its metadata.

Read without the package `onnx`, which a device that verifies hasn't got: ONNX Runtime brings `protobuf`,
which parses the few fields that `onnx_messages` describes and skips all others. A damaged or hostile file is a
ModelError: nothing is followed out of the file, and no array is larger than the bytes that stand for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import KEY, Contract
from edgemnist.errors import ModelError
from edgemnist.files import is_plain_name
from edgemnist.formats import ModelFile
from edgemnist.formats.onnx_messages import list_tensors, parse_model, write_entry

# ONNX's number of a type: the NumPy type, and the field that holds its values where raw_data doesn't.
DTYPES = {
    1: ("float32", "float_data"),
    2: ("uint8", "int32_data"),
    3: ("int8", "int32_data"),
    4: ("uint16", "int32_data"),
    5: ("int16", "int32_data"),
    6: ("int32", "int32_data"),
    7: ("int64", "int64_data"),
    9: ("bool", "int32_data"),
    10: ("float16", "int32_data"),
    11: ("float64", "double_data"),
    12: ("uint32", "uint64_data"),
    13: ("uint64", "uint64_data"),
}
# Those that NumPy hasn't, with the bits of a value.
OTHER_TYPES = {
    8: ("string", 0), 14: ("complex64", 64), 15: ("complex128", 128), 16: ("bfloat16", 16), 17: ("float8e4m3fn", 8),
    18: ("float8e4m3fnuz", 8), 19: ("float8e5m2", 8), 20: ("float8e5m2fnuz", 8), 21: ("uint4", 4), 22: ("int4", 4),
    23: ("float4e2m1", 4), 24: ("float8e8m0", 8), 25: ("uint2", 2), 26: ("int2", 2),
}  # fmt: skip
# AttributeProto.type: the field that holds the value.
ATTRIBUTES = {1: "f", 2: "i", 3: "s", 4: "t", 6: "floats", 7: "ints"}
EXTERNAL = 1
FLOAT16 = 10


@dataclass(frozen=True, eq=False)
class Tensor:
    """A constant in the file.

    Args:
        shape: of its values.
        dtype: NumPy's name; "" for a type that has none, such as int4 and bfloat16.
        external: true if its values are in another file.
    """

    shape: tuple[int, ...]
    dtype: str
    external: bool
    _proto: Any

    @property
    def type_name(self) -> str:
        """ONNX's name of the type, also of one that NumPy hasn't."""
        number = int(self._proto.data_type)
        return self.dtype or OTHER_TYPES.get(number, (f"type {number}", 0))[0]

    @property
    def size_bytes(self) -> int:
        """Size of the values, packed; 0 of a type that nobody knows."""
        other = OTHER_TYPES.get(int(self._proto.data_type), ("", 0))[1]
        return math.prod(self.shape) * (8 * np.dtype(self.dtype).itemsize if self.dtype else other) // 8

    def read(self) -> NDArray[Any]:
        """Return the values, `dtype` of `shape`.

        Raises:
            ModelError: they are in another file, of a type that NumPy hasn't, or not as many as the shape says.
        """
        name = self._proto.name
        if self.external or not self.dtype:
            where = "in another file" if self.external else f"of ONNX type {self._proto.data_type}"
            raise ModelError(f"constant {name!r}: its values are {where}, expected numbers in this file")
        values = _read_values(self._proto, self.dtype)
        if values.size != math.prod(self.shape):
            raise ModelError(f"constant {name!r}: {values.size} values, expected {' x '.join(map(str, self.shape))}")
        return values.reshape(self.shape)


@dataclass(frozen=True, eq=False)
class Node:
    """An operator.

    Args:
        kind: such as "Gemm".
        domain: "" for ONNX's own.
        inputs, outputs: names of values; "" is an omitted one.
        attributes: by name: int, float, bytes, `Tensor` or a list of numbers.
        nested: true if it holds graphs of its own, as If and Loop do.
    """

    kind: str
    domain: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Any]
    nested: bool


@dataclass(frozen=True, eq=False)
class OnnxFile:
    """What is inside.

    Args:
        nodes: the operators, in the file's order, in which each comes after those that it needs.
        constants: by name: initializers, and what Constant nodes give.
        inputs, outputs: the names of the graph's inputs and outputs; constants that a file of before lists among its
            inputs are left out.
        metadata: `metadata_props`; the contract is under the key "edgemnist".
        external: true if the values of any constant are in another file.
        functions: the names of operators that the file defines itself.
        shapes: those that the file states, by the names of values; 0 for a size that it leaves open.
        dtypes: those that the file states of its inputs, outputs and values; "" for a type that NumPy hasn't.
        ir_version: of the format.
        opsets: version of the operators of each domain; "" is ONNX's own.
        producer: what wrote it, as it says.
    """

    nodes: tuple[Node, ...]
    constants: dict[str, Tensor]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    metadata: dict[str, str]
    external: bool
    functions: tuple[str, ...]
    shapes: dict[str, tuple[int, ...]]
    dtypes: dict[str, str]
    ir_version: int
    opsets: dict[str, int]
    producer: str


def read_onnx(content: bytes, name: str) -> OnnxFile:
    """Read an `.onnx` file.

    Args:
        content: the file.
        name: of the file, for messages.

    Raises:
        ModelError: it is damaged, holds no graph, or says something twice.
        PackageMissing: protobuf isn't installed.
    """
    model = parse_model(content, name)
    graph = model.graph
    if not graph.node:
        raise ModelError(f"{name}: an ONNX file without operators", "copy or export it again")
    nodes = tuple(map(_make_node, graph.node))
    pairs = [(proto.name, _make_tensor(proto)) for proto in graph.initializer]
    pairs += [(node.outputs[0], node.attributes["value"]) for node in nodes if _is_constant(node)]
    constants = _collect(name, "constant", pairs)
    values = (*graph.value_info, *graph.output, *graph.input)
    return OnnxFile(
        nodes=tuple(node for node in nodes if not _is_constant(node)),
        constants=constants,
        inputs=tuple(value.name for value in graph.input if value.name not in constants),
        outputs=tuple(value.name for value in graph.output),
        metadata=_collect(name, "metadata key", [(entry.key, entry.value) for entry in model.metadata_props]),
        external=any(tensor.external_data or tensor.data_location == EXTERNAL for tensor in list_tensors(model)),
        functions=tuple(function.name for function in model.functions),
        shapes={value.name: tuple(size.dim_value for size in value.type.tensor_type.shape.dim) for value in values},
        dtypes={value.name: DTYPES.get(value.type.tensor_type.elem_type, ("", ""))[0] for value in values},
        ir_version=int(model.ir_version),
        opsets={_shorten_domain(one.domain): int(one.version) for one in model.opset_import},
        producer=b" ".join((model.producer_name, model.producer_version))
        .decode(errors="replace")
        .removesuffix("None")
        .strip(),
    )


def read_contract(file: ModelFile) -> Contract | None:
    """Return the contract in the file's metadata, or None where someone else wrote the file.

    Raises:
        ModelError: It is no ONNX file, or its contract can't be read.
    """
    document = read_onnx(file.content, str(file.path)).metadata.get(KEY)
    return Contract.from_json(document, str(file.path)) if document else None


def write_contract(file: ModelFile, contract: Contract) -> bytes:
    """Return the file with a contract in its metadata: its own bytes, and behind them one more entry of that field.

    Raises:
        ModelError: Its values are in another file, which a copy wouldn't have beside it.

    Source: "Protocol Buffers, Encoding": of a repeated field, the entries of all messages that follow each other count.
    """
    file.require_one_file("a copy")
    return file.content + write_entry(KEY, contract.to_json())


def find_external_data(path: Path, content: bytes) -> tuple[str, ...]:
    """Return the names of the files beside an `.onnx` file that hold values of its constants; of a damaged one, none.

    Raises:
        ModelError: A name leads out of its folder.
    """
    try:
        model = parse_model(content, str(path))
    except ModelError:  # whoever opens it says so
        return ()
    entries = (entry for tensor in list_tensors(model) for entry in tensor.external_data)
    names = {entry.value for entry in entries if entry.key == "location"}
    for name in names:
        if not is_plain_name(name):
            raise ModelError(
                f"{path}: values of its constants are in {name!r}, outside its folder",
                "save it with its data beside it",
            )
    return tuple(sorted(names))


def _collect(name: str, what: str, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name that is given twice means one thing to one reader and another to the next."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ModelError(f"{name}: {what} given twice in the ONNX file", "export it again")
    return found


def _make_node(proto: Any) -> Node:
    return Node(
        kind=proto.op_type,
        domain=_shorten_domain(proto.domain),
        inputs=tuple(proto.input),
        outputs=tuple(proto.output),
        attributes={one.name: _get_value(one) for one in proto.attribute if one.type in ATTRIBUTES},
        nested=any(one.HasField("g") or one.graphs for one in proto.attribute),
    )


def _shorten_domain(domain: str) -> str:
    """ONNX's own operators are named in two ways."""
    return "" if domain == "ai.onnx" else str(domain)


def _get_value(attribute: Any) -> Any:
    value = getattr(attribute, ATTRIBUTES[attribute.type])
    if attribute.type == 4:
        return _make_tensor(value)
    return value if isinstance(value, int | float | bytes) else list(value)


def _is_constant(node: Node) -> bool:
    return node.kind == "Constant" and len(node.outputs) == 1 and isinstance(node.attributes.get("value"), Tensor)


def _make_tensor(proto: Any) -> Tensor:
    external = bool(proto.external_data) or proto.data_location == EXTERNAL
    return Tensor(tuple(proto.dims), DTYPES.get(proto.data_type, ("", ""))[0], external, proto)


def _read_values(proto: Any, dtype: str) -> NDArray[Any]:
    """Values lie in raw_data, or in a field of a wider type; of float16, as the bits of whole numbers."""
    kind = np.dtype(dtype)
    if proto.raw_data:
        whole = len(proto.raw_data) // kind.itemsize * kind.itemsize
        return np.frombuffer(proto.raw_data[:whole], kind.newbyteorder("<")).astype(kind)
    values = getattr(proto, DTYPES[proto.data_type][1])
    if proto.data_type == FLOAT16:
        return np.array(values, np.int64).astype(np.uint16).view(np.float16)
    wide = {"f": np.float64, "u": np.uint64}.get(kind.kind, np.int64)
    return np.array(values, wide).astype(kind)
