"""The same file on two machines: its outputs kept, read without believing them, and compared."""

from __future__ import annotations

import contextlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import edgemnist
from edgemnist.errors import DataError, ModelError, UsageError
from edgemnist.reporting.documents import EMPTY
from edgemnist.runtimes import open_runtime
from edgemnist.saved_answers import is_saved_answers, read_saved_answers
from edgemnist.workflows.diff_answers import diff_answers
from tests.conftest import ROOT, make_once
from tests.test_cli import assert_error

EXPORTS = ROOT / "exports"
INT8, FLOAT = EXPORTS / "small_int8.tflite", EXPORTS / "small_int8.onnx"
FEW = 300


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        for name, file in (("int8.npz", INT8), ("float.npz", FLOAT)):
            edgemnist.verify(file, limit=FEW, save=folder / name)

    return make_once(tmp_path_factory, "saved_answers", make)


def change(path: Path, copy: Path, **arrays: Any) -> Path:
    with np.load(path) as archive:
        held = dict(archive)
    np.savez_compressed(copy, **{**held, **arrays})
    return copy


def write_log(path: Path, copy: Path, count: int = 20, head: str = "", **settings: Any) -> list[str]:
    answers = read_saved_answers(path)
    fields = f"model={answers.model_sha256} data={answers.data_sha256} precision=int8 dtype={answers.outputs.dtype}"
    output = answers.output
    assert output is not None
    scale = f" scale={output.scale!r} zero_point={output.zero_point}" if output.scale else ""
    lines = [head or f"answers: {fields} kind={output.kind}{scale} classes=10 images={count}"]
    lines += [f"answers: {index} {' '.join(map(str, answers.outputs[index]))}" for index in range(0, 2 * count, 2)]
    copy.write_text("\n".join(lines), **settings)
    return lines


def test_verify_keeps_the_own_outputs_of_one_file(saved: Path) -> None:
    answers = read_saved_answers(saved / "int8.npz")
    with open_runtime(INT8) as runtime:
        outputs = runtime.run(edgemnist.load_dataset().test.images[:FEW]).outputs
    assert answers.outputs.dtype == outputs.dtype == runtime.info.output.dtype
    assert np.array_equal(answers.outputs, outputs)
    assert answers.model_sha256 == edgemnist.inspect(INT8).to_record()["sha256"]
    assert (answers.model, answers.output, answers.precision) == (INT8.name, runtime.info.output, "int8")
    assert answers.truth is not None
    assert answers.truth.tolist() == edgemnist.load_dataset().test.labels[:FEW].tolist()
    assert is_saved_answers(saved / "int8.npz")
    assert not is_saved_answers(INT8)
    assert not is_saved_answers(next(EXPORTS.glob("small_answers_*.npz")))


def test_answers_of_one_arithmetic_are_the_same_and_agree(saved: Path) -> None:
    found = diff_answers(saved / "int8.npz", INT8)
    assert (found.word, found.exit_status, found.same_model, found.same_data) == ("partial", 0, True, True)
    assert (found.images, found.differences.unit, found.differences.different) == (FEW, "step", 0)


def test_each_moved_step_is_counted_where_it_is(saved: Path, tmp_path: Path) -> None:
    outputs = read_saved_answers(saved / "int8.npz").outputs.copy()
    truth = edgemnist.load_dataset().test.labels
    quiet = int(outputs[7].argmin())
    outputs[7, quiet] += 3
    outputs[9, :] = np.roll(outputs[9], 1)  # another class
    other = change(saved / "int8.npz", tmp_path / "other.npz", outputs=outputs)
    found = diff_answers(saved / "int8.npz", other)
    differences = found.differences
    assert differences.images == 2
    assert differences.by_truth[truth[7]] >= 1
    assert differences.by_truth[truth[9]] >= 1
    assert next(part.outputs for part in differences.spread if part.low == part.high == 3) >= 1
    assert differences.by_score[quiet] >= 1
    (flip,) = found.comparison.flips
    assert (flip.index, flip.label, flip.source) == (9, truth[9], truth[9])
    assert flip.model == (truth[9] + 1) % 10
    assert found.reasons == (f"{other}: accuracy dropped by 0.33 points, more than 0.2",)
    assert diff_answers(other, saved / "int8.npz").reasons == found.reasons, "in whatever order they are named"


def test_answers_that_move_more_than_the_gate_lets_pass_differ(saved: Path, tmp_path: Path) -> None:
    outputs = np.roll(read_saved_answers(saved / "int8.npz").outputs, 1, axis=1)
    other = change(saved / "int8.npz", tmp_path / "other.npz", outputs=outputs)
    found = diff_answers(saved / "int8.npz", other)
    assert (found.word, found.exit_status, found.comparison.moved) == ("differs", 1, FEW)
    assert found.reasons[0] == "agreement 0.0000 is below 0.995: 300 of 300 answers moved"
    loose = edgemnist.Gate(min_agreement=0, max_drop=100)
    assert diff_answers(saved / "int8.npz", other, gate=loose).exit_status == 0


def test_another_file_is_named_and_compared_in_probabilities(saved: Path) -> None:
    found = diff_answers(saved / "int8.npz", saved / "float.npz")
    assert (found.same_model, found.differences.unit) == (False, "probability")
    assert 0 < found.differences.largest < 0.3


def test_floats_are_counted_by_powers_of_ten(saved: Path, tmp_path: Path) -> None:
    outputs = read_saved_answers(saved / "float.npz").outputs.copy()
    outputs[:4, 0] += np.float32(0.004)
    outputs[5, 2] = np.nan
    other = change(saved / "float.npz", tmp_path / "other.npz", outputs=outputs)
    found = diff_answers(saved / "float.npz", other)
    assert [(part.high, part.outputs) for part in found.differences.spread] == [(0.01, 4), (float("inf"), 1)]
    assert found.reasons[0] == f"{other}: 1 of 300 answers are not finite numbers"
    assert diff_answers(other, saved / "float.npz").reasons == found.reasons
    assert json.loads(json.dumps(found.to_record(), allow_nan=False))["largest_difference"] is None


def test_only_images_that_both_answer_are_compared(saved: Path, tmp_path: Path) -> None:
    held = read_saved_answers(saved / "int8.npz")
    part = {"outputs": held.outputs[50:90], "indices": held.indices[50:90], "truth": held.truth[50:90]}
    found = diff_answers(change(saved / "int8.npz", tmp_path / "part.npz", **part), saved / "int8.npz")
    assert (found.images, found.first_alone, found.second_alone, found.word) == (40, 0, FEW - 40, "partial")


def test_answers_to_other_images_are_refused(saved: Path, tmp_path: Path) -> None:
    other = change(saved / "int8.npz", tmp_path / "other.npz", data_sha256=np.array("a" * 64))
    for second in (saved / "int8.npz", INT8):
        with pytest.raises(DataError, match="answers to the images"):
            diff_answers(other, second)
    held = read_saved_answers(saved / "int8.npz")
    later = change(saved / "int8.npz", tmp_path / "later.npz", indices=held.indices + 5000)
    with pytest.raises(DataError, match="answer no image in common"):
        diff_answers(later, saved / "int8.npz")
    beyond = change(
        saved / "int8.npz", tmp_path / "beyond.npz", indices=held.indices + 9_900, test_images=np.array([10_200])
    )
    with pytest.raises(DataError, match="answers image 10,199, but mnist has 10,000"):
        diff_answers(beyond, INT8)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("outputs", lambda held: held["outputs"].astype(np.float64)),
        ("outputs", lambda held: held["outputs"][:, :9]),
        ("outputs", lambda held: held["outputs"][:0]),
        ("indices", lambda held: held["indices"][::-1]),
        ("indices", lambda held: held["indices"] - 1),
        ("indices", lambda held: held["indices"].astype(np.float64)),
        ("truth", lambda held: held["truth"] + 10),
        ("test_images", lambda held: held["test_images"] * 0),
        ("contract", lambda held: np.array("{}")),
        ("model", lambda held: np.array([{}])),
    ],
)
def test_what_contradicts_itself_is_one_error(saved: Path, tmp_path: Path, name: str, make: Any) -> None:
    with np.load(saved / "int8.npz") as archive:
        changed = change(saved / "int8.npz", tmp_path / "bad.npz", **{name: make(archive)})
    with pytest.raises(ModelError, match=r"bad\.npz"):
        read_saved_answers(changed)


def test_damaged_bytes_are_one_error_or_nothing_at_all(saved: Path, tmp_path: Path) -> None:
    content = bytearray((saved / "int8.npz").read_bytes())
    draw = np.random.default_rng(3)
    damaged = tmp_path / "damaged.npz"
    for _ in range(60):
        changed = bytearray(content)
        for place in draw.integers(0, len(changed), 4):
            changed[place] = draw.integers(256)
        damaged.write_bytes(changed[: draw.integers(4, len(changed))] if draw.integers(3) == 0 else changed)
        with contextlib.suppress(ModelError):  # damage may fall where nothing is read
            read_saved_answers(damaged)


def test_what_is_no_saved_answers_is_not_written_over(saved: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious.npz"
    np.savez(precious, probabilities=np.zeros(3))
    before = precious.read_bytes()
    with pytest.raises(ModelError, match="isn't written over"):
        edgemnist.verify(INT8, limit=10, save=precious)
    assert precious.read_bytes() == before
    again = tmp_path / "again.npz"
    for _ in range(2):
        edgemnist.verify(INT8, limit=FEW, save=again)
    assert again.read_bytes() == (saved / "int8.npz").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["exports", "--save", "x.npz"], "keeps the outputs of one model file, found exports, a folder"),
        ([INT8, FLOAT, "--save", "x.npz"], "keeps the outputs of one model file, found 2 files"),
        ([INT8, "--save", "x.txt"], "saved answers end in .npz"),
    ],
)
def test_what_cannot_be_kept_is_said_before_any_work(command, arguments: list[Any], message: str) -> None:
    outcome = command("verify", *arguments)
    assert (outcome.status, outcome.stdout) == (2, "")
    assert message in outcome.stderr
    assert "--save" in outcome.stderr


def test_a_console_is_read_amid_its_other_output(saved: Path, tmp_path: Path) -> None:
    lines = write_log(saved / "int8.npz", tmp_path / "board.log")
    prefixed = ["boot ok", *(f"\x1b[32m[00:00:{i:02}.1] I/kit: {line}\x1b[0m\r" for i, line in enumerate(lines)), "bye"]
    (tmp_path / "board.log").write_text("\n".join(prefixed), newline="")
    assert is_saved_answers(tmp_path / "board.log")
    for second in (INT8, saved / "int8.npz"):
        found = diff_answers(tmp_path / "board.log", second)
        assert (found.images, found.same_model, found.differences.unit) == (20, True, "step")
        assert (found.differences.different, found.exit_status, found.notes) == (0, 0, ())


def test_a_log_that_powershell_wrote_is_read(saved: Path, tmp_path: Path) -> None:
    write_log(saved / "int8.npz", tmp_path / "board.log", encoding="utf-16")
    assert diff_answers(tmp_path / "board.log", INT8).images == 20


def test_lines_without_a_head_mean_what_the_other_says(saved: Path, tmp_path: Path) -> None:
    write_log(saved / "int8.npz", tmp_path / "board.log", head="hello")
    found = diff_answers(INT8, tmp_path / "board.log")
    assert (found.same_model, found.same_data, found.differences.unit) == (None, None, "step")
    assert found.differences.different == 0
    with pytest.raises(ModelError, match="nothing says what"):
        diff_answers(tmp_path / "board.log", tmp_path / "board.log")


def test_a_head_that_leaves_something_out_means_what_the_other_says(saved: Path, tmp_path: Path) -> None:
    for head in ("answers: dtype=uint8", "answers: dtype=uint8 kind=probabilities"):
        write_log(saved / "int8.npz", tmp_path / "board.log", head=head)
        for second in (saved / "int8.npz", INT8):
            found = diff_answers(tmp_path / "board.log", second)
            assert (found.differences.unit, found.differences.different, found.reasons) == ("step", 0, ())


def test_decimals_without_a_head_are_the_floats_that_they_were(saved: Path, tmp_path: Path) -> None:
    answers = read_saved_answers(saved / "float.npz")
    rows = [f"answers: {i} {' '.join(f'{value:.9g}' for value in answers.outputs[i])}" for i in range(9)]
    (tmp_path / "board.log").write_text("\n".join(rows))
    assert diff_answers(tmp_path / "board.log", saved / "float.npz").differences.different == 0


def test_two_logs_of_a_few_images_are_no_proof(saved: Path, tmp_path: Path) -> None:
    write_log(saved / "int8.npz", tmp_path / "board.log")
    found = diff_answers(tmp_path / "board.log", tmp_path / "board.log")
    assert (found.word, found.images, found.test_images) == ("partial", 20, 10_000)


@pytest.mark.parametrize("word", ["1e300", "9" * 400, "-0x1", "1_0", "٣"])
def test_what_no_device_prints_is_damaged(saved: Path, tmp_path: Path, word: str) -> None:
    lines = write_log(saved / "float.npz", tmp_path / "board.log", count=3)
    lines[1] = " ".join([*lines[1].split()[:-1], word])
    lines[2] = lines[2].replace(" 2 ", f" {word} ", 1)
    (tmp_path / "board.log").write_text("\n".join(lines), encoding="utf-8")
    with np.errstate(all="raise"):
        answers = read_saved_answers(tmp_path / "board.log")
    assert answers.indices.tolist() == [4]
    assert "2 lines of answers damaged" in answers.notes[0]


def test_a_text_about_answers_is_none(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    for line in ("the answers: none yet", "/* What it answers: 10 logits */", "answers: a=b"):
        text.write_text(line)
        assert not is_saved_answers(text)
    text.write_text("answers: 1_0 3 4")
    assert not is_saved_answers(text)


def test_a_file_that_was_changed_is_compared_and_named(saved: Path, tmp_path: Path) -> None:
    shutil.copy(EXPORTS / "manifest.json", tmp_path)
    changed = shutil.copy(EXPORTS / "model_int8.tflite", tmp_path / "small_int8.tflite")
    found = diff_answers(saved / "int8.npz", changed)
    assert found.same_model is False
    assert "changed since export" in found.notes[0]


def test_damaged_missing_and_repeated_lines_are_said(saved: Path, tmp_path: Path) -> None:
    lines = write_log(saved / "int8.npz", tmp_path / "board.log")
    del lines[6]
    lines[3] = lines[3][:-6]
    lines[4] = lines[4].replace(" ", " 9999 ", 3)
    (tmp_path / "board.log").write_text("\n".join([*lines, lines[8]]))
    found = diff_answers(tmp_path / "board.log", INT8)
    assert found.images == 17
    assert [note.partition(": ")[2] for note in found.notes] == [
        "2 lines of answers damaged, and left out: line 4, 5",
        "3 of the 20 images that it was to answer are missing",
        "1 image answered again, with the same numbers",
    ]
    assert (found.exit_status, found.word) == (0, "partial")


def test_two_answers_of_one_device_to_one_image_differ(saved: Path, tmp_path: Path) -> None:
    lines = write_log(saved / "int8.npz", tmp_path / "board.log")
    index, *values = lines[5].split()[1:]
    (tmp_path / "board.log").write_text("\n".join([*lines, f"answers: {index} {' '.join(values[::-1])}"]))
    found = diff_answers(tmp_path / "board.log", INT8)
    assert found.reasons == (f"{tmp_path / 'board.log'}: two different answers to image {index} on one device",)
    assert found.exit_status == 1


def test_floats_may_be_printed_as_their_bits(saved: Path, tmp_path: Path) -> None:
    outputs = read_saved_answers(saved / "float.npz").outputs[:3]
    rows = [f"answers: {i} {' '.join(hex(bits) for bits in row)}" for i, row in enumerate(outputs.view(np.uint32))]
    head = "answers: dtype=float32 kind=probabilities classes=10 images=3"
    (tmp_path / "board.log").write_text("\n".join([head, *rows, f"answers: 4 {'0x123456789 ' * 10}"]))
    answers = read_saved_answers(tmp_path / "board.log")
    assert np.array_equal(answers.outputs, outputs)
    assert "1 line of answers damaged" in answers.notes[0]


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("answers: model=12 dtype=int8", "model is no SHA-256"),
        ("answers: dtype=int3", "dtype=int3, expected"),
        ("answers: dtype=int8 scale=nan", "scale=nan is no number"),
        (f"answers: dtype=int8 images={'9' * 400}", "images=9+ is no number"),
        ("answers: classes=0", "classes=0 is no number"),
        ("answers: classes=3", "no line of answers in it is whole"),
    ],
)
def test_a_damaged_head_is_one_error(saved: Path, tmp_path: Path, head: str, message: str) -> None:
    write_log(saved / "int8.npz", tmp_path / "board.log", head=head)
    with pytest.raises(ModelError, match=message):
        diff_answers(tmp_path / "board.log", INT8)


def test_what_is_no_answers_is_said(saved: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"neither .* holds saved answers"):
        diff_answers(INT8, FLOAT)
    with pytest.raises(UsageError, match="both files are answers"):
        diff_answers(saved / "int8.npz", saved / "int8.npz", runtime="tflm")
    with pytest.raises(ModelError, match="no such file"):
        diff_answers(tmp_path / "none.npz", INT8)


def test_the_command_line_shows_all_of_it(saved: Path, tmp_path: Path, command) -> None:
    outputs = np.roll(read_saved_answers(saved / "int8.npz").outputs, 1, axis=1)
    other = change(saved / "int8.npz", tmp_path / "other.npz", outputs=outputs)
    outcome = command("diff", saved / "int8.npz", other)
    assert outcome.status == 1
    for words in (
        "the same, ",
        "300 of 10,000 compared, the same test images",
        "quantization step",
        "images that moved class",
    ):
        assert words in outcome.stdout
    outcome = command("diff", saved / "int8.npz", other, "--json")
    document = json.loads(outcome.stdout)
    assert (outcome.status, list(document)) == (1, ["schema", *EMPTY["diff"], "error"])
    assert (document["kind"], document["passed"], document["word"]) == ("answers", False, "differs")
    assert (document["unit"], len(document["flips"]), document["layers"]) == ("step", FEW, [])
    assert document["max_abs_difference"] > 0.5
    loose = command("diff", saved / "int8.npz", other, "--min-agreement", 0, "--max-drop", 100)
    assert loose.status == 0
    strict = command("diff", saved / "int8.npz", saved / "float.npz", "--max-difference", 0)
    assert strict.status == 1
    assert "a probability differs by" in strict.stdout


def test_the_command_says_what_is_of_the_other_kind(saved: Path, command) -> None:
    answers = saved / "int8.npz"
    for arguments, message in (
        ((answers,), "holds answers, and nothing to compare them with is named"),
        ((answers, answers, "--tolerance", 1), "--tolerance is of two models that are run, and these are answers"),
        ((answers, INT8, "--limit", 3), "--limit is of two models"),
        ((INT8, FLOAT, "--runtime", "tflm"), "--runtime runs a model file that is compared with answers"),
        ((INT8, FLOAT, "--max-drop", 1), "--max-drop is of answers that are compared, and these are two models"),
        (("typo.tflite",), "typo.tflite: no such file\nhint:  check the path"),
        ((answers, "typo.npz"), "typo.npz: no such file\nhint:  make them: edgemnist verify FILE --save ANSWERS.npz"),
    ):
        assert_error(command("diff", *arguments), message)
