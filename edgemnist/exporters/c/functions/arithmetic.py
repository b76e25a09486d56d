"""Sums, products, quotients and choices over int8, over 256 values, as LiteRT and TFLite Micro compute them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from edgemnist.errors import ExportError
from edgemnist.exporters.c.fixedpoint import convert_multipliers, divide_by_power, multiply_high
from edgemnist.exporters.c.functions.gemmlowp import compute_inverse
from edgemnist.exporters.c.functions.operands import Operands, Stored, divide_scales
from edgemnist.exporters.c.graph import Scale

# By how many bits sums are shifted to the left before the inputs are brought to one scale.
ADD_SHIFT = 20
COMPARISON_SHIFT = 8
COMPARISONS: dict[str, Callable[[Stored, Stored], Any]] = {
    "GREATER": np.greater,
    "GREATER_EQUAL": np.greater_equal,
    "LESS": np.less,
    "LESS_EQUAL": np.less_equal,
}


def take_absolute(operands: Operands) -> Stored:
    """Return values without their signs."""
    before, after = operands.scales[0], operands.output
    values = np.abs(operands.center()[0])
    if before.scale == after.scale:
        return operands.finish(values)
    ratio = before.scale / after.scale if operands.micro else divide_scales(before, after)
    return operands.finish(operands.rescale(values, ratio))


def multiply(operands: Operands) -> Stored:
    """Return products."""
    first, second = operands.center()
    ratio = find_product_ratio(*operands.three_scales, micro=operands.micro)
    return operands.finish(operands.rescale(first * second, ratio))


def find_product_ratio(first: Scale, second: Scale, after: Scale, *, micro: bool) -> float:
    """Return what the product of two whole numbers is multiplied by, to be in steps of the output.

    LiteRT computes it in single precision, TFLite Micro in double.
    """
    if micro:
        return first.scale * second.scale / after.scale
    return float(np.float32(first.scale) * np.float32(second.scale) / np.float32(after.scale))


def add(operands: Operands) -> Stored:
    """Return sums, or differences."""
    sign = -1 if operands.step.kind == "SUB" else 1
    after, *before = find_sum_ratios(*operands.three_scales)
    pairs = zip(operands.center(), before, strict=True)
    first, second = (operands.rescale(values << ADD_SHIFT, ratio) for values, ratio in pairs)
    return operands.finish(operands.rescale(first + sign * second, after))


def find_sum_ratios(first: Scale, second: Scale, after: Scale) -> tuple[float, float, float]:
    """Return what a sum is multiplied by, and each of its inputs before, which are shifted to the left.

    Source:
        `CalculateOpDataAdd` in TFLite Micro's add_common; LiteRT's is the same.
    """
    twice = 2 * max(first.scale, second.scale)
    return twice / (2**ADD_SHIFT * after.scale), first.scale / twice, second.scale / twice


def select_extreme(operands: Operands) -> Stored:
    """Return the larger or the smaller value.

    Raises:
        ExportError: They have different scales.
    """
    if len({*operands.scales, operands.output}) > 1:
        raise ExportError(f"layer {operands.layer}: {operands.step.kind} of different scales can't be written in C")
    choose = np.maximum if operands.step.kind == "MAXIMUM" else np.minimum
    return np.asarray(choose(*operands.inputs))


def compare(operands: Operands) -> Stored:
    """Return what is true of two values, brought to one scale."""
    pairs = zip(operands.center(), operands.scales, strict=True)
    first, second = (operands.rescale(values << COMPARISON_SHIFT, scale.scale) for values, scale in pairs)
    return np.asarray(COMPARISONS[operands.step.kind](first, second))


def select(operands: Operands) -> Stored:
    """Return the second or the third, as the first is true or not."""
    return np.where(*operands.inputs)


def divide(operands: Operands) -> Stored:
    """Return quotients, by an inverse of 31 bits.

    Source:
        `DivElementwise` in TFLite's reference div.
    """
    first, second = np.broadcast_arrays(*operands.center())
    scales = [np.float32(scale.scale) for scale in operands.scales]
    ratio = float(scales[0] / (scales[1] * np.float32(operands.output.scale)))
    (multiplier,), (shift,) = convert_multipliers(operands.step.kind, [ratio])
    found = [_divide_one(int(a), int(b), int(multiplier), int(shift)) for a, b in zip(first, second, strict=True)]
    return operands.finish(np.array(found))


def _divide_one(numerator: int, divisor: int, multiplier: int, shift: int) -> int:
    if divisor == 0:  # which LiteRT refuses when it meets it
        return 0
    if divisor < 0:
        numerator, divisor = -numerator, -divisor
    bits = divisor.bit_length() - 1
    inverse = compute_inverse(np.array([(divisor << (31 - bits)) - 2**31]))
    headroom = 31 - (numerator if numerator >= 0 else ~numerator).bit_length()
    quotient = multiply_high(np.array([numerator << headroom]), inverse)
    return _shift_far(multiply_high(quotient, multiplier), shift + bits + headroom - 31)


def _shift_far(values: Stored, bits: int) -> int:
    """Divide by 2^bits; by more than 31 bits as processors shift 32-bit numbers: by the rest of a division by 32.

    A quotient near 0 is so: LiteRT makes the smallest number of some of them.
    """
    if bits <= 31:
        return int(divide_by_power(values, max(bits, 0))[0])
    value = int(values[0])
    return (value >> (bits % 32)) + (value > (0 if value < 0 else -1))
