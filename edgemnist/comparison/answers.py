"""What is found when a model's probabilities are compared with the labels and with those of its source.

`edgemnist.comparison.tally` measures it and never judges; a `Gate` judges and never measures. Neither knows a
file format.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

# The class of a row that holds NaN or infinity: no label's, so that it counts as wrong.
NO_CLASS = -1
Kind = Literal["broken", "fixed", "changed"]


@dataclass(frozen=True, slots=True)
class Flip:
    """An image to which the model gives another class than its source.

    Args:
        index: of the image in the test split, from 0.
        label: the right class.
        source, model: the two classes; -1 where it wasn't finite.
        source_confidence, model_confidence: the probability that each gave to its own class, 0 … 1.
        kind: "broken" (only the source was right), "fixed" (only the model is) or "changed" (neither).
    """

    index: int
    label: int
    source: int
    model: int
    source_confidence: float
    model_confidence: float
    kind: Kind


@dataclass(frozen=True)
class Score:
    """How well a model classifies, by itself. Shares are 0 … 1.

    Args:
        images: how many it classified.
        hits: how many it got right.
        accuracy, accuracy_low, accuracy_high: the share, and its 95 % Wilson interval.
        class_accuracy: the share for each class; NaN for a class without images.
        unanswered: images whose probabilities hold NaN or infinity.
        malformed: images whose outputs are finite, but no probabilities: outside [0, 1], or far from 1 in sum.
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
    """How a model's classes and probabilities differ from those of its source. Shares are 0 … 1.

    Args:
        source_accuracy: the source's, on the same images.
        drop_points: source accuracy minus accuracy, in percentage points; negative for a gain.
        agreement: the share of images with the same class.
        flips: the first of the other images, at most `edgemnist.comparison.tally.MOST_FLIPS`.
        broken, fixed, changed: how many images moved in each way, of all.
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

    @property
    def moved(self) -> int:
        """How many images have another class than the source gives, listed in `flips` or not."""
        return self.broken + self.fixed + self.changed


@dataclass(frozen=True)
class OutputDifference:
    """Quantized outputs compared as whole numbers: how many were, and how many differ."""

    outputs_compared: int
    different_outputs: int


def find_classes(probabilities: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the class of each row of float32 (n, classes): int64 (n,), -1 where a row isn't finite.

    Example:
        >>> find_classes(np.array([[0.1, 0.9], [np.nan, 0.0]], np.float32))
        array([ 1, -1])
    """
    classes: NDArray[np.int64] = probabilities.argmax(axis=1)
    classes[~np.isfinite(probabilities).all(axis=1)] = NO_CLASS
    return classes
