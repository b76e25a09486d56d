"""A deep `verify`: the weights, and images that no test set holds, compared with the source's.

A back door on one pixel, an ignored pixel or a weight that only a lit corner reaches moves no test image.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.deep import compare_deep, judge_deep
from edgemnist.comparison.question import Probe, Statement
from edgemnist.comparison.rounded import compare_rounded
from edgemnist.comparison.weights import WeightComparison, compare_weights
from edgemnist.contract import Contract, Source
from edgemnist.datasets import Dataset
from edgemnist.datasets.deep import DeepImages, make_deep_images
from edgemnist.errors import ModelError, RuntimeCrash, SourceMissing
from edgemnist.exporters.faults import Fault
from edgemnist.files import is_model_folder
from edgemnist.formats import ModelFile, is_keras
from edgemnist.formats.precision import unwrap_array
from edgemnist.formats.weights import read_weights
from edgemnist.precision import PRECISIONS, DeepLimits, PrecisionName
from edgemnist.processes.child import Child
from edgemnist.processes.limits import Limits
from edgemnist.processes.messages import OK, Message
from edgemnist.processes.server import Operations
from edgemnist.results import DeepResult
from edgemnist.runtimes import open_runtime
from edgemnist.runtimes.base import Runtime


@dataclass(frozen=True, eq=False)
class OpenedSource:
    """What a source has, read and run once.

    Args:
        file: Its file.
        contract: What it takes and gives.
        probabilities: Those that it gives for the deep images, float32 (n, classes).
    """

    file: ModelFile
    contract: Contract
    probabilities: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class DeepComparisons:
    """The deep comparisons of one `verify`; each source is read and run once.

    Args:
        dataset: Data set from whose training images the deep images are made.
        limits: Time, memory and files that a child process may use.
        given: What the user named to compare with, which may be the source; or None.
        statement: What the user says of a source without a contract.
    """

    dataset: Dataset
    limits: Limits
    given: Path | None = None
    statement: Statement | None = None
    _sources: dict[str, OpenedSource] = field(default_factory=dict)
    _faults: dict[str, Fault | None] = field(default_factory=dict)

    @cached_property
    def images(self) -> DeepImages:
        """The images."""
        return make_deep_images(self.dataset.training)

    def compare(
        self, file: ModelFile, runtime: Runtime, source: Source, precision: PrecisionName
    ) -> tuple[DeepResult, tuple[str, ...]]:
        """Compare a file with its source, and judge what is found.

        Args:
            file: Model file.
            runtime: The runtime that it is opened in.
            source: Name and hash of its source.
            precision: Precision of the file, which chooses the limits.

        Returns:
            What was found, and why the file is not an honest conversion, one sentence a reason.

        Raises:
            SourceMissing: The source isn't at hand.
        """
        known = self._open_source(file, source)
        answers = compare_deep(known.probabilities, runtime.predict(self.images.images), self.images)
        try:
            weights, limits = self._compare_weights(known, file, precision)
        except RuntimeCrash:
            raise
        except ModelError as error:  # a layer that no reader knows is no fault of the file
            return DeepResult(answers, None, error.message), judge_deep(answers, precision)
        return DeepResult(answers, weights), (*weights.reasons, *judge_deep(answers, precision, limits))

    def _compare_weights(
        self, source: OpenedSource, file: ModelFile, precision: PrecisionName
    ) -> tuple[WeightComparison, DeepLimits]:
        """Compare weights, and return with them how far probabilities may be off.

        A model that was trained on few levels keeps what one of 8 bits keeps; another one's weights were rounded.
        """
        row, weights = PRECISIONS[precision], _compare_weights(source, file, self.limits)
        if row.grid is None:
            return weights, row.deep
        if not weights.reasons:
            return weights, PRECISIONS["int8"].deep
        return _compare_weights(source, file, self.limits, rounded=True), row.deep

    def find_fault(self, source: Source) -> Fault | None:
        """Return what `edgemnist.exporters.sensitivity` finds of a source: see `OpenSource.find_fault`.

        Looked for once, however many files of that source lost answers.

        Args:
            source: Name and hash of a source that was compared with.
        """
        from edgemnist.workflows.source import OpenSource

        if source.sha256 not in self._faults:
            file, probe = self._sources[source.sha256].file, self._choose_probe()
            with OpenSource(file, self.dataset.labels, probe, self.limits) as opened:
                self._faults[source.sha256] = opened.find_fault(probe.split.images)
        return self._faults[source.sha256]

    def _choose_probe(self) -> Probe:
        return Probe.choose(lambda: self.dataset, self.statement)

    def _open_source(self, file: ModelFile, source: Source) -> OpenedSource:
        if source.sha256 not in self._sources:
            given = (self.given,) if self.given and is_keras(self.given) else ()
            paths = [
                path for path in (*given, file.path.parent / source.name) if path.is_file() or is_model_folder(path)
            ]
            known = (ModelFile.read(path) for path in paths)
            found = next((one for one in known if one.sha256 == source.sha256 and one.format_name == "keras"), None)
            if found is None:
                raise SourceMissing(
                    f"{file.path}: its source {source.name} ({source.sha256[:8]}) is not beside it: nothing to compare "
                    "its weights with",
                    "give the source: `against='MODEL.keras'`, or leave `deep` out",
                )
            self._sources[source.sha256] = self._run(found)
        return self._sources[source.sha256]

    def _run(self, source: ModelFile) -> OpenedSource:
        """Run a source; one without a contract is run with the one that is found for it."""
        images = self.images.images
        if source.contract is not None:
            with open_runtime(source, limits=self.limits) as runtime:
                return OpenedSource(source, source.contract, runtime.predict(images))
        from edgemnist.workflows.source import OpenSource

        with OpenSource(source, self.dataset.labels, self._choose_probe(), self.limits) as opened:
            return OpenedSource(source, opened.contract, opened.predict(images))


def _compare_weights(
    source: OpenedSource, file: ModelFile, limits: Limits, *, rounded: bool = False
) -> WeightComparison:
    """Compare weights: in this process if the user trusts both files, else in a child with limits."""
    if source.file.trusted and file.trusted:
        return compare_files(source.file, source.contract, file, rounded=rounded)
    crash, hint = "the file crashed the reader of weights", "it is damaged or malicious: export it again"
    paths = str(source.file.path), str(file.path)
    with Child(
        "edgemnist.workflows.deep", "serve", *paths, subject=str(file.path), crash=crash, hint=hint, limits=limits
    ) as child:
        answer = child.ask("compare", {"contract": source.contract.to_json(), "rounded": rounded}).fields
    if answer["sha256"] != [source.file.sha256, file.sha256]:
        raise ModelError(f"{file.path}: changed while it was being read", "run the command again")
    return WeightComparison.from_record(answer["comparison"])


def compare_files(source: ModelFile, contract: Contract, file: ModelFile, *, rounded: bool = False) -> WeightComparison:
    """Compare the weights of two files.

    Args:
        source: A `.keras` file.
        contract: What it takes and gives.
        file: A file that was made from it.
        rounded: Whether its weights were rounded to few levels by what layers give.

    Raises:
        ModelError: The weights of one of them can't be read.
    """
    files = source, unwrap_array(file)
    for one in files:
        one.require_own_values("what reads weights")
    known, other = (read_weights(one.content, one.format_name or "", str(one.path)) for one in files)
    return (compare_rounded if rounded else compare_weights)(replace(known, contract=contract), other)


@contextmanager
def serve(source_path: str, path: str) -> Iterator[Operations]:
    """Give the operation "compare" on two files; the child's side."""

    def compare(question: Message) -> Message:
        source, file = ModelFile.read(source_path), ModelFile.read(path)
        contract, rounded = Contract.from_json(question.fields["contract"]), bool(question.fields["rounded"])
        comparison = compare_files(source, contract, file, rounded=rounded)
        return Message(OK, {"sha256": [source.sha256, file.sha256], "comparison": comparison.to_record()})

    yield {"compare": compare}
