"""`diff` of answers: what a model said on two machines, or what it said there and says here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.answers import Comparison, Score
from edgemnist.comparison.differences import choose_unit, measure_differences
from edgemnist.comparison.gate import Gate, find_gate, judge
from edgemnist.comparison.question import Probe
from edgemnist.comparison.tally import Tally
from edgemnist.contract.scores import is_exclusive
from edgemnist.datasets import Dataset
from edgemnist.errors import DataError, ModelError, UsageError
from edgemnist.formats import ModelFile
from edgemnist.precision import PrecisionName, find_coarsest
from edgemnist.processes.limits import Limits
from edgemnist.results.answer_difference import AnswerDifference, AnswerSide
from edgemnist.runtimes import check_runtime, find_runtime, open_runtime
from edgemnist.saved_answers import MAKE, SavedAnswers, is_saved_answers, read_saved_answers
from edgemnist.saved_answers.meaning import cast_outputs, state_output
from edgemnist.workflows.data import open_data
from edgemnist.workflows.measuring import find_precision, note_opening

if TYPE_CHECKING:
    from edgemnist.comparison.question import Statement
    from edgemnist.datasets import Data


def diff_answers(
    first: str | Path,
    second: str | Path,
    *,
    data: Data = None,
    class_names: Sequence[str] | None = None,
    split: str | None = None,
    runtime: str | None = None,
    trust: bool = False,
    gate: Gate | None = None,
    statement: Statement | None = None,
    limits: Limits | None = None,
) -> AnswerDifference:
    """Say where two machines part: which images, by how much, in which classes.

    Args:
        first, second: Saved answers (.npz) or a console's log that holds such lines; one of the two may be a model
            file, which is run here on the images that the other answers.
        data: The data set whose test images were answered, as `load_dataset` takes it; None for the one that `train`
            remembers of the model, or the MNIST inside the package. Two .npz need none.
        class_names: The class names; None for those of the data.
        split: The name of one of several data sets in a folder; None where there is one.
        runtime: The name of one that runs the model file, in place of its own; see `edgemnist.RUNTIMES`.
        trust: Run the code of a .c file that isn't among those that the user made or trusts.
        gate: Limits in place of the precision's own; None fields keep those.
        statement: What a model file without a contract takes and gives; what it leaves open is found by probing.
        limits: Time, memory and files that a child process may use; None for the usual ones.

    Returns:
        What was found. Answers that differ by more than `verify` lets pass are a result, and no error.

    Raises:
        UsageError: Neither is of answers, or there is a `runtime` and nothing to be run.
        ModelError: A file can't be read, or their outputs can't be compared.
        DataError: They are answers to other images, or the data set can't be read.
    """
    check_runtime(runtime)
    paths = Path(first), Path(second)
    answers = [read_saved_answers(path) if is_saved_answers(path) else None for path in paths]
    if answers == [None, None]:
        raise UsageError(f"neither {paths[0]} nor {paths[1]} holds saved answers", MAKE)
    if runtime and None not in answers:
        raise UsageError(f"`runtime={runtime!r}` runs a model file, and both files are answers", "leave `runtime` out")
    files = [ModelFile.read(path) for path, found in zip(paths, answers, strict=True) if found is None]
    sources = _Sources(data, class_names, split, files)
    given = next(found for found in answers if found is not None)
    if files:
        here = _run_here(files[0], given, sources, _Running(runtime, trust, statement, limits or Limits()))
        answers = [found or here for found in answers]
    left, right = (found for found in answers if found is not None)
    return _compare(left, right, sources, gate or Gate())


@dataclass(frozen=True)
class _Running:
    """How the model file is run; see `diff_answers`."""

    runtime: str | None
    trust: bool
    statement: Statement | None
    limits: Limits


@dataclass(frozen=True)
class _Sources:
    """The data set, opened where something asks for it."""

    data: Data
    class_names: Sequence[str] | None
    split: str | None
    files: Sequence[ModelFile]

    @cached_property
    def dataset(self) -> Dataset:
        return open_data(self.data, self.class_names, self.split, self.files)

    def require_images(self, answers: SavedAnswers) -> None:
        """Refuse answers to other images than the data set's.

        Raises:
            DataError: So they are.
        """
        test = self.dataset.test
        if answers.data_sha256 not in ("", test.sha256):
            raise DataError(
                f"{answers.name}: answers to the images {answers.data_sha256[:8]}, "
                f"but those of {self.dataset.name} are {test.sha256[:8]}",
                "give the data that was answered: `data=PATH`",
            )
        if int(answers.indices[-1]) >= len(test):
            last = f"image {int(answers.indices[-1]):,}"
            raise DataError(f"{answers.name}: answers {last}, but {self.dataset.name} has {len(test):,} test images")


def _run_here(file: ModelFile, given: SavedAnswers, sources: _Sources, running: _Running) -> SavedAnswers:
    """Run a model file on the images that saved answers are to."""
    sources.require_images(given)
    dataset = sources.dataset
    probe = Probe.choose(lambda: dataset, running.statement)
    # Firmware prints the logits, whatever its contract says that the model gives.
    logits = file.format_name == "c" and given.output is not None and given.output.kind == "logits"
    with open_runtime(
        file, runtime=running.runtime, execute=running.trust, output="logits" if logits else "own", probe=probe,
        limits=running.limits,
    ) as opened:  # fmt: skip
        info = opened.info
        labels = info.contract.labels if info.contract else None
        dataset.check_classes(str(file.path), labels, info.classes)
        size = find_runtime(file.path, running.runtime).images_at_once
        outputs = [opened.run(images).outputs for images in _choose(dataset, given.indices, size)]
    from edgemnist.saved_answers.machine import name_machine

    return SavedAnswers(
        str(file.path), np.concatenate(outputs), given.indices, info.output,
        labels=labels or dataset.labels, precision=find_precision(file, info), model=file.path.name,
        model_sha256=file.sha256, data_sha256=dataset.test.sha256, runtime=f"{info.name} {info.version}",
        machine=f"{name_machine()} (here)", test_images=len(dataset.test),
        notes=tuple(f"{file.path}: {note}" for note in (*file.changes, *note_opening(file, info))),
    )  # fmt: skip


def _choose(dataset: Dataset, indices: NDArray[np.int64], size: int) -> list[NDArray[np.uint8]]:
    """Return the images at `indices`, uint8 (k, height, width), in batches."""
    found, start = [], 0
    for images, _ in dataset.test.iterate(limit=int(indices[-1]) + 1):
        inside = indices[(indices >= start) & (indices < start + len(images))] - start
        found.append(images[inside])
        start += len(images)
    chosen = np.concatenate(found)
    return [chosen[first : first + size] for first in range(0, len(chosen), size)]


def _compare(first: SavedAnswers, second: SavedAnswers, sources: _Sources, gate: Gate) -> AnswerDifference:
    if first.data_sha256 and second.data_sha256 and first.data_sha256 != second.data_sha256:
        raise DataError(
            f"{first.name}: answers to the images {first.data_sha256[:8]}, "
            f"but {second.name} to {second.data_sha256[:8]}: nothing can be compared",
            "verify both on the same data",
        )
    sides = [_name_side(one) for one in (first, second)]
    left, right = _align(first, second)
    truth, labels = _find_truth(left, right, sources)
    test_images = max(first.test_images, second.test_images) or len(sources.dataset.test)
    outputs = [state_output(one, other) for one, other in ((left, right), (right, left))]
    left, right = (cast_outputs(one, output) for one, output in zip((left, right), outputs, strict=True))
    probabilities = [output.decode(one.outputs) for output, one in zip(outputs, (left, right), strict=True)]
    _check_shapes(left, right, probabilities, len(labels))
    unit = choose_unit(*outputs)
    compared = probabilities if unit == "probability" else [left.outputs, right.outputs]
    scores, comparison = _tally(truth, probabilities, exclusive=all(is_exclusive(output.kind) for output in outputs))
    flips = tuple(replace(flip, index=int(left.indices[flip.index])) for flip in comparison.flips)
    comparison, precision = replace(comparison, flips=flips), _find_precision(first, second)
    reasons = _judge((first.name, second.name), scores, comparison, find_gate(precision).override(gate))
    return AnswerDifference(
        first=sides[0], second=sides[1], precision=precision, labels=labels, images=len(left),
        first_alone=len(first) - len(left), second_alone=len(second) - len(left),
        differences=measure_differences(compared[0], compared[1], unit, truth, len(labels)),
        first_score=scores[0], score=scores[1], comparison=comparison,
        test_images=test_images, incomplete=first.incomplete or second.incomplete,
        reasons=(*reasons, *_list_contradictions(first, second)), notes=(*first.notes, *second.notes),
    )  # fmt: skip


def _align(first: SavedAnswers, second: SavedAnswers) -> tuple[SavedAnswers, SavedAnswers]:
    """Return the answers of both to the images that both answer."""
    left, right = np.isin(first.indices, second.indices), np.isin(second.indices, first.indices)
    if not left.any():
        raise DataError(f"{first.name} and {second.name} answer no image in common", "answer the same images on both")
    return first.take(left), second.take(right)


def _find_truth(
    first: SavedAnswers, second: SavedAnswers, sources: _Sources
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return the right class of each image, and the class names: from the answers, else from the data set."""
    labels = first.labels or second.labels
    if first.labels and second.labels and first.labels != second.labels:
        found = [", ".join(one.labels) for one in (first, second)]
        raise ModelError(f"the classes of {first.name} are {found[0]}, but those of {second.name} {found[1]}")
    truth = second.truth if first.truth is None else first.truth
    if truth is None:
        for answers in (first, second):
            sources.require_images(answers)
        truth = sources.dataset.test.labels[first.indices]
    return truth, labels or sources.dataset.labels


def _check_shapes(
    first: SavedAnswers, second: SavedAnswers, probabilities: list[NDArray[np.float32]], classes: int
) -> None:
    for answers, rows in zip((first, second), probabilities, strict=True):
        if rows.shape[1] != classes:
            raise ModelError(f"{answers.name}: answers {rows.shape[1]} classes, expected {classes}")


def _tally(
    truth: NDArray[np.int64], probabilities: list[NDArray[np.float32]], *, exclusive: bool
) -> tuple[tuple[Score, Score], Comparison]:
    alone, pair = (Tally(probabilities[0].shape[1], exclusive=exclusive) for _ in range(2))
    alone.add(truth, probabilities[0])
    pair.add(truth, probabilities[1], probabilities[0])
    score, comparison, _ = pair.finish()
    assert comparison is not None
    return (alone.finish()[0], score), comparison


def _judge(names: tuple[str, str], scores: tuple[Score, Score], comparison: Comparison, gate: Gate) -> tuple[str, ...]:
    """Return why two machines' answers don't agree: neither is the other's source, so each is judged by the other."""
    back = replace(comparison, drop_points=-comparison.drop_points)
    found = judge(scores[0], back, gate), judge(scores[1], comparison, gate)
    both = [reason for reason in found[1] if reason in found[0]]
    alone = [
        f"{name}: {reason}"
        for name, reasons in zip(names, found, strict=True)
        for reason in reasons
        if reason not in both
    ]
    return (*both, *alone)


def _find_precision(first: SavedAnswers, second: SavedAnswers) -> PrecisionName:
    """Return the precision whose gate lets more pass: that of the coarser of two files."""
    return find_coarsest(one.precision for one in (first, second) if one.precision != "unknown")


def _list_contradictions(first: SavedAnswers, second: SavedAnswers) -> tuple[str, ...]:
    return tuple(f"{one.name}: {found}" for one in (first, second) for found in one.contradictions)


def _name_side(answers: SavedAnswers) -> AnswerSide:
    return AnswerSide(
        answers.name, answers.model, answers.model_sha256, answers.data_sha256, answers.runtime, answers.machine,
        len(answers),
    )  # fmt: skip
