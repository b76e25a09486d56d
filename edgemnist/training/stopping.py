"""Early stopping: which epoch's weights a training keeps, and when it ends before its last epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from edgemnist.comparison.answers import Score

if TYPE_CHECKING:
    import keras


class KeptEpoch:
    """The epoch whose weights are kept: the best one on the validation images, of equal ones the first; or the last.

    Args:
        model: Model that is being trained.
        patience: Number of epochs without a better one after which the training ends; None to keep the last epoch.

    Attributes:
        number: Which epoch it is, from 1; 0 before the first.
        score: Its score on the validation images; None without any.
        weights: Its weights; none before the first, and where the last epoch is kept.
    """

    def __init__(self, model: keras.Model, patience: int | None) -> None:
        self.number = 0
        self.score: Score | None = None
        self.weights: Sequence[Any] = []
        self._model, self._patience = model, patience

    def take(self, number: int, found: Score | None) -> bool:
        """Take an epoch that has just ended, with its score on the validation images; return True to end there."""
        if self._patience is None:
            self.number, self.score = number, found
            return False
        assert found is not None, "`check_validation` saw to it"
        if self.score is None or found.hits > self.score.hits:
            self.number, self.score, self.weights = number, found, self._model.get_weights()
        return number - self.number >= self._patience

    def restore(self) -> None:
        """Give the model the weights of the epoch that is kept."""
        if self.weights:
            self._model.set_weights(self.weights)
