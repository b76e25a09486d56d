"""Two models layer by layer on a terminal: a row a layer, the first that diverges, why, and the images that moved."""

from __future__ import annotations

from edgemnist.comparison.rows import LayerRow
from edgemnist.reporting.console import Console, open_console
from edgemnist.reporting.markup import escape
from edgemnist.reporting.spelling import spell_options
from edgemnist.reporting.tables import Table, format_percent, open_table
from edgemnist.reporting.terminal import format_note, format_reason
from edgemnist.results import Difference

# Columns of figures, and when they are given up on a narrow terminal: the highest first.
FIGURES = {"SQNR": 0, "at least": 2, "cosine": 5, "largest": 4, "mean": 6}


def show_difference(found: Difference) -> None:
    """Show the table, the causes, and the images that moved most."""
    console = open_console()
    console.print(_tabulate_layers(found))
    _show_causes(console, found)
    if found.moved:
        console.print(_tabulate_moved(found))
    for reason in found.reasons:
        console.print(format_reason(reason), soft_wrap=True)
    for note in found.notes:
        console.print(format_note(note), soft_wrap=True)
    if not found.reasons:
        same = f"same class for {format_percent(found.agreement)} of {found.images:,} images"
        console.print(f"[green]agrees[/] no layer diverges; {same}")


def _tabulate_layers(found: Difference) -> Table:
    first, second = (f"{escape(one.model)} ({one.runtime})" for one in (found.first, found.second))
    images = f"the first {found.images:,} test images of {escape(found.data)}"
    table = open_table(title=f"A {first}, B {second}: {images}")
    for heading, spare in (("layer in A", 0), ("in B", 3), ("value", 0)):
        table.add_column(heading, folds=not spare, spare=spare)
    for heading, spare in FIGURES.items():
        table.add_column(heading, justify="right", spare=spare)
    table.add_column("")
    for row in found.layers:
        mark = "[red]first to diverge[/]" if row is found.diverging else "[red]diverges[/]" if row.diverges else ""
        table.add_row(escape(row.first), escape(row.second), row.value, *_list_figures(row), mark)
    return table


def _list_figures(row: LayerRow) -> tuple[str, ...]:
    measures = row.measures
    expected = "" if row.expected_db is None else f"{row.expected_db:.1f} dB"
    if row.value == "weights":
        return "", "", "", "", ""
    if measures is None:
        return "other size", expected, "", "", ""
    if measures.largest is None:
        return "not finite", expected, "", "", ""
    if measures.equal:
        return "equal", expected, "1", "0", "0"
    sqnr = "" if measures.sqnr_db is None else f"{measures.sqnr_db:.1f} dB"
    cosine = "" if measures.cosine is None else f"{measures.cosine:.6f}"
    return sqnr, expected, cosine, f"{measures.largest:.3g}", f"{measures.mean:.3g}"


def _show_causes(console: Console, found: Difference) -> None:
    for cause in found.causes:
        console.print(f"[bold]cause[/] {cause.kind}: {escape(spell_options(cause.reason))}", soft_wrap=True)
        if cause.hint:
            console.print(f"[bold]try[/] {escape(spell_options(cause.hint))}", soft_wrap=True)


def _tabulate_moved(found: Difference) -> Table:
    table = open_table(title="test images that moved most")
    for heading in ("image", "label", "A", "B", "max |Δp|"):
        table.add_column(heading, justify="right")
    for one in found.moved:
        names = (_name_class(found, index) for index in (one.label, one.first, one.second))
        table.add_row(f"{one.index:,}", *names, f"{one.difference:.3g}")
    return table


def _name_class(found: Difference, index: int) -> str:
    return escape(found.labels[index]) if index >= 0 else "none"
