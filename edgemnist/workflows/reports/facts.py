"""What the manifest beside a file says of it: how it was made, and how its training went."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from edgemnist.formats import ModelFile
from edgemnist.manifest_fields import flatten, show
from edgemnist.results.folder_report import Provenance, TrainingCurves
from edgemnist.workflows.listed import find_settings
from edgemnist.workflows.provenance import name_source


def find_provenance(file: ModelFile) -> Provenance:
    """Return how a file was made, as far as the manifest lists this very content, or its contract names a source.

    Args:
        file: Model file.
    """
    source = name_source(file, file.contract)
    itself = source is None or source.sha256 == file.sha256 or source.name == file.path.name
    other = None if itself else source
    entry = file.listed
    if entry is None or file.changes:
        return Provenance(other)
    return Provenance(
        source=other,
        versions=dict(sorted(entry.get("versions", {}).items())),
        calibration=_simplify(entry.get("calibration", {})),
        options=_simplify(entry.get("options", {})),
        settings=dict(find_settings(file, None) or {}),
        data=_simplify({name: value for name, value in entry.get("data", {}).items() if name != "labels"}),
    )


def _simplify(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a record from elsewhere by dotted names: texts, finite numbers, true and false."""
    return {name: value if _is_plain(value) else show(value) for name, value in flatten(record).items()}


def _is_plain(value: Any) -> bool:
    return isinstance(value, bool | int | str) or (isinstance(value, float) and math.isfinite(value))


def find_curves(file: ModelFile) -> TrainingCurves | None:
    """Return what each epoch of a file's training gave; None where the manifest has no history of this content.

    Args:
        file: Model file.
    """
    training = (file.listed or {}).get("training", {})
    history = training.get("history", [])
    if not history or file.changes:
        return None
    series = {name: _list_values(history, name) for name in ("loss", "accuracy")}
    validation = {f"validation_{name}": _list_values(history, f"validation_{name}") for name in series}
    if not all(series.values()):
        return None
    return TrainingCurves(**series, **validation, best_epoch=training.get("best_epoch"))


def _list_values(history: list[dict[str, float]], name: str) -> tuple[float, ...]:
    """Return a finite number an epoch; nothing where an epoch has none."""
    values = tuple(float(epoch.get(name, math.nan)) for epoch in history)
    return values if all(map(math.isfinite, values)) else ()
