"""What a model must keep to pass: limits on what `edgemnist.comparison.answers` measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from edgemnist.comparison.answers import Comparison, Score
from edgemnist.errors import UsageError
from edgemnist.precision import PRECISIONS, PrecisionName
from edgemnist.text import phrase_parameter

# The limits that are percentage points, and no shares.
POINTS = ("max_drop", "max_corrupted_drop")


@dataclass(frozen=True)
class Gate:
    """What a model must keep to pass; None where nothing is asked.

    Args:
        min_agreement: the smallest share of images with the source's class, 0 … 1.
        max_drop: the largest loss of accuracy, in percentage points.
        min_accuracy: the smallest accuracy, 0 … 1.
        max_difference: the largest difference of a probability, 0 … 1.
        max_corrupted_drop: the largest loss of accuracy on corrupted images, in percentage points: of each kind, the
            mean over its strengths; see `edgemnist.comparison.robustness`.

    Raises:
        UsageError: a limit is out of its range.
    """

    min_agreement: float | None = None
    max_drop: float | None = None
    min_accuracy: float | None = None
    max_difference: float | None = None
    max_corrupted_drop: float | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            limit, (low, high) = getattr(self, field.name), (-100, 100) if field.name in POINTS else (0, 1)
            if limit is not None and not low <= limit <= high:  # NaN, too, which would let everything pass
                given = phrase_parameter(field.name, limit)
                raise UsageError(f"{given} is out of range, expected {low} to {high}")

    def override(self, other: Gate) -> Gate:
        """Return this gate with each limit that `other` gives in place of its own."""
        given = {field.name: getattr(other, field.name) for field in fields(other)}
        return replace(self, **{name: limit for name, limit in given.items() if limit is not None})


def find_gate(precision: PrecisionName) -> Gate:
    """Return what a model of that precision must keep, beside its source."""
    row = PRECISIONS[precision]
    return Gate(row.min_agreement, row.max_drop, max_difference=row.max_difference)


# For a file without a source: nothing but the labels can judge it.
GATE_WITHOUT_SOURCE = Gate(min_accuracy=0.90)


def judge(score: Score, comparison: Comparison | None, gate: Gate) -> tuple[str, ...]:
    """Return why the model doesn't pass, one sentence a reason; nothing if it does.

    Example:
        >>> import numpy as np
        >>> from edgemnist.comparison.tally import compare, score
        >>> labels = np.array([0, 1])
        >>> right, wrong = np.eye(2, dtype=np.float32), np.eye(2, dtype=np.float32)[::-1]
        >>> judge(score(wrong, labels), compare(right, wrong, labels), Gate(min_agreement=0.5))
        ('agreement 0.0000 is below 0.5: 2 of 2 answers moved',)
    """
    reasons = []
    if score.unanswered:
        reasons.append(f"{score.unanswered} of {score.images} answers are not finite numbers")
    if score.malformed:
        reasons.append(f"{score.malformed} of {score.images} answers are no probabilities: a wrong contract?")
    if gate.min_accuracy is not None and score.accuracy < gate.min_accuracy:
        reasons.append(f"accuracy {score.accuracy:.4f} is below {gate.min_accuracy:g}")
    if comparison is not None:
        reasons += _judge_comparison(score.images, comparison, gate)
    return tuple(reasons)


def _judge_comparison(images: int, comparison: Comparison, gate: Gate) -> Sequence[str]:
    reasons = []
    if gate.min_agreement is not None and comparison.agreement < gate.min_agreement:
        moved = f"{comparison.moved} of {images} answers moved"
        reasons.append(f"agreement {comparison.agreement:.4f} is below {gate.min_agreement:g}: {moved}")
    # Points come from whole counts: forgive what binary fractions add to 0.2.
    if gate.max_drop is not None and comparison.drop_points > gate.max_drop + 1e-9:
        reasons.append(f"accuracy dropped by {comparison.drop_points:.2f} points, more than {gate.max_drop:g}")
    if gate.max_difference is not None and comparison.max_abs_difference > gate.max_difference:
        found = comparison.max_abs_difference
        reasons.append(f"a probability differs by {found:.3g}, more than {gate.max_difference:g}")
    return reasons
