"""The messages of an `.onnx` file, as protobuf parses them: the few fields that are read, described here.

The package `onnx`, which a device that verifies hasn't got, isn't needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from edgemnist.errors import ModelError
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
        "tensors 10 Tensor*, graphs 11 Graph*, type 20 int32, sparse_tensor 22 Sparse, sparse_tensors 23 Sparse*"
    ),
    "Node": "input 1 string*, output 2 string*, op_type 4 string, attribute 5 Attribute*, domain 7 string",
    "Value": "name 1 string, type 2 Type",
    "Type": "tensor_type 1 TensorType",
    "TensorType": "elem_type 1 int32, shape 2 Shape",
    "Shape": "dim 1 Dimension*",
    "Dimension": "dim_value 1 int64",
    "Sparse": "values 1 Tensor, indices 2 Tensor",
    "Graph": (
        "node 1 Node*, initializer 5 Tensor*, input 11 Value*, output 12 Value*, value_info 13 Value*, "
        "sparse_initializer 15 Sparse*"
    ),
    "Function": "name 1 string, node 7 Node*, attribute_proto 11 Attribute*",
    "Opset": "domain 1 string, version 2 int64",
    # A producer is shown and decides nothing: bytes, since a text that is no UTF-8 would make the file unreadable.
    "Model": (
        "ir_version 1 int64, producer_name 2 bytes, producer_version 3 bytes, graph 7 Graph, opset_import 8 Opset*, "
        "metadata_props 14 Entry*, functions 25 Function*"
    ),
}


def parse_model(content: bytes, name: str) -> Any:
    """Return the message of a whole file, with the fields of `FIELDS["Model"]`.

    Args:
        content: Bytes of the file.
        name: Name of the file, for messages.

    Raises:
        ModelError: It is no such message.
    """
    model = _define_messages()()
    try:
        model.ParseFromString(content)
    except (message.DecodeError, RecursionError) as error:
        raise ModelError(f"{name}: not an ONNX file, or a damaged one", "copy or export it again") from error
    return model


def write_entry(key: str, value: str) -> bytes:
    """Return a message that has nothing but one entry of metadata."""
    model = _define_messages()()
    model.metadata_props.add(key=key, value=value)
    content: bytes = model.SerializeToString()
    return content


def add_outputs(content: bytes, names: Sequence[str]) -> bytes:
    """Return an `.onnx` file whose graph gives more of its values: its own bytes, and behind them such outputs.

    Source: "Protocol Buffers, Encoding": of a message that stands twice, the repeated fields of both count.
    """
    model = _define_messages()()
    for name in names:
        model.graph.output.add(name=name)
    return content + bytes(model.SerializeToString())


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


def list_tensors(model: Any) -> Iterator[Any]:
    """Yield all constants of a model, wherever they stand: also in graphs inside operators, and in functions."""
    yield from _list_in_graph(model.graph)
    for function in model.functions:
        yield from _list_in_nodes(function.node)
        yield from _list_in_attributes(function.attribute_proto)


def _list_in_graph(graph: Any) -> Iterator[Any]:
    yield from graph.initializer
    yield from _list_in_sparse(graph.sparse_initializer)
    yield from _list_in_nodes(graph.node)


def _list_in_nodes(nodes: Any) -> Iterator[Any]:
    for node in nodes:
        yield from _list_in_attributes(node.attribute)


def _list_in_attributes(attributes: Any) -> Iterator[Any]:
    for attribute in attributes:
        if attribute.HasField("t"):
            yield attribute.t
        yield from attribute.tensors
        yield from _list_in_sparse([attribute.sparse_tensor] if attribute.HasField("sparse_tensor") else [])
        yield from _list_in_sparse(attribute.sparse_tensors)
        for graph in (*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs):
            yield from _list_in_graph(graph)


def _list_in_sparse(sparse: Any) -> Iterator[Any]:
    for tensor in sparse:
        yield tensor.values
        yield tensor.indices
