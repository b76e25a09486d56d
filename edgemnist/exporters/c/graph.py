"""A classifier as a chain of layers, with the scales of its whole numbers: what C is written from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

# They move bytes and change no scale.
POOLS = ("max_pool", "average_pool")
Kind = Literal["dense", "conv", "depthwise", "max_pool", "average_pool", "mean", "rescaling"]


@dataclass(frozen=True)
class Scale:
    """How a stored whole number stands for a real one: real = (stored - zero_point) * scale."""

    scale: float
    zero_point: int


@dataclass(frozen=True)
class Geometry:
    """A window that slides over an image; sizes and paddings in pixels.

    Args:
        rows, columns, channels: of the input.
        window_rows, window_columns: of the filter.
        row_stride, column_stride: of its steps.
        top, left: padding; what hangs over at the other two sides is padding as well.
        output_rows, output_columns, output_channels: of the output.
    """

    rows: int
    columns: int
    channels: int
    window_rows: int
    window_columns: int
    row_stride: int
    column_stride: int
    top: int
    left: int
    output_rows: int
    output_columns: int
    output_channels: int


@dataclass(frozen=True, eq=False)
class Layer:
    """One step of the model.

    Args:
        kind: what it does.
        name: of the Keras layer, as far as the converter kept it.
        input_size, output_size: how many values go in and come out.
        input, output: their scales; None where they are floats.
        limits: real values that the activation function lets through; None is no limit.
        weights: int8 or float32: dense (outputs, inputs), conv (outputs, rows, columns, channels),
            depthwise (rows, columns, outputs); None where there are none.
        weight_scales: float64 (outputs,), for int8.
        bias: int32 or float32 (outputs,).
        geometry: of a window; None for dense, mean and rescaling.
    """

    kind: Kind
    name: str
    input_size: int
    output_size: int
    input: Scale | None
    output: Scale | None
    limits: tuple[float | None, float | None] = (None, None)
    weights: NDArray[Any] | None = None
    weight_scales: NDArray[np.float64] | None = None
    bias: NDArray[Any] | None = None
    geometry: Geometry | None = None


@dataclass(frozen=True, eq=False)
class Chain:
    """A classifier as layers, from the input values to the logits.

    Args:
        input: the scale of the first layer's int8 input; None for floats.
        layers: one after the other.
        output: the scale of the int8 logits; None for floats.
        classes: how many logits.
        softmax: true if the file goes on to make probabilities of them.
    """

    input: Scale | None
    layers: tuple[Layer, ...]
    output: Scale | None
    classes: int
    softmax: bool
