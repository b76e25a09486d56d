"""Many training steps in one XLA program, and the answers of a model that is being trained.

`model.fit` spends most of a small step outside the arithmetic. Here a whole chunk of batches goes into
one compiled program, which holds the ordinary Keras model, loss and optimizer, and what a recipe adds to them: the same
losses and accuracy in about a quarter of the time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.quiet import loading
from edgemnist.training.augmentation import build_views
from edgemnist.training.averaging import Average
from edgemnist.training.recipes import Loss, Recipe, Scaling, Schedule

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


def compile_steps(
    model: keras.Model,
    recipe: Recipe,
    optimizer: Any,
    shape: tuple[int, ...],
    seed: int,
    average: Average | None = None,
) -> Steps:
    """Compile a program that trains `model` on many batches, as the recipe says.

    Args:
        model: Model to train.
        recipe: Augmentation, scaling and loss are taken from it.
        optimizer: What `make_optimizer` made for it.
        shape: Rows and columns of an image.
        seed: Decides the views that are drawn.
        average: Takes the weights of each step; None for none.

    Returns:
        Function of images, uint8 (steps, batch, *input shape), and labels, int32 (steps, batch), which gives the
        sums over all images of the loss and of the right answers.
    """
    optimizer.build(model.trainable_variables)
    compute_loss = make_loss(recipe.loss)
    views = build_views(recipe.augmentation, shape, seed) if recipe.augmentation.is_used else None

    def take_step(images: Any, labels: Any) -> tuple[Any, Any]:
        if views:
            images = tf.reshape(views(tf.reshape(images, (-1, *shape)), optimizer.iterations), tf.shape(images))
        with tf.GradientTape() as tape:
            answers = model(_scale(images, recipe.scaling), training=True)
            loss = compute_loss(labels, answers)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        if average:
            average.update(optimizer.iterations)
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


def make_optimizer(recipe: Recipe, steps: int) -> Any:
    """Make the optimizer of a recipe, one of Keras, with its schedule for a number of steps."""
    settings = recipe.optimizer
    others = {"weight_decay": settings.weight_decay, "momentum": settings.momentum}
    stated = {key: value for key, value in others.items() if value}
    config = {"learning_rate": make_schedule(settings.learning_rate, recipe.schedule, steps), **stated}
    return keras.optimizers.get({"class_name": settings.name, "config": config})


def make_schedule(rate: float, schedule: Schedule, steps: int) -> Any:
    """Return the learning rate, or what computes it of the number of the step."""
    rising = round(schedule.warmup * steps)
    if schedule.shape == "cosine":
        start, target = (0.0, rate) if rising else (rate, None)
        return keras.optimizers.schedules.CosineDecay(
            start, max(steps - rising, 1), warmup_target=target, warmup_steps=rising
        )
    if rising:
        return keras.optimizers.schedules.PolynomialDecay(0.0, rising, end_learning_rate=rate)
    return rate


def make_loss(settings: Loss, reduction: str | None = "sum_over_batch_size") -> Callable[[Any, Any], Any]:
    """Return the function of labels, int32 (n,), and answers, float32 (n, classes).

    Args:
        settings: Which loss it is.
        reduction: Keras's word for what becomes of the losses of the images: their mean; None for one each.
    """
    if not settings.smoothing:
        return LOSSES[settings.name](reduction=reduction)  # type: ignore[no-any-return]
    smoothed = keras.losses.CategoricalCrossentropy(label_smoothing=settings.smoothing, reduction=reduction)
    return lambda labels, answers: smoothed(tf.one_hot(labels, answers.shape[1]), answers)


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
