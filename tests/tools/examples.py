"""The folders in examples/ that `edgemnist kit` makes, of the released models: python -m tests.tools.examples."""

from __future__ import annotations

from pathlib import Path

from edgemnist.kits import KITS
from edgemnist.kits.base import Kit
from edgemnist.workflows.kit import kit as write_kit

ROOT = Path(__file__).parents[2]


def list_models(kit: Kit) -> list[Path]:
    """Return the released model in each form that a kit takes."""
    return [ROOT / "exports" / f"small_int8{extension}" for extension in kit.extensions]


def main() -> None:
    for kit in KITS:
        write_kit(kit.name, list_models(kit), ROOT / "examples" / kit.name, build=False)


if __name__ == "__main__":
    main()
