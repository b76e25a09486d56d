"""`compare`: trained models side by side, on the same test images."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.answers import Score, find_classes
from edgemnist.comparison.gate import Gate, judge
from edgemnist.comparison.pairs import compare_pairs
from edgemnist.comparison.question import Probe
from edgemnist.comparison.tally import Tally
from edgemnist.contract.scores import is_exclusive
from edgemnist.datasets import Dataset
from edgemnist.errors import UsageError
from edgemnist.formats import ModelFile
from edgemnist.formats.complexity import Complexity
from edgemnist.manifest import Manifest
from edgemnist.processes.limits import Limits
from edgemnist.results.model_comparison import ComparedModel, ModelComparison
from edgemnist.runtimes import find_runtime, open_runtime
from edgemnist.runtimes.base import Runtime
from edgemnist.workflows.complexity import find_complexity
from edgemnist.workflows.data import ModelData, check_limit, cut_limit
from edgemnist.workflows.listed import find_settings, list_made
from edgemnist.workflows.measuring import find_precision, note_opening
from edgemnist.workflows.provenance import name_source

if TYPE_CHECKING:
    from edgemnist.comparison.question import Statement
    from edgemnist.datasets import Data

Hits = NDArray[np.bool_]


def compare(
    models: str | Path | Sequence[str | Path],
    *,
    data: Data = None,
    class_names: Sequence[str] | None = None,
    split: str | None = None,
    statement: Statement | None = None,
    trust: bool = False,
    limits: Limits | None = None,
    limit: int | None = None,
    report: Callable[[str], None] = lambda path: None,
    report_count: Callable[[int, int], None] = lambda done, total: None,
) -> ModelComparison:
    """Run the same test images through several models, and put what they get right and what they take side by side.

    Nothing is judged, and nothing chosen: whoever takes the best of many by these images has to know that its accuracy
    is that of the best of many.

    Args:
        models: model files of any format, or one alone.
        data: a data set, as `load_dataset` takes it; None for the one that `train` remembers of the models, or the
            MNIST inside the package. Pictures are prepared for each model as it was trained.
        class_names: the class names; None for those of the data.
        split: the name of one of several data sets in a folder; None where there is one.
        statement: what files without a contract take and give; what it leaves open is found by probing.
        trust: run the code of a .c file that isn't among those that the user made or trusts.
        limits: time, memory and files that a child process may use; None for the usual ones.
        limit: run only the first `limit` test images, for a quick look.
        report: called with each path before it is run.
        report_count: called with how many test images of that file were run, of how many, as it goes on.

    Returns:
        A record a model, and what each pair differs by.

    Raises:
        EdgeMnistError: a file can't be run, the data can't be read, or the models were trained on different data.

    Example:
        >>> found = compare(["exports/model_int8.tflite", "exports/small_int8.tflite"])
        >>> [model.score.hits for model in found.models], [model.complexity.multiplications for model in found.models]
        ([9787, 9936], [535040, 124032])
    """
    check_limit(limit)
    paths = [models] if isinstance(models, str | Path) else list(models)
    if not paths:
        raise UsageError("no model was given", "name one or more model files")
    files = [ModelFile.read(path) for path in paths]
    datasets = ModelData.choose(data, class_names, split, files).find_all(files)
    _ = [dataset.labels for dataset in datasets]  # a fault in the data is one error, before any model is run
    limit = cut_limit(limit, datasets[0])
    scorer = _Scorer(limit, statement, trust, limits or Limits(), report_count)
    scored = []
    for file, dataset in zip(files, datasets, strict=True):
        report(str(file.path))
        scored.append(scorer.score(file, dataset))
    rows, hits = tuple(row for row, _ in scored), [right for _, right in scored]
    notes = dict.fromkeys(f"{dataset.name}: {note}" for dataset in datasets for note in dataset.notes)
    return ModelComparison(rows, compare_pairs(hits), datasets[0].name, limit, tuple(notes))


@dataclass(frozen=True, eq=False)
class _Scorer:
    """What is the same for all models of one `compare`; see there."""

    limit: int | None
    statement: Statement | None
    execute: bool
    limits: Limits
    report_count: Callable[[int, int], None]

    def score(self, file: ModelFile, dataset: Dataset) -> tuple[ComparedModel, Hits]:
        """Run a file, and look up what is known of it.

        Args:
            file: Model file.
            dataset: Its data set.

        Returns:
            Its record, and which test images it gets right, bool (n,).
        """
        probe = Probe.choose(lambda: dataset, self.statement)
        with open_runtime(file, execute=self.execute, probe=probe, limits=self.limits) as runtime:
            info = runtime.info
            dataset.check_classes(str(file.path), info.contract.labels if info.contract else None, info.classes)
            score, hits = self._run(file, runtime, dataset)
        known = _forget_changed(file)
        source = name_source(known, info.contract)
        complexity = find_complexity(file, source, self.limits)
        row = ComparedModel(
            model=str(file.path),
            format=file.format_name or "",
            precision=find_precision(known, info),
            runtime=f"{info.name} {info.version}",
            size_bytes=len(file.content),
            score=score,
            complexity=complexity,
            settings=find_settings(file, source),
            made=list_made(file),
            notes=(*file.changes, *note_opening(file, info), *_note_score(score), *_note_uncounted(complexity)),
        )
        return row, hits

    def _run(self, file: ModelFile, runtime: Runtime, dataset: Dataset) -> tuple[Score, Hits]:
        """Run the test images, a batch after the other; of the answers, only which are right is kept."""
        info, test = runtime.info, dataset.test
        tally = Tally(info.classes, exclusive=is_exclusive(info.output.kind))
        total, right = self.limit or len(test), []
        done = 0
        for images, labels in test.iterate(find_runtime(file.path).images_at_once, self.limit):
            probabilities = runtime.predict(images)
            tally.add(labels, probabilities)
            right.append(find_classes(probabilities) == labels)
            done += len(labels)
            self.report_count(done, total)
        return tally.finish()[0], np.concatenate(right)


def _forget_changed(file: ModelFile) -> ModelFile:
    """Return a file that was changed as one that no manifest lists: what is said of its name is said of another."""
    return replace(file, manifest=Manifest(file.path.parent)) if file.changes else file


def _note_score(score: Score) -> tuple[str, ...]:
    """Say which answers are none: all limits but these are open."""
    return judge(score, None, Gate())


def _note_uncounted(complexity: Complexity) -> Iterator[str]:
    if complexity.uncounted:
        yield f"its multiplications aren't counted: {complexity.uncounted}"
