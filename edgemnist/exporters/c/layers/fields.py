"""Fields that the constants of several kinds of layers have: limits, zero points, and the quantizer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edgemnist.exporters.c.fixedpoint import BYTE, convert_multipliers, find_limits
from edgemnist.exporters.c.functions.floats import format_bounds
from edgemnist.exporters.c.graph import Limits, Scale, Tables, Tensor, Weighted

# Kernel files that a layer with weights takes in whole numbers, beside its own and the quantizer: where its weights lie
# output by output, and where they lie in another way.
QUANTIZING = ("vectors", "product", "quantize_all")
ROWS = (*QUANTIZING, "rows")


def require_scale(tensor: Tensor) -> Scale:
    """Return the scale of a tensor of whole numbers."""
    assert tensor.scale is not None, "a tensor of floats"
    return tensor.scale


def format_zero(tensor: Tensor) -> str:
    """Return the byte that stands for real 0."""
    return str(require_scale(tensor).zero_point + BYTE)


def format_limits(limits: Limits, output: Tensor) -> list[str]:
    """Return what an activation function clamps to: two floats, or two bytes."""
    if output.scale is not None:
        return [str(limit + BYTE) for limit in find_limits(limits, output.scale)]
    return format_bounds(limits)


def describe_steps(inputs: Sequence[Tensor], output: Tensor) -> str:
    """Return a comment that says the steps of whole numbers, where no multiplier says how they relate."""
    if output.scale is None:
        return ""
    before = " and ".join(f"{require_scale(tensor).scale:.9g}" for tensor in inputs)
    return f" /* steps of {before} to {output.scale.scale:.9g} */"


def write_quantizer(
    name: str, output: Tensor, limits: Limits, *, twice: bool, bias: str = "0", multipliers: str | None = None
) -> str:
    """Return the struct `quantizer`, which names the tables `multipliers` and `shifts`.

    Args:
        name: Name of the layer's constant.
        twice: True if products are rounded twice.
        bias: Name of a table; "0" is none.
        multipliers: What stands for their table where it isn't the layer's own.
    """
    clamp = ", ".join(format_limits(limits, output))
    tables = f"{bias}, {multipliers or f'{name}_multipliers'}, {name}_shifts"
    return f"{{{tables}, {format_zero(output)}, {clamp}, {int(twice)}}}"


def list_multipliers(name: str, real: NDArray[np.float64], count: int = 1) -> Tables:
    """Return the tables that a quantizer names; for the arguments see `convert_multipliers`."""
    multipliers, shifts = convert_multipliers(name, real, count)
    return {"multipliers": multipliers, "shifts": shifts}


def write_weighted(layer: Weighted, name: str, sizes: str, *, twice: bool) -> str:
    """Return the constant of a layer with weights: `static const dense_layer ...`."""
    if layer.quantized:
        quantizer = write_quantizer(name, layer.output, layer.limits, twice=twice, bias=f"{name}_bias")
        fields = f"{name}_weights, {sizes}, {format_zero(layer.input)}, {quantizer}"
    else:
        fields = ", ".join([f"{name}_weights", f"{name}_bias", sizes, *format_limits(layer.limits, layer.output)])
    return f"static const {layer.kernel}_layer {name} = {{{fields}}};\n"


def list_weighted(layer: Weighted, weights: NDArray[np.generic]) -> Tables:
    """Return the tables of a layer with weights.

    Args:
        weights: Weights as they lie in C.
    """
    tables: Tables = {"weights": weights, "bias": layer.bias}
    if layer.weight_scales is None:
        return tables
    before, after = require_scale(layer.input), require_scale(layer.output)
    return tables | list_multipliers(layer.name, before.scale * layer.weight_scales / after.scale)
