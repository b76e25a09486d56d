"""`inspect`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from edgemnist import signals
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
from edgemnist.errors import UsageError
from edgemnist.precision import REQUIRABLE

PAUSE_S = 3600


@click.command(
    short_help="Show what a model file is.",
    epilog=verbatim + "  edgemnist inspect exports/model_int8.tflite\n"
    "  edgemnist inspect exports/\n"
    "  edgemnist inspect exports/model_int8.onnx --require int8\n"
    "  edgemnist inspect downloads/model.onnx --write-contract my-model.onnx",
)
@click.argument("model", type=PATH, metavar="FILE|DIR")
@click.option("--require", type=click.Choice(REQUIRABLE),
              help="Differ if an operator or a constant isn't of this precision, and name each.")  # fmt: skip
@click.option("--write-contract", type=PATH, metavar="COPY",
              help="Write a copy of a FILE without a contract that carries what was found.")  # fmt: skip
@click.option("--view", is_flag=True, help="Show its graph in Netron, at an address on this machine, until Ctrl-C.")
@statement_options
@data_options
@trust_option
@limit_options
@verbosity_options
@json_option
def inspect(model: Path, view: bool, as_json: bool, **settings: Any) -> Outcome:
    """Show what is inside FILE: its inputs and outputs, operators, types and sizes, its version and its contract.

    Also what it takes of small devices, and what will differ on other machines. Types are read in its tensors, never in
    what it says of itself. A FILE without a contract is asked about training images whose classes are known. A DIR is
    shown as a table of the model files in it. Exit status: 0; 1 if something isn't of the precision that --require or
    the contract says; 2 for an error.
    """
    from edgemnist.files import is_model_folder
    from edgemnist.workflows import inspect as workflow

    if model.is_dir() and not is_model_folder(model):
        return _inspect_folder(model, view, as_json, settings)
    if view and as_json:
        raise UsageError("--view and --json contradict each other", "leave one of them out")
    from edgemnist.reporting import inspections, records

    found = workflow.inspect(model, **settings)
    outcome = Outcome(
        as_json,
        records.fill_inspection(found),
        lambda: inspections.show_inspection(found),
        found.exit_status,
        follow=lambda: inspections.show_notes(found),
    )
    return _view(model, outcome) if view else outcome


def _inspect_folder(folder: Path, view: bool, as_json: bool, settings: dict[str, Any]) -> Outcome:
    from edgemnist.reporting import inspections, records
    from edgemnist.workflows import inspect as workflow

    taken = {name: settings.pop(name) for name in ("require", "limits")}
    if view or any(value is not None and value is not False for value in settings.values()):
        message = f"{folder} is a folder, whose files aren't run: only --require, --timeout and --memory apply"
        raise UsageError(message, "name one of its files")
    found = workflow.inspect_folder(folder, **taken)
    return Outcome(
        as_json,
        records.fill_inspections(found),
        lambda: inspections.show_inspections(found),
        found.exit_status,
        follow=lambda: inspections.show_errors(found),
    )


def _view(model: Path, outcome: Outcome) -> Outcome:
    """Print what was found, and serve Netron until Ctrl-C, which is how it is meant to end."""
    from edgemnist.formats import ModelFile
    from edgemnist.reporting import inspections
    from edgemnist.workflows.view import serve_view

    with serve_view(ModelFile.read(model)) as address:
        outcome.print()
        try:
            inspections.show_address(address)
            while True:
                time.sleep(PAUSE_S)
        except KeyboardInterrupt:
            if signals.find_status() != 130:
                raise
    return Outcome(False, {}, lambda: None, outcome.status)
