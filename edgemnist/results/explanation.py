"""What `explain` finds of one picture."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgemnist.comparison.blame import Alternative, Cause, Finding
from edgemnist.precision import PrecisionName

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class FormAnswer:
    """What one form of the model answers in one runtime.

    Args:
        model: Name of the file.
        precision: Precision of the file.
        runtime: Display name of the runtime.
        label: The most probable class.
        confidence: Its probability, 0 … 1.
        top: The three most probable classes with their probabilities.
        asked: Whether it is the file that was asked, in its own runtime.
    """

    model: str
    precision: PrecisionName
    runtime: str
    label: str
    confidence: float
    top: tuple[tuple[str, float], ...]
    asked: bool = False


@dataclass(frozen=True, eq=False)
class Neighbour:
    """A test image that the picture is like.

    Args:
        index: Place in the test split.
        label: Its class.
        distance: Euclidean distance of the pixels, each 0 … 1.
        pixels: uint8 (height, width).
    """

    index: int
    label: str
    distance: float
    pixels: NDArray[np.uint8] = field(repr=False)


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why a picture is answered as it is.

    Args:
        image: Name of the picture.
        model: Path of the model file.
        label: Class that the picture is of; None where nobody says.
        picture: The picture as it came, uint8 (height, width, 4), at most 256 pixels a side.
        prepared: What it has become, uint8 (height, width).
        how: What was done to it, in a few words.
        answers: What the file answers in its runtimes, and each other form of the same model; the asked one first.
        neighbours: The nearest test images, the nearest first.
        usual_distance: How far an image may be from its nearest: 99 % of training images are no further.
        alternatives: Other images that the picture may become, as the file answers them.
        findings: What explains the answer, the strongest first.
        notes: What else a reader must know.
        output: Path of the picture that was written; None where none was asked for.
    """

    image: str
    model: str
    label: str | None
    picture: NDArray[np.uint8] = field(repr=False)
    prepared: NDArray[np.uint8] = field(repr=False)
    how: str
    answers: tuple[FormAnswer, ...]
    neighbours: tuple[Neighbour, ...]
    usual_distance: float
    alternatives: tuple[Alternative, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    output: Path | None = None

    @property
    def answer(self) -> FormAnswer:
        """What the file answers in its own runtime."""
        return self.answers[0]

    @property
    def is_right(self) -> bool | None:
        """Whether that is the class that the picture is of; None where nobody says."""
        return None if self.label is None else self.answer.label == self.label

    @property
    def cause(self) -> Cause | None:
        """What is to blame; None where nothing was found, or the answer is right."""
        return self.findings[0].cause if self.findings else None

    @property
    def exit_status(self) -> int:
        """1 for an answer that isn't the class that the picture is of, else 0."""
        return int(self.is_right is False)

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values, without pixels."""
        return {
            "image": self.image,
            "model": self.model,
            "label": self.label,
            "answer": self.answer.label,
            "confidence": self.answer.confidence,
            "right": self.is_right,
            "cause": self.cause,
            "findings": [{"cause": one.cause, "reason": one.sentence} for one in self.findings],
            "prepared": self.how,
            "usual_distance": self.usual_distance,
            "neighbours": [
                {"index": one.index, "label": one.label, "distance": one.distance} for one in self.neighbours
            ],
            "answers": [
                {**asdict(one), "top": [{"label": label, "confidence": share} for label, share in one.top]}
                for one in self.answers
            ],
            "alternatives": [asdict(one) for one in self.alternatives],
            "output": str(self.output) if self.output else None,
            "notes": list(self.notes),
        }
