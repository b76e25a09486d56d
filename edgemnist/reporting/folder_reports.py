"""`report` on a terminal: where the page is, or the Markdown itself."""

from __future__ import annotations

import click

from edgemnist.reporting.console import open_console
from edgemnist.reporting.markup import escape
from edgemnist.reporting.tables import format_bytes
from edgemnist.results.folder_report import FolderReport


def show_folder_report(found: FolderReport) -> None:
    """Name what was written, and how many files passed; what was written nowhere is printed."""
    if found.written is None:
        click.echo(found.text, nl=False)
        return
    console = open_console()
    size = format_bytes(len(found.text.encode()))
    console.print(f"{escape(str(found.written))}  {size}  {found.verification.count()}", soft_wrap=True)
