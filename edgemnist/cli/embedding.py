"""`kit`."""

from __future__ import annotations

from typing import Any

import click

from edgemnist.cli.options import (
    PATH,
    Outcome,
    data_options,
    json_option,
    limit_options,
    trust_option,
    verbatim,
)
from edgemnist.kits import KITS
from edgemnist.text import quote_argument


@click.command(
    short_help="Write a folder that embeds a model on a target.",
    epilog=verbatim + "  edgemnist kit --target web --model exports/model_int8.onnx --output my-page\n"
    "  edgemnist kit --target microcontroller --model exports/small_int8.c --output my-firmware\n"
    "  edgemnist kit --target tflite-micro --model exports/small_int8.tflite --output my-project\n\n\b\nTargets:\n"
    + "\n".join(f"  {kit.name:<16} {' '.join(kit.extensions):<14} {kit.summary}" for kit in KITS),
)
@click.option("--target", type=click.Choice([kit.name for kit in KITS]), required=True, help="What it is for.")
@click.option("--model", type=PATH, required=True, multiple=True, metavar="FILE",
              help="A verified model; some targets take one of each kind: repeat it.")  # fmt: skip
@click.option("--output", type=PATH, required=True, metavar="DIR",
              help="The folder to write: a new one, or a kit in which nothing was changed.")  # fmt: skip
@click.option("--unverified", is_flag=True, help="Write it although the model isn't verified.")
@click.option("--build/--no-build", default=True, show_default=True, help="Build the web page, too (needs Node.js).")
@trust_option
@limit_options
@data_options
@json_option
def kit(as_json: bool, **settings: Any) -> Outcome:
    """Write a folder that embeds a model on a target, ready to build.

    The model is verified first. The kit holds golden vectors, 20 test images with the expected answers, and a
    self-test that runs them on the target at start.
    """
    from edgemnist.reporting import records, terminal
    from edgemnist.workflows import kit as workflow

    written = workflow.write_kit(**settings)
    following = written.start.format(folder=quote_argument(written.path))
    return Outcome(
        as_json,
        records.describe_kit(written),
        lambda: terminal.show_kit(written),
        follow=lambda: terminal.show_next(following),
    )
