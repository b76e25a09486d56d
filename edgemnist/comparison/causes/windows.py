"""A convolution in NumPy, to ask with which padding a layer gives what it gave. A few images are enough."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from edgemnist.comparison.values import Array, Side

IMAGES = 16
# Windows of more positions than that have too many paddings to try.
MOST_WINDOW = 7


@dataclass(frozen=True)
class Padding:
    """Rows above and columns left of an image, and how well a layer's values are explained by them.

    Args:
        top, left: Rows and columns.
        noise: Mean square of what isn't explained, as a share of the values' own.
    """

    top: int
    left: int
    noise: float


def find_padding(side: Side) -> Padding | None:
    """Find the padding with which a layer's weights give its output; None of one that is no convolution.

    Its ReLU, if it has one, is told by the values: none is below 0.
    """
    taken, given, weights = side.input, side.output, side.weights
    if weights.kind == "dense" or taken is None or given is None or taken.real.ndim != 4 or given.real.ndim != 4:
        return None
    rows, columns = weights.kernel.shape[:2]
    if max(rows, columns) > MOST_WINDOW:
        return None
    values, expected = taken.real[:IMAGES], given.real[:IMAGES]
    signal = float(np.mean(expected**2)) or 1.0
    tried = [
        Padding(top, left, float(np.mean((_compute(side, values, expected, top, left) - expected) ** 2)) / signal)
        for top, left in itertools.product(range(rows), range(columns))
    ]
    return min(tried, key=lambda one: one.noise)


def _compute(side: Side, values: Array, expected: Array, top: int, left: int) -> Array:
    """The output of a layer, clamped to where its own values lie."""
    kernel, bias = side.weights.kernel.astype(np.float64), side.weights.bias.astype(np.float64)
    rows, columns = expected.shape[1:3]
    strides = [max(1, round(before / after)) for before, after in zip(values.shape[1:3], (rows, columns), strict=True)]
    ends = [
        (count - 1) * stride + size for count, stride, size in zip((rows, columns), strides, kernel.shape, strict=False)
    ]
    after = [max(0, end - size - pad) for end, size, pad in zip(ends, values.shape[1:3], (top, left), strict=True)]
    padded = np.pad(values, ((0, 0), (top, after[0]), (left, after[1]), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape[:2], axis=(1, 2))
    windows = windows[:, :: strides[0], :: strides[1]][:, :rows, :columns]  # (n, rows, columns, channels, window)
    if side.weights.kind == "conv":
        sums = np.tensordot(windows, kernel, axes=((4, 5, 3), (0, 1, 2)))
    else:
        multiplier = kernel.shape[-1] // values.shape[-1]
        sums = np.einsum("nhwcij,ijcm->nhwcm", windows, kernel.reshape(*kernel.shape[:2], -1, multiplier))
        sums = sums.reshape(*sums.shape[:3], -1)
    return np.clip(sums + bias, expected.min() if expected.min() >= 0 else None, expected.max())
