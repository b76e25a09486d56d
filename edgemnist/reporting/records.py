"""Results as plain dictionaries: what `--json` prints and what the manifest keeps.

Fractions are fractions, points are percentage points, and what couldn't be measured is null.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import Any

from edgemnist.exporters import FORMS
from edgemnist.results import Artifact, Prediction, Report, Training, Verdict
from edgemnist.runtimes import RUNTIMES

SCHEMA = 1


def describe_report(report: Report) -> dict[str, Any]:
    """Return what `verify --json` prints."""
    return {
        "schema": SCHEMA,
        "passed": report.passed,
        "data": report.data,
        "models": [describe_verdict(verdict) for verdict in report.verdicts],
    }


def describe_verdict(verdict: Verdict) -> dict[str, Any]:
    """Return one file's part of it: the result, and what only this run can say."""
    comparison, trouble = verdict.comparison, verdict.trouble
    return {
        "model": verdict.model,
        **describe_result(verdict),
        "flips": [asdict(flip) for flip in comparison.flips] if comparison else [],
        "size_bytes": verdict.size_bytes,
        "seconds": verdict.seconds,
        "notes": list(verdict.notes),
        "error": {"message": trouble.message, "hint": trouble.hint} if trouble else None,
    }


def describe_result(verdict: Verdict) -> dict[str, Any]:
    """Return what is the same each time that the file is verified on this machine."""
    score, comparison, outputs = verdict.score, verdict.comparison, verdict.outputs
    return {
        "format": verdict.format,
        "precision": verdict.precision,
        "runtime": verdict.runtime,
        "input": verdict.eats,
        "reference": verdict.reference,
        "images": score.images if score else None,
        "accuracy": score.accuracy if score else None,
        "accuracy_low": score.accuracy_low if score else None,
        "accuracy_high": score.accuracy_high if score else None,
        "class_accuracy": _pair(verdict.labels, score.class_accuracy) if score else None,
        "unanswered": score.unanswered if score else None,
        "source_accuracy": comparison.source_accuracy if comparison else None,
        "drop_points": comparison.drop_points if comparison else None,
        "agreement": comparison.agreement if comparison else None,
        "broken": comparison.broken if comparison else None,
        "fixed": comparison.fixed if comparison else None,
        "changed": comparison.changed if comparison else None,
        "mcnemar_p": comparison.mcnemar_p if comparison else None,
        "max_abs_difference": comparison.max_abs_difference if comparison else None,
        "mean_abs_difference": comparison.mean_abs_difference if comparison else None,
        "outputs_compared": outputs.outputs_compared if outputs else None,
        "different_outputs": outputs.different_outputs if outputs else None,
        "passed": verdict.passed,
        "reasons": [verdict.trouble.message] if verdict.trouble else list(verdict.reasons),
    }


def _pair(labels: tuple[str, ...], shares: tuple[float, ...]) -> dict[str, float | None]:
    """Name the shares; JSON has no NaN, so a class without images is null."""
    return {label: None if math.isnan(share) else share for label, share in zip(labels, shares, strict=True)}


def describe_training(training: Training) -> dict[str, Any]:
    """Return what `train --json` prints."""
    return {
        "schema": SCHEMA,
        "model": str(training.path),
        "size_bytes": training.size_bytes,
        "parameters": training.parameters,
        "training": {**asdict(training.recipe), "seed": training.seed},
        "accuracy": training.score.accuracy,
        "accuracy_low": training.score.accuracy_low,
        "accuracy_high": training.score.accuracy_high,
        "seconds": training.seconds,
    }


def describe_artifacts(artifacts: list[Artifact]) -> dict[str, Any]:
    """Return what `export --json` prints."""
    return {
        "schema": SCHEMA,
        "models": [
            {
                "model": str(artifact.path),
                "format": artifact.form.format,
                "precision": artifact.form.precision,
                "size_bytes": artifact.size_bytes,
                "sha256": artifact.sha256,
                "input": artifact.eats,
            }
            for artifact in artifacts
        ],
    }


def describe_predictions(predictions: list[Prediction]) -> dict[str, Any]:
    """Return what `predict --json` prints."""
    return {
        "schema": SCHEMA,
        "predictions": [
            {
                "image": prediction.image,
                "label": prediction.label,
                "confidence": prediction.confidence,
                "top": [{"label": label, "confidence": confidence} for label, confidence in prediction.top],
            }
            for prediction in predictions
        ],
    }


def describe_formats() -> dict[str, Any]:
    """Return what `formats --json` prints."""
    forms = [{"format": form.format, "precision": form.precision, "summary": form.summary} for form in FORMS]
    return {"schema": SCHEMA, "formats": forms}


def describe_runtimes() -> dict[str, Any]:
    """Return what `runtimes --json` prints."""
    runtimes = [
        {"name": entry.name, "extension": entry.extension, "ready": entry.ready, "install": entry.install}
        for entry in RUNTIMES
    ]
    return {"schema": SCHEMA, "runtimes": runtimes}


def write_json(document: dict[str, Any]) -> str:
    """Return the document as strict JSON: no NaN, non-ASCII letters as they are."""
    return json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False)
