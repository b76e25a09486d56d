"""`inspect`."""

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
    short_help="Show what a model file is.",
    epilog=verbatim + "  edgemnist inspect exports/model_int8.tflite\n"
    "  edgemnist inspect downloads/model.onnx --write-contract my-model.onnx",
)
@click.argument("model", type=PATH, metavar="FILE")
@click.option("--write-contract", type=PATH, metavar="COPY",
              help="Write a copy of a FILE without a contract that carries what was found.")  # fmt: skip
@statement_options
@data_options
@trust_option
@limit_options
@verbosity_options
@json_option
def inspect(model: Path, as_json: bool, **settings: Any) -> Outcome:
    """Show what FILE is: its format, precision and size, what it takes and gives, and whether you trust it.

    That is read in the contract inside. A FILE without one is asked about training images whose classes are known.
    """
    from edgemnist.reporting import inspections, records
    from edgemnist.workflows import inspect as workflow

    found = workflow.inspect(model, **settings)
    return Outcome(
        as_json,
        records.fill_inspection(found),
        lambda: inspections.show_inspection(found),
        follow=lambda: inspections.show_notes(found),
    )
