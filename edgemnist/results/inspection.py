"""What `inspect` finds of a model file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgemnist.contract import Contract
from edgemnist.results.trusted import Trusted

if TYPE_CHECKING:
    from edgemnist.comparison.probing import Found


@dataclass(frozen=True)
class Inspection:
    """What a model file is.

    Args:
        file: its format, size and hashes, the manifest that lists it, and whether this user trusts it.
        contract: what it takes and gives, its labels, precision and source: the contract inside, or what was found.
        found: how that was found; None where the contract is inside.
        written: the copy that carries the contract; None where none was asked for.
        notes: what was assumed of the data.
    """

    file: Trusted
    contract: Contract
    found: Found | None = None
    written: Path | None = None
    notes: tuple[str, ...] = ()

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        about = self.file.to_record()
        return {
            "model": about["path"],
            **{name: about[name] for name in ("format", "size_bytes", "sha256", "companions_sha256")},
            "precision": self.contract.precision,
            "contract": json.loads(self.contract.to_json()),
            "found": self._record_found(self.found) if self.found else None,
            "listed": about["listed"],
            "changes": about["changes"],
            "trusted": about["already"],
            "written": str(self.written) if self.written else None,
            "notes": list(self.notes),
        }

    @staticmethod
    def _record_found(found: Found) -> dict[str, Any]:
        figures = ("images", "accuracy", "runner_up_accuracy")
        return {"summary": found.summarize(), **{name: getattr(found, name) for name in figures}}
