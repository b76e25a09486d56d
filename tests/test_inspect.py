"""`inspect`: what a file is, and a copy that carries what was found of it."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import onnx
import pytest

from edgemnist import ModelError, UsageError, WriteError, inspect, open_runtime, predict, verify
from edgemnist.contract import KEY
from edgemnist.formats import ModelFile
from tests import changes
from tests.conftest import ROOT
from tests.test_changed import append, copy, open_here

EXPORTS = ROOT / "exports"
SEVEN = ROOT / "examples" / "python" / "seven.png"


def take_contract(folder: Path, name: str) -> Path:
    """A released file as somebody else would have written it."""
    path = copy(folder, name, listed=False)
    if path.suffix == ".keras":
        with zipfile.ZipFile(EXPORTS / name) as archive, zipfile.ZipFile(path, "w") as written:
            for member in archive.namelist():
                if member != "edgemnist.json":
                    written.writestr(member, archive.read(member))
    else:
        changes.change_kind(path, "no contract")
    assert not ModelFile.read(path).contract
    return path


@pytest.mark.parametrize("name", ["small_int8.tflite", "small_int8.onnx", "model_int8.c", "small.keras"])
def test_what_is_inside_is_shown(command, name: str) -> None:
    path = EXPORTS / name
    document = json.loads(command("inspect", path, "--json").stdout)
    contract = ModelFile.read(path).contract
    assert document["contract"] == json.loads(contract.to_json())
    assert (document["found"], document["written"], document["trusted"]) == (None, None, True)
    assert (document["size_bytes"], document["precision"]) == (path.stat().st_size, contract.precision)
    assert document["listed"] == str(EXPORTS / "manifest.json")
    shown = command("inspect", path).stdout
    for words in ("contract   inside", f"takes      pixels: {contract.input.summarize()}", "trusted    yes"):
        assert words in shown


@pytest.mark.usefixtures("stranger")
@pytest.mark.parametrize("name", ["small_int8.tflite", "small_int8.onnx"])
def test_a_copy_carries_what_was_found(command, tmp_path: Path, name: str) -> None:
    path, written = take_contract(tmp_path, name), tmp_path / f"written{Path(name).suffix}"
    outcome = command("inspect", path, "--write-contract", written, "--json")
    document = json.loads(outcome.stdout)
    assert (outcome.status, outcome.stderr, document["written"]) == (0, "", str(written))
    assert document["found"]["accuracy"] > 0.97
    file = ModelFile.read(written)
    assert json.loads(file.contract.to_json()) == document["contract"]
    assert not file.trusted
    assert (file.contract.precision, file.contract.source, len(file.contract.labels)) == ("int8", None, 10)
    open_here(path, written)
    with open_runtime(path) as before, open_runtime(written) as after:
        assert after.info.contract == file.contract
        assert after.info.found is None
        images = np.random.default_rng(0).integers(0, 256, (20, 28, 28), np.uint8)
        assert np.array_equal(before.run(images).outputs, after.run(images).outputs)
    (verdict,) = verify(written, limit=1_000).verdicts
    assert (verdict.agrees, verdict.measurement.precision) == (True, "int8")
    assert not any("no contract inside" in note for note in verdict.notes)
    assert predict(written, SEVEN)[0].label == "7"


@pytest.mark.slow
def test_the_rest_of_an_onnx_file_stays_as_it_is(tmp_path: Path) -> None:
    path = take_contract(tmp_path, "small_int8.onnx")
    inspect(path, write_contract=tmp_path / "written.onnx")
    assert (tmp_path / "written.onnx").read_bytes().startswith(path.read_bytes())
    model = onnx.load(tmp_path / "written.onnx")
    onnx.checker.check_model(model)
    assert [entry.key for entry in model.metadata_props] == [KEY]


@pytest.mark.slow
def test_a_keras_file_keeps_its_members(tmp_path: Path) -> None:
    path, written = take_contract(tmp_path, "small.keras"), tmp_path / "written.keras"
    open_here(path)
    found = inspect(path, write_contract=written)
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(written) as after:
        assert after.namelist() == [*before.namelist(), "edgemnist.json"]
        assert after.testzip() is None
    assert ModelFile.read(written).trusted, "as what it was made from"
    with open_runtime(written) as runtime:
        assert runtime.info.contract == found.contract


def test_nothing_is_written_over_and_no_copy_is_written_for_nothing(command, tmp_path: Path) -> None:
    path = take_contract(tmp_path, "small_int8.onnx")
    before = path.read_bytes()
    (tmp_path / "link.onnx").symlink_to(tmp_path / "none.onnx")
    for name in (path.name, "link.onnx"):
        with pytest.raises(WriteError, match="is there already, and isn't written over"):
            inspect(path, write_contract=tmp_path / name)
    assert path.read_bytes() == before
    with pytest.raises(UsageError, match=r"a\.tflite: the name of a \.onnx file was expected"):
        inspect(path, write_contract=tmp_path / "a.tflite")
    with pytest.raises(UsageError, match="has a contract inside"):
        inspect(EXPORTS / "small_int8.onnx", write_contract=tmp_path / "a.onnx")
    with pytest.raises(WriteError):
        inspect(path, write_contract="/proc/none/a.onnx")
    outcome = command("inspect", EXPORTS / "small_int8.onnx", "--write-contract", tmp_path / "a.onnx")
    assert (outcome.status, "leave --write-contract out" in outcome.stderr) == (2, True)
    assert not list(tmp_path.glob("a.*"))


def test_a_file_that_nothing_can_be_found_of(tmp_path: Path) -> None:
    (tmp_path / "bad.tflite").write_bytes(b"\x1c\0\0\0TFL3" + bytes(100))
    (tmp_path / "notes.txt").write_text("hello")
    for name in ("bad.tflite", "notes.txt", "none.onnx"):
        with pytest.raises(ModelError, match=name):
            inspect(tmp_path / name)


def test_a_changed_file_says_so(command, tmp_path: Path) -> None:
    path = copy(tmp_path / "models", "small_int8.tflite")
    append(path, "a byte at the end")
    document = json.loads(command("inspect", path, "--json").stdout)
    (change,) = document["changes"]
    assert change.startswith("changed since export")
    assert document["listed"] is None
    assert f"differs    {change}" in command("inspect", path).stdout


def test_a_copy_of_a_file_with_values_elsewhere_is_refused(tmp_path: Path) -> None:
    path = take_contract(tmp_path, "model.onnx")
    model = onnx.load(path)
    onnx.save(model, tmp_path / "outside.onnx", save_as_external_data=True, location="outside.data", size_threshold=0)
    open_here(tmp_path / "outside.onnx")
    with pytest.raises(ModelError, match=r"its values are in outside\.data, and a copy takes one file"):
        inspect(tmp_path / "outside.onnx", write_contract=tmp_path / "copy.onnx")
    assert not (tmp_path / "copy.onnx").exists()


@pytest.mark.parametrize("name", ["net.h5", "net"])
def test_a_copy_that_can_carry_no_contract_is_refused_before_any_work(tmp_path: Path, name: str) -> None:
    if name == "net":
        (tmp_path / "net" / "variables").mkdir(parents=True)
        (tmp_path / "net" / "saved_model.pb").write_bytes(b"x")
    else:
        (tmp_path / name).write_bytes(b"\x89HDF\r\n\x1a\n")
    with pytest.raises(ModelError, match=r"only a \.keras file can carry a contract") as caught:
        inspect(tmp_path / name, write_contract=tmp_path / f"copy{Path(name).suffix}")
    assert "edgemnist export" in caught.value.hint


def test_what_appeared_meanwhile_is_not_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, written = take_contract(tmp_path, "small_int8.onnx"), tmp_path / "written.onnx"

    def embed(*asked: object) -> bytes:
        written.write_bytes(b"another's")
        return (EXPORTS / "small_int8.onnx").read_bytes()

    open_here(path)
    contract = ModelFile.read(EXPORTS / "small_int8.onnx").contract
    workflow = importlib.import_module("edgemnist.workflows.inspect")
    monkeypatch.setattr(workflow, "find_contract", lambda *asked, **named: (contract, None))
    monkeypatch.setattr(workflow, "embed_contract", embed)
    with pytest.raises(WriteError, match="is there already, and isn't written over"):
        inspect(path, write_contract=written)
    assert written.read_bytes() == b"another's"


def test_it_runs_nothing_of_a_file_with_a_contract() -> None:
    program = (
        "import sys; from edgemnist import inspect; inspect('exports/small_int8.onnx'); "
        "print({'onnxruntime', 'tensorflow'} & {*sys.modules})"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout.strip() == "set()"
