"""The guides on a terminal: a table of topics, and one guide's Markdown formatted."""

from __future__ import annotations

import re
from textwrap import indent
from typing import ClassVar

from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Markdown, MarkdownElement
from rich.text import Text

from edgemnist.guides import GUIDES, Guide
from edgemnist.reporting.console import open_console
from edgemnist.reporting.tables import open_table

# Longer lines of text are hard to read.
MOST_COLUMNS = 100
LINK = re.compile(r"\[(?P<text>[^]\n]+)\]\((?P<target>[^)\n]+)\)")


class _Verbatim(CodeBlock):
    """A block of commands or of a program: nothing is wrapped, so that it can be copied, and nothing guessed."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        code = indent(str(self.text).rstrip(), "    ")
        yield Text(code, style="cyan", no_wrap=True, overflow="ignore")


class _GuideText(Markdown):
    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "fence": _Verbatim,
        "code_block": _Verbatim,
    }


def show_topics() -> None:
    """Show the table of guides."""
    table = open_table("topic", "what it is about")
    for guide in GUIDES:
        table.add_row(guide.topic, guide.summary)
    open_console().print(table)


def format_guide(guide: Guide) -> str:
    """Return a guide as this terminal shows it, in colours where it has any."""
    console = open_console().rich
    with console.capture() as capture:
        width = min(console.width, MOST_COLUMNS)
        console.print(_GuideText(replace_links(guide.read()), hyperlinks=False), width=width, crop=False)
    return capture.get()


def replace_links(text: str) -> str:
    """Return Markdown for where no link can be followed: a guide becomes its command, a file only its name.

    Example:
        >>> replace_links("See [the kits](embedding.md#kits), [web](../../examples/web/README.md).")
        'See the kits (`edgemnist guide embedding`), web.'
    """
    topics = {guide.topic for guide in GUIDES}

    def replace(link: re.Match[str]) -> str:
        topic = link["target"].partition("#")[0].removesuffix(".md")
        return f"{link['text']} (`edgemnist guide {topic}`)" if topic in topics else link["text"]

    return LINK.sub(replace, text)
