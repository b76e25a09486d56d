"""What `kit` gives back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edgemnist.kits.base import Kit


@dataclass(frozen=True)
class KitFolder:
    """A written kit.

    Args:
        path: the folder.
        kit: its row of the table of kits.
        models: the model files that it embeds.
        files: the paths inside, in order.
        products: what was built from them, by their paths inside.
        verified: true if the model passed the gate.
        golden_images: how many images the self-test runs.
        notes: what else a reader must know, such as that a model was changed since export.
    """

    path: Path
    kit: Kit
    models: tuple[Path, ...]
    files: tuple[str, ...]
    products: tuple[str, ...]
    verified: bool
    golden_images: int
    notes: tuple[str, ...] = ()

    @property
    def start(self) -> str:
        """What to type next; {folder} is where the kit was written."""
        return self.kit.build if self.kit.built and not self.products else self.kit.start

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "target": self.kit.name,
            "models": [str(model) for model in self.models],
            "folder": str(self.path),
            "files": list(self.files),
            "products": list(self.products),
            "verified": self.verified,
            "golden_images": self.golden_images,
            "notes": list(self.notes),
        }
