"""Functions of one int8 value as tables of its 256 values, bit for bit as LiteRT's reference kernels compute them.

With `micro`, as TFLite Micro does, where it differs.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from edgemnist.errors import ExportError
from edgemnist.exporters.c.functions.activations import clamp, leak, look_up, requantize, saturate, swish_hard
from edgemnist.exporters.c.functions.arithmetic import (
    COMPARISONS,
    add,
    compare,
    divide,
    multiply,
    select,
    select_extreme,
    take_absolute,
)
from edgemnist.exporters.c.functions.floats import compute_float
from edgemnist.exporters.c.functions.operands import HIGH, LOW, Operands, Stored, dequantize, quantize, take_scale
from edgemnist.exporters.c.functions.steps import Constant, Function, Step, Value

# Operators over int8 that TFLite Micro has no kernel for.
# Why TFLite Micro's RELU6 isn't repeated where the steps of input and output differ.
WRONG_RELU6 = "TFLite Micro's RELU6 clamps, but leaves the values in the steps of its input: it can't be repeated right"
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
        inputs = [_take(value) if isinstance(value, Constant) else values[value] for value in step.inputs]
        values[step] = _compute(function.name, step, inputs, micro)
    return np.broadcast_to(values[function.result], HIGH - LOW + 1)


def _take(constant: Constant) -> Stored:
    """A constant as it is computed with: one in double precision would make its whole expression so."""
    return np.asarray(constant.stored, np.float32 if constant.type == "float32" else None)


def _compute(name: str, step: Step, inputs: list[Stored], micro: bool) -> Stored:
    kind = step.kind
    if kind == "DEQUANTIZE":
        return dequantize(inputs[0], take_scale(step.inputs[0]))
    if kind == "QUANTIZE" and step.inputs[0].type == "float32":
        return quantize(inputs[0], take_scale(step))
    if "float32" in {step.type, *(value.type for value in step.inputs)}:
        return compute_float(step, inputs, micro=micro)
    if micro and kind in NOT_IN_MICRO:
        raise ExportError(f"layer {name}: TFLite Micro has no {kind} of int8", "leave `rounding='tflm'` out")
    if micro and kind == "RELU6" and step.inputs[0].scale != step.scale:
        raise ExportError(f"layer {name}: {WRONG_RELU6}", "leave `rounding='tflm'` out")
    return INTEGERS[kind](Operands(name, step, inputs, micro))


INTEGERS: dict[str, Callable[[Operands], Stored]] = {
    "TANH": saturate,
    "LOGISTIC": saturate,
    "ELU": look_up,
    "GELU": look_up,
    "EXP": look_up,
    "LOG": look_up,
    "HARD_SWISH": swish_hard,
    "LEAKY_RELU": leak,
    "ABS": take_absolute,
    "RELU": clamp,
    "RELU6": clamp,
    "RELU_N1_TO_1": clamp,
    "RELU_0_TO_1": clamp,
    "QUANTIZE": requantize,
    "MUL": multiply,
    "ADD": add,
    "SUB": add,
    "DIV": divide,
    "MAXIMUM": select_extreme,
    "MINIMUM": select_extreme,
    "SELECT": select,
    "SELECT_V2": select,
    **dict.fromkeys(COMPARISONS, compare),
}
