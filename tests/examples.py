"""Writes the folders in examples/ that `edgemnist kit` makes, of the released models: python -m tests.examples."""

from __future__ import annotations

from pathlib import Path

from edgemnist.kits import KITS, Kit
from edgemnist.workflows.kits import write_kit

ROOT = Path(__file__).parents[1]


def list_models(kit: Kit) -> list[Path]:
    """Return the released model in each form that a kit takes."""
    return [ROOT / "exports" / f"small_int8{extension}" for extension in kit.extensions]


def main() -> None:
    for kit in KITS:
        write_kit(kit.name, list_models(kit), ROOT / "examples" / kit.name, build=False)


if __name__ == "__main__":
    main()
