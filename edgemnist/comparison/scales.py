"""The scales of a C file in whole numbers, found by the weights of its source: its text holds only ratios of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edgemnist.formats.weights import LayerWeights, ModelWeights, Origin, Scales

# How far scales may be from each other where branches meet, and from the one that the logits have.
SCALE_TOLERANCE = 1e-3
# Weights that were trained on few levels are stored as these: no larger numbers, where others reach the largest of all.
MOST_LEVEL = 15
# A layer of the source, and the one that it became.
Pair = tuple[LayerWeights, LayerWeights]
# How far, as a part, an export may have moved the step of weights on few levels: by 2^18 float32 numbers at most.
MOVED_STEP = 2**-5


def fit_scales(source: ModelWeights, other: ModelWeights, pairs: list[Pair]) -> tuple[list[Pair], list[str]]:
    """Turn the relative weights of a C file into real ones: one unknown a layer, its output scale.

    A layer's multipliers say how its outputs' weights relate to each other; the largest weight of each output
    is stored as the largest whole number, which gives the one scale that is missing: the median over the
    outputs, so that no single one moves it. The last of these scales must be the one that the logits have.

    Returns:
        The pairs, and why the scales are no honest ones, one sentence a reason.
    """
    fitted = fit_outputs(source, other, pairs)
    layers = {id(before): after for before, after in zip(other.layers, fitted.weights.layers, strict=True)}
    order = {id(layer): place for place, layer in enumerate(other.layers)}
    found = sorted(pairs, key=lambda pair: order[id(pair[1])])
    return [(before, layers[id(after)]) for before, after in found], fitted.reasons


class Fitted(NamedTuple):
    """A C file with its scales.

    Args:
        weights: Real ones.
        inputs, outputs: Scale of what each layer takes and gives.
        reasons: Why the scales are no honest ones.
    """

    weights: ModelWeights
    inputs: list[float]
    outputs: list[float]
    reasons: list[str]


def fit_outputs(source: ModelWeights, other: ModelWeights, pairs: list[Pair]) -> Fitted:
    """Do the same, and return the scales; see `fit_scales`."""
    scales = other.scales
    assert scales is not None
    partners = {id(after): before for before, after in pairs}
    ratios = [_find_ratio(partners[id(layer)], layer) for layer in other.layers]
    outputs = _follow_scales(source, scales, ratios)
    fitted = []
    for place, after in enumerate(other.layers):
        kernel, step = (values * np.float32(ratios[place]) for values in (after.kernel, after.step))
        bias, bias_step = (values * np.float32(outputs[place]) for values in (after.bias, after.bias_step))
        fitted.append(replace(after, kernel=kernel, step=step, bias=bias, bias_step=bias_step))
    inputs = [_find_scale(origin, outputs) for origin in scales.inputs]
    places = range(len(other.layers))
    weights = replace(other, layers=tuple(fitted))
    return Fitted(weights, inputs, [outputs[place] for place in places], _compare_scales(scales, outputs))


def _follow_scales(source: ModelWeights, scales: Scales, ratios: Sequence[float]) -> dict[int | None, float]:
    """The scale of each layer's output, and under None that of the pixels.

    A rounded table of pixels says only roughly what a pixel is. Then the logits say it: all scales are multiples of it.
    """
    low, high = source.contract.input.range if source.contract else (0.0, 1.0)
    outputs: dict[int | None, float] = {None: (high - low) / 255 / scales.pixel_step}
    for place, ratio in enumerate(ratios):
        outputs[place] = ratio * _find_scale(scales.inputs[place], outputs)
    found = _find_scale(scales.output, outputs)
    error = scales.output_scale / found if found else 0.0
    if abs(error - 1) <= scales.pixel_slack:
        outputs = {place: scale * error for place, scale in outputs.items()}
    return outputs


def _compare_scales(scales: Scales, outputs: Mapping[int | None, float]) -> list[str]:
    """Scales must be the same where branches meet, and the last must be the one that the logits have."""
    reasons = []
    for one, another in scales.joins:
        first, second = _find_scale(one, outputs), _find_scale(another, outputs)
        if not _agree(first, second):
            reasons.append(f"its branches meet in steps of {first:.6g} and {second:.6g}, expected the same")
    found = _find_scale(scales.output, outputs)
    if not _agree(found, scales.output_scale):
        reasons.append(f"its multipliers make logits in steps of {found:.6g}, but it says {scales.output_scale:.6g}")
    return reasons


def _find_scale(origin: Origin, outputs: Mapping[int | None, float]) -> float:
    return outputs[origin.layer] * origin.ratio


def _agree(scale: float, expected: float) -> bool:
    return abs(scale - expected) <= SCALE_TOLERANCE * abs(expected)


def _find_ratio(source: LayerWeights, other: LayerWeights) -> float:
    """Output scale over input scale of a layer in a C file.

    The largest weight of an output is stored as the largest whole number. Where no output has that number, all steps
    are coarser than needed, and all weights together say the ratio.
    """
    axes = tuple(range(source.kernel.ndim - 1))
    needed, found, steps = (np.abs(one).max(axis=axes) for one in (source.kernel, other.kernel, other.step))
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = np.rint(found / steps) >= other.levels
        ratios = needed[whole] / (steps[whole] * other.levels)
    usable = ratios[np.isfinite(ratios) & (ratios > 0)]
    if usable.size:
        return float(np.median(usable))
    before, after = (kernel.astype(np.float64).ravel() for kernel in (source.kernel, other.kernel))
    ratio = float(before @ after) / (float(after @ after) or 1.0)
    return ratio if ratio > 0 and np.isfinite(ratio) else 1.0


def find_largest_levels(layer: LayerWeights) -> NDArray[np.float64] | None:
    """Return the largest stored number of each output, (outputs,), of weights on few levels; None for other weights."""
    axes = tuple(range(layer.kernel.ndim - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        stored = np.rint(np.abs(layer.kernel.astype(np.float64)).max(axis=axes) / layer.step.max(axis=axes))
    return stored if layer.levels and np.nanmax(stored, initial=0) <= MOST_LEVEL else None


def find_moves(first: LayerWeights, second: LayerWeights) -> NDArray[np.float64]:
    """Return what the weights of each output of one layer are times those of the other, (outputs,), float64.

    An export moves the step of weights on few levels a little; what is farther from 1 is no such move, and is 1.
    """
    axes = tuple(range(first.kernel.ndim - 1))
    return _divide(first.kernel, second.kernel, axes)


def align_biases(layer: LayerWeights, other: LayerWeights) -> LayerWeights:
    """Return a layer with its biases in the unit of the layer that it is compared with.

    A scale that is found by weights is off by as much as the steps of these were moved, the same for all biases.
    """
    if find_largest_levels(layer) is None:
        return layer
    steps = np.maximum(find_bias_steps(layer), np.finfo(np.float32).tiny)
    moved = (layer.bias * _divide(other.bias, layer.bias, (0,))).astype(np.float32)
    with np.errstate(invalid="ignore", over="ignore"):
        off, off_moved = (float(np.max(np.abs(other.bias - one) / steps)) for one in (layer.bias, moved))
    return replace(layer, bias=moved) if off_moved < off else layer


def _divide(first: NDArray[np.float32], second: NDArray[np.float32], axes: tuple[int, ...]) -> NDArray[np.float64]:
    """Return the factor by which values are nearest to others; 1 of those that are farther from it than an export."""
    before, after = first.astype(np.float64), second.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        found = (before * after).sum(axis=axes) / np.maximum((after * after).sum(axis=axes), np.finfo(np.float64).tiny)
        return np.where(np.abs(found - 1) <= MOVED_STEP, found, 1.0)


def find_bias_steps(layer: LayerWeights) -> NDArray[np.float32]:
    """Return what biases are rounded in, (outputs,): of weights on few levels also in the converter's finer steps."""
    stored = find_largest_levels(layer)
    if stored is None:
        return layer.bias_step
    return layer.bias_step * (1 + np.nan_to_num(stored) / layer.levels).astype(np.float32)
