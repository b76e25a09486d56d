"""What a model file is, on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from edgemnist.reporting.console import open_console
from edgemnist.reporting.markup import escape
from edgemnist.reporting.spelling import spell_options
from edgemnist.reporting.tables import format_percent, open_grid

if TYPE_CHECKING:
    from edgemnist.results import Inspection


def show_inspection(found: Inspection) -> None:
    """Show it, a line a property."""
    grid = open_grid()
    for name, value in _list_rows(found):
        grid.add_row(f"[dim]{name}[/]", value)
    open_console().print(grid)


def _list_rows(found: Inspection) -> Iterator[tuple[str, str]]:
    file, contract = found.file, found.contract
    yield "file", f"[bold]{escape(str(file.path))}[/]"
    yield "format", f"{escape(file.format)}, {contract.precision}, {file.size_bytes:,} bytes"
    for sha256 in file.hashes:
        yield "sha256", escape(sha256)
    yield "contract", _summarize_origin(found)
    yield "takes", f"{escape(contract.input.name)}: {escape(contract.input.summarize())}"
    yield "pictures", contract.picture.summarize()
    yield "answers", f"{escape(contract.output.name)}: {contract.output.dtype} {contract.output.kind}"
    yield "classes", ", ".join(map(escape, contract.labels))
    if contract.source:
        yield "made from", f"{escape(contract.source.name)} {contract.source.sha256[:8]}"
    yield "listed in", escape(str(file.listed)) if file.listed else "no manifest"
    for change in file.changes:
        yield "differs", escape(change)
    yield "trusted", "yes" if file.already else "no"
    if found.written:
        yield "wrote", escape(str(found.written))


def _summarize_origin(found: Inspection) -> str:
    if found.found is None:
        return "inside"
    share = f"right on {format_percent(found.found.accuracy)} of {found.found.images:,} training images"
    return f"none inside; found by asking it: {share}"


def show_notes(found: Inspection) -> None:
    """Say on stderr what was assumed of the data."""
    for note in found.notes:
        open_console(stderr=True).print(f"[yellow]note[/] {escape(spell_options(note))}", soft_wrap=True)
