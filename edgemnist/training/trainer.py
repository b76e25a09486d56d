"""The one loop that trains every recipe: many steps in one XLA program.

`model.fit` spends most of a small step outside the arithmetic. Here a whole chunk of batches goes into
one compiled program, which holds the ordinary Keras model, loss and optimizer: the same losses and
accuracy in about a quarter of the time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.readers import Images
from edgemnist.datasets.splits import TrainingSplit, require_training
from edgemnist.errors import EdgeMnistError
from edgemnist.quiet import loading, quiet
from edgemnist.training.networks import NETWORKS
from edgemnist.training.recipes import Recipe

with loading("tensorflow", "pip install tensorflow"):
    import keras
    import tensorflow as tf

# Long enough to make the call's own cost vanish, short enough for a smooth progress bar.
STEPS_PER_CHUNK = 75
# XLA copies all weights once around its loop. Three steps a turn make that rare, and compile half a second longer.
STEPS_PER_TURN = 3
# Images, uint8 (steps, batch, 784), and labels, int32 (steps, batch), to the sums of loss and right answers.
Steps = Callable[[Any, Any], tuple[Any, Any]]


@dataclass(frozen=True)
class Progress:
    """How far the training is.

    Args:
        epoch: the current one, from 1.
        epochs: how many there will be.
        step, steps: the same for batches within the epoch.
        loss: the mean so far in this epoch.
        accuracy: the share of training images answered right so far in this epoch, 0 … 1.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    accuracy: float


def build_model(recipe: Recipe, classes: int, seed: int) -> keras.Model:
    """Build the recipe's network, its weights drawn from `seed`."""
    keras.utils.set_random_seed(seed)
    return NETWORKS[recipe.network](classes)


def fit(
    model: keras.Model,
    recipe: Recipe,
    training: TrainingSplit,
    seed: int,
    report: Callable[[Progress], None] = lambda progress: None,
) -> None:
    """Train `model` in place. The same seed on the same machine gives the same weights.

    Args:
        training: uint8 images (n, 28, 28); they are fed as pixels / 255.
        report: called after each chunk of steps.

    Raises:
        EdgeMnistError: the loss is no longer a finite number.
    """
    images = require_training(training).images.reshape(-1, 784)
    labels = training.labels.astype(np.int32)
    optimizer = keras.optimizers.get(
        {"class_name": recipe.optimizer, "config": {"learning_rate": recipe.learning_rate}}
    )
    optimizer.build(model.trainable_variables)
    run_steps = _hush_compilation(compile_steps(model, optimizer))
    shuffler = np.random.default_rng(seed)
    for epoch in range(1, recipe.epochs + 1):
        _run_epoch(run_steps, images, labels, shuffler, recipe, epoch, report)


def compile_steps(model: keras.Model, optimizer: Any) -> Steps:
    """Compile a program that trains `model` on many batches.

    Returns:
        A function of images, uint8 (steps, batch, 784), and labels, int32 (steps, batch), which gives the
        sums over all images of the loss and of the right answers.
    """
    compute_loss = keras.losses.SparseCategoricalCrossentropy()

    def take_step(images: Any, labels: Any) -> tuple[Any, Any]:
        with tf.GradientTape() as tape:
            answers = model(tf.cast(images, tf.float32) / 255.0, training=True)
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


def _hush_compilation(run_steps: Steps) -> Steps:
    """The first call of each shape compiles, and says so. Later ones must not hide a bar that is being drawn."""
    compiled: set[tuple[int, ...]] = set()

    def run(images: Any, labels: Any) -> tuple[Any, Any]:
        with contextlib.nullcontext() if labels.shape in compiled else quiet():
            compiled.add(labels.shape)
            return run_steps(images, labels)

    return run


def _run_epoch(
    run_steps: Steps,
    images: Images,
    labels: NDArray[np.int32],
    shuffler: np.random.Generator,
    recipe: Recipe,
    epoch: int,
    report: Callable[[Progress], None],
) -> None:
    order = shuffler.permutation(len(labels))
    steps, step, seen, loss_sum, hits = -(-len(labels) // recipe.batch_size), 0, 0, 0.0, 0.0
    for chunk in _cut_chunks(order, recipe.batch_size):
        sums = run_steps(images[chunk], labels[chunk])
        step, seen = step + len(chunk), seen + chunk.size
        loss_sum, hits = loss_sum + float(sums[0]), hits + float(sums[1])
        if not np.isfinite(loss_sum):
            raise EdgeMnistError(
                f"the loss is {loss_sum} in epoch {epoch}: the training diverged", "try a smaller `learning_rate`"
            )
        report(Progress(epoch, recipe.epochs, step, steps, loss_sum / seen, hits / seen))


def _cut_chunks(order: NDArray[np.int64], batch_size: int) -> Iterator[NDArray[np.int64]]:
    """Cut an order of images into chunks (steps, batch): full ones, the rest of full batches, the last short one.

    Every shape is compiled once, so there are three at most.
    """
    full = len(order) // batch_size
    batches = order[: full * batch_size].reshape(full, batch_size)
    for start in range(0, full, STEPS_PER_CHUNK):
        yield batches[start : start + STEPS_PER_CHUNK]
    if full * batch_size < len(order):
        yield order[full * batch_size :][None]
