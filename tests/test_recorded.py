"""What export records of a file's outputs is what its exact kernels give, which not all kernels do."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from edgemnist import export, open_runtime
from edgemnist.datasets import Dataset
from edgemnist.files import hash_bytes
from edgemnist.manifest import find_manifest
from edgemnist.workflows import conversion
from edgemnist.workflows.exact import EXACT_KERNELS
from tests.conftest import ROOT, slow


@pytest.mark.parametrize("name", ["model_int8.tflite", "model_int8.c", slow("model_int16x8.tflite")])
def test_recorded_outputs_are_those_of_the_exact_kernels(ladder: Path, dataset: Dataset, name: str) -> None:
    entry = find_manifest(ladder).models[name]
    runtime = EXACT_KERNELS[entry["format"], entry["precision"]]
    with open_runtime(ladder / name, runtime=runtime) as opened:
        outputs = opened.run(dataset.test.images).outputs
    digest = hashlib.sha256(outputs.tobytes()).hexdigest()
    assert entry["outputs"] == {"runtime": runtime, "sha256": digest, "data_sha256": dataset.test.sha256}


def test_all_stored_answers_are_listed_by_what_they_are(ladder: Path) -> None:
    manifest, found = find_manifest(ladder), {}
    for path in ladder.glob("*_answers_*.npz"):
        with np.load(path) as archive:
            hashes = {name: str(archive[name]) for name in ("model_sha256", "data_sha256")}
        found[path.name] = {"sha256": hash_bytes(path.read_bytes()), **hashes}
    assert manifest.answers == found
    assert len(found) == 4, "of the source, and of each form whose outputs are the same everywhere"


@pytest.mark.usefixtures("converter_here")
def test_an_older_opset_has_the_same_ir_version(tmp_path: Path) -> None:
    (artifact,) = export(ROOT / "exports" / "small.keras", "onnx", opset=13, output=tmp_path)
    model = onnx.load(artifact.path)
    assert (model.ir_version, [opset.version for opset in model.opset_import]) == (8, [13])


@pytest.mark.usefixtures("converter_here")
def test_recording_asks_for_the_exact_kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others may happen to give the same bits on this machine."""
    asked: list[str | None] = []

    def open_and_note(path: Path, *, runtime: str | None = None, **options: Any) -> Any:
        asked.append(runtime)
        return open_runtime(path, runtime=runtime, **options)

    monkeypatch.setattr(conversion, "open_runtime", open_and_note)
    export(ROOT / "exports" / "small.keras", "tflite", "int8", output=tmp_path)
    assert sorted(asked, key=str) == [None, "litert-reference"]
