"""`explain`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from edgemnist.cli.options import (
    PATH,
    Outcome,
    changed_option,
    data_options,
    json_option,
    limit_options,
    picture_options,
    statement_options,
    trust_option,
    verbatim,
    verbosity_options,
)


@click.command(
    short_help="Say why a picture is answered as it is.",
    epilog=verbatim + "  edgemnist explain drawing.png --model exports/model_int8.tflite --label 7\n"
    "  edgemnist explain drawing.png --model exports/model_int8.tflite --output why.png\n"
    "  edgemnist explain what-my-app-feeds.npy --model exports/model_int8.tflite --label 7",
)
@click.argument("image", type=PATH, metavar="IMAGE")
@click.option("--model", type=PATH, required=True, metavar="FILE",
              help="The model. Other forms of it that the manifest beside it lists are asked, too.")  # fmt: skip
@click.option("--label", metavar="NAME", help="The class that the picture is of.")
@click.option("-o", "--output", type=PATH, metavar="FILE.png", help="Also write all of it as one picture.")
@click.option("--runtime", metavar="NAME", help="Run the model in another runtime; see: edgemnist runtimes.")
@picture_options
@statement_options
@data_options
@trust_option
@changed_option
@limit_options
@verbosity_options
@json_option
def explain(image: Path, model: Path, as_json: bool, **settings: Any) -> Outcome:
    """Show what IMAGE has become, the test images that it is like, and what each form of the model answers.

    What is to blame for an answer is found by evidence: the preparation, the runtime, the quantization, the model, or
    the picture itself. An .npy of one image is taken as it is: what an app has prepared can be asked so. Exit status:
    0 if it is explained, 1 if the answer isn't the --label, 2 for an error.
    """
    from edgemnist.reporting import explanations, progress, records
    from edgemnist.workflows import explain as workflow

    with progress.show_activity("explaining") as activity:
        activity.name(str(image))
        found = workflow.explain(image, model, **settings)
    return Outcome(
        as_json, records.fill_explanation(found), lambda: explanations.show_explanation(found), found.exit_status
    )
