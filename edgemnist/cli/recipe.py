"""A recipe on the command line: its name, or the path of a file that holds one."""

from __future__ import annotations

from typing import Any

import click

from edgemnist.training.recipes import EXTENSION, RECIPES


class RecipeChoice(click.Choice):  # type: ignore[type-arg]  # no generic at run time in older versions
    """A recipe's name, or the path of a file that holds one."""

    name = "recipe"

    def __init__(self) -> None:
        super().__init__([*RECIPES])

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Return what the help says that the option takes."""
        return f"[{'|'.join(RECIPES)}|FILE{EXTENSION}]"

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """Return the message for a name that no recipe has."""
        return f"{value!r} is not one of {', '.join(map(repr, RECIPES))}, or a {EXTENSION} file."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name, or the path as it was typed."""
        return str(value) if str(value).endswith(EXTENSION) else super().convert(value, param, ctx)


recipe_option = click.option(
    "--recipe", type=RecipeChoice(), default="baseline", show_default=True,
    help="What is trained, and how: a name (see: edgemnist recipes) or a TOML file; options replace parts of it.",
)  # fmt: skip
