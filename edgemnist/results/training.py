"""What `train` gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgemnist.comparison.answers import Score

if TYPE_CHECKING:
    from edgemnist.training.history import Epoch
    from edgemnist.training.recipes import Recipe


@dataclass(frozen=True)
class Training:
    """A finished training.

    Args:
        path: the `.keras` file.
        recipe: with what the caller changed in it.
        seed: that drew the weights and shuffled the images.
        parameters: how many weights and biases the model holds.
        size_bytes: of the file.
        score: on the test images, of the file as it was written.
        history: what each epoch gave, in order.
        best_epoch: whose weights were kept, from 1; None without early stopping, for the last one.
        data: what it was trained on, as plain values.
        plot: the picture of the history; None if none was drawn.
        notes: what was found or assumed of the training, a sentence each.
        decided: all that decided it but its seed and data, as the manifest lists it.
    """

    path: Path
    recipe: Recipe
    seed: int
    parameters: int
    size_bytes: int
    score: Score
    history: tuple[Epoch, ...]
    best_epoch: int | None
    data: Mapping[str, Any]
    plot: Path | None = None
    notes: tuple[str, ...] = ()
    decided: Mapping[str, Any] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """Time that the training took, imports and scoring not counted."""
        return sum(epoch.seconds for epoch in self.history)

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "model": str(self.path),
            "size_bytes": self.size_bytes,
            "parameters": self.parameters,
            "training": {**(self.decided or self.recipe.list_settings()), "seed": self.seed},
            "accuracy": self.score.accuracy,
            "accuracy_low": self.score.accuracy_low,
            "accuracy_high": self.score.accuracy_high,
            "seconds": self.seconds,
            "history": [epoch.to_record() for epoch in self.history],
            "best_epoch": self.best_epoch,
            "data": dict(self.data),
            "plot": None if self.plot is None else str(self.plot),
            "notes": list(self.notes),
        }
