"""How far the reader of weights follows the graph of an `.onnx` file."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import helper, numpy_helper

from edgemnist.formats.onnx import read_onnx
from edgemnist.formats.weights.layouts import Budget
from edgemnist.formats.weights.onnx_graph import MOST_STEPS, OnnxGraph

FLOAT = 1


def read_graph(kind: str, pairs: list[tuple[str, str]]) -> OnnxGraph:
    """Nodes of one kind between values, of which `0` is a constant."""
    settings = {"to": FLOAT} if kind == "Cast" else {}
    nodes = [helper.make_node(kind, [before], [after], **settings) for before, after in pairs]
    constants = [numpy_helper.from_array(np.array([1, 2], np.float32), "0")]
    graph = helper.make_graph(nodes, "chain", [], [helper.make_tensor_value_info("end", FLOAT, [2])], constants)
    return OnnxGraph(read_onnx(helper.make_model(graph).SerializeToString(), "chain.onnx"), Budget(1_000))


def read_chain(kind: str, count: int) -> OnnxGraph:
    return read_graph(kind, [(str(place), str(place + 1)) for place in range(count)])


@pytest.mark.parametrize("kind", ["Cast", "Identity"])
def test_a_constant_is_one_behind_many_nodes_and_is_none_behind_too_many(kind: str) -> None:
    near = read_chain(kind, MOST_STEPS)
    assert near.resolve(str(MOST_STEPS)).values.tolist() == [1, 2]
    assert (near.list_constants(near.nodes[-1]), near.count_computed(near.nodes[-1])) == (["(2,)"], 0)
    far = read_chain(kind, MOST_STEPS + 2)
    assert far.resolve(str(MOST_STEPS + 2)) is None
    assert (far.list_constants(far.nodes[-1]), far.count_computed(far.nodes[-1])) == ([], 1)


def test_a_ring_of_nodes_is_no_constant() -> None:
    ring = read_graph("Identity", [("a", "b"), ("b", "a")])
    assert ring.resolve("a") is None
    assert ring.list_constants(ring.nodes[0]) == []
