"""A report as a comment for a pull request: the verdicts, why files don't pass, and the images that moved."""

from __future__ import annotations

from collections.abc import Iterator

from edgemnist.reporting.report import MARK
from edgemnist.reporting.report.view import COLUMNS, Row, list_remarks, list_rows
from edgemnist.reporting.tables import phrase_images
from edgemnist.results.folder_report import FlippedImage, FolderReport
from edgemnist.text import escape_controls

# The columns that decide; the page has all.
SHOWN = ("precision", "size", "accuracy", "drop", "agreement", "moved")
MOST_FLIPS = 20
ALIGNMENTS = {"precision": "---"}


def write_markdown(found: FolderReport) -> str:
    """Return the comment.

    Args:
        found: What was gathered.
    """
    rows = list_rows(found)
    files = "1 file" if len(rows) == 1 else f"{len(rows)} files"
    parts = [
        f"<!-- {MARK} -->",
        f"## {escape(found.name)}: {found.verification.count()}",
        f"{files} on {phrase_images(found.verification.limit)} of {escape(found.verification.data)}.",
        tabulate(rows),
        *list_reasons(found),
        *_list_flips(found),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def escape(text: str) -> str:
    """Return a name from elsewhere so that Markdown and HTML take it as a text.

    Example:
        >>> escape("a|b <script>")
        'a\\\\|b &lt;script&gt;'
    """
    plain = escape_controls(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"\\{letter}" if letter in "\\`*_[]|#~@$" else letter for letter in plain)


def tabulate(rows: list[Row]) -> str:
    """Return the verdicts as a table."""
    places = [COLUMNS.index(name) for name in SHOWN]
    header = f"| file | verdict | {' | '.join(SHOWN)} |"
    rule = f"|---|---|{'|'.join(ALIGNMENTS.get(name, '--:') for name in SHOWN)}|"
    lines = [
        f"| {escape(row.name)} | {row.mark} {row.word} | {' | '.join(row.cells[place].text for place in places)} |"
        for row in rows
    ]
    return "\n".join([header, rule, *lines])


def list_reasons(found: FolderReport) -> Iterator[str]:
    """Yield why files don't pass, and the notes in a part that is opened by hand."""
    remarks = list_remarks(found)
    bad = [f"* **{escape(name)}** {escape(sentence)}" for tone, name, sentence in remarks if tone == "bad"]
    notes = [f"* {escape(name)}: {escape(sentence)}" for tone, name, sentence in remarks if tone != "bad"]
    if bad:
        yield "\n".join(bad)
    if notes:
        yield f"<details><summary>{len(notes)} notes</summary>\n\n{chr(10).join(notes)}\n\n</details>"


def _list_flips(found: FolderReport) -> Iterator[str]:
    flips = found.flips
    if not flips:
        return
    lines = ["| image | label | source | forms |", "|--:|---|---|---|", *map(_write_flip, flips[:MOST_FLIPS])]
    if len(flips) > MOST_FLIPS:
        lines.append(f"\n{len(flips) - MOST_FLIPS:,} more: `edgemnist report DIR --json` lists all.")
    body = "\n".join(lines)
    yield f"<details><summary>{len(flips):,} images whose answer moved</summary>\n\n{body}\n\n</details>"


def _write_flip(flip: FlippedImage) -> str:
    answers = "; ".join(f"{escape(one.model)}: {_name(one.answer, one.confidence)}" for one in flip.answers)
    source = f"{escape(flip.source)}: {_name(flip.answer, flip.confidence)}"
    return f"| {flip.index} | {escape(flip.label)} | {source} | {answers} |"


def _name(answer: str | None, confidence: float) -> str:
    return "none" if answer is None else f"{escape(answer)} ({100 * confidence:.0f} %)"
