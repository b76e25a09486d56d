"""What two models' weights of one layer say of why its values part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.scales import find_bias_steps
from edgemnist.comparison.weights import FLOAT_TOLERANCE, MOST_STEPS, count_coarse
from edgemnist.formats.weights import LayerWeights

Marks = NDArray[np.bool_]
# How many rows are looked for among those of the other model.
MOST_MOVED = 32
EXPORT = "export it again"
# Weights that were rounded twice are up to a step away.
ONE_STEP = 1.0
# How many times coarser than needed the steps of weights are where that alone is a difference: two bits are lost.
FAR_COARSER = 4.0
SAVED = "export it again from the model as it was saved: statistics of a training batch aren't the moving ones"


class Found(NamedTuple):
    """What differs.

    Args:
        kind: Short name of the cause.
        reason: What was found, a sentence.
        hint: What to try; "" for a look at all layers.
    """

    kind: str
    reason: str
    hint: str = ""


def find_kernel_causes(
    first: LayerWeights, second: LayerWeights, normalized: bool, names: tuple[str, str]
) -> Iterator[Found]:
    """Give what differs in the weights of a layer, beyond what rounding makes of them.

    Args:
        first, second: Its weights in both models.
        normalized: True if a batch normalization belongs to it.
        names: Names of the models.
    """
    kernel, bias = mark_differences(first, second)
    coarse = tuple(_explain_coarse(first, second, names))
    if coarse and not mark_differences(first, second, ONE_STEP)[0].any():
        yield from coarse
        return
    if kernel.any():
        yield _explain_kernel(first, second, kernel, bias, normalized, names)
        return
    yield from coarse
    if bias.any():
        yield _explain_bias(first, second, bias, normalized, names)


def mark_differences(first: LayerWeights, second: LayerWeights, most: float = MOST_STEPS) -> tuple[Marks, Marks]:
    """Mark the weights, and the biases, that are farther apart than rounding takes them.

    Args:
        first, second: A layer of both models.
        most: How many steps rounding takes them.
    """
    return (
        _mark(first.kernel, second.kernel, most * (first.step + second.step), tuple(range(first.kernel.ndim - 1))),
        _mark(first.bias, second.bias, most * (find_bias_steps(first) + find_bias_steps(second)), None),
    )


def has_coarse_weights(first: LayerWeights, second: LayerWeights) -> bool:
    """Return whether one of two layers stores its weights in steps far larger than they need."""
    return any(count_coarse(*pair, FAR_COARSER) for pair in ((first, second), (second, first)))


def _explain_coarse(first: LayerWeights, second: LayerWeights, names: tuple[str, str]) -> Iterator[Found]:
    for one, other, name in ((first, second, names[1]), (second, first, names[0])):
        coarse = count_coarse(one, other)
        if coarse:
            what = f"the steps of the weights of {coarse} outputs of {name} are coarser than needed"
            yield Found("coarse steps", what, EXPORT)
            return


def _mark(
    first: NDArray[np.float32], second: NDArray[np.float32], allowed: NDArray[np.float32], axis: tuple[int, ...] | None
) -> Marks:
    with np.errstate(invalid="ignore", over="ignore"):
        scale = np.abs(first).max(axis=axis, keepdims=True)
        differences = np.abs(second.astype(np.float64) - first)
        marks: Marks = ~(differences <= allowed + FLOAT_TOLERANCE * scale)
    return marks


def _explain_kernel(
    first: LayerWeights, second: LayerWeights, kernel: Marks, bias: Marks, normalized: bool, names: tuple[str, str]
) -> Found:
    order = _name_order(first, second)
    if order:
        return Found("layout", f"the weights of {names[1]} are those of {names[0]} in another order: {order}", EXPORT)
    factors = _find_factors(first, second, kernel)
    if factors is not None:
        return _explain_factors(factors, bias, normalized, names[1])
    differences = np.abs(second.kernel - first.kernel) * kernel
    place = np.unravel_index(int(np.nan_to_num(differences, nan=np.inf).argmax()), kernel.shape)
    count, outputs = int(kernel.sum()), int(kernel.reshape(-1, kernel.shape[-1]).any(axis=0).sum())
    others = f", and {int(bias.sum())} biases" if bias.any() else ""
    return Found(
        "changed weight",
        f"{count:,} of {kernel.size:,} weights of {names[1]}{others} are farther from those of {names[0]} than "
        f"rounding takes them, in {outputs} of {kernel.shape[-1]} outputs; the largest difference is at "
        f"{list(map(int, place))}: {second.kernel[place]:.4g}, not {first.kernel[place]:.4g}",
    )


def _explain_factors(factors: NDArray[np.float64], bias: Marks, normalized: bool, name: str) -> Found:
    """All weights of some outputs are multiplied, each output by its own factor."""
    spread = f"by {factors.min():.4g}" + (f" to {factors.max():.4g}" if len(factors) > 1 else "")
    what = f"all weights of {len(factors)} of {len(bias)} outputs of {name} are multiplied {spread}"
    if normalized:
        return Found(
            "batch normalization",
            f"{what}: the batch normalization was folded with another variance or gamma",
            SAVED,
        )
    return Found("weight scale", f"{what}: their scale is wrong", EXPORT)


def _explain_bias(
    first: LayerWeights, second: LayerWeights, bias: Marks, normalized: bool, names: tuple[str, str]
) -> Found:
    count, size = int(bias.sum()), bias.size
    if first.bias.any() and not second.bias.any():
        if normalized:
            return Found(
                "batch normalization",
                f"{names[1]} has no bias, or one of zeros, where {names[0]} has one: the batch normalization was "
                "folded without its mean and beta",
                EXPORT,
            )
        return Found("missing bias", f"{names[1]} has no bias, or one of zeros, where {names[0]} has one", EXPORT)
    if normalized and count > size // 2:
        return Found(
            "batch normalization",
            f"{count} of {size} biases of {names[1]} differ, and no weight: the batch normalization was folded with "
            "another mean or beta",
            SAVED,
        )
    largest = int(np.abs((second.bias - first.bias) * bias).argmax())
    return Found(
        "changed bias",
        f"{count} of {size} biases of {names[1]} differ, and no weight; the largest difference is at output {largest}: "
        f"{second.bias[largest]:.4g}, not {first.bias[largest]:.4g}",
    )


def _find_factors(first: LayerWeights, second: LayerWeights, kernel: Marks) -> NDArray[np.float64] | None:
    """The factor of each output whose weights differ, where that explains them; None where it doesn't."""
    rows = [one.reshape(-1, kernel.shape[-1]).astype(np.float64) for one in (first.kernel, second.kernel)]
    steps = (first.step + second.step).reshape(-1, kernel.shape[-1])
    changed = kernel.reshape(-1, kernel.shape[-1]).any(axis=0)
    before, after = (one[:, changed] for one in rows)
    lengths = (before**2).sum(axis=0)
    if not np.isfinite(after).all() or not lengths.all() or len(before) < 2:
        return None
    factors: NDArray[np.float64] = (before * after).sum(axis=0) / lengths
    allowed = steps[:, changed] * np.maximum(1, np.abs(factors)) + FLOAT_TOLERANCE * np.abs(after).max(axis=0)
    explained = np.abs(after - before * factors) <= allowed
    return factors if explained.all() and (np.abs(factors) > 1e-3).all() else None


def _name_order(first: LayerWeights, second: LayerWeights) -> str | None:
    """How the weights of the second are those of the first in another order; None if they aren't."""
    one, two = first.kernel.astype(np.float64), second.kernel.astype(np.float64)
    allowed = float(MOST_STEPS * (first.step + second.step).max() + FLOAT_TOLERANCE * np.abs(one).max())
    if first.kind != "dense":
        for name, turned in (
            ("rows and columns swapped", one.swapaxes(0, 1)),
            ("rows and columns reversed", one[::-1, ::-1]),
        ):
            if turned.shape == two.shape and np.abs(turned - two).max() <= allowed:
                return name
    rows = [values.reshape(-1, values.shape[-1]) for values in (one, two)]
    if _are_moved(rows[0].T, rows[1].T, allowed):
        return "the outputs are swapped"
    return "the inputs are swapped, as another flattening swaps them" if _are_moved(rows[0], rows[1], allowed) else None


def _are_moved(first: NDArray[np.float64], second: NDArray[np.float64], allowed: float) -> bool:
    """True if rows of the second that differ are other rows of the first."""
    changed = np.flatnonzero((np.abs(second - first) > allowed).any(axis=1))[:MOST_MOVED]
    if len(changed) < 2 or first.shape[1] < 2:
        return False
    sources = set()
    for row in changed:
        matches = np.flatnonzero((np.abs(first - second[row]) <= allowed).all(axis=1))
        if not len(matches) or np.abs(second[row]).max() <= 2 * allowed:
            return False
        sources.add(int(matches[0]))
    return len(sources) == len(changed)
