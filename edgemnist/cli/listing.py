"""`formats`, `runtimes`, `kits` and `recipes`: what there is to choose from."""

from __future__ import annotations

import click

from edgemnist.cli.options import (
    Outcome,
    json_option,
    verbatim,
)


@click.command(epilog=verbatim + "  edgemnist formats")
@json_option
def formats(as_json: bool) -> Outcome:
    """List what `export` can write."""
    from edgemnist.reporting import records, terminal

    return Outcome(as_json, records.describe_formats(), terminal.show_formats)


@click.command(epilog=verbatim + "  edgemnist runtimes")
@json_option
def runtimes(as_json: bool) -> Outcome:
    """List what `verify` can run, and how to install what is missing."""
    from edgemnist.reporting import records, terminal

    return Outcome(as_json, records.describe_runtimes(), terminal.show_runtimes)


@click.command(epilog=verbatim + "  edgemnist kits")
@json_option
def kits(as_json: bool) -> Outcome:
    """List the targets of `kit`, and what each takes."""
    from edgemnist.reporting import records, terminal

    return Outcome(as_json, records.describe_kits(), terminal.show_kits)


@click.command(epilog=verbatim + "  edgemnist recipes")
@json_option
def recipes(as_json: bool) -> Outcome:
    """List what `train` can train."""
    from edgemnist.reporting import records, terminal

    return Outcome(as_json, records.describe_recipes(), terminal.show_recipes)
