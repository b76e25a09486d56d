"""Write `keras2.keras`, `keras2.h5` and `keras2.npy` with Keras 2, and the three of `keras2_twice`.

    pip install tf_keras
    python tests/models/make_keras2.py MNIST.npz

A model inside a model, with what Keras 2 describes otherwise than Keras 3; and models inside models of every kind,
each of which is called twice.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import tf_keras as keras
from tf_keras import layers

HERE = Path(__file__).parent


def nest(*inside: layers.Layer) -> keras.Model:
    """A functional model of ten values."""
    values = result = keras.Input((10,))
    for layer in inside:
        result = layer(result)
    return keras.Model(values, result)


def make_dense() -> layers.Dense:
    """A layer of ten values."""
    return layers.Dense(10, activation="tanh")


def make_twice(test: np.ndarray) -> None:
    """Save a model whose models are called twice, and its answers. Its batch normalization has its axis in a list."""
    keras.utils.set_random_seed(1)
    inner = keras.Sequential([layers.InputLayer((10,)), make_dense()])
    nested = nest(make_dense(), layers.BatchNormalization())
    pixels = keras.Input((28, 28, 1))
    values = make_dense()(layers.Flatten()(layers.AveragePooling2D(7)(pixels)))
    for one in (keras.Sequential([make_dense()]), nested, nest(inner, inner), nested):
        values = one(one(values))
    model = keras.Model(pixels, values)
    for ending in ("keras", "h5"):
        model.save(HERE / f"keras2_twice.{ending}")
    np.save(HERE / "keras2_twice.npy", model.predict(test, verbose=0))


def main() -> None:
    """Train the model a little, and save it in both ways, with its answers to the first ten test images."""
    with np.load(sys.argv[1]) as data:
        images, labels, test = (
            data["x_train"][..., None] / 255.0,
            data["y_train"],
            data["x_test"][:10, ..., None] / 255.0,
        )
    keras.utils.set_random_seed(1)
    inner = keras.Sequential([
        layers.Conv2D(4, 5, strides=3, input_shape=(28, 28, 1)), layers.DepthwiseConv2D(3, padding="same"),
        layers.BatchNormalization(), layers.ReLU(), layers.MaxPooling2D(2), layers.Dropout(0.1), layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ])  # fmt: skip
    pixels = keras.Input((28, 28, 1))
    model = keras.Model(pixels, inner(pixels))
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(images, labels, epochs=3, verbose=0)
    for compiled in (model, inner):
        compiled.optimizer = None
    for ending in ("keras", "h5"):
        model.save(HERE / f"keras2.{ending}")
    np.save(HERE / "keras2.npy", model.predict(test, verbose=0))
    make_twice(test)


if __name__ == "__main__":
    main()
