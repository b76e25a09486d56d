"""Networks of the layers that people build, exported: C is the same bits as LiteRT, or refused by name."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from edgemnist.exporters import Options
from tests.benchmarks.layers import Outcome, measure

pytestmark = pytest.mark.slow
# One of each kind of operator that Keras's layers become.
CHOSEN = (
    "networks: lenet of tanh", "networks: resnet-8", "blocks: mobilenet v3", "blocks: dense block", "blocks: u-net",
    "blocks: channel shuffle", "activations: dense selu", "activations: dense silu", "activations: conv prelu",
    "activations: relu with a slope and a limit", "convolutions: causal dilated", "convolutions: in groups",
    "poolings: global max", "merges: maximum", "merges: add a row", "shapes: upsampling bilinear",
    "shapes: upsampling nearest", "shapes: cropping", "shapes: zero padding of four sizes", "rows: time distributed",
    "scales: rescaling to -1 and 1",
)  # fmt: skip
REFUSED = {
    "recurrent: lstm": r"layer lstm.* \(LSTM\) is recurrent",
    "recurrent: attention": "a softmax inside the model, as attention has it",
    "merges: dot": "layer dot: BATCH_MATMUL can't be written in C",
    "scales: layer norm": "layer layer_normalization: SQUARED_DIFFERENCE can't be written in C",
}


def run(name: str, dataset, **words: str) -> Sequence[Outcome]:
    return list(measure(name, dataset, 50, Options(**words)))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", CHOSEN)
def test_a_network_is_the_same_bits(name: str, dataset) -> None:
    assert [outcome.result for outcome in run(name, dataset)] == ["same", "same"]


@pytest.mark.parametrize("name", ["networks: lenet of tanh", "activations: conv hard_silu"])
def test_a_network_is_the_same_bits_as_in_tflite_micro(name: str, dataset) -> None:
    assert run(name, dataset, rounding="tflm", kernels="dense")[0].result == "same"


def test_what_tflite_micro_has_not_is_named(dataset) -> None:
    """ELU is written by its exponential, since LiteRT's exact kernels have no ELU of int8."""
    found = run("activations: conv elu", dataset, rounding="tflm", kernels="dense")[0]
    assert (found.result, "TFLite Micro has no EXP of int8" in found.detail) == ("refused", True)


@pytest.mark.parametrize(("name", "message"), REFUSED.items(), ids=REFUSED)
def test_what_is_refused_is_named(name: str, message: str, dataset) -> None:
    for outcome in run(name, dataset):
        assert outcome.result == "refused"
        assert re.search(message, outcome.detail), outcome.detail
