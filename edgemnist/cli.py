"""The command line: parse, call one function, print. Nothing else lives here.

Exit status as in `diff` and `grep`: 0 agrees, 1 differs, 2 error; 130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP; 141
where the reader of a pipe has gone. stdout is data, stderr is for people. Everything heavy is imported inside the
command that needs it: `--help` loads click and the standard library.
"""

from __future__ import annotations

import errno
import functools
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from edgemnist import __version__, signals
from edgemnist.errors import EdgeMnistError, UsageError
from edgemnist.exporters import FORMATS, QUANTIZATIONS
from edgemnist.kits import KITS
from edgemnist.reporting import failures
from edgemnist.reporting.documents import write_json
from edgemnist.streams import find_output_error, prepare_streams
from edgemnist.text import quote_argument, quote_command
from edgemnist.training.recipes import OPTIMIZERS, RECIPES
from edgemnist.workflows import DEFAULT_MODEL

Command = TypeVar("Command", bound=Callable[..., Any])
PATH = click.Path(path_type=Path)
ERROR, NO_READER = 2, 141
CLOSED = OSError(errno.EBADF, "it is closed")


@dataclass(frozen=True)
class Outcome:
    """What a command found, to be printed once nothing is left to be done.

    Args:
        as_json: print the document instead of showing the result to people.
        document: for a machine.
        show: prints it for people.
        status: the exit status.
        follow: prints what goes to stderr after it: errors of single files, the next command to type.
    """

    as_json: bool
    document: dict[str, Any]
    show: Callable[[], None]
    status: int = 0
    follow: Callable[[], None] = lambda: None

    def print(self) -> None:
        """Print it."""
        if self.as_json:
            click.echo(write_json(self.document))
        else:
            self.show()
        self.follow()


def run_program(arguments: list[str]) -> int:
    """Run one command and return its exit status. The one place where errors become words.

    A signal passes through it, as KeyboardInterrupt or as whatever a library made of that.
    """
    if not prepare_streams():
        failures.report_unwritable(CLOSED)
        return ERROR
    try:
        status = _run_command(arguments)
    except (click.ClickException, EdgeMnistError, OSError, MemoryError) as error:
        if signals.received():
            raise
        signals.settle()
        unwritable = find_output_error()
        status = _judge_output(unwritable) if unwritable else _report(error, arguments)
    signals.settle(status)
    return status


def _run_command(arguments: list[str]) -> int:
    _complete()
    try:
        with group.make_context("edgemnist", list(arguments)) as context:
            outcome: Outcome = group.invoke(context)
    except click.exceptions.Exit as stop:  # --help and --version have printed what they had to
        return _judge_output(find_output_error(), stop.exit_code)
    signals.settle()  # a signal while printing leaves nothing to clean up, and no second document to print
    outcome.print()
    return _judge_output(find_output_error(), outcome.status)


def _complete() -> None:
    """Answer a shell that completes a command line, as `_EDGEMNIST_COMPLETE=bash_source` has set it up."""
    instruction = os.environ.get("_EDGEMNIST_COMPLETE")
    if instruction:
        from click.shell_completion import shell_complete

        raise click.exceptions.Exit(shell_complete(group, {}, "edgemnist", "_EDGEMNIST_COMPLETE", instruction))


def _judge_output(error: OSError | None, status: int = ERROR) -> int:
    """Return the exit status, given what kept the output from being printed."""
    if error is None:
        return status
    if error.errno == errno.EPIPE:  # its reader has gone, as `head` does: neither agreement nor difference
        return NO_READER
    failures.report_unwritable(error)
    return ERROR


def _report(error: Exception, arguments: list[str]) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
    elif isinstance(error, click.ClickException):
        failures.report_failure(_phrase_usage(error), arguments)
    else:
        failures.report_failure(error, arguments)
    return ERROR


def _phrase_usage(error: click.ClickException) -> UsageError:
    """Return an error of click's own as one of ours: one line, and where to look."""
    context = getattr(error, "ctx", None)
    words = " ".join(line.strip() for line in error.format_message().splitlines())
    return UsageError(words, f"{context.command_path if context else 'edgemnist'} --help")


def data_options(command: Command) -> Command:
    """Add the two options that every command over a data set has."""
    data = click.option(
        "--data", type=PATH, envvar="EDGEMNIST_DATA", show_envvar=True,
        help="Other 28 x 28 images: a folder of IDX files, an .npz, or train/CLASS/*.png and test/CLASS/*.png.  "
        "[default: MNIST, inside the package]",
    )  # fmt: skip
    labels = click.option(
        "--labels", callback=lambda context, option, text: text and tuple(name.strip() for name in text.split(",")),
        metavar="A,B,…", help="The class names, in order.",
    )  # fmt: skip
    return data(labels(command))


def name_next(command: str, *arguments: object, **options: Any) -> str:
    """Return a command to type, quoted for a shell; options that are None are left out."""
    words = list(arguments)
    for name, value in options.items():
        words += [f"--{name.replace('_', '-')}", value] if value is not None else []
    return quote_command("edgemnist", command, *words)


trust_option = click.option(
    "--trust", is_flag=True, help="Run the code of a .c file that isn't listed in the manifest beside it."
)
changed_option = click.option(
    "--allow-changed", is_flag=True, help="Use a file although it isn't what the manifest lists under its name."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
verbatim = "\b\nExamples:\n"


class MemorySize(click.ParamType):  # type: ignore[type-arg]  # no generic at run time in older versions
    """A size of memory: 512M, 2G or 1.5GiB, in binary units; a plain number is bytes."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the size in bytes."""
        found = re.fullmatch(r"(\d+(?:\.\d+)?) ?(?:([KMGT])(?:i?B)?|B)?", str(value), re.IGNORECASE)
        size_bytes = int(float(found[1]) * 1024 ** " KMGT".index((found[2] or " ").upper())) if found else 0
        if size_bytes <= 0:
            self.fail(f"{value!r} is no size of memory, expected one such as 512M or 2G", param, ctx)
        return size_bytes


def limit_options(command: Command) -> Command:
    """Add the limits of the child process that opens a file which the user doesn't trust, as `limits`."""

    @functools.wraps(command)
    def run_limited(*arguments: Any, timeout: float | None, memory: int | None, **settings: Any) -> Outcome:
        from edgemnist.processes.limits import Limits

        given = {"timeout_s": timeout, "memory_bytes": memory}
        limits = Limits(**{name: limit for name, limit in given.items() if limit is not None})  # type: ignore[arg-type]
        outcome: Outcome = command(*arguments, **settings, limits=limits)
        return outcome

    seconds = click.option("--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS",
                           help="Longest time for one answer of a model that isn't trusted.")  # fmt: skip
    size = click.option("--memory", type=MemorySize(), metavar="SIZE",
                        help="Most memory that it may take, such as 512M or 8G.  [default: 4G]")  # fmt: skip
    return cast("Command", seconds(size(run_limited)))


class OrderedGroup(click.Group):
    """Lists its commands in the order of the work, not of the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(
    cls=OrderedGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="\b\nExamples:\n  edgemnist run --output-dir my-model\n  edgemnist verify my-model",
)
@click.version_option(__version__, prog_name="edgemnist")
def group() -> None:
    """Train a small image classifier, export it for edge devices, prove that it is still the same model."""


@group.command(epilog=verbatim + "  edgemnist train\n  edgemnist train --epochs 10 --output best/model.keras")
@click.option("--recipe", type=click.Choice(list(RECIPES)), default="baseline", show_default=True,
              help="What is trained, and how; the options below replace parts of it.")  # fmt: skip
@click.option("--epochs", type=click.IntRange(min=1), help="Passes over the training images.")
@click.option("--batch-size", type=click.IntRange(min=1), help="Images a step.")
@click.option("--optimizer", type=click.Choice(OPTIMIZERS), help="One of those of Keras.")
@click.option("--learning-rate", type=click.FloatRange(min=0, min_open=True), help="The optimizer's step size.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True,
              help="The same seed on the same machine gives the same bytes.")  # fmt: skip
@data_options
@click.option("--output", type=PATH, default=DEFAULT_MODEL, show_default=True, help="The .keras file to write.")
@json_option
def train(as_json: bool, **settings: Any) -> Outcome:
    """Train a classifier and write it as a .keras file."""
    from edgemnist.reporting import progress, records, terminal
    from edgemnist.workflows import trainings

    with progress.show_training_progress() as report:
        training = trainings.train(**settings, show_model=_choose_summary(as_json), report=report)
    elsewhere = {} if training.path == DEFAULT_MODEL else {"model": training.path, "output_dir": training.path.parent}
    following = name_next("export", "--all", **elsewhere, data=settings["data"])
    return Outcome(
        as_json,
        records.describe_training(training),
        lambda: terminal.show_training(training),
        follow=lambda: terminal.show_next(following),
    )


def _choose_summary(as_json: bool) -> Callable[[Any], None]:
    return lambda model: None if as_json else model.summary(print_fn=click.echo)


@group.command(
    epilog=verbatim + "  edgemnist export --format tflite --quantize\n"
    "  edgemnist export --format onnx --quantize float16 --model best/model.keras --output-dir best\n"
    "  edgemnist export --format c --quantize\n"
    "  edgemnist export --all"
)
@click.option("--format", type=click.Choice(FORMATS), help="The file format; see: edgemnist formats.")
@click.option("--quantize", is_flag=False, flag_value="int8", type=click.Choice(QUANTIZATIONS),
              help="Make it smaller; --quantize alone means int8.")  # fmt: skip
@click.option("--all", is_flag=True, help="Every form, or every form of --format.")
@click.option(
    "--model",
    type=PATH,
    default=DEFAULT_MODEL,
    show_default=True,
    help="Any Keras classifier of 28 x 28 images; for C also a .tflite file.",
)
@click.option("--output-dir", type=PATH, default=DEFAULT_MODEL.parent, show_default=True, help="Where to write.")
@click.option("--name", help="What the file names begin with.  [default: the model file's own stem]")
@click.option("--io", type=click.Choice(("uint8", "int8", "float32")), default="uint8", show_default=True,
              help="Both ends of TFLite int8; as uint8 the raw pixel byte is the input.")  # fmt: skip
@click.option("--pixels", is_flag=True, help="Take raw uint8 (28, 28) pixels; the scaling goes into the file.")
@click.option("--weights", type=click.Choice(("sparse", "dense")), default="sparse", show_default=True,
              help="C: skip inputs that are 0, or always take the same time.")  # fmt: skip
@click.option("--rounding", type=click.Choice(("reference", "tflm")), default="reference", show_default=True,
              help="C int8: the same bits as LiteRT's reference kernels, or as TFLite Micro.")  # fmt: skip
@click.option("--array", is_flag=True, help="C: the .tflite file as an array, for TFLite Micro's interpreter.")
@changed_option
@limit_options
@data_options
@json_option
def export(as_json: bool, **settings: Any) -> Outcome:
    """Write a Keras model in other forms, each checked against it.

    Calibration uses training images only. The model's answers to the test images are stored beside the
    files, so that `edgemnist verify` needs no TensorFlow.
    """
    from edgemnist.reporting import records, terminal
    from edgemnist.workflows import exports

    artifacts = exports.export(
        **settings,
        report=(lambda artifact: None) if as_json else terminal.show_artifact,
        report_left_out=terminal.show_left_out,
    )
    made = artifacts[0].path if len(artifacts) == 1 else settings["output_dir"]
    following = name_next("verify", made, data=settings["data"])
    return Outcome(
        as_json, records.describe_artifacts(artifacts), lambda: None, follow=lambda: terminal.show_next(following)
    )


@group.command(
    short_help="Compare model files with their source, answer by answer.",
    epilog=verbatim + "  edgemnist verify exports/model.onnx\n  edgemnist verify exports/ --json\n"
    "  edgemnist verify exports/model_int8.tflite --deep\n"
    "  edgemnist verify model_int8.tflite --against model.tflite --max-drop 0.1\n"
    "  edgemnist verify exports/model_int8.c --runtime cortex-m4\n"
    "  edgemnist verify exports/model_int8.onnx --runtime browser-onnx --against exports/model_int8.onnx",
)
@click.argument("paths", nargs=-1, required=True, type=PATH, metavar="FILE|DIR…")
@click.option("--against", type=PATH, metavar="FILE", help="Compare with this model file instead of the source.")
@click.option("--reference", type=PATH, metavar="FILE",
              help="The source (.keras) or its stored answers (.npz), where they aren't beside the file.")  # fmt: skip
@click.option("--runtime", metavar="NAME", help="Run it in another runtime; see: edgemnist runtimes.")
@trust_option
@changed_option
@click.option("--deep", is_flag=True, help="Also compare the weights, and 10,000 images that no test set holds.")
@limit_options
@click.option("--min-agreement", type=click.FloatRange(0, 1),
              help="Share of equal answers.  [default: float32 0.9999, float16 0.9995, quantized 0.995]")  # fmt: skip
@click.option("--max-drop", type=float, help="Loss of accuracy in points.  [default: quantized 0.2]")
@click.option("--min-accuracy", type=click.FloatRange(0, 1), help="[default: 0.90 for a file without a source]")
@click.option("--max-difference", type=click.FloatRange(0, 1),
              help="Largest difference of a probability.  [default: float32 0.0001]")  # fmt: skip
@click.option("--record", is_flag=True, help="Write the results into the manifest beside the files.")
@data_options
@json_option
def verify(paths: tuple[Path, ...], as_json: bool, **settings: Any) -> Outcome:
    """Run every test image through each FILE's own runtime and compare it, answer by answer, with its source.

    A DIR stands for the model files in it. Exit status: 0 if all agree, 1 if one differs, 2 for an error.
    """
    from edgemnist.comparison.gate import Gate
    from edgemnist.reporting import progress, records, terminal, verdicts
    from edgemnist.workflows import verifications

    gate = {name: settings.pop(name) for name in ("min_agreement", "max_drop", "min_accuracy", "max_difference")}
    with progress.show_activity("verifying") as report:
        found = verifications.verify(*paths, **settings, gate=Gate(**gate), report=report)
    return Outcome(
        as_json,
        records.describe_report(found),
        lambda: verdicts.show_report(found),
        found.exit_status,
        lambda: terminal.show_file_errors(found),
    )


@group.command(
    short_help="Classify pictures with a model file.",
    epilog=verbatim
    + "  edgemnist predict exports/model_int8.tflite photo.jpg\n  edgemnist predict model.onnx digits.npy --json",
)
@click.argument("model", type=PATH, metavar="FILE")
@click.argument("images", nargs=-1, required=True, type=PATH, metavar="IMAGE…")
@click.option("--prepare/--no-prepare", default=None,
              help="Bring pictures into MNIST's own form.  [default: all but those of 28 x 28 pixels]")  # fmt: skip
@trust_option
@changed_option
@limit_options
@json_option
def predict(model: Path, images: tuple[Path, ...], as_json: bool, **settings: Any) -> Outcome:
    """Classify each IMAGE with the model in FILE.

    An IMAGE is a drawing or a photograph of one digit, dark on light or light on dark; a picture of 28 x 28 pixels,
    white on black; or an .npy of such.
    """
    from edgemnist.reporting import records, terminal
    from edgemnist.workflows import predictions

    found = predictions.predict(model, images, **settings)
    return Outcome(as_json, records.describe_predictions(found), lambda: terminal.show_predictions(found))


@group.command(
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
    from edgemnist.workflows import kits

    written = kits.write_kit(**settings)
    following = written.start.format(folder=quote_argument(written.path))
    return Outcome(
        as_json,
        records.describe_kit(written),
        lambda: terminal.show_kit(written),
        follow=lambda: terminal.show_next(following),
    )


@group.command(
    short_help="Do the whole job: train, export, verify, record.",
    epilog=verbatim
    + "  edgemnist run --output-dir my-model\n  edgemnist run --output-dir letters --data letters.npz --epochs 10",
)
@click.option("--output-dir", type=PATH, default=DEFAULT_MODEL.parent, show_default=True, help="Where everything goes.")
@click.option("--recipe", type=click.Choice(list(RECIPES)), default="baseline", show_default=True)
@click.option("--epochs", type=click.IntRange(min=1), help="Passes over the training images.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True)
@data_options
@json_option
def run(as_json: bool, **settings: Any) -> Outcome:
    """Do the whole job: train, export every form, verify each, record the results.

    Exit status: 0 if all agree, 1 if one differs, 2 for an error.
    """
    from edgemnist.reporting import progress, records, terminal, verdicts
    from edgemnist.workflows import ladder

    with progress.show_training_progress() as report, progress.show_activity("verifying") as report_file:
        found = ladder.run(
            **settings,
            show_model=_choose_summary(as_json),
            report_training=report,
            finish_training=(lambda training: None) if as_json else terminal.show_training,
            report_artifact=(lambda artifact: None) if as_json else terminal.show_artifact,
            report_left_out=terminal.show_left_out,
            report_file=report_file,
        )
    return Outcome(
        as_json,
        records.describe_report(found, "run"),
        lambda: verdicts.show_report(found),
        found.exit_status,
        lambda: terminal.show_file_errors(found),
    )


@group.command(
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

    files = [workflow.describe(path) for path in paths]
    for file in files:
        terminal.show_trusted(file)
    agreed = yes or _confirm(f"trust {'it' if len(files) == 1 else 'them'}?")
    if agreed:
        workflow.trust(files)
    return Outcome(
        as_json, records.describe_trust(files, agreed), lambda: terminal.show_trust(files, agreed), int(not agreed)
    )


def _confirm(question: str) -> bool:
    try:
        return click.confirm(question, err=True)
    except click.Abort:  # the end of the input; a signal has been received then, or says no
        if signals.received():
            raise
        return False


@group.command(epilog=verbatim + "  edgemnist formats")
@json_option
def formats(as_json: bool) -> Outcome:
    """List what `export` can write."""
    from edgemnist.reporting import records, terminal

    return Outcome(as_json, records.describe_formats(), terminal.show_formats)


@group.command(epilog=verbatim + "  edgemnist runtimes")
@json_option
def runtimes(as_json: bool) -> Outcome:
    """List what `verify` can run, and how to install what is missing."""
    from edgemnist.reporting import records, terminal

    return Outcome(as_json, records.describe_runtimes(), terminal.show_runtimes)
