"""`train`, `export` and `run`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from edgemnist.cli.options import (
    PATH,
    Outcome,
    changed_option,
    data_options,
    json_option,
    limit_options,
    name_next,
    picture_options,
    statement_options,
    verbatim,
    verbosity_options,
)
from edgemnist.cli.recipe import recipe_option
from edgemnist.cli.renamed import command
from edgemnist.cli.settings import setting_options, teacher_option
from edgemnist.datasets.shape import IMAGE_SHAPE
from edgemnist.errors import UsageError
from edgemnist.exporters import FORMATS, OPSET, OPSETS, QUANTIZATIONS
from edgemnist.workflows import DEFAULT_MODEL

if TYPE_CHECKING:
    from edgemnist.datasets import Dataset
    from edgemnist.reporting.progress import Activity
    from edgemnist.results import Artifact, FolderReport


@command(epilog=verbatim + "  edgemnist train\n  edgemnist train --epochs 10 --output best/model.keras")
@recipe_option
@setting_options
@teacher_option
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True,
              help="The same seed on the same machine gives the same bytes.")  # fmt: skip
@data_options
@picture_options
@click.option("-o", "--output", type=PATH, default=DEFAULT_MODEL, show_default=True, help="The .keras file to write.")
@click.option("--resume", is_flag=True,
              help="Go on with the same training that was broken off, from its last whole epoch.")  # fmt: skip
@click.option("--plot", type=PATH, metavar="FILE.svg",
              help="Draw loss and accuracy by epoch into a file; needs: pip install 'edgemnist[plot]'.")  # fmt: skip
@verbosity_options
@json_option
def train(as_json: bool, **settings: Any) -> Outcome:
    """Train a classifier and write it as a .keras file."""
    from edgemnist.reporting import progress, records, terminal
    from edgemnist.workflows import train as workflow

    with progress.show_training_progress() as shown:
        training = workflow.train(
            **settings,
            show_model=_choose_summary(as_json),
            report_data=terminal.show_data_notes if as_json else terminal.show_data,
            report=shown.update,
            report_note=shown.note,
        )
    elsewhere = training.path != DEFAULT_MODEL
    following = name_next(
        "export", *([training.path] if elsewhere else []), "--all",
        output=training.path.parent if elsewhere else None,
    )  # fmt: skip
    return Outcome(
        as_json,
        records.fill_training(training),
        lambda: terminal.show_training(training),
        follow=lambda: terminal.show_next(following),
    )


def _choose_report(as_json: bool, activity: Activity) -> Callable[[Artifact], None]:
    """Return what shows a file that was written, in the place of what was being worked on."""
    from edgemnist.reporting import terminal

    def report(artifact: Artifact) -> None:
        activity.stop()
        if not as_json:
            terminal.show_artifact(artifact)

    return report


def _choose_summary(as_json: bool) -> Callable[[Any], None]:
    from edgemnist.reporting import terminal

    return (lambda model: None) if as_json else terminal.show_network


@command(
    epilog=verbatim + "  edgemnist export --format tflite --quantize\n"
    "  edgemnist export --format onnx --quantize float16 --model best/model.keras --output best\n"
    "  edgemnist export --format c --quantize\n"
    "  edgemnist export best/model.keras --format tflite-array --quantize --output best\n"
    "  edgemnist export --all"
)
@click.argument("source", required=False, type=PATH, metavar="[FILE]")
@click.option("--format", type=click.Choice(FORMATS), help="The file format; see: edgemnist formats.")
@click.option("--quantize", is_flag=False, flag_value="int8", type=click.Choice(QUANTIZATIONS),
              help="Make it smaller; --quantize alone means int8, and then FILE comes before it.")  # fmt: skip
@click.option(
    "--all", is_flag=True, help="Every form but arrays and those of few levels (int4, int2, ternary), or of --format."
)
@click.option("--model", type=PATH, help=f"The same as FILE.  [default: {DEFAULT_MODEL}]")
@click.option("-o", "--output", type=PATH, default=DEFAULT_MODEL.parent, show_default=True,
              help="The folder to write to; or, for one form, the file.")  # fmt: skip
@click.option("--name", help="What the file names begin with.  [default: the model file's own stem]")
@click.option("--io-dtype", type=click.Choice(("uint8", "int8", "float32")), default="uint8", show_default=True,
              help="Input and output type of TFLite int8; as uint8 the raw pixel byte is the input.")  # fmt: skip
@click.option("--raw-input", is_flag=True, help=f"Take raw uint8 {IMAGE_SHAPE} pixels; the scaling goes into the file.")
@click.option("--kernels", type=click.Choice(("sparse", "dense")), default="sparse", show_default=True,
              help="C: skip inputs of dense layers that are 0, or none.")  # fmt: skip
@click.option("--rounding", type=click.Choice(("reference", "tflm")), default="reference", show_default=True,
              help="C in whole numbers: the same bits as LiteRT's reference kernels, or as TFLite Micro.")  # fmt: skip
@click.option("--opset", type=click.IntRange(*OPSETS), default=OPSET, show_default=True,
              help="ONNX: the version of its operators.")  # fmt: skip
@click.option("--calibration-images", type=click.IntRange(min=1), metavar="N",
              help="Training images that calibrate and round, about.  [default: 500]")  # fmt: skip
@statement_options
@changed_option
@limit_options
@data_options
@verbosity_options
@json_option
def export(as_json: bool, source: Path | None, model: Path | None, **settings: Any) -> Outcome:
    """Write a Keras model in other forms, each checked against it.

    FILE is any Keras classifier of 28 x 28 images; for C, it may also be a .tflite file.

    Calibration uses training images only. The model's answers to the test images are stored beside the
    files, so that `edgemnist verify` needs no TensorFlow.
    """
    from edgemnist.reporting import progress, records, terminal
    from edgemnist.workflows import export as workflow

    if source and model:
        raise UsageError(f"FILE ({source}) and --model ({model}) say the same", "leave one of them out")
    notes: list[str] = []

    def report_data(dataset: Dataset) -> None:
        notes.extend(f"{dataset.name}: {note}" for note in dataset.notes)
        terminal.show_data_notes(dataset)

    def report_found(found: str) -> None:
        notes.append(found)
        terminal.show_note(found)

    with progress.show_activity("exporting") as activity:
        artifacts = workflow.export(
            source or model or DEFAULT_MODEL,
            **settings,
            report_data=report_data,
            report=_choose_report(as_json, activity),
            report_form=activity.number,
            report_found=report_found,
            report_left_out=terminal.show_left_out,
        )
    made = artifacts[0].path if len(artifacts) == 1 else settings["output"]
    following = name_next("verify", made)
    return Outcome(
        as_json, records.fill_artifacts(artifacts, notes), lambda: None, follow=lambda: terminal.show_next(following)
    )


@command(
    short_help="Do the whole job: train, export, verify, record.",
    epilog=verbatim
    + "  edgemnist run --output my-model\n  edgemnist run --output letters --data letters.npz --epochs 10",
)
@click.option("-o", "--output", type=PATH, default=DEFAULT_MODEL.parent, show_default=True,
              help="The folder where everything goes.")  # fmt: skip
@recipe_option
@setting_options
@teacher_option
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True)
@click.option("--resume", is_flag=True,
              help="Go on with the same training that was broken off, from its last whole epoch.")  # fmt: skip
@data_options
@picture_options
@verbosity_options
@json_option
def run(as_json: bool, **settings: Any) -> Outcome:
    """Do the whole job: train, export every form, verify each, record the results.

    Where it is installed (pip install 'edgemnist[report]'), a page of all that was found is written, too.

    Exit status: 0 if all agree, 1 if one differs, 2 for an error.
    """
    from edgemnist.reporting import folder_reports, progress, records, terminal, verdicts
    from edgemnist.workflows import run as workflow

    pages: list[FolderReport] = []
    with (
        progress.show_training_progress() as shown,
        progress.show_activity("exporting") as exporting,
        progress.show_activity("verifying") as verifying,
    ):
        found = workflow.run(
            **settings,
            show_model=_choose_summary(as_json),
            report_data=terminal.show_data_notes if as_json else terminal.show_data,
            report_training=shown.update,
            report_note=shown.note,
            finish_training=(lambda training: None) if as_json else terminal.show_training,
            report_artifact=_choose_report(as_json, exporting),
            report_form=exporting.number,
            report_left_out=terminal.show_left_out,
            report_file=verifying.name,
            report_count=verifying.count,
            report_page=pages.append,
        )

    def show() -> None:
        verdicts.show_report(found)
        for page in pages:
            folder_reports.show_folder_report(page)

    return Outcome(
        as_json,
        records.fill_report(found, "run"),
        show,
        found.exit_status,
        lambda: terminal.show_file_errors(found),
    )
