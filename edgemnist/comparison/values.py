"""The values of one layer in two models: what they are as real numbers, and how far apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import log10
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.formats.traces import Grid, Place, TracedLayer
from edgemnist.formats.weights import LayerWeights

# How far, as a share, two scales may be apart to be the same.
SAME_SCALE = 1e-3
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Value:
    """What a layer takes or gives, for all images.

    Args:
        real: float64 (n, values) or (n, rows, columns, channels), in real units.
        grid: How it is stored; None for floats.
        type: That it was computed in, such as "float32".
    """

    real: Array
    grid: Grid | None
    type: str

    @classmethod
    def read(cls, stored: NDArray[Any], place: Place) -> Value:
        """Read what a runtime gave, (n, *shape), whatever lies in its place."""
        whole = stored.dtype.kind in "iu"
        real = place.grid.restore(stored) if place.grid and whole else stored.astype(np.float64)
        if place.channels_first and real.ndim == 4:
            real = real.transpose(0, 2, 3, 1)
        return cls(real if real.ndim in (2, 4) else real.reshape(len(real), -1), place.grid, stored.dtype.name)

    @property
    def flat(self) -> Array:
        """The values, (n, values), in their order."""
        return self.real.reshape(len(self.real), -1)

    def restore(self, scale: float) -> Value:
        """Return the real values that the stored numbers are in another scale."""
        assert self.grid is not None
        assert self.stored is not None
        grid = replace(self.grid, scale=scale)
        return Value(grid.restore(self.stored).reshape(self.real.shape), grid, self.type)

    @cached_property
    def stored(self) -> NDArray[np.int64] | None:
        """The stored whole numbers, (n, values); None for floats."""
        if self.grid is None or not self.grid.usable or not np.isfinite(self.real).all():
            return None
        return self.grid.store(self.flat)


@dataclass(frozen=True, eq=False)
class Side:
    """A layer in one of the two models.

    Args:
        layer: Where its values are.
        weights: Its weights, as real numbers.
        input, output: Its values; None where the file has none.
    """

    layer: TracedLayer
    weights: LayerWeights
    input: Value | None
    output: Value | None


@dataclass(frozen=True)
class Measures:
    """How far two values are apart, over all images.

    Args:
        sqnr_db: Signal to noise, in dB: 10 log10 of the mean square of the first over that of the difference; None
            where there is no difference, or a value isn't finite.
        cosine: Cosine of the angle between them, -1 … 1; None where one of them is all zeros or not finite.
        largest, mean: Difference, in real units; None where a value isn't finite.
        not_finite: How many values are not finite in one of the two, or in both.
    """

    sqnr_db: float | None
    cosine: float | None
    largest: float | None
    mean: float | None
    not_finite: int = 0

    @property
    def equal(self) -> bool:
        """True where there is no difference."""
        return self.largest == 0


def measure(first: Array, second: Array) -> Measures:
    """Measure how far the second of two arrays of one shape is from the first.

    Example:
        >>> found = measure(np.array([[3.0, 4.0]]), np.array([[3.0, 4.5]]))
        >>> round(found.sqnr_db, 6), found.largest, found.mean
        (20.0, 0.5, 0.25)
    """
    not_finite = int((~(np.isfinite(first) & np.isfinite(second))).sum())
    if not_finite:
        return Measures(None, None, None, None, not_finite)
    difference = np.abs(second - first)
    noise, signal, length = (float(np.mean(one * one)) for one in (difference, first, second))
    sqnr = 10 * log10(signal / noise) if noise and signal else None
    cosine = float(np.mean(first * second)) / (signal * length) ** 0.5 if signal and length else None
    return Measures(sqnr, cosine, float(difference.max()), float(difference.mean()))


def share_scale(first: Value, second: Value) -> tuple[Value, Value]:
    """Return both in one scale where both store whole numbers in the same, as far as it is known.

    A scale has lost its last bits in some files, and generated C holds ratios alone: equal numbers are equal values.
    """
    if first.grid is None or second.grid is None or first.stored is None or second.stored is None:
        return first, second
    if not np.isclose(first.grid.scale, second.grid.scale, rtol=SAME_SCALE, atol=0):
        return first, second
    return first.restore(first.grid.scale), second.restore(first.grid.scale)


def align(first: Value, second: Value) -> tuple[Array, Array] | None:
    """Return both as arrays of one shape; None where they have another number of values."""
    if first.real.shape == second.real.shape:
        return first.real, second.real
    return (first.flat, second.flat) if first.flat.shape == second.flat.shape else None
