"""The weights of a file that were rounded to few levels after training, compared with those of its source."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.weights import (
    FLOAT_TOLERANCE,
    LayerRow,
    WeightComparison,
    compare_weights,
    find_branches,
    pair_layers,
)
from edgemnist.formats.weights import LayerWeights, ModelWeights


def compare_rounded(source: ModelWeights, other: ModelWeights) -> WeightComparison:
    """Compare the weights of a file with those of its source, which were rounded to few levels by what layers give.

    Steps and biases were chosen by outputs, so they say nothing. But of two weights of one output, the larger has no
    lower level, whatever the step is.

    Args:
        source: of the Keras file.
        other: of the file that was made from it.
    """
    pairs = pair_layers(source.layers, other.layers)
    if pairs is None or source.unread or other.unread:
        return compare_weights(source, other)
    rows = tuple(_compare_order(*pair) for pair in pairs)
    reasons = [f"layer {row.name}: {reason}" for row in rows for reason in row.reasons]
    return WeightComparison(rows, (*find_branches(source, other), *reasons))


def _compare_order(source: LayerWeights, other: LayerWeights) -> LayerRow:
    outputs = source.kernel.shape[-1]
    before, after = (one.kernel.reshape(-1, outputs).astype(np.float64) for one in (source, other))
    steps = np.maximum(other.step.reshape(-1, outputs).max(axis=0), np.finfo(np.float32).tiny)
    levels = np.rint(after / steps)
    with np.errstate(invalid="ignore", over="ignore"):
        ratio = (before * levels).sum(axis=0) / np.maximum((levels * levels).sum(axis=0), 1)
        differences = np.abs(before - levels * ratio)
        in_steps = differences.max(axis=0) / np.maximum(np.abs(ratio), np.finfo(np.float32).tiny)
    largest = [float(np.nan_to_num(one.max(), nan=1e30, posinf=1e30)) for one in (differences, in_steps)]
    out = sum(_count_out_of_order(before[:, place], levels[:, place]) for place in range(outputs))
    reasons = (f"{out} of {before.size} weights have a lower level than a smaller weight",) if out else ()
    return LayerRow(source.name, source.kind, source.kernel.shape, before.size, out, largest[0], largest[1], reasons)


def _count_out_of_order(weights: NDArray[np.float64], levels: NDArray[np.float64]) -> int:
    """Weights of one output that are on a lower level than a weight that is smaller by more than rounding of floats."""
    if not np.isfinite(weights).all() or not np.isfinite(levels).all():
        return int((~np.isfinite(weights) | ~np.isfinite(levels)).sum())
    found = np.unique(levels)
    smallest = np.array([weights[levels == level].min() for level in found])
    # The smallest weight of all higher levels.
    above = np.append(np.minimum.accumulate(smallest[::-1])[::-1][1:], np.inf)
    slack = FLOAT_TOLERANCE * float(np.abs(weights).max())
    return int((weights > above[np.searchsorted(found, levels)] + slack).sum())
