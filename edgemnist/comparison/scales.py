"""The scales of a C file in whole numbers, found by the weights of its source: its text holds only ratios of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from edgemnist.formats.multipliers import MOVED_STEP
from edgemnist.formats.weights import LayerWeights, ModelWeights, Origin, Scales

# How far scales may be from each other where branches meet, and from the one that the logits have.
SCALE_TOLERANCE = 1e-3
# Weights that were trained on few levels are stored as these: no larger numbers, where others reach the largest of all.
MOST_LEVEL = 15
# A layer of the source, and the one that it became.
Pair = tuple[LayerWeights, LayerWeights]
TINY = float(np.finfo(np.float64).tiny)


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
    outputs = _follow_scales(source, scales, [(partners[id(layer)], layer) for layer in other.layers])
    ratios = [outputs[place] / _find_scale(origin, outputs) for place, origin in enumerate(scales.inputs)]
    fitted = []
    for place, after in enumerate(other.layers):
        kernel, step = (values * np.float32(ratios[place]) for values in (after.kernel, after.step))
        bias, bias_step = (values * np.float32(outputs[place]) for values in (after.bias, after.bias_step))
        fitted.append(replace(after, kernel=kernel, step=step, bias=bias, bias_step=bias_step))
    inputs = [_find_scale(origin, outputs) for origin in scales.inputs]
    places = range(len(other.layers))
    weights = replace(other, layers=tuple(fitted))
    return Fitted(weights, inputs, [outputs[place] for place in places], _compare_scales(scales, outputs))


def _follow_scales(source: ModelWeights, scales: Scales, pairs: list[Pair]) -> dict[int | None, float]:
    """The scale of each layer's output, and under None that of the pixels.

    A rounded table of pixels says only roughly what a pixel is. Then the logits say it: all scales are multiples of it.
    Weights whose steps an export moved say a scale only roughly, too. Then the biases say it, which it doesn't move;
    or the logits, whose scale is known.
    """
    low, high = source.contract.input.range if source.contract else (0.0, 1.0)
    outputs: dict[int | None, float] = {None: (high - low) / 255 / scales.pixel_step}
    for place, (before, after) in enumerate(pairs):
        ratio, given = _find_ratio(before, after), _find_scale(scales.inputs[place], outputs)
        better = ratio.value
        if scales.output.layer == place:
            better = scales.output_scale / _find_scale(scales.output, {place: given})
        elif ratio.least < ratio.most:
            better *= _fit_biases(before, after, ratio.value * given)
        outputs[place] = given * min(max(better, ratio.least), ratio.most)
    found = _find_scale(scales.output, outputs)
    error = scales.output_scale / found
    if abs(error - 1) <= scales.pixel_slack:
        outputs = {place: scale * error for place, scale in outputs.items()}
    return outputs


def _fit_biases(source: LayerWeights, other: LayerWeights, scale: float) -> float:
    """Return the factor of a scale with which no bias is off by more than its rounding; 1 if none is as it stands."""
    expected, found = source.bias.astype(np.float64), other.bias.astype(np.float64) * scale
    allowed = find_bias_steps(other).astype(np.float64) * scale / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.stack([(expected - allowed) / found, (expected + allowed) / found])[:, found != 0]
    least, most = ends.min(axis=0).max(initial=-np.inf), ends.max(axis=0).min(initial=np.inf)
    if least <= 1 <= most:
        return 1.0
    return float((least + most) / 2)  # where a bias is wrong no factor does that, and one between is as good


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
    """A scale; never 0, since a file may say that it is, and it is divided by."""
    return outputs[origin.layer] * origin.ratio or TINY


def _agree(scale: float, expected: float) -> bool:
    return abs(scale - expected) <= SCALE_TOLERANCE * abs(expected)


class _Ratio(NamedTuple):
    """Output scale over input scale of a layer, and the least and the most that it can be."""

    value: float
    least: float
    most: float


def _find_ratio(source: LayerWeights, other: LayerWeights) -> _Ratio:
    """Find the ratio of a layer in a C file.

    The largest weight of an output is stored as the largest whole number. Where no output has that number, all steps
    are coarser than needed, and all weights together say the ratio. Where an export moved the steps, each output's
    weights say it roughly, and the truth lies among these; or near it where there is one step for all.
    """
    axes = tuple(range(source.kernel.ndim - 1))
    moved = find_moved(other).any()
    found = _list_positive(_fit_factor(source.kernel, other.kernel, axes) if moved else _divide_largest(source, other))
    if not found.size:
        found = _list_positive(_fit_factor(source.kernel, other.kernel, (*axes, source.kernel.ndim - 1)))
    value = float(np.median(found)) if found.size else 1.0
    if not moved:
        return _Ratio(value, value, value)
    if np.ptp(other.bias_step) > 0:
        return _Ratio(value, float(found.min(initial=value)), float(found.max(initial=value)))
    return _Ratio(value, value / (1 + MOVED_STEP), value * (1 + MOVED_STEP))


def _divide_largest(source: LayerWeights, other: LayerWeights) -> NDArray[np.float64]:
    """The largest weight by what its step makes of the largest whole number, of each output that has that number."""
    axes = tuple(range(source.kernel.ndim - 1))
    needed, largest, steps = (np.abs(one).max(axis=axes) for one in (source.kernel, other.kernel, other.step))
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = np.rint(largest / steps) >= other.levels
        return np.asarray(needed[whole] / (steps[whole] * other.levels))


def _list_positive(ratios: NDArray[Any]) -> NDArray[Any]:
    """Give the ratios that are above 0 and finite."""
    each = np.atleast_1d(ratios)
    return np.asarray(each[np.isfinite(each) & (each > 0)])


def find_largest_levels(layer: LayerWeights) -> NDArray[np.float64] | None:
    """Return the largest stored number of each output, (outputs,), of weights on few levels; None for other weights."""
    axes = tuple(range(layer.kernel.ndim - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        stored = np.rint(np.abs(layer.kernel.astype(np.float64)).max(axis=axes) / layer.step.max(axis=axes))
    return stored if layer.levels and np.nanmax(stored, initial=0) <= MOST_LEVEL else None


def find_moved(layer: LayerWeights) -> NDArray[np.bool_]:
    """Return of which outputs an export may have moved the step, (outputs,).

    Of weights on few levels, to where the multiplier is short.
    """
    if layer.short is None or find_largest_levels(layer) is None:
        return np.zeros(layer.bias.shape, np.bool_)
    return layer.short


def find_moves(source: LayerWeights, other: LayerWeights) -> NDArray[np.float64]:
    """Return what the weights of each output of a source are times those of another file, (outputs,), float64.

    1 where they are farther from it than an export moves a step, or where no export does.
    """
    found = _fit_factor(source.kernel, other.kernel, tuple(range(source.kernel.ndim - 1)))
    return np.where(find_moved(other) & (np.abs(found - 1) <= MOVED_STEP), found, 1.0)


def _fit_factor(first: NDArray[np.float32], second: NDArray[np.float32], axes: tuple[int, ...]) -> NDArray[np.float64]:
    """The factor by which values are nearest to others, by least squares; 0 of zeros."""
    before, after = first.astype(np.float64), second.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        squares = (after * after).sum(axis=axes)
        return np.asarray((before * after).sum(axis=axes) / np.where(squares > 0, squares, 1))


def find_bias_steps(layer: LayerWeights) -> NDArray[np.float32]:
    """Return what biases are rounded in, (outputs,): of weights on few levels also in the converter's finer steps."""
    stored = find_largest_levels(layer)
    if stored is None:
        return layer.bias_step
    return layer.bias_step * (1 + np.nan_to_num(stored) / layer.levels).astype(np.float32)
