"""`report`: what is known of the models in a folder, as one page, or as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from edgemnist.errors import UsageError
from edgemnist.files import write_atomically
from edgemnist.processes.limits import Limits
from edgemnist.reporting.report import FORMATS, ReportFormat, check_output, check_packages, render
from edgemnist.results import Verdict
from edgemnist.results.folder_report import FolderReport, ReportedModel
from edgemnist.saved_answers.machine import name_machine
from edgemnist.text import quote_argument
from edgemnist.workflows.complexity import find_complexity
from edgemnist.workflows.data import check_limit
from edgemnist.workflows.diff import IMAGES, LayerRunner
from edgemnist.workflows.provenance import name_source
from edgemnist.workflows.reports.answers import Answered, Collector
from edgemnist.workflows.reports.facts import find_curves, find_provenance
from edgemnist.workflows.reports.families import list_families
from edgemnist.workflows.reports.gallery import list_flips
from edgemnist.workflows.verify import verify

if TYPE_CHECKING:
    from edgemnist.comparison.question import Statement
    from edgemnist.datasets import Data

PAGE = "report.html"


def report(
    folder: str | Path,
    *,
    output: str | Path | None = None,
    format: ReportFormat = "html",
    data: Data = None,
    class_names: Sequence[str] | None = None,
    split: str | None = None,
    statement: Statement | None = None,
    trust: bool = False,
    allow_changed: bool = False,
    limits: Limits | None = None,
    limit: int | None = None,
    report: Callable[[str], None] = lambda path: None,
    report_count: Callable[[int, int], None] = lambda done, total: None,
) -> FolderReport:
    """Write what is known of the models in a folder: verdicts, plots, what moved, layers, ranges, provenance.

    Each file runs the test images once. The same files on the same machine give the same bytes.

    Args:
        folder: a folder of model files (not recursive).
        output: the file to write; an older report there is written over, and nothing else is. None for `report.html`
            in the folder where the format is "html", and to write nothing where it is another.
        format: "html" for one page that needs no network, "markdown" for a pull request.
        data, class_names, split, statement, trust, allow_changed, limits, limit: as in `verify`.
        report: called with each path before it is run.
        report_count: called with how many test images of that file were run, of how many, as it goes on.

    Returns:
        All numbers, and the text that was written.

    Raises:
        PackageMissing: Jinja or Matplotlib isn't installed.
        WriteError: `output` can't be written, or is no report.
        EdgeMnistError: there is no model file in the folder, or the data can't be read.

    Example:
        >>> found = report("exports", format="markdown", limit=100)
        >>> len(found.models), found.models[0].name, found.written
        (17, 'cnn.keras', None)
    """
    place, target = Path(folder), _choose_output(Path(folder), output, format)
    check_packages(format)
    check_limit(limit)
    if target is not None:
        check_output(target)
    collector, limits = Collector(), limits or Limits()

    def begin(path: str) -> None:
        collector.begin()
        report(path)

    verification = verify(
        place, data=data, class_names=class_names, split=split, statement=statement, trust=trust, limit=limit,
        allow_changed=allow_changed, limits=limits, save=collector, report=begin, report_count=report_count,
    )  # fmt: skip
    models = tuple(_describe(verdict, collector.answered, limits) for verdict in verification.verdicts)
    if not collector.answered and len(models) == 1 and models[0].verdict.model == str(place):
        assert models[0].verdict.error is not None
        raise models[0].verdict.error

    runners: dict[int, LayerRunner] = {}

    def open_runner(one: Answered) -> LayerRunner:
        images = min(IMAGES, limit or IMAGES)
        runner = LayerRunner(one.dataset, images, statement, trust, limits)
        return runners.setdefault(id(one.dataset), runner)

    found = FolderReport(
        folder=str(folder),
        verification=verification,
        models=models,
        families=list_families(models, collector.answered, open_runner, report),
        flips=list_flips(models, collector.answered),
        machine=name_machine(),
        written=target,
    )
    found = replace(found, text=render(found, format))
    if target is not None:
        check_output(target)  # the runs took minutes
        write_atomically(target, found.text.encode())
    return found


def _choose_output(folder: Path, output: str | Path | None, format: str) -> Path | None:
    if format not in FORMATS:
        raise UsageError(f"`format` is {format!r}, expected one of {', '.join(FORMATS)}")
    if not folder.is_dir():
        what = "is one file" if folder.exists() else "no such folder"
        raise UsageError(f"{folder}: {what}, where a folder of models was expected", _advise(folder))
    if output is None:
        return folder / PAGE if format == "html" else None
    return Path(output)


def _advise(folder: Path) -> str:
    if folder.is_file():
        return f"edgemnist verify {quote_argument(folder)}"
    return "make some: `edgemnist.run(output='my-model')`"


def _describe(verdict: Verdict, answered: dict[str, Answered], limits: Limits) -> ReportedModel:
    """Gather what is known of one file beside its verdict."""
    name, one = Path(verdict.model).name, answered.get(verdict.model)
    if one is None:
        return ReportedModel(name, verdict)
    file = one.file
    return ReportedModel(
        name=name,
        verdict=verdict,
        sha256=file.sha256,
        confusion=tuple(tuple(row) for row in one.confusion.tolist()),
        complexity=find_complexity(file, name_source(file, one.info.contract), limits),
        provenance=find_provenance(file),
        training=find_curves(file),
    )
