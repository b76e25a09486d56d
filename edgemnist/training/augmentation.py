"""Views of training images: every image turned, scaled, sheared, shifted and bent a little, each one differently.

All of it is one bilinear resampling, compiled: an affine map of the coordinates, plus a smooth random
field. What lies beyond the border is the nearest pixel of the border, so paper of any brightness goes on.

Source: elastic fields, Simard, Steinkraus and Platt, "Best Practices for Convolutional Neural Networks Applied to
Visual Document Analysis", 2003.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.quiet import loading
from edgemnist.training.parts import Augmentation

with loading("tensorflow", "pip install tensorflow"):
    import tensorflow as tf

# Pixels, uint8 (n, height, width), the number of the batch, and how strong its views are, 0 to 1, to pixels, float32
# (n, height, width), 0 … 255.
Draw = Callable[..., Any]
# Distance of the random values that a field is made of, in units of its smoothness: nearer ones change nothing.
SPACING = 1.25
# How far beyond the border they go, likewise.
MARGIN = 1.5


def build_views(settings: Augmentation, shape: tuple[int, ...], seed: int) -> Draw:
    """Build the function that draws a view of each image of a batch.

    Args:
        settings: How far views may differ.
        shape: Rows and columns of an image.
        seed: With the number of the batch, it decides all that is drawn; compiled by XLA, other views than without.
    """
    rows, columns = shape

    def draw(images: Any, number: Any, strength: Any = 1.0) -> Any:
        number = tf.cast(number, tf.int64)
        y, x = _map_coordinates(settings, shape, tf.shape(images)[0], tf.stack([seed, 2 * number]), strength)
        if settings.elastic:
            field = strength * _draw_field(settings, shape, tf.shape(images)[0], tf.stack([seed, 2 * number + 1]))
            y, x = y + field[:, 0], x + field[:, 1]
        y, x = tf.clip_by_value(y, 0, rows - 1), tf.clip_by_value(x, 0, columns - 1)
        return _sample(tf.cast(images, tf.float32), y, x)

    return draw


def _map_coordinates(
    settings: Augmentation, shape: tuple[int, ...], count: Any, seed: Any, strength: Any
) -> tuple[Any, Any]:
    """Draw an affine map for each image; where each pixel of its view comes from, two of float32 (n, height, width)."""
    drawn = strength * _draw_even((count, 6, 1, 1), seed)
    turn, tall, wide, shear, down, right = tf.unstack(drawn, axis=1)
    angle = turn * math.radians(settings.rotation)
    tall, wide = 1 + tall * settings.scale, 1 + wide * settings.scale
    y = tf.reshape(tf.range(shape[0], dtype=tf.float32) - (shape[0] - 1) / 2, (1, -1, 1))
    x = tf.reshape(tf.range(shape[1], dtype=tf.float32) - (shape[1] - 1) / 2, (1, 1, -1))
    slanted = x + shear * settings.shear * y
    return (
        (tf.cos(angle) * y - tf.sin(angle) * slanted) * tall + down * settings.shift + (shape[0] - 1) / 2,
        (tf.sin(angle) * y + tf.cos(angle) * slanted) * wide + right * settings.shift + (shape[1] - 1) / 2,
    )


def _draw_field(settings: Augmentation, shape: tuple[int, ...], count: Any, seed: Any) -> Any:
    """Draw displacements, float32 (n, 2, height, width): smooth, of `elastic` pixels each way.

    White noise, smoothed by a Gaussian; drawn on a coarse grid, since finer noise would be smoothed away. Each value is
    a sum of many, so even noise will do.
    """
    down, across = (_spread(size, settings.smoothness) for size in shape)
    mixing = settings.elastic * math.sqrt(3) * np.kron(down, across).T
    noise = _draw_even((2 * count, mixing.shape[0]), seed)
    return tf.reshape(tf.matmul(noise, mixing.astype(np.float32)), (-1, 2, *shape))


def _draw_even(shape: tuple[Any, ...], seed: Any) -> Any:
    return tf.random.stateless_uniform(shape, seed, -1, 1)


def _spread(size: int, smoothness: float) -> NDArray[np.float64]:
    """Return the weights with which each of `size` pixels takes values of a coarse grid: squares sum to 1."""
    margin = MARGIN * smoothness
    count = 1 + math.ceil((size - 1 + 2 * margin) / (SPACING * smoothness))
    grid = np.linspace(-margin, size - 1 + margin, count)
    weights: NDArray[np.float64] = np.exp(-0.5 * ((np.arange(size)[:, None] - grid) / smoothness) ** 2)
    weights /= np.sqrt((weights**2).sum(axis=1, keepdims=True))
    return weights


def _sample(images: Any, y: Any, x: Any) -> Any:
    """Take bilinear samples of images, float32 (n, height, width), at coordinates within them.

    Each pixel lies beside the three that follow it, so that one access of memory finds all four.
    """
    rows, columns = images.shape[1:]
    # Of a single row or column, the neighbour weighs nothing.
    top, left = (tf.minimum(tf.floor(one), max(size - 2.0, 0.0)) for one, size in ((y, rows), (x, columns)))
    below, beside = y - top, x - left
    pixels = tf.reshape(images, (-1,))
    fours = tf.stack([tf.roll(pixels, -offset, 0) for offset in (0, 1, columns, columns + 1)], axis=1)
    start = tf.range(tf.shape(images)[0]) * (rows * columns)
    first = tf.cast(top, tf.int32) * columns + tf.cast(left, tf.int32) + start[:, None, None]
    upper_left, upper_right, lower_left, lower_right = tf.unstack(tf.gather(fours, first), axis=-1)
    upper = upper_left + beside * (upper_right - upper_left)
    lower = lower_left + beside * (lower_right - lower_left)
    return upper + below * (lower - upper)
