"""Corrupted test images: the same bytes everywhere, harder with each strength, and what a conversion loses on them."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import edgemnist
from edgemnist.comparison.robustness import Robustness, compare_corrupted, judge_corrupted
from edgemnist.datasets import Dataset, corruptions
from edgemnist.datasets.corruptions import CORRUPTIONS, STRENGTHS, corrupt, iterate_cells
from edgemnist.datasets.warping import Affine, warp
from edgemnist.files import hash_bytes
from edgemnist.workflows.robustness import draw_places
from tests.conftest import ROOT
from tests.test_cli import assert_error
from tests.test_programs import require_runtime

EXPORTS = ROOT / "exports"
INT8, SMALL, SMALL_ONNX = (EXPORTS / name for name in ("model_int8.tflite", "small_int8.tflite", "small_int8.onnx"))
NAMES = [row.name for row in CORRUPTIONS]
# Of the first 20 test images in all strengths.
GOLDEN = {
    "rotation": "31094f64df75c59c",
    "shift": "f653d18d866a325d",
    "scale": "993f060307caae2c",
    "blur": "890834c634359394",
    "thinning": "266d8fa148e11092",
    "thickening": "6be0e58be4201c15",
    "darkening": "5c65ab12350e5617",
    "contrast": "1eb30b81d0a41772",
    "noise": "7f66aac7c6941d43",
    "occlusion": "5bee66328f76380a",
    "stripes": "8083b4cbf62cd3e1",
}


@pytest.mark.parametrize("name", NAMES)
def test_they_are_the_same_bytes_on_every_machine(dataset: Dataset, name: str) -> None:
    images = dataset.test.images[:20]
    made = [corrupt(images, name, strength) for strength in STRENGTHS]
    assert hash_bytes(b"".join(one.tobytes() for one in made))[:16] == GOLDEN[name]


def test_each_strength_changes_more_than_the_last(dataset: Dataset) -> None:
    images = dataset.test.images[:200]
    for name in NAMES:
        changes = [np.abs(corrupt(images, name, one) - images.astype(np.int64)).mean() for one in STRENGTHS]
        assert all(less * 1.05 < more for less, more in zip([0.5, *changes], changes, strict=False)), (name, changes)


@settings(max_examples=20)
@given(st.tuples(*[st.integers(1, most) for most in (4, 40, 40)]), st.sampled_from([(), (1,), (3,)]), st.data())
def test_any_size_and_any_channels_keep_shape_type_and_prefix(
    shape: tuple[int, int, int], channels: tuple[int, ...], data: st.DataObject
) -> None:
    name, strength = data.draw(st.sampled_from(list(iterate_cells())))
    images = np.random.default_rng(0).integers(0, 256, (*shape, *channels), np.uint8)
    before = images.copy()
    found = corrupt(images, name, strength)
    assert (found.shape, found.dtype) == (images.shape, np.uint8)
    assert np.array_equal(images, before)
    assert np.array_equal(corrupt(images[:1], name, strength), found[:1]), "no image depends on those that follow"


def test_parts_of_many_images_are_what_all_at_once_are(monkeypatch: pytest.MonkeyPatch) -> None:
    images = np.random.default_rng(0).integers(0, 256, (7, 9, 11, 3), np.uint8)
    whole = {cell: corrupt(images, *cell) for cell in iterate_cells()}
    monkeypatch.setattr(corruptions, "MOST_VALUES", 2 * 9 * 11 * 3)
    assert all(np.array_equal(corrupt(images, *cell), expected) for cell, expected in whole.items())


def test_channels_are_corrupted_alike_but_for_noise(dataset: Dataset) -> None:
    grey = dataset.test.images[:5]
    colours = np.repeat(grey[..., None], 3, axis=3)
    for name, strength in iterate_cells():
        if name != "noise":
            alike = np.repeat(corrupt(grey, name, strength)[..., None], 3, axis=3)
            assert np.array_equal(corrupt(colours, name, strength), alike), name
    noisy = corrupt(colours, "noise", 3)
    assert not np.array_equal(noisy[..., 0], noisy[..., 1])


def test_each_kind_is_what_it_is_called(dataset: Dataset) -> None:
    images = dataset.test.images[:50].astype(np.int64)

    def make(name: str, strength: int) -> np.ndarray:
        return corrupt(dataset.test.images[:50], name, strength).astype(np.int64)

    assert (make("thinning", 5) <= images).all()
    assert (make("thickening", 5) >= images).all()
    assert np.array_equal(make("thinning", 4), 255 - corrupt(~dataset.test.images[:50], "thickening", 3))
    assert np.array_equal(make("darkening", 1), images * 210 // 256)
    assert np.array_equal(make("contrast", 5), 255 - images)
    assert np.abs(make("blur", 3).sum() / images.sum() - 1) < 0.01
    grey = np.full((50, 28, 28), 128, np.uint8)
    assert corrupt(grey, "noise", 1).std() == pytest.approx(16, rel=0.03)
    assert corrupt(grey, "noise", 1).mean() == pytest.approx(128, abs=0.5)
    covered = make("occlusion", 5) != images
    assert all(np.ptp(np.flatnonzero(one.any(axis=1))) <= 13 for one in covered if one.any())
    for one, stripes in zip(images, make("stripes", 5), strict=True):
        lit = stripes != one
        assert lit.all(axis=0).any() or lit.all(axis=1).any()


def test_rotation_and_shift_move_by_what_they_say() -> None:
    dot = np.zeros((1, 29, 29, 1), np.uint8)
    dot[0, 14, 24] = 255
    (quarter,) = warp(dot, [Affine(0, -(1 << 16), 1 << 16, 0)], np.array([0]))
    assert np.argwhere(quarter[..., 0]).tolist() in ([[4, 14]], [[24, 14]])
    (moved,) = warp(dot, [Affine(down=3 << 8, right=-(2 << 8))], np.array([0]))
    assert np.argwhere(moved[..., 0]).tolist() == [[17, 22]]
    (half,) = warp(dot, [Affine(down=128)], np.array([0]))
    assert half[14:16, 24, 0].tolist() == [128, 128]
    assert np.array_equal(warp(dot, [Affine()], np.array([0])), dot)


@pytest.mark.parametrize(("name", "strength"), [("fog", 1), ("blur", 0), ("blur", 6)])
def test_no_such_corruption(name: str, strength: int) -> None:
    with pytest.raises(edgemnist.UsageError, match=r"no corruption 'fog'|no strength"):
        corrupt(np.zeros((1, 28, 28), np.uint8), name, strength)


# ------------------------------------------------------------------ judging


def make_row(broken: int, fixed: int, images: int = 1000, unanswered: int = 0) -> Robustness:
    """A kind whose five strengths lose and win the same images."""
    labels, source, model = (np.zeros(images, np.int64) for _ in range(3))
    model[:broken], source[broken : broken + fixed] = 1, 1
    model[images - unanswered :] = -1
    row = compare_corrupted("blur", labels, np.stack([model] * 5), np.stack([source] * 5))
    return Robustness(images, images, "model.keras", (row,))


def test_a_drop_is_judged_only_as_surely_as_it_is() -> None:
    assert judge_corrupted(make_row(20, 0), None) == ()
    assert judge_corrupted(make_row(20, 0), 2.5) == ()
    assert judge_corrupted(make_row(20, 0), 1.5) == (), "2.0 points, but the interval begins at 1.1"
    (reason,) = judge_corrupted(make_row(20, 0), 1.0)
    assert re.fullmatch(r"blur: .* by 2.00 points \(95 % interval 1.1\d to 2.\d\d\), surely more than 1", reason)
    assert judge_corrupted(make_row(20, 20), 0.0) == ()
    (reason,) = judge_corrupted(make_row(0, 0, unanswered=3), None)
    assert reason == "blur: 15 answers are not finite numbers"


def test_many_kinds_are_judged_at_once() -> None:
    """Of eleven good kinds, one in four cases has an interval above the limit by chance; all together, one in forty."""
    (row,) = make_row(20, 0).kinds
    eleven = replace(make_row(20, 0), kinds=(row,) * 11)
    assert judge_corrupted(eleven, 1.0) == (), "alone, the interval begins at 1.1"
    reasons = judge_corrupted(eleven, 0.5)
    assert len(reasons) == 11
    assert re.search(r"\(95 % interval 0.7\d to 3.2\d for 11 kinds at once\), surely more than 0.5", reasons[0])
    labels, random, failed = np.zeros(500, np.int64), np.random.default_rng(0), 0
    for _ in range(300):
        kinds = [compare_corrupted("blur", labels, *random.binomial(1, 0.1, (2, 5, 500))) for _ in range(11)]
        failed += bool(judge_corrupted(Robustness(500, 500, "model.keras", tuple(kinds)), 0.0))
    assert failed <= 18  # 7.5 are expected


def test_strengths_of_the_same_images_make_no_drop_surer_than_the_images_do() -> None:
    """Five strengths that lose the same images say no more than one; five that lose others say more."""
    same = make_row(20, 0).kinds[0]
    labels, known = np.zeros(1000, np.int64), np.zeros((5, 1000), np.int64)
    other = np.stack([np.where((np.arange(1000) // 20) == place, 1, 0) for place in range(5)])
    spread = compare_corrupted("blur", labels, other, known)
    alone = compare_corrupted("blur", labels, other[:1], known[:1])
    assert same.drop_points == spread.drop_points == alone.drop_points == pytest.approx(2)
    widths = [row.drop_high - row.drop_low for row in (same, spread, alone)]
    assert widths[1] < 0.6 * widths[0]
    assert widths[0] == pytest.approx(widths[2], rel=0.05)


def test_an_answer_that_is_no_number_moved_and_is_wrong() -> None:
    nothing = np.full((5, 10), -1)
    row = compare_corrupted("blur", np.zeros(10, np.int64), nothing, nothing)
    assert (row.accuracy, row.source_accuracy, row.agreement, row.drop_points) == (0, 0, 0, 0)
    assert [one.changed for one in row.strengths] == [10] * 5


# ------------------------------------------------------------------ verify


def test_equal_models_lose_nothing_and_another_one_does(command) -> None:
    words = ("verify", SMALL, "--against", SMALL_ONNX, "--corruptions", "--corrupted-images", 60, "--json")
    outcome = command(*words, "--max-corrupted-drop", 3)
    (model,) = json.loads(outcome.stdout)["models"]
    found = model["robustness"]
    assert (outcome.status, found["images"], found["test_images"]) == (0, 60, 10_000)
    assert (found["source"], found["agreement"] > 0.98) == ("small_int8.onnx", True)
    assert [row["name"] for row in found["kinds"]] == NAMES
    assert [len(row["strengths"]) for row in found["kinds"]] == [5] * 11
    loose = ("--min-agreement", 0, "--max-drop", 100, "--max-corrupted-drop", 10)
    outcome = command("verify", INT8, "--against", SMALL, *words[4:-1], *loose)
    assert outcome.status == 1
    assert re.search(r"differs .*: shift: accuracy dropped by .* surely more than 10", outcome.stdout)
    assert "60 of 10,000: drop in points" in " ".join(outcome.stdout.split())
    assert re.search(r"^corrupted +\d\d.\d\d % \(small_int8.tflite, \d\d.\d\d %: drop ", outcome.stdout, re.MULTILINE)


def test_the_figures_are_those_of_the_runtime(dataset: Dataset) -> None:
    (verdict,) = edgemnist.verify(SMALL, against=INT8, corruptions=True, corrupted_images=50).verdicts
    places = draw_places(len(dataset.test), 50)
    images, labels = dataset.test.images[places], dataset.test.labels[places]
    assert verdict.measurement is not None
    with edgemnist.open_runtime(SMALL) as mine, edgemnist.open_runtime(INT8) as other:
        for row in verdict.measurement.robustness.kinds[::5]:
            for one in row.strengths[::2]:
                corrupted = corrupt(images, row.name, one.strength)
                answers = [runtime.predict(corrupted).argmax(axis=1) for runtime in (mine, other)]
                shares = [(answer == labels).mean() for answer in answers]
                assert [one.accuracy, one.source_accuracy] == pytest.approx(shares)
                assert one.agreement == pytest.approx((answers[0] == answers[1]).mean())


def test_classes_that_take_turns_are_all_among_the_images() -> None:
    places = draw_places(10_000, 500)
    assert (places // 20).tolist() == list(range(500))
    assert np.bincount(places % 10).min() > 30


@pytest.mark.slow
def test_the_source_runs_too_and_nothing_is_recorded(tmp_path: Path) -> None:
    for path in (SMALL, EXPORTS / "small.keras", EXPORTS / "manifest.json", *EXPORTS.glob("small_*answers_*.npz")):
        shutil.copy(path, tmp_path)
    report = edgemnist.verify(tmp_path / SMALL.name, tmp_path / "small.keras", corruptions=True, corrupted_images=40)
    quantized, source = (verdict.measurement.robustness for verdict in report.verdicts)
    assert (quantized.source, source.source, source.worst) == ("small.keras", None, None)
    assert quantized.source_accuracy == pytest.approx(source.accuracy)
    assert 0.95 < quantized.agreement < 1
    assert "robustness" not in report.verdicts[0].to_record()
    assert "calibration" not in report.verdicts[0].to_record()


def test_without_its_source_it_is_an_error_and_without_any_it_is_shown_alone(command, tmp_path: Path) -> None:
    for path in (SMALL_ONNX, EXPORTS / "manifest.json", *EXPORTS.glob("small_answers_*.npz")):
        shutil.copy(path, tmp_path)
    outcome = command("verify", tmp_path / SMALL_ONNX.name, "--corruptions")
    assert_error(outcome, "its source small.keras", "--against MODEL.keras, or leave --corruptions out")
    import onnx

    model = onnx.load(SMALL_ONNX)
    del model.metadata_props[:]
    onnx.save(model, tmp_path / "other.onnx")
    outcome = command("verify", tmp_path / "other.onnx", "--corruptions", "--limit", 300, "--corrupted-images", 30)
    assert outcome.status == 0
    assert "30 of 300: accuracy in percent" in " ".join(outcome.stdout.split())
    assert "drop" not in outcome.stdout


def test_what_is_of_corrupted_images_needs_them(command) -> None:
    for words in (("--max-corrupted-drop", 1), ("--corrupted-images", 9)):
        assert_error(command("verify", SMALL, *words), f"{words[0]} is of corrupted images", "add --corruptions")
    with pytest.raises(edgemnist.UsageError, match="corrupted_images=0"):
        edgemnist.verify(SMALL, corruptions=True, corrupted_images=0)
    with pytest.raises(edgemnist.UsageError, match="max_corrupted_drop"):
        edgemnist.Gate(max_corrupted_drop=float("nan"))


def test_an_emulated_target_runs_none(command) -> None:
    require_runtime("cortex-m3")
    outcome = command("verify", EXPORTS / "small_int8.c", "--runtime", "cortex-m3", "--corruptions", "--limit", 10)
    assert_error(outcome, "is emulated: corrupted images", "leave --runtime or --corruptions out")
