"""`kit`."""

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
from edgemnist.cli.renamed import command
from edgemnist.errors import UsageError
from edgemnist.kits import KITS
from edgemnist.text import quote_argument


@command(
    short_help="Write a folder that embeds a model on a target.",
    epilog=verbatim + "  edgemnist kit exports/model_int8.onnx --target web --output my-page\n"
    "  edgemnist kit exports/small_int8.c --target microcontroller --output my-firmware\n"
    "  edgemnist kit exports/small_int8.tflite --target tflite-micro --output my-project\n\n\b\nTargets:\n"
    + "\n".join(f"  {kit.name:<16} {' '.join(kit.extensions):<14} {kit.summary}" for kit in KITS),
)
@click.argument("models", nargs=-1, type=PATH, metavar="FILE…")
@click.option("--target", type=click.Choice([kit.name for kit in KITS]), required=True, help="What it is for.")
@click.option("--model", "more", type=PATH, multiple=True, metavar="FILE", help="The same as FILE; may be repeated.")
@click.option("-o", "--output", type=PATH, required=True, metavar="DIR",
              help="The folder to write: a new one, or a kit in which nothing was changed.")  # fmt: skip
@click.option("--unverified", is_flag=True, help="Write it although the model isn't verified.")
@click.option("--build/--no-build", default=True, show_default=True, help="Build the web page, too (needs Node.js).")
@statement_options
@trust_option
@limit_options
@data_options
@verbosity_options
@json_option
def kit(as_json: bool, models: tuple[Path, ...], more: tuple[Path, ...], **settings: Any) -> Outcome:
    """Write a folder that embeds a model FILE on a target, ready to build; some targets take one of each kind.

    The model is verified first. The kit holds golden vectors, 20 test images with the expected answers, and a
    self-test that runs them on the target at start.
    """
    from edgemnist.reporting import records, terminal
    from edgemnist.workflows import kit as workflow

    if not models and not more:
        raise UsageError("Missing argument 'FILE…'.", "edgemnist kit --help")
    written = workflow.kit(model=(*models, *more), **settings)
    following = written.start.format(folder=quote_argument(written.path))
    return Outcome(
        as_json,
        records.fill_kit(written),
        lambda: terminal.show_kit(written),
        follow=lambda: terminal.show_next(following),
    )
