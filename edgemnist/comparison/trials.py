"""Candidates for what a file takes, tried, scored and ranked.

The best is the one under which the right classes are likeliest. How sure a model is of itself must not decide that: a
network of ReLUs answers nearly alike, but too surely, to inputs that are too large. So likelihoods are compared at the
temperature that suits each candidate best, and only those that are alike then are told apart by how sure the model is.

Source: temperature scaling, Guo et al., "On Calibration of Modern Neural Networks", 2017.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.candidates import is_usual
from edgemnist.contract import Input, Output
from edgemnist.contract.scores import LOGITS, compute_probabilities, find_kind

if TYPE_CHECKING:
    from edgemnist.datasets.readers import Images, Labels
    from edgemnist.datasets.splits import TrainingSplit

Infer = Callable[[NDArray[Any]], NDArray[Any]]

TEMPERATURES = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
# Candidates whose mean likelihoods are nearer than this many standard errors, or than this, are alike.
ERRORS, ALIKE = 2.5, 0.002
# Two candidates under which no probability differs by more are one.
SAME = 0.01


@dataclass(frozen=True, eq=False)
class Trial:
    """A candidate and what came of it: real outputs, (n, scores), probabilities, (n, classes), and log-likelihoods."""

    input: Input
    real: NDArray[np.float64]
    probabilities: NDArray[np.float64]
    tempered: NDArray[np.float64]
    plain: NDArray[np.float64]
    accuracy: float


def try_candidate(infer: Infer, input: Input, output: Output, split: TrainingSplit) -> Trial:
    """Give a file training images in one way, and score its answers."""
    real = _read_real(infer, input, output, split.images)
    if not np.isfinite(real).all():
        real = np.zeros_like(real)  # no candidate that gives NaN can be meant; one that doesn't wins
    probabilities = _normalize(real)
    rounded = output.scale is not None and find_kind(real) not in LOGITS  # to a step, which may be 0
    least = output.scale / 2 if output.scale is not None and rounded else 1e-12
    logarithms = np.log(np.maximum(probabilities, least))
    tempered = max(
        (_score(logarithms * one, split.labels) for one in TEMPERATURES), key=lambda found: float(found.mean())
    )
    accuracy = float((probabilities.argmax(axis=1) == split.labels).mean())
    return Trial(input, real, probabilities, tempered, _score(logarithms, split.labels), accuracy)


def _read_real(infer: Infer, input: Input, output: Output, images: Images) -> NDArray[np.float64]:
    """Run images; outputs as real numbers, whatever they mean."""
    return replace(output, kind="probabilities").decode(infer(input.encode(images))).astype(np.float64)


def _normalize(real: NDArray[np.float64]) -> NDArray[np.float64]:
    """Make probabilities of scores of any kind, for comparison among candidates."""
    probabilities = np.maximum(compute_probabilities(real, find_kind(real)), 1e-12)
    normalized: NDArray[np.float64] = probabilities / probabilities.sum(axis=1, keepdims=True)
    return normalized


def _score(logits: NDArray[np.float64], labels: Labels) -> NDArray[np.float64]:
    """The logarithm of the probability of each right class, (n,)."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    scores: NDArray[np.float64] = shifted[np.arange(len(labels)), labels] - np.log(np.exp(shifted).sum(axis=1))
    return scores


def rank(trials: Sequence[Trial]) -> list[Trial]:
    """Sort by the tempered likelihood, the best first, and by the plain one where that is alike; doubles left out."""
    left, ranked = list(trials), list[Trial]()
    while left:
        top = max(left, key=lambda trial: float(trial.tempered.mean()))
        alike = [trial for trial in left if trial is top or not _is_better(top.tempered, trial.tempered)]
        ranked.append(max(alike, key=lambda trial: (is_usual(trial.input), float(trial.plain.mean()))))
        left = [trial for trial in left if not _mean_the_same(ranked[-1], trial)]
    return ranked


def _is_better(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    """True if the mean over the same images is higher by more than chance would have it."""
    difference = first - second
    if len(difference) < 2:
        return False
    error = float(difference.std(ddof=1)) / math.sqrt(len(difference))
    return float(difference.mean()) > max(ALIKE, ERRORS * error)


def is_surer(first: Trial, second: Trial) -> bool:
    """Return whether the first is the better one beyond chance, at the best temperature or without."""
    return _is_better(first.tempered, second.tempered) or _is_better(first.plain, second.plain)


def _mean_the_same(first: Trial, second: Trial) -> bool:
    """True if it makes no difference which of them is taken."""
    return float(np.abs(first.probabilities - second.probabilities).max()) < SAME
