"""A source, loaded by the exporter's eye and opened in its runtime: the two must mean the same pixels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edgemnist.answers import Answers
from edgemnist.datasets import Dataset
from edgemnist.datasets.splits import TestSplit, TrainingSplit
from edgemnist.exporters.source import SourceModel
from edgemnist.runtimes import Runtime, open_runtime


@contextmanager
def open_source(path: Path, dataset: Dataset, validation: TrainingSplit) -> Iterator[tuple[SourceModel, Runtime]]:
    """Open a `.keras` file both as a source of artifacts and as a runtime.

    A file without a contract is fed by the one that was found for it, not by the runtime's guess.

    Args:
        dataset: that it was trained on.
        validation: training images to find a missing contract by.

    Raises:
        EdgeMnistError: it can't be loaded, or doesn't fit the data.
    """
    source = SourceModel.load(path, dataset.labels, validation)
    with open_runtime(path, trusted=True) as runtime:
        runtime.input, runtime.output = source.contract.input, source.contract.output
        yield source, runtime


def collect_answers(source: SourceModel, runtime: Runtime, test: TestSplit) -> Answers:
    """Ask an opened source about every test image, and keep what tells whose answers these are."""
    return Answers(
        source.source.sha256,
        test.sha256,
        runtime.predict(test.images),
        source.contract.labels,
        source.contract.output.kind,
    )
