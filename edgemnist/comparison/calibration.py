"""How far a classifier's probabilities can be taken at their word: three measures, none of which is enough alone.

Rounding to 8 bits moves few classes and many probabilities: a threshold on them may sort other images out than it did.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

BINS = 15
# Half a step of a probability in 8 bits, for every precision alike: what is stored as 0 stands for less than this, and
# its logarithm would be infinite. Figures of a float file and of its 8-bit form can be compared so.
LEAST = 1 / 512


@dataclass(frozen=True)
class Bin:
    """The images whose confidence lies in a range.

    Args:
        low, high: of the confidence: above `low`, `high` at most; the first bin also holds 0.
        images: how many.
        confidence, accuracy: their mean confidence and the share that is right; None without images.
    """

    low: float
    high: float
    images: int
    confidence: float | None
    accuracy: float | None


@dataclass(frozen=True)
class Calibration:
    """How well probabilities fit what is right. An answer that isn't finite counts as 0 for every class.

    Args:
        images: how many there were.
        nll: negative log-likelihood, the mean over images, in nats: of the label's class; where each class has a
            probability of its own, the sum over classes of that of yes or no.
        clipped: the share of images for which a probability that `nll` takes was raised to `least`.
        least: the smallest probability that `nll` takes, 1/512.
        brier: squared distance to the label's row of one 1 and zeros, summed over classes, the mean over images: 0 … 2,
            or 0 … classes where each class has a probability of its own.
        ece: expected calibration error: the mean distance of confidence and accuracy over the bins, 0 … 1. The
            confidence is the probability of the class that is answered.
        exclusive: False where each class has a probability of its own.
        bins: fifteen of equal width.
    """

    images: int
    nll: float
    clipped: float
    least: float
    brier: float
    ece: float
    exclusive: bool
    bins: tuple[Bin, ...]

    def to_record(self) -> dict[str, Any]:
        """Return it as JSON's types."""
        return {**asdict(self), "bins": [asdict(one) for one in self.bins]}


class CalibrationTally:
    """Probabilities taken batch by batch; no batch is kept.

    Source: Brier, "Verification of forecasts expressed in terms of probability", 1950; Guo and others, "On Calibration
    of Modern Neural Networks", 2017, for the expected calibration error over bins of equal width.

    Args:
        exclusive: whether the probabilities of a row sum to 1; scores of a sigmoid for each class don't.

    Example:
        >>> tally = CalibrationTally()
        >>> tally.add(np.array([0, 1]), np.array([[0.75, 0.25], [0.75, 0.25]], np.float32))
        >>> found = tally.finish()
        >>> found.brier, found.ece, round(found.nll, 4)
        (0.625, 0.25, 0.837)
    """

    def __init__(self, *, exclusive: bool = True) -> None:
        self._exclusive = exclusive
        self._nll = self._brier = 0.0
        self._images = self._clipped = 0
        self._counts, self._hits = np.zeros(BINS, np.int64), np.zeros(BINS, np.int64)
        self._confidence = np.zeros(BINS)

    def add(self, labels: NDArray[np.int64], probabilities: NDArray[np.float32]) -> None:
        """Take the next batch.

        Args:
            labels: int64 (k,), 0 … classes - 1.
            probabilities: float32 (k, classes).
        """
        finite = cast("NDArray[np.bool_]", np.isfinite(probabilities).all(axis=1))
        rows = np.where(finite[:, None], probabilities, 0).astype(np.float64).clip(0, 1)
        truth = np.zeros(rows.shape)
        truth[np.arange(len(labels)), labels] = 1
        self._images += len(labels)
        self._brier += float(((rows - truth) ** 2).sum())
        # Of the label, the probability; where each class has its own, also that of "no" for the others.
        likely = rows[np.arange(len(labels)), labels][:, None]
        if not self._exclusive:
            likely = np.where(truth > 0, rows, 1 - rows)
        self._clipped += int((likely < LEAST).any(axis=1).sum())
        self._nll -= float(np.log(likely.clip(LEAST)).sum())
        self._add_bins(rows.max(axis=1), (rows.argmax(axis=1) == labels) & finite)

    def _add_bins(self, confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> None:
        places = (np.ceil(confidence * BINS).astype(np.int64) - 1).clip(0)
        self._counts += np.bincount(places, minlength=BINS)
        self._hits += np.bincount(places[right], minlength=BINS)
        self._confidence += np.bincount(places, confidence, minlength=BINS)

    def finish(self) -> Calibration:
        """Return what all batches together give."""
        sums = zip(self._counts.tolist(), self._confidence.tolist(), self._hits.tolist(), strict=True)
        bins = [_make_bin(place, *found) for place, found in enumerate(sums)]
        gaps = math.fsum(np.abs(self._confidence - self._hits).tolist())
        return Calibration(
            images=self._images,
            nll=self._nll / self._images,
            clipped=self._clipped / self._images,
            least=LEAST,
            brier=self._brier / self._images,
            ece=gaps / self._images,
            exclusive=self._exclusive,
            bins=tuple(bins),
        )


def _make_bin(place: int, images: int, confidence: float, hits: int) -> Bin:
    low, high = place / BINS, (place + 1) / BINS
    if not images:
        return Bin(low, high, 0, None, None)
    return Bin(low, high, images, confidence / images, hits / images)
