"""What `diff` gives back: two models layer by layer, where they part, and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from edgemnist.comparison.causes.case import Cause
from edgemnist.comparison.rows import LayerRow
from edgemnist.precision import PrecisionName


@dataclass(frozen=True)
class DiffedModel:
    """One of the two models.

    Args:
        model: The path as it was given.
        format: "keras", "tflite", "onnx" or "c".
        precision: What the manifest lists, or its contract or tensors say.
        runtime: Its name and version.
    """

    model: str
    format: str
    precision: PrecisionName
    runtime: str


@dataclass(frozen=True)
class MovedImage:
    """A test image whose probabilities moved.

    Args:
        index: In the test split, from 0.
        label: The right class.
        first, second: The class that each model gives; -1 where it isn't finite.
        difference: The largest of a probability, 0 … 1.
    """

    index: int
    label: int
    first: int
    second: int
    difference: float


@dataclass(frozen=True)
class Difference:
    """Two models, layer by layer.

    Args:
        first, second: The models.
        data: Name of the data set.
        images: How many of the first test images were run.
        tolerance: What was let through in a layer; None for what precision explains.
        layers: The rows, in the first model's order.
        causes: Why the first diverging layer does; where none does, why the first that differs does.
        agreement: Share of the images to which both give one class, 0 … 1.
        max_abs_difference: Of a probability, 0 … 1.
        moved: The images that moved most.
        labels: Names of the classes.
        reasons: Why the models differ, one sentence a reason; nothing if they agree.
        notes: What else a reader must know.
    """

    first: DiffedModel
    second: DiffedModel
    data: str
    images: int
    tolerance: float | None
    layers: tuple[LayerRow, ...]
    causes: tuple[Cause, ...]
    agreement: float
    max_abs_difference: float
    moved: tuple[MovedImage, ...]
    labels: tuple[str, ...]
    reasons: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def diverging(self) -> LayerRow | None:
        """The first row that diverges; None if none does."""
        return next((row for row in self.layers if row.diverges), None)

    @property
    def exit_status(self) -> int:
        """0 if they agree, 1 if they differ."""
        return int(bool(self.reasons))

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "kind": "layers",
            "passed": not self.reasons,
            "first": asdict(self.first),
            "second": asdict(self.second),
            "data": self.data,
            "images": self.images,
            "tolerance": self.tolerance,
            "layers": [row.to_record() for row in self.layers],
            "diverging": self.diverging.second if self.diverging else None,
            "causes": [asdict(cause) for cause in self.causes],
            "agreement": self.agreement,
            "max_abs_difference": self.max_abs_difference,
            "labels": list(self.labels),
            "moved": [asdict(one) for one in self.moved],
            "reasons": list(self.reasons),
            "notes": list(self.notes),
        }
