"""TensorFlow's SavedModel: a folder, whose graph may hold operators that read and write files.

Keras's `model.export(folder)` writes one, and so does `model.save(folder)` of Keras 2. It is read as one archive of the
files that TensorFlow would read, so that its hash is that of all of them. Only what computes is ever run.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from edgemnist.errors import ModelError

GRAPH = "saved_model.pb"
# How `model.export` names what it writes, and how all do that name anything.
ENDPOINT = "serving_default"
# Operators that compute a value, and keep variables in memory: nothing else of a graph is run.
COMPUTING = frozenset(
    """
Abs Add AddN AddV2 All Any ArgMax ArgMin Assert AssignAddVariableOp AssignSubVariableOp AssignVariableOp AvgPool
BatchMatMul BatchMatMulV2 BatchToSpaceND BiasAdd BroadcastArgs BroadcastTo Case Cast Ceil ClipByValue Concat ConcatV2
Const Conv2D Conv2DBackpropInput Cumsum DepthToSpace DepthwiseConv2dNative Div DivNoNan Einsum Elu EnsureShape Equal Erf
Erfc Exp ExpandDims Expm1 Fill Floor FloorDiv FloorMod FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 GatherNd
GatherV2 Greater GreaterEqual Identity IdentityN If LeakyRelu Less LessEqual Log Log1p LogSoftmax LogicalAnd LogicalNot
LogicalOr MatMul Max MaxPool MaxPoolV2 Maximum Mean Min Minimum MirrorPad Mul MulNoNan Neg NoOp NotEqual OneHot OnesLike
Pack Pad PadV2 PartitionedCall Placeholder PlaceholderWithDefault Pow PreventGradient Prod RandomStandardNormal
RandomUniform Range Rank ReadVariableOp RealDiv Reciprocal Relu Relu6 Reshape ResizeBicubic ResizeBilinear
ResizeNearestNeighbor Reverse ReverseV2 Round Rsqrt Select SelectV2 Selu Shape Sigmoid Sign Size Slice Softmax Softplus
Softsign SpaceToBatchND SpaceToDepth Split SplitV Sqrt Square SquaredDifference Squeeze StatefulPartitionedCall
StatelessCase StatelessIf StatelessRandomGetKeyCounter StatelessRandomUniformV2 StatelessWhile StopGradient StridedSlice
Sub Sum Tanh TensorListFromTensor TensorListGetItem TensorListReserve TensorListSetItem TensorListStack Tile TopKV2
Transpose Unpack VarHandleOp VarIsInitializedOp Where While Xdivy ZerosLike
""".split()  # noqa: SIM905  (as a list it would take a line a name)
)


def is_archive(content: bytes) -> bool:
    """True if a zip archive holds a SavedModel, as `edgemnist.files` reads the folder."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return GRAPH in archive.namelist()


def unpack(content: bytes, folder: Path) -> Path:
    """Write the files of a SavedModel into a new folder inside `folder`, and return its path."""
    place = folder / "saved_model"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(place)
    return place


def require_computation(path: Path, graph: bytes) -> None:
    """Refuse a graph that does anything but compute, or that TensorFlow would run while it loads it.

    Args:
        path: The folder, for messages.
        graph: Bytes of its `saved_model.pb`.

    Raises:
        ModelError: It is damaged, of TensorFlow 1, or has another operator than those that compute.
    """
    from google.protobuf.message import DecodeError
    from tensorflow.core.protobuf import saved_model_pb2

    try:
        model = saved_model_pb2.SavedModel.FromString(graph)
    except DecodeError as error:
        raise ModelError(f"{path}: a damaged SavedModel", "write it again: model.export('saved_model')") from error
    if len(model.meta_graphs) != 1 or not model.meta_graphs[0].HasField("object_graph_def"):
        raise ModelError(
            f"{path}: a SavedModel of TensorFlow 1", "write it again with Keras: model.export('saved_model')"
        )
    meta = model.meta_graphs[0]
    functions = {function.signature.name: function for function in meta.graph_def.library.function}
    called = _find_called(functions, meta.object_graph_def.concrete_functions)
    kinds = {node.op for name in called for node in functions[name].node_def} - COMPUTING - functions.keys()
    kinds |= {node.WhichOneof("kind") for node in meta.object_graph_def.nodes} & {"resource", "asset"}
    if kinds:
        raise ModelError(
            f"{path}: refused: it does more than compute: {', '.join(sorted(kinds)[:3])}",
            "export a model without it: model.export('saved_model')",
        )


def _find_called(functions: dict[str, Any], roots: Iterable[str]) -> set[str]:
    """The names of all functions that are called from some of them, these included."""
    called, left = set[str](), [name for name in roots if name in functions]
    while left:
        name = left.pop()
        if name in called:
            continue
        called.add(name)
        for node in functions[name].node_def:
            attributes = [node.op, *(one for value in node.attr.values() for one in _list_functions(value))]
            left += [one for one in attributes if one in functions]
    return called


def _list_functions(value: Any) -> list[str]:
    return [value.func.name, *(function.name for function in value.list.func)]
