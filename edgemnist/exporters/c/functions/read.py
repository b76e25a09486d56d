"""Operators read as steps of functions."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, nan

from edgemnist.errors import ExportError
from edgemnist.exporters.c.functions.floats import FORMULAS, RELUS
from edgemnist.exporters.c.functions.integers import INTEGERS
from edgemnist.exporters.c.functions.steps import MOST_STEPS, Constant, Function, Step, Value, join_steps
from edgemnist.exporters.c.graph import NO_LIMITS, Limits
from edgemnist.exporters.c.operators import ACTIVATIONS, TFLiteGraph

KINDS = frozenset({*INTEGERS, *FORMULAS, "DEQUANTIZE"})
# Operators that are layers of their own where no function comes before them.
LAYERS_TOO = frozenset({"RELU", "RELU6", "RELU_N1_TO_1", "QUANTIZE"})
# How many inputs each kind takes: as many as its formula has places for.
ARITIES = {kind: max(1, *(FORMULAS.get(kind, "").count(f"{{{place}}}") > 0 and place + 1 for place in range(3)))
           for kind in KINDS}  # fmt: skip
PARAMETERS = {"LEAKY_RELU": ("alpha",), "GELU": ("approximate",)}


def read_step(graph: TFLiteGraph, raw: object, inputs: Sequence[Function | None]) -> Function | None:
    """Read an operator as one more step of a function of one value; None where it is no such step.

    Args:
        inputs: What each of its inputs is as a function of a computed tensor; None of constants.
    """
    kind = graph.name_operator(raw)
    functions = [function for function in inputs if function is not None]
    if kind not in KINDS or not functions or len({function.argument for function in functions}) > 1:
        return None
    plain = not any(function.steps for function in functions)
    if plain and (kind in LAYERS_TOO or len(functions) > 1):
        return None
    steps = join_steps(functions)
    indices = [int(index) for index in raw.inputs]  # type: ignore[attr-defined]
    constants = [index for index, function in zip(indices, inputs, strict=True) if function is None]
    if len(steps) >= MOST_STEPS or any(graph.count_values(index) != 1 for index in constants):
        return None
    first = functions[0]
    values = [
        _read_constant(graph, index) if function is None else function.result
        for index, function in zip(indices, inputs, strict=True)
    ]
    return Function(graph.name_layer(raw), first.source, first.argument, (*steps, _make(graph, raw, kind, values)))


def _read_constant(graph: TFLiteGraph, index: int) -> Value:
    type = graph.get_type(index)
    return Constant(type, graph.get_scale(index) if type == "int8" else None, graph.get_values(index).item())


def _make(graph: TFLiteGraph, raw: object, kind: str, values: list[Value]) -> Step:
    output = int(raw.outputs[0])  # type: ignore[attr-defined]
    type = graph.get_type(output)
    types = {value.type for value in values} - {"bool"}
    known = INTEGERS if "int8" in {type, *types} else FORMULAS
    if kind not in ("DEQUANTIZE", "QUANTIZE") and (kind not in known or len(types) > 1):
        raise ExportError(
            f"layer {graph.name_layer(raw)}: {kind} of {' and '.join(sorted(types))} can't be written in C"
        )
    options = raw.builtinOptions  # type: ignore[attr-defined]
    parameters = {name: float(getattr(options, name, nan)) for name in PARAMETERS.get(kind, ())}
    if len(values) != ARITIES[kind]:
        raise ExportError(f"layer {graph.name_layer(raw)}: {kind} of {len(values)} inputs can't be written in C")
    if not all(map(isfinite, parameters.values())):
        raise ExportError(f"layer {graph.name_layer(raw)}: {parameters} are no numbers")
    limits = RELUS.get(kind) or _read_limits(graph, raw)
    return Step(type, graph.get_scale(output) if type == "int8" else None, kind, tuple(values), parameters, limits)


def _read_limits(graph: TFLiteGraph, raw: object) -> Limits:
    activation = getattr(raw.builtinOptions, "fusedActivationFunction", None)  # type: ignore[attr-defined]
    if activation is None:
        return NO_LIMITS
    if activation not in ACTIVATIONS:
        raise ExportError(f"layer {graph.name_layer(raw)}: its activation function can't be written in C")
    return ACTIVATIONS[activation]
