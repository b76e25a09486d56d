"""What a file from elsewhere may do on this machine: nothing, until this user says so."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from edgemnist import verify
from edgemnist.errors import ModelError, WriteError
from edgemnist.files import hash_bytes
from edgemnist.formats import ModelFile
from edgemnist.manifest import Manifest
from edgemnist.trust import RELEASED, is_trusted, trust
from edgemnist.workflows.export import export
from tests import changes
from tests.conftest import ROOT, slow
from tests.test_changed import copy, list_to_match

EXPORTS = ROOT / "exports"
NAME = "small_int8.c"
REFUSED = "to use it is to run its code, and it isn't among the files that you made or trust"


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    return tmp_path / "hostile-code-ran"


@pytest.fixture
def download(tmp_path: Path, stranger: Path, marker: Path) -> Path:
    """A folder from elsewhere, whose manifest lists all of it: C that writes a file when it is loaded, and a header."""
    path = copy(tmp_path / "download", NAME, "small_int8.onnx")
    code = (
        "\n#include <fcntl.h>\n#include <unistd.h>\n"
        f'__attribute__((constructor)) static void spy(void) {{ close(open("{marker}", O_CREAT | O_WRONLY, 0600)); }}\n'
    )
    path.write_text(path.read_text() + code)
    header = path.with_suffix(".h")
    header.write_text(header.read_text() + "/* of the same hand */\n")
    list_to_match(path.parent)
    assert not ModelFile.read(path).changes
    return path


@pytest.fixture
def digits(tmp_path: Path) -> Path:
    path = tmp_path / "one.npy"
    np.save(path, np.full((1, 28, 28), 7, np.uint8))
    return path


def list_trusted(state: Path) -> set[str]:
    return {path.name for path in (state / "trusted").iterdir()} - {".edgemnist.lock"}


def run_hint(command, stderr: str):
    """Type what a hint says, as a user would: the first command in it."""
    (line,) = re.findall(r"^hint: .*?(edgemnist trust [^;]+);", stderr, re.MULTILINE)
    return command(*shlex.split(line)[1:], "--yes")


def test_no_verb_runs_the_code_of_a_folder_from_elsewhere(
    command, download: Path, marker: Path, digits: Path, tmp_path: Path
) -> None:
    onnx = download.with_suffix(".onnx")
    kit = ("kit", "--target", "microcontroller", "--model", download, "--output", tmp_path / "kit")
    for words in (
        ("verify", download),
        ("verify", download, "--deep"),
        ("verify", download, "--allow-changed"),
        ("verify", download, "--record"),
        ("verify", download.parent),
        ("verify", onnx, "--against", download),
        ("predict", download, digits),
        kit,
        (*kit, "--unverified"),
    ):
        outcome = command(*words)
        assert outcome.status == 2, outcome
        assert f"{download}: {REFUSED}" in outcome.stderr, outcome
        assert not marker.exists(), words
    assert not (tmp_path / "kit").exists()
    outcome = command("export", "--format", "c", "--model", download, "--output", tmp_path / "out")
    assert (outcome.status, marker.exists()) == (2, False)
    listed = json.loads(command("verify", download.parent, "--json").stdout)["models"]
    assert {Path(one["model"]).name: one["passed"] for one in listed} == {NAME: False, "small_int8.onnx": True}


def test_a_changed_one_differs_and_is_not_run(command, download: Path, marker: Path) -> None:
    download.write_text(download.read_text() + "/* again */\n")
    for what in (download, download.parent):
        outcome = command("verify", what)
        assert outcome.status == 1
        assert "changed since export" in outcome.stdout
        assert REFUSED in outcome.stdout
    assert not marker.exists()


def test_the_hint_works_when_typed_and_holds_for_these_bytes_only(command, download: Path, marker: Path) -> None:
    outcome = command("verify", download)
    trusted = run_hint(command, outcome.stderr)
    assert (trusted.status, trusted.stdout) == (0, f"trusted {download}\n")
    assert not marker.exists(), "what is shown isn't run"
    assert command("verify", download).status == 0
    assert marker.exists()
    marker.unlink()
    header = download.with_suffix(".h")
    header.write_bytes(header.read_bytes() + b"/* another */\n")
    list_to_match(download.parent)
    assert command("verify", download).status == 2
    assert not marker.exists(), "the header is code as well"


def test_the_hint_works_for_names_that_a_shell_would_split(command, download: Path) -> None:
    folder = download.parent.rename(download.parents[1] / "my $(touch x); downloads'")
    outcome = command("verify", folder / NAME)
    (line,) = re.findall(r"^hint: .*?(edgemnist trust .+); or add --trust", outcome.stderr, re.MULTILINE)
    assert shlex.split(line)[-1] == str(folder / NAME)
    assert command(*shlex.split(line)[1:], "--yes").status == 0


def test_trust_for_once_is_once(command, download: Path, marker: Path, stranger: Path) -> None:
    outcome = command("verify", download, "--trust", "--json")
    (found,) = json.loads(outcome.stdout)["models"]
    assert outcome.status == 0
    assert "not among the files that you made or trust: its code was run because of --trust" in found["notes"]
    assert marker.exists()
    marker.unlink()
    assert not list(stranger.rglob("*"))
    assert command("verify", download).status == 2
    assert not marker.exists()


def test_a_manifest_cannot_make_a_file_trusted(download: Path) -> None:
    document = json.loads((download.parent / "manifest.json").read_text())
    document["models"][NAME] |= {"trusted": True, "verified": {"passed": True}}
    (download.parent / "manifest.json").write_text(json.dumps(document))
    assert not ModelFile.read(download).trusted


@pytest.mark.slow
@pytest.mark.usefixtures("converter_here")
def test_what_export_writes_is_its_users_and_nobody_elses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stranger: Path
) -> None:
    mine = tmp_path / "mine"
    monkeypatch.setenv("EDGEMNIST_STATE", str(mine))
    export(EXPORTS / "small.keras", "c", None, output=tmp_path / "models")
    file = ModelFile.read(tmp_path / "models" / "small.c")
    assert file.trusted
    assert list_trusted(mine) == set(file.hashes)
    assert verify(file.path).passed
    monkeypatch.setenv("EDGEMNIST_STATE", str(stranger))
    another = ModelFile.read(tmp_path / "models" / "small.c")
    assert not another.trusted
    (verdict,) = verify(another.path).verdicts
    assert REFUSED in verdict.error.message


@pytest.mark.usefixtures("stranger")
def test_the_package_knows_exactly_the_released_files() -> None:
    listed = {name: sha256 for sha256, name in (line.split() for line in RELEASED.read_text().splitlines())}
    manifest = Manifest.load(EXPORTS)
    headers = {name for entry in manifest.models.values() for name in entry.get("companions", {})}
    assert set(listed) == {*manifest.models, *headers}
    assert listed == {name: hash_bytes((EXPORTS / name).read_bytes()) for name in listed}
    for name in manifest.models:
        assert ModelFile.read(EXPORTS / name).trusted


# -------------------------------------------------------------------------------------------------- the user's list


def test_a_list_that_cannot_be_written_is_one_error_with_what_to_type(
    command, download: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    place = tmp_path / "a-file"
    place.write_text("no folder")
    monkeypatch.setenv("EDGEMNIST_STATE", str(place))
    outcome = command("trust", download, "--yes")
    assert outcome.status == 2
    assert "a-file" in outcome.stderr
    assert "hint:  name a folder for what edgemnist remembers of this user: export EDGEMNIST_STATE=FOLDER" in (
        outcome.stderr
    )
    assert "Traceback" not in outcome.stderr
    assert json.loads(command("trust", download, "--yes", "--json").stdout)["trusted"] is False
    assert command("verify", download).status == 2
    with pytest.raises(WriteError, match="a-file"):
        trust(["0" * 64])


@pytest.mark.slow
@pytest.mark.usefixtures("converter_here")
def test_export_writes_nothing_that_it_cannot_remember(
    command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    place = tmp_path / "a-file"
    place.write_text("no folder")
    monkeypatch.setenv("EDGEMNIST_STATE", str(place))
    folder = tmp_path / "models"
    outcome = command("export", "--format", "onnx", "--model", EXPORTS / "small.keras", "--output", folder)
    assert outcome.status == 2
    assert "export EDGEMNIST_STATE=FOLDER" in outcome.stderr
    assert not list(folder.glob("*.onnx"))
    assert not (folder / "manifest.json").exists()


def test_a_hash_is_trusted_only_together_with_its_headers(stranger: Path) -> None:
    trust(["a" * 64])
    assert is_trusted(["a" * 64])
    assert not is_trusted(["a" * 64, "b" * 64])
    assert not is_trusted(["../trusted/" + "a" * 64 + "/../" + "b" * 64])
    assert list_trusted(stranger) == {"a" * 64}


def test_the_platforms_own_place_where_none_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from edgemnist.trust import find_state

    monkeypatch.delenv("EDGEMNIST_STATE")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert find_state().name == "edgemnist"
    assert sys.platform != "linux" or find_state() == tmp_path / "edgemnist"


# ---------------------------------------------------------------------------------------- what lies beside a model


@pytest.mark.parametrize("module", ["onnxruntime", *map(slow, ("numpy", "edgemnist", "encodings", "json"))])
def test_no_module_beside_a_model_is_imported_by_the_child(tmp_path: Path, module: str, stranger: Path) -> None:
    path = copy(tmp_path / "download", "small_int8.onnx", listed=False)
    path.write_bytes(changes.edit(path, 5, bias=changes.flip_median))  # not released: it is opened in a child
    ran = tmp_path / "module-ran"
    for file in (f"{module}.py", "sitecustomize.py"):
        (path.parent / file).write_text(f"open({str(ran)!r}, 'w')\n")
    program = "import sys; from edgemnist.__main__ import main; sys.argv[0] = 'edgemnist'; main()"
    run = subprocess.run(
        [sys.executable, "-P", "-c", program, "verify", path.name],
        cwd=path.parent, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (run.returncode, run.stderr) in ((0, ""), (1, ""))
    assert "ONNX Runtime" in run.stdout
    assert not ran.exists()


@pytest.mark.parametrize(
    "name", ["../evil.keras", *map(slow, ("..", "/evil.keras", "sub/evil.keras", "..\\evil.keras"))]
)
def test_a_contract_never_leads_out_of_the_folder(tmp_path: Path, name: str, stranger: Path) -> None:
    path = copy(tmp_path / "download", "small_int8.onnx", listed=False)
    (tmp_path / "evil.keras").write_bytes(b"opened")
    source = {"name": name, "sha256": hash_bytes(b"opened")}
    content = changes.rewrite_contract(path.read_bytes(), ".onnx", lambda fields: {**fields, "source": source})
    path.write_bytes(content)
    for deep in (False, True):
        (verdict,) = verify(path, deep=deep).verdicts
        assert verdict.error is not None
        assert re.search("source '|no answers of its source", verdict.error.message), verdict.error
        assert "can't be read as a Keras" not in verdict.error.message


@pytest.mark.parametrize("way", ["../evil.keras", slow("/evil.keras")])
def test_a_manifest_never_leads_out_of_the_folder(tmp_path: Path, way: str, stranger: Path) -> None:
    path = copy(tmp_path / "download", "small_int8.onnx")
    shutil.copy(EXPORTS / "model.keras", tmp_path / "evil.keras")
    document = json.loads((path.parent / "manifest.json").read_text())
    made_from = document["models"][path.name]["source"]["sha256"][:8]
    document["models"][path.name]["source"]["path"] = way
    (path.parent / "manifest.json").write_text(json.dumps(document))
    assert verify(path).verdicts[0].passed
    (verdict,) = verify(path, deep=True).verdicts
    assert f"its source small.keras ({made_from}) is not beside it" in verdict.error.message
    document["models"][path.name]["source"]["name"] = way
    (path.parent / "manifest.json").write_text(json.dumps(document))
    with pytest.raises(ModelError, match=r"source: name is .* expected a file name"):
        ModelFile.read(path)


def test_the_view_before_trusting_cannot_be_faked(command, download: Path) -> None:
    """A label or a name that holds a new line and colours is shown on its own line, escaped."""
    spoof = "0\n  trusted  already\x1b[2K\u202e"
    labels = [spoof, *"123456789"]
    content = changes.rewrite_contract(download.read_bytes(), ".c", lambda fields: {**fields, "labels": labels})
    path = download.parent / "a\nlisted in  manifest.json\x1b[31m.c"
    path.write_bytes(content)
    outcome = command("trust", path, "--yes")
    assert outcome.status == 0
    for text in (outcome.stdout, outcome.stderr):
        assert not set(text) & {"\x1b", "\u202e"}
    lines = [line.strip() for line in outcome.stderr.splitlines()]
    assert sum(line.startswith("trusted") for line in lines) == 1
    assert sum(line.startswith("listed in") for line in lines) == 1
    assert r"a\nlisted in  manifest.json\x1b[31m.c" in outcome.stderr
