"""TensorFlow's SavedModel: a folder, whose graph may hold operators that read and write files.

Keras's `model.export(folder)` writes one, and so does `model.save(folder)` of Keras 2. It is read as one archive of the
files that TensorFlow would read, so that its hash is that of all of them. Only what computes is ever run.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

from edgemnist.errors import ModelError

GRAPH = "saved_model.pb"
# The folders beside it of which TensorFlow reads files.
PARTS = ("variables", "assets")
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
# What TensorFlow adds to a library.
CHECKPOINTS = re.compile(r"__inference__traced_(?:save|restore)_\d+")


def is_archive(content: bytes) -> bool:
    """True if a zip archive holds a SavedModel, as `edgemnist.files` reads the folder."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return GRAPH in archive.namelist()


def unpack(content: bytes, folder: Path) -> Path:
    """Write the files of a SavedModel into a new folder inside `folder`, and return its path.

    Raises:
        ValueError: It is an archive that `edgemnist.files` wouldn't write: compressed, or with other files.
    """
    place = folder / "saved_model"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        strange = [one.filename for one in members if one.compress_type != zipfile.ZIP_STORED or not _is_part(one)]
        if strange or sum(one.file_size for one in members) > len(content):
            raise ValueError(f"no SavedModel's files as they are read from a folder: {', '.join(strange[:1])}")
        archive.extractall(place)
    return place


def _is_part(member: zipfile.ZipInfo) -> bool:
    """True for a file that TensorFlow reads."""
    first, *others = PurePosixPath(member.filename).parts
    return member.filename == GRAPH or (first in PARTS and bool(others) and ".." not in others)


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
    if kinds := _find_refused(model.meta_graphs[0]):
        raise ModelError(
            f"{path}: refused: it does more than compute: {', '.join(sorted(kinds)[:3])}",
            "export a model without it: model.export('saved_model')",
        )


def _find_refused(meta: Any) -> set[str]:
    """Name what a graph has that does more than compute.

    TensorFlow makes each function of the library callable by its name, wherever that stands: each is checked, but the
    two that every SavedModel has for checkpoints, if nothing names them.
    """
    import tensorflow as tf

    functions, nodes = meta.graph_def.library.function, meta.object_graph_def.nodes
    named = {*meta.object_graph_def.concrete_functions}
    for node in nodes:  # the kinds are one field: the others are empty
        named |= {*node.function.concrete_functions, node.bare_concrete_function.concrete_function_name}
    for function in functions:
        named |= _list_called(function)
    checked = [one for one in functions if one.signature.name in named or not _keeps_checkpoints(one)]
    names = {function.signature.name for function in functions}
    kinds = {node.op for function in checked for node in function.node_def} - COMPUTING - names
    kinds |= {name for name in names if hasattr(tf.raw_ops, name)}  # which of both is called is TensorFlow's choice
    kinds |= {node.WhichOneof("kind") for node in nodes} & {"resource", "asset"}
    # Functions that are called while variables are restored: Keras writes none.
    return kinds | {"saveable_objects" for node in nodes if node.saveable_objects}


def _list_called(function: Any) -> set[str]:
    """The names of all operators and functions that a function may call."""
    called = {node.op for node in function.node_def}
    for node in function.node_def:
        for value in node.attr.values():
            called |= {value.func.name, *(one.name for one in value.list.func)}
    return called


def _keeps_checkpoints(function: Any) -> bool:
    """True for what TensorFlow adds to write and read variables, and never calls while it loads a SavedModel."""
    return bool(CHECKPOINTS.fullmatch(function.signature.name)) and "api_implements" not in function.attr
