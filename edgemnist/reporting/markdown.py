"""The documents' table, written from a manifest, so that no figure in it is typed by hand."""

from __future__ import annotations

from collections.abc import Collection
from typing import get_args

from edgemnist.contract import FormatName
from edgemnist.manifest import Entry, Manifest
from edgemnist.text import escape_controls

# The sources come first.
FORMATS = get_args(FormatName)
HEADER = (
    "| file | bytes | accuracy | drop | agreement | broken / fixed / changed | max \\|Δp\\| | runtime |\n"
    "|---|--:|--:|--:|--:|--:|--:|---|"
)


def tabulate_manifest(manifest: Manifest, names: Collection[str] = ()) -> str:
    """Return a Markdown table of the models in a manifest that were compared with their source and recorded.

    The sources come first, then each format by size.

    Accuracy and agreement are percentages, drop is in percentage points.

    Args:
        manifest: Manifest of a folder.
        names: File names of the models to show; none for all.
    """
    entries = [
        (name, entry)
        for name, entry in manifest.models.items()
        if "agreement" in entry.get("verified", {}) and (not names or name in names)
    ]
    entries.sort(key=lambda pair: (FORMATS.index(pair[1]["format"]), -pair[1]["size_bytes"]))
    return "\n".join([HEADER, *(_write_row(name, entry) for name, entry in entries)])


def _write_row(name: str, entry: Entry) -> str:
    verified = entry["verified"]
    cells = (
        f"`{_escape_cell(name)}`",
        f"{entry['size_bytes']:,}",
        f"{100 * verified['accuracy']:.2f} %",
        f"{verified['drop_points']:+.2f}",
        f"{100 * verified['agreement']:.2f} %",
        f"{verified['broken']} / {verified['fixed']} / {verified['changed']}",
        f"{verified['max_abs_difference']:.1e}",
        _escape_cell(verified["runtime"]),
    )
    return f"| {' | '.join(cells)} |"


def _escape_cell(text: str) -> str:
    """Keep a name from ending its cell, its row or its quotation."""
    return escape_controls(text).replace("|", "\\|").replace("`", "'")
