"""Activation functions as causes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from edgemnist.comparison.causes.case import Case, Cause
from edgemnist.comparison.values import Array, Value

ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "ReLU": lambda values: np.maximum(values, 0),
    "ReLU6": lambda values: values.clip(0, 6),
    "a clamp to -1 … 1": lambda values: values.clip(-1, 1),
}


def find_activation(case: Case) -> Cause | None:
    """One has an activation function that the other lacks."""
    first, second = case.arrays
    if case.is_input or case.explains(first, second):
        return None
    hint = "look at the layer's activation in both, and export it again"
    for name, function in ACTIVATIONS.items():
        for here, there, lacks, has in ((second, first, 1, 0), (first, second, 0, 1)):
            if np.array_equal(function(here), here) or _clamps_at_grid(case.values[has], here, function(here)):
                continue
            if case.explains(function(here), there):
                reason = f"{case.names[lacks]} lacks {name} at the layer's end, which {case.names[has]} has"
                return Cause("activation", reason, hint)
    return _find_cut(case)


def _find_cut(case: Case) -> Cause | None:
    """Values beyond a limit are cut off in the second, though its scale goes on."""
    first, second = case.arrays
    low, high = float(second.min()), float(second.max())
    if _reaches_end(case.values[1]) or not case.explains(first.clip(low, high), second):
        return None
    share = float(np.mean((first > high) | (first < low)))
    return Cause(
        "activation",
        f"{case.names[1]} cuts off what lies outside {low:.4g} … {high:.4g}, {100 * share:.2g} % of the values, and "
        f"{case.names[0]} doesn't",
        "look at the limits of the layer's activation in both, and export it again",
    )


def _clamps_at_grid(value: Value, original: Array, expected: Array) -> bool:
    """True if large values are cut off by the end of their scale, as an activation function would nearly do.

    A scale that ends where the function does may be its own.
    """
    most = float(expected.max())
    if value.grid is None or most >= float(original.max()):
        return False
    end = value.grid.ends[1]
    return end < most or (_reaches_end(value) and end > most + value.grid.scale)


def _reaches_end(value: Value) -> bool:
    """True if one of the stored numbers is the largest that there is."""
    return value.grid is not None and value.stored is not None and int(value.stored.max()) >= value.grid.high
