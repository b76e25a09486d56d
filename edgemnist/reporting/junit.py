"""A report of `verify` as JUnit's XML, which CI systems show as tests: a case a file and runtime."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from edgemnist.errors import UsageError
from edgemnist.files import check_place
from edgemnist.reporting.spelling import spell_options
from edgemnist.results.verdict import Report, Verdict
from edgemnist.text import escape_controls

SUITE = "edgemnist verify"
EXTENSION = ".xml"


def check_junit(path: Path) -> None:
    """Find out before long work that a report can't be written there.

    Raises:
        UsageError: Its name has another ending, as a model has that is given by mistake.
        WriteError: Nothing can be written there.
    """
    if path.suffix != EXTENSION:
        raise UsageError(f"{path}: a JUnit report ends in {EXTENSION}", "such as `junit='report.xml'`")
    check_place(path, "junit")


def write_junit(report: Report) -> bytes:
    """Return an XML document: a test suite with a case for each file, and each runtime where several were named.

    One that differs is a failure, one that couldn't be judged an error, and one that needs what isn't installed is
    skipped; one that was compared with nothing, or on a part of the test images, passes with a word about it.

    Source: the schema of Ant's and Maven's test reports, as far as CI systems read it.
    """
    words = [verdict.word for verdict in report.verdicts]
    suite = ElementTree.Element(
        "testsuite", name=SUITE, tests=str(len(words)), failures=str(words.count("differs")),
        errors=str(words.count("error")), skipped=str(words.count("skipped")), time=_format_seconds(*report.verdicts),
    )  # fmt: skip
    for verdict in report.verdicts:
        _add_case(suite, verdict, report.name(verdict))
    _add_text(suite, "system-out", "\n".join([f"data: {report.data}", *report.notes]))
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    content: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _add_case(suite: ElementTree.Element, verdict: Verdict, name: str) -> None:
    measurement = verdict.measurement
    case = ElementTree.SubElement(
        suite, "testcase", name=escape_controls(name), classname=SUITE, time=_format_seconds(verdict)
    )
    if verdict.error:
        text = "\n".join(filter(None, (verdict.error.message, verdict.error.hint)))
        _add_text(case, "error", text, type(verdict.error).__name__, verdict.error.message)
    elif verdict.skipped:
        _add_text(case, "skipped", "", None, verdict.skipped)
    elif verdict.reasons:
        _add_text(case, "failure", "\n".join(verdict.reasons), verdict.word, verdict.reasons[0])
    figures = [f"runtime: {measurement.runtime}", f"accuracy: {measurement.score.accuracy:.4f}"] if measurement else []
    if measurement and measurement.comparison:
        figures.append(f"agreement: {measurement.comparison.agreement:.4f}")
    _add_text(case, "system-out", "\n".join([f"verdict: {verdict.word}", *figures, *verdict.notes]))


def _add_text(
    parent: ElementTree.Element, tag: str, text: str, kind: str | None = None, message: str | None = None
) -> None:
    """Add an element with a text, of which XML can hold each character."""
    stated = {"type": kind, "message": message and escape_controls(spell_options(message))}
    element = ElementTree.SubElement(parent, tag, {name: value for name, value in stated.items() if value})
    element.text = "\n".join(escape_controls(spell_options(line)) for line in text.split("\n"))


def _format_seconds(*verdicts: Verdict) -> str:
    return f"{sum(verdict.measurement.seconds for verdict in verdicts if verdict.measurement):.3f}"
