"""Activation functions over int8, over 256 values, as LiteRT and TFLite Micro compute them."""

from __future__ import annotations

import numpy as np

from edgemnist.exporters.c.fixedpoint import divide_by_power, rescale
from edgemnist.exporters.c.functions.floats import compute_float
from edgemnist.exporters.c.functions.gemmlowp import INTEGER_BITS, compute_logistic, compute_tanh
from edgemnist.exporters.c.functions.operands import HIGH, LOW, Operands, Stored, divide_scales, round_away


def look_up(operands: Operands) -> Stored:
    """Return a function that TFLite computes in single precision when it reads the model, and keeps as a table.

    Source:
        `LUTPopulateInt8` in TFLite's common.
    """
    before, after = operands.scales[0], operands.output
    real = np.float32(before.scale) * operands.center()[0].astype(np.float32)
    if operands.step.kind == "LOG":
        lowest = np.float32(LOW - after.zero_point) * np.float32(after.scale)
        found = np.where(real > 0, np.log(np.maximum(real, 1e-30).astype(np.float64)), lowest).astype(np.float32)
    else:
        found = compute_float(operands.step, [real], micro=operands.micro)
    steps = np.clip(found * (np.float32(1) / np.float32(after.scale)), -1e6, 1e6).astype(np.float32)
    return np.asarray(np.clip(round_away(steps) + after.zero_point, LOW, HIGH))


def saturate(operands: Operands) -> Stored:
    """Return tanh or the logistic function: TFLite Micro has them in fixed point."""
    if not operands.micro:
        return look_up(operands)
    fraction, exponent = np.frexp(float(np.float32(operands.scales[0].scale)) * 2 ** (31 - INTEGER_BITS))
    multiplier = int(np.floor(fraction * 2**31 + 0.5))
    multiplier, exponent = (multiplier // 2, exponent + 1) if multiplier == 2**31 else (multiplier, exponent)
    radius = int(np.floor(((1 << INTEGER_BITS) - 1) * (2.0 ** (31 - INTEGER_BITS)) / 2.0**exponent))
    values = operands.center()[0]
    inside = np.clip(values, 1 - radius, radius - 1)
    fixed = rescale(inside, multiplier, 31 - int(exponent), twice=True)
    if operands.step.kind == "TANH":
        found = divide_by_power(compute_tanh(fixed), 24)
    else:
        found = divide_by_power(compute_logistic(fixed), 23) + LOW
    found = np.clip(found, LOW, HIGH)
    return np.where(values <= -radius, LOW, np.where(values >= radius, HIGH, found))


def clamp(operands: Operands) -> Stored:
    """Return a ReLU, whose limits the step has."""
    before, after = operands.scales[0], operands.output
    return operands.finish(operands.rescale(operands.center()[0], divide_scales(before, after)))


def requantize(operands: Operands) -> Stored:
    """Return the same values in other steps."""
    before, after = operands.scales[0], operands.output
    return operands.finish(operands.rescale(operands.center()[0], before.scale / after.scale))


def leak(operands: Operands) -> Stored:
    """Return values of at least 0 in other steps, and those below times a slope."""
    before, after = operands.scales[0], operands.output
    values = operands.center()[0]
    slope = operands.step.parameters["alpha"]
    positive = operands.rescale(values, divide_scales(before, after))
    negative = operands.rescale(values, divide_scales(before, after, slope))
    return operands.finish(np.where(values >= 0, positive, negative))


def swish_hard(operands: Operands) -> Stored:
    """Return HARD_SWISH in whole numbers of 16 bits.

    Source:
        `HardSwish` in TFLite's reference hard_swish.
    """
    fine = np.float32(1 / 128) * np.float32(operands.scales[0].scale)
    multiplier, exponent = _convert_short(float(fine / np.float32(operands.output.scale)))
    slope, slope_exponent = _convert_short(float(fine / np.float32(3 / 32768)))
    values = operands.center()[0] << 7
    before_shift = _multiply_high_short(values, multiplier)
    gate = values
    if slope_exponent > 0:
        gate = _clip_short(gate << (slope_exponent - 1))
    gate = _multiply_high_short(gate, slope)
    if slope_exponent > 0:
        gate = _clip_short(gate << 1)
    if slope_exponent < 0:
        gate = divide_by_power(gate, -slope_exponent)
    gate = (gate + (1 << 15)) >> 1
    product = gate * before_shift
    high = np.where(product >= 0, product >> 15, -(-product >> 15))
    return operands.finish(divide_by_power(high, -exponent))


def _convert_short(real: float) -> tuple[int, int]:
    """The multiplier of a real number in 15 bits, and its exponent."""
    fraction, exponent = np.frexp(np.float64(real))
    long = int(np.floor(fraction * 2**31 + 0.5))
    long, exponent = (long // 2, exponent + 1) if long == 2**31 else (long, exponent)
    short = 2**15 - 1 if long >= 2**31 - 2**15 else (long + 2**15) >> 16
    return short, int(exponent)


def _multiply_high_short(values: Stored, factor: int) -> Stored:
    product = values * factor
    nudged = product + np.where(product >= 0, 1 << 14, 1 - (1 << 14))
    return _clip_short(np.where(nudged >= 0, nudged >> 15, -(-nudged >> 15)))


def _clip_short(values: Stored) -> Stored:
    return np.clip(values, -(2**15), 2**15 - 1)
