"""`verify`, `predict` and `trust`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from edgemnist import signals
from edgemnist.cli.options import (
    GATE,
    PATH,
    Outcome,
    annotate_option,
    changed_option,
    corruption_options,
    data_options,
    gate_options,
    json_option,
    limit_options,
    picture_options,
    runtimes_option,
    statement_options,
    trust_option,
    verbatim,
    verbosity_options,
)
from edgemnist.cli.renamed import command
from edgemnist.errors import UsageError
from edgemnist.text import quote_command

STANDARD_INPUT = Path("-")


@command(
    short_help="Compare model files with their source, image by image.",
    epilog=verbatim + "  edgemnist verify exports/model.onnx\n  edgemnist verify exports/ --json\n"
    "  edgemnist verify exports/model_int8.tflite --deep\n"
    "  edgemnist verify exports/model_int8.tflite --corruptions --max-corrupted-drop 0.5\n"
    "  edgemnist verify exports/ --junit verdicts.xml --annotate github\n"
    "  edgemnist verify model_int8.tflite --against model.tflite --max-drop 0.1\n"
    "  edgemnist verify exports/model_int8.c --runtime cortex-m4\n"
    "  edgemnist verify exports/model_int8.tflite --runtime litert,litert-reference,tflm\n"
    "  edgemnist verify exports/model_int8.onnx --runtime browser-onnx --against exports/model_int8.onnx",
)
@click.argument("paths", nargs=-1, required=True, type=PATH, metavar="FILE|DIR…")
@click.option("--against", type=PATH, metavar="FILE",
              help="Compare with this: the source (.keras) or its stored answers (.npz), where they aren't beside the "
              "file, or another model.")  # fmt: skip
@runtimes_option
@trust_option
@changed_option
@click.option("--deep", is_flag=True, help="Also compare the weights, and 10,000 images that no test set holds.")
@corruption_options
@limit_options
@gate_options
@click.option("--min-accuracy", type=click.FloatRange(0, 1), help="[default: 0.90 for a file without a source]")
@statement_options
@click.option("--limit", type=click.IntRange(min=1), metavar="N",
              help="Only the first N test images: a quick look, whose verdict is partial.")  # fmt: skip
@click.option("--require-all", is_flag=True,
              help="A file in a DIR that needs what isn't installed is an error, and not skipped.")  # fmt: skip
@click.option("--record", is_flag=True, help="Write the results into the manifest beside the files.")
@click.option("--save", type=PATH, metavar="ANSWERS.npz",
              help="Keep the outputs of one FILE on this machine, to compare them with another machine's.")  # fmt: skip
@click.option("--junit", type=PATH, metavar="FILE.xml", help="Also write the verdicts as a JUnit report.")
@annotate_option
@data_options
@verbosity_options
@json_option
def verify(
    paths: tuple[Path, ...], as_json: bool, junit: Path | None, annotate: str | None, **settings: Any
) -> Outcome:
    """Run every test image through each FILE's own runtime and compare it, image by image, with its source.

    A DIR stands for the model files in it; those that need a package or a program that isn't installed are skipped.
    Exit status: 0 if all that were judged agree, 1 if one differs, 2 for an error.
    """
    from edgemnist.comparison.gate import Gate
    from edgemnist.files import write_atomically
    from edgemnist.reporting import annotations, progress, records, terminal, verdicts
    from edgemnist.reporting import junit as documents
    from edgemnist.workflows import verify as workflow

    if junit:
        documents.check_junit(junit)
    gate = {name: settings.pop(name) for name in (*GATE, "min_accuracy", "max_corrupted_drop")}
    with progress.show_activity("verifying") as activity:
        found = workflow.verify(
            *paths, **settings, gate=Gate(**gate), report=activity.name, report_count=activity.count
        )
    if junit:
        write_atomically(junit, documents.write_junit(found))

    def follow() -> None:
        terminal.show_file_errors(found)
        for line in annotations.list_annotations(found) if annotate else ():
            click.echo(line, err=True)

    return Outcome(as_json, records.fill_report(found), lambda: verdicts.show_report(found), found.exit_status, follow)


@command(
    short_help="Classify pictures with a model file.",
    epilog=verbatim
    + "  edgemnist predict exports/model_int8.tflite photo.jpg\n  edgemnist predict model.onnx digits.npy --json\n"
    "  edgemnist predict model.onnx photos --runtime node\n  edgemnist predict model.onnx - < photo.jpg",
)
@click.argument("model", type=PATH, metavar="FILE")
@click.argument("images", nargs=-1, required=True, type=PATH, metavar="IMAGE|DIR|-…")
@click.option("--runtime", metavar="NAME", help="Run it in another runtime; see: edgemnist runtimes.")
@picture_options
@statement_options
@data_options
@trust_option
@changed_option
@limit_options
@verbosity_options
@json_option
def predict(model: Path, images: tuple[Path, ...], as_json: bool, **settings: Any) -> Outcome:
    """Classify each IMAGE with the model in FILE.

    An IMAGE is a drawing or a photograph, dark on light or light on dark, of any size, which is prepared as the model's
    training images were; or an .npy of images, which are taken as they are. A DIR stands for the pictures in it, - for
    one on standard input. Exit status: 0 if all are answered, 2 if one isn't: the others are nevertheless.
    """
    from edgemnist.reporting import records, terminal
    from edgemnist.workflows import predict as workflow

    notes: list[str] = []

    def report(note: str) -> None:
        notes.append(note)
        terminal.show_note(note)

    found = workflow.predict(model, _read_images(images), **settings, report=report)
    return Outcome(
        as_json,
        records.fill_predictions(found, notes),
        lambda: terminal.show_predictions(found),
        2 if any(one.error for one in found) else 0,
        lambda: terminal.show_picture_errors(found),
    )


def _read_images(images: tuple[Path, ...]) -> list[Path | bytes]:
    """Put what is on standard input in the place of `-`."""
    if images.count(STANDARD_INPUT) > 1:
        raise UsageError("- was given more than once, and standard input holds one picture", "name the files")
    from edgemnist.datasets.pictures import MOST_FILE_BYTES

    return [_read_input(MOST_FILE_BYTES) if path == STANDARD_INPUT else path for path in images]


def _read_input(most_bytes: int) -> bytes:
    """Read standard input to its end; of what is larger, only the first byte too many."""
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError("there is nothing on standard input", "lead a file into it: - < FILE")
    return sys.stdin.buffer.read(most_bytes + 1)


@click.command(
    short_help="Let a file from elsewhere run on this machine.",
    epilog=verbatim + "  edgemnist trust downloads/model.c\n  edgemnist trust --yes model.c other.tflite",
)
@click.argument("paths", nargs=-1, required=True, type=PATH, metavar="FILE…")
@click.option("--yes", is_flag=True, help="Don't ask.")
@json_option
def trust(paths: tuple[Path, ...], yes: bool, as_json: bool) -> Outcome:
    """Show what each FILE is, ask, and remember that you trust it: its code may run then, and it isn't isolated.

    Exactly these bytes are trusted, wherever they lie. Exit status: 0 if they are trusted now, 1 if you said no.
    """
    if not yes and (as_json or not sys.stdin.isatty()):
        line = quote_command("edgemnist", "trust", "--yes", *paths)
        raise UsageError("there is no terminal to ask on, so --yes is needed", line)
    from edgemnist.reporting import records, terminal
    from edgemnist.workflows import trust as workflow

    files = [workflow.examine(path) for path in paths]
    for file in files:
        terminal.show_trusted(file)
    agreed = yes or _confirm(f"trust {'it' if len(files) == 1 else 'them'}?")
    if agreed:
        workflow.trust(files)
    return Outcome(
        as_json, records.fill_trust(files, agreed), lambda: terminal.show_trust(files, agreed), int(not agreed)
    )


def _confirm(question: str) -> bool:
    try:
        return click.confirm(question, err=True)
    except click.Abort:  # the end of the input; a signal has been received then, or says no
        if signals.received():
            raise
        return False
