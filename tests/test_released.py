"""The released models: each is whole, ours, and passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgemnist import verify
from edgemnist.answers import read_answers
from edgemnist.exporters import FORMS
from edgemnist.files import hash_bytes
from edgemnist.manifest import Manifest
from tests.conftest import ROOT

EXPORTS = ROOT / "exports"
# All forms of the baseline but the floats in C, which are 7.7 MB of text; and what a small microcontroller can hold.
SMALL = ["small.keras", "small_int8.tflite", "small_int8.onnx", "small_int8.c"]
NAMES = ["model.keras", *(form.name_file("model") for form in FORMS if form.name_file("model") != "model.c"), *SMALL]


def test_nothing_is_missing_and_nothing_is_too_much() -> None:
    manifest = Manifest.load(EXPORTS)
    assert set(manifest.models) == set(NAMES)
    headers = {name.replace(".c", ".h") for name in NAMES if name.endswith(".c")}
    found = {path.name for path in EXPORTS.iterdir()} - {".edgemnist.lock"}
    assert found == {*NAMES, *headers, *manifest.answers, "manifest.json"}
    for name, entry in manifest.models.items():
        assert hash_bytes((EXPORTS / name).read_bytes()) == entry["sha256"]
    sources = {manifest.models[name]["sha256"] for name in ("model.keras", "small.keras")}
    assert {read_answers(EXPORTS / answers).model_sha256 for answers in manifest.answers} == sources


@pytest.mark.parametrize("name", NAMES)
def test_a_released_model_passes_and_its_record_is_true(name: str) -> None:
    (verdict,) = verify(EXPORTS / name).verdicts
    assert verdict.passed, verdict.reasons
    recorded = Manifest.load(EXPORTS).models[name]["verified"]
    # Another processor may round a quantized answer the other way: a few images, not more.
    assert verdict.measurement.score.accuracy == pytest.approx(recorded["accuracy"], abs=0.0005)
    assert verdict.measurement.comparison.agreement == pytest.approx(recorded["agreement"], abs=0.0005)


def test_the_baseline_is_what_is_documented() -> None:
    entry = Manifest.load(Path("exports")).models["model.keras"]
    expected = {
        "name": "baseline",
        "epochs": 5,
        "batch_size": 32,
        "optimizer": "adam",
        "learning_rate": 0.001,
        "seed": 0,
    }
    assert {key: entry["training"][key] for key in expected} == expected
    assert entry["verified"]["accuracy"] == entry["training"]["test_accuracy"]
    assert round(100 * entry["verified"]["accuracy"]) == 98
