"""What is inside an `.onnx` file: its graph, its constants, its metadata.

Read without the package `onnx`, which a device that verifies hasn't got: ONNX Runtime brings `protobuf`,
which parses the few fields that are described here and skips all others. A damaged or hostile file is a
ModelError: nothing is followed out of the file, and no array is larger than the bytes that stand for it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import KEY, Contract
from edgemnist.errors import ModelError
from edgemnist.formats import ModelFile
from edgemnist.quiet import loading

with loading("google", "pip install protobuf"):
    from google.protobuf import descriptor_pb2, descriptor_pool, message, message_factory

PACKAGE = "edgemnist.onnx"
# The fields of onnx.proto that are read: name, number, type; "*" is a repeated field.
FIELDS = {
    "Entry": "key 1 string, value 2 string",
    "Tensor": (
        "dims 1 int64*, data_type 2 int32, float_data 4 float*, int32_data 5 int32*, int64_data 7 int64*, "
        "name 8 string, raw_data 9 bytes, double_data 10 double*, uint64_data 11 uint64*, "
        "external_data 13 Entry*, data_location 14 int32"
    ),
    "Attribute": (
        "name 1 string, f 2 float, i 3 int64, s 4 bytes, t 5 Tensor, g 6 Graph, floats 7 float*, ints 8 int64*, "
        "tensors 10 Tensor*, graphs 11 Graph*, type 20 int32"
    ),
    "Node": "input 1 string*, output 2 string*, op_type 4 string, attribute 5 Attribute*, domain 7 string",
    "Value": "name 1 string",
    "Sparse": "values 1 Tensor",
    "Graph": "node 1 Node*, initializer 5 Tensor*, input 11 Value*, output 12 Value*, sparse_initializer 15 Sparse*",
    "Function": "name 1 string, node 7 Node*",
    "Model": "ir_version 1 int64, graph 7 Graph, metadata_props 14 Entry*, functions 25 Function*",
}
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
    _fields: Any

    def read(self) -> NDArray[Any]:
        """Return the values, `dtype` of `shape`.

        Raises:
            ModelError: they are in another file, of a type that NumPy hasn't, or not as many as the shape says.
        """
        name = self._fields.name
        if self.external or not self.dtype:
            where = "in another file" if self.external else f"of ONNX type {self._fields.data_type}"
            raise ModelError(f"constant {name!r}: its values are {where}, expected numbers in this file")
        values = _read_values(self._fields, self.dtype)
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
        inputs, outputs: the names of the graph's inputs and outputs.
        metadata: `metadata_props`; the contract is under the key "edgemnist".
        external: true if the values of any constant are in another file.
        functions: the names of operators that the file defines itself.
    """

    nodes: tuple[Node, ...]
    constants: dict[str, Tensor]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    metadata: dict[str, str]
    external: bool
    functions: tuple[str, ...]


def read_onnx(content: bytes, name: str) -> OnnxFile:
    """Read an `.onnx` file.

    Args:
        content: the file.
        name: of the file, for messages.

    Raises:
        ModelError: it is damaged, holds no graph, or says something twice.
        PackageMissing: protobuf isn't installed.
    """
    model = _define_messages()()
    try:
        model.ParseFromString(content)
    except (message.DecodeError, RecursionError) as error:
        raise ModelError(f"{name}: not an ONNX file, or a damaged one", "copy or export it again") from error
    graph = model.graph
    if not graph.node:
        raise ModelError(f"{name}: an ONNX file without operators", "copy or export it again")
    nodes = tuple(map(_make_node, graph.node))
    pairs = [(fields.name, _make_tensor(fields)) for fields in graph.initializer]
    pairs += [(node.outputs[0], node.attributes["value"]) for node in nodes if _is_constant(node)]
    return OnnxFile(
        nodes=tuple(node for node in nodes if not _is_constant(node)),
        constants=_collect(name, "constant", pairs),
        inputs=tuple(value.name for value in graph.input),
        outputs=tuple(value.name for value in graph.output),
        metadata=_collect(name, "metadata key", [(entry.key, entry.value) for entry in model.metadata_props]),
        external=any(tensor.external_data or tensor.data_location == EXTERNAL for tensor in _walk_tensors(model)),
        functions=tuple(function.name for function in model.functions),
    )


def read_contract(file: ModelFile) -> Contract | None:
    """Return the contract in the file's metadata, or None where someone else wrote the file.

    Raises:
        ModelError: It is no ONNX file, or its contract can't be read.
    """
    document = read_onnx(file.content, str(file.path)).metadata.get(KEY)
    return Contract.from_json(document, str(file.path)) if document else None


def find_external_data(path: Path, content: bytes) -> tuple[str, ...]:
    """Return the names of the files beside an `.onnx` file that hold values of its constants; of a damaged one, none.

    Raises:
        ModelError: A name leads out of its folder.
    """
    model = _define_messages()()
    try:
        model.ParseFromString(content)
    except (message.DecodeError, RecursionError):  # whoever opens it says so
        return ()
    entries = (entry for tensor in _walk_tensors(model) for entry in tensor.external_data)
    names = {entry.value for entry in entries if entry.key == "location"}
    for name in names:
        if name != Path(name).name:
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


@cache
def _define_messages() -> Any:
    """Return the class of a model; in a pool of its own, where the package `onnx` can't clash with it."""
    file = descriptor_pb2.FileDescriptorProto(name="edgemnist/onnx.proto", package=PACKAGE, syntax="proto3")
    for kind, fields in FIELDS.items():
        described = file.message_type.add(name=kind)
        for text in fields.split(", "):
            field_name, number, type_name = text.split()
            field = described.field.add(name=field_name, number=int(number))
            field.label = field.LABEL_REPEATED if type_name.endswith("*") else field.LABEL_OPTIONAL
            type_name = type_name.rstrip("*")
            if type_name in FIELDS:
                field.type, field.type_name = field.TYPE_MESSAGE, f".{PACKAGE}.{type_name}"
            else:
                field.type = getattr(field, f"TYPE_{type_name.upper()}")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.Model"))


def _make_node(fields: Any) -> Node:
    return Node(
        kind=fields.op_type,
        domain=fields.domain.replace("ai.onnx", "") if fields.domain == "ai.onnx" else fields.domain,
        inputs=tuple(fields.input),
        outputs=tuple(fields.output),
        attributes={one.name: _get_value(one) for one in fields.attribute if one.type in ATTRIBUTES},
        nested=any(one.HasField("g") or one.graphs for one in fields.attribute),
    )


def _get_value(attribute: Any) -> Any:
    value = getattr(attribute, ATTRIBUTES[attribute.type])
    if attribute.type == 4:
        return _make_tensor(value)
    return value if isinstance(value, int | float | bytes) else list(value)


def _is_constant(node: Node) -> bool:
    return node.kind == "Constant" and len(node.outputs) == 1 and isinstance(node.attributes.get("value"), Tensor)


def _make_tensor(fields: Any) -> Tensor:
    external = bool(fields.external_data) or fields.data_location == EXTERNAL
    return Tensor(tuple(fields.dims), DTYPES.get(fields.data_type, ("", ""))[0], external, fields)


def _read_values(fields: Any, dtype: str) -> NDArray[Any]:
    """Values lie in raw_data, or in a field of a wider type; of float16, as the bits of whole numbers."""
    kind = np.dtype(dtype)
    if fields.raw_data:
        whole = len(fields.raw_data) // kind.itemsize * kind.itemsize
        return np.frombuffer(fields.raw_data[:whole], kind.newbyteorder("<")).astype(kind)
    values = getattr(fields, DTYPES[fields.data_type][1])
    if fields.data_type == FLOAT16:
        return np.array(values, np.int64).astype(np.uint16).view(np.float16)
    wide = {"f": np.float64, "u": np.uint64}.get(kind.kind, np.int64)
    return np.array(values, wide).astype(kind)


def _walk_tensors(model: Any) -> Iterator[Any]:
    """All constants, wherever they stand: also in graphs inside operators, and in functions."""
    yield from _walk_graph(model.graph)
    for function in model.functions:
        yield from _walk_nodes(function.node)


def _walk_graph(graph: Any) -> Iterator[Any]:
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield sparse.values
    yield from _walk_nodes(graph.node)


def _walk_nodes(nodes: Any) -> Iterator[Any]:
    for node in nodes:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors
            for graph in (*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs):
                yield from _walk_graph(graph)
