"""Real scales as whole numbers: what TFLite's kernels multiply, shift and clamp by."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from edgemnist.errors import ExportError
from edgemnist.exporters.c.graph import Limits, Scale
from edgemnist.formats.multipliers import round_multipliers

# What a shift of the 64-bit product may be: TFLite takes exponents from -31 to 30.
SHIFTS = (1, 62)
# int8 values are kept as bytes: value + 128.
BYTE = 128


def convert_multipliers(name: str, real: ArrayLike, count: int = 1) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Return the multiplier, 31 bits, and the right shift of real numbers: real = multiplier / 2^shift.

    Args:
        name: Name of the layer, for messages.
        real: float64 (n,), above 0.
        count: Number of values that a mean divides by.

    Raises:
        ExportError: One is out of what TFLite's kernels can hold.
    """
    if not np.isfinite(real).all():
        raise ExportError(f"layer {name}: its scales ask for factors that are no numbers", "train the model again")
    multipliers, exponents = _divide(*round_multipliers(real), count)
    shifts = 31 - exponents
    if (shifts < SHIFTS[0]).any() or (shifts > SHIFTS[1]).any():
        raise ExportError(
            f"layer {name}: its scales ask for a shift by {shifts.min()} to {shifts.max()} bits, "
            f"expected {SHIFTS[0]} to {SHIFTS[1]}",
            "its weights or activations are far too large or small: train the model again",
        )
    return multipliers.astype(np.int32), shifts.astype(np.uint8)


def _divide(
    multipliers: NDArray[np.int64], exponents: NDArray[np.int32], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Take the division by the number of values into the multiplier, with as many bits as TFLite keeps.

    Source:
        `QuantizedMeanOrSum` in TFLite's reduce.
    """
    bits = np.clip(31 + exponents, 0, count.bit_length() - 1)
    return (multipliers << bits) // count, exponents - bits


def find_limits(limits: Limits, scale: Scale) -> tuple[int, int]:
    """Return the smallest and the largest int8 value that an activation function lets through.

    Args:
        limits: Real values.
        scale: Scale of the values.

    Source:
        `CalculateActivationRangeQuantized` in TFLite's kernel_util.
    """
    low, high = limits
    return (
        -128 if low is None else max(-128, _quantize(low, scale)),
        127 if high is None else min(127, _quantize(high, scale)),
    )


def _quantize(real: float, scale: Scale) -> int:
    ratio = np.float32(real) / np.float32(scale.scale)
    return scale.zero_point + int(np.copysign(np.floor(np.abs(ratio) + np.float32(0.5)), ratio))


def rescale(values: NDArray[np.int64], multiplier: ArrayLike, shift: ArrayLike, *, twice: bool) -> NDArray[np.int64]:
    """Return values * multiplier / 2^shift, rounded as the kernels do it, half away from zero: once, or twice.

    Args:
        values: int64 (..., n).
        multiplier, shift: One of each, or n.
        twice: True for the latter.

    Source:
        `MultiplyByQuantizedMultiplier` in TFLite's common; once is `FullyConnectedPerChannel` of its reference
        kernels, which multiplies by the real scale in float64. Its answer is the same but where a product is within
        2^-31 of itself of a half, which `find_short_step` takes care of where such products are many.
    """
    multiplier, shift = np.asarray(multiplier, np.int64), np.asarray(shift, np.int64)
    if not twice:
        return np.asarray((values * multiplier - (values < 0) + (1 << (shift - 1))) >> shift)
    return divide_by_power(multiply_high(values << np.maximum(31 - shift, 0), multiplier), np.maximum(shift - 31, 0))


def multiply_high(first: NDArray[np.int64], second: ArrayLike) -> NDArray[np.int64]:
    """Return the high half of twice the product of numbers of 32 bits, to the nearest.

    Source:
        `SaturatingRoundingDoublingHighMul` in gemmlowp.
    """
    product = first * np.asarray(second, np.int64)
    nudged = product + np.where(product >= 0, 1 << 30, 1 - (1 << 30))
    high = np.where(nudged >= 0, nudged >> 31, -(-nudged >> 31))
    return np.minimum(high, 2**31 - 1)


def divide_by_power(values: NDArray[np.int64], bits: ArrayLike) -> NDArray[np.int64]:
    """Return values / 2^bits to the nearest, half away from zero.

    Source:
        `RoundingDivideByPOT` in gemmlowp.
    """
    bits = np.asarray(bits, np.int64)
    mask = (1 << bits) - 1
    return np.asarray((values >> bits) + ((values & mask) > (mask >> 1) + (values < 0)))
