"""`report`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from edgemnist.cli.options import (
    PATH,
    Outcome,
    changed_option,
    corrupted_image_options,
    data_options,
    json_option,
    limit_options,
    statement_options,
    trust_option,
    verbatim,
    verbosity_options,
)

# As `reporting.report` has them, which `--help` needn't import.
FORMATS = ("html", "markdown", "model-card")


@click.command(
    short_help="Write one page of all that is known of a folder of models.",
    epilog=verbatim + "  edgemnist report exports\n  edgemnist report my-model --corruptions --output my-model.html\n"
    "  edgemnist report my-model --format markdown >> comment.md\n"
    "  edgemnist report my-model --format model-card --output my-model/README.md",
)
@click.argument("folder", type=PATH, metavar="DIR")
@click.option("--format", type=click.Choice(FORMATS), default="html", show_default=True,
              help="One page that needs no network (pip install 'edgemnist[report]'), a comment for a pull request, or "
              "the card that model hubs read (pip install 'edgemnist[card]').")  # fmt: skip
@click.option("-o", "--output", type=PATH, metavar="FILE",
              help="The file to write; an older report is written over.  [default: report.html in DIR; the others "
              "are printed]")  # fmt: skip
@click.option("--benchmark", type=PATH, metavar="RUN.json",
              help="What `edgemnist benchmark DIR --json` printed: adds times, and what chips need.")  # fmt: skip
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N test images: a quick look.")
@corrupted_image_options
@trust_option
@changed_option
@limit_options
@statement_options
@data_options
@verbosity_options
@json_option
def report(folder: Path, as_json: bool, **settings: Any) -> Outcome:
    """Run the test images through each model in DIR, and write verdicts, plots and provenance as one page.

    It shows what moved, with the images; layers beside those of the source; what quantized forms can hold of weights
    and outputs; and how the training went. Each section says what to do when it looks bad. Exit status: 0 if all
    agree, 1 if one differs, 2 for an error.
    """
    from edgemnist.reporting import folder_reports, progress, records, terminal
    from edgemnist.workflows import report as workflow

    with progress.show_activity("reporting") as activity:
        found = workflow.report(folder, **settings, report=activity.name, report_count=activity.count)
    return Outcome(
        as_json,
        records.fill_folder_report(found),
        lambda: folder_reports.show_folder_report(found),
        found.exit_status,
        lambda: terminal.show_file_errors(found.verification),
    )
