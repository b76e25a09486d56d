"""Probabilities scored and compared: all at once, or batch by batch with none of them held."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.answers import NO_CLASS, Comparison, Flip, Kind, OutputDifference, Score, find_classes
from edgemnist.comparison.statistics import compute_mcnemar_p, compute_wilson_interval
from edgemnist.errors import ModelError

# Flips are described one by one up to here, and counted beyond: a wrong model moves every image of a million.
MOST_FLIPS = 10_000


class Tally:
    """Probabilities scored and compared batch by batch, in the order of the test images; no batch is kept.

    Args:
        classes: how many probabilities a row holds.
        exclusive: whether those of a row sum to 1; scores of a sigmoid for each class don't.

    Example:
        >>> tally = Tally(classes=2)
        >>> for label in (0, 1):
        ...     tally.add(np.array([label]), np.array([[0.9, 0.1]], np.float32))
        >>> tally.finish()[0].hits
        1
    """

    def __init__(self, classes: int, *, exclusive: bool = True) -> None:
        self._classes = classes
        self._score = _ScoreTally(classes, exclusive=exclusive)
        self._comparison = _ComparisonTally()
        self._outputs_compared = self._different_outputs = 0

    def add(
        self,
        labels: NDArray[np.int64],
        probabilities: NDArray[np.float32],
        source: NDArray[np.float32] | None = None,
        outputs: NDArray[np.generic] | None = None,
        source_outputs: NDArray[np.generic] | None = None,
    ) -> None:
        """Take the next batch.

        Args:
            labels: int64 (k,), 0 … classes - 1.
            probabilities: the model's, float32 (k, classes).
            source: those of its source for the same images, float32 (k, classes); None in every batch, or in none.
            outputs, source_outputs: the raw outputs, whole numbers of the same shape and meaning; None where
                they can't be compared.

        Raises:
            ModelError: a batch has another shape than its labels say.
        """
        for rows in (probabilities, source):
            _check_shape(rows, (len(labels), self._classes))
        self._score.add(labels, probabilities)
        if source is not None:
            self._comparison.add(labels, probabilities, source)
        if outputs is not None and source_outputs is not None:
            _check_shape(source_outputs, outputs.shape)
            self._outputs_compared += outputs.size
            self._different_outputs += int((outputs != source_outputs).sum())

    def finish(self) -> tuple[Score, Comparison | None, OutputDifference | None]:
        """Return what all batches together give; None for what was never compared."""
        compared = self._comparison.images
        if compared not in (0, self._score.images):
            raise ValueError(f"{compared} of {self._score.images} images were compared, expected all or none")
        outputs = OutputDifference(self._outputs_compared, self._different_outputs) if self._outputs_compared else None
        return self._score.finish(), self._comparison.finish() if compared else None, outputs


def _check_shape(rows: NDArray[np.generic] | None, expected: tuple[int, ...]) -> None:
    if rows is not None and rows.shape != expected:
        raise ModelError(f"answers of shape {rows.shape}, expected {expected}: they are not to these images")


class _ScoreTally:
    def __init__(self, classes: int, *, exclusive: bool) -> None:
        self._exclusive = exclusive
        self._totals, self._hits = np.zeros(classes, np.int64), np.zeros(classes, np.int64)
        self.images = self._unanswered = self._malformed = 0

    def add(self, labels: NDArray[np.int64], probabilities: NDArray[np.float32]) -> None:
        found = find_classes(probabilities)
        self.images += len(labels)
        self._totals += np.bincount(labels, minlength=len(self._totals))
        self._hits += np.bincount(labels[found == labels], minlength=len(self._totals))
        self._unanswered += int((found == NO_CLASS).sum())
        self._malformed += _count_malformed(probabilities[found != NO_CLASS], exclusive=self._exclusive)

    def finish(self) -> Score:
        hits = int(self._hits.sum())
        low, high = compute_wilson_interval(hits, self.images)
        with np.errstate(invalid="ignore"):
            class_accuracy = self._hits / self._totals
        return Score(
            images=self.images,
            hits=hits,
            accuracy=hits / self.images,
            accuracy_low=low,
            accuracy_high=high,
            class_accuracy=tuple(class_accuracy.tolist()),
            unanswered=self._unanswered,
            malformed=self._malformed,
        )


def _count_malformed(probabilities: NDArray[np.float32], *, exclusive: bool) -> int:
    """Eight bits round each probability to 1/256: the sum of a row may miss 1 by half of that a class."""
    slack = 0.01 + probabilities.shape[1] / 512
    outside = ((probabilities < -1e-6) | (probabilities > 1 + 1e-6)).any(axis=1)
    return int((outside | (exclusive & (np.abs(probabilities.sum(axis=1) - 1) > slack))).sum())


class _ComparisonTally:
    def __init__(self) -> None:
        self._flips: list[Flip] = []
        self._flip_counts: dict[Kind, int] = {"broken": 0, "fixed": 0, "changed": 0}
        self.images = self._source_hits = self._values = 0
        self._largest = self._sum = 0.0

    def add(self, labels: NDArray[np.int64], model: NDArray[np.float32], source: NDArray[np.float32]) -> None:
        before, after = find_classes(source), find_classes(model)
        moved = (before != after) | (after == NO_CLASS)
        broken = moved & (before == labels)
        fixed = moved & (after == labels)
        kinds: dict[Kind, NDArray[np.bool_]] = {"broken": broken, "fixed": fixed, "changed": moved & ~broken & ~fixed}
        for index in np.flatnonzero(moved)[: MOST_FLIPS - len(self._flips)].tolist():
            kind = next(kind for kind, images in kinds.items() if images[index])
            label, old, new = int(labels[index]), int(before[index]), int(after[index])
            sure, sure_now = _find_confidence(source[index], old), _find_confidence(model[index], new)
            self._flips.append(Flip(self.images + index, label, old, new, sure, sure_now, kind))
        for kind, images in kinds.items():
            self._flip_counts[kind] += int(images.sum())
        self._source_hits += int((before == labels).sum())
        self._add_differences(model, source)
        self.images += len(labels)

    def _add_differences(self, model: NDArray[np.float32], source: NDArray[np.float32]) -> None:
        differences = np.abs(np.nan_to_num(source, posinf=1, neginf=0) - np.nan_to_num(model, posinf=1, neginf=0))
        self._largest = max(self._largest, float(differences.max(initial=0)))
        self._sum += float(differences.sum(dtype=np.float64))
        self._values += differences.size

    def finish(self) -> Comparison:
        broken, fixed, moved = self._flip_counts["broken"], self._flip_counts["fixed"], sum(self._flip_counts.values())
        return Comparison(
            source_accuracy=self._source_hits / self.images,
            drop_points=100 * (broken - fixed) / self.images,
            agreement=(self.images - moved) / self.images,
            flips=tuple(self._flips),
            **self._flip_counts,
            mcnemar_p=compute_mcnemar_p(broken, fixed),
            max_abs_difference=self._largest,
            mean_abs_difference=self._sum / self._values,
        )


def _find_confidence(row: NDArray[np.float32], found: int) -> float:
    return 0.0 if found == NO_CLASS else float(row[found])


def score(probabilities: NDArray[np.float32], labels: NDArray[np.int64], *, exclusive: bool = True) -> Score:
    """Score probabilities, float32 (n, classes), by labels, int64 (n,).

    Args:
        probabilities, labels: Of the same images.
        exclusive: False where each class has a probability of its own, such as a sigmoid's: their sum isn't 1.
    """
    tally = Tally(probabilities.shape[1], exclusive=exclusive)
    tally.add(labels, probabilities)
    return tally.finish()[0]


def compare(source: NDArray[np.float32], model: NDArray[np.float32], labels: NDArray[np.int64]) -> Comparison:
    """Compare the probabilities of a model with those of its source.

    Args:
        source, model: probabilities, float32 (n, classes), for the same images in the same order.
        labels: int64 (n,).
    """
    tally = Tally(model.shape[1])
    tally.add(labels, model, source)
    comparison = tally.finish()[1]
    assert comparison is not None
    return comparison
