"""What `trust` shows before it asks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Trusted:
    """A model file, as a user must see it before trusting it.

    Args:
        path: the file.
        format: "keras", "tflite", "onnx" or "c".
        size_bytes: of the file.
        hashes: SHA-256 of the file, and of each that goes with it: its header.
        contract_summary: what its contract says, in one line; "" for a file without one.
        listed: the manifest that lists this very content; None if none does. It is no reason to trust it.
        already: true if this user trusts it already.
        changes: why it isn't what the manifest lists under its name; empty if it is, or none lists the name.
    """

    path: Path
    format: str
    size_bytes: int
    hashes: tuple[str, ...]
    contract_summary: str
    listed: Path | None
    already: bool
    changes: tuple[str, ...] = ()

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "path": str(self.path),
            "format": self.format,
            "size_bytes": self.size_bytes,
            "sha256": self.hashes[0],
            "companions_sha256": list(self.hashes[1:]),
            "contract": self.contract_summary,
            "listed": str(self.listed) if self.listed else None,
            "already": self.already,
            "changes": list(self.changes),
        }
