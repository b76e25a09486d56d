"""Steps over floats: as C, and as NumPy computes them, where floats stand between whole numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.codegen import format_float
from edgemnist.exporters.c.functions.steps import Constant, Function, Step, Value
from edgemnist.exporters.c.graph import NO_LIMITS, Limits

FLOAT_LIMIT = float(np.finfo(np.float32).max)
RELUS: dict[str, Limits] = {
    "RELU": (0.0, None),
    "RELU6": (0.0, 6.0),
    "RELU_N1_TO_1": (-1.0, 1.0),
    "RELU_0_TO_1": (0.0, 1.0),
}
GELU_BY_TANH = "0.5f * {0} * (1.0f + tanhf(0.797884583f * ({0} + 0.0447149985f * {0} * {0} * {0})))"
# In C, by the operator's name; truth is 1, and what isn't true 0.
FORMULAS: dict[str, str] = {
    "TANH": "tanhf({0})",
    "LOGISTIC": "1.0f / (1.0f + expf(-{0}))",
    "ELU": "{0} < 0.0f ? expm1f({0}) : {0}",
    "GELU": "0.5f * {0} * erfcf(-0.707106769f * {0})",
    "EXP": "expf({0})",
    "LOG": "logf({0})",
    "ABS": "fabsf({0})",
    "NEG": "-{0}",
    "SQRT": "sqrtf({0})",
    "RSQRT": "1.0f / sqrtf({0})",
    "SQUARE": "{0} * {0}",
    "HARD_SWISH": "{0} * clamp({0} + 3.0f, 0.0f, 6.0f) / 6.0f",
    "LEAKY_RELU": "{0} > 0.0f ? {0} : {0} * {alpha}",
    "MUL": "{0} * {1}",
    "ADD": "{0} + {1}",
    "SUB": "{0} - {1}",
    "DIV": "{0} / {1}",
    "MAXIMUM": "{0} > {1} ? {0} : {1}",
    "MINIMUM": "{0} < {1} ? {0} : {1}",
    "GREATER": "{0} > {1} ? 1.0f : 0.0f",
    "GREATER_EQUAL": "{0} >= {1} ? 1.0f : 0.0f",
    "LESS": "{0} < {1} ? 1.0f : 0.0f",
    "LESS_EQUAL": "{0} <= {1} ? 1.0f : 0.0f",
    "SELECT": "{0} != 0.0f ? {1} : {2}",
    "SELECT_V2": "{0} != 0.0f ? {1} : {2}",
    **dict.fromkeys(RELUS, "{0}"),
}


def write_function(name: str, function: Function) -> str:
    """Return a function of a float as C."""
    names: dict[Value, str] = {function.argument: "x"}
    lines = []
    for index, step in enumerate(function.steps, start=1):
        names[step] = f"v{index}"
        lines.append(f"  const float v{index} = {_write_step(step, names)};")
    body = "\n".join([*lines, f"  return {names[function.result]};"])
    return f"static float {name}(float x) {{\n{body}\n}}\n"


def _write_step(step: Step, names: dict[Value, str]) -> str:
    operands = [_write_constant(v) if isinstance(v, Constant) else names[v] for v in step.inputs]
    formula = GELU_BY_TANH if step.kind == "GELU" and step.parameters["approximate"] else FORMULAS[step.kind]
    text = formula.format(*operands, **{name: format_float(value) for name, value in step.parameters.items()})
    if step.limits == NO_LIMITS:
        return text
    return f"clamp({text}, {', '.join(format_bounds(step.limits))})"


def format_bounds(limits: Limits) -> list[str]:
    """Return the two floats that values are clamped to; the largest there are, where nothing limits them."""
    low, high = limits
    return [format_float(-FLOAT_LIMIT if low is None else low), format_float(FLOAT_LIMIT if high is None else high)]


def _write_constant(constant: Constant) -> str:
    text = format_float(constant.stored)
    return f"({text})" if text.startswith("-") else text


def compute_float(step: Step, inputs: list[NDArray[Any]], *, micro: bool) -> NDArray[Any]:
    """Return what a step makes of float32 values, or what TFLite takes for its table of an int8 function.

    Functions of one value are computed in double precision and rounded, which is at most one unit in the last place
    from what C's functions of floats give.

    Args:
        micro: As TFLite Micro computes it.
    """
    if step.kind == "ELU" and micro:
        value = inputs[0]
        exponential = np.exp(np.minimum(value, 0).astype(np.float64)).astype(np.float32)
        return np.where(value < 0, exponential - np.float32(1), value)
    if step.kind == "LEAKY_RELU":
        return np.where(inputs[0] > 0, inputs[0], inputs[0] * np.float32(step.parameters["alpha"]))
    if step.kind == "GELU":
        return _compute_gelu(inputs[0], approximate=bool(step.parameters["approximate"]))
    found = ARITHMETIC[step.kind](*inputs) if step.kind in ARITHMETIC else _compute_exactly(step.kind, inputs[0])
    low, high = step.limits
    return np.clip(found, low, high) if step.limits != NO_LIMITS else found


def _compute_exactly(kind: str, values: NDArray[Any]) -> NDArray[Any]:
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        if kind == "LOGISTIC":
            exponential = np.exp(-values.astype(np.float64)).astype(np.float32)
            return np.asarray(np.float32(1) / (np.float32(1) + exponential))
        return np.asarray(UNARY[kind](values.astype(np.float64)).astype(np.float32))


def _compute_gelu(values: NDArray[Any], *, approximate: bool) -> NDArray[Any]:
    half = np.float32(0.5) * values
    if approximate:
        inner = np.float32(0.797884583) * (values + np.float32(0.044715) * values * values * values)
        return np.asarray(half * (np.float32(1) + np.tanh(inner.astype(np.float64)).astype(np.float32)))
    arguments = (values * np.float32(-math.sqrt(0.5))).astype(np.float64)
    return half * np.array([math.erfc(argument) for argument in arguments], np.float32)


ARITHMETIC: dict[str, Callable[..., NDArray[Any]]] = {
    "ABS": np.abs,
    "NEG": np.negative,
    "SQUARE": np.square,
    "MUL": np.multiply,
    "ADD": np.add,
    "SUB": np.subtract,
    "DIV": np.divide,
    "MAXIMUM": np.maximum,
    "MINIMUM": np.minimum,
    "GREATER": np.greater,
    "GREATER_EQUAL": np.greater_equal,
    "LESS": np.less,
    "LESS_EQUAL": np.less_equal,
    "SELECT": np.where,
    "SELECT_V2": np.where,
    **dict.fromkeys(RELUS, np.positive),
}
UNARY: dict[str, Callable[[NDArray[Any]], NDArray[Any]]] = {
    "TANH": np.tanh,
    "EXP": np.exp,
    "LOG": np.log,
    "SQRT": np.sqrt,
    "RSQRT": lambda values: 1 / np.sqrt(values),
    "ELU": lambda values: np.where(values < 0, np.expm1(values), values),
    "HARD_SWISH": lambda values: values * np.clip(values + 3, 0, 6) / 6,
}
