"""What goes wrong in a training, in words: it diverged, or it learns nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.readers import Labels
from edgemnist.errors import EdgeMnistError
from edgemnist.training.parts import Optimizer

# Standard deviations of a share that nobody learned to answer: 98 of 100 such shares are no further above its mean.
SPREAD = 2


def check_finite(epoch: int, learning_rate: float, loss: float, weights: Iterable[NDArray[np.float32]] = ()) -> None:
    """Find out that a training diverged.

    Args:
        epoch: Current epoch, from 1.
        learning_rate: The optimizer's step size.
        loss: Loss so far in it.
        weights: Weights of the model after it.

    Raises:
        EdgeMnistError: The loss, or a weight, is no finite number.
    """
    hint = f"try a smaller learning rate than {learning_rate:g}, such as `learning_rate={learning_rate / 10:g}`"
    if not math.isfinite(loss):
        raise EdgeMnistError(f"the loss is {loss} in epoch {epoch}: the training diverged", hint)
    if not all(np.isfinite(one).all() for one in weights):
        raise EdgeMnistError(f"a weight is no finite number after epoch {epoch}: the training diverged", hint)


def is_chance(accuracy: float, labels: Labels) -> bool:
    """Return True if an accuracy is no better than one class answered for every image, within the spread of chance.

    Args:
        accuracy: Share answered right, 0 … 1.
        labels: Right classes, int64 (n,).

    Example:
        >>> labels = np.arange(1000) % 10
        >>> is_chance(0.118, labels), is_chance(0.12, labels)
        (True, False)
    """
    largest = float(np.bincount(labels).max()) / len(labels)
    return accuracy <= largest + SPREAD * math.sqrt(largest * (1 - largest) / len(labels))


def describe_chance(accuracy: float, classes: int, learning_rate: float) -> str:
    """Return what to say of an accuracy that is chance after the first epoch.

    Example:
        >>> describe_chance(0.3, 3, 0.1).partition("; ")[2]
        'the learning rate is 0.1: try a smaller one, such as `learning_rate=0.01`'
    """
    usual = Optimizer().learning_rate
    if learning_rate > usual:
        advice = f"a smaller one, such as `learning_rate={learning_rate / 10:g}`"
    else:
        advice = f"a larger one, such as `learning_rate={max(10 * learning_rate, usual):g}`"
    found = f"an accuracy of {100 * accuracy:.1f} % is chance for {classes} classes"
    return f"nothing was learned in the first epoch: {found}; the learning rate is {learning_rate:g}: try {advice}"
