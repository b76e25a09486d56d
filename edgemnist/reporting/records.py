"""Results as plain dictionaries: what `--json` prints and what the manifest keeps.

Fractions are fractions, points are percentage points, and what couldn't be measured is null.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, fields
from typing import Any

from edgemnist.comparison.answers import Comparison, OutputDifference, Score
from edgemnist.exporters import FORMS
from edgemnist.results import Artifact, KitFolder, Prediction, Report, Training, Verdict
from edgemnist.runtimes import RUNTIMES
from edgemnist.targets import Footprint

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
    found, trouble = verdict.measurement, verdict.trouble
    comparison = found.comparison if found else None
    return {
        "model": verdict.model,
        **describe_result(verdict),
        "flips": [asdict(flip) for flip in comparison.flips] if comparison else [],
        "size_bytes": found.size_bytes if found else None,
        **_pick(found.footprint if found else None, Footprint),
        "seconds": found.seconds if found else None,
        "emulated": found.emulated if found else None,
        "notes": list(verdict.notes),
        "error": _describe_error(trouble) if trouble else None,
    }


def describe_result(verdict: Verdict) -> dict[str, Any]:
    """Return what is the same each time that the file is verified on this machine."""
    found = verdict.measurement
    reasons = [verdict.trouble.message] if verdict.trouble else list(verdict.reasons)
    return {
        "format": verdict.format,
        "precision": found.precision if found else None,
        "runtime": found.runtime if found else None,
        "input": found.eats if found else None,
        "reference": found.reference if found else None,
        **_pick(found.score if found else None, Score, leave_out=("hits", "class_accuracy")),
        "class_accuracy": _pair(found.labels, found.score.class_accuracy) if found else None,
        **_pick(found.comparison if found else None, Comparison, leave_out=("flips",)),
        **_pick(found.outputs if found else None, OutputDifference),
        "passed": verdict.passed,
        "reasons": reasons,
    }


def _pick(record: Any, kind: type[Any], leave_out: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a record's fields by name; all of them null where there is no record."""
    names = [field.name for field in fields(kind) if field.name not in leave_out]
    return {name: getattr(record, name) if record else None for name in names}


def _pair(labels: tuple[str, ...], shares: tuple[float, ...]) -> dict[str, float | None]:
    """Name the shares; JSON has no NaN, so a class without images is null."""
    return {label: None if math.isnan(share) else share for label, share in zip(labels, shares, strict=True)}


def describe_failure(error: Exception) -> dict[str, Any]:
    """Return what `verify --json` prints where nothing could be verified at all."""
    return {"schema": SCHEMA, "passed": False, "models": [], "error": _describe_error(error)}


def _describe_error(error: Exception) -> dict[str, str]:
    return {"message": str(error), "hint": getattr(error, "hint", "")}


def describe_training(training: Training) -> dict[str, Any]:
    """Return what `train --json` prints."""
    return {
        "schema": SCHEMA,
        "model": str(training.path),
        "size_bytes": training.size_bytes,
        "parameters": training.parameters,
        "training": {**training.recipe.list_settings(), "seed": training.seed},
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
                "prepared": prediction.prepared,
                "note": prediction.note,
                "label": prediction.label,
                "confidence": prediction.confidence,
                "top": [{"label": label, "confidence": confidence} for label, confidence in prediction.top],
            }
            for prediction in predictions
        ],
    }


def describe_kit(written: KitFolder) -> dict[str, Any]:
    """Return what `kit --json` prints."""
    return {
        "schema": SCHEMA,
        "target": written.kit.name,
        "models": [str(model) for model in written.models],
        "folder": str(written.path),
        "files": list(written.files),
        "products": list(written.products),
        "verified": written.verified,
        "golden_images": written.golden_images,
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
    """Return the document as strict JSON: no NaN, and ASCII, which no terminal's encoding can spoil."""
    return json.dumps(document, indent=2, allow_nan=False)
