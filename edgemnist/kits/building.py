"""What is built from a kit at once, so that there is something to look at: the web page in one file."""

from __future__ import annotations

import tempfile
from pathlib import Path

from edgemnist.kits.base import Kit


def build_products(kit: Kit, files: dict[str, bytes]) -> dict[str, bytes]:
    """Build a kit, away from its folder: what it is built with doesn't stay there.

    Args:
        kit: its row of the table.
        files: the content of each by its path inside the kit.

    Returns:
        What came of it, by its path inside the kit; nothing for a kit that the user builds.

    Raises:
        ToolMissing: Node.js isn't installed, its packages can't be fetched, or the build fails.
    """
    if kit.build_page is None:
        return {}
    with tempfile.TemporaryDirectory(prefix="edgemnist-") as name:
        folder = Path(name)
        for path, content in files.items():
            (folder / path).write_bytes(content)
        return {kit.built: kit.build_page(folder).read_bytes()}
