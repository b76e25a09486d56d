"""What `diff` finds between a model's answers on two machines."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from edgemnist.comparison.answers import Comparison, Score
from edgemnist.comparison.differences import Differences
from edgemnist.precision import PrecisionName

AnswerWord = Literal["agrees", "partial", "differs"]


@dataclass(frozen=True)
class AnswerSide:
    """Whose answers one of the two are.

    Args:
        name: Path of the answers, or of the model file that was run here.
        model: Name of the model file; "" where nothing says it.
        model_sha256, data_sha256: SHA-256 of the model file and of the test split; "" where nothing says them.
        runtime, machine: What computed the answers, and where; "" where nothing says it.
        images: How many images it answers.
    """

    name: str
    model: str
    model_sha256: str
    data_sha256: str
    runtime: str
    machine: str
    images: int


@dataclass(frozen=True)
class AnswerDifference:
    """Answers to the same images compared.

    Args:
        first, second: Whose answers they are.
        precision: Precision that chose the gate.
        labels: Class names.
        images: How many images both answer.
        test_images: How many images the test split has.
        incomplete: Whether answers of one are damaged or missing.
        first_alone, second_alone: How many images one answers alone.
        differences: Outputs compared number by number.
        first_score: Answers of the first compared with the right classes; those of the second are in `score`.
        score, comparison: The second's answers, as `verify` compares a model with its source.
        reasons: Why they don't agree.
        notes: What else a reader must know.
    """

    first: AnswerSide
    second: AnswerSide
    precision: PrecisionName
    labels: tuple[str, ...]
    images: int
    test_images: int
    incomplete: bool
    first_alone: int
    second_alone: int
    differences: Differences
    first_score: Score
    score: Score
    comparison: Comparison
    reasons: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def same_model(self) -> bool | None:
        """True if both are of the same file, by SHA-256; None where that isn't known."""
        hashes = self.first.model_sha256, self.second.model_sha256
        return hashes[0] == hashes[1] if all(hashes) else None

    @property
    def same_data(self) -> bool | None:
        """True if both are to the same test images; None where one doesn't say. Different ones aren't compared."""
        return True if self.first.data_sha256 and self.second.data_sha256 else None

    @property
    def word(self) -> AnswerWord:
        """What is shown of it: where not all test images were compared, the others may differ."""
        if self.reasons:
            return "differs"
        part = self.incomplete or self.first_alone or self.second_alone or self.images < self.test_images
        return "partial" if part else "agrees"

    @property
    def exit_status(self) -> int:
        """1 if they differ by more than the gate lets pass, else 0."""
        return int(bool(self.reasons))

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        found = self.differences
        pairs = zip(self.labels, found.by_score, found.by_truth, strict=True) if len(found.by_score) > 1 else ()
        return {
            "kind": "answers",
            "passed": not self.reasons,
            "first": asdict(self.first),
            "second": asdict(self.second),
            "same_model": self.same_model,
            "same_data": self.same_data,
            "precision": self.precision,
            "images": self.images,
            "test_images": self.test_images,
            "incomplete": self.incomplete,
            "first_alone": self.first_alone,
            "second_alone": self.second_alone,
            "unit": found.unit,
            "outputs": found.outputs,
            "different_outputs": found.different,
            "different_images": found.images,
            "largest_difference": _finite(found.largest),
            "mean_difference": found.mean,
            "spread": [{**asdict(part), "high": _finite(part.high), "low": _finite(part.low)} for part in found.spread],
            "classes": [{"label": label, "outputs": outputs, "images": images} for label, outputs, images in pairs],
            "first_accuracy": self.first_score.accuracy,
            "second_accuracy": self.score.accuracy,
            "agreement": self.comparison.agreement,
            "max_abs_difference": self.comparison.max_abs_difference,
            "changed_class": self.comparison.moved,
            "flips": [asdict(flip) for flip in self.comparison.flips],
            "word": self.word,
            "reasons": list(self.reasons),
            "notes": list(self.notes),
        }


def _finite(number: float) -> float | None:
    """JSON has no infinity: a difference from what isn't finite is None."""
    return number if number < float("inf") else None
