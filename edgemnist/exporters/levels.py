"""Weights that were trained on few levels: a TFLite file stores the levels themselves.

A converter gives each channel of weights a scale that makes the largest of them 127. Weights of 15 levels, -7 to 7
times one step, become multiples of 18.14, rounded. Here the step is found in what the converter wrote, and the
numbers -7 to 7 are stored in place of its own: what runs is what was trained, and C can pack them in 4 bits.

A step is moved a little then, by 0.05 to 0.08 % in the median and by 1 % once in a hundred, to where what the layer's
sums are multiplied by has 17 bits instead of 31, the first of which is always 1: C stores that in two bytes less for
each channel, and a batch normalization makes a step for each.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.formats.multipliers import SEARCHED, is_short, round_multipliers
from edgemnist.quiet import loading

with loading("ai_edge_litert", "pip install ai-edge-litert"):
    from ai_edge_litert import schema_py_generated as schema

# The largest level of each grid that is looked for: of -1, 0, 1, which two bits hold, to -8 … 8.
LARGEST = range(1, 9)
# The largest of a grid without zero, which holds odd numbers alone: ±1, ±3, … ±15 take four bits.
LARGEST_ODD = 15
LARGEST_INT8 = 127
# Fewer weights than these lie on some grid by chance.
FEWEST = 24
# What an int8 scale of float32 may be off, as a part.
SLACK = 1e-5
# How far biases may move when they are rounded to the larger steps, in steps of what the layer gives.
MOST_MOVED = 0.25
# Operators with weights, and where their values and their biases stand; the weights are second.
PLACES = {
    schema.BuiltinOperator.CONV_2D: (0, 2),
    schema.BuiltinOperator.DEPTHWISE_CONV_2D: (0, 2),
    schema.BuiltinOperator.FULLY_CONNECTED: (0, 2),
    schema.BuiltinOperator.TRANSPOSE_CONV: (2, 3),
}
STORED = (schema.TensorType.INT8, schema.TensorType.INT32)


@dataclass(frozen=True, eq=False)
class Levels:
    """Weights as whole numbers of a step.

    Args:
        values: int8, in the shape of the weights, -15 … 15.
        steps: What 1 stands for, above 0, float64 (channels,); the same for all channels where that is possible.
    """

    values: NDArray[np.int8]
    steps: NDArray[np.float64]


def find_levels(
    values: NDArray[np.int8], scales: NDArray[np.float64], axis: int, fewest: int = FEWEST
) -> Levels | None:
    """Return the levels that quantized weights stand for, the fewest possible; None where they are on no grid.

    Args:
        values: int8, as a converter rounded them: each within half a scale of what was trained.
        scales: float64 (1,), or a scale for each place along `axis`.
        axis: Axis of the channels.
        fewest: How many weights it takes to tell a grid from chance; 0 for weights that are known to be on one.

    Example:
        >>> trained = np.array([[-1, 0, 1, 1] * 6, [1, -1, 0, 0] * 6])
        >>> found = find_levels((trained * 127).astype(np.int8), np.array([0.5, 0.5]) / 127, 0)
        >>> found.steps, (found.values == trained).all()
        (array([0.5, 0.5]), np.True_)
    """
    if values.size < fewest or not values.any():
        return None
    scales = np.broadcast_to(scales, (values.shape[axis] if len(scales) > 1 else 1,))
    channels = np.moveaxis(values, axis, 0) if len(scales) > 1 else values[None]
    rows = channels.reshape(len(scales), -1).astype(np.float64)
    found = _find_common(rows, scales) or _find_each(rows, scales, fewest)
    if found is None:
        return None
    levels, steps = found
    shaped = levels.reshape(channels.shape).astype(np.int8)
    return Levels(np.moveaxis(shaped, 0, axis) if len(scales) > 1 else shaped[0], steps)


def find_real_levels(values: NDArray[Any], axis: int, fewest: int = FEWEST) -> Levels | None:
    """Return the levels of weights that are real numbers, a step a channel; see `find_levels`.

    Args:
        values: float, at least two axes.
    """
    others = tuple(one for one in range(values.ndim) if one != axis)
    largest = np.abs(values.astype(np.float64)).max(axis=others, keepdims=True)
    scales = np.where(largest > 0, largest, 1) / LARGEST_INT8
    return find_levels(np.rint(values / scales).astype(np.int8), scales.reshape(-1), axis, fewest)


Found = tuple[NDArray[np.float64], NDArray[np.float64]]


def _find_common(rows: NDArray[np.float64], scales: NDArray[np.float64]) -> Found | None:
    """Return the levels of all channels and their one step, once a channel."""
    real, largest = rows * scales[:, None], float((np.abs(rows).max(axis=1) * scales).max())
    for most in (*LARGEST, LARGEST_ODD):
        step = largest / most
        levels = np.rint(real / step)
        fits = (np.abs(real - levels * step) <= scales[:, None] / 2 + SLACK * largest).all()
        if fits and (most != LARGEST_ODD or (levels % 2 == 1).all()):
            return levels, np.full(len(scales), step)
    return None


def _find_each(rows: NDArray[np.float64], scales: NDArray[np.float64], fewest: int) -> Found | None:
    """Return the levels of each channel by itself, and its step; the largest weight of each is on any grid."""
    if rows.size - len(rows) < fewest:
        return None
    found = []
    for row, scale in zip(rows, scales, strict=True):
        one = _find_common(row[None], np.array([scale])) if row.any() else (row[None], np.array([scale]))
        if one is None:
            return None
        found.append(one)
    return np.concatenate([levels for levels, _ in found]), np.concatenate([steps for _, steps in found])


@dataclass(frozen=True)
class _Limits:
    """What must hold for levels to be stored: `FEWEST` and `MOST_MOVED`."""

    fewest: int
    most_moved: float


def store_levels(model: Any, *, rounded: bool = False) -> None:
    """Store the levels of all weights of a TFLite model that lie on a grid, with their biases in the new steps.

    Args:
        model: The schema's `ModelT`, which is changed.
        rounded: Whether all weights were rounded to levels. Then few are enough, and biases are rounded, too, however
            far they move: there is no other way to store the levels.
    """
    limits = _Limits(0, np.inf) if rounded else _Limits(FEWEST, MOST_MOVED)
    owners = Counter(tensor.buffer for graph in model.subgraphs for tensor in graph.tensors)
    for graph in model.subgraphs:
        readers = Counter(index for operator in graph.operators for index in operator.inputs)
        for operator in graph.operators:
            code = model.operatorCodes[operator.opcodeIndex].builtinCode
            if code not in PLACES:
                continue
            given, bias = PLACES[code]
            indices = [index for index in (*operator.inputs[1:2], *operator.inputs[bias : bias + 1]) if index >= 0]
            tensors = [graph.tensors[index] for index in indices]
            if all(readers[index] == 1 for index in indices) and all(owners[one.buffer] == 1 for one in tensors):
                ends = [graph.tensors[index] for index in (operator.inputs[given], operator.outputs[0])]
                above = code == schema.BuiltinOperator.FULLY_CONNECTED
                _store(tensors, ends, model.buffers, limits, above=above)


def find_short_step(step: float, factor: float, *, above: bool = False) -> float:
    """Return the float32 number next to a step that makes a multiplier of 17 bits; the step itself if none is near.

    Args:
        step: What a level of weights stands for, above 0.
        factor: What it is times to be the multiplier: the scale of the inputs by that of the outputs.
        above: Whether the real scale must be the multiplier or above it. LiteRT's reference kernel for dense layers
            multiplies by the real scale: what is a half by the multiplier is a half or more by it then, and both are
            rounded away from zero. By a scale that is a little smaller it is less than a half.

    Example:
        >>> step = find_short_step(0.01, 0.3)
        >>> round(step, 4), round(np.frexp(step * 0.3)[0] * 2**31) % 2**14
        (0.01, 0)
    """
    near = np.float32(step).view(np.int32) + np.arange(-SEARCHED, SEARCHED + 1, dtype=np.int32)
    steps = near.view(np.float32).astype(np.float64)
    multipliers, exponents = round_multipliers(steps * factor)
    fits = is_short(multipliers)
    if above:
        fits &= np.ldexp(multipliers / 2**31, exponents) <= steps * factor
    (short,) = np.nonzero(fits)
    return float(steps[short[np.abs(short - SEARCHED).argmin()]]) if short.size else step


def _store(tensors: list[Any], ends: list[Any], buffers: list[Any], limits: _Limits, *, above: bool) -> None:
    """Store the levels of the weights of one layer and its biases, if they are such and lie on a grid."""
    if not tensors or not all(_is_quantized(one, buffers) for one in tensors):
        return
    weights, *biases = tensors
    if weights.type != schema.TensorType.INT8:
        return
    before = np.asarray(weights.quantization.scale, np.float64)
    values = buffers[weights.buffer].data.view(np.int8).reshape(weights.shape)
    levels = find_levels(values, before, weights.quantization.quantizedDimension, limits.fewest)
    if levels is None:
        return
    given, output = (float(tensor.quantization.scale[0]) for tensor in ends)
    short = {step: find_short_step(step, given / output, above=above) for step in np.unique(levels.steps)}
    steps = np.array([short[step] for step in levels.steps])
    ratio = before / steps
    most = limits.most_moved * output
    if not all(_store_bias(one, ratio, most, buffers) for one in biases):
        return
    buffers[weights.buffer].data = np.ascontiguousarray(levels.values).reshape(-1).view(np.uint8)
    weights.quantization.scale = steps.astype(np.float32)


def _store_bias(bias: Any, ratio: NDArray[np.float64], most: float, buffers: list[Any]) -> bool:
    """Store a bias in larger steps; return False, and leave it, where one of its values moves farther than `most`."""
    before, scale = buffers[bias.buffer].data.view(np.int32), np.asarray(bias.quantization.scale, np.float64)
    stored = np.rint(before * ratio)
    if (np.abs(stored / ratio - before) * scale > most).any():
        return False
    buffers[bias.buffer].data = stored.astype(np.int32).view(np.uint8)
    bias.quantization.scale = (scale / ratio).astype(np.float32)
    return True


def _is_quantized(tensor: Any, buffers: list[Any]) -> bool:
    """True if a tensor holds whole numbers with a scale: weights, or biases of 32 bits."""
    details = tensor.quantization
    scaled = details is not None and details.scale is not None and len(details.scale) > 0
    return scaled and buffers[tensor.buffer].data is not None and tensor.type in STORED
