"""The documents of `--json`, made of what the verbs give back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from edgemnist.exporters import ALL_FORMS
from edgemnist.guides import GUIDES, Guide
from edgemnist.kits import KITS
from edgemnist.reporting.documents import fill_document
from edgemnist.results import Artifact, KitFolder, Prediction, Report, Training, Trusted
from edgemnist.runtimes import RUNTIMES
from edgemnist.training.recipes import RECIPES


def describe_training(training: Training) -> dict[str, Any]:
    """Return what `train --json` prints."""
    return fill_document("train", **training.to_record())


def describe_artifacts(artifacts: list[Artifact]) -> dict[str, Any]:
    """Return what `export --json` prints."""
    return fill_document("export", models=[artifact.to_record() for artifact in artifacts])


def describe_report(report: Report, verb: str = "verify") -> dict[str, Any]:
    """Return what `verify --json` and `run --json` print."""
    return fill_document(verb, **report.to_record())


def describe_predictions(predictions: list[Prediction]) -> dict[str, Any]:
    """Return what `predict --json` prints."""
    return fill_document("predict", predictions=[prediction.to_record() for prediction in predictions])


def describe_kit(written: KitFolder) -> dict[str, Any]:
    """Return what `kit --json` prints."""
    return fill_document("kit", **written.to_record())


def describe_trust(files: list[Trusted], trusted: bool) -> dict[str, Any]:
    """Return what `trust --json` prints."""
    return fill_document("trust", trusted=trusted, files=[file.to_record() for file in files])


def describe_formats() -> dict[str, Any]:
    """Return what `formats --json` prints."""
    forms = [{"format": form.format, "precision": form.precision, "summary": form.summary} for form in ALL_FORMS]
    return fill_document("formats", formats=forms)


def describe_runtimes() -> dict[str, Any]:
    """Return what `runtimes --json` prints."""
    runtimes = [
        {"name": entry.name, "extension": entry.extension, "ready": entry.ready, "install": entry.install}
        for entry in RUNTIMES
    ]
    return fill_document("runtimes", runtimes=runtimes)


def describe_kits() -> dict[str, Any]:
    """Return what `kits --json` prints."""
    kits = [{"name": kit.name, "extensions": list(kit.extensions), "summary": kit.summary} for kit in KITS]
    return fill_document("kits", kits=kits)


def describe_recipes() -> dict[str, Any]:
    """Return what `recipes --json` prints."""
    return fill_document("recipes", recipes=[asdict(recipe) for recipe in RECIPES.values()])


def describe_guides(guide: Guide | None = None) -> dict[str, Any]:
    """Return what `guide --json` prints: one guide with its text, or all without."""
    if guide is not None:
        return fill_document("guide", guides=[{"topic": guide.topic, "summary": guide.summary, "text": guide.read()}])
    return fill_document("guide", guides=[{"topic": each.topic, "summary": each.summary} for each in GUIDES])
