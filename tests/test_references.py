"""What a file is compared with: its own source's answers, or what the user names."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgemnist import verify
from edgemnist.comparison.answers import OutputDifference
from edgemnist.errors import SourceMissing
from edgemnist.manifest import find_manifest
from tests.conftest import ROOT

EXPORTS = ROOT / "exports"
MODEL = EXPORTS / "small_int8.onnx"


def find_answers(source: str) -> Path:
    manifest = find_manifest(EXPORTS)
    sha256 = manifest.models[source]["sha256"]
    (name,) = (name for name, entry in manifest.answers.items() if entry["model_sha256"] == sha256)
    return EXPORTS / name


def test_a_file_is_compared_with_its_source_whose_answers_may_be_named() -> None:
    answers = find_answers("small.keras")
    for against, name, origin in ((None, "small.keras", "stored"), (answers, answers.name, "given")):
        (verdict,) = verify(MODEL, against=against, limit=100).verdicts
        assert (verdict.reasons, verdict.measurement.comparison.agreement) == ((), 1)
        assert (verdict.measurement.reference, verdict.measurement.reference_origin) == (name, origin)


def test_floats_of_two_files_are_compared_as_probabilities_alone() -> None:
    """Bit for bit they may differ with each build of a runtime; whole numbers of one scale may not."""
    (floats,) = verify(EXPORTS / "model.onnx", against=EXPORTS / "model.tflite", limit=100).verdicts
    assert (floats.measurement.outputs, floats.measurement.comparison.agreement) == (None, 1)
    (whole,) = verify(EXPORTS / "model_int8.tflite", against=EXPORTS / "model_int8.tflite", limit=100).verdicts
    assert whole.measurement.outputs == OutputDifference(1_000, 0)


def test_answers_of_another_model_are_refused() -> None:
    answers = find_answers("model.keras")
    (verdict,) = verify(MODEL, against=answers, limit=100).verdicts
    assert isinstance(verdict.error, SourceMissing)
    source = find_manifest(EXPORTS).models["small.keras"]["sha256"][:8]
    theirs = find_manifest(EXPORTS).models["model.keras"]["sha256"][:8]
    made = f"{MODEL} was made from small.keras {source}"
    assert verdict.error.message == f"{answers.name}: of model {theirs}, but {made}"


def test_answers_to_other_images_are_refused(small_npz: Path) -> None:
    with pytest.raises(SourceMissing, match="these answers are not to the test images of three"):
        verify(MODEL, against=find_answers("small.keras"), data=small_npz)
