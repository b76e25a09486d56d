"""The contract: encoding, decoding, and documents that can't be trusted."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgemnist.contract import KEY, Contract, Input, Output, Source
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


@pytest.mark.parametrize(
    ("input", "raw"),
    [
        (Input("x", (784,), "uint8", (0.0, 255.0)), True),
        (Input("x", (784,), "uint8", (0.0, 1.0), 1 / 255, 0), True),
        (Input("x", (784,), "uint8", (0.0, 1.0), 1 / 255, 1), False),
        (Input("x", (784,), "uint8", (0.0, 1.0), 1 / 254, 0), False),
        (Input("x", (784,), "uint8", (255.0, 0.0)), False),
        (Input("x", (784,), "float32", (0.0, 255.0)), False),
        (Input("x", (784,), "int8", (0.0, 1.0), 1 / 255, -128), False),
    ],
)
def test_the_raw_pixel_is_told_from_all_else(input: Input, raw: bool) -> None:
    assert input.takes_raw_pixels is raw
    assert np.array_equal(input.encode(IMAGES), IMAGES.reshape(1, 784)) == (raw or input.dtype == "float32")


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


def test_the_document_is_what_programs_in_other_languages_read() -> None:
    """And what files out there hold: under this key, with these names, in this order."""
    assert KEY == "edgemnist"
    assert CONTRACT.to_json() == (
        '{"input": {"dtype": "uint8", "name": "pixels", "range": [0.0, 1.0], "scale": 0.00392156862745098, '
        '"shape": [784], "zero_point": 0}, "labels": ["zéro", "one"], "output": {"dtype": "uint8", '
        '"kind": "probabilities", "name": "probs", "scale": 0.00390625, "zero_point": 0}, "precision": "int8", '
        f'"schema": 1, "source": {{"name": "model.keras", "sha256": "{"ab" * 32}"}}}}'
    )
    assert replace(CONTRACT, rounding="tflm").to_json().count('"rounding": "tflm"') == 1


def change(part: str, **fields) -> Callable[[dict], dict]:
    """Return what replaces fields of one part of a document: its input, output or source; "" for itself."""
    return lambda document: {**document, **({part: {**document[part], **fields}} if part else fields)}


DAMAGES = {
    "not JSON": (lambda document: "{", "can't be read: Expecting property name"),
    "another type": (lambda document: "[1]", "can't be read: 'str' object cannot be interpreted"),
    "another schema": (change("", schema=2), "of another schema"),
    "no input": (lambda document: {key: document[key] for key in document if key != "input"}, "can't be read: 'input'"),
    "an unknown field": (change("", surprise=1), "unexpected keyword argument 'surprise'"),
    "no shape": (change("input", shape=[]), "shape (), expected whole numbers from 1"),
    "no pixels": (change("input", shape=[784, 0]), "shape (784, 0), expected whole numbers from 1"),
    "half a pixel": (change("input", shape=[1568, 0.5]), "shape (1568, 0.5), expected whole numbers from 1"),
    "a strange dtype": (change("input", dtype="complex64"), "name 'pixels', dtype 'complex64'"),
    "a strange dtype of the output": (change("output", dtype="int64"), "name 'probs', dtype 'int64'"),
    "a number for a name": (change("output", name=7), "name 7, dtype 'uint8'"),
    "no step": (change("input", scale=0), "scale 0"),
    "a negative step": (change("output", scale=-0.5), "scale -0.5"),
    "an infinite step": (change("output", scale=math.inf), "scale inf"),
    "an empty range": (change("input", range=[1, 1]), "range [1, 1]"),
    "an infinite range": (change("input", range=[0, math.inf]), "range [0, inf]"),
    "text for a range": (change("input", range=["0", 1]), "range ['0', 1]"),
    "text for a zero point": (change("output", zero_point="0"), "zero point '0'"),
    "no labels": (change("", labels=[]), "labels ()"),
    "one label": (change("", labels=["0"]), "labels ('0',)"),
    "a label twice": (change("", labels=["0", "1", "0"]), "labels ('0', '1', '0')"),
    "a number for a label": (change("", labels=["0", 1]), "labels ('0', 1)"),
    "an unknown kind": (change("output", kind="banana"), "kind 'banana'"),
    "an unknown precision": (change("", precision="int5"), "precision 'int5'"),
    "an unknown rounding": (change("", rounding="up"), "rounding 'up'"),
    "a source without a hash": (change("", source={"name": "model.keras"}), "missing 1 required positional argument"),
    "a number for a hash": (change("source", sha256=7), "expected string or bytes-like object"),
    "half a hash": (change("source", sha256="ab" * 16), f"source 'model.keras' '{'ab' * 16}'"),
    "a source in another folder": (change("source", name="../model.keras"), "source '../model.keras'"),
    "a source on two lines": (change("source", name="model\n.keras"), r"source 'model\n.keras'"),
}


@pytest.mark.parametrize(("damage", "message"), DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_document_is_refused(damage, message: str) -> None:
    document = damage(json.loads(CONTRACT.to_json()))
    with pytest.raises(ModelError, match=f"^elsewhere: the contract inside .*{re.escape(message)}"):
        Contract.from_json(document if isinstance(document, str) else json.dumps(document), "elsewhere")


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
    assert input.summarize() == text
