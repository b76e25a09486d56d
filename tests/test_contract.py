"""The contract: encoding, decoding, and documents that can't be trusted."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgemnist.contract import Contract, Input, Output, Source
from edgemnist.errors import ModelError

IMAGES = np.arange(784, dtype=np.uint8).reshape(1, 28, 28)
CONTRACT = Contract(
    Input("pixels", (784,), "uint8", (0.0, 1.0), 1 / 255, 0),
    Output("probs", "uint8", "probabilities", 1 / 256, 0),
    ("zéro", "one"),
    "int8",
    Source("model.keras", "ab" * 32),
)


def test_floats_are_the_plain_division() -> None:
    expected = IMAGES.reshape(1, 784).astype("float32") / np.float32(255)
    assert np.array_equal(Input("pixels", (784,)).encode(IMAGES), expected)


def test_other_ranges() -> None:
    signed = Input("pixels", (1, 28, 28), range=(-1.0, 1.0)).encode(IMAGES)
    assert signed.shape == (1, 1, 28, 28)
    assert (signed.min(), signed.max()) == (-1, 1)
    assert np.array_equal(Input("x", (28, 28), range=(0.0, 255.0)).encode(IMAGES), IMAGES.astype("float32"))


@given(
    scale=st.floats(1e-4, 10, allow_nan=False),
    zero_point=st.integers(-128, 127),
    low=st.floats(-2, 2),
    width=st.floats(0.1, 300),
)
def test_quantized_inputs_are_the_nearest_step_within_the_dtype(
    scale: float, zero_point: int, low: float, width: float
) -> None:
    input = Input("pixels", (784,), "int8", (low, low + width), scale, zero_point)
    stored = input.encode(IMAGES).astype(np.float64)
    real = low + IMAGES.reshape(1, 784) * width / 255
    inside = (stored > -128) & (stored < 127)
    assert (np.abs((stored - zero_point) * scale - real)[inside] <= scale / 2 * (1 + 1e-9)).all()
    assert (np.diff(np.sort(stored)) >= 0).all()


@given(st.integers(0, 255), st.sampled_from([1 / 256, 1 / 255, 0.1]))
def test_decoding_undoes_quantization(stored: int, scale: float) -> None:
    decoded = Output("probs", "uint8", "probabilities", scale, 3).decode(np.array([[stored, 0]], np.uint8))
    assert decoded[0, 0] == pytest.approx((stored - 3) * scale, rel=1e-5)


def test_logits_become_probabilities_and_unknown_answers_are_recognised() -> None:
    logits = np.array([[1000.0, 1001.0], [-3.0, 2.0]], np.float32)
    decoded = Output("logits", kind="logits").decode(logits)
    assert decoded.sum(axis=1) == pytest.approx([1, 1])
    assert np.array_equal(Output("x", kind="unknown").decode(logits), decoded)
    assert np.array_equal(Output("x", kind="unknown").decode(decoded), decoded)
    log_probabilities = np.log(decoded[1:])
    assert Output("x", kind="unknown").decode(log_probabilities) == pytest.approx(decoded[1:])


def test_a_contract_survives_its_document() -> None:
    assert Contract.from_json(CONTRACT.to_json()) == CONTRACT
    assert CONTRACT.to_json() == Contract.from_json(CONTRACT.to_json()).to_json()
    assert "zéro" in CONTRACT.to_json()


DAMAGES = {
    "not JSON": lambda fields: "{",
    "another type": lambda fields: "[1]",
    "another schema": lambda fields: {**fields, "schema": 2},
    "no input": lambda fields: {key: value for key, value in fields.items() if key != "input"},
    "an unknown field": lambda fields: {**fields, "surprise": 1},
    "too few pixels": lambda fields: {**fields, "input": {**fields["input"], "shape": [783]}},
    "a strange dtype": lambda fields: {**fields, "input": {**fields["input"], "dtype": "complex64"}},
    "no step": lambda fields: {**fields, "input": {**fields["input"], "scale": 0}},
    "an empty range": lambda fields: {**fields, "input": {**fields["input"], "range": [1, 1]}},
    "an infinite range": lambda fields: {**fields, "input": {**fields["input"], "range": [0, float("inf")]}},
    "text for a zero point": lambda fields: {**fields, "output": {**fields["output"], "zero_point": "0"}},
    "no labels": lambda fields: {**fields, "labels": []},
    "a source without a hash": lambda fields: {**fields, "source": {"name": "model.keras"}},
    "a number for a hash": lambda fields: {**fields, "source": {"name": "model.keras", "sha256": 7}},
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_document_is_refused(damage) -> None:
    document = damage(json.loads(CONTRACT.to_json()))
    with pytest.raises(ModelError):
        Contract.from_json(document if isinstance(document, str) else json.dumps(document))


@pytest.mark.parametrize(
    ("input", "text"),
    [
        (Input("x", (784,)), "float32 (784) in [0, 1]: pixel / 255"),
        (Input("x", (28, 28, 1), range=(-1.0, 1.0)), "float32 (28, 28, 1) in [-1, 1]"),
        (Input("x", (784,), "uint8", scale=1 / 255, zero_point=0), "uint8 (784): the raw pixel"),
        (Input("x", (784,), "int8", scale=1 / 255, zero_point=-128), "int8 (784): pixel - 128"),
        (Input("x", (784,), "uint8", scale=1 / 200, zero_point=0), "uint8 (784) in [0, 200]"),
    ],
)
def test_an_input_is_said_in_words(input: Input, text: str) -> None:
    assert input.describe() == text
