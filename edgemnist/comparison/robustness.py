"""A model's answers to corrupted test images compared with those of its source, kind by kind, and what judges them.

Where a source fails itself, its accuracy says nothing of a conversion; what is lost against it does. So drops are
judged, and as sure as they are: the same images stand behind each strength.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.answers import NO_CLASS
from edgemnist.comparison.statistics import compute_drop_interval, widen_interval

Classes = NDArray[np.int64]


@dataclass(frozen=True)
class StrengthRow:
    """One kind in one strength. Shares are 0 … 1; what is of a source is None without one.

    Args:
        strength: 1 … 5.
        accuracy: the share that the model gets right.
        unanswered: images whose probabilities hold NaN or infinity.
        source_accuracy: the share that its source gets right.
        drop_points: source accuracy minus accuracy, in percentage points; negative for a gain.
        agreement: the share of images with the source's class.
        broken, fixed, changed: how many images moved in each way; see `edgemnist.comparison.answers.Flip`.
    """

    strength: int
    accuracy: float
    unanswered: int
    source_accuracy: float | None = None
    drop_points: float | None = None
    agreement: float | None = None
    broken: int | None = None
    fixed: int | None = None
    changed: int | None = None


@dataclass(frozen=True)
class KindRow:
    """One kind in all strengths; see `StrengthRow`.

    Args:
        name: of the kind.
        strengths: a row a strength.
        accuracy, source_accuracy, drop_points, agreement: means over the strengths.
        drop_low, drop_high: the 95 % interval of the mean drop, in percentage points.
    """

    name: str
    strengths: tuple[StrengthRow, ...]
    accuracy: float
    source_accuracy: float | None = None
    drop_points: float | None = None
    drop_low: float | None = None
    drop_high: float | None = None
    agreement: float | None = None


@dataclass(frozen=True)
class Robustness:
    """All kinds.

    Args:
        images: how many test images were corrupted, each in every kind and strength.
        test_images: how many there are; with a limit, how many of the first ones.
        source: what it was compared with: "model.keras", or another file; None without a source.
        kinds: a row a kind.
    """

    images: int
    test_images: int
    source: str | None
    kinds: tuple[KindRow, ...]

    @property
    def accuracy(self) -> float:
        """The mean share of all kinds that the model gets right."""
        return _average([row.accuracy for row in self.kinds])

    @property
    def source_accuracy(self) -> float | None:
        """The mean share of all kinds that its source gets right; None without one."""
        return _average_known([row.source_accuracy for row in self.kinds])

    @property
    def drop_points(self) -> float | None:
        """The mean drop of all kinds, in percentage points; None without a source."""
        return _average_known([row.drop_points for row in self.kinds])

    @property
    def agreement(self) -> float | None:
        """The mean share with the source's class; None without one."""
        return _average_known([row.agreement for row in self.kinds])

    @property
    def worst(self) -> KindRow | None:
        """The kind with the largest mean drop; None without a source."""
        known = [row for row in self.kinds if row.drop_points is not None]
        return max(known, key=lambda row: row.drop_points or 0.0, default=None)

    def to_record(self) -> dict[str, Any]:
        """Return it as JSON's types."""
        return {
            "images": self.images,
            "test_images": self.test_images,
            "source": self.source,
            "accuracy": self.accuracy,
            "source_accuracy": self.source_accuracy,
            "drop_points": self.drop_points,
            "agreement": self.agreement,
            "worst": self.worst.name if self.worst else None,
            "kinds": [asdict(row) for row in self.kinds],
        }


def _average(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _average_known(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return _average(known) if known else None


def compare_corrupted(name: str, labels: Classes, model: Classes, source: Classes | None) -> KindRow:
    """Compare a model's classes for one kind of corruption with those of its source.

    Args:
        name: of the kind.
        labels: int64 (n,), 0 … classes - 1.
        model: its classes, int64 (strengths, n), -1 where an answer isn't finite.
        source: those of its source, likewise; None without one.

    Example:
        >>> labels = np.zeros(4, np.int64)
        >>> row = compare_corrupted("blur", labels, np.array([[0, 0, 0, 1], [0, 0, 1, 1]]), np.zeros((2, 4), np.int64))
        >>> row.accuracy, row.drop_points, [one.broken for one in row.strengths]
        (0.625, 37.5, [1, 2])
    """
    right = cast("NDArray[np.bool_]", model == labels)
    alone = [
        StrengthRow(place + 1, float(right[place].mean()), int((model[place] == NO_CLASS).sum()))
        for place in range(len(model))
    ]
    accuracy = float(right.mean())
    if source is None:
        return KindRow(name, tuple(alone), accuracy)
    known = cast("NDArray[np.bool_]", source == labels)
    moved = cast("NDArray[np.bool_]", (source != model) | (model == NO_CLASS))
    losses = (known.astype(np.int64) - right).mean(axis=0)
    low, high = compute_drop_interval(float(losses.sum()), float((losses**2).sum()), len(labels), 1 / len(model))
    rows = [_compare_strength(row, *sides) for row, *sides in zip(alone, right, known, moved, strict=True)]
    return KindRow(
        name, tuple(rows), accuracy, float(known.mean()), 100 * float(losses.mean()), 100 * low, 100 * high,
        1 - float(moved.mean()),
    )  # fmt: skip


def _compare_strength(
    row: StrengthRow, right: NDArray[np.bool_], known: NDArray[np.bool_], moved: NDArray[np.bool_]
) -> StrengthRow:
    broken, fixed = int((known & ~right).sum()), int((right & ~known).sum())
    return StrengthRow(
        row.strength,
        row.accuracy,
        row.unanswered,
        source_accuracy=float(known.mean()),
        drop_points=100 * (broken - fixed) / len(right),
        agreement=1 - float(moved.mean()),
        broken=broken,
        fixed=fixed,
        changed=int(moved.sum()) - broken - fixed,
    )


def judge_corrupted(robustness: Robustness, max_drop: float | None) -> tuple[str, ...]:
    """Return why a model is no honest conversion, one sentence a reason; nothing if it is.

    A kind's drop is above a limit if all of its interval is, which is widened for as many kinds as there are: all hold
    the true drops in 95 of 100 cases, so that few images hardly ever fail a good conversion by chance.

    Source: Bonferroni's inequality, as in Dunn, "Multiple comparisons among means", 1961.

    Args:
        robustness: what was measured.
        max_drop: the largest mean drop of a kind, in percentage points; None for any.
    """
    reasons, kinds = [], len(robustness.kinds)
    for row in robustness.kinds:
        unanswered = sum(one.unanswered for one in row.strengths)
        if unanswered:
            reasons.append(f"{row.name}: {unanswered:,} answers are not finite numbers")
        if max_drop is None or row.drop_low is None or row.drop_high is None:
            continue
        low, high = widen_interval(row.drop_low, row.drop_high, kinds)
        if low > max_drop:
            interval = f"95 % interval {low:.2f} to {high:.2f}" + (f" for {kinds} kinds at once" if kinds > 1 else "")
            reasons.append(f"{row.name}: accuracy dropped by {row.drop_points:.2f} points ({interval}), "
                           f"surely more than {max_drop:g}")  # fmt: skip
    return tuple(reasons)
