"""The command line as a user meets it: words, tables, JSON, exit status; and one clear message for each mistake."""

from __future__ import annotations

import json
import os
import pty
import re
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from PIL import Image

from edgemnist.files import hash_bytes
from edgemnist.trust import trust
from tests import changes
from tests.conftest import ROOT, convert_here
from tests.test_imports import COMMANDS

FIELDS = {
    "model", "format", "precision", "runtime", "images", "accuracy", "accuracy_low", "accuracy_high", "source_accuracy",
    "drop_points", "agreement", "broken", "fixed", "changed", "flips", "mcnemar_p", "max_abs_difference", "passed",
    "compared", "reasons", "size_bytes", "seconds",
}  # fmt: skip


def assert_error(outcome, *words: str) -> None:
    """One message and perhaps a hint, on stderr, without a traceback; exit status 2."""
    assert outcome.status == 2, outcome
    assert "Traceback" not in outcome.stderr
    for word in words:
        assert word in outcome.stderr, outcome.stderr
    lines = [line for line in outcome.stderr.splitlines() if line.lower().startswith(("error:", "hint:"))]
    assert sum(line.lower().startswith("error:") for line in lines) == 1, outcome.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_an_example(command, name: str) -> None:
    outcome = command(name, "--help")
    assert outcome.status == 0
    assert re.search(rf"Examples:\n +edgemnist {name}", outcome.stdout)


def test_python_m_and_the_version() -> None:
    run = subprocess.run([sys.executable, "-m", "edgemnist", "--version"], capture_output=True, text=True, check=True)
    assert run.stdout == "edgemnist, version 0.1.0\n"


def test_verify_one_file_in_words(command, ladder: Path) -> None:
    outcome = command("verify", ladder / "model_int8.tflite")
    assert outcome.status == 0
    for words in (
        "LiteRT",
        "the raw pixel",
        "95 % interval",
        "compared with",
        "model.keras",
        "McNemar p",
        "per class",
        "passed",
    ):
        assert words in outcome.stdout
    assert outcome.stderr == ""


def test_verify_json_has_every_field(command, ladder: Path) -> None:
    document = json.loads(command("verify", ladder / "model_int8.onnx", "--json").stdout)
    assert (document["schema"], document["passed"], len(document["models"])) == (1, True, 1)
    model = document["models"][0]
    assert model.keys() >= FIELDS
    assert model["model"] == str(ladder / "model_int8.onnx")
    assert model["broken"] + model["fixed"] + model["changed"] == len(model["flips"])
    assert set(model["flips"][0]) == {
        "index", "label", "source", "model", "source_confidence", "model_confidence", "kind",
    }  # fmt: skip
    assert 0 <= model["accuracy_low"] <= model["accuracy"] <= model["accuracy_high"] <= 1
    assert model["drop_points"] == pytest.approx(100 * (model["source_accuracy"] - model["accuracy"]))


def test_verify_json_is_json_whatever_happens(command, ladder: Path, tmp_path: Path) -> None:
    outcome = command("verify", ladder / "model.onnx", tmp_path / "none.onnx", "--json")
    document = json.loads(outcome.stdout)
    assert (outcome.status, document["passed"]) == (2, False)
    assert [model["passed"] for model in document["models"]] == [True, False]
    assert document["models"][1].keys() >= FIELDS
    assert "no such file" in document["models"][1]["reasons"][0]
    outcome = command("verify", tmp_path, "--json")
    document = json.loads(outcome.stdout)
    assert (outcome.status, document["passed"]) == (2, False)
    assert "no model files in this folder" in document["models"][0]["reasons"][0]
    for arguments in ((ladder / "model.onnx", "--data", tmp_path / "none"), (), (ladder, "--min-agreement", "2")):
        outcome = command("verify", *arguments, "--json")
        document = json.loads(outcome.stdout)
        assert (outcome.status, document["schema"], document["passed"], document["models"]) == (2, 1, False, [])


def test_a_limit_that_is_missed_is_exit_status_1(command, ladder: Path) -> None:
    outcome = command("verify", ladder / "model_int8.tflite", "--min-accuracy", "0.999")
    assert outcome.status == 1
    assert "is below 0.999" in outcome.stdout
    for option, limit in (("--min-agreement", "1"), ("--max-difference", "0"), ("--max-drop", "-5")):
        assert command("verify", ladder / "model_int8.tflite", option, limit).status == 1


def test_a_folder_is_one_table_and_its_status_the_worst_of_its_verdicts(command, own_ladder: Path) -> None:
    shutil.copy(own_ladder / "model_int8.tflite", own_ladder / "copy.tflite")  # not in the manifest, yet the same
    kept = {"copy.tflite", "model.tflite", "model.onnx", "model_int8.onnx"}
    for path in own_ladder.iterdir():
        if path.suffix in (".keras", ".tflite", ".onnx", ".c") and path.name not in kept:
            path.unlink()
    outcome = command("verify", own_ladder)
    assert outcome.status == 0
    assert outcome.stdout.count(" passed") == 5
    assert outcome.stdout.endswith("\n4 of 4 passed\n")
    assert command("verify", own_ladder, "--min-accuracy", "1", "--limit", 1000).status == 1
    (own_ladder / "broken.onnx").write_bytes(b"x")
    outcome = command("verify", own_ladder)
    assert outcome.status == 2
    assert outcome.stdout.endswith("\n4 of 5 passed\n")
    assert re.search(r" error *\n", outcome.stdout)
    assert_error(outcome, "broken.onnx")


def test_an_empty_folder_is_an_error(command, tmp_path: Path) -> None:
    assert_error(command("verify", tmp_path), "no model files")


def test_against_compares_whole_numbers(command, ladder: Path, own_ladder: Path) -> None:
    same = command("verify", own_ladder / "model_int8.tflite", "--against", ladder / "model_int8.tflite", "--json")
    model = json.loads(same.stdout)["models"][0]
    assert (model["outputs_compared"], model["different_outputs"], model["agreement"]) == (100_000, 0, 1)
    other = command("verify", ladder / "model_int8.tflite", "--against", ladder / "model.tflite", "--json")
    model = json.loads(other.stdout)["models"][0]
    assert model["different_outputs"] is None
    assert model["reference"] == "model.tflite"
    assert_error(command("verify", ladder / "model.onnx", "--against", ladder / "none.onnx"), "none.onnx: no such file")


@pytest.mark.usefixtures("converter_here")
def test_a_file_without_answers_or_source_is_an_error_with_the_hint(command, ladder: Path, tmp_path: Path) -> None:
    path = shutil.copy(ladder / "model.onnx", tmp_path)
    assert_error(command("verify", path), "no answers of its source model.keras", "--against")
    (answers,) = ladder.glob("model_answers_*.npz")
    assert command("verify", path, "--against", answers).status == 0
    assert command("verify", path, "--against", ladder / "model.keras").status == 0
    shutil.copy(ladder / "model.keras", tmp_path)  # the source beside it: recomputed with Keras
    outcome = command("verify", path, "--json")
    assert (outcome.status, json.loads(outcome.stdout)["models"][0]["agreement"]) == (0, 1)


@pytest.mark.usefixtures("converter_here")
def test_another_keras_model_and_damaged_answers_are_not_the_source(
    command, ladder: Path, small_npz: Path, tmp_path: Path
) -> None:
    from tests.test_exports import save_dense

    other = save_dense(tmp_path / "other.keras")
    open_here(other)
    outcome = command("verify", ladder / "model.onnx", "--against", other)
    assert outcome.status == 1, "another model than its source, with other answers"
    assert re.search(r"note .*: other\.keras isn't its source, which is model\.keras [0-9a-f]{8}\n", outcome.stdout)
    (answers,) = ladder.glob("model_answers_*.npz")
    answers_copy = tmp_path / "damaged.npz"
    answers_copy.write_bytes(answers.read_bytes()[:5000])
    assert_error(command("verify", ladder / "model.onnx", "--against", answers_copy), "stored answers")


@pytest.mark.slow
def test_a_file_without_a_contract_is_judged_by_accuracy_alone(command, tmp_path: Path) -> None:
    released = ROOT / "exports" / "small_int8.tflite"
    path = tmp_path / "theirs.tflite"
    path.write_bytes(changes.rewrite_contract(released.read_bytes(), ".tflite", lambda fields: None))
    open_here(path)
    outcome = command("verify", path, "--json")
    found = json.loads(outcome.stdout)["models"][0]
    assert (outcome.status, found["agreement"], found["precision"]) == (0, None, "int8"), "as its tensors say"
    assert (found["passed"], found["compared"]) == (False, False)
    assert any("names no source" in note for note in found["notes"])
    outcome = command("verify", path)
    assert re.search(r"^verdict +not compared *$", outcome.stdout, re.MULTILINE)
    outcome = command("verify", path, released)
    assert (outcome.status, outcome.stdout.splitlines()[-1]) == (0, "1 of 2 passed, 1 not compared")
    outcome = command("verify", path, "--min-accuracy", "0.9999")
    assert outcome.status == 1
    assert "no source" in outcome.stdout


def open_here(path: Path) -> None:
    """As a user who trusts it: it runs in this process, which is fast."""
    trust([hash_bytes(path.read_bytes())])


def edit_contract(path: Path, *pair: str) -> None:
    model = onnx.load(path)
    document = model.metadata_props[0].value
    assert pair[0] in document
    model.metadata_props[0].value = document.replace(*pair)
    onnx.save(model, path)


@pytest.mark.parametrize(
    ("pair", "status", "words"),
    [
        (('"3", "4", "5"', '"5", "4", "3"'), 1, "the labels inside are 0, 1, 2, 5"),
        (('"kind": "probabilities"', '"kind": "logits"'), 1, "the contract says that it answers logits"),
        (('"kind": "probabilities"', '"kind": "banana"'), 2, "kind 'banana'"),
        (('"precision": "int8"', '"precision": "int5"'), 2, "precision 'int5'"),
        (('"precision": "int8"', '"precision": "dynamic"'), 1, "contract says dynamic, but its tensors are int8"),
        (('"range": [0.0, 1.0], "scale": null', '"range": [0.0, 1.0], "scale": 7'), 2, "input scale 7"),
        (('"name": "pixels"', '"name": "zzz"'), 2, "input name zzz"),
        (('"range": [0.0, 1.0]', '"range": ["0", "1"]'), 2, "range ['0', '1']"),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else None,
)
def test_a_contract_that_was_altered_is_noticed(
    command, stranger: Path, own_ladder: Path, pair, status: int, words: str
) -> None:
    path = own_ladder / "model_int8.onnx"
    edit_contract(path, *pair)
    if "tensors" not in words:  # which are read in the child
        open_here(path)
    listed = command("verify", path, "--limit", 1000)
    assert (listed.status, words in listed.stdout) == (1, True)
    assert "changed since export" in listed.stdout
    (own_ladder / "manifest.json").unlink()
    outcome = command("verify", path, "--limit", 1000)
    assert outcome.status == status
    assert words in outcome.stdout + outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_answers_that_were_altered_are_noticed(command, own_ladder: Path) -> None:
    (path,) = own_ladder.glob("model_answers_*.npz")
    with np.load(path) as archive:
        arrays = dict(archive)
    np.savez(path, **{**arrays, "probabilities": arrays["probabilities"][:, ::-1]})
    outcome = command("verify", own_ladder / "model.onnx")
    assert outcome.status == 1
    assert f"changed since export: the manifest lists other answers as {path.name}" in outcome.stdout


def test_int8_weights_that_were_altered_are_noticed(command, own_ladder: Path) -> None:
    path = own_ladder / "model_int8.tflite"
    content = bytearray(path.read_bytes())
    content[100_000:300_000] = bytes(200_000)  # half of the first layer
    path.write_bytes(content)
    assert command("verify", path).status == 1


def test_limits_that_are_no_numbers_are_refused(command, ladder: Path) -> None:
    for option in ("--min-agreement", "--min-accuracy", "--max-drop", "--max-difference"):
        assert_error(command("verify", ladder / "model.onnx", option, "nan"), option)


def test_a_module_beside_a_downloaded_model_is_not_run(tmp_path: Path) -> None:
    """The file is verified as ever, in the real ONNX Runtime, from its own folder."""
    copy_released(tmp_path, "small_int8.onnx")
    (tmp_path / "onnxruntime.py").write_text("open('pwned', 'w')")
    program = Path(sys.executable).with_name("edgemnist")
    run = subprocess.run(
        [program, "verify", "small_int8.onnx"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert f"ONNX Runtime {onnxruntime.__version__}" in run.stdout
    assert re.search(r"^verdict +passed\s*$", run.stdout, re.MULTILINE)
    assert not (tmp_path / "pwned").exists()


def copy_released(folder: Path, *names: str, listed: bool = False) -> Path:
    """Copy released files of the small network and the answers of their source; `listed`: and the manifest."""
    (answers,) = (path.name for path in (ROOT / "exports").glob("small_answers_*.npz"))
    for name in (*names, answers, *(["manifest.json"] if listed else [])):
        shutil.copy(ROOT / "exports" / name, folder)
    return folder / names[0]


def test_seconds_are_those_that_the_model_took(command) -> None:
    started = time.perf_counter()
    document = json.loads(command("verify", "exports/small_int8.onnx", "--json").stdout)
    assert 0 < document["models"][0]["seconds"] < time.perf_counter() - started


def test_a_source_that_was_trained_anew_makes_its_files_stale(command, tmp_path: Path) -> None:
    path = copy_released(tmp_path, "small_int8.onnx")
    assert command("verify", path).status == 0
    (tmp_path / "small.keras").write_bytes(b"trained anew")
    outcome = command("verify", path, "--json")
    found = json.loads(outcome.stdout)["models"][0]
    assert outcome.status == 1
    assert re.match(r"stale: made from small\.keras [0-9a-f]{8}, which is now [0-9a-f]{8}", found["reasons"][0])
    for answers in tmp_path.glob("*_answers_*"):
        answers.unlink()
    assert_error(command("verify", path), "stale: made from small.keras", "--against")


def test_a_file_without_a_source_must_get_nine_of_ten_right(command, tmp_path: Path) -> None:
    """A contract that names no source, and weights that answer one class: nothing but the labels can judge it."""
    weights = np.zeros((784, 10), np.float32)
    weights[:, 3] = 1
    info = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("MatMul", ["x", "w"], ["s"]), onnx.helper.make_node("Softmax", ["s"], ["y"], axis=1)],
        "guess", [info("x", 1, ["n", 784])], [info("y", 1, ["n", 10])], [onnx.numpy_helper.from_array(weights, "w")],
    )  # fmt: skip
    onnx.save(
        onnx.helper.make_model(graph, ir_version=8, opset_imports=[onnx.helper.make_opsetid("", 17)]),
        tmp_path / "guess.onnx",
    )
    assert_error(command("verify", tmp_path / "guess.onnx"), "no contract inside, and right on", "--input-range")
    stated = ("--input-range", "0", "1")
    outcome = command("verify", tmp_path / "guess.onnx", "--json", *stated)
    assert outcome.status == 1
    assert json.loads(outcome.stdout)["models"][0]["reasons"] == ["accuracy 0.1010 is below 0.9"]
    assert command("verify", tmp_path / "guess.onnx", "--min-accuracy", "0.1010", *stated).status == 0


def test_code_that_ran_because_of_trust_says_so_and_other_code_does_not(command, tmp_path: Path) -> None:
    path = copy_released(tmp_path, "small_int8.c", "small_int8.h")
    path.write_text(path.read_text() + "/* of a stranger */\n")
    assert_error(command("verify", path), "to use it is to run its code", "--trust")
    for file, trusted in ((path, True), (ROOT / "exports" / "small_int8.c", False)):
        outcome = command("verify", file, "--trust", "--limit", 100, "--json")
        notes = json.loads(outcome.stdout)["models"][0]["notes"]
        assert outcome.status == 0, outcome
        assert any("because of --trust" in note for note in notes) == trusted


def test_one_missing_reference_is_one_message_not_ten(command, ladder: Path) -> None:
    assert_error(command("verify", ladder, "--against", "none.onnx"), "none.onnx: no such file")


@pytest.mark.slow
@pytest.mark.usefixtures("converter_here")
def test_names_in_brackets_are_only_names(command, small_npz: Path, tmp_path: Path) -> None:
    with np.load(small_npz) as archive:
        arrays = dict(archive)
    data = tmp_path / "[b]data.npz"
    np.savez(data, **{**arrays, "labels": np.array(["[/b]", "[red]", "x]"])})
    path = tmp_path / "[red]x.keras"
    assert command("train", "--recipe", "small", "--data", data, "--epochs", 2, "--output", path).status == 0
    assert (
        "[red]x.tflite"
        in command("export", "--format", "tflite", "--model", path, "--output", tmp_path, "--data", data).stdout
    )
    outcome = command("verify", tmp_path, "--data", data)
    assert outcome.status == 0, outcome
    assert "[red]x.tflite" in outcome.stdout
    np.save(tmp_path / "one.npy", arrays["x_test"][:1])
    assert "[/b]" in command("predict", tmp_path / "[red]x.tflite", tmp_path / "one.npy").stdout
    outcome = command("export", "--format", "onnx", "--quantize", "dynamic", "--name", "best", "--model", path,
                      "--output-dir", tmp_path, "--data", data, "--json")  # fmt: skip
    assert [Path(model["model"]).name for model in json.loads(outcome.stdout)["models"]] == ["best_dynamic.onnx"]


MUTATIONS = {
    "one weight": lambda weights: weights.__setitem__((300, 7), 40.0),
    "two classes swapped": lambda weights: weights.__setitem__((slice(None), [3, 5]), weights[:, [5, 3]]),
    "all weights a little": lambda weights: weights.__imul__(1.01),
}


@pytest.mark.parametrize("mutate", MUTATIONS.values(), ids=MUTATIONS)
def test_a_mutated_model_differs(command, own_ladder: Path, mutate) -> None:
    """What happens to a model in the field must be noticed, in words and as an exit status."""
    path = own_ladder / "model.onnx"
    model = onnx.load(path)
    size = 10 if mutate is MUTATIONS["two classes swapped"] else 512
    for weight in model.graph.initializer:
        if len(weight.dims) == 2 and weight.dims[1] == size:
            values = onnx.numpy_helper.to_array(weight).copy()
            mutate(values)
            weight.raw_data = values.tobytes()
    onnx.save(model, path)
    open_here(path)
    outcome = command("verify", path)
    assert outcome.status == 1
    assert "differs" in outcome.stdout


@pytest.mark.parametrize(
    "pair", [("[0.0, 1.0]", "[0.0, 255.0]"), ("[0.0, 1.0]", "[-1.0, 1.0]"), ("[0.0, 1.0]", "[1.0, 0.0]")]
)
def test_a_shifted_input_range_differs(command, own_ladder: Path, pair: tuple[str, str]) -> None:
    edit_contract(own_ladder / "model.onnx", *pair)
    open_here(own_ladder / "model.onnx")
    assert command("verify", own_ladder / "model.onnx", "--limit", 1000).status == 1


def test_record_writes_into_the_manifest_and_only_there(command, own_ladder: Path) -> None:
    recorded = ("verify", own_ladder / "model.onnx", own_ladder / "model_int8.onnx", "--record")
    assert command(*recorded).status == 0
    once = (own_ladder / "manifest.json").read_bytes()
    entry = json.loads(once)["models"]["model_int8.onnx"]["verified"]
    assert entry["passed"] is True
    assert "seconds" not in entry
    assert command(*recorded).status == 0
    assert (own_ladder / "manifest.json").read_bytes() == once
    shutil.copy(own_ladder / "model.onnx", own_ladder / "stranger.onnx")
    assert_error(command("verify", own_ladder / "stranger.onnx", "--record"), "not recorded")
    for limits in (("--against", own_ladder / "model.onnx"), ("--min-agreement", "0")):
        assert_error(command("verify", own_ladder / "model.onnx", "--record", *limits), "record keeps what")


def test_predict(command, ladder: Path, dataset, tmp_path: Path) -> None:
    Image.fromarray(dataset.test.images[0]).save(tmp_path / "seven.png")
    np.save(tmp_path / "many.npy", dataset.test.images[:3])
    outcome = command("predict", ladder / "model_int8.tflite", tmp_path / "seven.png")
    assert outcome.status == 0
    assert re.search(r"seven\.png\s+7\s+9\d\.\d\d %", outcome.stdout)
    outcome = command("predict", ladder / "model.onnx", tmp_path / "seven.png", tmp_path / "many.npy", "--json")
    found = json.loads(outcome.stdout)["predictions"]
    assert [one["label"] for one in found] == ["7", "7", "2", "1"]
    assert found[1]["image"].endswith("many.npy[0]")
    assert len(found[0]["top"]) == 3
    assert found[0]["top"][0] == {"label": "7", "confidence": found[0]["confidence"]}


def test_formats_and_runtimes(command) -> None:
    assert command("formats").stdout.count("TFLite") == 6 + 2 * 2
    assert len(json.loads(command("formats", "--json").stdout)["formats"]) == 17
    runtimes = json.loads(command("runtimes", "--json").stdout)["runtimes"]
    assert command("runtimes").stdout.count("ready") == sum(one["ready"] for one in runtimes)
    assert {one["name"] for one in runtimes if one["ready"]} >= {"keras", "litert", "ort", "c", "tflm"}
    for one in runtimes:
        assert one["ready"] or one["install"].startswith(("pip install ", "apt-get install "))


def test_the_list_of_runtimes_says_which_are_ready(command, monkeypatch: pytest.MonkeyPatch) -> None:
    from edgemnist.processes.installed import Tools
    from edgemnist.reporting import listings

    missing = Tools(("no-such-program",), "apt-get install it")
    rows = {row.name: row for row in listings.RUNTIMES if row.name in ("c", "ort")}
    rows["c"] = replace(rows["c"], tools=missing, install=missing.install)
    monkeypatch.setattr(listings, "RUNTIMES", tuple(rows.values()))
    found = json.loads(command("runtimes", "--json").stdout)["runtimes"]
    assert {one["name"]: (one["ready"], one["install"]) for one in found} == {
        "c": (False, "apt-get install it"), "ort": (True, "pip install onnxruntime"),
    }  # fmt: skip
    shown = command("runtimes").stdout
    assert (shown.count("ready"), shown.count("apt-get install it"), shown.count("pip install")) == (1, 1, 0)


def test_train_and_export_say_what_they_did_and_what_comes_next(command, small_npz: Path, tmp_path: Path) -> None:
    path = tmp_path / "new" / "three.keras"
    outcome = command("train", "--recipe", "small", "--data", small_npz, "--epochs", 2, "--output", path)
    assert outcome.status == 0
    assert re.search(r"hidden +Dense +\(32\) +12,832\n", outcome.stdout)
    assert "15,555 parameters\n" in outcome.stdout
    assert "test accuracy" in outcome.stdout
    assert "epoch 2/2" in outcome.stderr
    assert "data three.npz: .npz, 3 classes; 900 images to train, 300 to test\n" in outcome.stdout
    assert f"next: edgemnist export {path} --all --output {path.parent}\n" in outcome.stderr
    outcome = command("export", "--format", "tflite", "--quantize", "--model", path, "--output", path.parent)
    assert outcome.status == 0
    assert len(outcome.stdout.splitlines()) == 1, "none of the converter's output on stdout"
    assert "three_int8.tflite" in outcome.stdout
    assert outcome.stderr == f"next: edgemnist verify {path.parent}/three_int8.tflite\n"


@pytest.mark.slow
def test_run_does_the_whole_job(command, small_npz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGEMNIST_DATA", str(small_npz))
    folders = [tmp_path / place / "digits" for place in ("one", "two")]  # a report names its folder
    for folder in folders:
        if folder == folders[1]:
            convert_here(monkeypatch)  # which loads TensorFlow once less
        outcome = command("run", "--output", folder, "--epochs", 4, "--class-names", "p,q,r")
        assert outcome.status == 0, outcome
        assert "\n12 of 12 passed\n" in outcome.stdout
        assert re.search(rf"\n{folder}/report.html +\d+ kB  12 of 12 passed\n$", outcome.stdout)
        manifest = json.loads((folder / "manifest.json").read_text())
        assert all(entry["verified"]["passed"] for entry in manifest["models"].values())
        assert manifest["models"]["model.keras"]["data"]["labels"] == ["p", "q", "r"]
    files = [{path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders]
    assert files[0] == files[1], "the same seed gives the same folder, byte for byte"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["export"], ["no format given", "edgemnist export --format tflite"]),
        (["export", "--format", "coreml"], ["'coreml' is not one of 'tflite', 'onnx'"]),
        (["export", "--format", "tflite", "--quantize", "int5"], ["'int5' is not one of"]),
        (["export", "--format", "onnx", "--quantize", "int16x8"], ["onnx has no mode 'int16x8'"]),
        (["export", "--format", "onnx", "--model", "none.keras"], ["none.keras: no such file"]),
        (["export", "--format", "onnx", "--model", "README.md"], ["README.md: no model file"]),
        (["export", "--all", "--quantize", "int8"], ["--all makes every mode"]),
        (["train", "--recipe", "magic"], ["'magic' is not"]),
        (["train", "--epochs", "0"], ["0 is not in the range"]),
        (["train", "--data", "none"], ["none: no such file or folder", "IDX"]),
        (["train", "--output", "model.h5"], ["ends in .keras", "--output model.keras"]),
        (["export", "--all", "--name", "../sub"], ["--name ../sub: a name without folders"]),
        (["verify"], ["Missing argument"]),
        (["verify", "README.md"], ["no runtime for .md"]),
        (["verify", "nowhere/"], ["nowhere: no such file"]),
        (["predict", "exports/model.onnx", "none.png"], ["none.png: no such file"]),
        (["surprise"], ["No such command 'surprise'"]),
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("converter_here")
def test_a_mistake_gets_one_clear_message(command, arguments: list[str], words: list[str]) -> None:
    assert_error(command(*arguments), *words)


def test_a_folder_that_cannot_be_written_is_said_before_the_work(command, ladder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for place in ("/sys/edgemnist", tmp_path / "file" / "inside"):
        assert_error(command("train", "--output", f"{place}/model.keras"), "can't be written", "--output")
        outcome = command("export", "--all", "--model", ladder / "model.keras", "--output", place)
        assert_error(outcome, "can't be written")


@pytest.mark.slow
def test_no_room_for_temporary_files_is_said(own_ladder: Path) -> None:
    """No file may grow over 100 kB, which the system refuses while Keras unpacks the model."""
    before = {path.name: path.read_bytes() for path in own_ladder.iterdir()}
    run = subprocess.run(
        [sys.executable, "-m", "edgemnist", "export", "--format", "onnx", "--model", own_ladder / "model.keras",
         "--output", own_ladder],
        capture_output=True, text=True, check=False, cwd=ROOT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )  # fmt: skip
    assert run.returncode == 2, run
    assert "error: no room to unpack" in run.stderr
    assert "Traceback" not in run.stderr
    assert {path.name: path.read_bytes() for path in own_ladder.iterdir()} == before


@pytest.mark.slow
def test_on_a_terminal_the_training_shows_a_bar_that_moves(tmp_path: Path) -> None:
    leader, follower = pty.openpty()
    run = subprocess.Popen(
        [sys.executable, "-m", "edgemnist", "train", "--epochs", "1", "--output", tmp_path / "model.keras"],
        stdout=follower, stderr=follower, cwd=ROOT, env={**os.environ, "TERM": "xterm", "COLUMNS": "110"},
    )  # fmt: skip
    os.close(follower)
    screen = b""
    try:
        while chunk := os.read(leader, 65_536):
            screen += chunk
    except OSError:
        pass  # the other end is closed: it has finished
    os.close(leader)
    assert run.wait() == 0
    steps = {int(step) for step in re.findall(rb"(\d+)/1875", screen)}
    assert len(steps) > 10, steps
    assert "━" in screen.decode()


def test_a_closed_stderr_and_poor_encodings_are_no_traceback(ladder: Path) -> None:
    program = f"{sys.executable} -m edgemnist verify {ladder}/model.onnx"
    for shell in (f"{program} 2>&-", f"PYTHONIOENCODING=ascii {program}", f"{program} | cat"):
        run = subprocess.run(shell, shell=True, capture_output=True, text=True, check=False, cwd=ROOT)
        assert run.returncode == 0, (shell, run)
        assert "Traceback" not in run.stderr
