"""What tf2onnx writes without a word, though ONNX has no such operator or means another thing by it."""

from __future__ import annotations

from typing import Any

from edgemnist.exporters.naming import refuse_branches, refuse_operator
from edgemnist.quiet import loading

with loading("tensorflow", "pip install tensorflow"):
    import keras
with loading("onnx", "pip install onnx"):
    import onnx

REPLACE = "put a layer in its place that ONNX has, or write TFLite: `format='tflite'`"
# Operators in whose place tf2onnx writes others: averages over areas become bilinear interpolation.
UNFAITHFUL = ("ResizeArea",)


def require_faithful(model: keras.Model, function: Any) -> None:
    """Refuse operators in whose place tf2onnx writes others.

    Args:
        model: What is converted.
        function: The same as a function of TensorFlow's.

    Raises:
        ExportError: There is one.
    """
    graph = function.graph.as_graph_def()
    for node in (*graph.node, *(node for one in graph.library.function for node in one.node_def)):
        if node.op in UNFAITHFUL:
            raise refuse_operator(model, "onnx", node.op, node.name, REPLACE)


def require_known(model: keras.Model, converted: Any) -> None:
    """Refuse operators that ONNX hasn't, which tf2onnx writes under TensorFlow's names, and branches.

    A branch is a graph of its own inside an operator, whose values tf2onnx names differently each time.

    Args:
        model: What was converted.
        converted: What tf2onnx made of it.

    Raises:
        ExportError: There is one.
    """
    for node in converted.graph.node:
        if not onnx.defs.has(node.op_type, node.domain):
            raise refuse_operator(model, "onnx", node.op_type, node.name, REPLACE)
        if any(attribute.HasField("g") for attribute in node.attribute):
            raise refuse_branches(model, "onnx", node.name, REPLACE)
