"""Why a layer's values part, in words, with the next thing to try: a table of causes, the most specific first.

Each is a function that looks for its own trace in weights and values of both models, and knows no file format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from edgemnist.comparison.causes.case import Case, Cause
from edgemnist.comparison.causes.functions import find_activation
from edgemnist.comparison.causes.kernels import find_kernel_causes
from edgemnist.comparison.causes.orders import find_layout
from edgemnist.comparison.causes.pictures import find_input_range, find_padding_cause, find_pooling
from edgemnist.comparison.causes.scales import (
    find_clipping,
    find_coarse_output,
    find_coarse_steps,
    find_misread,
    find_offset,
    find_unusable,
)
from edgemnist.comparison.values import Value
from edgemnist.text import phrase_call

# Looked for in this order where the weights explain nothing.
VALUE_CAUSES: tuple[Callable[[Case], Cause | None], ...] = (
    find_unusable, find_misread, find_pooling, find_input_range, find_activation, find_offset, find_clipping,
    find_padding_cause, find_layout, find_coarse_steps,
)  # fmt: skip


def find_causes(case: Case) -> list[Cause]:
    """Return the causes that are found, the most specific first; the last resort if there are none."""
    for value, name in zip(case.values, case.names, strict=True):
        if not np.isfinite(value.real).all():
            return [_name_infinite(case, value, name)]
    if not case.is_comparable:
        return [_name_sizes(case)]
    found = list(_find_static(case))
    if not found and case.is_within:
        return [find_coarse_output(case) or _name_precision(case)]
    for find in VALUE_CAUSES:
        if found:
            break
        cause = find(case)
        found += [cause] if cause else []
    return found or [_name_unknown(case)]


def _find_static(case: Case) -> Iterator[Cause]:
    """What the weights of both say."""
    if not case.is_input:
        normalized = case.first.layer.normalized or case.second.layer.normalized
        for found in find_kernel_causes(case.first.weights, case.second.weights, normalized, case.names):
            yield Cause(found.kind, found.reason, found.hint or _advise_export(case))


def _advise_export(case: Case) -> str:
    look = f"{phrase_call('verify', case.path, deep=True)} shows the weights of all layers; " if case.has_source else ""
    return f"{look}export it again"


def _name_precision(case: Case) -> Cause:
    return Cause(
        "precision", "the difference is what the precision of both explains: rounding of weights and activations",
        "let more through with `tolerance`, or take a finer precision with `quantize`",
    )  # fmt: skip


def _name_infinite(case: Case, value: Value, name: str) -> Cause:
    count = int((~np.isfinite(value.real)).sum())
    advice = _advise_export(case) if value is case.values[1] else "export it again"
    return Cause(
        "not finite", f"{count:,} of {value.real.size:,} values of {name} are not finite numbers",
        f"look for a weight that is NaN or infinite: {advice}",
    )  # fmt: skip


def _name_sizes(case: Case) -> Cause:
    sizes = [" x ".join(map(str, value.real.shape[1:])) for value in case.values]
    before = " before it" if case.is_input else ""
    return Cause(
        "size",
        f"this {case.value} is {sizes[1]} values of an image in {case.names[1]}, and {sizes[0]} in {case.names[0]}",
        f"look at the padding, the strides and the pooling of both{before}; export it again",
    )


def _name_unknown(case: Case) -> Cause:
    if case.is_input:
        return Cause(
            "between layers",
            "the layer before agrees: what lies between them (pooling, padding, an activation function, a sum) gives "
            "other values",
            "look at the operators between these layers in both files; export it again",
        )
    weights = "its weights agree" if case.readable else "its weights can't be compared, since a part isn't read"
    return Cause(
        "unexplained",
        f"{weights}, the inputs explain no such difference, and no usual cause does: the operator itself may compute "
        "otherwise",
        f"{phrase_call('verify', case.path)} with `runtime=NAME` tells a kernel's error from the file's",
    )
