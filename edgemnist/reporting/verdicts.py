"""Verdicts on a terminal: one file in full, several as a table, and why those fail that do."""

from __future__ import annotations

import math

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from edgemnist.comparison.answers import NO_ANSWER, Comparison, Flip, OutputDifference, Score
from edgemnist.reporting.console import open_console
from edgemnist.reporting.spelling import spell_options
from edgemnist.reporting.tables import format_accuracy, format_bytes, format_percent, open_table
from edgemnist.results import Measurement, Report, Verdict, VerdictWord
from edgemnist.runtimes.base import Footprint

# A narrower terminal is shown fewer columns of the table of models.
WIDE = 120
SHOWN_FLIPS = 12
COLORS: dict[VerdictWord, str] = {
    "passed": "green",
    "partial": "yellow",
    "not compared": "yellow",
    "differs": "red",
    "error": "red",
}
# How the source's answers are known, where that isn't by running it.
ORIGINS = {"stored": " (stored answers)", "sampled": " (stored answers, proven on a sample)"}


def show_report(report: Report) -> None:
    """Show one file in full, several as a table with a verdict each, and why those fail that do."""
    console = open_console()
    measured = [verdict.measurement for verdict in report.verdicts if verdict.measurement]
    if len(report.verdicts) == len(measured) == 1:
        _show_one(console, report.verdicts[0], measured[0])
    elif measured:
        console.print(_tabulate(report, console.width))
    for verdict in report.verdicts:
        _show_reasons(console, verdict)
    for note in report.notes:
        console.print(f"[yellow]note[/] {escape(spell_options(note))}", soft_wrap=True)
    if len(report.verdicts) > 1:
        console.print(report.count())


def _show_reasons(console: Console, verdict: Verdict) -> None:
    name = escape(verdict.model)
    for reason in verdict.reasons:
        console.print(f"[red]differs[/] {name}: {escape(spell_options(reason))}", soft_wrap=True)
    for note in verdict.notes:
        console.print(f"[yellow]note[/] {name}: {escape(spell_options(note))}", soft_wrap=True)


def _name_verdict(verdict: Verdict) -> str:
    return f"[{COLORS[verdict.word]}]{verdict.word}[/]"


def _tabulate(report: Report, width: int) -> Table:
    images = "the test images" if report.limit is None else f"the first {report.limit:,} test images"
    title = f"{len(report.verdicts)} models on {images} of {escape(report.data)}"
    table = open_table(title=title)
    wide = width >= WIDE
    for heading in ("model", "precision", "runtime") if wide else ("model",):
        table.add_column(heading, overflow="fold")
    for heading in ("size", "accuracy", "drop", "agreement", "flips", "max |Δp|", *(("seconds",) if wide else ())):
        table.add_column(heading, justify="right")
    table.add_column("verdict")
    for verdict in report.verdicts:
        cells = _list_cells(verdict)
        table.add_row(*(cells if wide else [cells[0], *cells[3:-1]]), _name_verdict(verdict))
    return table


def _list_cells(verdict: Verdict) -> list[str]:
    found = verdict.measurement
    if found is None:
        return [escape(verdict.model), *[""] * 9]
    compared = ["no source", "", "", ""]
    if found.comparison:
        compared = [
            f"{found.comparison.drop_points:+.2f}",
            format_percent(found.comparison.agreement),
            str(found.comparison.moved),
            f"{found.comparison.max_abs_difference:.2g}",
        ]
    return [
        escape(verdict.model),
        found.precision,
        escape(found.runtime.rpartition(" ")[0]),
        format_bytes(found.size_bytes),
        format_percent(found.score.accuracy),
        *compared,
        f"{found.seconds:.2f}",
    ]


def _show_one(console: Console, verdict: Verdict, found: Measurement) -> None:
    images, rate = found.score.images, f" ({1e6 * found.seconds / found.score.images:.0f} µs each)"
    if found.emulated:
        rate = " on this machine"
    grid = Table.grid(padding=(0, 2))
    rows = [
        ("model", f"[bold]{escape(verdict.model)}[/]  {format_bytes(found.size_bytes)}"),
        ("runtime", f"{escape(found.runtime)}, {images:,} images in {found.seconds:.2f} s{rate}"),
        *_list_footprint(found.footprint),
        ("input", escape(found.input)),
        ("accuracy", format_accuracy(found.score)),
        *(_list_comparison(found, found.comparison) if found.comparison else []),
        *_list_recorded(found.recorded),
        ("per class", "  ".join(_list_classes(found.labels, found.score))),
        ("verdict", _name_verdict(verdict)),
    ]
    for name, value in rows:
        grid.add_row(f"[dim]{name}[/]", value)
    console.print(grid)
    if found.comparison and found.comparison.flips:
        console.print(_tabulate_flips(found, found.comparison.flips))
    if found.deep:
        from edgemnist.reporting.deep import tabulate_deep

        for table in tabulate_deep(found.deep, found.reference or "its source"):
            console.print(table)


def _list_comparison(found: Measurement, comparison: Comparison) -> list[tuple[str, str]]:
    kinds = f"{comparison.broken} broken, {comparison.fixed} fixed, {comparison.changed} changed"
    moved = f"{comparison.moved} answers moved: {kinds}; McNemar p = {comparison.mcnemar_p:.3g}"
    source = f"{escape(found.reference or '')}, {format_percent(comparison.source_accuracy)}"
    largest, mean = comparison.max_abs_difference, comparison.mean_abs_difference
    rows = [
        (
            "compared with",
            f"{source}{ORIGINS.get(found.reference_origin or '', '')}: drop {comparison.drop_points:+.2f} points",
        ),
        ("agreement", f"{format_percent(comparison.agreement)} ({moved})"),
        ("probabilities", f"largest difference {largest:.3g}, mean {mean:.3g}"),
    ]
    if found.outputs:
        different, compared = found.outputs.different_outputs, found.outputs.outputs_compared
        rows.append(("outputs", f"{different:,} of {compared:,} whole numbers differ"))
    return rows


def _list_recorded(found: OutputDifference | None) -> list[tuple[str, str]]:
    if found is None:
        return []
    if not found.different_outputs:
        return [("since export", "bit for bit what was exported")]
    words = f"{found.different_outputs:,} of {found.outputs_compared:,} outputs differ from those recorded"
    return [("since export", words)]


def _list_footprint(footprint: Footprint | None) -> list[tuple[str, str]]:
    if footprint is None:
        return []
    sizes = [
        f"{name} {size:,} bytes"
        for name, size in (
            ("flash", footprint.flash_bytes), ("RAM", footprint.ram_bytes), ("stack", footprint.stack_bytes)
        )
    ]  # fmt: skip
    return [
        ("memory", ", ".join(sizes)),
        ("executes", f"{footprint.instructions_per_image:,.0f} instructions an image"),
    ]


def _list_classes(labels: tuple[str, ...], score: Score) -> list[str]:
    pairs = zip(labels, score.class_accuracy, strict=True)
    return [f"{escape(label)} {'-' if math.isnan(share) else f'{100 * share:.1f}'}" for label, share in pairs]


def _tabulate_flips(found: Measurement, flips: tuple[Flip, ...]) -> Table:
    caption = f"{len(flips) - SHOWN_FLIPS} more: --json lists all" if len(flips) > SHOWN_FLIPS else None
    table = open_table(title="answers that moved", caption=caption)
    for heading in ("image", "label", escape(found.reference or "source"), "this model"):
        table.add_column(heading, justify="right")
    table.add_column("")

    def name(answer: int, confidence: float) -> str:
        return "none" if answer == NO_ANSWER else f"{escape(found.labels[answer])} ({100 * confidence:.0f} %)"

    for flip in flips[:SHOWN_FLIPS]:
        source, model = name(flip.source, flip.source_confidence), name(flip.model, flip.model_confidence)
        table.add_row(str(flip.index), escape(found.labels[flip.label]), source, model, flip.kind)
    return table
