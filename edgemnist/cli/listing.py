"""`formats`, `runtimes`, `kits` and `recipes`: what there is to choose from; and `guide`."""

from __future__ import annotations

import signal
import sys

import click

from edgemnist.cli.options import (
    Outcome,
    json_option,
    verbatim,
)
from edgemnist.cli.recipe import RecipeChoice
from edgemnist.errors import UsageError
from edgemnist.guides import GUIDES, find_guide


@click.command(epilog=verbatim + "  edgemnist formats")
@json_option
def formats(as_json: bool) -> Outcome:
    """List what `export` can write."""
    from edgemnist.reporting import listings

    return Outcome(as_json, listings.fill_formats(), listings.show_formats)


@click.command(epilog=verbatim + "  edgemnist runtimes")
@json_option
def runtimes(as_json: bool) -> Outcome:
    """List what `verify` can run, and how to install what is missing."""
    from edgemnist.reporting import listings

    return Outcome(as_json, listings.fill_runtimes(), listings.show_runtimes)


@click.command(epilog=verbatim + "  edgemnist kits")
@json_option
def kits(as_json: bool) -> Outcome:
    """List the targets of `kit`, and what each takes."""
    from edgemnist.reporting import listings

    return Outcome(as_json, listings.fill_kits(), listings.show_kits)


@click.command(epilog=verbatim + "  edgemnist recipes\n  edgemnist recipes small --toml > mine.toml")
@click.argument("recipe", required=False, type=RecipeChoice(), metavar="[RECIPE]")
@click.option("--toml", "as_toml", is_flag=True, help="Print RECIPE as a file, to begin with.")
@json_option
def recipes(recipe: str | None, as_toml: bool, as_json: bool) -> Outcome:
    """List what `train` can train; RECIPE is one of them, or a file."""
    from edgemnist.reporting import listings
    from edgemnist.training.recipes import RECIPES, find_recipe

    if as_toml and as_json:
        raise UsageError("--toml and --json contradict each other", "leave one of them out")
    if as_toml and recipe is None:
        raise UsageError("--toml prints one recipe, and none is named", "edgemnist recipes small --toml")
    chosen = [*RECIPES.values()] if recipe is None else [find_recipe(recipe)]

    def show() -> None:
        if as_toml:
            click.echo(chosen[0].to_toml(), nl=False)
        else:
            listings.show_recipes(chosen)

    return Outcome(as_json, listings.fill_recipes(chosen), show)


@click.command(
    epilog=verbatim + "  edgemnist guide\n  edgemnist guide verification\n\n\b\nTopics:\n"
    + "\n".join(f"  {guide.topic:<18}{guide.summary}" for guide in GUIDES)
)  # fmt: skip
@click.argument("topic", required=False)
@json_option
def guide(topic: str | None, as_json: bool) -> Outcome:
    """Show a guide, or the list of them.

    On a terminal it is formatted and paged; in a pipe it is the Markdown itself.
    """
    from edgemnist.reporting import guides, listings

    if topic is None:
        return Outcome(as_json, listings.fill_guides(), guides.show_topics)
    found = find_guide(topic)

    def show() -> None:
        if sys.stdout.isatty():
            _page(guides.format_guide(found))
        else:
            click.echo(found.read(), nl=False)

    return Outcome(as_json, listings.fill_guides(found), show)


def _page(text: str) -> None:
    """Show text in the user's pager, which Ctrl-C must not leave behind without its parent."""
    before = signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        click.echo_via_pager(text, color=True)
    finally:
        signal.signal(signal.SIGINT, before)
