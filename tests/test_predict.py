"""`predict` with pictures as people have them: folders, standard input, arrays of any layout, and some that are bad."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edgemnist import DataError, ModelError, predict
from edgemnist.datasets.pictures import EXTENSIONS, OTHERS, take_array
from tests.conftest import ROOT

MODEL = ROOT / "exports" / "small_int8.onnx"
SEVEN = ROOT / "examples" / "python" / "seven.png"


@pytest.fixture
def mixed(tmp_path: Path, dataset) -> Path:
    """A digit, a blank page, a text file that is called a picture, and a picture of 16 bits a pixel."""
    folder = tmp_path / "mixed"
    folder.mkdir()
    Image.fromarray(dataset.test.images[0]).save(folder / "digit.png")
    Image.new("L", (200, 200), 255).save(folder / "blank.png")
    (folder / "text.png").write_text("no picture")
    Image.fromarray(dataset.test.images[1].astype(np.uint16) * 257).save(folder / "sixteen.png")
    return folder


def test_a_bad_picture_is_a_row_with_its_reason_and_the_others_are_answered(command, mixed: Path) -> None:
    outcome = command("predict", MODEL, mixed, "--json")
    found = {Path(one["image"]).name: one for one in json.loads(outcome.stdout)["predictions"]}
    assert outcome.status == 2
    assert {name: one["label"] for name, one in found.items()} == {
        "blank.png": None, "digit.png": "7", "sixteen.png": "2", "text.png": None,
    }  # fmt: skip
    for name, reason in (("blank.png", "nothing to be seen on it"), ("text.png", "can't be read as a picture")):
        bad = found[name]
        assert bad.keys() == found["digit.png"].keys()
        assert list(bad["error"]) == ["kind", "message", "hint"]
        assert bad["error"]["kind"] == "data"
        assert bad["error"]["message"].startswith(f"{mixed / name}: {reason}")
        assert (bad["confidence"], bad["top"], found["digit.png"]["error"]) == (None, [], None)
    outcome = command("predict", MODEL, mixed)
    assert outcome.status == 2
    assert [line.split()[1] for line in outcome.stdout.splitlines() if ".png" in line] == ["error", "7", "2", "error"]
    assert re.search(r"text\.png +error +can't be read as a picture: of no known form *$", outcome.stdout, re.MULTILINE)
    assert outcome.stderr.splitlines()[0] == "error: 2 of 4 pictures aren't answered"


def test_in_python_several_give_rows_and_a_single_one_raises(mixed: Path) -> None:
    bad, good = predict(MODEL, [mixed / "text.png", mixed / "digit.png"])
    assert (bad.label, bad.confidence, bad.top, good.label, good.error) == (None, None, (), "7", None)
    assert isinstance(bad.error, DataError)
    for single in (mixed / "text.png", [mixed / "text.png"], b"no picture"):
        with pytest.raises(DataError, match="can't be read as a picture"):
            predict(MODEL, single)
    (mixed / "digit.png").unlink()
    (mixed / "sixteen.png").unlink()
    assert all(one.error for one in predict(MODEL, mixed))


def test_a_folder_is_looked_through_and_what_is_no_picture_is_named(command, tmp_path: Path) -> None:
    image = Image.open(SEVEN)
    for name in ("a.PNG", "b.jfif", "c.pnm", "._a.png"):
        image.save(tmp_path / name, {"b.jfif": "JPEG", "c.pnm": "PPM"}.get(name, "PNG"))
    for name in ("notes.txt", ".hidden.png", ".DS_Store", "photo.heic"):
        (tmp_path / name).write_text("no picture")
    (tmp_path / "dangling.png").symlink_to(tmp_path / "none")
    (tmp_path / "inner.png").mkdir()
    document = json.loads(command("predict", MODEL, tmp_path, "--json").stdout)
    found = {Path(one["image"]).name: one["error"] and one["error"]["message"] for one in document["predictions"]}
    assert list(found) == ["a.PNG", "b.jfif", "c.pnm", "dangling.png", "photo.heic"]
    assert [name for name, error in found.items() if error] == ["dangling.png", "photo.heic"]
    (note,) = document["notes"]
    assert note == f"{tmp_path}: 2 files left out: inner.png/, notes.txt (no pictures by their names)"
    assert f"note {note}" in command("predict", MODEL, tmp_path).stderr


def test_every_ending_by_which_pillow_reads_what_we_read_is_known() -> None:
    from edgemnist.datasets.pictures import FORMATS

    Image.init()
    ours = {ending for ending, name in Image.registered_extensions().items() if name in FORMATS}
    assert ours - {".pfm"} <= {*EXTENSIONS}  # fractions
    assert not {*EXTENSIONS} & {*OTHERS}


@pytest.mark.parametrize("content", ["picture", "array"])
def test_standard_input(command, monkeypatch: pytest.MonkeyPatch, dataset, content: str) -> None:
    stream = io.BytesIO(SEVEN.read_bytes())
    if content == "array":
        stream = io.BytesIO()
        np.save(stream, dataset.test.images[:2, None])
        stream.seek(0)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(stream))
    found = json.loads(command("predict", MODEL, "-", "--json").stdout)["predictions"]
    expected = [("-", "7")] if content == "picture" else [("-[0]", "7"), ("-[1]", "2")]
    assert [(one["image"], one["label"]) for one in found] == expected


def test_standard_input_that_holds_nothing(command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO()))
    outcome = command("predict", MODEL, "-")
    assert (outcome.status, outcome.stdout) == (2, "")
    assert outcome.stderr.startswith("error: -: can't be read as a picture")
    assert "- was given more than once" in command("predict", MODEL, "-", "-").stderr
    monkeypatch.setattr("sys.stdin", None)
    outcome = command("predict", MODEL, "-", "--json")
    assert json.loads(outcome.stdout)["error"]["kind"] == "usage"


@pytest.mark.parametrize("shape", [(-1, 28, 28, 1), (-1, 1, 28, 28), (-1, 28, 28), (-1, 784)], ids=str)
def test_arrays_of_every_layout(dataset, tmp_path: Path, shape: tuple[int, ...]) -> None:
    images = dataset.test.images[:3]
    np.save(tmp_path / "several.npy", images.reshape(shape))
    np.save(tmp_path / "one.npy", images[0].reshape(shape[1:]))
    assert [one.label for one in predict(MODEL, tmp_path / "several.npy")] == ["7", "2", "1"]
    assert [one.label for one in predict(MODEL, tmp_path / "one.npy")] == ["7"]
    assert [one.label for one in predict(MODEL, images.reshape(shape))] == ["7", "2", "1"]
    assert [one.label for one in predict(MODEL, images[0].reshape(shape[1:]))] == ["7"]


def test_arrays_of_every_kind_of_pixels(dataset) -> None:
    images = dataset.test.images[:3]
    colour = np.stack([images] * 3, axis=-1)
    cases = {
        "": images,
        "float32 in [0, 1]": images.astype(np.float32) / 255,
        "float64 in [-1, 1]": images / 127.5 - 1,
        "int64 from 0 to 255": images.astype(int),
        "in colour": colour,
        "images in colour": colour.transpose(0, 3, 1, 2),
    }
    for words, array in cases.items():
        found, note = take_array("x", array)
        assert np.array_equal(found, images), words
        assert words in note
        assert bool(words) == bool(note)
    assert np.array_equal(take_array("x", colour[0])[0], images[:1])


@pytest.mark.parametrize("array", [np.float32(3), np.zeros((2, 3)), np.full((28, 28), 300), np.full((28, 28), "a")])
def test_arrays_that_are_no_images(tmp_path: Path, array: np.ndarray) -> None:
    with pytest.raises(DataError, match=r"^images"):
        predict(MODEL, np.asarray(array))
    np.save(tmp_path / "bad.npy", array)
    with pytest.raises(DataError, match=r"bad\.npy"):
        predict(MODEL, tmp_path / "bad.npy")


def test_no_pictures_are_no_answers() -> None:
    assert predict(MODEL, []) == []
    assert predict(MODEL, np.zeros((0, 28, 28), np.uint8)) == []


def test_a_model_that_answers_nan_to_some(monkeypatch: pytest.MonkeyPatch, dataset) -> None:
    """As float16 does where an image drives it beyond its range."""
    from edgemnist.runtimes.ort import OnnxRuntime

    infer = OnnxRuntime.infer

    def overflow(runtime, values):
        outputs = infer(runtime, values)
        return np.where(np.arange(len(outputs))[:, None] == 1, np.nan, outputs)

    monkeypatch.setattr(OnnxRuntime, "infer", overflow)
    model = ROOT / "exports" / "model.onnx"
    first, second, third = predict(model, dataset.test.images[:3])
    assert (first.label, second.label, third.label) == ("7", None, "1")
    assert isinstance(second.error, ModelError)
    monkeypatch.setattr(OnnxRuntime, "infer", lambda runtime, values: infer(runtime, values) * np.nan)
    with pytest.raises(ModelError, match="answers NaN or infinity"):
        predict(model, dataset.test.images[:3])


def test_a_terminal_is_not_waited_for() -> None:
    leader, terminal = os.openpty()
    run = subprocess.run(
        [sys.executable, "-m", "edgemnist", "predict", MODEL, "-"],
        stdin=terminal, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT,
    )  # fmt: skip
    os.close(leader)
    os.close(terminal)
    assert (run.returncode, run.stderr.splitlines()[0]) == (2, "error: there is nothing on standard input")
