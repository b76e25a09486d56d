"""`diff`: two models, or a model and its source, layer by layer on test images."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.answers import find_classes
from edgemnist.comparison.causes.answers import find_after_layers
from edgemnist.comparison.causes.case import Cause
from edgemnist.comparison.gate import Gate, find_gate, judge
from edgemnist.comparison.layers import compare_layers
from edgemnist.comparison.pairing import Model, list_keys
from edgemnist.comparison.question import Probe
from edgemnist.comparison.rows import LayerRow, explain_rest
from edgemnist.comparison.statistics import compute_wilson_interval
from edgemnist.comparison.tally import compare, score
from edgemnist.contract.scores import is_exclusive
from edgemnist.datasets import Dataset
from edgemnist.datasets.readers import Images
from edgemnist.errors import SourceMissing, UsageError
from edgemnist.formats import ModelFile
from edgemnist.precision import PrecisionName, find_coarsest
from edgemnist.processes.limits import Limits
from edgemnist.results import DiffedModel, Difference, MovedImage
from edgemnist.runtimes import open_runtime
from edgemnist.text import escape_controls, phrase_call, phrase_parameter
from edgemnist.workflows.data import ModelData, check_limit
from edgemnist.workflows.layers import read_layers
from edgemnist.workflows.measuring import find_precision, note_opening
from edgemnist.workflows.provenance import find_source_file, find_staleness, name_source

if TYPE_CHECKING:
    from edgemnist.comparison.question import Statement
    from edgemnist.datasets import Data

# Enough to see a layer's noise within a few hundredths of a dB, and run in a moment.
IMAGES = 200
MOST_MOVED = 5


def diff(
    first: str | Path,
    second: str | Path | None = None,
    *,
    tolerance: float | None = None,
    limit: int = IMAGES,
    data: Data = None,
    class_names: Sequence[str] | None = None,
    split: str | None = None,
    statement: Statement | None = None,
    trust: bool = False,
    limits: Limits | None = None,
    report: Callable[[str], None] = lambda path: None,
) -> Difference:
    """Compare two models of one network layer by layer: where they part, and why.

    Args:
        first: model file of any format.
        second: the other; None to compare `first` with its source, which lies beside it.
        tolerance: root mean square of the difference that is let through in a layer, as a share of that of its values,
            such as 0.01; None for what the precision of both explains.
        limit: how many of the first test images are run.
        data: a data set, as `load_dataset` takes it; None for the one that `train` remembers of the models, or the
            MNIST inside the package.
        class_names: the class names; None for those of the data.
        split: the name of one of several data sets in a folder; None where there is one.
        statement: what files without a contract take and give; what it leaves open is found by probing.
        trust: run the code of a .c file that isn't among those that the user made or trusts.
        limits: time, memory and files that a child process may use; None for the usual ones.
        report: called with each path before it is run.

    Returns:
        A row a layer, the first that diverges, and why.

    Raises:
        UsageError: The models are two networks, or a parameter is out of range.
        SourceMissing: The source isn't beside the file.
        EdgeMnistError: A file can't be run, or the data can't be read.

    Example:
        >>> found = diff("exports/model.onnx", "exports/model_int8.onnx")
        >>> len(found.layers), found.diverging, found.reasons
        (4, None, ())
    """
    check_limit(limit)
    if tolerance is not None and not 0 <= tolerance < float("inf"):
        raise UsageError(f"{phrase_parameter('tolerance', tolerance)} is out of range, expected 0 or more")
    files = _find_files(Path(first), None if second is None else Path(second))
    datasets = ModelData.choose(data, class_names, split, files).find_all(files)
    runner = LayerRunner(datasets[0], limit, statement, trust, limits or Limits())
    models = []
    for file in files:
        report(str(file.path))
        models.append(runner.run(file, _name(file, files)))
    return compare_ran(models[0], models[1], runner, tolerance)


def _find_files(first: Path, second: Path | None) -> tuple[ModelFile, ModelFile]:
    for path in (first, second):
        if path is not None and path.name.endswith("_array.c"):
            raise UsageError(
                f"{path}: a C array of a .tflite file: no runtime that takes it gives the values of layers",
                "compare that .tflite file, whose layers are the same",
            )
    if second is not None:
        return ModelFile.read(first), ModelFile.read(second)
    file = ModelFile.read(first)
    return ModelFile.read(_find_source(file)), file


def _find_source(file: ModelFile) -> Path:
    """Return the path of the source beside a file.

    Raises:
        SourceMissing: There is none, or it isn't that any more.
    """
    source = name_source(file, file.contract)
    beside = find_source_file(file, source) if source else None
    hint = f"name the other model: {phrase_call('diff', file.path, 'OTHER')}"
    if source is None or beside == file.path:
        raise SourceMissing(f"{file.path}: names no source to compare it with", hint)
    stale = find_staleness(file, source)
    if beside is None or stale:
        reason = stale[0] if stale else f"its source {source.name} is not beside it"
        raise SourceMissing(f"{file.path}: {reason}", hint)
    return beside


def _name(file: ModelFile, files: Sequence[ModelFile]) -> str:
    """The file's name, with its folder where both have one name."""
    same = files[0].path.name == files[1].path.name
    return escape_controls(str(file.path) if same else file.path.name)


@dataclass(frozen=True, eq=False)
class RanModel:
    """A model and what it gave.

    Args:
        model: Its layers and their values.
        row: What it is.
        probabilities: Its answers, float32 (n, classes).
        notes: What a reader must know of how it was run.
        exclusive: True where those of a row sum to 1.
    """

    model: Model
    row: DiffedModel
    probabilities: NDArray[np.float32]
    notes: tuple[str, ...]
    exclusive: bool


@dataclass(frozen=True, eq=False)
class LayerRunner:
    """What is the same for all models that are compared layer by layer; see `diff`."""

    dataset: Dataset
    limit: int
    statement: Statement | None
    execute: bool
    limits: Limits

    @cached_property
    def images(self) -> tuple[Images, NDArray[np.int64]]:
        """The first test images, and their labels."""
        images, labels = zip(*self.dataset.test.iterate(self.limit, self.limit), strict=True)
        return np.concatenate(images), np.concatenate(labels)

    def run(self, file: ModelFile, name: str) -> RanModel:
        """Run a model twice: for its answers, and for the values of its layers."""
        images, _ = self.images
        probe = Probe.choose(lambda: self.dataset, self.statement)
        with open_runtime(file, execute=self.execute, probe=probe, limits=self.limits) as runtime:
            info = runtime.info
            labels = info.contract.labels if info.contract else None
            self.dataset.check_classes(str(file.path), labels, info.classes)
            layers, weights = read_layers(file, self.limits)
            trace = runtime.trace(images, list_keys(layers))
            outputs = runtime.run(images).outputs
        row = DiffedModel(
            str(file.path), file.format_name or "", find_precision(file, info), f"{info.name} {info.version}"
        )
        decode = info.output.decode
        count = outputs.size - int(np.isclose(outputs, trace.outputs, rtol=0, atol=0, equal_nan=True).sum())
        changed = _note_change(name, decode(outputs), decode(trace.outputs), count)
        opening = (f"{name}: {note}" for note in (*file.changes, *note_opening(file, info)))
        notes = (*opening, *changed, *_note_unread(name, weights.unread))
        source = name_source(file, info.contract)
        has_source = source is not None and find_source_file(file, source) not in (None, file.path)
        model = Model(name, str(file.path), has_source, layers, weights, trace.values)
        return RanModel(model, row, decode(outputs), notes, is_exclusive(info.output.kind))


def _note_change(name: str, usual: NDArray[Any], traced: NDArray[Any], count: int) -> Iterator[str]:
    """Say where a run that gives values of layers isn't the usual one."""
    if count:
        moved = int((find_classes(usual) != find_classes(traced)).sum())
        largest = float(np.nan_to_num(np.abs(usual - traced), nan=1.0).max())
        yield (
            f"{name}: asking for the values of layers changed {count:,} of its {usual.size:,} outputs, a probability "
            f"by {largest:.2g} at most and the class of {moved} images: the table is of a run that is not quite its own"
        )


def _note_unread(name: str, unread: Sequence[str]) -> Iterator[str]:
    """Say where weights say nothing."""
    if unread:
        yield (
            f"{name}: not all that it computes with is read ({', '.join(unread[:3])}), so that only the values of "
            "layers are compared, not their weights"
        )


def compare_ran(first: RanModel, second: RanModel, runner: LayerRunner, tolerance: float | None = None) -> Difference:
    """Compare what two models gave; see `diff`.

    Raises:
        UsageError: They are two networks.
    """
    layers, scale_reasons, last = compare_layers(first.model, second.model, tolerance)
    _, labels = runner.images
    precision = find_coarsest([first.row.precision, second.row.precision])
    found = compare(first.probabilities, second.probabilities, labels)
    scored = score(second.probabilities, labels, exclusive=first.exclusive)  # the first's word, as a source's
    final = judge(scored, found, choose_gate(precision, found.moved, len(labels)))
    after = find_after_layers(last, first.probabilities, second.probabilities) if final else None
    scales = tuple(f"{second.model.name}: {reason}" for reason in scale_reasons)
    return Difference(
        first=first.row,
        second=second.row,
        data=runner.dataset.name,
        images=len(labels),
        tolerance=tolerance,
        layers=layers,
        causes=_choose_causes(layers, after, tolerance),
        agreement=found.agreement,
        max_abs_difference=found.max_abs_difference,
        moved=tuple(_list_moved(first.probabilities, second.probabilities, labels)),
        labels=runner.dataset.labels,
        reasons=(*_list_reasons(layers, tolerance), *scales, *final),
        notes=(*first.notes, *second.notes, *runner.dataset.notes),
    )


def choose_gate(precision: PrecisionName, moved: int, images: int) -> Gate:
    """Return what models must keep on a few images: an agreement that chance explains isn't judged.

    Args:
        precision: The coarser one of both.
        moved: Number of images of another class.
        images: Number of all.

    Example:
        >>> choose_gate("int8", 2, 200).min_agreement, choose_gate("int8", 3, 200).min_agreement
        (None, 0.995)
    """
    limits = find_gate(precision)
    assert limits.min_agreement is not None
    _, most = compute_wilson_interval(images - moved, images)
    return Gate(limits.min_agreement if most < limits.min_agreement else None, max_difference=limits.max_difference)


def _choose_causes(layers: Sequence[LayerRow], after: Cause | None, tolerance: float | None) -> tuple[Cause, ...]:
    diverging = next((row for row in layers if row.diverges), None)
    if diverging is not None:
        return diverging.causes
    return (after,) if after else explain_rest(layers, by_tolerance=tolerance is not None)


def _list_reasons(layers: Sequence[LayerRow], tolerance: float | None) -> Iterator[str]:
    for row in layers:
        if row.diverges:
            yield row.phrase(by_tolerance=tolerance is not None)


def _list_moved(
    first: NDArray[np.float32], second: NDArray[np.float32], labels: NDArray[np.int64]
) -> Iterator[MovedImage]:
    differences = np.nan_to_num(np.abs(first - second), nan=1.0).max(axis=1)
    classes = find_classes(first), find_classes(second)
    for index in np.argsort(-differences, kind="stable")[:MOST_MOVED]:
        if differences[index] > 0:
            ours, theirs = (int(one[index]) for one in classes)
            yield MovedImage(int(index), int(labels[index]), ours, theirs, float(differences[index]))
