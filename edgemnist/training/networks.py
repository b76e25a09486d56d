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

# Rows and columns of the smallest image of which the layers of `small` leave a value.
SMALL_SIDE = 11


def build_dense(shape: tuple[int, ...], classes: int, hidden: Sequence[int] = (512, 256)) -> keras.Model:
    """Build the documented network: pixels → 512 ReLU → 256 ReLU → classes, softmax; 535,818 parameters for MNIST.

    Args:
        shape: Rows and columns of an image.
        classes: Number of classes, 2 or more.
        hidden: Units of each hidden layer, one or more.

    Returns:
        Model that takes float32 (n, pixels) and gives probabilities, float32 (n, classes).
    """
    import keras

    return keras.Sequential(
        [
            keras.Input((math.prod(shape),), name="pixels"),
            *_list_hidden(hidden),
            keras.layers.Dense(classes, activation="softmax", name="probs"),
        ],
        name="dense",
    )


def build_small(shape: tuple[int, ...], classes: int, hidden: Sequence[int] = (32,)) -> keras.Model:
    """Build a convolutional network for the smallest microcontrollers: 15,786 parameters for MNIST.

    Args:
        shape: Rows and columns of an image, each `SMALL_SIDE` or more.
        classes: Number of classes, 2 or more.
        hidden: Units of each hidden layer behind the convolutions, one or more.

    Returns:
        Model that takes float32 (n, pixels) and gives probabilities, float32 (n, classes).

    Raises:
        UsageError: The images are too small.
    """
    import keras

    if min(shape) < SMALL_SIDE:
        least = join_sizes((SMALL_SIDE, SMALL_SIDE))
        raise UsageError(f"images of {join_sizes(shape)} pixels: the network small takes {least} or more")
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
            *_list_hidden(hidden),
            keras.layers.Dense(classes, activation="softmax", name="probs"),
        ],
        name="small",
    )


def _list_hidden(sizes: Sequence[int]) -> list[keras.layers.Layer]:
    """Return the hidden layers: they are numbered where there are several."""
    import keras

    names = [f"hidden_{number}" for number in range(1, len(sizes) + 1)] if len(sizes) > 1 else ["hidden"]
    return [keras.layers.Dense(size, activation="relu", name=name) for size, name in zip(sizes, names, strict=True)]


NETWORKS: Mapping[str, Callable[..., keras.Model]] = {"dense": build_dense, "small": build_small}
# Those whose builders take the sizes of their hidden layers.
SIZED = ("dense", "small")
