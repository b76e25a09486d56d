"""Many training steps in one XLA program, and the answers of a model that is being trained.

`model.fit` spends most of a small step outside the arithmetic. Here a whole chunk of batches goes into
one compiled program, which holds the ordinary Keras model, loss and optimizer: the same losses and
accuracy in about a quarter of the time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.quiet import loading
from edgemnist.training.recipes import Optimizer, Recipe, Scaling

with loading("tensorflow", "pip install tensorflow"):
    import keras
    import tensorflow as tf

# XLA copies all weights once around its loop. Three steps a turn make that rare, and compile half a second longer.
STEPS_PER_TURN = 3
# Images answered at a time.
BATCH = 1_000
# Images, uint8 (steps, batch, *input shape), and labels, int32 (steps, batch), to the sums of loss and right answers.
Steps = Callable[[Any, Any], tuple[Any, Any]]
LOSSES = {"crossentropy": keras.losses.SparseCategoricalCrossentropy}


def compile_steps(model: keras.Model, recipe: Recipe, optimizer: Any = None) -> Steps:
    """Compile a program that trains `model` on many batches, with the recipe's optimizer, loss and scaling.

    Args:
        model: Model to train.
        recipe: Recipe to train it by.
        optimizer: What `make_optimizer` gives; None to make one.

    Returns:
        Function of images, uint8 (steps, batch, *input shape), and labels, int32 (steps, batch), which gives the
        sums over all images of the loss and of the right answers.
    """
    optimizer = optimizer or make_optimizer(recipe.optimizer)
    optimizer.build(model.trainable_variables)
    compute_loss = LOSSES[recipe.loss.name]()

    def take_step(images: Any, labels: Any) -> tuple[Any, Any]:
        with tf.GradientTape() as tape:
            answers = model(_scale(images, recipe.scaling), training=True)
            loss = compute_loss(labels, answers)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        right = tf.argmax(answers, axis=1, output_type=tf.int32) == labels
        return loss, tf.reduce_sum(tf.cast(right, tf.float32))

    # XLA makes dense layers several times faster, but convolutions on a CPU ten times slower.
    convolves = any(isinstance(layer, keras.layers.Conv2D | keras.layers.DepthwiseConv2D) for layer in model.layers)

    @tf.function(jit_compile=not convolves)  # type: ignore[untyped-decorator]
    def run_steps(images: Any, labels: Any) -> tuple[Any, Any]:
        batch_size = tf.cast(tf.shape(labels)[1], tf.float32)
        loss_sum, hits = tf.zeros(()), tf.zeros(())
        steps = labels.shape[0]
        unrolled = STEPS_PER_TURN if steps % STEPS_PER_TURN == 0 else 1
        for first in tf.range(0, steps, unrolled):
            for step in range(unrolled):
                loss, right = take_step(images[first + step], labels[first + step])
                loss_sum += loss * batch_size
                hits += right
        return loss_sum, hits

    return run_steps  # type: ignore[no-any-return]


def make_optimizer(settings: Optimizer) -> Any:
    """Make the optimizer of a recipe, one of Keras."""
    config = {"learning_rate": settings.learning_rate}
    return keras.optimizers.get({"class_name": settings.name, "config": config})


def _scale(images: Any, scaling: Scaling) -> Any:
    """Pixels as the real values that they stand for. Times one and plus zero, as by default, change no bit."""
    return tf.cast(images, tf.float32) / 255.0 * (scaling.high - scaling.low) + scaling.low


def compile_predictor(model: keras.Model, scaling: Scaling) -> Callable[[NDArray[np.uint8]], NDArray[np.float32]]:
    """Compile a function that classifies images with the weights that `model` has at each call.

    Returns:
        Function of images, uint8 (n, *input shape), which gives probabilities, float32 (n, classes).
    """

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
    def predict(images: Any) -> Any:
        return model(_scale(images, scaling), training=False)

    def predict_all(images: NDArray[np.uint8]) -> NDArray[np.float32]:
        return np.concatenate([predict(images[start : start + BATCH]) for start in range(0, len(images), BATCH)])

    return predict_all
