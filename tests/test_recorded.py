"""What export records of a file's outputs is what its exact kernels give, which not all kernels do."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from edgemnist import export, open_runtime
from edgemnist.datasets import Dataset
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
