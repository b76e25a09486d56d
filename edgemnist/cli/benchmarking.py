"""`benchmark`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from edgemnist.cli.options import (
    PATH,
    Outcome,
    annotate_option,
    data_options,
    json_option,
    limit_options,
    runtimes_option,
    statement_options,
    trust_option,
    verbatim,
    verbosity_options,
)


def _read_batches(context: click.Context, option: click.Parameter, text: str | None) -> tuple[int, ...] | None:
    """Return the numbers of a list such as 1,8,32; None where none is given."""
    if text is None:
        return None
    try:
        return tuple(map(int, text.split(",")))
    except ValueError:
        raise click.BadParameter(f"{text!r} is no list of numbers such as 1,8,32", context, option) from None


@click.command(
    short_help="Time model files, beside their accuracy, size and memory.",
    epilog=verbatim + "  edgemnist benchmark exports/model_int8.tflite\n  edgemnist benchmark exports/\n"
    "  edgemnist benchmark exports/model_int8.tflite --runtime litert,litert-reference,tflm\n"
    "  edgemnist benchmark exports/small_int8.c --runtime c,microbit,cortex-m4\n"
    "  edgemnist benchmark exports/ --json > baseline.json\n"
    "  edgemnist benchmark exports/ --compare baseline.json --max-slowdown 1.5 --annotate github",
)
@click.argument("paths", nargs=-1, required=True, type=PATH, metavar="FILE|DIR…")
@runtimes_option
@click.option("--threads", type=int, default=1, show_default=True, metavar="N",
              help="How many threads a runtime computes in, on as many cores.")  # fmt: skip
@click.option("--batches", callback=_read_batches, metavar="N,…",
              help="Images of a call.  [default: 1,8,32,128 for one row, 1 for several]")  # fmt: skip
@click.option("--seconds", type=float, default=0.5, show_default=True, metavar="S",
              help="How long each row is timed in each of two rounds.")  # fmt: skip
@click.option("--compare", type=PATH, metavar="BASELINE.json",
              help="Compare with an earlier run, kept with --json.")  # fmt: skip
@click.option("--max-slowdown", type=float, metavar="RATIO",
              help="The largest ratio to it that is allowed, such as 1.5. A row is too slow if even the ratio of its "
              "fastest round now to its slowest round then is larger.")  # fmt: skip
@click.option("--limit", type=click.IntRange(min=1), metavar="N",
              help="Take the accuracy of the first N test images only.")  # fmt: skip
@click.option("--require-all", is_flag=True,
              help="A file in a DIR that needs what isn't installed is an error, and not skipped.")  # fmt: skip
@annotate_option
@trust_option
@limit_options
@statement_options
@data_options
@verbosity_options
@json_option
def benchmark(paths: tuple[Path, ...], as_json: bool, annotate: str | None, **settings: Any) -> Outcome:
    """Time each FILE call by call, beside its accuracy, size, time to load and memory.

    Each row is timed in a fresh process, in two rounds over all rows, so that the spread is seen. A call sets the
    input, runs the model and reads the output; what an empty call costs is shown, not subtracted. A row is dominated,
    and dim, if another is no larger, no slower and no less accurate, and better in one of these. An emulated chip has
    instructions, flash, RAM and stack in place of times. A DIR stands for the model files in it. Exit status: 0 if all
    were measured, 1 if one is too slow or doesn't fit its chip, 2 for an error.
    """
    from edgemnist.reporting import annotations, benchmarks, progress, records
    from edgemnist.workflows import benchmark as workflow

    with progress.show_activity("measuring", turns_per_second=1) as activity:
        found = workflow.benchmark(*paths, **settings, report=activity.name, report_count=activity.count)

    def follow() -> None:
        benchmarks.show_row_errors(found)
        for line in annotations.list_slowdowns(found.slowdown) if annotate else ():
            click.echo(line, err=True)

    return Outcome(
        as_json, records.fill_benchmark(found), lambda: benchmarks.show_benchmark(found), found.exit_status, follow
    )
