"""What `verify` measures of one file, before anything is judged."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from edgemnist.comparison.answers import Comparison, OutputDifference, Score
from edgemnist.precision import PrecisionName
from edgemnist.runtimes.base import Footprint

if TYPE_CHECKING:  # 60 ms, of which most verbs need nothing
    from edgemnist.comparison.calibration import Calibration
    from edgemnist.comparison.deep import DeepComparison
    from edgemnist.comparison.robustness import Robustness
    from edgemnist.comparison.weights import WeightComparison


def pick_fields(record: Any, kind: type[Any], leave_out: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a record's fields by name; all of them None where there is no record."""
    names = [field.name for field in fields(kind) if field.name not in leave_out]
    return {name: getattr(record, name) if record else None for name in names}


@dataclass(frozen=True)
class DeepResult:
    """What a deep `verify` found of one file.

    Args:
        answers: its probabilities for images that no test set holds, compared with those of its source.
        weights: its weights, compared with those of its source; None where no reader knows them.
        unread: why they aren't compared; "" if they are.
    """

    answers: DeepComparison
    weights: WeightComparison | None
    unread: str = ""

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values, a row a layer and a family left out: the manifest keeps that."""
        weights = self.weights.summarize() if self.weights else None
        return {"answers": self.answers.summarize(), "weights": weights, "unread": self.unread}

    def to_document(self) -> dict[str, Any]:
        """Return it as plain values, all rows included."""
        weights = self.weights.to_record() if self.weights else None
        return {"answers": self.answers.to_record(), "weights": weights, "unread": self.unread}


@dataclass(frozen=True)
class Measurement:
    """What was found of one file.

    Args:
        precision: the contract's; "unknown" for a file without one.
        runtime: its name and version.
        size_bytes: of the file.
        input: what it takes, in one line.
        labels: the class names.
        reference: what it was compared with: "model.keras", or the other file; None without a source.
        score, comparison: see `edgemnist.comparison`.
        outputs: the outputs as whole numbers, where it was compared with another quantized file.
        recorded: the outputs, compared with those that export recorded; None where none were.
        deep: weights, and images that no test set holds, compared with the source's; None where that wasn't asked for.
        outputs_sha256: of its own outputs, where the manifest lists one to compare with; None elsewhere.
        reference_origin: how the source's answers are known to be its own; see `Reference` in the workflows.
        seconds: that the runtime took for all images.
        footprint: what the model takes of an emulated microcontroller; None elsewhere.
        emulated: true if an emulator ran it, whose seconds say nothing of its target's.
        calibration, source_calibration: how well its probabilities fit what is right, and those that it was compared
            with; None where that wasn't measured, or without a source.
        robustness: corrupted test images, compared with the source's answers; None where that wasn't asked for.
    """

    precision: PrecisionName
    runtime: str
    size_bytes: int
    input: str
    labels: tuple[str, ...]
    reference: str | None
    score: Score
    comparison: Comparison | None
    outputs: OutputDifference | None
    seconds: float
    footprint: Footprint | None = None
    emulated: bool = False
    recorded: OutputDifference | None = None
    deep: DeepResult | None = None
    reference_origin: str | None = None
    outputs_sha256: str | None = None
    calibration: Calibration | None = None
    source_calibration: Calibration | None = None
    robustness: Robustness | None = None
