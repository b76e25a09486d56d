"""The manifest: nothing in it is lost, whoever else writes, and nothing of it is believed unread."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edgemnist import export, train, verify
from edgemnist.answers import Answers, read_listed_answers
from edgemnist.errors import ModelError
from edgemnist.files import hash_bytes, lock_folder, locking, mend
from edgemnist.files.transaction import JOURNAL, open_transaction
from edgemnist.formats import ModelFile
from edgemnist.manifest import NAME, Manifest, edit_manifest, find_manifest
from tests.conftest import ROOT
from tests.killing import list_deaths

EXPORTS = ROOT / "exports"
HASH = "0123456789abcdef" * 4
ENTRY = {"sha256": HASH, "size_bytes": 1, "format": "onnx", "precision": "float32"}
WEB_PAGE = '{"name": "a web page", "icons": [], "start_url": "."}'


def copy_released(folder: Path, *names: str) -> Path:
    """Some released models with their answers and the manifest."""
    folder.mkdir(exist_ok=True)
    for path in (*map(EXPORTS.joinpath, names), *EXPORTS.glob("*_answers_*.npz"), EXPORTS / NAME):
        shutil.copyfile(path, folder / path.name)
    return folder


# ------------------------------------------------------------------------------------------------------- writing

ADDING = """
import sys
from pathlib import Path
from edgemnist.manifest import edit_manifest
for number in range(10):
    with edit_manifest(Path(sys.argv[1])) as (manifest, changes):
        name = f"{sys.argv[2]}_{number}.onnx"
        changes.write(name, name.encode())
        manifest.models[name] = {"sha256": "0" * 64, "size_bytes": 1, "format": "onnx", "precision": "float32"}
"""


def start_adding(folder: Path, count: int) -> list[subprocess.Popen[bytes]]:
    return [subprocess.Popen([sys.executable, "-c", ADDING, folder, str(one)], cwd=ROOT) for one in range(count)]


def test_four_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    assert [writer.wait() for writer in start_adding(tmp_path, 4)] == [0] * 4
    names = {f"{writer}_{number}.onnx" for writer in range(4) for number in range(10)}
    assert set(Manifest.load(tmp_path).models) == names
    assert {path.name for path in tmp_path.iterdir()} == {*names, NAME, locking.LOCK}


def test_recording_beside_writers_loses_nothing(tmp_path: Path) -> None:
    names = ("small_int8.onnx", "small_int8.tflite")
    folder = copy_released(tmp_path / "models", *names)
    listed = set(Manifest.load(folder).models)
    with edit_manifest(folder) as (manifest, _):
        for name in names:
            del manifest.models[name]["verified"]
    command = [sys.executable, "-m", "edgemnist", "verify", "--record"]
    recording = [subprocess.Popen([*command, folder / name], cwd=ROOT, stdout=subprocess.DEVNULL) for name in names]
    assert [one.wait() for one in (*start_adding(folder, 2), *recording)] == [0] * 4
    models = Manifest.load(folder).models
    assert set(models) == listed | {f"{writer}_{number}.onnx" for writer in range(2) for number in range(10)}
    assert [models[name]["verified"]["passed"] for name in names] == [True, True]


def test_what_was_measured_of_another_file_is_not_recorded(tmp_path: Path, monkeypatch) -> None:
    """Between measuring and recording, another command exports again."""
    folder = copy_released(tmp_path / "models", "small_int8.onnx")
    from edgemnist.workflows import verify as verifications

    def judge_while_another_exports(file: ModelFile, *_: Any, **__: Any) -> Any:
        with edit_manifest(folder) as (manifest, changes):
            changes.write("small_int8.onnx", b"another")
            manifest.models["small_int8.onnx"] = ENTRY | {"sha256": hash_bytes(b"another")}
        return verifications.Verdict(str(file.path), "onnx")

    monkeypatch.setattr(verifications, "judge_file", judge_while_another_exports)
    (verdict,) = verify(folder / "small_int8.onnx", record=True).verdicts
    assert "not recorded" in str(verdict.error)
    assert "verified" not in Manifest.load(folder).models["small_int8.onnx"]


def test_training_reads_the_manifest_after_the_training(tmp_path: Path, small_npz: Path, monkeypatch) -> None:
    from edgemnist.training import trainer

    fit = trainer.fit

    def fit_while_another_exports(*words: Any, **settings: Any) -> Any:
        with edit_manifest(tmp_path) as (manifest, _changes):
            manifest.models["other.onnx"] = dict(ENTRY)
        return fit(*words, **settings)

    monkeypatch.setattr(trainer, "fit", fit_while_another_exports)
    train("small", epochs=1, data=small_npz, output=tmp_path / "model.keras")
    assert set(Manifest.load(tmp_path).models) == {"other.onnx", "model.keras"}


def test_what_could_not_be_read_again_is_not_written(tmp_path: Path) -> None:
    def add(entry: Any) -> None:
        with edit_manifest(tmp_path) as (manifest, changes):
            changes.write("a.onnx", b"")
            manifest.models["a.onnx"] = entry

    with pytest.raises(ModelError, match=r"'a\.onnx': size_bytes is 'many', expected a whole number from 0"):
        add(ENTRY | {"size_bytes": "many"})
    assert [path.name for path in tmp_path.iterdir()] == [locking.LOCK]


def test_answers_that_nothing_needs_go_with_the_change_that_makes_them_so(tmp_path: Path) -> None:
    folder = copy_released(tmp_path / "models")
    before = sorted(path.name for path in folder.glob("*.npz"))
    kept = [name for name in before if not name.startswith("small")]
    with edit_manifest(folder) as (manifest, changes):
        for name in [name for name in manifest.models if name.startswith("small")]:
            del manifest.models[name]
        for name in manifest.drop_unused_answers():
            changes.remove(name)
        assert sorted(path.name for path in folder.glob("*.npz")) == before
    assert sorted(path.name for path in folder.glob("*.npz")) == kept == sorted(Manifest.load(folder).answers)


NEW_C = b'#include "small_int8.h"\n'


@pytest.mark.slow
def test_export_and_record_at_once_lose_nothing(tmp_path: Path) -> None:
    """The real commands, into one folder, all at once."""
    folder = copy_released(tmp_path / "models", "small.keras", "small_int8.onnx", "small_int8.tflite", "model.keras")
    listed = set(Manifest.load(folder).models)
    command = [sys.executable, "-m", "edgemnist"]
    exporting = [*command, "export", "--format", "onnx", "--output", folder]
    commands = [
        [*exporting, "--model", folder / "small.keras", "--name", "a"],
        [*exporting, "--model", folder / "model.keras", "--name", "b", "--quantize", "dynamic"],
        [*command, "verify", folder / "small_int8.onnx", folder / "small_int8.tflite", "--record"],
        [*command, "train", "--epochs", "1", "--output", folder / "c.keras"],
    ]
    running = [
        subprocess.Popen(one, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for one in commands
    ]
    assert [one.wait() for one in running] == [0] * 4
    models = Manifest.load(folder).models
    assert set(models) == listed | {"a.onnx", "b_dynamic.onnx", "c.keras"}
    for name in ("a.onnx", "b_dynamic.onnx", "c.keras", "small_int8.onnx"):
        assert hash_bytes((folder / name).read_bytes()) == models[name]["sha256"]


def test_what_export_writes_is_whole_wherever_it_is_killed(tmp_path: Path) -> None:
    """C with its header, answers and manifest, as the readers see them next."""
    from edgemnist.exporters import find_form
    from edgemnist.workflows.conversion import Made
    from edgemnist.workflows.export import _write

    class Work:
        folder, stem = tmp_path, "small"

        @property
        def answers(self) -> Answers:
            return answers

        def forget_changed_source(self, manifest: Manifest) -> None:
            """The source is the one that is listed."""

        def to_record(self, made: Made) -> dict[str, Any]:
            files = {name: hash_bytes(content) for name, content in made.files.items()}
            source = {"name": "small.keras", "sha256": answers.model_sha256}
            own = {"sha256": files.pop(made.name), "format": "c", "precision": "int8", "source": source}
            return ENTRY | own | {"companions": files}

    answers = read_listed_answers(next(EXPORTS.glob("small_answers_*.npz")), {}).content
    made = Made(
        find_form("c", "int8"), "small_int8.c", {"small_int8.c": NEW_C, "small_int8.h": b"new h"}, "pixels", None
    )

    def prepare(number: int) -> Callable[[], None]:
        work = Work()
        work.folder = copy_released(tmp_path / str(number), "small_int8.c", "small_int8.h")
        return lambda: _write(made, work) and None  # type: ignore[arg-type]

    states = []
    for deaths in list_deaths(prepare):
        folder = tmp_path / str(deaths)
        file = ModelFile.read(folder / "small_int8.c")
        assert file.listed, "the manifest is there"
        assert file.changes == (), "C, header and manifest are of one export"
        states.append((folder / "small_int8.h").read_bytes() == b"new h")
        mend(folder)
        assert not [path for path in folder.iterdir() if path.suffix == ".part" or path.name == JOURNAL]
    assert {False, True} == set(states)


# ------------------------------------------------------------------------------------------------------- reading


def write_manifest(folder: Path, document: Any) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / NAME).write_text(document if isinstance(document, str) else json.dumps(document))
    return folder


def document_with(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """A manifest of one model of each kind, and stored answers, changed."""
    source = {"name": "model.keras", "sha256": HASH, "path": "model.keras"}
    document = {
        "schema": 1,
        "models": {
            "model.keras": ENTRY
            | {
                "format": "keras",
                "training": {"seed": 0},
                "data": {"name": "mnist", "labels": ["0", "1"], "training_sha256": HASH, "test_sha256": HASH},
            },
            "model.c": ENTRY
            | {
                "format": "c",
                "source": source,
                "companions": {"model.h": HASH},
                "options": {"pixels": False, "weights": "sparse"},
                "versions": {"numpy": "2.0"},
                "calibration": {"images": 500},
                "verified": {"accuracy": 0.9, "agreement": None, "broken": 1, "passed": True, "reasons": []},
            },
        },
        "answers": {
            "model_answers_01234567_01234567.npz": dict.fromkeys(("sha256", "model_sha256", "data_sha256"), HASH)
        },
    }
    document = copy.deepcopy(document)
    change(document)
    return document


def of(place: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """Set the field at a place like "models model.c source sha256"; remove it where the value is `...`."""

    def change(document: dict[str, Any]) -> None:
        *way, last = place.split()
        for name in way:
            document = document[name]
        if value is ...:
            del document[last]
        else:
            document[last] = value

    return change


KERAS, C, ANSWERS = "models model.keras", "models model.c", "answers model_answers_01234567_01234567.npz"
REFUSALS = [
    ("schema", 2, "schema 2, expected 1"),
    ("schema", ..., "schema None, expected 1"),
    ("models", ..., "the manifest has no models, expected an object"),
    ("models", [], r"the manifest: models is \[\], expected an object"),
    ("answers", ..., "the manifest has no answers, expected an object"),
    ("answers", None, "the manifest: answers is None, expected an object"),
    (KERAS, 7, "'model.keras' is 7, expected an object"),
    ("models ../model.c", ENTRY, "'../model.c' is listed as a model, and isn't the name of a file"),
    (f"{KERAS} sha256", ..., "'model.keras' has no sha256, expected 64 hexadecimal digits"),
    (f"{KERAS} sha256", 7, "'model.keras': sha256 is 7, expected 64 hexadecimal digits"),
    (f"{KERAS} sha256", HASH.upper(), "'model.keras': sha256 is '0123456789ABCDEF.*', expected 64"),
    (f"{KERAS} sha256", f"{HASH}\n", "'model.keras': sha256 is '.*', expected 64"),
    (f"{KERAS} size_bytes", ..., "has no size_bytes"),
    (f"{KERAS} size_bytes", "9", "size_bytes is '9', expected a whole number from 0"),
    (f"{KERAS} size_bytes", -1, "size_bytes is -1, expected a whole number from 0"),
    (f"{KERAS} size_bytes", True, "size_bytes is True, expected a whole number from 0"),
    (f"{KERAS} size_bytes", 2**63, "size_bytes is 9223372036854775808, expected a whole number from 0 to below 2.63"),
    (f"{KERAS} size_bytes", 10**400, "size_bytes is 1000.*, expected a whole number from 0 to below 2.63"),
    (f"{KERAS} format", "coreml", "format is 'coreml', expected one of keras, tflite, onnx, c"),
    (f"{KERAS} format", ..., "has no format"),
    (f"{KERAS} precision", "int5", "precision is 'int5', expected one of float32, float16, dynamic, int8, int16x8"),
    (f"{KERAS} precision", [], r"precision is \[\], expected one of"),
    (f"{KERAS} training", [], r"training is \[\], expected an object"),
    (f"{KERAS} training test_accuracy", "0.9", "training: test_accuracy is '0.9', expected a number"),
    (f"{KERAS} training history", {"loss": 1}, "training: history is .*, expected a list of epochs with numbers"),
    (f"{KERAS} training history", [1], "training: history is .*, expected a list of epochs"),
    (f"{KERAS} training history", [{"loss": "0.1"}], "training: history is .*, expected a list of epochs"),
    (f"{KERAS} training history", [{"seconds": 1}], "training: history is .*, expected a list of epochs"),
    (f"{KERAS} training history", [{"loss": 10**400}], "training: history is .*, expected a list of epochs"),
    (f"{KERAS} data", 1, "data is 1, expected an object"),
    (f"{KERAS} data name", ..., "'model.keras': data has no name, expected a text"),
    (f"{KERAS} data labels", "01", "'model.keras': data: labels is '01', expected a list of texts"),
    (f"{KERAS} data labels", [0], r"data: labels is \[0\], expected a list of texts"),
    (f"{KERAS} data training_sha256", "x", "data: training_sha256 is 'x', expected 64"),
    (f"{KERAS} data test_sha256", "x", "data: test_sha256 is 'x', expected 64"),
    (f"{C} source", "model.keras", "'model.c': source is 'model.keras', expected an object"),
    (f"{C} source name", "../model.keras", "'model.c': source: name is '../model.keras', expected a file name"),
    (f"{C} source name", ..., "'model.c': source has no name, expected a file name"),
    (f"{C} source sha256", ..., "'model.c': source has no sha256"),
    (f"{C} source path", 7, "source: path is 7, expected a text"),
    (f"{C} companions", ["model.h"], "companions is .*, expected an object of hashes by plain file names"),
    (f"{C} companions", {"../model.h": HASH}, "companions is .*, expected an object of hashes by plain file names"),
    (f"{C} companions", {"model.h": "x"}, "companions is .*, expected an object of hashes by plain file names"),
    (f"{C} options", {"pixels": []}, "options is .*, expected an object of texts, numbers, true and false"),
    (f"{C} versions", {"numpy": 2}, "versions is .*, expected an object of texts"),
    (f"{C} calibration", "500", "calibration is '500', expected an object"),
    (f"{C} verified", True, "verified is True, expected an object"),
    (f"{C} verified accuracy", "0.9", "verified: accuracy is '0.9', expected a number of at most 64 bits or null"),
    (f"{C} verified drop_points", -(10**400), "drop_points is -1000.*, expected a number of at most 64 bits or null"),
    (f"{C} verified agreement", True, "verified: agreement is True, expected a number of at most 64 bits or null"),
    (f"{C} verified broken", 0.5, "verified: broken is 0.5, expected a whole number from 0 to below 2.63 or null"),
    (f"{C} verified runtime", 1, "verified: runtime is 1, expected a text or null"),
    (f"{C} verified passed", "yes", "verified: passed is 'yes', expected true or false"),
    (f"{C} verified reasons", "none", "verified: reasons is 'none', expected a list of texts"),
    ("answers notes.txt", {}, "'notes.txt' is listed as stored answers, and hasn't the name of any"),
    ("answers ../a_answers_01234567_01234567.npz", {}, "is listed as stored answers, and hasn't the name of any"),
    (ANSWERS, "x", "answers 'model_answers_01234567_01234567.npz' is 'x', expected an object"),
    (f"{ANSWERS} sha256", ..., "answers 'model_answers_.*' has no sha256"),
    (f"{ANSWERS} model_sha256", 1, "answers 'model_answers_.*': model_sha256 is 1, expected 64"),
    (f"{ANSWERS} data_sha256", "", "answers 'model_answers_.*': data_sha256 is '', expected 64"),
]  # fmt: skip


def test_the_document_without_a_change_is_read(tmp_path: Path) -> None:
    manifest = Manifest.load(write_manifest(tmp_path, document_with(lambda document: None)))
    assert manifest.models["model.c"]["source"]["path"] == "model.keras"
    assert set(manifest.models) == {"model.keras", "model.c"}


@pytest.mark.parametrize(("place", "value", "message"), REFUSALS, ids=[f"{row[0]} {row[1]!r:.20}" for row in REFUSALS])
def test_each_field_is_checked_for_readers_and_writers(tmp_path: Path, place: str, value: Any, message: str) -> None:
    write_manifest(tmp_path, document_with(of(place, value)))
    before = (tmp_path / NAME).read_bytes()
    for read in (Manifest.load, find_manifest, lambda folder: edit_manifest(folder).__enter__()):
        with pytest.raises(ModelError, match=f"{tmp_path}/manifest.json: can't be read as a manifest: .*{message}"):
            read(tmp_path)
    assert (tmp_path / NAME).read_bytes() == before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Expecting value"),
        ("{", "Expecting property name"),
        ("no JSON", "Expecting value"),
        ("\udcff", "can't decode byte"),
        ("[]", r"found \[\], expected an object"),
        ("null", "found None, expected an object"),
        ("[" * 100_000, "maximum recursion depth"),
        ('{"schema": 1' + "0" * 5_000 + "}", "integer string conversion"),
    ],
    ids=["empty", "cut", "text", "bytes", "list", "null", "deep", "long number"],
)
def test_what_is_no_json_object_is_an_error_not_none(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / NAME).write_bytes(text.encode(errors="surrogateescape"))
    for read in (Manifest.load, find_manifest):
        with pytest.raises(ModelError, match=f"can't be read as a manifest: .*{message}"):
            read(tmp_path)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (os.mkfifo, "a pipe, where one file was expected"),
        (lambda path: path.symlink_to("/dev/zero"), "a device, where one file was expected"),
        (lambda path: path.symlink_to("nowhere"), "no such file"),
        (lambda path: path.mkdir(), "a folder, where one file was expected"),
    ],
    ids=["pipe", "device", "nowhere", "folder"],
)
def test_a_manifest_that_is_no_file_is_an_error(tmp_path: Path, make: Callable[[Path], object], message: str) -> None:
    make(tmp_path / NAME)
    for read in (Manifest.load, find_manifest):
        with pytest.raises(ModelError, match=f"manifest.json: {message}"):
            read(tmp_path)


def test_a_manifest_of_a_million_entries_is_refused_at_once(tmp_path: Path) -> None:
    for count, message in ((1_000_000, "20,000,040 bytes, where at most 16,777,216"), (200_000, "has no sha256")):
        entries = ", ".join(f'"{number:07}.onnx": {{}}' for number in range(count))
        write_manifest(tmp_path, f'{{"schema": 1, "answers": {{}}, "models": {{{entries}}}}}')
        started = time.perf_counter()
        with pytest.raises(ModelError, match=message):
            find_manifest(tmp_path)
        assert time.perf_counter() - started < 10, "on a machine with much else to do"


def test_a_message_shows_no_control_characters(tmp_path: Path) -> None:
    write_manifest(tmp_path, document_with(of("models", {"a\x1b[2Jb": 1})))
    with pytest.raises(ModelError) as caught:
        find_manifest(tmp_path)
    assert caught.value.message.isprintable()


def test_a_web_pages_manifest_is_none_and_is_never_written_over(command, tmp_path: Path) -> None:
    folder = copy_released(tmp_path / "models", "small_int8.onnx", "small.keras")
    write_manifest(folder, WEB_PAGE)
    assert find_manifest(folder).models == {}
    assert command("verify", folder / "small_int8.onnx").status == 0
    for arguments in (
        ("verify", folder / "small_int8.onnx", "--record"),
        ("train", "--output", folder / "model.keras"),
        ("export", "--format", "onnx", "--model", folder / "small.keras", "--output", folder),
    ):
        found = command(*arguments)
        assert found.status == 2
        assert "no manifest of edgemnist" in (found.stdout + found.stderr).replace("\n", " ")
    assert (folder / NAME).read_text() == WEB_PAGE
    assert not [path for path in folder.iterdir() if path.suffix == ".part"]


@pytest.mark.parametrize("document", ["{", json.dumps({"schema": 1, "models": {"small_int8.onnx": {"sha256": 7}}})])
def test_a_damaged_manifest_is_an_error_of_the_verbs(command, tmp_path: Path, document: str) -> None:
    folder = write_manifest(copy_released(tmp_path / "models", "small_int8.onnx"), document)
    found = command("verify", folder)
    assert found.status == 2
    assert "can't be read as a manifest" in (found.stdout + found.stderr).replace("\n", " ")
    assert (folder / NAME).read_text() == document


@pytest.mark.parametrize("way", ["../model.keras", "/etc/passwd", "..", "sub/model.keras", "a\\model.keras", "", None])
def test_the_way_to_a_source_never_leaves_the_folder(tmp_path: Path, way: str | None) -> None:
    write_manifest(tmp_path, document_with(of("models model.c source path", way)))
    assert find_manifest(tmp_path).models["model.c"]["source"] == {"name": "model.keras", "sha256": HASH}


@pytest.mark.slow
@pytest.mark.usefixtures("converter_here")
def test_the_way_to_a_source_elsewhere_is_not_written(tmp_path: Path) -> None:
    export(EXPORTS / "small.keras", "onnx", output=tmp_path)
    assert set(Manifest.load(tmp_path).models["small.onnx"]["source"]) == {"name", "sha256"}


def test_readers_finish_what_a_killed_writer_began(tmp_path: Path, monkeypatch) -> None:
    folder = write_manifest(tmp_path, {"schema": 1, "models": {}, "answers": {}})
    child = os.fork()
    if child == 0:
        monkeypatch.setattr("edgemnist.files.transaction._take_steps", lambda *steps: os._exit(0))
        with edit_manifest(folder) as (manifest, changes):
            changes.write("a.onnx", b"")
            manifest.models["a.onnx"] = ENTRY
    os.waitpid(child, 0)
    assert not (folder / "a.onnx").exists()
    assert set(find_manifest(folder).models) == {"a.onnx"}
    assert (folder / "a.onnx").exists()


def test_readers_need_no_lock(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(locking, "WAIT_S", 0.1)
    write_manifest(tmp_path, document_with(lambda document: None))
    with lock_folder(tmp_path):
        assert find_manifest(tmp_path).models
    with open_transaction(tmp_path):
        assert Manifest.load(tmp_path).models
