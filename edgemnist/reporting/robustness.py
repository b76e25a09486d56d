"""What `verify --corruptions` found: of one file a row a kind, of several a row a file."""

from __future__ import annotations

from edgemnist.comparison.robustness import KindRow, Robustness
from edgemnist.datasets.corruptions import STRENGTHS
from edgemnist.reporting.markup import escape
from edgemnist.reporting.tables import Table, format_percent, open_table
from edgemnist.results import Report


def summarize_robustness(found: Robustness) -> str:
    """Return it as one line, with markup."""
    line, images = format_percent(found.accuracy), f"{found.images:,} images in each kind and strength"
    if found.worst is None or found.source_accuracy is None:
        return f"{line} ({images})"
    source = f"{escape(found.source or '')}, {format_percent(found.source_accuracy)}"
    worst = f"worst: {_phrase_worst(found.worst)}"
    return f"{line} ({source}: drop {found.drop_points:+.2f} points; {worst}; {images})"


def tabulate_kinds(found: Robustness) -> Table:
    """Return a table of the drop of each kind in each strength; of the accuracy, where there is no source."""
    compared = found.source is not None
    what = "drop in points" if compared else "accuracy in percent"
    table = open_table(title=f"corrupted test images, {found.images:,} of {found.test_images:,}: {what}")
    table.add_column("corruption")
    for strength in STRENGTHS:
        table.add_column(str(strength), justify="right")
    table.add_column("mean", justify="right")
    if compared:
        for heading, spare in (("95 % interval", 4), ("source %", 2), ("this model %", 1), ("other class %", 3)):
            table.add_column(heading, justify="right", spare=spare)
    for row in found.kinds:
        table.add_row(*(_list_compared(row) if compared else _list_alone(row)))
    return table


def tabulate_models(report: Report) -> Table:
    """Return a table of what several files lose."""
    table = open_table(title="corrupted test images, mean of all kinds")
    table.add_column("model", folds=True)
    for heading, spare in (("images", 5), ("source", 3), ("this model", 2), ("drop", 0), ("other class", 4)):
        table.add_column(heading, justify="right", spare=spare)
    table.add_column("worst", spare=1)
    for verdict in report.verdicts:
        found = verdict.measurement.robustness if verdict.measurement else None
        if found:
            table.add_row(escape(report.name(verdict)), *_list_model(found))
    return table


def _phrase_worst(row: KindRow) -> str:
    return f"{row.name} {row.drop_points:+.2f}"


def _list_compared(row: KindRow) -> list[str]:
    drops = (f"{one.drop_points:+.1f}" for one in row.strengths)
    interval = f"{row.drop_low:+.2f} to {row.drop_high:+.2f}"
    shares = (row.source_accuracy or 0.0, row.accuracy, 1 - (row.agreement or 0.0))
    return [row.name, *drops, f"{row.drop_points:+.2f}", interval, *(f"{100 * share:.2f}" for share in shares)]


def _list_alone(row: KindRow) -> list[str]:
    return [row.name, *(f"{100 * one.accuracy:.1f}" for one in row.strengths), f"{100 * row.accuracy:.2f}"]


def _list_model(found: Robustness) -> list[str]:
    if found.source_accuracy is None or found.agreement is None or found.worst is None:
        return [f"{found.images:,}", "", format_percent(found.accuracy), "", "", ""]
    return [
        f"{found.images:,}", format_percent(found.source_accuracy), format_percent(found.accuracy),
        f"{found.drop_points:+.2f}", format_percent(1 - found.agreement), _phrase_worst(found.worst),
    ]  # fmt: skip
