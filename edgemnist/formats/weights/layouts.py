"""Stored numbers as real ones, and kernels in the one layout."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.formats.weights import Kind, LayerWeights

# ONNX Runtime's converter makes float16 values of less than 1e-7 into 1e-7.
FLOAT16_LEAST_STEP = 2.4e-7
MOST_VALUES_PER_BYTE = 4
# How kernels lie in TFLite and ONNX, and how their axes go into the one layout.
DENSE_TO_LAST = (1, 0)
OUTPUT_FIRST = (1, 2, 3, 0)
CHANNELS_FIRST = (2, 3, 1, 0)


class Budget:
    """How many values may be read of a file: hostile ones let thousands of layers share one large constant.

    Args:
        size_bytes: of the file; an honest one has at most two values a byte.
    """

    def __init__(self, size_bytes: int) -> None:
        self._left = MOST_VALUES_PER_BYTE * size_bytes

    def take(self, shape: tuple[int, ...]) -> None:
        """Count the values of a constant that is about to be read.

        Raises:
            ValueError: the file would give more values than it can hold.
        """
        self._left -= math.prod(shape)
        if self._left < 0:
            raise ValueError("its layers have more values than the file can hold")


@dataclass(frozen=True, eq=False)
class Stored:
    """A constant with what its numbers stand for.

    Args:
        values: float32, real.
        steps: float32, of the same shape.
        type: that they are stored in.
        levels: the largest stored whole number; 0 for floats.
    """

    values: NDArray[np.float32]
    steps: NDArray[np.float32]
    type: str
    levels: int = 0

    def reshape(self, shape: tuple[int, ...]) -> Stored:
        """Return it in another shape."""
        return replace(self, values=self.values.reshape(shape), steps=self.steps.reshape(shape))

    def transpose(self, axes: tuple[int, ...]) -> Stored:
        """Return it with its axes in another order."""
        return replace(self, values=self.values.transpose(axes), steps=self.steps.transpose(axes))

    def multiply(self, factors: Stored) -> Stored:
        """Return it times a factor for each output, or one for all, whose steps add to its own."""
        with np.errstate(invalid="ignore", over="ignore"):  # weights that aren't finite are for the comparison to find
            values = self.values * factors.values
            steps = self.steps * np.abs(factors.values) + np.abs(self.values) * factors.steps
        return Stored(values, steps.astype(np.float32), self.type, 0 if factors.steps.any() else self.levels)

    def add(self, offsets: Stored) -> Stored:
        """Return it plus an offset for each output; where it was but zeros, with the offset's type."""
        if not self.values.any() and not self.steps.any():
            return replace(
                offsets,
                values=np.broadcast_to(offsets.values, self.values.shape),
                steps=np.broadcast_to(offsets.steps, self.values.shape),
            )
        return Stored(self.values + offsets.values, self.steps + offsets.steps, self.type)


def store_floats(values: NDArray[Any]) -> Stored:
    """Take float32 or float16 values as they are; float16 has a step for each of them."""
    real = values.astype(np.float32)
    if values.dtype != np.float16:
        return Stored(real, np.zeros_like(real), values.dtype.name)
    with np.errstate(invalid="ignore", over="ignore"):
        steps = np.spacing(np.abs(values)).astype(np.float32)
    return Stored(real, np.maximum(steps, np.float32(FLOAT16_LEAST_STEP)), "float16")


def store_integers(
    values: NDArray[Any], scales: NDArray[Any], zeros: NDArray[Any] | None = None, axis: int = 0
) -> Stored:
    """Take whole numbers with a scale for all, or one for each place along `axis`.

    Raises:
        ValueError: there are neither one scale nor as many as places.
    """
    steps = _spread(values, scales, axis)
    offsets = _spread(values, zeros, axis) if zeros is not None and zeros.size else np.float64(0)
    real = ((values - offsets) * steps).astype(np.float32)
    return Stored(
        real,
        np.broadcast_to(np.abs(steps).astype(np.float32), values.shape),
        values.dtype.name,
        int(np.iinfo(values.dtype).max),
    )


def count_levels(values: NDArray[Any]) -> int:
    """Return the number of levels from the smallest to the largest of whole numbers, or of odd or even ones alone.

    Example:
        >>> count_levels(np.array([-3, 1])), count_levels(np.array([-1, 0, 1]))
        (3, 3)
    """
    least, most = int(values.min()), int(values.max())
    gap = 1 if ((values - least) % 2).any() else 2
    return (most - least) // gap + 1


def _spread(values: NDArray[Any], numbers: NDArray[Any], axis: int) -> NDArray[np.float64]:
    """Lay one number, or one for each place along `axis`, so that they go with `values`."""
    count = numbers.size
    if count == 1:
        return numbers.astype(np.float64).reshape((1,) * values.ndim)
    if not -values.ndim <= axis < values.ndim or values.shape[axis] != count:
        raise ValueError(f"{count} scales along axis {axis} of {values.shape}")
    shape = [1] * values.ndim
    shape[axis] = count
    return numbers.astype(np.float64).reshape(shape)


def make_layer(
    name: str, kind: Kind, kernel: Stored, bias: Stored | None, activation_type: str, levels: int | None = None
) -> LayerWeights:
    """Put a layer together; without a bias it has one of zeros.

    Raises:
        ValueError: the bias is not one value an output.
    """
    outputs = kernel.values.shape[-1]
    bias = bias or store_floats(np.zeros(outputs, np.float32))
    if bias.values.shape != (outputs,):
        raise ValueError(f"layer {name}: a bias of {bias.values.shape}, expected ({outputs},)")
    return LayerWeights(
        name,
        kind,
        kernel.values,
        bias.values,
        kernel.steps,
        bias.steps,
        kernel.type,
        activation_type,
        kernel.levels if levels is None else levels,
    )
