"""Scales and zero points of whole numbers as causes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.causes.case import EXPLAINED, Case, Cause
from edgemnist.comparison.values import SAME_SCALE, Value

# How much wider than what is needed a range may be to be the same range, shifted.
SAME_WIDTH = 0.9
# How many times finer a scale could be without being called coarse: other images may reach farther than these. Over 20
# training images, the layers of the released files reached 1.3 times, and 2.5 where half of the numbers are negative
# for nothing, as in int16. Fewer images say nothing.
COARSE, LEAST_IMAGES = 6, 20


def find_unusable(case: Case) -> Cause | None:
    """A scale that is 0, negative or no number."""
    for value, name in zip(case.values, case.names, strict=True):
        if value.grid is not None and not value.grid.usable:
            reason = f"{name} stores this {case.value} in steps of {value.grid.scale:g}, expected a number above 0"
            return Cause("scale", reason, "export it again")
    return None


def find_coarse_steps(case: Case) -> Cause | None:
    """What a layer takes or gives is stored in far coarser steps than its values need."""
    for side, name in zip((case.first, case.second), case.names, strict=True):
        for value, what in ((side.input, "takes"), (side.output, "gives")):
            if value is not None and _measure_coarseness(value) > COARSE:
                return _name_coarse(value, name, what)
    return None


def find_coarse_output(case: Case) -> Cause | None:
    """What a layer gives is stored so, though no noise shows it: what such steps round is no more than they explain."""
    if case.is_input or not has_coarse_values(*case.values):
        return None
    value, name = max(zip(case.values, case.names, strict=True), key=lambda pair: _measure_coarseness(pair[0]))
    return _name_coarse(value, name, "gives")


def has_coarse_values(first: Value, second: Value) -> bool:
    """Return whether one of two stores its values in far coarser steps than they need, and the other doesn't."""
    grids = first.grid, second.grid
    if len(first.real) < LEAST_IMAGES:
        return False
    if grids[0] and grids[1] and np.isclose(grids[0].scale, grids[1].scale, rtol=SAME_SCALE, atol=0):
        return False
    return max(_measure_coarseness(first), _measure_coarseness(second)) > COARSE


def _name_coarse(value: Value, name: str, what: str) -> Cause:
    assert value.grid is not None
    low, high = _find_range(value)
    reason = (
        f"{name} stores what this layer {what} in steps of {value.grid.scale:.4g}, {_measure_coarseness(value):.0f} "
        f"times coarser than values from {low:.4g} to {high:.4g} need"
    )
    return Cause("coarse steps", reason, "export it again: the scale comes from calibration")


def _measure_coarseness(value: Value) -> float:
    """How many times as wide as its values a scale is; 0 of floats, and where all values are 0."""
    if value.grid is None or not value.grid.usable:
        return 0.0
    low, high = _find_range(value)
    return (value.grid.ends[1] - value.grid.ends[0]) / (high - low) if high > low else 0.0


def _find_range(value: Value) -> tuple[float, float]:
    """The smallest and the largest value, 0 included."""
    return float(value.real.min(initial=0.0)), float(value.real.max(initial=0.0))


def find_misread(case: Case) -> Cause | None:
    """What a layer of the second model gives is read with another zero point than it is written with."""
    read, grid = case.second.layer.misread, case.values[1].grid
    if case.is_input or read is None or grid is None:
        return None
    return Cause(
        "zero point",
        f"{case.names[1]} writes this layer's output with the zero point {grid.zero_point}, and the next layer reads "
        f"it with {read}",
        "export it again",
    )


def find_offset(case: Case) -> Cause | None:
    """The same difference everywhere: a zero point that one part of the file knows otherwise than another."""
    first, second = case.arrays
    inside = _mark_inside(case.values[1])
    difference = (second - first).reshape(len(first), -1)[inside]
    grid = case.values[1].grid or case.values[0].grid
    if not difference.size or grid is None or not grid.usable:
        return None
    offset = float(np.median(difference))
    rest = float(np.mean((difference - offset) ** 2))
    steps = offset / grid.scale
    if abs(steps) < 0.75 or rest > EXPLAINED * offset**2:
        return None
    return Cause(
        "zero point",
        f"{case.names[1]} is off by {offset:+.4g} everywhere, {steps:+.0f} steps: its zero point is another where it "
        "is written than where it is read",
        "compare the zero points of the layer before and of this one; export it again",
    )


def _mark_inside(value: Value) -> NDArray[np.bool_]:
    """Where values are between the ends of their scale; (n, values), all True of floats."""
    if value.stored is None or value.grid is None:
        return np.ones(value.flat.shape, bool)
    inside: NDArray[np.bool_] = (value.stored > value.grid.low) & (value.stored < value.grid.high)
    return inside


def find_clipping(case: Case) -> Cause | None:
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
        f"but values from {needed[0]:.4g} to {needed[1]:.4g} occur"
    )
    if (needed[1] - needed[0]) * SAME_WIDTH <= high - low:
        sentence = f"{what}; the width would do, so the zero point {grid.zero_point} is wrong"
        return Cause("zero point", sentence, "export it again: zero point and scale come from calibration together")
    return Cause(
        "clipped", what,
        "export it again, calibrated with images that cause such values: more of them with `calibration_images`",
    )  # fmt: skip


def count_roundings(first: Value, second: Value) -> str:
    """Say how many whole numbers of the same scale differ, by one step each; "" where that isn't the difference."""
    if first.grid is None or second.grid is None or first.stored is None or second.stored is None:
        return ""
    same = np.isclose(first.grid.scale, second.grid.scale, rtol=SAME_SCALE, atol=0)
    if not same or first.stored.shape != second.stored.shape:
        return ""
    steps = np.abs((first.stored - first.grid.zero_point) - (second.stored - second.grid.zero_point))
    if steps.max(initial=0) != 1:
        return ""
    return (
        f"{int((steps == 1).sum()):,} of {steps.size:,} values differ, each by one step: one rounds its products once, "
        "the other twice, or takes halves another way"
    )
