"""What TFLite's kernels multiply sums by: whole numbers of 31 bits, of which C stores 16 where they say it all."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Multipliers have 31 bits, the first of which is always 1. How many of the last ones short multipliers leave out.
FIRST_BIT, LEFT_OUT = 1 << 30, 14
# How many float32 numbers on each side of a step an export searches for one that makes a short multiplier: about each
# 16,384th does. And how far, as a part, the last of these is from the step at most.
SEARCHED = 1 << 18
MOVED_STEP = SEARCHED * 2**-23


def round_multipliers(real: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return multipliers of 31 bits, the first of which is 1, and exponents: real = multiplier / 2^31 * 2^exponent.

    Args:
        real: float64 (n,), above 0.

    Source:
        `QuantizeMultiplier` in TFLite's quantization_util: frexp, half away from zero.
    """
    fractions, exponents = np.frexp(np.asarray(real, np.float64))
    multipliers = np.floor(fractions * 2**31 + 0.5).astype(np.int64)
    over = multipliers == 2**31
    return np.where(over, FIRST_BIT, multipliers), np.where(over, exponents + 1, exponents)


def is_short(multipliers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return for which multipliers of 31 bits the first is 1, and 16 others are all that isn't 0."""
    return np.asarray((multipliers >= FIRST_BIT) & (multipliers % (1 << LEFT_OUT) == 0))
