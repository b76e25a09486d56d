"""`compare`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from edgemnist.cli.options import (
    PATH,
    Outcome,
    data_options,
    json_option,
    limit_options,
    statement_options,
    trust_option,
    verbatim,
    verbosity_options,
)


@click.command(
    short_help="Put trained models side by side.",
    epilog=verbatim + "  edgemnist compare exports/model.keras exports/small.keras\n"
    "  edgemnist compare first/model.keras second/model.keras --json",
)
@click.argument("models", nargs=-1, required=True, type=PATH, metavar="FILE…")
@trust_option
@limit_options
@statement_options
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N test images: a quick look.")
@data_options
@verbosity_options
@json_option
def compare(models: tuple[Path, ...], as_json: bool, **settings: Any) -> Outcome:
    """Run the same test images through each FILE, and show what it gets right and what it takes.

    For each pair, a test says whether chance explains the difference. What the manifests beside the files say of their
    trainings, and of other files made from them, is shown too. Exit status: 0 if all were run, 2 for an error.
    """
    from edgemnist.reporting import comparisons, progress, records
    from edgemnist.workflows import compare as workflow

    with progress.show_activity("comparing") as activity:
        found = workflow.compare(models, **settings, report=activity.name, report_count=activity.count)
    return Outcome(as_json, records.fill_comparison(found), lambda: comparisons.show_comparison(found))
