"""The released models: each is whole, ours, and passes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgemnist import verify
from edgemnist.comparison.answers import OutputDifference
from edgemnist.exporters import FORMS
from edgemnist.files import hash_bytes
from edgemnist.manifest import Manifest
from edgemnist.workflows.exact import EXACT_KERNELS
from tests.conftest import ROOT, slow
from tests.test_few_levels import MICRO

EXPORTS = ROOT / "exports"
# All forms of the baseline but the floats in C, which are 7.7 MB of text; and what a small microcontroller can hold.
SMALL = ["small.keras", "small_int8.tflite", "small_int8.onnx", "small_int8.c"]
# Trained on few levels, which C packs.
FEW_LEVELS = [f"{name}{end}" for name in MICRO for end in (".keras", "_int4.c")]
# The most accurate, for a phone.
ACCURATE = ["best.keras", "best_int8.tflite", "cnn.keras", "cnn_int8.tflite"]
BASELINE = ["model.keras", *(form.name_file("model") for form in FORMS if form.name_file("model") != "model.c")]
NAMES = [*BASELINE, *SMALL, *ACCURATE, *FEW_LEVELS]


def test_nothing_is_missing_and_nothing_is_too_much() -> None:
    manifest = Manifest.load(EXPORTS)
    assert set(manifest.models) == set(NAMES)
    headers = {name.replace(".c", ".h") for name in NAMES if name.endswith(".c")}
    found = {path.name for path in EXPORTS.iterdir()} - {".edgemnist.lock"}
    assert found == {*NAMES, *headers, *manifest.answers, "manifest.json"}
    for name, entry in manifest.models.items():
        assert hash_bytes((EXPORTS / name).read_bytes()) == entry["sha256"]
    sources = {manifest.models[name]["sha256"] for name in NAMES if name.endswith(".keras")}
    exact = {name for name, entry in manifest.models.items() if (entry["format"], entry["precision"]) in EXACT_KERNELS}
    assert {name for name, entry in manifest.models.items() if "outputs" in entry} == exact
    stored = [entry["model_sha256"] for entry in manifest.answers.values()]
    assert sorted(stored) == sorted([*sources, *(manifest.models[name]["sha256"] for name in exact)])
    for name, entry in manifest.answers.items():
        assert hash_bytes((EXPORTS / name).read_bytes()) == entry["sha256"]
        with np.load(EXPORTS / name) as archive:
            assert str(archive["model_sha256"]) == entry["model_sha256"]


def test_outputs_are_recorded_bit_for_bit() -> None:
    """In the reference kernels of TFLite; of C below, in its default runtime."""
    (verdict,) = verify(EXPORTS / "model_int8.tflite", runtime="litert-reference").verdicts
    assert verdict.measurement.recorded == OutputDifference(100_000, 0)


@pytest.mark.parametrize("name", [slow(name) if "int16x8" in name else name for name in NAMES])
def test_a_released_model_passes_and_its_record_is_true(name: str) -> None:
    (verdict,) = verify(EXPORTS / name).verdicts
    assert verdict.passed, verdict.reasons
    recorded = Manifest.load(EXPORTS).models[name]["verified"]
    # Another processor may round a quantized answer the other way: a few images, not more.
    assert verdict.measurement.score.accuracy == pytest.approx(recorded["accuracy"], abs=0.0005)
    assert verdict.measurement.comparison.agreement == pytest.approx(recorded["agreement"], abs=0.0005)
    if name.endswith(".c"):
        assert verdict.measurement.recorded == OutputDifference(100_000, 0)


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
