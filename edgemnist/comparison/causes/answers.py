"""What comes after the last layer as a cause: a softmax, another activation function, the order of the classes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.causes.case import Cause
from edgemnist.comparison.values import Array, Value

# Probabilities of eight bits are off by half of 1/256 each, and more is no rounding.
SLACK = 0.02
# How many times what the last layer explains a difference has to be.
TIMES = 4


def find_after_layers(
    last: tuple[Value, Value] | None, first: NDArray[np.float32], second: NDArray[np.float32]
) -> Cause | None:
    """Tell whether probabilities differ by far more than what the last layer gives does.

    Args:
        last: What the last layer gives in both models.
        first, second: Their probabilities, float32 (n, classes).
    """
    if last is None or any(one.flat.shape != first.shape or not np.isfinite(one.flat).all() for one in last):
        return None
    explained = float(np.abs(_softmax(last[1].flat) - _softmax(last[0].flat)).max())
    found = float(np.nan_to_num(np.abs(second - first), nan=1.0).max())
    if found <= TIMES * explained + SLACK:
        return None
    return Cause(
        "after the layers",
        f"what the last layer gives moves a probability by {explained:.2g}, but the answers differ by {found:.2g}: "
        "what comes after it (a softmax, another activation function, the order of the classes) gives other values",
        "look at the operators after the last layer in both files, and at what their contracts say of the output",
    )


def _softmax(values: Array) -> Array:
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    shares: Array = powers / powers.sum(axis=1, keepdims=True)
    return shares
