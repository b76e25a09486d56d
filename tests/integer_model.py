"""A classifier of whole numbers in plain NumPy, many images at a time: what the C computes, written down once.

Read it from `compute_logits` down. Values are int8 as TFLite stores them, in int64, (images, ...): the C keeps the same
values as bytes, 128 more each. A layer with weights computes

    sum    = bias + weights * (value - zero point)                      exact
    output = zero point + sum * multiplier / 2^shift, rounded, clamped to what the activation function lets through

Only the rounding differs, see `rescale` in `edgemnist.exporters.c.fixedpoint`: LiteRT's reference kernels round the
sums of dense layers once and those of all other layers twice; TFLite Micro rounds all of them twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from edgemnist.exporters import Options
from edgemnist.exporters.c.fixedpoint import find_limits, rescale
from edgemnist.exporters.c.graph import NO_LIMITS, Graph, Layer, Tensor, fuse_layers
from edgemnist.exporters.c.layers.concatenation import Concatenation
from edgemnist.exporters.c.layers.conv import Conv
from edgemnist.exporters.c.layers.dense import Dense
from edgemnist.exporters.c.layers.depthwise import Depthwise
from edgemnist.exporters.c.layers.fields import require_scale
from edgemnist.exporters.c.layers.function import Elementwise
from edgemnist.exporters.c.layers.grouped import GroupedConv
from edgemnist.exporters.c.layers.move import Move
from edgemnist.exporters.c.layers.pair import Add, Maximum, Minimum, Multiply, Pair, PRelu, Subtract
from edgemnist.exporters.c.layers.pool import AveragePool, MaxPool
from edgemnist.exporters.c.layers.reduce import Largest, Mean
from edgemnist.exporters.c.layers.rescaling import Rescaling
from edgemnist.exporters.c.layers.resize import ResizeBilinear, ResizeNearest
from edgemnist.exporters.c.layers.transposed import TransposedConv
from edgemnist.exporters.c.layers.window import Geometry
from edgemnist.exporters.c.read_tflite import read_graph

Values = NDArray[np.int64]
LEAST = -128


def compute_logits(content: bytes, images: NDArray[np.uint8], options: Options, chunk: int = 100) -> NDArray[np.int8]:
    """Return the logits of an int8 `.tflite` file, (images, classes), in the C's arithmetic.

    Args:
        images: Pixels, 0 to 255; the first axis counts images.
        options: How sums are rounded.
        chunk: How many images are computed together.
    """
    graph = fuse_layers(read_graph(content))
    scale = require_scale(graph.input)
    assert (np.float32(scale.scale), scale.zero_point) == (np.float32(1 / 255), LEAST), "pixels are not stored as such"
    parts = [images[start : start + chunk].astype(np.int64) + LEAST for start in range(0, len(images), chunk)]
    return np.concatenate([run(graph, part, options) for part in parts]).astype(np.int8)


def run(graph: Graph, values: Values, options: Options) -> Values:
    """Compute layer by layer: a layer's inputs are what earlier ones gave, or the pixels."""
    computed = {graph.input.name: values}
    for layer in graph.layers:
        inputs = [shape_as(computed[tensor.name], tensor) for tensor in layer.inputs]
        computed[layer.output.name] = shape_as(KINDS[type(layer)](layer, *inputs, options=options), layer.output)
    return computed[graph.output.name].reshape(len(values), graph.classes)


def shape_as(values: Values, tensor: Tensor) -> Values:
    """Values in a tensor's shape, of many images instead of one."""
    return values.reshape(len(values), *(tensor.shape[1:] if tensor.shape[:1] == (1,) else tensor.shape))


# ------------------------------------------------------------------------------------------- from sums to int8


def center(values: Values, tensor: Tensor) -> Values:
    """What is multiplied: values less the one that stands for real 0."""
    return values - require_scale(tensor).zero_point


def quantize(layer: Layer, sums: Values, options: Options, place: int | slice = slice(None)) -> Values:
    """Sums as int8 values of the layer's output: a multiplier a channel, or that at `place` for all."""
    tables, scale = layer.list_tables(options), require_scale(layer.output)
    multipliers, shifts = tables["multipliers"][place], tables["shifts"][place]
    values = scale.zero_point + rescale(sums, multipliers, shifts, twice=layer.rounds_twice(options))
    return np.clip(values, *find_limits(getattr(layer, "limits", NO_LIMITS), scale))


def multiply_matrices(values: Values, weights: NDArray[np.int8]) -> Values:
    """values (..., n) times weights (outputs, n): in float64, which holds whole numbers up to 2^53 exactly."""
    return np.rint(values.astype(np.float64) @ weights.T.astype(np.float64)).astype(np.int64)


# --------------------------------------------------------------------------------------- layers with weights


def dense(layer: Dense, values: Values, options: Options) -> Values:
    rows = center(values, layer.input).reshape(len(values), layer.rows, -1)
    return quantize(layer, layer.bias + multiply_matrices(rows, layer.weights), options)


def see_windows(values: Values, g: Geometry, fill: int, dilation: tuple[int, int] = (1, 1)) -> Values:
    """What a window sees at each place: (images, output rows, output columns, window rows, window columns, channels).

    Args:
        fill: What stands outside the image.
        dilation: How far the window's taps lie apart.
    """
    seen = [(taps - 1) * apart + 1 for taps, apart in zip((g.window_rows, g.window_columns), dilation, strict=True)]
    below = max(0, (g.output_rows - 1) * g.row_stride + seen[0] - g.rows - g.top)
    right = max(0, (g.output_columns - 1) * g.column_stride + seen[1] - g.columns - g.left)
    padded = np.pad(values, ((0, 0), (g.top, below), (g.left, right), (0, 0)), constant_values=fill)
    windows = sliding_window_view(padded, seen, axis=(1, 2))  # type: ignore[call-overload]
    windows = windows[:, :: g.row_stride, :: g.column_stride, :, :: dilation[0], :: dilation[1]]
    return windows[:, : g.output_rows, : g.output_columns].transpose(0, 1, 2, 4, 5, 3)


def convolve(layer: Conv, values: Values, options: Options) -> Values:
    """The padding is real 0. With a pooling, the largest sum of each of its windows is quantized."""
    windows = see_windows(center(values, layer.input), layer.geometry, 0)
    outputs, *_ = layer.weights.shape
    flat = windows.reshape(*windows.shape[:3], -1)
    sums = layer.bias + multiply_matrices(flat, layer.weights.reshape(outputs, -1))
    if layer.pool:
        sums = see_windows(sums, layer.pool.geometry, 0).max(axis=(3, 4))
    return quantize(layer, sums, options)


def convolve_channels(layer: Depthwise, values: Values, options: Options) -> Values:
    """Output channel j sees input channel j / (outputs / channels)."""
    g = layer.geometry
    windows = see_windows(center(values, layer.input), g, 0)
    repeated = np.repeat(windows, g.output_channels // g.channels, axis=-1)
    return quantize(layer, layer.bias + (repeated * layer.weights).sum(axis=(3, 4)), options)


def convolve_groups(layer: GroupedConv, values: Values, options: Options) -> Values:
    """Each group of filters sees the channels of its own."""
    outputs, *_, channels = layer.weights.shape
    windows = see_windows(center(values, layer.input), layer.geometry, 0, layer.dilation)
    groups = layer.geometry.channels // channels
    pairs = zip(np.split(windows, groups, axis=-1), np.split(layer.weights, groups), strict=True)
    sums = [
        multiply_matrices(part.reshape(*part.shape[:3], -1), filters.reshape(outputs // groups, -1))
        for part, filters in pairs
    ]
    return quantize(layer, layer.bias + np.concatenate(sums, axis=-1), options)


def convolve_transposed(layer: TransposedConv, values: Values, options: Options) -> Values:
    """Each input lays all filters down on the output, times itself."""
    g, (outputs, rows, columns, _) = layer.geometry, layer.weights.shape
    height = max((g.rows - 1) * g.row_stride + rows, g.top + g.output_rows)
    width = max((g.columns - 1) * g.column_stride + columns, g.left + g.output_columns)
    sums = np.zeros((len(values), height, width, outputs), np.int64)
    inputs = center(values, layer.input)
    for row, column in np.ndindex(rows, columns):
        stop = row + g.rows * g.row_stride, column + g.columns * g.column_stride
        added = multiply_matrices(inputs, layer.weights[:, row, column])
        sums[:, row : stop[0] : g.row_stride, column : stop[1] : g.column_stride] += added
    seen = sums[:, g.top : g.top + g.output_rows, g.left : g.left + g.output_columns]
    return quantize(layer, layer.bias + seen, options)


# ------------------------------------------------------------------------------------ poolings, means, extremes


def pool_largest(layer: MaxPool, values: Values, options: Options) -> Values:
    largest = see_windows(values, layer.geometry, LEAST).max(axis=(3, 4))
    return np.clip(largest, *find_limits(layer.limits, require_scale(layer.output)))


def pool_average(layer: AveragePool, values: Values, options: Options) -> Values:
    """The mean of what lies inside the image, half away from zero: of the stored values, whatever the zero point is."""
    sums = see_windows(values, layer.geometry, 0).sum(axis=(3, 4))
    counts = see_windows(np.ones_like(values), layer.geometry, 0).sum(axis=(3, 4))
    mean = np.sign(sums) * ((np.abs(sums) + counts // 2) // counts)
    return np.clip(mean, *find_limits(layer.limits, require_scale(layer.output)))


def average(layer: Mean, values: Values, options: Options) -> Values:
    """The multiplier divides by the number of positions as well."""
    parts = center(values, layer.input).reshape(len(values), layer.rows, layer.positions, layer.channels)
    return quantize(layer, parts.sum(axis=2), options)


def find_largest(layer: Largest, values: Values, options: Options) -> Values:
    return values.reshape(len(values), layer.rows, layer.positions, layer.channels).max(axis=2)


# ----------------------------------------------------------------------------------------- value by value


def rescale_values(layer: Rescaling, values: Values, options: Options) -> Values:
    return quantize(layer, center(values, layer.input), options)


def look_up(layer: Elementwise, values: Values, options: Options) -> Values:
    """Any function of one value: what it makes of each of the 256."""
    return layer.list_tables(options)["table"].astype(np.int64)[values - LEAST] + LEAST


def take_operands(layer: Pair, inputs: tuple[Values, ...]) -> list[Values]:
    """Both operands, computed or constant, shaped so that NumPy repeats them as the layer does."""
    computed = list(inputs)
    taken: list[Values] = []
    for operand in layer.operands:
        values: Any = computed.pop(0) if operand in layer.inputs else np.asarray(layer.constant)[None]
        shape = (1,) * (len(layer.output.shape) - len(operand.shape)) + operand.shape
        taken.append(values.astype(np.int64).reshape(len(values), *shape[1:]))
    return taken


def add(layer: Add, *inputs: Values, options: Options, sign: int = 1) -> Values:
    """Both are brought to half of the larger scale, with 20 more bits, before they are added."""
    tables = layer.list_tables(options)
    pairs = zip(take_operands(layer, inputs), layer.operands, strict=True)
    first, second = (
        rescale(center(values, tensor) << 20, tables["multipliers"][place], tables["shifts"][place], twice=True)
        for place, (values, tensor) in enumerate(pairs, start=1)
    )
    return quantize(layer, first + sign * second, options, 0)


def subtract(layer: Subtract, *inputs: Values, options: Options) -> Values:
    return add(layer, *inputs, options=options, sign=-1)


def multiply(layer: Multiply, *inputs: Values, options: Options) -> Values:
    first, second = map(center, take_operands(layer, inputs), layer.operands)
    return quantize(layer, first * second, options)


def bend(layer: PRelu, *inputs: Values, options: Options) -> Values:
    """Values from 0 on as they are, those below 0 times their slopes."""
    value, slope = map(center, take_operands(layer, inputs), layer.operands)
    return np.where(value >= 0, quantize(layer, value, options, 0), quantize(layer, value * slope, options, 1))


def take_larger(layer: Maximum, *inputs: Values, options: Options) -> Values:
    return np.maximum(*take_operands(layer, inputs))


def take_smaller(layer: Minimum, *inputs: Values, options: Options) -> Values:
    return np.minimum(*take_operands(layer, inputs))


# ------------------------------------------------------------------------------------------ values moved


def concatenate(layer: Concatenation, *inputs: Values, options: Options) -> Values:
    return np.concatenate(inputs, axis=layer.axis)


def move(layer: Move, values: Values, options: Options) -> Values:
    """Each value that is copied has a place in the input and one in the output; elsewhere stands what fills."""
    source, target = np.array(layer.path.source), np.array(layer.path.target)
    for axis in layer.path.axes:
        steps = np.arange(axis.size)
        source, target = source[..., None] + steps * axis.source, target[..., None] + steps * axis.target
    moved = np.full((len(values), layer.output.size), LEAST if layer.fill is None else int(layer.fill))
    moved[:, target.ravel()] = values.reshape(len(values), -1)[:, source.ravel()]
    return moved


def resize_nearest(layer: ResizeNearest, values: Values, options: Options) -> Values:
    places = layer.list_tables(options)
    return values[:, places["rows"]][:, :, places["columns"]]


def resize_bilinear(layer: ResizeBilinear, values: Values, options: Options) -> Values:
    """Mixtures in 1024ths along rows, then along columns; half away from zero."""
    places = layer.list_tables(options)
    (above, below, down), (left, right, across) = (places[name].astype(np.int64).T for name in ("rows", "columns"))
    down, across = down[:, None, None], across[:, None]
    rows = values[:, above] * (1024 - down) + values[:, below] * down
    sums = rows[:, :, left] * (1024 - across) + rows[:, :, right] * across
    return np.sign(sums) * ((np.abs(sums) + 2**19) >> 20)


KINDS: dict[type[Layer], Callable[..., Values]] = {
    Dense: dense,
    Conv: convolve,
    Depthwise: convolve_channels,
    GroupedConv: convolve_groups,
    TransposedConv: convolve_transposed,
    MaxPool: pool_largest,
    AveragePool: pool_average,
    Mean: average,
    Largest: find_largest,
    Rescaling: rescale_values,
    Elementwise: look_up,
    Add: add,
    Subtract: subtract,
    Multiply: multiply,
    PRelu: bend,
    Maximum: take_larger,
    Minimum: take_smaller,
    Concatenation: concatenate,
    Move: move,
    ResizeNearest: resize_nearest,
    ResizeBilinear: resize_bilinear,
}
