"""Functions of one int8 value as tables of its 256 values, bit for bit as LiteRT's reference kernels compute them.

With `micro`, as TFLite Micro does, where it differs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.errors import ExportError
from edgemnist.exporters.c.fixedpoint import convert_multipliers, divide_by_power, find_limits, multiply_high, rescale
from edgemnist.exporters.c.functions.floats import compute_float
from edgemnist.exporters.c.functions.gemmlowp import INTEGER_BITS, compute_inverse, compute_logistic, compute_tanh
from edgemnist.exporters.c.functions.steps import Constant, Function, Step, Value
from edgemnist.exporters.c.graph import Scale

Stored = NDArray[Any]
LOW, HIGH = -128, 127
# By how many bits sums are shifted to the left before the inputs are brought to one scale.
ADD_SHIFT = 20
COMPARISON_SHIFT = 8
# Operators over int8 that TFLite Micro has no kernel for.
NOT_IN_MICRO = frozenset({"GELU", "EXP", "LOG", "RELU_N1_TO_1", "RELU_0_TO_1", "DIV"})


def tabulate_function(function: Function, *, micro: bool) -> NDArray[np.int64]:
    """Return what a function makes of -128 to 127, int64 (256,).

    Args:
        micro: As TFLite Micro computes it.

    Raises:
        ExportError: TFLite Micro can't compute it.
    """
    values: dict[Value, Stored] = {function.argument: np.arange(LOW, HIGH + 1)}
    for step in function.steps:
        inputs = [np.asarray(value.stored) if isinstance(value, Constant) else values[value] for value in step.inputs]
        values[step] = _compute(function.name, step, inputs, micro)
    return np.broadcast_to(values[function.result], HIGH - LOW + 1)


def _compute(name: str, step: Step, inputs: list[Stored], micro: bool) -> Stored:
    kind = step.kind
    if kind == "DEQUANTIZE":
        return _dequantize(inputs[0], _take_scale(step.inputs[0]))
    if kind == "QUANTIZE" and step.inputs[0].type == "float32":
        return _quantize(inputs[0], _take_scale(step))
    if step.type == "float32":
        return compute_float(step, inputs, micro=micro)
    if micro and kind in NOT_IN_MICRO:
        raise ExportError(f"layer {name}: TFLite Micro has no {kind} of int8", "leave `rounding='tflm'` out")
    return INTEGERS[kind](_Operands(name, step, inputs, micro))


class _Operands:
    """What a step over whole numbers is computed from.

    Args:
        name: Name of the layer, for messages.
        step: The step.
        inputs: Stored values.
        micro: As TFLite Micro computes it.
    """

    def __init__(self, name: str, step: Step, inputs: list[Stored], micro: bool) -> None:
        self.step, self.inputs, self.micro = step, inputs, micro
        self._name = name

    @property
    def scales(self) -> list[Scale]:
        """Scales of the inputs."""
        return [_take_scale(value) for value in self.step.inputs]

    @property
    def three_scales(self) -> tuple[Scale, Scale, Scale]:
        """Scales of two inputs and the output."""
        first, second = self.scales
        return first, second, self.output

    @property
    def output(self) -> Scale:
        """Scale of the output."""
        return _take_scale(self.step)

    def center(self) -> list[Stored]:
        """Return the inputs less their zero points, int64."""
        pairs = zip(self.inputs, self.scales, strict=True)
        return [values.astype(np.int64) - scale.zero_point for values, scale in pairs]

    def rescale(self, values: Stored, real: float) -> Stored:
        """Return values times a real number, rounded twice."""
        multipliers, shifts = convert_multipliers(self._name, [real])
        return rescale(values, int(multipliers[0]), int(shifts[0]), twice=True)

    def finish(self, values: Stored) -> Stored:
        """Return values in the output's steps as they are stored: with the zero point, clamped."""
        low, high = find_limits(self.step.limits, self.output)
        return np.asarray(np.clip(values + self.output.zero_point, low, high))


def _take_scale(value: Value) -> Scale:
    assert value.scale is not None, "a value of another type"
    return value.scale


def _dequantize(values: Stored, scale: Scale) -> Stored:
    return np.asarray(scale.scale * (values.astype(np.int64) - scale.zero_point), np.float32)


def _round(values: Stored) -> Stored:
    """The nearest whole number, half away from zero, as int64."""
    return np.asarray(np.copysign(np.floor(np.abs(values) + np.asarray(0.5, values.dtype)), values), np.int64)


def _quantize(values: Stored, scale: Scale) -> Stored:
    steps = np.clip(values / np.float32(scale.scale), -1e6, 1e6)
    return np.asarray(np.clip(_round(steps) + scale.zero_point, LOW, HIGH))


def _look_up(operands: _Operands) -> Stored:
    """A function that TFLite computes in single precision when it reads the model, and keeps as a table.

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
    return np.asarray(np.clip(_round(steps) + after.zero_point, LOW, HIGH))


def _saturate(operands: _Operands) -> Stored:
    """Tanh and the logistic function: TFLite Micro has them in fixed point."""
    if not operands.micro:
        return _look_up(operands)
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


def _divide_scales(before: Scale, after: Scale, factor: float = 1.0) -> float:
    """Scale of the input, times a factor, over that of the output, in single precision."""
    return float(np.float32(before.scale) * np.float32(factor) / np.float32(after.scale))


def _clamp(operands: _Operands) -> Stored:
    """A ReLU, whose limits the step has."""
    before, after = operands.scales[0], operands.output
    return operands.finish(operands.rescale(operands.center()[0], _divide_scales(before, after)))


def _requantize(operands: _Operands) -> Stored:
    before, after = operands.scales[0], operands.output
    return operands.finish(operands.rescale(operands.center()[0], before.scale / after.scale))


def _leak(operands: _Operands) -> Stored:
    before, after = operands.scales[0], operands.output
    values = operands.center()[0]
    slope = operands.step.parameters["alpha"]
    positive = operands.rescale(values, _divide_scales(before, after))
    negative = operands.rescale(values, _divide_scales(before, after, slope))
    return operands.finish(np.where(values >= 0, positive, negative))


def _take_absolute(operands: _Operands) -> Stored:
    before, after = operands.scales[0], operands.output
    values = np.abs(operands.center()[0])
    if before.scale == after.scale:
        return operands.finish(values)
    ratio = before.scale / after.scale if operands.micro else _divide_scales(before, after)
    return operands.finish(operands.rescale(values, ratio))


def _multiply(operands: _Operands) -> Stored:
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


def _add(operands: _Operands) -> Stored:
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


def _select_extreme(operands: _Operands) -> Stored:
    """MAXIMUM and MINIMUM, which have one scale for all."""
    choose = np.maximum if operands.step.kind == "MAXIMUM" else np.minimum
    return np.asarray(choose(*operands.inputs))


def _compare(operands: _Operands) -> Stored:
    pairs = zip(operands.center(), operands.scales, strict=True)
    first, second = (operands.rescale(values << COMPARISON_SHIFT, scale.scale) for values, scale in pairs)
    return np.asarray(COMPARISONS[operands.step.kind](first, second))


def _select(operands: _Operands) -> Stored:
    return np.where(*operands.inputs)


def _divide(operands: _Operands) -> Stored:
    """A quotient, by an inverse of 31 bits.

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


def _swish_hard(operands: _Operands) -> Stored:
    """HARD_SWISH in whole numbers of 16 bits.

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


COMPARISONS: dict[str, Callable[[Stored, Stored], Any]] = {
    "GREATER": np.greater,
    "GREATER_EQUAL": np.greater_equal,
    "LESS": np.less,
    "LESS_EQUAL": np.less_equal,
}
INTEGERS: dict[str, Callable[[_Operands], Stored]] = {
    "TANH": _saturate,
    "LOGISTIC": _saturate,
    "ELU": _look_up,
    "GELU": _look_up,
    "EXP": _look_up,
    "LOG": _look_up,
    "HARD_SWISH": _swish_hard,
    "LEAKY_RELU": _leak,
    "ABS": _take_absolute,
    "RELU": _clamp,
    "RELU6": _clamp,
    "RELU_N1_TO_1": _clamp,
    "RELU_0_TO_1": _clamp,
    "QUANTIZE": _requantize,
    "MUL": _multiply,
    "ADD": _add,
    "SUB": _add,
    "DIV": _divide,
    "MAXIMUM": _select_extreme,
    "MINIMUM": _select_extreme,
    "SELECT": _select,
    "SELECT_V2": _select,
    **dict.fromkeys(COMPARISONS, _compare),
}
