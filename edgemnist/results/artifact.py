"""What `export` gives back: a record a written file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edgemnist.exporters import Form


@dataclass(frozen=True)
class Artifact:
    """A written file.

    Args:
        path: where it is.
        form: its row of the table of forms.
        size_bytes: of the file.
        sha256: of the file.
        input: what it takes, in one line.
        companions: files that go with it: a header.
    """

    path: Path
    form: Form
    size_bytes: int
    sha256: str
    input: str
    companions: tuple[Path, ...] = ()

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "model": str(self.path),
            "format": self.form.file_format,
            "precision": self.form.precision,
            "size_bytes": self.size_bytes,
            "sha256": self.sha256,
            "input": self.input,
        }
