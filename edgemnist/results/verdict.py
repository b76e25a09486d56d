"""What `verify` finds of one file, and of all: a verdict a file, and the report of them."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

from edgemnist.comparison.answers import Comparison, OutputDifference, Score
from edgemnist.errors import EdgeMnistError, record_error
from edgemnist.results.measurement import Measurement, pick_fields
from edgemnist.runtimes.base import Footprint

VerdictWord = Literal["passed", "partial", "differs", "not compared", "skipped", "error"]


@dataclass(frozen=True)
class Verdict:
    """What was found of one file, and what that means.

    Args:
        model: the path as it was given.
        format: "keras", "tflite", "onnx" or "c"; None for another file.
        measurement: what was found; None if the file couldn't be judged, or is too large for its target.
        reasons: why it doesn't pass.
        notes: what else a reader must know.
        error: why it couldn't be judged.
        limit: how many of the first test images were run; None if all were.
        skipped: what isn't installed that would judge it, and the line that installs it; "" if it was judged.
        runtime: name of the runtime that was asked for; None for the file's own.
    """

    model: str
    format: str | None
    measurement: Measurement | None = None
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    error: EdgeMnistError | None = None
    limit: int | None = None
    skipped: str = ""
    runtime: str | None = None

    @property
    def agrees(self) -> bool:
        """True if it was judged, be it without a source or on a part of the test images, and nothing was found."""
        return self.error is None and not self.reasons and not self.skipped

    @property
    def passed(self) -> bool:
        """True if it was compared with its source on all test images, and nothing was found against it."""
        return self.agrees and self.compared and self.limit is None

    @property
    def compared(self) -> bool:
        """True if its answers were compared with those of a source, or of another file."""
        return self.measurement is not None and self.measurement.comparison is not None

    @property
    def word(self) -> VerdictWord:
        """What is shown of it: a file that was compared with nothing, or on a part of the images, doesn't pass."""
        if self.error:
            return "error"
        if self.skipped:
            return "skipped"
        if self.reasons:
            return "differs"
        if self.limit is not None:
            return "partial"
        return "passed" if self.compared else "not compared"

    def to_record(self) -> dict[str, Any]:
        """Return what is the same each time that the file is verified on this machine: the manifest keeps it."""
        measurement = self.measurement
        return {
            "format": self.format,
            "precision": measurement.precision if measurement else None,
            "runtime": measurement.runtime if measurement else None,
            "input": measurement.input if measurement else None,
            "reference": measurement.reference if measurement else None,
            **pick_fields(measurement.score if measurement else None, Score, leave_out=("hits", "class_accuracy")),
            "class_accuracy": _pair(measurement.labels, measurement.score.class_accuracy) if measurement else None,
            **pick_fields(measurement.comparison if measurement else None, Comparison, leave_out=("flips",)),
            **pick_fields(measurement.outputs if measurement else None, OutputDifference),
            "recorded_outputs": _count(measurement.recorded if measurement else None),
            "deep": measurement.deep.to_record() if measurement and measurement.deep else None,
            "passed": self.passed,
            "compared": self.compared,
            "reasons": [self.error.message] if self.error else list(self.reasons),
        }

    def to_document(self) -> dict[str, Any]:
        """Return what JSON has of the file: the record, and what only this run can say."""
        measurement = self.measurement
        comparison = measurement.comparison if measurement else None
        source = measurement.source_calibration if measurement else None
        return {
            "model": self.model,
            **self.to_record(),
            "flips": [asdict(flip) for flip in comparison.flips] if comparison else [],
            "size_bytes": measurement.size_bytes if measurement else None,
            **pick_fields(measurement.footprint if measurement else None, Footprint),
            "seconds": measurement.seconds if measurement else None,
            "emulated": measurement.emulated if measurement else None,
            "reference_origin": measurement.reference_origin if measurement else None,
            "deep": measurement.deep.to_document() if measurement and measurement.deep else None,
            "calibration": measurement.calibration.to_record() if measurement and measurement.calibration else None,
            "source_calibration": source.to_record() if source else None,
            "robustness": measurement.robustness.to_record() if measurement and measurement.robustness else None,
            "limit": self.limit,
            "requested_runtime": self.runtime,
            "notes": list(self.notes),
            "skipped": self.skipped or None,
            "error": record_error(self.error) if self.error else None,
        }


def _count(recorded: OutputDifference | None) -> dict[str, int] | None:
    """Return how many outputs were compared with those that export recorded, and how many differ."""
    return {"compared": recorded.outputs_compared, "different": recorded.different_outputs} if recorded else None


def _pair(labels: tuple[str, ...], shares: tuple[float, ...]) -> dict[str, float | None]:
    """Name the shares; JSON has no NaN, so a class without images is None."""
    return {label: None if math.isnan(share) else share for label, share in zip(labels, shares, strict=True)}


@dataclass(frozen=True)
class Report:
    """The verdicts of one `verify`.

    Args:
        verdicts: one a file, in the order given.
        data: the name of the data set.
        limit: how many of the first test images were run; None if all were.
        notes: what was assumed of the data.
    """

    verdicts: tuple[Verdict, ...]
    data: str
    limit: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """True if every file that was judged passed, and there was one: on all test images."""
        return bool(self._judged) and all(verdict.passed for verdict in self._judged)

    @property
    def exit_status(self) -> int:
        """2 if any file is an error or none was judged, else 1 if any differs, else 0; what was skipped has no say."""
        if not self._judged or any(verdict.error for verdict in self._judged):
            return 2
        return int(not all(verdict.agrees for verdict in self._judged))

    @property
    def _judged(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if not verdict.skipped]

    @property
    def runtimes(self) -> tuple[str, ...]:
        """Names of the runtimes that were asked for, each once; none where each file is run in its own."""
        return tuple(dict.fromkeys(verdict.runtime for verdict in self.verdicts if verdict.runtime))

    def name(self, verdict: Verdict) -> str:
        """Return what a verdict is on, in words: a file, and the runtime where there are verdicts of several.

        Example:
            >>> one, other = (Verdict("a.tflite", "tflite", runtime=name) for name in ("litert", "tflm"))
            >>> Report((one, other), "mnist").name(other), Report((other,), "mnist").name(other)
            ('a.tflite in tflm', 'a.tflite')
        """
        return f"{verdict.model} in {verdict.runtime}" if verdict.runtime and len(self.runtimes) > 1 else verdict.model

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        models = [verdict.to_document() for verdict in self.verdicts]
        notes = list(self.notes)
        return {"passed": self.passed, "data": self.data, "limit": self.limit, "models": models, "notes": notes}

    def count(self) -> str:
        """Return how many files there are of each kind, in words.

        Example:
            >>> Report((Verdict("a.onnx", "onnx"), Verdict("b.onnx", "onnx", reasons=("it moved",))), "MNIST").count()
            '0 of 2 passed, 1 not compared'
        """
        words = [verdict.word for verdict in self.verdicts]
        others = [f"{words.count(word)} {word}" for word in ("partial", "not compared", "skipped") if word in words]
        return ", ".join([f"{words.count('passed')} of {len(words)} passed", *others])
