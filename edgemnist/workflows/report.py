"""`report`: what is known of the models in a folder, as one page, as Markdown, or as a model card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from edgemnist.errors import RuntimeCrash, UsageError
from edgemnist.files import write_atomically
from edgemnist.formats.complexity import Complexity
from edgemnist.processes.limits import Limits
from edgemnist.reporting.report import FORMATS, ReportFormat, check_output, check_packages, render
from edgemnist.results import Report, Verdict
from edgemnist.results.folder_report import FolderReport, ReportedModel
from edgemnist.saved_answers.machine import name_machine
from edgemnist.text import quote_argument
from edgemnist.workflows.complexity import find_complexity
from edgemnist.workflows.data import check_limit
from edgemnist.workflows.diff import IMAGES, LayerRunner
from edgemnist.workflows.provenance import name_source
from edgemnist.workflows.reports.answers import Answered, Collector
from edgemnist.workflows.reports.benchmarks import choose_rows, read_document
from edgemnist.workflows.reports.facts import find_curves, find_provenance
from edgemnist.workflows.reports.families import list_families
from edgemnist.workflows.reports.gallery import list_flips
from edgemnist.workflows.verify import verify

if TYPE_CHECKING:
    from edgemnist.comparison.question import Statement
    from edgemnist.datasets import Data, Dataset

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
    corruptions: bool = False,
    corrupted_images: int | None = None,
    benchmark: str | Path | None = None,
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
        format: "html" for one page that needs no network, "markdown" for a pull request, "model-card" for a hub.
        data, class_names, split, statement, trust, allow_changed, corruptions, corrupted_images, limits, limit: as in
            `verify`.
        benchmark: what `benchmark` printed of these files as JSON: adds times, and what chips need.
        report: called with each path before it is run.
        report_count: called with how many test images of that file were run, of how many, as it goes on.

    Returns:
        All numbers, and the text that was written.

    Raises:
        PackageMissing: What writes that format isn't installed.
        WriteError: `output` can't be written, or is no report.
        EdgeMnistError: there is no model file in the folder, or the data can't be read.

    Example:
        >>> found = report("exports", format="markdown", limit=100)
        >>> len(found.models), found.models[0].name, found.written
        (29, 'best.keras', None)
    """
    place, target = Path(folder), _choose_output(Path(folder), output, format)
    check_packages(format)
    check_limit(limit)
    if target is not None:
        check_output(target)
    timed = read_document(Path(benchmark)) if benchmark else None
    collector, limits = Collector(), limits or Limits()
    verification = verify(
        place, data=data, class_names=class_names, split=split, statement=statement, trust=trust, limit=limit,
        allow_changed=allow_changed, corruptions=corruptions, corrupted_images=corrupted_images, limits=limits,
        save=collector, report=report, report_count=report_count,
    )  # fmt: skip
    _require_models(place, verification)
    gatherer = Gatherer(collector.answered, limits, statement, trust=trust, limit=limit, report=report)
    found = gatherer.gather(folder, verification)
    if timed is not None:
        found = replace(
            found, benchmarked=choose_rows(timed, {one.name: one.sha256 for one in found.models if one.sha256})
        )
    return write_report(found, format, target)


def _require_models(folder: Path, verification: Report) -> None:
    """Refuse a folder without models: its one verdict is on the folder itself.

    Raises:
        ModelError: So it is.
    """
    first = verification.verdicts[0]
    if first.model == str(folder) and first.error is not None:
        raise first.error


def write_report(found: FolderReport, format: ReportFormat, target: Path | None) -> FolderReport:
    """Write what was gathered, all or nothing.

    Args:
        found: What was gathered.
        format: What is to be written.
        target: The file to write; None to return the text alone.

    Raises:
        PackageMissing: What writes that format isn't installed.
        WriteError: There is something of that name that is no report, or it can't be written.
    """
    found = replace(found, text=render(found, format), written=target)
    if target is not None:
        check_output(target)  # the runs took minutes
        write_atomically(target, found.text.encode())
    return found


@dataclass(frozen=True, eq=False)
class Gatherer:
    """Gathers what is known of files that `verify` has run.

    Args:
        answered: Those files, by path.
        limits: Time, memory and files that a child process may use.
        statement: What the user says of files without a contract.
        trust: Run the code of a .c file that the user doesn't trust.
        limit: How many of the first test images were run; None for all.
        report: Called with each path before its layers are run.
    """

    answered: dict[str, Answered]
    limits: Limits
    statement: Statement | None = None
    trust: bool = False
    limit: int | None = None
    report: Callable[[str], None] = lambda path: None

    def gather(self, folder: str | Path, verification: Report) -> FolderReport:
        """Return what is known of all files of a folder.

        Args:
            folder: The folder as it was given.
            verification: The verdicts on them.
        """
        models = tuple(map(self._describe, verification.verdicts))
        return FolderReport(
            folder=str(folder),
            verification=verification,
            models=models,
            families=list_families(models, self.answered, cache(self._open_runner), self.report),
            flips=list_flips(models, self.answered),
            machine=name_machine(),
        )

    def _open_runner(self, dataset: Dataset) -> LayerRunner:
        images = min(IMAGES, self.limit or IMAGES)
        return LayerRunner(dataset, images, self.statement, self.trust, self.limits)

    def _describe(self, verdict: Verdict) -> ReportedModel:
        """Gather what is known of one file beside its verdict."""
        name, one = Path(verdict.model).name, self.answered.get(verdict.model)
        if one is None:
            return ReportedModel(name, verdict)
        file = one.file
        return ReportedModel(
            name=name,
            verdict=verdict,
            sha256=file.sha256,
            confusion=tuple(tuple(row) for row in one.confusion.tolist()),
            complexity=self._count(one),
            provenance=find_provenance(file),
            training=find_curves(file),
        )

    def _count(self, one: Answered) -> Complexity:
        """Count a file's layers. One that crashes what counts them was run before: its report has no counts."""
        try:
            return find_complexity(one.file, name_source(one.file, one.info.contract), self.limits)
        except RuntimeCrash as error:
            return Complexity(None, None, error.message)


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
