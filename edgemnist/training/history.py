"""What a training tells of itself while it goes on, and what is kept of it. Only the standard library."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Epoch:
    """What an epoch gave.

    Args:
        loss: Mean over the images that were fitted, each before the step that it was in.
        accuracy: Share of them that was answered right, 0 … 1, likewise.
        validation_loss: Mean loss over the validation images at its end; None without any.
        validation_accuracy: Share of the validation images answered right at its end, 0 … 1; None without any.
        seconds: Time that it took, validation not counted; the first one's includes compilation.
    """

    loss: float
    accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None
    seconds: float

    def to_record(self) -> dict[str, float]:
        """Return the figures as plain values, but for the time: the same seed gives the same ones.

        Example:
            >>> Epoch(0.5, 0.75, None, None, seconds=3.2).to_record()
            {'loss': 0.5, 'accuracy': 0.75}
        """
        names = ("loss", "accuracy", "validation_loss", "validation_accuracy")
        figures = {name: getattr(self, name) for name in names}
        return {name: figure for name, figure in figures.items() if figure is not None}


@dataclass(frozen=True)
class Progress:
    """How far the training is.

    Args:
        epoch: Current epoch, from 1.
        epochs: Number of epochs that there will be.
        step, steps: The same for batches within the epoch.
        loss: Mean loss so far in this epoch.
        accuracy: Share of training images answered right so far in this epoch, 0 … 1.
        ended: What the epoch gave, once it is over and validated; None until then.
        is_last: True if the training ends with this epoch.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    accuracy: float
    ended: Epoch | None = None
    is_last: bool = False
