"""Every kind of change to a released file, in every format, is noticed by every verb that reads it."""

from __future__ import annotations

import functools
import importlib.util
import json
import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest

from edgemnist import verify
from edgemnist.answers import name_answers, serialize_answers
from edgemnist.comparison.question import Statement
from edgemnist.errors import ModelError
from edgemnist.files import hash_bytes
from edgemnist.formats import ModelFile
from edgemnist.manifest import Manifest
from edgemnist.precision import PRECISIONS
from edgemnist.results import Verdict
from edgemnist.trust import trust
from edgemnist.workflows.export import export
from edgemnist.workflows.kit import kit as write_kit
from edgemnist.workflows.predict import predict
from tests import changes
from tests.conftest import ROOT, list_cases, slow

EXPORTS = ROOT / "exports"
CHANGED = "changed since export: "
QUICK = ("small_int8.tflite", "small_int8.onnx", "small_int8.c")
# Of the other released models, there is nothing that these don't have.
FILES = tuple(sorted(
    path.name for path in EXPORTS.iterdir()
    if path.suffix in changes.EDITORS and path.name.startswith(("model", "small"))
))  # fmt: skip
OTHERS = tuple(name for name in FILES if name not in QUICK)
LISTED = Manifest.load(EXPORTS)
Verdicts = dict[tuple[str, str], Verdict]
# The first digits of the hash of the small model, and the files of its answers and of those of its int8 form.
SMALL = LISTED.models["small.keras"]["sha256"][:8]
ANSWERS, INT8_ANSWERS = (
    next(name for name in LISTED.answers if LISTED.models[file]["sha256"][:8] in name)
    for file in ("small.keras", "small_int8.tflite")
)
KITS = {".tflite": "tflite-micro", ".onnx": "node", ".c": "microcontroller"}


def copy(folder: Path, *names: str, listed: bool = True) -> Path:
    """Copy released files with the answers and outputs that are stored of them; `listed`: and with their manifest."""
    folder.mkdir(exist_ok=True)
    for name in names:
        shutil.copy(EXPORTS / name, folder)
        if name.endswith(".c"):
            shutil.copy(EXPORTS / name.replace(".c", ".h"), folder)
    for path in EXPORTS.glob("*_answers_*.npz"):
        shutil.copy(path, folder)
    if listed:
        shutil.copy(EXPORTS / "manifest.json", folder)
    return folder / names[0]


@pytest.fixture
def images(tmp_path: Path) -> Path:
    path = tmp_path / "one.npy"
    np.save(path, np.full((1, 28, 28), 7, np.uint8))
    return path


def open_here(*paths: Path) -> None:
    """As a user who has looked at them: they run in this process, which is fast."""
    for path in paths:
        trust(ModelFile.read(path).hashes)


def judge(path: Path, **settings: object) -> Verdict:
    (verdict,) = verify(path, **settings).verdicts
    return verdict


# For what is found in the file and the manifest, however many images are run.
FEW = 500
judge_few = functools.partial(judge, limit=FEW)


def list_to_match(folder: Path, **fields: object) -> None:
    """Make the manifest list what is in the folder: each hash, and `fields` of each model."""
    manifest = Manifest.load(folder)
    for name, entry in manifest.models.items():
        path = folder / name
        if path.exists():
            entry.update({"sha256": hash_bytes(path.read_bytes()), "size_bytes": path.stat().st_size})
            entry.update({key: value for key, value in fields.items() if key in entry})
        for companion in entry.get("companions", {}):
            if (folder / companion).exists():
                entry["companions"][companion] = hash_bytes((folder / companion).read_bytes())
    for name, entry in manifest.answers.items():
        if (folder / name).exists():
            entry["sha256"] = hash_bytes((folder / name).read_bytes())
    (folder / "manifest.json").write_text(
        json.dumps({"schema": 1, "models": manifest.models, "answers": manifest.answers})
    )


def swap_bytes(path: Path, kind: str) -> None:
    """Another listed file's bytes under this name; of C, whose text names its header, a listed float form's."""
    others = {
        ".tflite": "model_int8.tflite", ".onnx": "model_int8.onnx", ".c": "model_int8.c", ".keras": "small.keras"
    }  # fmt: skip
    other = others[path.suffix]
    if other == path.name:
        other = other.replace("model", "small")
    if path.name == "small.keras":
        other = "model.keras"
    content = (EXPORTS / other).read_bytes()
    assert content != path.read_bytes()
    path.write_bytes(content)
    if path.suffix == ".c":
        shutil.copy(EXPORTS / other.replace(".c", ".h"), path.parent)


def append(path: Path, kind: str) -> None:
    """A byte at the end, which readers of most formats don't look at."""
    path.write_bytes(path.read_bytes() + b"\n")


def change_header(path: Path, kind: str) -> None:
    header = path.with_suffix(".h")
    header.write_text(header.read_text() + "/* another */\n")


EVERY: dict[str, Callable[[Path, str], None]] = {
    **dict.fromkeys(changes.KINDS, changes.change_kind),
    "another file's bytes": swap_bytes,
    "a byte more": append,
}
ALSO_QUICK = {
    ("small_int8.onnx", "weight flipped"), ("small_int8.onnx", "noise without a contract"),
    ("small_int8.c", "back door on a pixel"), ("small_int8.c", "no contract"), ("small_int8.c", "header"),
}  # fmt: skip


def share(names: Iterable[str], kinds: Sequence[str]) -> list[tuple[str, str]]:
    """Every kind of change to a small file of each format; of the others each has a third of the kinds, in turn."""
    return [
        (name, kind)
        for index, name in enumerate(names)
        for place, kind in enumerate(kinds)
        if name in QUICK or (place + index) % 3 == 0
    ]


CASES = [
    (name, kind) if name == QUICK[0] or (name, kind) in ALSO_QUICK else slow(name, kind)
    for name, kind in (
        *share((*QUICK, *OTHERS), list(EVERY)),
        *((name, "header") for name in FILES if name.endswith(".c")),
    )
]
EVERY["header"] = change_header


def assert_changed(verdict: Verdict, subject: str = "") -> None:
    assert verdict.word == "differs", verdict
    assert verdict.reasons[0].startswith(f"{subject}{CHANGED}"), verdict.reasons


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_every_change_is_the_first_reason(name: str, kind: str, tmp_path: Path, images: Path) -> None:
    """Of `verify`; the verbs that use a file refuse it before they open it."""
    path = copy(tmp_path / "models", name)
    EVERY[kind](path, kind)
    open_here(path)
    verdict = judge_few(path)
    assert_changed(verdict)
    if verdict.measurement:
        assert verdict.measurement.precision == Manifest.load(path.parent).models[name]["precision"]
    with pytest.raises(ModelError, match=CHANGED):
        predict(path, images)
    if path.suffix in KITS:
        with pytest.raises(ModelError, match=f"no kit is written: {CHANGED}"):
            write_kit(KITS[path.suffix], path, tmp_path / "kit", build=False)
    if path.suffix in (".keras", ".tflite"):
        with pytest.raises(ModelError, match=CHANGED):
            export(path, "c", "int8", output=tmp_path / "written")
    assert not list(tmp_path.glob("kit/*")) + list(tmp_path.glob("written/*.c"))


@pytest.mark.parametrize("kind", [kind if kind == "dead pixel" else slow(kind) for kind in EVERY])
def test_a_folder_names_the_one_that_was_changed(kind: str, tmp_path: Path) -> None:
    name = "small_int8.c" if kind == "header" else "small_int8.tflite"
    path = copy(tmp_path / "models", name, "small_int8.onnx")
    EVERY[kind](path, kind)
    open_here(path)
    report = verify(path.parent)
    found = {Path(verdict.model).name: verdict for verdict in report.verdicts}
    assert (report.exit_status, found["small_int8.onnx"].word, len(found)) == (1, "passed", 2)
    assert_changed(found[name])


@pytest.mark.parametrize("arguments", [[], ["--allow-changed"]], ids=["judged", "allowed"])
def test_json_says_it_and_the_exit_status_too(command, tmp_path: Path, arguments: list[str]) -> None:
    path = copy(tmp_path / "models", "small_int8.tflite")
    append(path, "a change that moves no answer")
    open_here(path)
    for what in (path, path.parent):
        outcome = command("verify", what, "--json", *arguments)
        (found,) = json.loads(outcome.stdout)["models"]
        places = (found["reasons"], found["notes"])[:: -1 if arguments else 1]
        assert places[0][0].startswith(CHANGED)
        assert not any(CHANGED in text for text in places[1])
        assert (outcome.status, found["passed"]) == ((0, True) if arguments else (1, False))
    outcome = command("verify", path, *arguments)
    word = "note" if arguments else "differs"
    assert re.search(rf"^{word} .*small_int8\.tflite: {CHANGED}", outcome.stdout, re.MULTILINE)


def test_the_gate_stays_the_manifests(tmp_path: Path) -> None:
    """A float32 file that claims int8, or lost its contract, isn't judged by int8's gate."""
    path = copy(tmp_path / "models", "model.onnx")
    content = path.read_bytes()
    for kind in ("other precision", "unknown precision", "no contract"):
        path.write_bytes(content)
        changes.change_kind(path, kind)
        path.write_bytes(changes.edit(path, 2, kernel=changes.grow_one))
        open_here(path)
        found = judge_few(path, allow_changed=True)
        assert found.measurement.precision == "float32"
        limit = f"more than {PRECISIONS['float32'].max_difference:g}"
        assert any(reason.endswith(limit) for reason in found.reasons), (kind, found.reasons)


@pytest.mark.parametrize("stored", [ANSWERS, INT8_ANSWERS], ids=["answers", "int8"])
def test_altered_answers_and_outputs_are_changed(command, tmp_path: Path, stored: str) -> None:
    path = copy(tmp_path / "models", "small_int8.tflite")
    changes.doctor_answers(path.parent / stored)
    for what in (path, path.parent):
        outcome = command("verify", what, "--json")
        (found,) = json.loads(outcome.stdout)["models"]
        assert outcome.status == 1
        assert found["reasons"][0].startswith(f"{CHANGED}the manifest lists other answers as {stored}")
    outcome = command("verify", path, "--against", path.parent / ANSWERS, "--json")
    assert outcome.status == 1
    notes = judge(path, allow_changed=True).notes
    assert notes[0].startswith(CHANGED)


@pytest.mark.parametrize("first", ["a", slow("z")], ids=["before", "after"])
def test_answers_that_were_laid_beside_the_listed_ones_are_not_taken(tmp_path: Path, first: str) -> None:
    path = copy(tmp_path / "models", "small_int8.tflite")
    listed = path.parent / ANSWERS
    planted = path.parent / listed.name.replace("small", first)
    shutil.copy(listed, planted)
    changes.doctor_answers(planted)
    assert judge(path).passed
    listed.unlink()
    verdict = judge_few(path)
    assert verdict.word == "differs"
    assert verdict.reasons[0] == f"{CHANGED}the manifest lists {listed.name}, and not {planted.name}"


def test_outputs_that_were_laid_beside_the_listed_ones_are_not_taken(tmp_path: Path) -> None:
    path = copy(tmp_path / "models", "small_int8.tflite")
    listed = path.parent / INT8_ANSWERS
    planted = path.parent / listed.name.replace("small", "a")
    shutil.copy(listed, planted)
    changes.doctor_answers(planted)
    assert judge(path).passed
    listed.unlink()
    assert_changed(judge(path))


# --------------------------------------------------------------------------------- verbs that take a second file


@pytest.mark.parametrize("kind", ["weight flipped", *map(slow, ("other labels", "no contract", "a byte more"))])
def test_against_a_changed_file_is_a_reason(kind: str, tmp_path: Path) -> None:
    path = copy(tmp_path / "models", "small_int8.tflite", "small_int8.onnx")
    EVERY[kind](path, kind)
    open_here(path)
    other = path.with_suffix(".onnx")
    assert_changed(judge_few(other, against=path), "small_int8.tflite: ")
    allowed = judge_few(other, against=path, allow_changed=True)
    assert not any(CHANGED in reason for reason in allowed.reasons)
    assert any(note.startswith(f"small_int8.tflite: {CHANGED}") for note in allowed.notes)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["last weight flipped", "other labels", "a byte more"])
def test_a_changed_source_as_reference_is_never_taken_for_the_source(kind: str, tmp_path: Path) -> None:
    path = copy(tmp_path / "models", "small.keras", "small_int8.tflite")
    EVERY[kind](path, kind)
    open_here(path)
    tflite = path.with_name("small_int8.tflite")
    verdict = judge_few(tflite, against=path)
    assert_changed(verdict, "small.keras: ")
    assert any(note.startswith(f"small.keras isn't its source, which is small.keras {SMALL}") for note in verdict.notes)
    assert judge_few(tflite).reasons[0].startswith(f"stale: made from small.keras {SMALL}, which is now ")
    assert_changed(judge_few(path, against=path))


@pytest.mark.slow
def test_a_kit_of_a_changed_file_says_so_even_unverified(command, tmp_path: Path) -> None:
    path = copy(tmp_path / "models", "small_int8.tflite")
    changes.change_kind(path, "dead pixel")
    open_here(path)
    words = ("kit", "--target", "tflite-micro", "--model", path, "--output")
    outcome = command(*words, tmp_path / "kit")
    assert outcome.status == 2
    assert f"no kit is written: {CHANGED}" in outcome.stderr
    assert not (tmp_path / "kit").exists()
    outcome = command(*words, tmp_path / "kit", "--unverified")
    assert outcome.status == 0
    assert f"{path}: {CHANGED}" in outcome.stderr
    assert "The manifest beside it lists another file" in (tmp_path / "kit" / "README.md").read_text()
    (note,) = json.loads(command(*words, tmp_path / "kit", "--unverified", "--json").stdout)["notes"]
    assert note.startswith(f"{path}: {CHANGED}")
    honest = copy(tmp_path / "honest", "small_int8.tflite")
    written = write_kit("tflite-micro", honest, tmp_path / "other", unverified=True)
    assert written.notes == ()
    assert "lists another" not in (tmp_path / "other" / "README.md").read_text()


def test_the_view_before_trusting_says_that_a_file_was_changed(command, tmp_path: Path) -> None:
    path = copy(tmp_path / "models", "small_int8.c")
    outcome = command("trust", path, "--yes", "--json")
    (file,) = json.loads(outcome.stdout)["files"]
    assert (file["changes"], file["listed"]) == ([], str(path.parent / "manifest.json"))
    change_header(path, "")
    outcome = command("trust", path, "--yes", "--json")
    (file,) = json.loads(outcome.stdout)["files"]
    assert (file["changes"], file["listed"]) == ([f"{CHANGED}the manifest lists another small_int8.h"], None)
    assert f"{CHANGED}the manifest lists another small_int8.h" in outcome.stderr


@pytest.mark.slow
@pytest.mark.usefixtures("converter_here")
def test_export_of_a_changed_source_is_refused_and_never_lists_it_as_it_was(command, tmp_path: Path) -> None:
    path = copy(tmp_path / "models", "small.keras", "small_int8.tflite")
    folder = path.parent
    changes.change_kind(path, "weight flipped")
    words = ("export", "--format", "onnx", "--model", path, "--output", folder)
    outcome = command(*words)
    assert outcome.status == 2
    assert f"{path}: {CHANGED}" in outcome.stderr
    assert "--allow-changed" in outcome.stderr
    assert not (folder / "small.onnx").exists()
    assert "small.keras" in Manifest.load(folder).models
    elsewhere = (*words[:-1], tmp_path / "elsewhere", "--allow-changed")
    assert command(*elsewhere).status == 0
    assert Manifest.load(folder).models["small.keras"]["sha256"].startswith(SMALL)
    assert command(*words, "--allow-changed").status == 0
    manifest = Manifest.load(folder)
    assert "small.keras" not in manifest.models
    assert manifest.models["small.onnx"]["source"]["sha256"] == ModelFile.read(path).sha256
    outcome = command("verify", folder, "--json")
    words_of = {Path(one["model"]).name: one["reasons"] for one in json.loads(outcome.stdout)["models"]}
    assert (outcome.status, words_of["small.keras"], words_of["small.onnx"]) == (1, [], [])
    assert words_of["small_int8.tflite"][0].startswith(f"stale: made from small.keras {SMALL}")


@pytest.mark.slow
def test_record_never_makes_a_changed_file_the_listed_one(command, tmp_path: Path) -> None:
    path = copy(tmp_path / "models", "small_int8.onnx")
    before = (path.parent / "manifest.json").read_bytes()
    changes.change_kind(path, "weight flipped")
    outcome = command("verify", path, "--record", "--json")
    assert outcome.status == 2
    assert "not recorded" in json.loads(outcome.stdout)["models"][0]["error"]["message"]
    assert (path.parent / "manifest.json").read_bytes() == before


# ------------------------------------------------------------------------------------------ a manifest made to match

DOCTORED = [
    (name, kind) if name == "small_int8.onnx" and kind == "weight flipped" else slow(name, kind)
    for name, kind in share([name for name in FILES if not name.endswith(".keras")], list(changes.WEIGHT_KINDS))
]


@pytest.fixture(scope="module")
def doctored(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], Verdict]:
    """A verdict on each file of the cases that are run: of one `verify`, which runs each source once."""
    folder = tmp_path_factory.mktemp("doctored")
    paths = {}
    for case in list_cases(request, "test_weights_with_a_manifest_to_match_are_out_of_step"):
        name, kind = case["name"], case["kind"]
        path = copy(folder / f"{len(paths)}", name, f"{name.split('_')[0].split('.')[0]}.keras")
        changes.change_kind(path, kind)
        list_to_match(path.parent)
        open_here(path)
        paths[name, kind] = path
    return dict(zip(paths, verify(*paths.values(), deep=True, limit=FEW).verdicts, strict=True))


@pytest.mark.parametrize(("name", "kind"), DOCTORED)
def test_weights_with_a_manifest_to_match_are_out_of_step(name: str, kind: str, doctored: Verdicts) -> None:
    verdict = doctored[name, kind]
    assert verdict.word == "differs", verdict
    assert not any(reason.startswith(CHANGED) for reason in verdict.reasons)
    assert verdict.measurement.deep.weights.passed is False, verdict.reasons


@pytest.mark.parametrize("kind", changes.CONTRACT_KINDS)
@pytest.mark.parametrize(
    "name", ["small_int8.tflite", *(pytest.param(name, marks=pytest.mark.slow) for name in QUICK[1:])]
)
def test_contracts_with_a_manifest_to_match_are_noticed(name: str, kind: str, tmp_path: Path) -> None:
    path = copy(tmp_path / "models", name)
    changes.change_kind(path, kind)
    list_to_match(path.parent)
    verdict = judge_few(path, trust=True)
    assert verdict.word in ("differs", "error"), verdict
    expected = {"other labels": "the labels inside are ", "no contract": CHANGED}.get(kind, CHANGED)
    reasons = (verdict.error.message,) if verdict.error else verdict.reasons
    missing = kind == "no contract" and name.endswith(".c")  # such a file can't even be called
    assert any(reason.startswith(expected) for reason in reasons) or missing, verdict


@pytest.mark.parametrize("name", ["small_int8.tflite", "small_int8.onnx", slow("small_int8.c")])
@pytest.mark.parametrize("precision", ["float16", slow("unknown")])
def test_a_manifest_that_claims_another_precision_is_noticed(name: str, precision: str, tmp_path: Path) -> None:
    path = copy(tmp_path / "models", name)
    list_to_match(path.parent, precision=precision)
    verdict = judge_few(path)
    assert_changed(verdict)
    found = Manifest.load(EXPORTS).models[name]["precision"]
    assert verdict.reasons[0] == f"{CHANGED}the contract inside says precision {found}, the manifest says {precision}"


@pytest.mark.parametrize("claimed", ["float16", slow("int16x8")])
@pytest.mark.usefixtures("stranger")
def test_contract_and_manifest_that_claim_another_precision_contradict_the_tensors(
    claimed: str, tmp_path: Path
) -> None:
    for name, found in (("small_int8.tflite", "int8"), ("small_int8.onnx", "int8"), ("small_int8.c", "int8")):
        path = copy(tmp_path / "models", name)
        rewrite = functools.partial(lambda fields: {**fields, "precision": claimed})
        path.write_bytes(changes.rewrite_contract(path.read_bytes(), path.suffix, rewrite))
        list_to_match(path.parent, precision=claimed)
        verdict = judge_few(path, trust=True)
        assert f"its contract says {claimed}, but its tensors are {found}" in verdict.reasons, name


def test_contract_and_manifest_that_claim_no_precision_get_the_tensors_gate(tmp_path: Path) -> None:
    path = copy(tmp_path / "models", "model.onnx")
    changes.change_kind(path, "unknown precision")
    list_to_match(path.parent, precision="unknown")
    open_here(path)
    assert judge_few(path).measurement.precision == "float32"


@pytest.mark.parametrize(
    ("name", "runtime"),
    [
        ("small_int8.c", "c"),
        *map(slow, ("small_int8.tflite", "model_int8.tflite", "model_int16x8.tflite"), ["litert-reference"] * 3),
        slow("model_int8.c", "c"),
    ],
)
@pytest.mark.parametrize("stored", [slow(True), False], ids=["with their file", "by their hash alone"])
def test_recorded_outputs_show_a_flipped_weight(name: str, runtime: str, stored: bool, tmp_path: Path) -> None:
    path = copy(tmp_path / "models", name)
    sha256 = Manifest.load(path.parent).models[name]["sha256"]
    outputs = next(path.parent.glob(f"*_answers_{sha256[:8]}_*.npz"))
    verdict = judge(path, runtime=runtime)
    assert (verdict.word, verdict.measurement.recorded.different_outputs) == ("passed", 0)
    changes.change_kind(path, "weight flipped")
    list_to_match(path.parent)
    open_here(path)
    if stored:  # renamed and made to say that they are this file's
        with np.load(outputs) as archive:
            arrays = {**archive, "model_sha256": np.array(ModelFile.read(path).sha256)}
        renamed = name_answers(path.stem, str(arrays["model_sha256"]), str(arrays["data_sha256"]))
        np.savez_compressed(path.parent / renamed, **arrays)
    outputs.unlink()
    verdict = judge(path, runtime=runtime)
    assert verdict.word == "differs"
    line = r"[\d,]+ of 100,000" if stored else "its"
    expected = f"{line} outputs are not those that export recorded, in the same arithmetic"
    assert any(re.fullmatch(expected, reason) for reason in verdict.reasons), verdict.reasons


def test_outputs_are_proven_by_their_hash_where_their_file_is_not_there(tmp_path: Path) -> None:
    path = copy(tmp_path / "models", "small_int8.c")
    for outputs in path.parent.glob("*_int8_answers_*.npz"):
        outputs.unlink()
    verdict = judge(path)
    assert verdict.passed
    assert verdict.measurement.recorded.outputs_compared == 100_000
    assert verdict.measurement.recorded.different_outputs == 0


def test_outputs_that_were_altered_together_with_their_list_are_not_the_hash(tmp_path: Path) -> None:
    path = copy(tmp_path / "models", "small_int8.c")
    listed = ModelFile.read(path).listed
    assert listed is not None
    (answers,) = path.parent.glob(f"small_int8_answers_{listed['sha256'][:8]}_*.npz")
    changes.doctor_answers(answers)
    list_to_match(path.parent)
    assert judge(path).passed, "the file gives the outputs whose hash is listed"


@pytest.mark.slow
@pytest.mark.parametrize("images", [300, 10_000])
def test_answers_with_a_manifest_to_match_are_asked_about(images: int, tmp_path: Path) -> None:
    """A seeded sample of 256 images meets some of 300 doctored ones among 10,000; of fewer it may meet none."""
    path = copy(tmp_path / "models", "small_int8.tflite", "small.keras")
    changes.doctor_answers(path.parent / ANSWERS, images)
    list_to_match(path.parent)
    found = {Path(verdict.model).name: verdict for verdict in verify(path.parent).verdicts}
    for name in ("small.keras", "small_int8.tflite"):
        assert any(
            reason.startswith("the stored answers aren't those of small.keras: ") or "differs by" in reason
            for reason in found[name].reasons
        ), found[name]
    path.with_name("small.keras").rename(tmp_path / "small.keras")
    report = verify(path.parent)
    assert any("taken on the manifest's word" in note for note in report.verdicts[0].notes)


def test_without_keras_stored_answers_are_taken_on_the_manifests_word(
    command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = copy(tmp_path / "models", "small_int8.tflite", "small.keras")
    find = importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name, *rest: None if name == "tensorflow" else find(name, *rest)
    )
    outcome = command("verify", path.parent, "--runtime", "litert", "--json")
    (found,) = json.loads(outcome.stdout)["models"]
    assert found["notes"] == ["small.keras's stored answers are taken on the manifest's word"]
    assert (found["reference_origin"], found["passed"]) == ("stored", True)


# --------------------------------------------------------------------------------------------------- no manifest


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("small_int8.tflite", "no contract"),
        ("small_int8.onnx", "no source"),
        slow("small_int8.tflite", "no source"),
        slow("small_int8.onnx", "no contract"),
    ],
)
def test_a_file_of_no_manifest_and_no_source_is_not_compared(command, name: str, kind: str, tmp_path: Path) -> None:
    path = copy(tmp_path / "models", name, listed=False)
    changes.change_kind(path, kind)
    open_here(path)
    outcome = command("verify", path, "--json")
    (found,) = json.loads(outcome.stdout)["models"]
    assert (outcome.status, found["passed"], found["compared"], found["agreement"]) == (0, False, False, None)
    outcome = command("verify", path)
    assert re.search(r"^verdict +not compared\s*$", outcome.stdout, re.MULTILINE)
    assert "passed" not in outcome.stdout


@pytest.mark.slow
def test_a_keras_file_is_not_compared_with_itself(command, tmp_path: Path) -> None:
    path = copy(tmp_path / "models", "small.keras", listed=False)
    assert judge(path).word == "passed", "its stored answers are there"
    for answers in path.parent.glob("*.npz"):
        answers.unlink()
    changes.change_kind(path, "bias zeroed")
    outcome = command("verify", path, "--json")
    (found,) = json.loads(outcome.stdout)["models"]
    assert (outcome.status, found["compared"], found["reference"]) == (0, False, None)
    shutil.copy(EXPORTS / "manifest.json", path.parent)
    found = judge(path, allow_changed=True)
    assert (found.word, found.notes[0].startswith(CHANGED)) == ("not compared", True)


@pytest.mark.parametrize(
    ("name", "claimed"),
    [
        ("small_int8.tflite", "float16"),
        ("small_int8.onnx", "dynamic"),
        ("small_int8.c", "float32"),
        ("model.onnx", "int8"),
        ("model_float16.tflite", "int8"),
        pytest.param("small.keras", "int8", marks=pytest.mark.slow),
    ],
)
@pytest.mark.usefixtures("stranger")
def test_a_claimed_precision_is_checked_against_the_tensors(name: str, claimed: str, tmp_path: Path) -> None:
    path = copy(tmp_path / "models", name, listed=False)
    path.write_bytes(
        changes.rewrite_contract(path.read_bytes(), path.suffix, lambda fields: {**fields, "precision": claimed})
    )
    verdict = judge_few(path, trust=True)
    found = Manifest.load(EXPORTS).models[name]["precision"]
    assert f"its contract says {claimed}, but its tensors are {found}" in verdict.reasons, verdict


@pytest.mark.parametrize("kind", ["no contract", "unknown precision"])
@pytest.mark.parametrize("known", [slow(True), False], ids=["trusted", "not trusted"])
def test_what_claims_no_precision_gets_the_gate_of_its_tensors(
    known: bool, kind: str, tmp_path: Path, stranger: Path
) -> None:
    path = copy(tmp_path / "models", "model.onnx", listed=False)
    changes.change_kind(path, kind)
    path.write_bytes(changes.edit(path, 2, kernel=changes.grow_one))
    if known:
        open_here(path)
    verdict = judge_few(path, against=EXPORTS / "model.onnx")
    assert verdict.measurement.precision == "float32"
    assert any(reason.endswith("more than 0.0001") for reason in verdict.reasons), verdict


@pytest.mark.parametrize("contract", [True, False], ids=["with contracts", "without"])
def test_two_dead_models_never_pass(contract: bool, tmp_path: Path) -> None:
    path = copy(tmp_path / "models", "small_int8.onnx", listed=False)
    for layer in (5,):
        path.write_bytes(changes.edit(path, layer, kernel=changes.zero))
    if not contract:
        changes.change_kind(path, "no contract")
    other = path.with_name("other.onnx")
    shutil.copy(path, other)
    open_here(path)
    statement = None if contract else Statement(input_range=(0, 1))
    if not contract:
        for verdict in verify(path, other, against=other, limit=FEW).verdicts:
            assert "no contract inside, and right on " in verdict.error.message
    for verdict in verify(path, other, against=other, limit=FEW, statement=statement).verdicts:
        assert verdict.word == "differs"
        assert any("hardly more than chance" in reason for reason in verdict.reasons), verdict
        assert verdict.measurement.comparison.agreement == 1


def test_a_dead_model_whose_answers_were_stored_as_its_sources_never_passes(tmp_path: Path) -> None:
    """Model, answers and manifest all of one hand: the labels are not."""
    path = copy(tmp_path / "models", "small_int8.onnx")
    path.write_bytes(changes.edit(path, 5, kernel=changes.zero))
    open_here(path)
    from edgemnist.answers import Answers
    from edgemnist.datasets import load_dataset
    from edgemnist.runtimes import open_runtime

    test = load_dataset().test
    with open_runtime(path) as runtime:
        answers = runtime.predict(test.images)
    source = Manifest.load(path.parent).models["small.keras"]["sha256"]
    stored = serialize_answers(Answers(source, test.sha256, answers, tuple("0123456789"), "probabilities"))
    (path.parent / name_answers("small", source, test.sha256)).write_bytes(stored)
    list_to_match(path.parent)
    verdict = judge(path)
    assert verdict.word == "differs"
    assert any("hardly more than chance" in reason for reason in verdict.reasons), verdict
