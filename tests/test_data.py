"""Which data a verb reads: what the user names, else what train remembers; never what a manifest alone leads to."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from edgemnist import inspect, verify
from edgemnist.datasets import MNIST_TEST_SHA256, Dataset, load_dataset
from edgemnist.errors import DataError, UsageError
from edgemnist.files import hash_bytes
from edgemnist.formats import ModelFile
from edgemnist.manifest import edit_manifest
from edgemnist.trust import find_state
from edgemnist.workflows.data import open_data
from edgemnist.workflows.remembered import remember_data
from tests.changes import change_kind
from tests.conftest import ROOT
from tests.test_changed import copy, open_here
from tests.test_datasets import make_arrays, write_idx, write_npz

HASH = "a" * 64


def list_model(folder: Path, data: Dataset | str, name: str = "model.keras") -> Path:
    """A manifest that lists a model, a form of it and its answers, as train and export leave it."""
    sha256 = data if isinstance(data, str) else data.test.sha256
    entry = {"sha256": HASH, "size_bytes": 1, "format": "keras", "precision": "float32"}
    hashes = {"name": "data", "labels": list("abc"), "training_sha256": HASH, "test_sha256": sha256}
    source = {"name": name, "sha256": HASH}
    answers = {"model_sha256": HASH, "data_sha256": sha256, "sha256": "b" * 64}
    folder.mkdir(exist_ok=True)
    with edit_manifest(folder) as (manifest, _):
        manifest.models[name] = {**entry, "data": hashes}
        manifest.models[f"{Path(name).stem}.onnx"] = {**entry, "format": "onnx", "source": source}
        manifest.answers[f"model_answers_{HASH[:8]}_{sha256[:8]}.npz"] = answers
    return folder / name


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_npz(tmp_path / "three.npz", **make_arrays())


@pytest.fixture
def model(path: Path, tmp_path: Path) -> Path:
    """A model that was trained on the data at `path`."""
    data = load_dataset(path, ["x", "y", "z"])
    remember_data(data)
    return list_model(tmp_path / "models", data)


@pytest.mark.parametrize("name", ["model.keras", "model.onnx", "."])
def test_the_data_of_a_model_are_found_again(model: Path, path: Path, monkeypatch, name: str) -> None:
    monkeypatch.chdir("/")
    found = open_data(None, None, None, [model.parent / name])
    assert (found.path, found.labels) == (path, ("x", "y", "z"))
    assert open_data(None, list("abc"), None, [model.parent / name]).labels == tuple("abc")


def test_the_answers_in_the_folder_say_of_which_data_they_are(model: Path, path: Path) -> None:
    """An export to another folder than the source's lists no data, but answers."""
    with edit_manifest(model.parent) as (manifest, _):
        del manifest.models["model.keras"]
    (model.parent / "model.onnx").write_bytes(b"a model")
    assert open_data(None, None, None, [ModelFile.read(model.parent / "model.onnx")]).path == path


def test_what_the_user_names_comes_first(model: Path, tmp_path: Path) -> None:
    other = write_npz(tmp_path / "other.npz", **make_arrays(1))
    assert open_data(other, None, None, [model]).path == other


def test_the_split_is_remembered_too(tmp_path: Path) -> None:
    for prefix, seed in (("emnist-digits-", 0), ("emnist-letters-", 1)):
        write_idx(tmp_path / "emnist", make_arrays(seed), prefix=prefix)
    data = load_dataset(tmp_path / "emnist", split="letters")
    remember_data(data)
    found = open_data(None, None, None, [list_model(tmp_path / "models", data)])
    assert (found.split, found.test.sha256) == ("letters", data.test.sha256)


@pytest.mark.parametrize("model", [ROOT / "exports", ROOT / "exports" / "small.onnx", "nowhere/model.onnx"])
def test_models_of_mnist_and_of_nobody_knows_what_are_given_mnist(model: Path | str) -> None:
    assert open_data(None, None, None, [model]).name == "mnist"


def test_the_hash_of_mnist_is_known(dataset: Dataset) -> None:
    assert dataset.test.sha256 == MNIST_TEST_SHA256


def test_data_that_are_not_known_here_must_be_named(model: Path, stranger: Path) -> None:
    with pytest.raises(DataError, match=r"model\.keras: the data that .* are not known here") as caught:
        open_data(None, None, None, [model])
    assert caught.value.hint == "give them: `data=PATH`"


def test_data_that_went_or_changed_must_be_named(model: Path, path: Path) -> None:
    write_npz(path, **make_arrays(1))
    with pytest.raises(DataError, match=r"are no longer in .*three\.npz: its test images are others now") as caught:
        open_data(None, None, None, [model])
    assert caught.value.hint == "give them: `data=PATH`"
    path.unlink()
    with pytest.raises(DataError, match=r"can't be read: .*three\.npz: no such file") as caught:
        open_data(None, None, None, [model])
    assert caught.value.hint == "give them: `data=PATH`"


def test_models_of_different_data_are_not_taken_together(model: Path, tmp_path: Path) -> None:
    other = list_model(tmp_path / "others", "c" * 64, "other.keras")
    with pytest.raises(UsageError, match=r"trained on different data: model\.keras on .*, other\.keras on cccccccc"):
        open_data(None, None, None, [model, other])


@pytest.fixture
def mixed(tmp_path: Path, dataset: Dataset) -> Path:
    """A folder with a model of MNIST, and one of the first 500 of its test images alone."""
    folder = copy(tmp_path / "models", "small_int8.onnx").parent
    (tmp_path / "foreign").mkdir()
    foreign = copy(tmp_path / "foreign", "model_int8.onnx", listed=False)
    change_kind(foreign, "no contract")
    splits = {"train": dataset.training, "test": dataset.test}
    arrays = {f"{x}_{name}": getattr(split, field)[:500] for name, split in splits.items()
              for x, field in (("x", "images"), ("y", "labels"))}  # fmt: skip
    data = load_dataset(write_npz(tmp_path / "few.npz", **arrays))
    remember_data(data)
    other = folder / "other.onnx"
    inspect(foreign, write_contract=other, data=data)
    hashes = {"name": "few", "labels": list(data.labels), "training_sha256": HASH, "test_sha256": data.test.sha256}
    with edit_manifest(folder) as (manifest, _):
        manifest.models["other.onnx"] = {
            "sha256": hash_bytes(other.read_bytes()), "size_bytes": other.stat().st_size, "format": "onnx",
            "precision": "int8", "data": hashes,
        }  # fmt: skip
    open_here(other, folder / "small_int8.onnx")
    return folder


def test_each_model_of_a_folder_is_judged_on_its_own_data(mixed: Path) -> None:
    report = verify(mixed, limit=600)
    found = {Path(verdict.model).name: verdict for verdict in report.verdicts}
    assert {name: verdict.word for name, verdict in found.items()} == {
        "other.onnx": "not compared", "small_int8.onnx": "partial",
    }  # fmt: skip
    assert {name: verdict.measurement.score.images for name, verdict in found.items()} == {
        "other.onnx": 500, "small_int8.onnx": 600,
    }  # fmt: skip
    assert (report.exit_status, report.limit, {*report.data.split(" and ")}) == (0, 600, {"mnist", "few"})
    assert len(verify(mixed, data=load_dataset(), limit=600).verdicts) == 2
    with pytest.raises(UsageError, match="trained on different data"):
        verify(mixed, against=mixed / "other.onnx")


def test_data_that_are_not_known_keep_no_other_model_from_being_judged(mixed: Path, stranger: Path) -> None:
    report = verify(mixed, limit=600)
    found = {Path(verdict.model).name: verdict for verdict in report.verdicts}
    assert (report.exit_status, found["small_int8.onnx"].word) == (2, "partial")
    assert isinstance(found["other.onnx"].error, DataError)
    assert "are not known here" in found["other.onnx"].error.message


def test_a_manifest_leads_to_nothing_that_the_user_did_not_train_on(tmp_path: Path, stranger: Path) -> None:
    """Its word is a hash, never a path."""
    secret = load_dataset(write_npz(tmp_path / "secret.npz", **make_arrays(2)))
    model = list_model(tmp_path / "models", secret)
    text = (model.parent / "manifest.json").read_text()
    (model.parent / "manifest.json").write_text(
        text.replace('"name": "data"', f'"name": "data", "path": "{tmp_path}/secret.npz"')
    )
    with pytest.raises(DataError, match="are not known here"):
        open_data(None, None, None, [model])


def test_arrays_and_mnist_are_not_remembered(dataset: Dataset, stranger: Path) -> None:
    arrays = make_arrays()
    remember_data(Dataset.from_arrays((arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])))
    remember_data(dataset)
    assert not (stranger / "data").exists()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"path": "x"}', "\xff"])
def test_a_damaged_note_is_said(model: Path, content: str) -> None:
    (note,) = [note for note in (find_state() / "data").iterdir() if str(model.parent.parent) in note.read_text()]
    note.write_text(content, "latin-1")
    with pytest.raises(DataError, match="damaged") as caught:
        open_data(None, None, None, [model])
    assert caught.value.hint.startswith("remove it")
    note.unlink()


@pytest.mark.slow
@pytest.mark.usefixtures("converter_here")
def test_one_data_set_named_once_is_enough_for_every_verb(command, small_npz: Path, tmp_path: Path) -> None:
    arrays = dict(np.load(small_npz))
    data = tmp_path / "fractions.npz"
    np.savez(data, **{**arrays, "x_train": arrays["x_train"] / 255, "x_test": arrays["x_test"] / 255})
    folder, note = tmp_path / "model", "note fractions: pixels are float64 in [0, 1], times 255\n"
    outcome = command("train", "--recipe", "small", "--epochs", 3, "--data", data, "-o", folder / "model.keras")
    assert "data fractions.npz: .npz, 3 classes; 900 images to train, 300 to test\n" in outcome.stdout
    assert note in outcome.stderr
    outcome = command("export", folder / "model.keras", "--format", "onnx", "-o", folder)
    assert (outcome.status, note in outcome.stderr) == (0, True)
    outcome = command("verify", folder)
    assert (outcome.status, note in outcome.stdout) == (0, True)
    outcome = command("kit", folder / "model.onnx", "--target", "node", "--no-build", "-o", tmp_path / "kit")
    assert (outcome.status, note in outcome.stderr) == (0, True), outcome
    shutil.move(data, tmp_path / "moved.npz")
    outcome = command("verify", folder)
    assert (outcome.status, outcome.stderr.splitlines()[-1]) == (2, "hint:  give them: --data PATH")
    assert command("verify", folder, "--data", tmp_path / "moved.npz").status == 0
