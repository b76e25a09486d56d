"""The documents that `--json` prints: one shape a verb, whether it succeeds or fails.

Fractions are fractions, points are percentage points, and what couldn't be measured is null. This module imports next
to nothing: it has to say that a command was interrupted even while everything else was being imported.
"""

from __future__ import annotations

import json
from typing import Any

from edgemnist.errors import record_error
from edgemnist.reporting.spelling import spell_options

SCHEMA = 1
# The keys whose texts are sentences for people.
SENTENCES = frozenset({"message", "hint", "note", "notes", "reason", "reasons", "unread", "untimed", "misfits"})

# What each verb's document holds beside `schema` and `error`, as it is where nothing came out.
EMPTY: dict[str, dict[str, Any]] = {
    "train": {
        **dict.fromkeys((
            "model", "size_bytes", "parameters", "training", "accuracy", "accuracy_low", "accuracy_high", "seconds",
        )),
        "history": [], "best_epoch": None, "data": None, "plot": None, "notes": [],
    },
    "tune": {
        **dict.fromkeys(("recipe", "objective", "study", "storage", "seed", "data", "validation_images", "plot")),
        "trials": [], "best": [], "importances": [], "notes": [],
    },
    "export": {"models": [], "notes": []},
    "verify": {"passed": False, "data": None, "limit": None, "models": [], "notes": []},
    "run": {"passed": False, "data": None, "limit": None, "models": [], "notes": []},
    "report": {
        "folder": None, "passed": False, "data": None, "limit": None, "machine": None, "models": [], "families": [],
        "flips": [], "benchmark": None, "written": None, "notes": [],
    },
    "benchmark": {
        **dict.fromkeys(("machine", "threads", "seconds", "data", "limit")), "rows": [], "slowdown": None, "notes": [],
    },
    "compare": {"data": None, "limit": None, "models": [], "pairs": [], "settings": [], "notes": []},
    "diff": {  # of layers or of answers: what is of the other kind is null or empty
        "kind": None, "passed": False,
        **dict.fromkeys((
            "first", "second", "data", "images", "tolerance", "diverging", "agreement", "max_abs_difference",
            "same_model", "same_data", "precision", "test_images", "incomplete", "first_alone", "second_alone", "unit",
            "outputs", "different_outputs", "different_images", "largest_difference", "mean_difference",
            "first_accuracy", "second_accuracy", "changed_class", "word",
        )),
        **{name: [] for name in ("layers", "causes", "labels", "moved", "spread", "classes", "flips")},
        "reasons": [], "notes": [],
    },
    "predict": {"predictions": [], "notes": []},
    "explain": {
        **dict.fromkeys((
            "image", "model", "label", "answer", "confidence", "right", "cause", "prepared", "usual_distance", "output",
        )),
        "findings": [], "neighbours": [], "answers": [], "alternatives": [], "notes": [],
    },
    "kit": {
        "target": None, "models": [], "folder": None, "files": [], "products": [], "verified": None,
        "golden_images": None, "notes": [],
    },
    "inspect": {
        **dict.fromkeys((
            "model", "format", "size_bytes", "sha256", "precision", "tensor_precision", "contract", "found",
            "structure", "parameters", "multiplications", "required", "micro", "npu", "listed", "written", "folder",
        )),
        "companions_sha256": [], "misfits": [], "false_claims": [], "cautions": [], "changes": [], "trusted": False,
        "notes": [], "models": [], "uncounted": None,
    },
    "formats": {"formats": []},
    "runtimes": {"runtimes": []},
    "kits": {"kits": []},
    "recipes": {"recipes": []},
    "trust": {"trusted": False, "files": []},
    "guide": {"guides": []},
}  # fmt: skip


def fill_document(verb: str, **found: Any) -> dict[str, Any]:
    """Return the document of a verb that succeeded.

    Args:
        verb: a row of `EMPTY`.
        found: a value for each of its keys, and for no other.
    """
    assert found.keys() == EMPTY[verb].keys(), f"{verb}: {found.keys() ^ EMPTY[verb].keys()}"
    return {"schema": SCHEMA, **found, "error": None}


def fill_failure(verb: str | None, error: BaseException) -> dict[str, Any]:
    """Return the document of a verb that failed: the same keys, with null or empty values, and the error.

    Args:
        verb: None, or no row of `EMPTY`, where no verb was found among the arguments.
        error: what went wrong.
    """
    return {"schema": SCHEMA, **EMPTY.get(verb or "", {}), "error": record_error(error)}


def _spell(value: Any, *, sentence: bool = False) -> Any:
    if isinstance(value, dict):
        return {key: _spell(one, sentence=key in SENTENCES) for key, one in value.items()}
    if isinstance(value, list):
        return [_spell(one, sentence=sentence) for one in value]
    return spell_options(value) if sentence and isinstance(value, str) else value


def write_json(document: dict[str, Any]) -> str:
    """Return the document as strict JSON: no NaN, and ASCII, which no terminal's encoding can spoil.

    Its sentences name options, as what is shown to people does; names and paths are as they are.
    """
    return json.dumps(_spell(document), indent=2, allow_nan=False)
