"""A model held against its source, answer by answer, and the gate that judges what was found.

`compare` measures and never judges; a `Gate` judges and never measures. Neither knows a file format.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.statistics import compute_mcnemar_p, compute_wilson_interval

# The class of an answer that holds NaN or infinity: no label's, so that it counts as wrong.
NO_ANSWER = -1


@dataclass(frozen=True)
class Flip:
    """An image to which the model answers another class than its source.

    Args:
        index: of the image in the test split, from 0.
        label: the right class.
        source, model: the two answers; -1 where it wasn't finite.
        source_confidence, model_confidence: the probability that each gave to its own answer, 0 … 1.
        kind: "broken" (only the source was right), "fixed" (only the model is) or "changed" (neither).
    """

    index: int
    label: int
    source: int
    model: int
    source_confidence: float
    model_confidence: float
    kind: Literal["broken", "fixed", "changed"]


@dataclass(frozen=True)
class Score:
    """How well a model answers, by itself. Shares are 0 … 1.

    Args:
        images: how many it was asked.
        hits: how many it got right.
        accuracy, accuracy_low, accuracy_high: the share, and its 95 % Wilson interval.
        class_accuracy: the share for each class; NaN for a class without images.
        unanswered: answers that hold NaN or infinity.
        malformed: answers that are finite, but no probabilities: outside [0, 1], or far from 1 in sum.
    """

    images: int
    hits: int
    accuracy: float
    accuracy_low: float
    accuracy_high: float
    class_accuracy: tuple[float, ...]
    unanswered: int
    malformed: int


@dataclass(frozen=True)
class Comparison:
    """How a model's answers differ from its source's. Shares are 0 … 1.

    Args:
        source_accuracy: the source's, on the same images.
        drop_points: source accuracy minus accuracy, in percentage points; negative for a gain.
        agreement: the share of images with the same class.
        flips: the other images.
        broken, fixed, changed: how many flips of each kind.
        mcnemar_p: of broken against fixed.
        max_abs_difference, mean_abs_difference: of the probabilities, 0 … 1.
    """

    source_accuracy: float
    drop_points: float
    agreement: float
    flips: tuple[Flip, ...]
    broken: int
    fixed: int
    changed: int
    mcnemar_p: float
    max_abs_difference: float
    mean_abs_difference: float


@dataclass(frozen=True)
class OutputDifference:
    """Quantized outputs compared as whole numbers: how many were, and how many differ."""

    outputs_compared: int
    different_outputs: int


def find_answers(probabilities: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the class of each row of float32 (n, classes): int64 (n,), -1 where a row isn't finite.

    Example:
        >>> find_answers(np.array([[0.1, 0.9], [np.nan, 0.0]], np.float32))
        array([ 1, -1])
    """
    answers: NDArray[np.int64] = probabilities.argmax(axis=1)
    answers[~np.isfinite(probabilities).all(axis=1)] = NO_ANSWER
    return answers


def score(probabilities: NDArray[np.float32], labels: NDArray[np.int64]) -> Score:
    """Score answers, float32 (n, classes), against labels, int64 (n,)."""
    answers = find_answers(probabilities)
    right = answers == labels
    hits = int(right.sum())
    low, high = compute_wilson_interval(hits, len(labels))
    with np.errstate(invalid="ignore"):
        totals = np.bincount(labels, minlength=probabilities.shape[1])
        class_accuracy = np.bincount(labels[right], minlength=probabilities.shape[1]) / totals
    return Score(
        images=len(labels),
        hits=hits,
        accuracy=hits / len(labels),
        accuracy_low=low,
        accuracy_high=high,
        class_accuracy=tuple(class_accuracy.tolist()),
        unanswered=int((answers == NO_ANSWER).sum()),
        malformed=_count_malformed(probabilities[answers != NO_ANSWER]),
    )


def _count_malformed(probabilities: NDArray[np.float32]) -> int:
    """Eight bits round each probability to 1/256: the sum of a row may miss 1 by half of that a class."""
    slack = 0.01 + probabilities.shape[1] / 512
    outside = ((probabilities < -1e-6) | (probabilities > 1 + 1e-6)).any(axis=1)
    return int((outside | (np.abs(probabilities.sum(axis=1) - 1) > slack)).sum())


def compare(source: NDArray[np.float32], model: NDArray[np.float32], labels: NDArray[np.int64]) -> Comparison:
    """Hold a model's answers against its source's.

    Args:
        source, model: probabilities, float32 (n, classes), for the same images in the same order.
        labels: int64 (n,).
    """
    before, after = find_answers(source), find_answers(model)
    flips = tuple(_list_flips(source, model, before, after, labels))
    counts = {kind: sum(flip.kind == kind for flip in flips) for kind in ("broken", "fixed", "changed")}
    differences = np.abs(np.nan_to_num(source, posinf=1, neginf=0) - np.nan_to_num(model, posinf=1, neginf=0))
    return Comparison(
        source_accuracy=float((before == labels).mean()),
        drop_points=100 * (counts["broken"] - counts["fixed"]) / len(labels),
        agreement=(len(labels) - len(flips)) / len(labels),
        flips=flips,
        **counts,
        mcnemar_p=compute_mcnemar_p(counts["broken"], counts["fixed"]),
        max_abs_difference=float(differences.max()),
        mean_abs_difference=float(differences.mean(dtype=np.float64)),
    )


def _list_flips(
    source: NDArray[np.float32],
    model: NDArray[np.float32],
    before: NDArray[np.int64],
    after: NDArray[np.int64],
    labels: NDArray[np.int64],
) -> list[Flip]:
    flips = []
    for index in np.flatnonzero((before != after) | (after == NO_ANSWER)).tolist():
        label, old, new = int(labels[index]), int(before[index]), int(after[index])
        kind: Literal["broken", "fixed", "changed"] = (
            "broken" if old == label else "fixed" if new == label else "changed"
        )
        old_confidence, new_confidence = (
            0.0 if answer == NO_ANSWER else float(rows[index, answer]) for rows, answer in ((source, old), (model, new))
        )
        flips.append(Flip(index, label, old, new, old_confidence, new_confidence, kind))
    return flips


def count_different(first: NDArray[np.generic], second: NDArray[np.generic]) -> OutputDifference:
    """Compare two files' raw outputs, of the same shape and whole-number dtype, value by value."""
    return OutputDifference(first.size, int((first != second).sum()))
