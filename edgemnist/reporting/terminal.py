"""Results as tables on a terminal, and as the same tables without colours in a pipe."""

from __future__ import annotations

import math

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from edgemnist.comparison.answers import NO_ANSWER, Comparison, Flip, Score
from edgemnist.exporters import FORMS, Form
from edgemnist.reporting.console import open_console
from edgemnist.results import (
    Artifact,
    KitFolder,
    Measurement,
    Prediction,
    Report,
    Training,
    Trusted,
    Verdict,
    VerdictWord,
)
from edgemnist.runtimes import RUNTIMES
from edgemnist.targets import Footprint

# A narrower terminal is shown fewer columns of the table of models.
WIDE = 120
SHOWN_FLIPS = 12
COLORS: dict[VerdictWord, str] = {"passed": "green", "not compared": "yellow", "differs": "red", "error": "red"}


def format_bytes(count: int) -> str:
    """Return a size for people, in decimal units.

    Example:
        >>> format_bytes(559_448), format_bytes(2_145_564)
        ('559 kB', '2.15 MB')
    """
    return f"{count / 1e6:.2f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


def _format_percent(share: float) -> str:
    return f"{100 * share:.2f} %"


def show_training(training: Training) -> None:
    """Say how good the model is, and where."""
    console = open_console()
    console.print(f"test accuracy {_format_accuracy(training.score)}")
    size = f"{format_bytes(training.size_bytes)}, {training.parameters:,} parameters"
    console.print(f"wrote {escape(str(training.path))} ({size}) after {training.seconds:.1f} s of training")


def show_artifact(artifact: Artifact) -> None:
    """Say what was written, as soon as it is."""
    kind, size = f"{artifact.form.format} {artifact.form.precision}", format_bytes(artifact.size_bytes)
    line = f"wrote {artifact.path!s:<34} {kind:<15} {size:>8}  takes {artifact.input}"
    console = open_console()
    console.print(line, soft_wrap=True, markup=False)
    for path in artifact.companions:
        console.print(f"wrote {path}", soft_wrap=True, markup=False)


def show_left_out(form: Form, install: str) -> None:
    """Say which form isn't written, since nothing here could check it."""
    words = f"{form.format} {form.precision}: nothing here runs it ({install})"
    open_console(stderr=True).print(f"[yellow]left out[/] {escape(words)}", soft_wrap=True)


def show_next(command: str) -> None:
    """Name the next command to type."""
    open_console(stderr=True).print(f"next: [bold]{escape(command)}[/]", soft_wrap=True)


def _open_table(*headings: str, title: str | None = None, caption: str | None = None) -> Table:
    return Table(
        *headings,
        title=title,
        title_justify="left",
        caption=caption,
        caption_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
    )


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
    if len(report.verdicts) > 1:
        console.print(report.count())


def _show_reasons(console: Console, verdict: Verdict) -> None:
    name = escape(verdict.model)
    for reason in verdict.reasons:
        console.print(f"[red]differs[/] {name}: {escape(reason)}", soft_wrap=True)
    for note in verdict.notes:
        console.print(f"[yellow]note[/] {name}: {escape(note)}", soft_wrap=True)


def _name_verdict(verdict: Verdict) -> str:
    return f"[{COLORS[verdict.word]}]{verdict.word}[/]"


def _tabulate(report: Report, width: int) -> Table:
    title = f"{len(report.verdicts)} models on the test images of {escape(report.data)}"
    table = _open_table(title=title)
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
            _format_percent(found.comparison.agreement),
            str(found.comparison.moved),
            f"{found.comparison.max_abs_difference:.2g}",
        ]
    return [
        escape(verdict.model),
        found.precision,
        escape(found.runtime.rpartition(" ")[0]),
        format_bytes(found.size_bytes),
        _format_percent(found.score.accuracy),
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
        ("accuracy", _format_accuracy(found.score)),
        *(_list_comparison(found, found.comparison) if found.comparison else []),
        ("per class", "  ".join(_list_classes(found.labels, found.score))),
        ("verdict", _name_verdict(verdict)),
    ]
    for name, value in rows:
        grid.add_row(f"[dim]{name}[/]", value)
    console.print(grid)
    if found.comparison and found.comparison.flips:
        console.print(_tabulate_flips(found, found.comparison.flips))


def _format_accuracy(score: Score) -> str:
    interval = f"{_format_percent(score.accuracy_low)} to {_format_percent(score.accuracy_high)}"
    return f"[bold]{_format_percent(score.accuracy)}[/] ({score.hits:,} of {score.images:,}; 95 % interval {interval})"


def _list_comparison(found: Measurement, comparison: Comparison) -> list[tuple[str, str]]:
    kinds = f"{comparison.broken} broken, {comparison.fixed} fixed, {comparison.changed} changed"
    moved = f"{comparison.moved} answers moved: {kinds}; McNemar p = {comparison.mcnemar_p:.3g}"
    source = f"{escape(found.reference or '')}, {_format_percent(comparison.source_accuracy)}"
    largest, mean = comparison.max_abs_difference, comparison.mean_abs_difference
    rows = [
        ("compared with", f"{source}: drop {comparison.drop_points:+.2f} points"),
        ("agreement", f"{_format_percent(comparison.agreement)} ({moved})"),
        ("probabilities", f"largest difference {largest:.3g}, mean {mean:.3g}"),
    ]
    if found.outputs:
        different, compared = found.outputs.different_outputs, found.outputs.outputs_compared
        rows.append(("outputs", f"{different:,} of {compared:,} whole numbers differ"))
    return rows


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
    table = _open_table(title="answers that moved", caption=caption)
    for heading in ("image", "label", escape(found.reference or "source"), "this model"):
        table.add_column(heading, justify="right")
    table.add_column("")

    def name(answer: int, confidence: float) -> str:
        return "none" if answer == NO_ANSWER else f"{escape(found.labels[answer])} ({100 * confidence:.0f} %)"

    for flip in flips[:SHOWN_FLIPS]:
        source, model = name(flip.source, flip.source_confidence), name(flip.model, flip.model_confidence)
        table.add_row(str(flip.index), escape(found.labels[flip.label]), source, model, flip.kind)
    return table


def show_kit(written: KitFolder) -> None:
    """Say what was written."""
    models = " and ".join(map(str, written.models))
    what = f"kit {written.kit.name} of {models}: {len(written.files)} files, {written.golden_images} golden vectors"
    console = open_console()
    console.print(f"wrote {written.path}  {what}", soft_wrap=True, markup=False)
    for product in written.products:
        size = format_bytes((written.path / product).stat().st_size)
        console.print(f"built {written.path / product}  {size}", soft_wrap=True, markup=False)
    if not written.verified:
        open_console(stderr=True).print("[yellow]note[/] the model wasn't verified: --unverified")


def show_trusted(file: Trusted) -> None:
    """Show what a file is, before anyone trusts it; on stderr, since it isn't the result."""
    grid = Table.grid(padding=(0, 2))
    rows = [
        ("file", f"[bold]{escape(str(file.path))}[/]"),
        ("format", f"{escape(file.format)}, {file.size_bytes:,} bytes"),
        *(("sha256", escape(sha256)) for sha256 in file.hashes),
        ("contract", escape(file.contract_summary) or "none"),
        ("listed in", escape(str(file.listed)) if file.listed else "no manifest"),
        ("trusted", "already" if file.already else "not yet"),
    ]
    for name, value in rows:
        grid.add_row(f"[dim]{name}[/]", value)
    open_console(stderr=True).print(grid)


def show_trust(files: list[Trusted], trusted: bool) -> None:
    """Say what was recorded."""
    word = "trusted" if trusted else "not trusted"
    for file in files:
        open_console().print(f"{word} {escape(str(file.path))}", soft_wrap=True)


def show_predictions(predictions: list[Prediction]) -> None:
    """Show a line a picture."""
    table = _open_table()
    table.add_column("image", overflow="fold")
    table.add_column("class")
    table.add_column("confidence", justify="right")
    table.add_column("next")
    for prediction in predictions:
        others = ", ".join(f"{escape(label)} {_format_percent(share)}" for label, share in prediction.top[1:])
        table.add_row(
            escape(prediction.image), escape(prediction.label), _format_percent(prediction.confidence), others
        )
    open_console().print(table)
    for prediction in predictions:
        if prediction.note:
            words = f"[yellow]note[/] {escape(prediction.image)}: {escape(prediction.note)}"
            open_console(stderr=True).print(words, soft_wrap=True)


def show_formats() -> None:
    """Show the table of forms."""
    table = _open_table("--format", "--quantize", "file", "what it is")
    for form in FORMS:
        table.add_row(
            form.format, "" if form.precision == "float32" else form.precision, form.name_file("model"), form.summary
        )
    open_console().print(table)


def show_runtimes() -> None:
    """Show which runtimes are ready, and the line that installs each other."""
    table = _open_table("runtime", "name", "runs", "state")
    for entry in RUNTIMES:
        table.add_row(entry.name, entry.title, entry.extension, "[green]ready[/]" if entry.ready else entry.install)
    open_console().print(table)


def show_error(message: str, hint: str) -> None:
    """Say what went wrong and what to type, on stderr."""
    console = open_console(stderr=True)
    console.print(f"[red]error:[/] {escape(message)}", soft_wrap=True)
    if hint:
        console.print(f"[yellow]hint:[/]  {escape(hint)}", soft_wrap=True)


def show_file_errors(report: Report) -> None:
    """Say on stderr which files couldn't be judged, and what to type."""
    for verdict in report.verdicts:
        if verdict.error:
            show_error(verdict.error.message, verdict.error.hint)
