"""A source and the forms made from it, compared layer by layer: each file's layers are run once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from edgemnist.comparison.distributions import Distribution, measure_distributions
from edgemnist.datasets import Dataset
from edgemnist.errors import EdgeMnistError
from edgemnist.formats import ModelFile
from edgemnist.results.difference import Difference
from edgemnist.results.folder_report import Family, ReportedModel
from edgemnist.workflows.diff import LayerRunner, RanModel, compare_ran
from edgemnist.workflows.provenance import find_source_file, find_staleness, name_source
from edgemnist.workflows.reports.answers import Answered

# Returns what runs layers on the images of a data set, the same one each time.
OpenRunner = Callable[[Dataset], LayerRunner]


def list_families(
    models: Sequence[ReportedModel],
    answered: dict[str, Answered],
    open_runner: OpenRunner,
    report: Callable[[str], None] = lambda path: None,
) -> tuple[Family, ...]:
    """Group files by their source, and compare each with it layer by layer.

    Args:
        models: All files.
        answered: Those that were run, by path.
        open_runner: What runs their layers.
        report: Called with each path before its layers are run.

    Returns:
        A family a source, in the order in which they are met first.
    """
    groups: dict[str, list[ReportedModel]] = {}
    for model in models:
        groups.setdefault(_name_family(model), []).append(model)
    groups.pop("", None)
    return tuple(_compare(source, members, answered, open_runner, report) for source, members in groups.items())


def _name_family(model: ReportedModel) -> str:
    """The name of a file's source: its own if it is one; "" where nothing is known of it."""
    source, measurement = model.provenance.source, model.verdict.measurement
    if source:
        return source.name
    return model.name if measurement and model.verdict.format == "keras" else ""


def _compare(
    source: str,
    members: Sequence[ReportedModel],
    answered: dict[str, Answered],
    open_runner: OpenRunner,
    report: Callable[[str], None],
) -> Family:
    names = tuple(model.name for model in members)
    ran = [answered[model.verdict.model] for model in members if model.verdict.model in answered]
    forms = [one for one in ran if one.file.path.name != source]
    first = next((one for one in ran if one.file.path.name == source), None)
    if first is None or not forms:
        return Family(source, names)
    layers = _Layers(open_runner, report)
    differences = [one for form in forms if (one := layers.compare(first, form)) is not None]
    return Family(source, names, tuple(differences), layers.measure(first, forms), tuple(layers.notes))


class _Layers:
    """Runs the layers of files, none of them twice; what can't be run or compared is a note."""

    def __init__(self, open_runner: OpenRunner, report: Callable[[str], None]) -> None:
        self._open_runner, self._report = open_runner, report
        self._ran: dict[Path, RanModel | None] = {}
        self.notes: list[str] = []

    def compare(self, source: Answered, form: Answered) -> Difference | None:
        """Compare a form with its source."""
        if self._is_stale(form.file):
            return None
        first, second = self._run(source), self._run(form)
        if first is None or second is None:
            return None
        try:
            return compare_ran(first, second, self._open_runner(form.dataset))
        except EdgeMnistError as error:
            self._ran[form.file.path] = None
            self._note(form, error)
            return None

    def measure(self, source: Answered, forms: Sequence[Answered]) -> tuple[Distribution, ...]:
        """Measure how the source's values are spread, beside what its forms can hold."""
        first = self._ran.get(source.file.path)
        others = [ran.model for form in forms if (ran := self._ran.get(form.file.path)) is not None]
        return measure_distributions(first.model, others) if first else ()

    def _run(self, one: Answered) -> RanModel | None:
        key = one.file.path
        if key not in self._ran:
            self._report(str(one.file.path))
            try:
                self._ran[key] = self._open_runner(one.dataset).run(one.file, one.file.path.name)
            except EdgeMnistError as error:
                self._ran[key] = None
                self._note(one, error)
        return self._ran[key]

    def _note(self, one: Answered, error: EdgeMnistError) -> None:
        name, path = one.file.path.name, str(one.file.path)
        message = error.message.removeprefix(f"{path}: ").removeprefix(f"{name}: ")
        self.notes.append(f"{name}: its layers aren't compared: {message}")

    @staticmethod
    def _is_stale(file: ModelFile) -> bool:
        """True if the source beside it is another model now, as its verdict says."""
        source = name_source(file, file.contract)
        return source is None or find_source_file(file, source) is None or bool(find_staleness(file, source))
