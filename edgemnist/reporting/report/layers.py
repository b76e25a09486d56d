"""The table of layers: how clear the output of each still is in each form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgemnist.comparison.rows import LayerRow
from edgemnist.reporting.report.view import clean, say
from edgemnist.results.folder_report import Family


@dataclass(frozen=True)
class LayerCell:
    """A layer of a form, compared with that of its source.

    Args:
        text: How clear it is.
        diverges: True if it is less clear than its precision explains.
        floor: What its precision explains.
    """

    text: str
    diverges: bool = False
    floor: str = ""


@dataclass(frozen=True)
class LayerTable:
    """A source's layers, and how clear they are in each form.

    Args:
        title: Name of the source.
        columns: Layers, in its order, and what of them, where that isn't the output.
        rows: Name and cells of each form.
        causes: Why forms differ, by name.
        images: Number of images that were run.
    """

    title: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[LayerCell, ...]], ...]
    causes: tuple[tuple[str, tuple[str, ...]], ...]
    images: int


def list_layer_tables(families: Sequence[Family]) -> list[LayerTable]:
    """Return a table a family whose forms were compared layer by layer."""
    return [_make_layer_table(family) for family in families if family.differences]


def list_layer_notes(families: Sequence[Family]) -> list[str]:
    """Return what couldn't be compared layer by layer, and what else is to be known of it, each once."""
    notes = [note for family in families for note in family.notes]
    notes += [note for family in families for one in family.differences for note in one.notes]
    return [say(note) for note in dict.fromkeys(notes)]


def _make_layer_table(family: Family) -> LayerTable:
    columns = list(dict.fromkeys((row.first, row.value) for one in family.differences for row in one.layers))
    rows, causes = [], []
    for one in family.differences:
        name = clean(one.second.model.rpartition("/")[2])
        found = {(row.first, row.value): row for row in one.layers}
        rows.append((name, tuple(_make_layer_cell(found.get(column)) for column in columns)))
        if one.reasons:
            sentences = [*one.reasons, *(cause.reason for cause in one.causes)]
            causes.append((name, tuple(map(say, sentences))))
    names = tuple((clean(layer), "" if value == "output" else value) for layer, value in columns)
    return LayerTable(clean(family.source), names, tuple(rows), tuple(causes), family.differences[0].images)


def _make_layer_cell(row: LayerRow | None) -> LayerCell:
    if row is None:
        return LayerCell("–")
    measures = row.measures
    floor = "" if row.expected_db is None else f"at least {row.expected_db:.0f}"
    if measures is None:
        return LayerCell("differs", row.diverges, floor)
    if measures.equal:
        return LayerCell("equal", row.diverges)
    return LayerCell("not finite" if measures.sqnr_db is None else f"{measures.sqnr_db:.0f} dB", row.diverges, floor)
