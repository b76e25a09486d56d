"""The order of values as a cause."""

from __future__ import annotations

import numpy as np

from edgemnist.comparison.causes.case import Case, Cause
from edgemnist.comparison.values import Array


def find_layout(case: Case) -> Cause | None:
    """The same values of each image, in another order."""
    first, second = (one.reshape(len(one), -1) for one in case.arrays)
    if first.shape[1] < 2 or not case.explains(np.sort(first), np.sort(second)):
        return None
    order = _name_order(case)
    if order is None and not np.allclose(np.sort(first), np.sort(second), rtol=0, atol=3 * case.allowed**0.5):
        return None
    return Cause(
        "layout",
        f"{case.names[1]} has the same values in another order{f': {order}' if order else ''}",
        "look at what transposes or flattens before it: channels first and channels last flatten to other orders",
    )


def _name_order(case: Case) -> str | None:
    """Name the order in which the second model's values are those of the first; None for none of the usual."""
    first, second = case.arrays
    flat = second.reshape(len(second), -1)
    known = (*case.values, *(case.before or ()))
    shapes = [one.real.shape[1:] for one in known if one.real.ndim == 4 and one.real[0].size == flat.shape[1]]
    shape = shapes[0] if shapes else None
    side = round(flat.shape[1] ** 0.5)
    tried: dict[str, Array] = {}
    if shape is not None:
        images, planes = first.reshape(-1, *shape), first.reshape(-1, shape[2], *shape[:2])
        tried["channels before rows and columns"] = images.transpose(0, 3, 1, 2)
        tried["channels after rows and columns"] = planes.transpose(0, 2, 3, 1)
        tried["rows and columns swapped"] = images.transpose(0, 2, 1, 3)
    elif side * side == flat.shape[1]:
        tried["rows and columns swapped"] = first.reshape(-1, side, side).transpose(0, 2, 1)
    for name, values in tried.items():
        if case.explains(values.reshape(len(first), -1), flat):
            return name
    return None
