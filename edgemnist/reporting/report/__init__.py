"""What `report` writes: one page that needs no network, or Markdown.

page.py      the page, filled by Jinja from page.html.j2, page.css and page.js
view.py      what the page shows, in words and formatted numbers
sections.py  what each section shows, and what to do when it looks bad
svg.py       figures of Matplotlib as SVG that takes the page's colours and font
figures/     a module a kind of figure
markdown.py  a comment for a pull request
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from edgemnist.errors import PackageMissing, WriteError
from edgemnist.files import check_place, read_file

if TYPE_CHECKING:
    from edgemnist.results.folder_report import FolderReport

ReportFormat = Literal["html", "markdown"]
FORMATS = get_args(ReportFormat)
INSTALL = "pip install 'edgemnist[report]'"
# What each report has near its beginning: no other file is written over.
MARK = "written by edgemnist report"
MARK_WITHIN = 2048
MOST_BYTES = 64 << 20


def check_packages(format: ReportFormat) -> None:
    """Find before any work that a package is missing.

    Args:
        format: What is to be written.

    Raises:
        PackageMissing: So it is.
    """
    if format == "html":
        from importlib.util import find_spec

        for name in ("jinja2", "matplotlib"):
            if find_spec(name) is None:
                raise PackageMissing(f"this step needs {name}, which isn't installed", INSTALL)


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
        start = read_file(path, MOST_BYTES, error=WriteError)[:MARK_WITHIN]
        if MARK.encode() not in start:
            raise WriteError(f"{path}: is there already, and is no report", "choose another `output`")


def render(found: FolderReport, format: ReportFormat) -> str:
    """Return the text of a report: the same record gives the same text.

    Args:
        found: What was gathered.
        format: What is to be written.

    Raises:
        PackageMissing: Jinja or Matplotlib isn't installed.
    """
    if format == "html":
        from edgemnist.reporting.report.page import write_page

        return write_page(found)
    from edgemnist.reporting.report.markdown import write_markdown

    return write_markdown(found)
