"""What commands share: options, and what a command found, to be printed."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, cast, get_args

import click

from edgemnist.contract.picture import Ink, Preparation
from edgemnist.errors import UsageError
from edgemnist.reporting import notes
from edgemnist.reporting.documents import write_json
from edgemnist.streams import show_library_output
from edgemnist.text import quote_command

Command = TypeVar("Command", bound=Callable[..., Any])
PATH = click.Path(path_type=Path)


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


def data_options(command: Command) -> Command:
    """Add the options that every command over a data set has."""
    data = click.option(
        "--data", type=PATH, envvar="EDGEMNIST_DATA", show_envvar=True,
        help="Other images: a folder of IDX files or of pictures (train/CLASS/*.png and test/CLASS/*.png), an .npz, a "
        ".csv or a .parquet; see: edgemnist guide your-data.  [default: what train was given for the model, or MNIST]",
    )  # fmt: skip
    split = click.option(
        "--split", metavar="NAME", help="Which of several data sets in one folder, such as EMNIST's letters."
    )
    names = click.option("--class-names", callback=split_names, metavar="A,B,…", help="The class names, in order.")
    return data(split(names(command)))


def picture_options(command: Command) -> Command:
    """Add how pictures of any size become images."""
    preparation = click.option(
        "--preparation", type=click.Choice(get_args(Preparation)),
        help="How pictures become images: in MNIST's own form, scaled whole, or taken as they are.  "
        "[default: found in the training images, or what the model says]",
    )  # fmt: skip
    ink = click.option(
        "--ink", type=click.Choice(get_args(Ink)),
        help="The ink of those images: a picture with the other is inverted.  [default: likewise]",
    )  # fmt: skip
    return preparation(ink(command))


def name_next(command: str, *arguments: object, **options: Any) -> str:
    """Return a command to type, quoted for a shell; options that are None are left out, those of a list repeated."""
    words = list(arguments)
    for name, value in options.items():
        for one in value if isinstance(value, list) else [value]:
            words += [f"--{name.replace('_', '-')}", one] if one is not None else []
    return quote_command("edgemnist", command, *words)


Verbosity = Literal["quiet", "normal", "verbose"]


def set_verbosity(verbosity: Verbosity) -> None:
    """Decide how much is said on stderr: errors alone, notes too, or also what libraries print."""
    notes.silence(verbosity == "quiet")
    show_library_output(verbosity == "verbose")


def _choose_verbosity(context: click.Context, option: click.Parameter, chosen: bool) -> None:
    if not chosen or context.resilient_parsing:
        return
    if context.meta.setdefault("edgemnist.verbosity", option.name) != option.name:
        raise UsageError("--quiet and --verbose contradict each other", "leave one of them out")
    set_verbosity("quiet" if option.name == "quiet" else "verbose")


def verbosity_options(command: Command) -> Command:
    """Add -q and -v, for every verb that works long."""
    less = click.option("-q", "--quiet", is_flag=True, expose_value=False, callback=_choose_verbosity,
                        help="Print nothing on stderr but errors.")  # fmt: skip
    more = click.option("-v", "--verbose", is_flag=True, expose_value=False, callback=_choose_verbosity,
                        help="Show what converters and runtimes print.")  # fmt: skip
    return less(more(command))


def statement_options(command: Command) -> Command:
    """Add what can be said of a file without a contract, as `statement`; what isn't said is found by probing."""

    @functools.wraps(command)
    def run_stated(
        *arguments: Any,
        input_range: tuple[float, float] | None,
        mean: float | None,
        std: float | None,
        invert: bool | None,
        transpose: bool | None,
        output_name: str | None,
        input_layout: str | None,
        **settings: Any,
    ) -> Outcome:
        if (mean is None) != (std is None) or (mean is not None and input_range):
            raise UsageError("--mean and --std belong together, and stand for an --input-range", "give one of the two")
        if mean is not None and std:
            input_range = (-mean / std, (1 - mean) / std)
        given = (input_range, invert, transpose, output_name, input_layout)
        statement = None
        if any(one is not None for one in given):
            from edgemnist.comparison.question import Statement

            statement = Statement(*given)
        outcome: Outcome = command(*arguments, **settings, statement=statement)
        return outcome

    options = (
        click.option("--input-range", type=float, nargs=2, metavar="LOW HIGH",
                     help="What pixels 0 and 255 become for a file without a contract.  [default: found by probing]"),
        click.option("--mean", type=float, help="The same as (pixel / 255 - MEAN) / STD, with --std."),
        click.option("--std", type=click.FloatRange(min=0, min_open=True), help="See --mean."),
        click.option("--invert/--no-invert", default=None, help="It was trained on inverted images."),
        click.option("--transpose/--no-transpose", default=None,
                     help="It was trained on images with rows and columns swapped."),
        click.option("--output-name", metavar="NAME", help="Which of its outputs holds the classes' scores."),
        click.option("--input-layout", type=click.Choice(("hwc", "chw", "flat")),
                     help="How an image lies in an ONNX input of open sizes, or three channels in one row."),
    )  # fmt: skip
    decorated: Any = run_stated
    for option in reversed(options):
        decorated = option(decorated)
    return cast("Command", decorated)


annotate_option = click.option(
    "--annotate", type=click.Choice(["github"]), help="Also print on stderr what this CI shows of what doesn't pass."
)
trust_option = click.option(
    "--trust", is_flag=True, help="For once, run the code of a .c file that isn't among those that you made or trust."
)
changed_option = click.option(
    "--allow-changed", is_flag=True, help="Use a file although it isn't what the manifest lists under its name."
)


def split_names(context: click.Context, option: click.Parameter, text: str | None) -> tuple[str, ...] | None:
    """Return names that are separated by commas; None where none are given."""
    return tuple(map(str.strip, text.split(","))) if text else None


runtimes_option = click.option(
    "--runtime", callback=split_names, metavar="NAME,…",
    help="Run it in another runtime, or in several: a row for each that runs such a file; see: edgemnist runtimes.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
verbatim = "\b\nExamples:\n"


# The limits of the gate on two models, or two machines, that are compared; see `gate_options`.
GATE = ("min_agreement", "max_drop", "max_difference")


def gate_options(command: Command) -> Command:
    """Add the limits of the gate, as the names in `GATE`."""
    agreement = click.option(
        "--min-agreement", type=click.FloatRange(0, 1),
        help="Share of equal answers.  [default: float32 0.9999, float16 0.9995, quantized 0.995]",
    )  # fmt: skip
    drop = click.option(
        "--max-drop", type=float, help="Loss of accuracy in percentage points.  [default: quantized 0.2]"
    )
    difference = click.option(
        "--max-difference", type=click.FloatRange(0, 1),
        help="Largest difference of a probability.  [default: float32 0.0001]",
    )  # fmt: skip
    return agreement(drop(difference(command)))


def corruption_options(command: Command) -> Command:
    """Add what is asked of corrupted test images, and what is let through."""
    drop = click.option("--max-corrupted-drop", type=float,
                        help="Loss of accuracy of a kind of corruption in percentage points.")  # fmt: skip
    return corrupted_image_options(drop(command))


def corrupted_image_options(command: Command) -> Command:
    """Add whether test images are corrupted, and how many."""
    corruptions = click.option(
        "--corruptions", is_flag=True,
        help="Also run test images that were rotated, blurred, darkened and so on: 11 kinds in 5 strengths.",
    )  # fmt: skip
    images = click.option("--corrupted-images", type=click.IntRange(min=1), metavar="N",
                          help="How many test images are corrupted, evenly spread.  [default: 500]")  # fmt: skip
    return corruptions(images(command))


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
