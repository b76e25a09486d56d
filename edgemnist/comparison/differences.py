"""Outputs of two machines compared number by number: how many differ, by how much, and for which images and classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import Output

# What a difference is counted in: quantization steps, the outputs' own unit, or probability.
Unit = Literal["step", "output", "probability"]
# Differences of floats are counted by powers of ten from here on; what is smaller is one class more.
SMALLEST_POWER = -8


@dataclass(frozen=True)
class Spread:
    """How many outputs differ by so much.

    Args:
        low, high: The difference: above `low` (from it on, where both are equal) up to `high`.
        outputs: How many.
    """

    low: float
    high: float
    outputs: int


@dataclass(frozen=True)
class Differences:
    """How far two machines' outputs to the same images are from each other.

    Args:
        unit: What a difference is counted in.
        outputs: How many outputs were compared.
        images: How many images have an output that differs.
        largest, mean: Difference of an output; the mean is over all, those included that don't differ.
        spread: How many outputs differ by how much, the smallest differences first.
        by_score: How many outputs of each class differ.
        by_truth: How many images of each class have an output that differs.
    """

    unit: Unit
    outputs: int
    images: int
    largest: float
    mean: float
    spread: tuple[Spread, ...]
    by_score: tuple[int, ...]
    by_truth: tuple[int, ...]

    @property
    def different(self) -> int:
        """How many outputs differ."""
        return sum(part.outputs for part in self.spread)


def choose_unit(first: Output, second: Output) -> Unit:
    """Return what two models' outputs can be compared in.

    Example:
        >>> choose_unit(Output("a", "int8", "logits", 0.5, 3), Output("b", "int8", "logits", 0.5, 3))
        'step'
        >>> choose_unit(Output("a", "int8", "logits", 0.5, 3), Output("b"))
        'probability'
    """
    if first.kind != second.kind or "unknown" in (first.kind, second.kind):
        return "probability"
    numbers = (first.dtype, first.scale, first.zero_point) == (second.dtype, second.scale, second.zero_point)
    if numbers and np.dtype(first.dtype).kind in "iu":
        return "step"
    return "output" if np.dtype(first.dtype).kind == np.dtype(second.dtype).kind == "f" else "probability"


def measure_differences(
    first: NDArray[Any], second: NDArray[Any], unit: Unit, truth: NDArray[np.int64], classes: int
) -> Differences:
    """Compare outputs, or probabilities.

    Args:
        first, second: Of the same images, (n, scores), whole numbers for steps.
        unit: What they are counted in.
        truth: Right class of each image, int64 (n,).
        classes: Number of classes.

    Example:
        >>> found = measure_differences(np.array([[3, 4]]), np.array([[3, 6]]), "step", np.array([1]), 2)
        >>> found.spread, found.by_score, found.by_truth
        ((Spread(low=2, high=2, outputs=1),), (0, 1), (0, 1))
    """
    distances = _measure(first, second, exact=unit == "step")
    differs = distances > 0
    images = differs.any(axis=1)
    finite = np.where(np.isfinite(distances), distances, 0)
    return Differences(
        unit=unit,
        outputs=distances.size,
        images=int(images.sum()),
        largest=float(distances.max()),
        mean=float(finite.mean(dtype=np.float64)),
        spread=tuple(_count_steps(distances) if unit == "step" else _count_powers(distances)),
        by_score=tuple(differs.sum(axis=0).tolist()),
        by_truth=tuple(np.bincount(truth[images], minlength=classes).tolist()),
    )


def _measure(first: NDArray[Any], second: NDArray[Any], *, exact: bool) -> NDArray[Any]:
    """Return distances; infinity where one alone is NaN, and 0 where both are the same, be it infinite."""
    if exact:
        return np.abs(first.astype(np.int64) - second.astype(np.int64))
    left, right = first.astype(np.float64), second.astype(np.float64)
    same = (left == right) | (np.isnan(left) & np.isnan(right))
    with np.errstate(invalid="ignore"):
        distances = np.where(same, 0.0, np.abs(left - right))
    return np.where(np.isnan(distances), np.inf, distances)


def _count_steps(distances: NDArray[np.int64]) -> list[Spread]:
    steps, counts = np.unique(distances[distances > 0], return_counts=True)
    return [Spread(step, step, count) for step, count in zip(steps.tolist(), counts.tolist(), strict=True)]


def _count_powers(distances: NDArray[np.float64]) -> list[Spread]:
    """Count by powers of ten: 0.0001 lies in 0.00001 … 0.0001."""
    with np.errstate(divide="ignore"):
        powers = np.ceil(np.log10(distances[distances > 0]) - 1e-9)
    powers = np.maximum(powers, SMALLEST_POWER)
    found, counts = np.unique(powers, return_counts=True)
    parts = []
    for power, count in zip(found.tolist(), counts.tolist(), strict=True):
        low = 0.0 if power <= SMALLEST_POWER else 10.0 ** (power - 1)
        parts.append(Spread(low, 10.0**power, count))
    return parts
