"""Weights that were trained on few levels: the levels themselves are stored, and everything else is as it was."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from hypothesis import given
from hypothesis import strategies as st

from edgemnist.exporters.levels import FEWEST, find_levels, store_levels
from tests.nets import Net


def quantize(real: np.ndarray, axis: int, each: bool) -> tuple[np.ndarray, np.ndarray]:
    """Store weights as a converter does: the largest of all, or of each channel, is 127."""
    others = tuple(one for one in range(real.ndim) if one != axis)
    largest = np.abs(real).max(axis=others, keepdims=True) if each else np.abs(real).max().reshape([1] * real.ndim)
    scales = np.where(largest > 0, largest, 1).astype(np.float32) / np.float32(127)
    return np.rint(real / scales).astype(np.int8), scales.reshape(-1).astype(np.float64)


@given(
    seed=st.integers(0, 999), most=st.sampled_from([1, 2, 3, 7, 8, 15]), axis=st.sampled_from([0, 3]),
    each=st.booleans(), step=st.floats(1e-4, 10),
)  # fmt: skip
def test_levels_are_found_again(seed, most, axis, each, step):
    random = np.random.default_rng(seed)
    choices = np.arange(-15, 16, 2) if most == 15 else np.arange(-most, most + 1)
    levels = random.choice(choices, (6, 3, 3, 6))
    assert np.abs(levels).max() == most  # of 324 weights
    found = find_levels(*quantize(levels * np.float32(step), axis, each), axis)
    assert found is not None
    assert (found.values == levels).all()
    assert found.steps == pytest.approx(np.full(6 if each else 1, step), rel=1e-6)


def test_each_channel_may_have_a_step_of_its_own():
    random = np.random.default_rng(0)
    levels = random.integers(-7, 8, (4, 30))
    levels[2] = 0
    steps = np.array([0.1, 0.37, 1, 0.05])
    found = find_levels(*quantize(levels * steps[:, None], 0, True), 0)
    assert found is not None
    assert (found.values == levels).all()
    assert found.steps[[0, 1, 3]] == pytest.approx(steps[[0, 1, 3]], rel=1e-6)


@given(seed=st.integers(0, 999), each=st.booleans())
def test_other_weights_are_on_no_grid(seed, each):
    real = np.random.default_rng(seed).normal(size=(5, 3, 3, 4))
    assert find_levels(*quantize(real, 0, each), 0) is None


def test_a_few_weights_are_on_no_grid():
    assert find_levels(np.full(FEWEST - 1, 127, np.int8), np.array([0.01]), 0) is None


def test_a_weight_alone_in_its_channel_is_on_any_grid_and_says_nothing():
    """A depthwise convolution of one pixel: its biases would be rounded to steps as large as the weights."""
    values = np.random.default_rng(0).choice([-127, 127], (1, 1, 1, 64)).astype(np.int8)
    assert find_levels(values, np.random.default_rng(1).uniform(0.1, 1, 64), 3) is None


@pytest.mark.parametrize("kind", ["on levels", "on none", "read twice", "in two graphs", "of large biases' steps"])
def test_the_layer_computes_the_same(kind):
    """The weights' steps, the biases' and what they multiply to are what they were, but for rounding."""
    net = Net(True, 0)
    image = net.reshape(net.input, (1, 14, 14, 4))
    weights, bias = net.add_weights((8, 3, 3, 4), 8, 0.01)
    given = 1e-5 if kind == "of large biases' steps" else 0.02
    net.add("CONV_2D", [image, weights, bias], (1, 7, 7, 8), (given, -128), strideH=2, strideW=2)
    if kind == "in two graphs":
        net.model.subgraphs.append(copy.deepcopy(net.graph))
    if kind == "read twice":
        net.add("CONV_2D", [image, weights, bias], (1, 7, 7, 8), (0.02, -128), strideH=2, strideW=2)
    tensor, buffers = net.graph.tensors[weights], net.model.buffers
    levels = np.random.default_rng(0).integers(-7, 8, (8, 3, 3, 4))
    if kind != "on none":
        buffers[tensor.buffer].data = np.rint(levels * 127 / 7).astype(np.int8).view(np.uint8).reshape(-1)
    stored, before = np.copy(buffers[net.graph.tensors[bias].buffer].data.view(np.int32)), tensor.quantization.scale
    store_levels(net.model)
    values = buffers[tensor.buffer].data.view(np.int8).reshape(8, 3, 3, 4)
    if kind != "on levels":
        assert (buffers[net.graph.tensors[bias].buffer].data.view(np.int32) == stored).all()
        assert tensor.quantization.scale is before
        return
    assert (values == levels).all()
    assert tensor.type == schema.TensorType.INT8
    ratio = 7 / 127
    assert tensor.quantization.scale == pytest.approx([0.01 / ratio], rel=1e-2)
    now = net.graph.tensors[bias]
    assert (buffers[now.buffer].data.view(np.int32) == np.rint(stored * ratio)).all()
    assert now.quantization.scale == pytest.approx([1e-5 / 0.01 * tensor.quantization.scale[0]], rel=1e-6)
