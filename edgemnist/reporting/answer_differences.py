"""A model's answers on two machines, compared, on a terminal."""

from __future__ import annotations

from edgemnist.comparison.answers import NO_CLASS, Flip
from edgemnist.comparison.differences import Differences, Spread
from edgemnist.reporting.console import open_console
from edgemnist.reporting.markup import escape
from edgemnist.reporting.tables import Table, format_accuracy, format_percent, open_grid, open_table
from edgemnist.reporting.terminal import format_note, format_reason
from edgemnist.results.answer_difference import AnswerDifference, AnswerSide, AnswerWord

SHOWN_FLIPS, SHOWN_STEPS = 12, 8
COLORS: dict[AnswerWord, str] = {"agrees": "green", "partial": "yellow", "differs": "red"}
UNITS = {"step": "quantization step", "output": "output", "probability": "probability"}


def show_answer_difference(found: AnswerDifference) -> None:
    """Show whose answers they are, how far they are from each other, which moved, and the verdict."""
    console = open_console()
    console.print(_list_facts(found))
    if found.differences.different:
        console.print(_tabulate_spread(found.differences))
        if len(found.differences.by_score) == len(found.labels):
            console.print(_tabulate_classes(found))
    if found.comparison.flips:
        console.print(_tabulate_flips(found))
    for reason in found.reasons:
        console.print(format_reason(reason), soft_wrap=True)
    for note in found.notes:
        console.print(format_note(note), soft_wrap=True)


def _list_facts(found: AnswerDifference) -> Table:
    grid, differences = open_grid(), found.differences
    share = format_percent(found.comparison.agreement)
    rows = [
        ("first", _name_side(found.first)),
        ("second", _name_side(found.second)),
        ("model file", _say_model(found)),
        ("images", _say_images(found)),
        ("outputs", _say_outputs(differences)),
        ("accuracy", f"first {format_accuracy(found.first_score)}"),
        ("", f"second {format_accuracy(found.score)}"),
        ("agreement", f"{share} ({found.comparison.moved:,} of {found.images:,} images moved class)"),
        ("verdict", f"[{COLORS[found.word]}]{found.word}[/] by the gate of {found.precision}"),
    ]
    for name, value in rows:
        grid.add_row(f"[dim]{name}[/]", value)
    return grid


def _name_side(side: AnswerSide) -> str:
    where = ", ".join(part for part in (side.model, side.runtime, side.machine) if part)
    return escape(f"{side.name}: {where}" if where else side.name)


def _say_model(found: AnswerDifference) -> str:
    first, second = (side.model_sha256[:8] for side in (found.first, found.second))
    if found.same_model is None:
        known = first or second
        return f"not known to be the same: only one names it, {known}" if known else "not known: neither names it"
    return f"the same, {first}" if found.same_model else f"[red]not the same[/]: {first} and {second}"


def _say_images(found: AnswerDifference) -> str:
    same = "the same test images" if found.same_data else "taken for the same test images: only one names them"
    total = f" of {found.test_images:,}" if found.test_images > found.images else ""
    alone = [
        f"{count:,} only in the {name}"
        for name, count in (("first", found.first_alone), ("second", found.second_alone))
        if count
    ]
    return ", ".join([f"{found.images:,}{total} compared, {same}", *alone])


def _say_outputs(differences: Differences) -> str:
    if not differences.different:
        return f"all {differences.outputs:,} the same"
    return (
        f"{differences.different:,} of {differences.outputs:,} differ, in {differences.images:,} images, by at most "
        f"{_format(differences, differences.largest)}"
    )


def _format(differences: Differences, size: float) -> str:
    unit = UNITS[differences.unit]
    if differences.unit == "step":
        return f"{size:,.0f} {unit}{'' if size == 1 else 's'}"
    return f"{size:.3g} of {'a probability' if differences.unit == 'probability' else 'an output'}"


def _tabulate_spread(differences: Differences) -> Table:
    shown = differences.spread[:SHOWN_STEPS]
    others = sum(part.outputs for part in differences.spread[SHOWN_STEPS:])
    table = open_table(title="by how much", caption=f"{others:,} outputs by more" if others else None)
    table.add_column("difference", justify="right")
    table.add_column("outputs", justify="right")
    for part in shown:
        table.add_row(_name_part(differences, part), f"{part.outputs:,}")
    return table


def _name_part(differences: Differences, part: Spread) -> str:
    if differences.unit == "step":
        return _format(differences, part.high)
    if part.high == float("inf"):
        return "not finite in one"
    return f"up to {part.high:g}"


def _tabulate_classes(found: AnswerDifference) -> Table:
    table = open_table(title="in which classes")
    table.add_column("class")
    for heading in ("its outputs that differ", "its images that differ"):
        table.add_column(heading, justify="right")
    rows = zip(found.labels, found.differences.by_score, found.differences.by_truth, strict=True)
    for label, outputs, images in rows:
        if outputs or images:
            table.add_row(escape(label), f"{outputs:,}", f"{images:,}")
    return table


def _tabulate_flips(found: AnswerDifference) -> Table:
    flips = found.comparison.flips
    caption = f"{found.comparison.moved - SHOWN_FLIPS:,} more: --json lists them" if len(flips) > SHOWN_FLIPS else None
    table = open_table(title="images that moved class", caption=caption)
    for heading in ("image", "label", "first", "second"):
        table.add_column(heading, justify="right")
    for flip in flips[:SHOWN_FLIPS]:
        table.add_row(*_list_cells(found, flip))
    return table


def _list_cells(found: AnswerDifference, flip: Flip) -> tuple[str, ...]:
    pairs = ((flip.source, flip.source_confidence), (flip.model, flip.model_confidence))
    answers = (
        "none" if answer == NO_CLASS else f"{escape(found.labels[answer])} ({100 * sure:.0f} %)"
        for answer, sure in pairs
    )
    return str(flip.index), escape(found.labels[flip.label]), *answers
