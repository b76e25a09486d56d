"""Verdicts on a terminal: one file in full, several as a table, and why those fail that do."""

from __future__ import annotations

import math

from edgemnist.comparison.answers import NO_CLASS, Comparison, Flip, OutputDifference, Score
from edgemnist.reporting.console import Console, open_console
from edgemnist.reporting.markup import escape
from edgemnist.reporting.spelling import spell_options
from edgemnist.reporting.tables import (
    Table,
    format_accuracy,
    format_bytes,
    format_percent,
    open_grid,
    open_table,
    phrase_images,
)
from edgemnist.reporting.terminal import format_note
from edgemnist.results import Measurement, Report, Verdict, VerdictWord
from edgemnist.runtimes.base import Footprint

SHOWN_FLIPS = 12
COLORS: dict[VerdictWord, str] = {
    "passed": "green",
    "partial": "yellow",
    "not compared": "yellow",
    "skipped": "yellow",
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
        console.print(_tabulate(report))
        if any(measurement.robustness for measurement in measured):
            from edgemnist.reporting.robustness import tabulate_models

            console.print(tabulate_models(report))
    for verdict in report.verdicts:
        _show_reasons(console, verdict, report.name(verdict))
    for note in report.notes:
        console.print(format_note(note), soft_wrap=True)
    if len(report.verdicts) > 1:
        console.print(report.count())


def _show_reasons(console: Console, verdict: Verdict, name: str) -> None:
    name = escape(name)
    if verdict.skipped:
        console.print(f"[yellow]skipped[/] {name}: {escape(verdict.skipped)}", soft_wrap=True)
    for reason in verdict.reasons:
        console.print(f"[red]differs[/] {name}: {escape(spell_options(reason))}", soft_wrap=True)
    for note in verdict.notes:
        console.print(f"[yellow]note[/] {name}: {escape(spell_options(note))}", soft_wrap=True)


def _name_verdict(verdict: Verdict) -> str:
    return f"[{COLORS[verdict.word]}]{verdict.word}[/]"


# Columns of figures, and when they are given up on a narrow terminal: the highest first.
FIGURES = {"size": 5, "accuracy": 2, "drop": 3, "agreement": 1, "flips": 4, "max |Δp|": 6, "seconds": 9}


def _tabulate(report: Report) -> Table:
    images = phrase_images(report.limit)
    models, runtimes = len({verdict.model for verdict in report.verdicts}), len(report.runtimes)
    count = f"{models} model{'s' if models > 1 else ''}" + (f" in {runtimes} runtimes" if runtimes > 1 else "")
    table = open_table(title=f"{count} on {images} of {escape(report.data)}")
    table.add_column("model", folds=True)
    for heading, spare in (("precision", 7), ("runtime", 0 if runtimes > 1 else 8)):
        table.add_column(heading, spare=spare)
    for heading, spare in FIGURES.items():
        table.add_column(heading, justify="right", spare=spare)
    table.add_column("verdict")
    for verdict in report.verdicts:
        table.add_row(*_list_cells(verdict), _name_verdict(verdict))
    return table


def _list_cells(verdict: Verdict) -> list[str]:
    measurement = verdict.measurement
    if measurement is None:
        return [escape(verdict.model), "", verdict.runtime or "", *[""] * 7]
    compared = ["no source", "", "", ""]
    if measurement.comparison:
        compared = [
            f"{measurement.comparison.drop_points:+.2f}",
            format_percent(measurement.comparison.agreement),
            str(measurement.comparison.moved),
            f"{measurement.comparison.max_abs_difference:.2g}",
        ]
    return [
        escape(verdict.model),
        measurement.precision,
        escape(measurement.runtime.rpartition(" ")[0]),
        format_bytes(measurement.size_bytes),
        format_percent(measurement.score.accuracy),
        *compared,
        f"{measurement.seconds:.2f}",
    ]


def _show_one(console: Console, verdict: Verdict, measurement: Measurement) -> None:
    images, rate = measurement.score.images, f" ({1e6 * measurement.seconds / measurement.score.images:.0f} µs each)"
    if measurement.emulated:
        rate = " on this machine"
    grid = open_grid()
    rows = [
        ("model", f"[bold]{escape(verdict.model)}[/]  {format_bytes(measurement.size_bytes)}"),
        ("runtime", f"{escape(measurement.runtime)}, {images:,} images in {measurement.seconds:.2f} s{rate}"),
        *_list_footprint(measurement.footprint),
        ("input", escape(measurement.input)),
        ("accuracy", format_accuracy(measurement.score)),
        *(_list_comparison(measurement, measurement.comparison) if measurement.comparison else []),
        *_list_recorded(measurement.recorded),
        *_list_calibration(measurement),
        ("per class", "  ".join(_list_classes(measurement.labels, measurement.score))),
        *_list_robustness(measurement),
        ("verdict", _name_verdict(verdict)),
    ]
    for name, value in rows:
        grid.add_row(f"[dim]{name}[/]", value)
    console.print(grid)
    if measurement.comparison and measurement.comparison.flips:
        console.print(_tabulate_flips(measurement, measurement.comparison.flips))
    if measurement.deep:
        from edgemnist.reporting.deep import tabulate_deep

        for table in tabulate_deep(measurement.deep, measurement.reference or "its source"):
            console.print(table)
    if measurement.robustness:
        from edgemnist.reporting.robustness import tabulate_kinds

        console.print(tabulate_kinds(measurement.robustness))


def _list_comparison(measurement: Measurement, comparison: Comparison) -> list[tuple[str, str]]:
    kinds = f"{comparison.broken} broken, {comparison.fixed} fixed, {comparison.changed} changed"
    moved = f"{comparison.moved} answers moved: {kinds}; McNemar p = {comparison.mcnemar_p:.3g}"
    source = f"{escape(measurement.reference or '')}, {format_percent(comparison.source_accuracy)}"
    largest, mean = comparison.max_abs_difference, comparison.mean_abs_difference
    rows = [
        (
            "compared with",
            f"{source}{ORIGINS.get(measurement.reference_origin or '', '')}: drop {comparison.drop_points:+.2f} points",
        ),
        ("agreement", f"{format_percent(comparison.agreement)} ({moved})"),
        ("probabilities", f"largest difference {largest:.3g}, mean {mean:.3g}"),
    ]
    if measurement.outputs:
        different, compared = measurement.outputs.different_outputs, measurement.outputs.outputs_compared
        rows.append(("outputs", f"{different:,} of {compared:,} whole numbers differ"))
    return rows


def _list_calibration(measurement: Measurement) -> list[tuple[str, str]]:
    found, source = measurement.calibration, measurement.source_calibration
    if found is None:
        return []
    line = f"NLL {found.nll:.4f}, Brier {found.brier:.4f}, ECE {found.ece:.4f}"
    if source:
        line += f" ({escape(measurement.reference or '')}: {source.nll:.4f}, {source.brier:.4f}, {source.ece:.4f})"
    return [("calibration", line)]


def _list_robustness(measurement: Measurement) -> list[tuple[str, str]]:
    if measurement.robustness is None:
        return []
    from edgemnist.reporting.robustness import summarize_robustness

    return [("corrupted", summarize_robustness(measurement.robustness))]


def _list_recorded(recorded: OutputDifference | None) -> list[tuple[str, str]]:
    if recorded is None:
        return []
    if not recorded.different_outputs:
        return [("since export", "bit for bit what was exported")]
    difference = f"{recorded.different_outputs:,} of {recorded.outputs_compared:,} outputs differ from those recorded"
    return [("since export", difference)]


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


def _tabulate_flips(measurement: Measurement, flips: tuple[Flip, ...]) -> Table:
    caption = f"{len(flips) - SHOWN_FLIPS} more: --json lists all" if len(flips) > SHOWN_FLIPS else None
    table = open_table(title="answers that moved", caption=caption)
    for heading in ("image", "label", escape(measurement.reference or "source"), "this model"):
        table.add_column(heading, justify="right")
    table.add_column("")

    def name(answer: int, confidence: float) -> str:
        return "none" if answer == NO_CLASS else f"{escape(measurement.labels[answer])} ({100 * confidence:.0f} %)"

    for flip in flips[:SHOWN_FLIPS]:
        source, model = name(flip.source, flip.source_confidence), name(flip.model, flip.model_confidence)
        table.add_row(str(flip.index), escape(measurement.labels[flip.label]), source, model, flip.kind)
    return table
