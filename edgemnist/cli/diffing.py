"""`diff`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from edgemnist.cli.options import (
    GATE,
    PATH,
    Outcome,
    data_options,
    gate_options,
    json_option,
    limit_options,
    statement_options,
    trust_option,
    verbatim,
    verbosity_options,
)
from edgemnist.errors import UsageError
from edgemnist.text import quote_argument

# As `workflows.diff` has it, which `--help` needn't import.
IMAGES = 200


@click.command(
    short_help="Show where two models, or two machines' answers, part.",
    epilog=verbatim + "  edgemnist diff exports/model_int8.tflite\n"
    "  edgemnist diff exports/small_int8.tflite exports/small_int8.c\n"
    "  edgemnist diff exports/model.onnx exports/model_int8.onnx --tolerance 0.02\n"
    "  edgemnist diff answers.npz board.log",
)
@click.argument("first", type=PATH, metavar="FILE")
@click.argument("second", type=PATH, metavar="[OTHER]", required=False)
@click.option("--tolerance", type=click.FloatRange(min=0), metavar="SHARE",
              help="Difference that is let through in a layer (root mean square), as a share of its values.  [default: "
              "what the precision of both explains]")  # fmt: skip
@click.option("--limit", type=click.IntRange(min=1), metavar="N",
              help=f"How many of the first test images models are run on.  [default: {IMAGES}]")  # fmt: skip
@click.option("--runtime", metavar="NAME",
              help="What runs a model file that is compared with answers, in place of the format's own.")  # fmt: skip
@gate_options
@trust_option
@limit_options
@statement_options
@data_options
@verbosity_options
@json_option
def diff(first: Path, second: Path | None, as_json: bool, **settings: Any) -> Outcome:
    """Compare FILE with OTHER, or with its source, layer by layer: the first that diverges, and why.

    Both are forms of one network, in any format. Where one is of answers, those that `verify --save` kept or a kit
    printed, the answers are compared: which images differ, by how much, in which classes. Exit status: 0 if they
    agree, 1 if they differ, 2 for an error.
    """
    from edgemnist.saved_answers import is_saved_answers

    if is_saved_answers(first) or (second is not None and is_saved_answers(second)):
        return _diff_answers(first, second, as_json, settings)
    return _diff_models(first, second, as_json, settings)


def _diff_models(first: Path, second: Path | None, as_json: bool, settings: dict[str, Any]) -> Outcome:
    from edgemnist.reporting import differences, progress, records
    from edgemnist.workflows import diff as workflow

    _require_unset(settings, "runtime", "runs a model file that is compared with answers, and these are two models")
    for name in GATE:
        _require_unset(settings, name, "is of answers that are compared, and these are two models")
    limit = settings.pop("limit") or IMAGES
    with progress.show_activity("comparing") as activity:
        found = workflow.diff(first, second, limit=limit, **settings, report=activity.name)
    return Outcome(
        as_json, records.fill_difference(found), lambda: differences.show_difference(found), found.exit_status
    )


def _diff_answers(first: Path, second: Path | None, as_json: bool, settings: dict[str, Any]) -> Outcome:
    from edgemnist.comparison.gate import Gate
    from edgemnist.reporting import answer_differences, records
    from edgemnist.workflows.diff_answers import diff_answers

    if second is None:
        hint = f"add other answers, or the model file: edgemnist diff {quote_argument(first)} model.tflite"
        raise UsageError(f"{first} holds answers, and nothing to compare them with is named", hint)
    for name in ("tolerance", "limit"):
        _require_unset(settings, name, "is of two models that are run, and these are answers")
    gate = Gate(**{name: settings.pop(name) for name in GATE})
    found = diff_answers(first, second, **settings, gate=gate)
    return Outcome(
        as_json,
        records.fill_difference(found),
        lambda: answer_differences.show_answer_difference(found),
        found.exit_status,
    )


def _require_unset(settings: dict[str, Any], name: str, why: str) -> None:
    """Take a setting that is of the other kind of comparison out.

    Raises:
        UsageError: It is given.
    """
    if settings.pop(name) is not None:
        raise UsageError(f"`{name}` {why}", f"leave `{name}` out")
