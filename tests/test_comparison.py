"""The comparison and the gate: what moved must be counted, and a changed model must be noticed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from edgemnist.comparison.answers import compare, count_different, score
from edgemnist.comparison.gate import GATES, Gate, judge

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
    assert np.isfinite(found.max_abs_difference)
    assert "2 of 6 answers are not finite" in judge(scored, found, Gate())[0]


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
    ("precision", "kept", "lost"), [("float32", 0, 1), ("float16", 5, 6), ("int8", 20, 21), ("dynamic", 20, 21)]
)
def test_the_default_gates_open_and_close_where_they_are_documented(precision, kept: int, lost: int) -> None:
    assert not _judge(GATES[precision], kept)
    assert _judge(GATES[precision], lost)


def test_each_limit_alone_can_fail_a_model() -> None:
    for gate in (Gate(min_agreement=0.9), Gate(max_drop=1), Gate(min_accuracy=0.9), Gate(max_difference=0.5)):
        assert len(_judge(gate, 2_000)) == 1
        assert not _judge(gate, 0)


def test_a_given_limit_replaces_the_default_and_only_that() -> None:
    gate = GATES["int8"].override(Gate(max_drop=5))
    assert gate == Gate(min_agreement=0.995, max_drop=5)
    assert GATES["int8"].override(Gate(max_drop=0)).max_drop == 0


def test_whole_number_outputs_are_counted_one_by_one() -> None:
    first = np.array([[1, 2], [3, 4]], np.uint8)
    found = count_different(first, np.array([[1, 0], [3, 5]], np.uint8))
    assert (found.outputs_compared, found.different_outputs) == (4, 2)
