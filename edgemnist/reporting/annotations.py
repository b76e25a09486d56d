"""Verdicts as lines that a CI system shows beside the files of a change."""

from __future__ import annotations

from collections.abc import Iterator

from edgemnist.reporting.spelling import spell_options
from edgemnist.results.slowdown import Slowdown
from edgemnist.results.verdict import Report, Verdict, VerdictWord
from edgemnist.text import escape_controls

# What GitHub calls each verdict that is worth a line.
LEVELS: dict[VerdictWord, str] = {
    "error": "error", "differs": "error", "partial": "warning", "not compared": "warning", "skipped": "notice",
}  # fmt: skip
NOTHING = {
    "partial": "agrees on a part of the test images only",
    "not compared": "compared with no source: its accuracy alone was judged",
}


def list_annotations(report: Report) -> Iterator[str]:
    """Yield GitHub's command for each file that doesn't pass, or passes in part; none for one that passed.

    Source: "Workflow commands for GitHub Actions", in its documentation.
    """
    for verdict in report.verdicts:
        if level := LEVELS.get(verdict.word):
            run = report.name(verdict).removeprefix(verdict.model)  # " in tflm" where there are several
            title = _escape(f"edgemnist verify: {verdict.word}{run}", ":,")
            place = f"file={_escape(verdict.model, ':,')},title={title}"
            yield f"::{level} {place}::{_escape(_summarize(verdict))}"


def list_slowdowns(found: Slowdown | None) -> Iterator[str]:
    """Yield the same for each row that is slower than an earlier run allows; none where there was no such run."""
    for reason in found.list_reasons() if found else ():
        title = _escape("edgemnist benchmark: slower", ":,")
        yield f"::error title={title}::{_escape(escape_controls(reason))}"


def _summarize(verdict: Verdict) -> str:
    """Return why a file doesn't pass, a sentence a line."""
    if verdict.error:
        lines = [verdict.error.message, verdict.error.hint]
    else:
        lines = [*verdict.reasons, verdict.skipped, NOTHING.get(verdict.word, "")]
    return "\n".join(escape_controls(spell_options(line)) for line in lines if line)


def _escape(text: str, others: str = "") -> str:
    """Return a text as a command can hold it: "%0A" for the end of a line."""
    for character in f"%\r\n{others}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text
