"""The weights in a C file are those of the TFLite file that it was made of, however its kernels take them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgemnist.formats.weights import LayerWeights, read_weights
from tests.test_c import write_c
from tests.test_layers import ALL, build

# Layers with weights that are in one group, or in a group a channel; others are named as unread.
KINDS = ("FULLY_CONNECTED", "dense rows", "CONV_2D", "dilated", "DEPTHWISE_CONV_2D", "depthwise dilated")


def list_stored(layer: LayerWeights) -> list[np.ndarray]:
    """The numbers that a file holds: in int8, C has them in steps of another unit for each output."""
    pairs = (layer.kernel, layer.step), (layer.bias, layer.bias_step)
    return [np.rint(values / steps) if layer.levels else values for values, steps in pairs]


@pytest.mark.parametrize("kernels", ["sparse", "dense"])
@pytest.mark.parametrize("quantized", [True, False], ids=["int8", "float32"])
@pytest.mark.parametrize("kind", KINDS)
def test_weights_are_read_back_as_they_were(kind: str, quantized: bool, kernels: str, tmp_path: Path) -> None:
    content = build(ALL[kind], quantized)
    source = read_weights(content, "tflite", "net.tflite")
    found = read_weights(write_c(content, tmp_path, kernels).read_bytes(), "c", "net.c")
    assert (found.unread, source.unread, len(source.layers)) == ((), (), 2)
    for expected, layer in zip(source.layers, found.layers, strict=True):
        assert (layer.kind, layer.levels) == (expected.kind, expected.levels) == (expected.kind, 127 * quantized)
        for there, here in zip(list_stored(expected), list_stored(layer), strict=True):
            assert np.array_equal(here, there)
