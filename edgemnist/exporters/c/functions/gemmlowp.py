"""tanh and the logistic function as TFLite Micro computes them: in whole numbers of 32 bits.

Source:
    `fixedpoint/fixedpoint.h` of gemmlowp, and `Tanh` and `Logistic` in TFLite's reference integer_ops.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgemnist.exporters.c.fixedpoint import divide_by_power, multiply_high

Integers = NDArray[np.int64]
# Real 1 where all 31 bits are behind the point, and bits in front of it: of arguments, and within the division.
ONE = 2**31 - 1
INTEGER_BITS = 4
DIVISION_BITS = 2
# exp(-2^k) for k from -2 on, with 31 bits behind the point.
EXPONENTIALS = (1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242)


def compute_tanh(values: Integers) -> Integers:
    """Return tanh with 31 bits behind the point, of values with 27 bits behind it."""
    # The same whole numbers with one bit more in front of the point are twice as much.
    shares = _divide(_compute_exp(-np.abs(values), INTEGER_BITS + 1))
    tanh = _scale_up(shares - (1 << (31 - DIVISION_BITS)), DIVISION_BITS)
    return np.sign(values) * tanh


def compute_logistic(values: Integers) -> Integers:
    """Return 1 / (1 + exp(-x)) with 31 bits behind the point, of values with 27 bits behind it."""
    positive = compute_inverse(_compute_exp(-np.abs(values), INTEGER_BITS))
    return np.where(values == 0, 1 << 30, np.where(values > 0, positive, ONE - positive))


def compute_inverse(values: Integers) -> Integers:
    """Return 1 / (1 + x) of values from 0 to 1, with 31 bits behind the point."""
    return _scale_up(_divide(values), DIVISION_BITS - 1)


def _compute_exp(values: Integers, bits: int) -> Integers:
    """Exp of values of at most 0, with so many bits in front of the point."""
    behind = 31 - bits
    quarter = 1 << (behind - 2)
    rest = (values & (quarter - 1)) - quarter
    remainder = rest - values
    result = _compute_small_exp(rest << bits)
    for place, factor in enumerate(EXPONENTIALS[: bits + 2]):
        result = np.where(remainder & (1 << (behind + place - 2)), multiply_high(result, factor), result)
    return np.where(values == 0, ONE, result)


def _compute_small_exp(values: Integers) -> Integers:
    """Exp of values from -1/4 to 0, with 31 bits behind the point: a Taylor series around -1/8."""
    x = values + (1 << 31) // 8
    square = multiply_high(x, x)
    cube, fourth = multiply_high(square, x), multiply_high(square, square)
    rest = divide_by_power(multiply_high(divide_by_power(fourth, 2) + cube, 715827883) + square, 1)
    return np.asarray(1895147668 + multiply_high(x + rest, 1895147668))


def _divide(values: Integers) -> Integers:
    """2 / (1 + x) of values from 0 to 1, with 2 bits in front of the point: three steps of Newton's division."""
    total = values + ONE
    half = (total + np.where(total >= 0, 1, -1)) // 2
    result = 1515870810 + multiply_high(half, -1010580540)
    for _ in range(3):
        rest = (1 << (31 - DIVISION_BITS)) - multiply_high(half, result)
        result = result + _scale_up(multiply_high(result, rest), DIVISION_BITS)
    return result


def _scale_up(values: Integers, bits: int) -> Integers:
    return np.asarray(np.clip(values << bits, -(2**31), ONE))
