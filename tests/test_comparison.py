"""The comparison and the gate: what moved must be counted, and a changed model must be noticed."""

from __future__ import annotations

import itertools
from dataclasses import asdict, replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from edgemnist.comparison.answers import OutputDifference
from edgemnist.comparison.gate import GATE_WITHOUT_SOURCE, Gate, find_gate, judge
from edgemnist.comparison.tally import MOST_FLIPS, Tally, compare, score
from edgemnist.errors import EdgeMnistError, ModelError
from edgemnist.workflows.judging import _judge_chance

LABELS = np.array([0, 1, 2, 0, 1, 2])
SOURCE = np.eye(3, dtype=np.float32)[[0, 1, 2, 1, 0, 0]] * 0.8 + 0.05


def test_each_kind_of_flip_is_named() -> None:
    model = np.eye(3, dtype=np.float32)[[0, 1, 0, 0, 2, 0]] * 0.7 + 0.1
    found = compare(SOURCE, model, LABELS)
    assert [(flip.index, flip.label, flip.source, flip.model, flip.kind) for flip in found.flips] == [
        (2, 2, 2, 0, "broken"),
        (3, 0, 1, 0, "fixed"),
        (4, 1, 0, 2, "changed"),
    ]
    assert found.flips[0].source_confidence == pytest.approx(0.85)
    assert found.flips[0].model_confidence == pytest.approx(0.8)
    assert (found.broken, found.fixed, found.changed) == (1, 1, 1)
    assert found.agreement == 0.5
    assert found.drop_points == 0
    assert found.max_abs_difference == pytest.approx(0.75)


@given(
    source=arrays.arrays(np.float32, (20, 4), elements=st.floats(0, 1, width=32)),
    model=arrays.arrays(np.float32, (20, 4), elements=st.floats(0, 1, width=32)),
    labels=arrays.arrays(np.int64, 20, elements=st.integers(0, 3)),
)
def test_the_figures_fit_together(source, model, labels) -> None:
    found, before, after = compare(source, model, labels), score(source, labels), score(model, labels)
    assert found.broken + found.fixed + found.changed == len(found.flips)
    assert found.agreement == (20 - len(found.flips)) / 20
    assert found.drop_points == pytest.approx(100 * (before.accuracy - after.accuracy))
    assert found.source_accuracy == before.accuracy
    assert before.accuracy_low <= before.accuracy <= before.accuracy_high
    assert 0 <= found.mean_abs_difference <= found.max_abs_difference <= 1


def test_an_answer_that_is_no_number_is_wrong_and_said() -> None:
    broken = SOURCE.copy()
    broken[0, 2] = np.nan
    broken[1, 0] = np.inf
    scored, found = score(broken, LABELS), compare(SOURCE, broken, LABELS)
    assert scored.unanswered == 2
    assert scored.hits == 1
    assert found.broken == 2
    assert [flip.model_confidence for flip in found.flips] == [0, 0]
    assert found.max_abs_difference == pytest.approx(0.95)  # infinity counts as 1, the source said 0.05
    assert judge(scored, found, Gate())[0] == "2 of 6 answers are not finite numbers"


def test_a_model_that_is_all_nan_does_not_agree_with_itself() -> None:
    nothing = np.full_like(SOURCE, np.nan)
    assert compare(nothing, nothing, LABELS).agreement == 0


def test_a_class_without_images_has_no_accuracy() -> None:
    assert np.isnan(score(SOURCE[:2], LABELS[:2]).class_accuracy[2])


def _judge(gate: Gate, moved: int, images: int = 10_000) -> tuple[str, ...]:
    labels = np.zeros(images, np.int64)
    source = np.tile(np.array([[0.9, 0.1]], np.float32), (images, 1))
    model = source.copy()
    model[:moved] = [0.1, 0.9]
    return judge(score(model, labels), compare(source, model, labels), gate)


@pytest.mark.parametrize(
    ("precision", "kept", "lost"),
    [
        ("float32", 0, 1),
        ("float16", 5, 6),
        ("int8", 20, 21),
        ("dynamic", 20, 21),
        ("int16x8", 20, 21),
        ("unknown", 20, 21),
    ],
)
def test_the_default_gates_open_and_close_where_they_are_documented(precision, kept: int, lost: int) -> None:
    assert not _judge(find_gate(precision), kept)
    assert _judge(find_gate(precision), lost)


def test_the_quantized_gates_are_of_agreement_and_of_accuracy() -> None:
    """Moved answers that were wrong before cost no accuracy: half a percent of them is the limit."""
    for precision in ("dynamic", "int8", "int16x8", "unknown"):
        assert find_gate(precision) == Gate(min_agreement=0.995, max_drop=0.2)
    assert find_gate("float32") == Gate(min_agreement=0.9999, max_difference=1e-4)


def test_without_a_source_nine_of_ten_must_be_right() -> None:
    labels, moved = np.zeros(1_000, np.int64), np.tile(np.array([[0.9, 0.1]], np.float32), (1_000, 1))
    moved[:100] = [0.1, 0.9]
    assert judge(score(moved, labels), None, GATE_WITHOUT_SOURCE) == ()
    moved[100] = [0.1, 0.9]
    assert judge(score(moved, labels), None, GATE_WITHOUT_SOURCE) == ("accuracy 0.8990 is below 0.9",)


@pytest.mark.parametrize(
    ("gate", "reason"),
    [
        (Gate(min_agreement=0.9), "agreement 0.8000 is below 0.9: 2000 of 10000 answers moved"),
        (Gate(max_drop=1), "accuracy dropped by 20.00 points, more than 1"),
        (Gate(min_accuracy=0.9), "accuracy 0.8000 is below 0.9"),
        (Gate(max_difference=0.5), "a probability differs by 0.8, more than 0.5"),
    ],
)
def test_each_limit_alone_can_fail_a_model(gate: Gate, reason: str) -> None:
    assert _judge(gate, 2_000) == (reason,)
    assert _judge(gate, 0) == ()


@pytest.mark.parametrize(
    ("limit", "inside", "outside"),
    [
        ("min_agreement", (0, 1), (-0.01, 1.01)),
        ("min_accuracy", (0, 1), (-0.01, 1.01)),
        ("max_difference", (0, 1), (-0.01, 1.01)),
        ("max_drop", (-100, 100), (-100.5, 100.5)),
        ("max_corrupted_drop", (-100, 100), (-100.5, 100.5)),
    ],
)
def test_a_limit_that_no_model_could_miss_or_meet_is_refused(limit: str, inside, outside) -> None:
    for value in inside:
        assert getattr(Gate(**{limit: value}), limit) == value
    for value in (*outside, float("nan")):
        with pytest.raises(EdgeMnistError, match=f"{limit}={value!r}. is out of range"):
            Gate(**{limit: value})


def test_a_given_limit_replaces_the_default_and_only_that() -> None:
    gate = find_gate("int8").override(Gate(max_drop=5))
    assert gate == Gate(min_agreement=0.995, max_drop=5)
    assert find_gate("int8").override(Gate(max_drop=0)).max_drop == 0


def test_whole_number_outputs_are_counted_one_by_one() -> None:
    tally, rows = Tally(2), np.array([[0.5, 0.5], [0.5, 0.5]], np.float32)
    outputs, others = np.array([[1, 2], [3, 4]], np.uint8), np.array([[1, 0], [3, 5]], np.uint8)
    tally.add(np.array([0, 1]), rows, rows, outputs, others)
    assert tally.finish()[2] == OutputDifference(4, 2)


@pytest.mark.parametrize(
    ("row", "malformed"),
    [
        ([0.5, 0.5, 0.0], 0),
        ([0.5, 0.5, 0.015], 0),  # eight bits round each probability: the sum may miss 1 by 0.01 + 3 / 512
        ([0.5, 0.5, 0.017], 1),
        ([0.5, 0.485, 0.0], 0),
        ([0.5, 0.483, 0.0], 1),
        ([1.0, 0.0, 0.0], 0),
        ([1.001, -0.0005, -0.0005], 1),
        ([1.005, 0.0, 0.0], 1),
        ([0.5, 0.505, -0.005], 1),
        ([2.0, 3.0, 9.0], 1),
        ([np.nan, 0.0, 1.0], 0),  # counted as unanswered, not twice
    ],
)
def test_an_answer_that_is_no_probabilities_is_malformed(row: list[float], malformed: int) -> None:
    rows = np.eye(3, dtype=np.float32)[LABELS]
    rows[2] = row
    found = score(rows, LABELS)
    assert found.malformed == malformed
    reasons = [reason for reason in judge(found, None, Gate()) if "no probabilities" in reason]
    assert reasons == ["1 of 6 answers are no probabilities: a wrong contract?"] * malformed


answers = arrays.arrays(np.float32, (20, 4), elements=st.floats(0, 1, width=32))


@given(
    source=answers,
    model=answers,
    labels=arrays.arrays(np.int64, 20, elements=st.integers(0, 3)),
    cuts=st.lists(st.integers(0, 20), max_size=4),
    broken=st.sets(st.integers(0, 19), max_size=3),
)
def test_batches_give_what_the_whole_gives(source, model, labels, cuts, broken) -> None:
    model[sorted(broken), 1] = np.nan
    tally = Tally(4)
    edges = [0, *sorted(cuts), 20]
    for start, end in itertools.pairwise(edges):
        tally.add(labels[start:end], model[start:end], source[start:end])
    scored, compared, outputs = tally.finish()
    whole, mean = compare(source, model, labels), compared.mean_abs_difference
    np.testing.assert_equal(asdict(scored), asdict(score(model, labels)))  # NaN for a class without images
    assert mean == pytest.approx(whole.mean_abs_difference, rel=1e-12)
    assert replace(compared, mean_abs_difference=0) == replace(whole, mean_abs_difference=0)
    assert outputs is None


def test_outputs_of_all_batches_are_counted() -> None:
    tally = Tally(3)
    for start in (0, 4):
        batch = slice(start, start + 4)
        raw = np.arange(3 * len(LABELS[batch]), dtype=np.int8).reshape(-1, 3)
        tally.add(LABELS[batch], SOURCE[batch], SOURCE[batch], raw, np.maximum(raw, 2))
    assert tally.finish()[2] == OutputDifference(outputs_compared=18, different_outputs=4)


def test_flips_beyond_the_list_are_counted_all_the_same() -> None:
    images = MOST_FLIPS + 500
    labels, wrong, right = np.zeros(images, np.int64), np.float32([[0.2, 0.8]]), np.float32([[0.9, 0.1]])
    tally = Tally(2)
    for start in range(0, images, 3_000):
        batch = labels[start : start + 3_000]
        tally.add(batch, wrong.repeat(len(batch), 0), right.repeat(len(batch), 0))
    scored, found, _ = tally.finish()
    assert len(found.flips) == MOST_FLIPS
    assert [flip.index for flip in found.flips] == list(range(MOST_FLIPS))
    assert (found.moved, found.broken, found.agreement, found.drop_points) == (images, images, 0, 100)
    assert f"{images} of {images} answers moved" in judge(scored, found, Gate(min_agreement=0.9))[0]


def test_answers_to_other_images_are_never_compared() -> None:
    for source in (SOURCE[:1], SOURCE[:, :1], SOURCE[:5]):  # NumPy would repeat the first two to fit
        with pytest.raises(ModelError, match=r"expected \(6, 3\)"):
            Tally(3).add(LABELS, SOURCE, source)
    with pytest.raises(ModelError, match=r"shape \(1, 3\), expected \(6, 3\)"):
        Tally(3).add(LABELS, SOURCE[:1])
    with pytest.raises(ModelError, match=r"shape \(1, 3\), expected \(6, 3\)"):
        Tally(3).add(LABELS, SOURCE, SOURCE, np.zeros((6, 3), np.int8), np.zeros((1, 3), np.int8))
    tally = Tally(3)
    tally.add(LABELS, SOURCE, SOURCE)
    tally.add(LABELS, SOURCE)
    with pytest.raises(ValueError, match="6 of 12 images were compared"):
        tally.finish()


@pytest.mark.parametrize(
    ("classes", "accuracy", "says"),
    [(10, 0.29, True), (10, 0.31, False), (4, 0.59, True), (4, 0.61, False), (2, 0.59, True), (2, 0.61, False)],
)
def test_agreement_with_a_source_that_guesses_proves_nothing(classes: int, accuracy: float, says: bool) -> None:
    """Three times the share of a guess is asked for; of few classes, more than six images in ten."""
    found = SimpleNamespace(source_accuracy=accuracy)
    measurement = SimpleNamespace(labels=("x",) * classes, reference="a.keras", comparison=found)
    reason = (
        f"a.keras itself is right on {100 * accuracy:.1f} % only, hardly more than chance: agreement proves nothing"
    )
    assert list(_judge_chance(measurement)) == [reason] * says  # type: ignore[arg-type]
    measurement.comparison = None
    assert list(_judge_chance(measurement)) == []  # type: ignore[arg-type]
