"""What `predict` gives back: a record a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Prediction:
    """The answer to one picture.

    Args:
        image: the file, with the picture's index where the file holds several.
        label: the most probable class.
        confidence: its probability, 0 … 1.
        top: the three most probable classes with their probabilities, the best first.
        prepared: true if the picture was brought into MNIST's own form.
        note: what a reader must know of the picture, or "".
    """

    image: str
    label: str
    confidence: float
    top: tuple[tuple[str, float], ...]
    prepared: bool
    note: str = ""

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "image": self.image,
            "prepared": self.prepared,
            "note": self.note,
            "label": self.label,
            "confidence": self.confidence,
            "top": [{"label": label, "confidence": confidence} for label, confidence in self.top],
        }
