"""Why a layer's values part, in words, with the next thing to try: a table of causes, the most specific first.

Each is a function that looks for its own trace in weights and values of both models, and knows no file format.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.kernels import find_kernel_causes
from edgemnist.comparison.values import SAME_SCALE, Array, Side, Value, align
from edgemnist.comparison.windows import find_padding
from edgemnist.text import phrase_call

# How much smaller the noise has to be under an explanation, to be one: a tenth, in the mean square.
EXPLAINED = 0.1
# How well a convolution in floats explains an int8 layer's values: a share of their mean square.
PADDING_NOISE = 0.02
# How much of a value's variance may be left where windows explain it.
POOLED = 0.01
# How many rows and columns away a padded image is looked for.
MOST_SHIFT = 2
# How much wider than what is needed a range may be to be the same range, shifted.
SAME_WIDTH = 0.9


@dataclass(frozen=True)
class Cause:
    """Why values part.

    Args:
        kind: Short name, such as "changed weight".
        reason: What was found, a sentence.
        hint: What to try next; "" where nothing is to be done.
    """

    kind: str
    reason: str
    hint: str = ""


@dataclass(frozen=True, eq=False)
class Case:
    """What is known of the place where values part.

    Args:
        first, second: The layer in both models.
        values: Its input or output in both.
        names: Names of the two models.
        path: Path of the second, for what to type.
        is_input: True if the values are what the layer takes.
        is_pixels: True if they are what the first layer takes.
        before: What the layer before gives in both; None of the first.
        allowed: Mean square of the difference that precision explains, with a margin.
    """

    first: Side
    second: Side
    values: tuple[Value, Value]
    names: tuple[str, str]
    path: str
    is_input: bool
    is_pixels: bool
    allowed: float
    before: tuple[Value, Value] | None = None

    @property
    def arrays(self) -> tuple[Array, Array]:
        """The values of both, in one shape; empty where they have none."""
        return align(*self.values) or (np.zeros((1, 0)), np.zeros((1, 0)))

    def explains(self, first: Array, second: Array) -> bool:
        """True if these are the same but for the precision, or nearly so where the values themselves are not."""
        noise, original = (float(np.mean((after - before) ** 2)) for before, after in ((first, second), self.arrays))
        return noise <= max(self.allowed, EXPLAINED * original)


def find_causes(case: Case) -> list[Cause]:
    """Return the causes that are found, the most specific first; the last resort if there are none."""
    if case.values[1].real.size and not np.isfinite(case.values[1].real).all():
        return [_name_infinite(case)]
    found = list(_find_static(case))
    if not found and is_within(case):
        return [_name_precision(case)]
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
            yield Cause(found.kind, found.reason, found.hint or f"{_name_deep(case)} shows all layers; export it again")


def _name_deep(case: Case) -> str:
    return phrase_call("verify", case.path, deep=True)


def is_within(case: Case) -> bool:
    """True if precision explains the difference, though a tolerance doesn't let it through."""
    first, second = case.arrays
    return bool(first.size and np.mean((second - first) ** 2) <= case.allowed)


def _name_precision(case: Case) -> Cause:
    return Cause(
        "precision", "the difference is what the precision of both explains: rounding of weights and activations",
        "let more through with `tolerance`, or take a finer precision with `quantize`",
    )  # fmt: skip


def _name_infinite(case: Case) -> Cause:
    count = int((~np.isfinite(case.values[1].real)).sum())
    return Cause(
        "not finite", f"{count:,} of {case.values[1].real.size:,} values of {case.names[1]} are not finite numbers",
        f"look for a weight that is NaN or infinite: {_name_deep(case)}; then export it again",
    )  # fmt: skip


def _find_input_range(case: Case) -> Cause | None:
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
        f"{case.names[1]} takes the pixels as {round(low, 4):.4g} … {round(high, 4):.4g}, {case.names[0]} as {first.min():.4g} … "
        f"{first.max():.4g}",
        f"look at what it says of its input: {phrase_call('inspect', case.path)}",
    )


def _find_layout(case: Case) -> Cause | None:
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
        images = first.reshape(len(first), *shape)
        tried["channels before rows and columns"] = images.transpose(0, 3, 1, 2)
        tried["rows and columns swapped"] = images.transpose(0, 2, 1, 3)
        tried["channels after rows and columns"] = first.reshape(len(first), shape[2], *shape[:2]).transpose(0, 2, 3, 1)
    elif side * side == flat.shape[1]:
        tried["rows and columns swapped"] = first.reshape(-1, side, side).transpose(0, 2, 1)
    for name, values in tried.items():
        if case.explains(values.reshape(len(first), -1), flat):
            return name
    return None


ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "ReLU": lambda values: np.maximum(values, 0),
    "ReLU6": lambda values: values.clip(0, 6),
    "a clamp to -1 … 1": lambda values: values.clip(-1, 1),
}


def _find_pooling(case: Case) -> Cause | None:
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
    noises = {"largest": cut.max(axis=(2, 4)), "average": cut.mean(axis=(2, 4))}
    fits = [kind for kind, found in noises.items() if np.mean((found - after.real) ** 2) <= POOLED * np.var(after.real)]
    return fits[0] if len(fits) == 1 else None


def _find_misread(case: Case) -> Cause | None:
    """What a layer of the second model gives is read with another zero point than it is written with."""
    read, grid = case.second.layer.misread, case.values[1].grid
    if case.is_input or read is None or grid is None:
        return None
    return Cause(
        "zero point",
        f"{case.names[1]} writes this layer's output with the zero point {grid.zero_point}, and the next layer reads it "
        f"with {read}",
        "export it again",
    )


def _find_activation(case: Case) -> Cause | None:
    """One has an activation function that the other lacks."""
    first, second = case.arrays
    if case.is_input or case.explains(first, second):
        return None
    advice = "look at the layer's activation in both, and export it again"
    for name, function in ACTIVATIONS.items():
        for here, there, lacks, has in ((second, first, 1, 0), (first, second, 0, 1)):
            if np.array_equal(function(here), here) or _clamps_at_grid(case.values[has], function(here)):
                continue
            if case.explains(function(here), there):
                sentence = f"{case.names[lacks]} lacks {name} at the layer's end, which {case.names[has]} has"
                return Cause("activation", sentence, advice)
    return _find_cut(case)


def _find_cut(case: Case) -> Cause | None:
    """Values beyond a limit are cut off in the second, though its scale goes on."""
    first, second = case.arrays
    low, high = float(second.min()), float(second.max())
    grid = case.values[1].grid
    if (grid and high >= grid.ends[1]) or not case.explains(first.clip(low, high), second):
        return None
    share = float(np.mean((first > high) | (first < low)))
    return Cause(
        "activation",
        f"{case.names[1]} cuts off what lies outside {low:.4g} … {high:.4g}, {100 * share:.2g} % of the values, and "
        f"{case.names[0]} doesn't",
        "look at the limits of the layer's activation in both, and export it again",
    )


def _clamps_at_grid(value: Value, expected: Array) -> bool:
    """True if values are cut off by the ends of their scale, as an activation function would."""
    return value.grid is not None and value.grid.ends[1] < float(expected.max())


def _find_offset(case: Case) -> Cause | None:
    """The same difference everywhere: a zero point that one part of the file knows otherwise than another."""
    first, second = case.arrays
    inside = _mark_inside(case.values[1])
    difference = (second - first).reshape(len(first), -1)[inside]
    grid = case.values[1].grid or case.values[0].grid
    if not difference.size or grid is None:
        return None
    offset = float(np.median(difference))
    rest = float(np.mean((difference - offset) ** 2))
    steps = offset / grid.scale
    if abs(steps) < 0.75 or rest > EXPLAINED * offset**2:
        return None
    return Cause(
        "zero point",
        f"{case.names[1]} is off by {offset:+.4g} everywhere, {steps:+.0f} steps: its zero point is another where it is "
        "written than where it is read",
        "compare the zero points of the layer before and of this one; export it again",
    )


def _mark_inside(value: Value) -> NDArray[np.bool_]:
    """Where values are between the ends of their scale; (n, values), all True of floats."""
    if value.stored is None or value.grid is None:
        return np.ones(value.flat.shape, bool)
    inside: NDArray[np.bool_] = (value.stored > value.grid.low) & (value.stored < value.grid.high)
    return inside


def _find_clipping(case: Case) -> Cause | None:
    """Values beyond an end of the scale: it is too small, or its zero point lies elsewhere."""
    first, second = (one.reshape(len(one), -1) for one in case.arrays)
    grid, stored = case.values[1].grid, case.values[1].stored
    if grid is None or stored is None or not first.size:
        return None
    low, high = grid.ends
    below, above = (
        ((stored <= grid.low) & (first < low - grid.scale)),
        ((stored >= grid.high) & (first > high + grid.scale)),
    )
    clipped = below | above
    noise = (second - first) ** 2
    if not clipped.any() or float(noise[clipped].sum()) < 0.5 * float(noise.sum()):
        return None
    share = f"{100 * float(clipped.mean()):.2g} %"
    end = "both ends" if below.any() and above.any() else f"{high:.4g}" if above.any() else f"{low:.4g}"
    needed = (min(0.0, float(first.min())), float(first.max()))
    what = (
        f"{share} of the values of {case.names[1]} are clipped at {end}: its scale goes from {low:.4g} to {high:.4g}, "
    )
    what += f"but values from {needed[0]:.4g} to {needed[1]:.4g} occur"
    if (needed[1] - needed[0]) * SAME_WIDTH <= high - low:
        sentence = f"{what}; the width would do, so the zero point {grid.zero_point} is wrong"
        return Cause("zero point", sentence, "export it again: zero point and scale come from calibration together")
    return Cause(
        "clipped", f"{what}",
        "export it again, calibrated with images that cause such values: more of them with `calibration_images`",
    )  # fmt: skip


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


def _find_padding_cause(case: Case) -> Cause | None:
    """Another padding of a convolution, told by computing it anew."""
    if case.is_input:
        return _find_shift(case)
    found = [find_padding(side) for side in (case.first, case.second)]
    if found[0] is None or found[1] is None or max(found[0].noise, found[1].noise) > PADDING_NOISE:
        return _find_border(case)
    one, two = found
    if (one.top, one.left) == (two.top, two.left):
        return _find_border(case)
    return Cause(
        "padding",
        f"{case.names[1]} pads {two.top} rows above and {two.left} columns left of the image, {case.names[0]} "
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


def count_roundings(first: Value, second: Value) -> str:
    """Say how many whole numbers of the same scale differ, by one step each; "" where that isn't the difference."""
    if first.grid is None or second.grid is None or first.stored is None or second.stored is None:
        return ""
    if (
        not np.isclose(first.grid.scale, second.grid.scale, rtol=SAME_SCALE, atol=0)
        or first.flat.shape != second.flat.shape
        or not np.isfinite([first.flat, second.flat]).all()
    ):
        return ""
    steps = np.abs((first.stored - first.grid.zero_point) - (second.stored - second.grid.zero_point))
    if steps.max(initial=0) != 1:
        return ""
    return (
        f"{int((steps == 1).sum()):,} of {steps.size:,} values differ, each by one step: one rounds its products once, "
        "the other twice, or takes halves another way"
    )


def _name_unknown(case: Case) -> Cause:
    if case.is_input:
        return Cause(
            "between layers",
            "the layer before agrees: what lies between them (pooling, padding, an activation function, a sum) gives "
            "other values",
            "look at the operators between these layers in both files; export it again",
        )
    return Cause(
        "unexplained",
        "weights and inputs agree, and no usual cause explains the difference: the operator itself computes otherwise",
        f"run it in another runtime, to tell a kernel's error from the file's: {phrase_call('runtimes')} lists them",
    )


# Looked for in this order where the weights explain nothing.
VALUE_CAUSES: tuple[Callable[[Case], Cause | None], ...] = (
    _find_misread, _find_pooling, _find_input_range, _find_activation, _find_offset, _find_clipping, _find_padding_cause, _find_layout,
)  # fmt: skip
