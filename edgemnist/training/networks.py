"""The networks that recipes name. Layers have names of their own: Keras's counters depend on the past.

Keras is imported by the builders alone: the table is read by `--help`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from edgemnist.datasets.shape import join_sizes
from edgemnist.errors import UsageError

if TYPE_CHECKING:
    import keras

# Rows and columns of the smallest image of which the layers of each network leave a value.
SMALL_SIDE, CNN_SIDE, POOLED_SIDE, NARROW_SIDE = 11, 8, 6, 22
# Filters of the three pairs of convolutions.
CNN_WIDTHS = (16, 32, 128)
# Filters of each convolution.
NARROW_WIDTHS = (8, 14, 24, 75)
# The convolutions with a pooling behind them, from 1.
HALVED = (1, 3)
# Rows and columns at each side of a halved image that hold no part of a digit.
MARGIN = 1


def build_dense(shape: tuple[int, ...], classes: int, sizes: Sequence[int] = (512, 256)) -> keras.Model:
    """Build the documented network: pixels → 512 ReLU → 256 ReLU → classes, softmax; 535,818 parameters for MNIST.

    Args:
        shape: Rows and columns of an image.
        classes: Number of classes, 2 or more.
        sizes: Units of each hidden layer, one or more.

    Returns:
        Model that takes float32 (n, pixels) and gives probabilities, float32 (n, classes).
    """
    import keras

    return keras.Sequential(
        [
            keras.Input((math.prod(shape),), name="pixels"),
            *_list_hidden(sizes),
            keras.layers.Dense(classes, activation="softmax", name="probs"),
        ],
        name="dense",
    )


def build_small(shape: tuple[int, ...], classes: int, sizes: Sequence[int] = (32,)) -> keras.Model:
    """Build a convolutional network for the smallest microcontrollers: 15,786 parameters for MNIST.

    Args:
        shape: Rows and columns of an image, each `SMALL_SIDE` or more.
        classes: Number of classes, 2 or more.
        sizes: Units of each hidden layer behind the convolutions, one or more.

    Returns:
        Model that takes float32 (n, pixels) and gives probabilities, float32 (n, classes).

    Raises:
        UsageError: The images are too small.
    """
    import keras

    _require_side("small", shape, SMALL_SIDE)
    return keras.Sequential(
        [
            keras.Input((math.prod(shape),), name="pixels"),
            keras.layers.Reshape((*shape, 1), name="image"),
            keras.layers.Conv2D(8, 3, strides=2, padding="same", activation="relu", name="edges"),
            keras.layers.DepthwiseConv2D(3, padding="same", activation="relu", name="strokes"),
            keras.layers.Conv2D(16, 1, activation="relu", name="mixture"),
            keras.layers.MaxPooling2D(2, name="pool"),
            keras.layers.Conv2D(16, 3, activation="relu", name="shapes"),
            keras.layers.Flatten(name="flat"),
            *_list_hidden(sizes),
            keras.layers.Dense(classes, activation="softmax", name="probs"),
        ],
        name="small",
    )


def _list_hidden(sizes: Sequence[int]) -> list[keras.layers.Layer]:
    """Return the hidden layers: they are numbered where there are several."""
    import keras

    names = [f"hidden_{number}" for number in range(1, len(sizes) + 1)] if len(sizes) > 1 else ["hidden"]
    return [keras.layers.Dense(size, activation="relu", name=name) for size, name in zip(sizes, names, strict=True)]


def build_cnn(shape: tuple[int, ...], classes: int, sizes: Sequence[int] = CNN_WIDTHS) -> keras.Model:
    """Build a convolutional network for phones: 202,234 parameters for MNIST.

    Three pairs of 3 x 3 convolutions, halved between them, and the mean of what the last gives at each place. Without
    batch normalization, which takes most of the time of a step on a processor; the first pair, at the places of all
    pixels, is narrow for the same reason.

    Args:
        shape: Rows and columns of an image, each `CNN_SIDE` or more.
        classes: Number of classes, 2 or more.
        sizes: Filters of each of the three pairs of convolutions.

    Returns:
        Model that takes float32 (n, pixels) and gives probabilities, float32 (n, classes).

    Raises:
        UsageError: The images are too small.
    """
    import keras

    _require_side("cnn", shape, CNN_SIDE)
    layers: list[keras.Layer] = [keras.layers.Reshape((*shape, 1), name="image")]
    for stage, width in enumerate(sizes, 1):
        if stage > 1:
            layers.append(keras.layers.MaxPooling2D(2, name=f"pool_{stage - 1}"))
        padding = "valid" if stage == 1 else "same"  # the margin of a digit holds nothing
        layers += [
            keras.layers.Conv2D(width, 3, padding=padding, activation="relu", name=f"convolution_{stage}_{which}")
            for which in (1, 2)
        ]
    layers.append(keras.layers.GlobalAveragePooling2D(name="mean"))
    return _classify("cnn", shape, classes, layers)


def build_pooled(shape: tuple[int, ...], classes: int, sizes: Sequence[int] = (96, 56, 40)) -> keras.Model:
    """Build a dense network for microcontrollers: 22,618 parameters for MNIST.

    It sees the image halved, without its margin: a quarter of the pixels takes a quarter of the weights.

    Args:
        shape: Rows and columns of an image, each `POOLED_SIDE` or more.
        classes: Number of classes, 2 or more.
        sizes: Units of each hidden layer, one or more.

    Returns:
        Model that takes float32 (n, pixels) and gives probabilities, float32 (n, classes).

    Raises:
        UsageError: The images are too small.
    """
    import keras

    _require_side("pooled", shape, POOLED_SIDE)
    layers: list[keras.layers.Layer] = [
        keras.layers.Reshape((*shape, 1), name="image"),
        keras.layers.AveragePooling2D(2, name="halved"),
        keras.layers.Cropping2D(MARGIN, name="inner"),
        keras.layers.Flatten(name="flat"),
    ]
    for number, size in enumerate(sizes, 1):
        name = f"hidden_{number}"
        layers += _normalize(keras.layers.Dense(size, use_bias=False, name=name), name)
    return _classify("pooled", shape, classes, layers)


def build_narrow(shape: tuple[int, ...], classes: int, sizes: Sequence[int] = NARROW_WIDTHS) -> keras.Model:
    """Build a convolutional network for microcontrollers of 2 kB of RAM: 21,548 parameters for MNIST.

    Halved right behind the first convolution, so that a few rows of all that follows take little memory.

    Args:
        shape: Rows and columns of an image, each `NARROW_SIDE` or more.
        classes: Number of classes, 2 or more.
        sizes: Filters of each of the four convolutions.

    Returns:
        Model that takes float32 (n, pixels) and gives probabilities, float32 (n, classes).

    Raises:
        UsageError: The images are too small.
    """
    import keras

    _require_side("narrow", shape, NARROW_SIDE)
    layers: list[keras.layers.Layer] = [keras.layers.Reshape((*shape, 1), name="image")]
    for number, size in enumerate(sizes, 1):
        name = f"convolution_{number}"
        layers += _normalize(keras.layers.Conv2D(size, 3, use_bias=False, name=name), name)
        if number in HALVED:
            layers.append(keras.layers.MaxPooling2D(2, name=f"pool_{1 + HALVED.index(number)}"))
    layers.append(keras.layers.GlobalAveragePooling2D(name="mean"))
    return _classify("narrow", shape, classes, layers)


def _normalize(layer: keras.layers.Layer, name: str) -> list[keras.layers.Layer]:
    """Return a layer without a bias, its batch normalization, into which an export folds it, and its ReLU.

    Narrow networks of weights on few levels hardly learn without normalization.
    """
    import keras

    return [layer, keras.layers.BatchNormalization(name=f"{name}_normalized"), keras.layers.ReLU(name=f"{name}_relu")]


def _classify(name: str, shape: tuple[int, ...], classes: int, layers: Sequence[keras.layers.Layer]) -> keras.Model:
    """Return the model of these layers between the pixels and the probabilities."""
    import keras

    return keras.Sequential(
        [
            keras.Input((math.prod(shape),), name="pixels"),
            *layers,
            keras.layers.Dense(classes, activation="softmax", name="probs"),
        ],
        name=name,
    )


def _require_side(name: str, shape: tuple[int, ...], least: int) -> None:
    if min(shape) < least:
        wanted = join_sizes((least, least))
        raise UsageError(f"images of {join_sizes(shape)} pixels: the network {name} takes {wanted} or more")


NETWORKS: Mapping[str, Callable[..., keras.Model]] = {
    "dense": build_dense,
    "small": build_small,
    "cnn": build_cnn,
    "pooled": build_pooled,
    "narrow": build_narrow,
}
# How many sizes each takes in place of its own; None for one or more.
SIZED: Mapping[str, int | None] = {
    "dense": None,
    "small": None,
    "cnn": len(CNN_WIDTHS),
    "pooled": None,
    "narrow": len(NARROW_WIDTHS),
}
