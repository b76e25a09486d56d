"""`diff`."""

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
    short_help="Show where two models part, layer by layer.",
    epilog=verbatim + "  edgemnist diff exports/model_int8.tflite\n"
    "  edgemnist diff exports/small_int8.tflite exports/small_int8.c\n"
    "  edgemnist diff exports/model.onnx exports/model_int8.onnx --tolerance 0.02",
)
@click.argument("first", type=PATH, metavar="FILE")
@click.argument("second", type=PATH, metavar="[OTHER]", required=False)
@click.option("--tolerance", type=click.FloatRange(min=0), metavar="SHARE",
              help="Difference that is let through in a layer (root mean square), as a share of its values.  [default: "
              "what the precision of both explains]")  # fmt: skip
@click.option("--limit", type=click.IntRange(min=1), default=200, show_default=True, metavar="N",
              help="How many of the first test images are run.")  # fmt: skip
@trust_option
@limit_options
@statement_options
@data_options
@verbosity_options
@json_option
def diff(first: Path, second: Path | None, as_json: bool, **settings: Any) -> Outcome:
    """Compare FILE with OTHER, or with its source, layer by layer: the first that diverges, and why.

    Both are forms of one network, in any format. Exit status: 0 if they agree, 1 if they differ, 2 for an error.
    """
    from edgemnist.reporting import differences, progress, records
    from edgemnist.workflows import diff as workflow

    with progress.show_activity("comparing") as activity:
        found = workflow.diff(first, second, **settings, report=activity.name)
    return Outcome(
        as_json, records.fill_difference(found), lambda: differences.show_difference(found), found.exit_status
    )
