"""The documents that `--json` prints: one shape a verb, whether it succeeds or fails.

Fractions are fractions, points are percentage points, and what couldn't be measured is null. This module imports next
to nothing: it has to say that a command was interrupted even while everything else was being imported.
"""

from __future__ import annotations

import json
from typing import Any

from edgemnist.errors import describe_error

SCHEMA = 1

# What each verb's document holds beside `schema` and `error`, as it is where nothing came out.
EMPTY: dict[str, dict[str, Any]] = {
    "train": dict.fromkeys(
        ("model", "size_bytes", "parameters", "training", "accuracy", "accuracy_low", "accuracy_high", "seconds")
    ),
    "export": {"models": []},
    "verify": {"passed": False, "data": None, "models": []},
    "run": {"passed": False, "data": None, "models": []},
    "predict": {"predictions": []},
    "kit": {
        "target": None, "models": [], "folder": None, "files": [], "products": [], "verified": None,
        "golden_images": None, "notes": [],
    },
    "formats": {"formats": []},
    "runtimes": {"runtimes": []},
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


def describe_failure(verb: str | None, error: BaseException) -> dict[str, Any]:
    """Return the document of a verb that failed: the same keys, with null or empty values, and the error.

    Args:
        verb: None, or no row of `EMPTY`, where no verb was found among the arguments.
        error: what went wrong.
    """
    return {"schema": SCHEMA, **EMPTY.get(verb or "", {}), "error": describe_error(error)}


def write_json(document: dict[str, Any]) -> str:
    """Return the document as strict JSON: no NaN, and ASCII, which no terminal's encoding can spoil."""
    return json.dumps(document, indent=2, allow_nan=False)
