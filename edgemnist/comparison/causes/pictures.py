"""What happens to an image in front of a layer, or at its border, as causes."""

from __future__ import annotations

import itertools

import numpy as np

from edgemnist.comparison.causes.case import EXPLAINED, Case, Cause
from edgemnist.comparison.causes.windows import find_padding
from edgemnist.comparison.values import Value
from edgemnist.text import phrase_call

# How well a convolution in floats explains an int8 layer's values: a share of their mean square.
PADDING_NOISE = 0.02
# How much of a value's variance may be left where windows explain it.
POOLED = 0.01
# How many rows and columns away a padded image is looked for.
MOST_SHIFT = 2


def find_input_range(case: Case) -> Cause | None:
    """The pixels as other numbers: factor times pixel, plus offset."""
    first, second = (one.ravel() for one in case.arrays)
    if not case.is_pixels or not first.size or not np.ptp(first):
        return None
    factor, offset = np.polyfit(first, second, 1)
    if not case.explains(first * factor + offset, second) or case.explains(first, second):
        return None
    low, high = (first.min() * factor + offset, first.max() * factor + offset)
    return Cause(
        "input range",
        f"{case.names[1]} takes the pixels as {round(low, 4):.4g} … {round(high, 4):.4g}, {case.names[0]} as "
        f"{first.min():.4g} … {first.max():.4g}",
        f"look at what it says of its input: {phrase_call('inspect', case.path)}",
    )


def find_pooling(case: Case) -> Cause | None:
    """The largest of a window in one, the average in the other."""
    if not case.is_input or case.before is None:
        return None
    kinds = [_tell_pooling(*pair) for pair in zip(case.before, case.values, strict=True)]
    if None in kinds or kinds[0] == kinds[1]:
        return None
    return Cause(
        "pooling", f"{case.names[1]} takes the {kinds[1]} of each window before it, {case.names[0]} the {kinds[0]}",
        "look at the pooling before this layer in both; export it again",
    )  # fmt: skip


def _tell_pooling(before: Value, after: Value) -> str | None:
    """How a value is made of the one before: the largest or the average of windows side by side; None for neither."""
    if before.real.ndim != 4 or after.real.ndim != 4 or before.real.shape[3] != after.real.shape[3]:
        return None
    count, rows, columns, channels = after.real.shape
    size = before.real.shape[1] // rows
    if size < 2 or before.real.shape[2] // columns != size:
        return None
    cut = before.real[:, : rows * size, : columns * size].reshape(count, rows, size, columns, size, channels)
    made = {"largest": cut.max(axis=(2, 4)), "average": cut.mean(axis=(2, 4))}
    fits = [kind for kind, found in made.items() if np.mean((found - after.real) ** 2) <= POOLED * np.var(after.real)]
    return fits[0] if len(fits) == 1 else None


def _find_shift(case: Case) -> Cause | None:
    """The same image, some rows or columns away: it was padded on other sides before."""
    first, second = case.arrays
    if first.ndim != 4:
        return None
    for rows, columns in itertools.product(range(-MOST_SHIFT, MOST_SHIFT + 1), repeat=2):
        shifted = np.roll(first, (rows, columns), (1, 2))
        inner = (slice(None), slice(MOST_SHIFT, -MOST_SHIFT), slice(MOST_SHIFT, -MOST_SHIFT))
        if (rows or columns) and shifted[inner].size and case.explains(shifted[inner], second[inner]):
            return Cause(
                "padding",
                f"{case.names[1]} has the image {rows:+d} rows and {columns:+d} columns away from where "
                f"{case.names[0]} has it",
                "look at the padding before this layer: on which sides it is",
            )
    return None


def find_padding_cause(case: Case) -> Cause | None:
    """Another padding of a convolution, told by computing it anew."""
    if case.is_input:
        return _find_shift(case)
    one, two = find_padding(case.first), find_padding(case.second)
    if one is None or two is None or max(one.noise, two.noise) > PADDING_NOISE:
        return _find_border(case)
    if (one.top, one.left) == (two.top, two.left):
        return _find_border(case)
    return Cause(
        "padding",
        f"rows above and columns left of the image: {case.names[1]} pads {two.top} and {two.left}, {case.names[0]} "
        f"{one.top} and {one.left}",
        "Keras pads below and right first where a stride leaves a choice: write the padding as a layer of its own",
    )


def _find_border(case: Case) -> Cause | None:
    """Differences at the border alone: what is padded with is another value."""
    first, second = case.arrays
    weights = case.first.weights
    if first.ndim != 4 or weights.kind == "dense" or max(weights.kernel.shape[:2]) < 2:
        return None
    edge = max(weights.kernel.shape[:2]) // 2
    inner = (slice(None), slice(edge, -edge), slice(edge, -edge))
    noise = (second - first) ** 2
    inside = float(np.mean(noise[inner])) if noise[inner].size else np.inf
    if inside > case.allowed or inside > EXPLAINED * float(noise.mean()):
        return None
    return Cause(
        "padding", f"only values within {edge} of the image's border differ: {case.names[1]} pads with another value",
        "compare the padding of both; in whole numbers the padding is the zero point of the input",
    )  # fmt: skip
