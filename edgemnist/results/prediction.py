"""What `predict` gives back: a record a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from edgemnist.errors import EdgeMnistError, record_error


@dataclass(frozen=True)
class Prediction:
    """The answer to one picture, or why there is none.

    Args:
        image: the file, with the picture's index where the file holds several.
        label: the most probable class; None without an answer.
        confidence: its probability, 0 … 1; None without an answer.
        top: the three most probable classes with their probabilities, the best first; empty without an answer.
        prepared: true if the picture was scaled, brought into MNIST's own form, or inverted.
        note: what a reader must know of the picture, or "".
        error: why it isn't answered; None if it is.
    """

    image: str
    label: str | None = None
    confidence: float | None = None
    top: tuple[tuple[str, float], ...] = ()
    prepared: bool = False
    note: str = ""
    error: EdgeMnistError | None = None

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "image": self.image,
            "prepared": self.prepared,
            "note": self.note,
            "label": self.label,
            "confidence": self.confidence,
            "top": [{"label": label, "confidence": confidence} for label, confidence in self.top],
            "error": record_error(self.error) if self.error else None,
        }
