"""What the manifest beside a model says of it: how it was trained, and what was made from it.

Only of the very content that it lists; what it says is for people and decides nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from edgemnist.contract import Source
from edgemnist.formats import FORMATS, ModelFile
from edgemnist.manifest_fields import flatten, show
from edgemnist.precision import PRECISIONS
from edgemnist.results.model_comparison import MadeFile

# What a training's entry tells of its result: all else in it decided the training.
OUTCOMES = frozenset(("validation_accuracy", "test_accuracy", "best_epoch", "history"))


def find_settings(file: ModelFile, source: Source | None) -> Mapping[str, Any] | None:
    """Return what decided the training of a model, or of the source that it was made from, by dotted names.

    Args:
        file: Model file.
        source: Name and hash of its source; None where nothing names one.
    """
    hashes = [file.sha256, *([source.sha256] if source else [])]
    entries = [entry for entry in file.manifest.models.values() if entry["sha256"] in hashes and "training" in entry]
    if not entries:
        return None
    training, data = dict(entries[0]["training"]), entries[0].get("data", {})
    images = {"training_sha256": data["training_sha256"]} if data else {}
    name = {"recipe": training.pop("name")} if "name" in training else {}
    settings = {key: value for key, value in training.items() if key not in OUTCOMES}
    values = flatten({**name, **settings, **images})
    return {key: value if _is_plain(value) else show(value) for key, value in values.items()}


def _is_plain(value: Any) -> bool:
    """True for what a recipe may hold; a manifest may hold lists and NaN, too."""
    return isinstance(value, bool | int | str) or (isinstance(value, float) and math.isfinite(value))


def list_made(file: ModelFile) -> tuple[MadeFile, ...]:
    """Return the files that the manifest beside a model lists as made from it, by format and precision."""
    made = [
        MadeFile(name, entry["format"], entry["precision"], entry["size_bytes"])
        for name, entry in file.manifest.models.items()
        if entry.get("source", {}).get("sha256") == file.sha256
    ]
    formats, precisions = [row.name for row in FORMATS], list(PRECISIONS)
    return tuple(sorted(made, key=lambda one: (formats.index(one.format), precisions.index(one.precision), one.name)))
