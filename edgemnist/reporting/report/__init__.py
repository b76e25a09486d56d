"""What `report` writes: one page that needs no network, Markdown, or a model card.

page.py      the page, filled by Jinja from page.html.j2, page.css and page.js
sections.py  what each section shows, and what to do when it looks bad
view.py      the table of verdicts, in words and formatted numbers
layers.py    the table of layers
groups.py    the figures of each family
beyond.py    reliability, and corrupted images
cards.py     the images that moved
facts.py     where each file comes from
svg.py       figures of Matplotlib as SVG that takes the page's colours and font
figures/     a module a kind of figure
markdown.py  a comment for a pull request
card.py      a model card
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from edgemnist.errors import PackageMissing, WriteError
from edgemnist.files import check_place, open_file

if TYPE_CHECKING:
    from edgemnist.results.folder_report import FolderReport

ReportFormat = Literal["html", "markdown", "model-card"]
FORMATS = get_args(ReportFormat)
INSTALL = "pip install 'edgemnist[report]'"
CARD_INSTALL = "pip install 'edgemnist[card]'"
NEEDED: Mapping[ReportFormat, tuple[tuple[str, ...], str]] = {
    "html": (("jinja2", "matplotlib"), INSTALL),
    "markdown": ((), ""),
    "model-card": (("huggingface_hub",), CARD_INSTALL),
}
# What each report has near its beginning: no other file is written over.
MARK = "written by edgemnist report"
MARK_WITHIN = 2048


def check_packages(format: ReportFormat) -> None:
    """Find before any work that a package is missing.

    Args:
        format: What is to be written.

    Raises:
        PackageMissing: So it is.
    """
    from importlib.util import find_spec

    names, install = NEEDED[format]
    for name in names:
        if find_spec(name) is None:
            raise PackageMissing(f"this step needs {name}, which isn't installed", install)


def is_available() -> bool:
    """True if what writes the page is installed."""
    try:
        check_packages("html")
    except PackageMissing:
        return False
    return True


def check_output(path: Path) -> None:
    """Find before any work that a report can't be written.

    Args:
        path: File that is to be written.

    Raises:
        WriteError: There is something of that name that is no report, or nothing can be written there.
    """
    check_place(path, "output")
    if os.path.lexists(path):
        with open_file(path, error=WriteError) as stream:
            start = stream.read(MARK_WITHIN)
        if MARK.encode() not in start:
            raise WriteError(f"{path}: is there already, and is no report", "choose another `output`")


def render(found: FolderReport, format: ReportFormat) -> str:
    """Return the text of a report: the same record gives the same text.

    Args:
        found: What was gathered.
        format: What is to be written.

    Raises:
        PackageMissing: What writes it isn't installed.
    """
    if format == "html":
        from edgemnist.reporting.report.page import write_page

        return write_page(found)
    if format == "model-card":
        from edgemnist.reporting.report.card import write_card

        return write_card(found)
    from edgemnist.reporting.report.markdown import write_markdown

    return write_markdown(found)
