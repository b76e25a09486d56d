"""A folder on a machine that hasn't everything: what can be judged is, the rest is skipped and said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import edgemnist
from edgemnist.errors import PackageMissing
from tests.hiding import make_environment, run_program
from tests.test_changed import copy, open_here


@pytest.fixture(scope="module")
def without_tensorflow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_environment(tmp_path_factory.mktemp("light"), "tensorflow", "keras")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    names = ("small.keras", "small_int8.tflite", "small_int8.onnx")
    found = copy(tmp_path / "models", *names).parent
    open_here(*(found / name for name in names))
    return found


def test_without_tensorflow_a_folder_is_timed_but_for_its_source(without_tensorflow: Path, folder: Path) -> None:
    words = ("benchmark", folder, "--seconds", "0.01", "--limit", "100", "--json")
    outcome = run_program(without_tensorflow, *words)
    rows = {Path(row["model"]).name: row for row in json.loads(outcome.stdout)["rows"]}
    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert {name: row["skipped"] for name, row in rows.items()} == {
        "small.keras": NEEDS,
        "small_int8.tflite": None,
        "small_int8.onnx": None,
    }
    assert all(row["batches"] for name, row in rows.items() if name != "small.keras")
    required = run_program(without_tensorflow, *words, "--require-all")
    assert (required.returncode, "needs tensorflow" in required.stderr) == (2, True)


def list_words(outcome) -> dict[str, tuple[bool, str | None, str | None]]:
    return {
        Path(one["model"]).name: (one["passed"], one["skipped"], (one["error"] or {}).get("kind"))
        for one in json.loads(outcome.stdout)["models"]
    }


NEEDS = "needs tensorflow: pip install tensorflow"


def test_without_tensorflow_a_folder_is_judged_but_for_its_source(without_tensorflow: Path, folder: Path) -> None:
    outcome = run_program(without_tensorflow, "verify", folder, "--json")
    document = json.loads(outcome.stdout)
    assert (outcome.returncode, outcome.stderr, document["passed"], document["error"]) == (0, "", True, None)
    assert list_words(outcome) == {
        "small.keras": (False, NEEDS, None),
        "small_int8.tflite": (True, None, None),
        "small_int8.onnx": (True, None, None),
    }
    shown = run_program(without_tensorflow, "verify", folder)
    assert shown.returncode == 0
    assert f"skipped {folder / 'small.keras'}: {NEEDS}\n" in shown.stdout
    assert shown.stdout.splitlines()[-1] == "2 of 3 passed, 1 skipped"
    assert [line.split()[-1] for line in shown.stdout.splitlines() if line.startswith(f" {folder}")] == [
        "skipped", "passed", "passed",
    ]  # fmt: skip


def make_saved_model(folder: Path) -> Path:
    """What is known for one by its name: it is a folder, and yet one model."""
    folder.mkdir(exist_ok=True)
    (folder / "saved_model.pb").write_bytes(b"a graph")
    return folder


def test_a_folder_that_may_not_be_read_is_none_of_the_models(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `lost+found` on a card: it was a PermissionError, and no file was judged."""
    (folder / "private").mkdir()
    asked = Path.is_file

    def is_file(path: Path) -> bool:
        if path.parent.name == "private":
            raise PermissionError(13, "Permission denied", str(path))
        return asked(path)

    monkeypatch.setattr(Path, "is_file", is_file)
    found = edgemnist.verify(folder, limit=1000)
    assert sorted(Path(verdict.model).name for verdict in found.verdicts) == [
        "small.keras", "small_int8.onnx", "small_int8.tflite",
    ]  # fmt: skip


def test_require_all_and_a_file_that_was_named_are_errors(without_tensorflow: Path, folder: Path) -> None:
    for words in (
        (folder, "--require-all"),
        (folder / "small.keras", folder / "small_int8.onnx"),
        (folder / "small.keras",),
        (make_saved_model(folder.parent / "saved"), folder / "small_int8.onnx"),
    ):
        outcome = run_program(without_tensorflow, "verify", *words, "--json")
        assert outcome.returncode == 2
        assert (False, None, "package_missing") in list_words(outcome).values()
        assert "hint:  pip install tensorflow" in outcome.stderr


def test_where_nothing_can_be_judged_that_is_an_error(without_tensorflow: Path, tmp_path: Path) -> None:
    folder = copy(tmp_path / "models", "small.keras").parent
    outcome = run_program(without_tensorflow, "verify", folder, "--json")
    assert outcome.returncode == 2
    assert list_words(outcome) == {"small.keras": (False, None, "package_missing")}


def test_a_changed_source_differs_though_nothing_runs_it(without_tensorflow: Path, folder: Path) -> None:
    with (folder / "small.keras").open("ab") as stream:
        stream.write(b"changed")
    outcome = run_program(without_tensorflow, "verify", folder, "--json")
    assert outcome.returncode == 1
    assert list_words(outcome)["small.keras"] == (False, None, None)


@pytest.mark.parametrize(
    ("package", "name", "install"),
    [("onnxruntime", "small_int8.onnx", "onnxruntime"), ("ai_edge_litert", "small_int8.tflite", "ai-edge-litert")],
)
def test_each_runtime_may_be_missing(tmp_path: Path, package: str, name: str, install: str) -> None:
    others = [other for other in ("small_int8.onnx", "small_int8.tflite") if other != name]
    folder = copy(tmp_path / "models", name, *others).parent
    python = make_environment(tmp_path / "light", package)
    outcome = run_program(python, "verify", folder, "--json")
    assert outcome.returncode == 0, outcome
    assert list_words(outcome) == {
        name: (False, f"needs {package}: pip install {install}", None), others[0]: (True, None, None),
    }  # fmt: skip


def test_a_compiler_may_be_missing(tmp_path: Path) -> None:
    folder = copy(tmp_path / "models", "small_int8.c", "small_int8.onnx").parent
    python = make_environment(tmp_path / "same")
    outcome = run_program(python, "verify", folder, "--trust", "--json", CC="no-such-compiler")
    assert outcome.returncode == 0, outcome
    assert list_words(outcome)["small_int8.c"] == (
        False, "needs no-such-compiler: apt-get install gcc libc6-dev", None,
    )  # fmt: skip


def test_a_child_process_that_was_taken_over_cant_have_its_file_skipped(
    tmp_path: Path, stranger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may say anything, such as that its runtime isn't installed."""
    folder = copy(tmp_path / "models", "small_int8.tflite", "small_int8.onnx").parent
    open_runtime = edgemnist.open_runtime

    def claim(file, **settings):
        if file.path.suffix == ".onnx":
            raise PackageMissing("this step needs onnxruntime, which isn't installed", "pip install onnxruntime")
        return open_runtime(file, **settings)

    monkeypatch.setattr("edgemnist.workflows.judging.open_runtime", claim)
    report = edgemnist.verify(folder)
    assert report.exit_status == 2
    assert [verdict.word for verdict in report.verdicts] == ["passed", "error"]
