"""How far apart two values of a layer may be by their precision alone: what rounding makes of weights and activations.

Rounding to a step moves a value by half a step at most, by step² / 12 in the mean square, and independently from
value to value. So the noise of a sum is the sum of the noises of its terms, each times the square of its factor.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.values import Array, Side, Value, align

# Mean square of what rounding to a step of 1 does.
ROUNDING = 1 / 12
# The step of a float, as a share of its value.
EPSILONS = {"float16": 2.0**-10, "float32": 2.0**-23, "float64": 2.0**-23}
# How many times the expected noise is taken for honest. Over training images, the layers of the released files reached
# 1.9 times at most: noises of neighbouring values are not quite independent.
MOST_NOISE = 4.0


def expect_output_noise(first: Side, second: Side) -> float | None:
    """Return the mean square of the difference that the precision of both explains in a layer's output, real units.

    What the inputs differ by is measured, and goes through the layer's weights; None where an input or output isn't
    known.
    """
    if first.input is None or second.input is None or first.output is None or second.output is None:
        return None
    taken, given = align(first.input, second.input), align(first.output, second.output)
    if taken is None or given is None:
        return None
    kind, kernel = first.weights.kind, first.weights.kernel.astype(np.float64)
    fed = _mean_square(taken[1] - taken[0], kernel, kind)
    noise = _spread(kernel**2, fed, kind)
    for side, values in zip((first, second), taken, strict=True):
        squares = _mean_square(values, kernel, kind)
        steps = side.weights.step.astype(np.float64)
        noise = noise + ROUNDING * (_spread(steps**2, squares, kind) + side.weights.bias_step.astype(np.float64) ** 2)
        if side.weights.activation_type == "dynamic":  # each image has a step of its own
            step = np.abs(values.reshape(len(values), -1)).max(axis=1) / 127
            noise = noise + _spread(kernel**2, np.full_like(squares, ROUNDING * float(np.mean(step**2))), kind)
        terms = kernel.size / kernel.shape[-1]
        noise = noise + ROUNDING * terms * EPSILONS["float32"] ** 2 * _spread(kernel**2, squares, kind)
    active = _find_active(*given, len(noise))
    rounding = expect_rounding(first.output) + expect_rounding(second.output)
    common = 0.0 if first.input.grid or second.input.grid else _share_noise(*taken) * float(np.mean(given[0] ** 2))
    return float(np.mean(noise * active)) + rounding * float(active.mean()) + common


def _share_noise(first: Array, second: Array) -> float:
    """The noise of floats as a share of their mean square: all may be off by one factor, as sums of one length are.

    Then it doesn't average out in the next layer, but stays the same share.
    """
    return float(np.mean((second - first) ** 2)) / (float(np.mean(first**2)) or 1.0)


def expect_rounding(value: Value) -> float:
    """Return the mean square of what storing a value does to it."""
    if value.grid is not None:
        if not value.grid.usable:
            return 0.0
        return ROUNDING * value.grid.scale**2
    epsilon = EPSILONS.get(value.type, 0.0)
    return ROUNDING * epsilon**2 * float(np.mean(np.nan_to_num(value.real) ** 2))


def _mean_square(values: Array, kernel: Array, kind: str) -> Array:
    """The mean square over images and positions, of each input of a kernel."""
    channels = int({"dense": kernel.shape[0], "conv": kernel.shape[-2], "depthwise": values.shape[-1]}[kind])
    squares: Array = np.mean(values.reshape(-1, channels) ** 2, axis=0)
    return np.repeat(squares, kernel.shape[-1] // channels) if kind == "depthwise" else squares


def _spread(factors: Array, noise: Array, kind: str) -> Array:
    """The noise of each output: the sum over its inputs of the square of the weight times the input's noise."""
    if kind == "dense":
        found: Array = noise @ factors
    elif kind == "conv":
        found = np.einsum("rcio,i->o", factors, noise)
    else:
        found = factors.sum(axis=(0, 1)) * noise
    return found


def _find_active(first: Array, second: Array, outputs: int) -> Array:
    """The share of values of each output that aren't 0 in both, as ReLU makes them, where no noise is left."""
    active: NDArray[Any] = (first != 0) | (second != 0)
    shares: Array = active.reshape(-1, outputs).mean(axis=0)
    return shares
