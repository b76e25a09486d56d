"""Options that had another name: the old one goes on working for a release, with a note that names the new one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

# Old spelling to the words that say the same now. Only where a command has the new option.
RENAMED: Mapping[str, tuple[str, ...]] = {
    "--output-dir": ("--output",),
    "--labels": ("--class-names",),
    "--io": ("--io-dtype",),
    "--pixels": ("--raw-input",),
    "--weights": ("--kernels",),
    "--reference": ("--against",),
    "--array": ("--format", "tflite-array"),
    "--prepare": ("--preparation", "digit"),
    "--no-prepare": ("--preparation", "none"),
}
# What is different beside the name.
CHANGED = {"--reference": ", and also compares with another model"}
QUIET = ("-q", "--quiet")


class Command(click.Command):
    """A command that understands old spellings of its options, and doesn't list them in its help."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put new spellings in the place of old ones before anything is parsed."""
        words, used = translate(args, {option for param in self.params for option in param.opts})
        if not ctx.resilient_parsing and not set(QUIET) & set(args):
            for old, new in used.items():
                # Without Rich: nothing heavy is imported to parse a command line.
                sys.stderr.write(
                    f"note: {old} is {new} now{CHANGED.get(old, '')}; the old spelling goes with the next release\n"
                )
        return super().parse_args(ctx, words)


def translate(args: Sequence[str], options: set[str]) -> tuple[list[str], dict[str, str]]:
    """Return a command line in new spellings, and which old ones it had.

    Args:
        args: What the user typed after the command's name.
        options: The options that the command has.

    Example:
        >>> translate(["--io=int8", "--array", "--", "--io"], {"--io-dtype", "--format"})
        (['--io-dtype=int8', '--format', 'tflite-array', '--', '--io'], {'--io': '--io-dtype', '--array': '--format tflite-array'})
    """  # noqa: E501
    end = args.index("--") if "--" in args else len(args)
    words: list[str] = []
    last: list[str] = []
    used: dict[str, str] = {}
    for word in args[:end]:
        name, sign, value = word.partition("=")
        new = RENAMED.get(name, ())
        if not new or new[0] not in options or name in options:
            words.append(word)
            continue
        used[name] = " ".join(new)
        if len(new) == 1:
            words.append(f"{new[0]}{sign}{value}")
        else:  # it decides: of an option that comes twice, the last one counts
            last += new
    return [*words, *last, *args[end:]], used


def command(**settings: Any) -> Callable[[Callable[..., Any]], Command]:
    """Return the decorator of a command: `click.command`, with the old spellings."""
    return click.command(cls=Command, **settings)
