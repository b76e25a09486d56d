"""The documents of `--json`, made of what the verbs give back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from edgemnist.reporting.documents import EMPTY, fill_document

if TYPE_CHECKING:
    from edgemnist.results import (
        AnswerDifference,
        Artifact,
        Benchmark,
        Difference,
        Explanation,
        FolderReport,
        Inspection,
        Inspections,
        KitFolder,
        ModelComparison,
        Prediction,
        Report,
        Training,
        Trusted,
        Tuning,
    )


def fill_training(training: Training) -> dict[str, Any]:
    """Return what `train --json` prints."""
    return fill_document("train", **training.to_record())


def fill_tuning(tuning: Tuning) -> dict[str, Any]:
    """Return what `tune --json` prints."""
    return fill_document("tune", **tuning.to_record())


def fill_artifacts(artifacts: list[Artifact], notes: Sequence[str] = ()) -> dict[str, Any]:
    """Return what `export --json` prints, with what was assumed of the data."""
    return fill_document("export", models=[artifact.to_record() for artifact in artifacts], notes=list(notes))


def fill_report(report: Report, verb: str = "verify") -> dict[str, Any]:
    """Return what `verify --json` and `run --json` print."""
    return fill_document(verb, **report.to_record())


def fill_folder_report(found: FolderReport) -> dict[str, Any]:
    """Return what `report --json` prints."""
    return fill_document("report", **found.to_record())


def fill_benchmark(found: Benchmark) -> dict[str, Any]:
    """Return what `benchmark --json` prints."""
    return fill_document("benchmark", **found.to_record())


def fill_comparison(found: ModelComparison) -> dict[str, Any]:
    """Return what `compare --json` prints."""
    return fill_document("compare", **found.to_record())


def fill_difference(found: Difference | AnswerDifference) -> dict[str, Any]:
    """Return what `diff --json` prints: one shape, whatever was compared."""
    return fill_document("diff", **{**EMPTY["diff"], **found.to_record()})


def fill_predictions(predictions: list[Prediction], notes: Sequence[str] = ()) -> dict[str, Any]:
    """Return what `predict --json` prints, with what was assumed of the file."""
    return fill_document(
        "predict", predictions=[prediction.to_record() for prediction in predictions], notes=list(notes)
    )


def fill_explanation(found: Explanation) -> dict[str, Any]:
    """Return what `explain --json` prints."""
    return fill_document("explain", **found.to_record())


def fill_kit(written: KitFolder) -> dict[str, Any]:
    """Return what `kit --json` prints."""
    return fill_document("kit", **written.to_record())


def fill_inspection(found: Inspection) -> dict[str, Any]:
    """Return what `inspect --json` prints of a file."""
    return fill_document("inspect", **{**EMPTY["inspect"], **found.to_record()})


def fill_inspections(found: Inspections) -> dict[str, Any]:
    """Return what `inspect --json` prints of a folder."""
    return fill_document("inspect", **{**EMPTY["inspect"], **found.to_record()})


def fill_trust(files: list[Trusted], trusted: bool) -> dict[str, Any]:
    """Return what `trust --json` prints."""
    return fill_document("trust", trusted=trusted, files=[file.to_record() for file in files])
