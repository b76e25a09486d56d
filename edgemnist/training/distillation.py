"""Teachers: models whose answers to the views that a network is trained on are learned beside the labels.

Source: Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015. That teacher and student see the
same views: Beyer et al., "Knowledge distillation: A good teacher is patient and consistent", 2022.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from edgemnist.errors import UsageError
from edgemnist.quiet import loading
from edgemnist.training.arithmetic import computing_in, scale
from edgemnist.training.parts import Distillation, Scaling
from edgemnist.training.recipes import Recipe

with loading("tensorflow", "pip install tensorflow"):
    import keras
    import tensorflow as tf

# Probabilities of which the logarithm is taken are no smaller: float32 has none below that are exact.
LEAST = 1.2e-38
# Images, uint8 (n, height, width), to mean logits, float32 (n, classes).
Teach = Callable[[Any], Any]


@dataclass(frozen=True, eq=False)
class Teacher:
    """A trained model that answers views.

    Args:
        model: Takes real values of an image, in any shape of its pixels, and gives probabilities.
        scaling: What pixel bytes become for it.
        sha256: Of its file, which identifies it.
    """

    model: keras.Model
    scaling: Scaling
    sha256: str


def require_teachers(recipe: Recipe, teachers: Sequence[Teacher], classes: int) -> None:
    """Find out before any work that teachers are missing, or of other classes.

    Raises:
        UsageError: One of these.
    """
    if recipe.distillation.recipe and not teachers:
        raise UsageError(f"the recipe {recipe.name} learns from teachers, and none are given", "give `teachers`")
    for teacher in teachers:
        if teacher.model.output_shape[-1] != classes:
            raise UsageError(f"a teacher answers {teacher.model.output_shape[-1]} classes, expected {classes}")


def compile_teachers(teachers: Sequence[Teacher], arithmetic: str) -> Teach:
    """Compile a function that gives the mean of the teachers' logits for some images.

    Args:
        teachers: One or more.
        arithmetic: One of `ARITHMETICS`, for those with convolutions.
    """

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
    def teach(images: Any) -> Any:
        logits = []
        for teacher in teachers:
            shape = (-1, *teacher.model.input_shape[1:])
            with computing_in(teacher.model, arithmetic):
                answers = teacher.model(tf.reshape(scale(images, teacher.scaling), shape), training=False)
            logits.append(take_logarithm(answers))
        return tf.add_n(logits) / len(logits)

    return teach  # type: ignore[no-any-return]


def compute_divergence(settings: Distillation, targets: Any, answers: Any) -> Any:
    """Return temperature² · the mean divergence of a batch: see `Distillation`.

    Args:
        settings: Temperature.
        targets: The teachers' mean logits, float32 (n, classes).
        answers: The student's probabilities, float32 (n, classes).
    """
    wanted = tf.nn.log_softmax(targets / settings.temperature)
    found = tf.nn.log_softmax(take_logarithm(answers) / settings.temperature)
    divergence = tf.reduce_sum(tf.exp(wanted) * (wanted - found), axis=1)
    return settings.temperature**2 * tf.reduce_mean(divergence)


def take_logarithm(probabilities: Any) -> Any:
    """Return logits of probabilities: their logarithm, which differs from the logits by a number for each image."""
    return tf.math.log(tf.maximum(probabilities, LEAST))
