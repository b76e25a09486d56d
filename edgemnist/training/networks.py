"""The networks that recipes name. Layers have names of their own: Keras's counters depend on the past."""

from __future__ import annotations

from edgemnist.quiet import loading

with loading("tensorflow", "pip install tensorflow"):
    import keras


def build_dense(classes: int) -> keras.Model:
    """Build the documented network: 784 → 512 ReLU → 256 ReLU → classes, softmax; 535,818 parameters for 10.

    Args:
        classes: 2 or more.

    Returns:
        A model that takes float32 (n, 784) in [0, 1] and answers probabilities, float32 (n, classes).
    """
    return keras.Sequential(
        [
            keras.Input((784,), name="pixels"),
            keras.layers.Dense(512, activation="relu", name="hidden_1"),
            keras.layers.Dense(256, activation="relu", name="hidden_2"),
            keras.layers.Dense(classes, activation="softmax", name="probs"),
        ],
        name="dense",
    )


def build_small(classes: int) -> keras.Model:
    """Build a convolutional network for the smallest microcontrollers: 15,962 parameters for 10 classes.

    Args:
        classes: 2 or more.

    Returns:
        A model that takes float32 (n, 784) in [0, 1] and answers probabilities, float32 (n, classes).
    """
    return keras.Sequential(
        [
            keras.Input((784,), name="pixels"),
            keras.layers.Reshape((28, 28, 1), name="image"),
            keras.layers.Conv2D(8, 3, strides=2, padding="same", activation="relu", name="edges"),
            keras.layers.DepthwiseConv2D(3, padding="same", activation="relu", name="strokes"),
            keras.layers.Conv2D(16, 1, activation="relu", name="mixture"),
            keras.layers.MaxPooling2D(2, name="pool"),
            keras.layers.Conv2D(16, 3, activation="relu", name="shapes"),
            keras.layers.Flatten(name="flat"),
            keras.layers.Dense(32, activation="relu", name="hidden"),
            keras.layers.Dense(classes, activation="softmax", name="probs"),
        ],
        name="small",
    )


NETWORKS = {"dense": build_dense, "small": build_small}
