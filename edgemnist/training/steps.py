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

from edgemnist.formats.keras import take_answers
from edgemnist.quiet import loading, quiet_at_first
from edgemnist.training.arithmetic import computing_in, convolves, scale
from edgemnist.training.averaging import Average
from edgemnist.training.distillation import compute_divergence
from edgemnist.training.levels import Levels
from edgemnist.training.parts import Loss, Scaling, Schedule
from edgemnist.training.recipes import Recipe

with loading("tensorflow", "pip install tensorflow"):
    import keras
    import tensorflow as tf

# XLA copies all weights once around its loop. Three steps a turn make that rare, and compile half a second longer.
STEPS_PER_TURN = 3
# Images answered at a time.
BATCH = 1_000
# Images, labels and teachers' logits to the sums of loss and right answers: see `compile_steps`.
Steps = Callable[..., tuple[Any, Any]]
LOSSES = {"crossentropy": keras.losses.SparseCategoricalCrossentropy}


def compile_steps(
    model: keras.Model,
    recipe: Recipe,
    optimizer: Any,
    average: Average | None = None,
    levels: Levels | None = None,
) -> Steps:
    """Compile a program that trains `model` on many batches, as the recipe says.

    Args:
        model: Model to train.
        recipe: Scaling, loss, distillation and arithmetic are taken from it.
        optimizer: What `make_optimizer` made for it.
        average: Takes the weights of each step; None for none.
        levels: What weights are kept on; None for nothing.

    Returns:
        Function of images, uint8 (steps, batch, height, width), labels, int32 (steps, batch), and teachers' logits,
        float16 (steps, batch, classes) or None, which gives the sums over all images of the loss and of the right
        answers.
    """
    optimizer.build(model.trainable_variables)
    compute_loss = make_loss(recipe.loss)
    taught = recipe.distillation

    def take_step(pixels: Any, labels: Any, targets: Any) -> tuple[Any, Any]:
        with tf.GradientTape() as tape:
            values = tf.reshape(scale(pixels, recipe.scaling), (-1, *model.input_shape[1:]))
            if levels:
                found, added = levels.call(values, optimizer.iterations)
            else:
                found, added = model(values, training=True), []
            answers = take_answers(found)
            loss = compute_loss(labels, answers)
            if targets is not None:
                loss = (1 - taught.share) * loss + taught.share * compute_divergence(taught, targets, answers)
            if added := [*added, *model.losses]:  # what layers add, such as the squares of their weights
                loss = loss + tf.add_n(added)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        if average:
            average.update(optimizer.iterations)
        right = tf.argmax(answers, axis=1, output_type=tf.int32) == labels
        return loss, tf.reduce_sum(tf.cast(right, tf.float32))

    @tf.function(jit_compile=not convolves(model))  # type: ignore[untyped-decorator]
    def run_steps(images: Any, labels: Any, logits: Any = None) -> tuple[Any, Any]:
        batch_size = tf.cast(tf.shape(labels)[1], tf.float32)
        loss_sum, hits = tf.zeros(()), tf.zeros(())
        steps = labels.shape[0]
        unrolled = STEPS_PER_TURN if steps % STEPS_PER_TURN == 0 else 1
        with computing_in(model, recipe.arithmetic):
            for first in tf.range(0, steps, unrolled):
                for step in range(unrolled):
                    number = first + step
                    targets = None if logits is None else tf.cast(logits[number], tf.float32)
                    loss, right = take_step(images[number], labels[number], targets)
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


def compile_predictor(model: keras.Model, scaling: Scaling) -> Callable[[NDArray[np.uint8]], NDArray[np.float32]]:
    """Compile a function that classifies images with the weights that `model` has at each call.

    Returns:
        Function of images, uint8 (n, *input shape), which gives probabilities, float32 (n, classes).
    """

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
    def predict(images: Any) -> Any:
        return take_answers(model(scale(images, scaling), training=False))

    hushed = quiet_at_first(predict)  # a program that trains many models is warned that each is compiled anew

    def predict_all(images: NDArray[np.uint8]) -> NDArray[np.float32]:
        return np.concatenate([hushed(images[start : start + BATCH]) for start in range(0, len(images), BATCH)])

    return predict_all
