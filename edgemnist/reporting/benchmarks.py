"""A benchmark on a terminal: one row in full, several as a table in which what another beats is dim, and ratios."""

from __future__ import annotations

import math
import statistics
from pathlib import Path

from edgemnist.reporting.console import Console, open_console
from edgemnist.reporting.markup import escape
from edgemnist.reporting.spelling import spell_options
from edgemnist.reporting.tables import Table, format_accuracy, format_bytes, format_percent, open_grid, open_table
from edgemnist.reporting.terminal import format_note, show_error, show_errors
from edgemnist.results.benchmark import BatchTiming, Benchmark, BenchmarkRow, Measured
from edgemnist.results.slowdown import Ratio, Slowdown
from edgemnist.runtimes.base import Footprint
from edgemnist.runtimes.timing import Timing

NONE = "-"
VOID_HINT = "give the files, `runtime`, `threads` and `batches` of that run, or keep a new one of this"
# Columns of figures, and when they are given up on a narrow terminal: the highest first.
TIMES = {"µs": 0, "p5": 8, "p95": 5, "spread": 4, "empty": 9, "load ms": 7, "peak": 6}
FOOTPRINT = {"instructions": 1, "flash": 3, "RAM": 3, "stack": 4}


def show_benchmark(found: Benchmark) -> None:
    """Show one row in full, several as a table, why some are missing, and what an earlier run says."""
    console = open_console()
    measured = [row for row in found.rows if row.measured]
    if len(found.rows) == 1 and measured:
        _show_one(console, found, measured[0])
    elif measured:
        console.print(_tabulate(found))
        if curves := [row for row in measured if _has_curve(row)]:
            console.print(_tabulate_curves(curves))
    for row in found.rows:
        _show_reasons(console, row)
    for note in found.notes:
        console.print(format_note(note), soft_wrap=True)
    if found.slowdown:
        _show_slowdown(console, found.slowdown)
    if measured:
        console.print(f"[dim]{escape(_describe(found))}[/]", soft_wrap=True)


def show_row_errors(found: Benchmark) -> None:
    """Say on stderr which rows couldn't be measured, and that a gate had nothing to compare; and what to type."""
    show_errors(row.error for row in found.rows)
    if found.slowdown and found.slowdown.is_void:
        show_error(f"nothing was compared with {found.slowdown.baseline}, so no limit was kept", VOID_HINT)


def _describe(found: Benchmark) -> str:
    """Say how it was measured, and where."""
    machine = f"{found.machine.name}, {found.machine.cores} core{'s' if found.machine.cores != 1 else ''}"
    cores = next((row.latency.rounds[0].cores for row in found.rows if row.latency), ())
    pinned = f", kept on core{'s' if len(cores) > 1 else ''} {' and '.join(map(str, cores))}" if cores else ""
    if not any(row.latency for row in found.rows):
        return f"on {machine}"
    threads = f"{found.threads} thread{'s' if found.threads > 1 else ''}{pinned}"
    how = f"2 rounds of {found.seconds:g} s a row, each in a fresh process"
    return f"{threads}; {how}; on {machine}"


def _show_reasons(console: Console, row: BenchmarkRow) -> None:
    name = f"{escape(row.model)} in {escape(row.runtime)}"
    if row.skipped:
        console.print(f"[yellow]skipped[/] {name}: {escape(row.skipped)}", soft_wrap=True)
    for reason in row.misfits:
        console.print(f"[red]doesn't fit[/] {name}: {escape(spell_options(reason))}", soft_wrap=True)
    batches = (one.reason.removeprefix(f"{row.model}: ") for one in row.batches if one.reason)
    said = row.measured and row.measured.footprint  # the instructions in place of a time say it
    untimed = [f"not timed: {row.untimed}"] if row.untimed and not said else []
    for note in dict.fromkeys((*untimed, *batches, *row.notes)):
        console.print(f"[yellow]note[/] {name}: {escape(spell_options(note))}", soft_wrap=True)


def _show_one(console: Console, found: Benchmark, row: BenchmarkRow) -> None:
    assert row.measured
    grid = open_grid()
    rows = [
        ("model", f"[bold]{escape(row.model)}[/]  {format_bytes(row.measured.size_bytes)}"),
        ("runtime", escape(row.measured.runtime)),
        ("accuracy", f"{format_accuracy(row.measured.score)} {_name_limit(found)}".rstrip()),
        *(_list_times(row.latency) if row.latency else []),
        *(_list_footprint(row.measured.footprint) if row.measured.footprint else []),
    ]
    for name, value in rows:
        grid.add_row(f"[dim]{name}[/]", value)
    console.print(grid)
    if _has_curve(row):
        console.print(_tabulate_curves([row]))


def _name_limit(found: Benchmark) -> str:
    return f"on the first {found.limit:,} test images" if found.limit else ""


def _list_times(latency: BatchTiming) -> list[tuple[str, str]]:
    rounds = latency.rounds
    runs, empty = sum(one.runs for one in rounds), statistics.median(one.empty_us for one in rounds)
    range_us = f"5 % below {format_time(latency.p5_us)}, 5 % above {format_time(latency.p95_us)}"
    medians = " and ".join(format_time(one.median_us) for one in rounds)
    peak, started = (max((getattr(one, name) or 0) for one in rounds) for name in ("peak_bytes", "started_bytes"))
    memory = f"{format_bytes(peak)} at most, {format_bytes(started)} of it before the model was opened"
    return [
        ("latency", f"[bold]{format_time(latency.median_us)} µs[/] an image ({runs:,} calls; {range_us})"),
        ("rounds", f"medians {medians} µs, {100 * latency.spread:.0f} % apart"),
        ("empty call", f"{format_time(empty)} µs, part of each of these figures"),
        ("load", f"{statistics.median(one.load_ms for one in rounds):.1f} ms"),
        *([("memory", memory)] if peak else []),
        *_list_built(rounds[0]),
    ]


def _list_built(timing: Timing) -> list[tuple[str, str]]:
    return [("built", format_bytes(timing.built_bytes))] if timing.built_bytes else []


def _list_footprint(footprint: Footprint) -> list[tuple[str, str]]:
    sizes = (("flash", footprint.flash_bytes), ("RAM", footprint.ram_bytes), ("stack", footprint.stack_bytes))
    return [
        ("executes", f"[bold]{footprint.instructions_per_image:,.0f} instructions[/] an image"),
        ("memory", ", ".join(f"{name} {size:,} bytes" for name, size in sizes)),
    ]


def format_time(microseconds: float) -> str:
    """Return a time with three digits that count.

    Example:
        >>> format_time(7.6543), format_time(76.543), format_time(7654.3)
        ('7.65', '76.5', '7,654')
    """
    digits = 0 if microseconds <= 0 else max(0, 2 - math.floor(math.log10(microseconds)))
    return f"{microseconds:,.{digits}f}"


def _tabulate(found: Benchmark) -> Table:
    rows = found.rows
    models, limit = len({row.model for row in rows}), _name_limit(found)
    title = f"{models} model{'s' if models > 1 else ''} on {escape(found.data)}, one image a call"
    title += f"; accuracy {limit}" if limit else ""
    table = open_table(title=title)
    table.add_column("model", folds=True)
    table.add_column("runtime")
    several = len({row.measured.data_sha256 for row in rows if row.measured}) > 1
    if several:  # their accuracies aren't comparable
        table.add_column("data", folds=True)
    table.add_column("size", justify="right", spare=2)
    table.add_column("accuracy", justify="right")
    times, footprints = any(row.latency for row in rows), any(row.measured and row.measured.footprint for row in rows)
    for heading, spare in (TIMES if times else {}).items():
        table.add_column(heading, justify="right", spare=spare)
    for heading, spare in (FOOTPRINT if footprints else {}).items():
        table.add_column(heading, justify="right", spare=spare)
    table.add_column("")
    for row in rows:
        cells = [
            escape(row.model), escape(row.runtime), *([_name_data(row.measured)] if several else []),
            *_list_cells(row.measured, row.shipped_bytes),
            *(_list_time_cells(row.latency) if times else []),
            *(_list_footprint_cells(row.measured) if footprints else []),
            _name_state(row),
        ]  # fmt: skip
        table.add_row(*(f"[dim]{cell}[/]" if row.dominated and cell else cell for cell in cells))
    return table


def _name_data(measured: Measured | None) -> str:
    return escape(measured.data) if measured else NONE


def _list_cells(measured: Measured | None, size_bytes: int | None) -> list[str]:
    if measured is None:
        return [NONE, NONE]
    return [format_bytes(size_bytes or 0), format_percent(measured.score.accuracy)]


def _list_time_cells(latency: BatchTiming | None) -> list[str]:
    if latency is None:
        return [NONE] * len(TIMES)
    rounds = latency.rounds
    peak = max((one.peak_bytes or 0) for one in rounds)
    return [
        format_time(latency.median_us),
        format_time(latency.p5_us),
        format_time(latency.p95_us),
        f"{100 * latency.spread:.0f} %",
        format_time(statistics.median(one.empty_us for one in rounds)),
        f"{statistics.median(one.load_ms for one in rounds):.1f}",
        format_bytes(peak) if peak else NONE,
    ]


def _list_footprint_cells(measured: Measured | None) -> list[str]:
    footprint = measured.footprint if measured else None
    if footprint is None:
        return [NONE] * len(FOOTPRINT)
    sizes = (footprint.flash_bytes, footprint.ram_bytes, footprint.stack_bytes)
    return [f"{footprint.instructions_per_image:,.0f}", *(f"{size:,}" for size in sizes)]


def _name_state(row: BenchmarkRow) -> str:
    if row.error:
        return "[red]error[/]"
    if row.skipped:
        return "[yellow]skipped[/]"
    if row.misfits:
        return "[red]doesn't fit[/]"
    if row.dominated:
        return "dominated"
    return "not timed" if row.measured and row.untimed and not row.measured.footprint else ""


def _has_curve(row: BenchmarkRow) -> bool:
    return sum(bool(one.rounds) for one in row.batches) > 1


def _tabulate_curves(rows: list[BenchmarkRow]) -> Table:
    table = open_table(title="throughput")
    if len(rows) > 1:
        table.add_column("model", folds=True)
        table.add_column("runtime")
    for heading in ("batch", "µs a call", "µs an image", "images/s", "spread"):
        table.add_column(heading, justify="right")
    for row in rows:
        names = [escape(row.model), escape(row.runtime)] if len(rows) > 1 else []
        for one in row.batches:
            if one.rounds:
                table.add_row(*names, str(one.batch), *_list_curve_cells(one))
    return table


def _list_curve_cells(one: BatchTiming) -> list[str]:
    each = format_time(one.median_us / one.batch)
    return [format_time(one.median_us), each, f"{one.images_per_second or 0:,.0f}", f"{100 * one.spread:.0f} %"]


def _show_slowdown(console: Console, slowdown: Slowdown) -> None:
    if slowdown.ratios:
        console.print(_tabulate_ratios(slowdown))
    for name in slowdown.missing:
        console.print(f"[yellow]missing[/] {escape(name)}: only {escape(slowdown.baseline)} has it", soft_wrap=True)
    for name in slowdown.added:
        console.print(f"[yellow]new[/] {escape(name)}: {escape(slowdown.baseline)} hasn't got it", soft_wrap=True)
    for note in slowdown.notes:
        console.print(format_note(note), soft_wrap=True)


def _tabulate_ratios(slowdown: Slowdown) -> Table:
    allowed = f", at most {slowdown.max_slowdown:g} allowed" if slowdown.max_slowdown else ""
    table = open_table(title=f"now / {escape(Path(slowdown.baseline).name)}{allowed}")
    for heading in ("model", "runtime"):
        table.add_column(heading, folds=heading == "model")
    for heading in ("threads", "batch", "ratio", "lowest", "highest"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for one in slowdown.ratios:
        table.add_row(escape(one.model), escape(one.runtime), *_list_ratio_cells(one))
    return table


def _list_ratio_cells(one: Ratio) -> list[str]:
    counts = [NONE if count is None else str(count) for count in (one.threads, one.batch)]
    what = "" if one.unit == "time" else "instructions"
    state = "[red]slower[/]" if one.slower else what
    return [*counts, f"{one.ratio:.2f}", f"{one.low:.2f}", f"{one.high:.2f}", state]
