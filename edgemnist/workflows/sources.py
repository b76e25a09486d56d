"""A source, loaded by the exporter's eye and opened in its runtime: the two must mean the same pixels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edgemnist.answers import Answers
from edgemnist.comparison.answers import find_answers
from edgemnist.contract import Contract
from edgemnist.datasets import Dataset
from edgemnist.datasets.splits import TestSplit, TrainingSplit
from edgemnist.errors import ExportError
from edgemnist.exporters.flat import FlatSource
from edgemnist.exporters.source import SourceModel
from edgemnist.manifest import is_ours
from edgemnist.runtimes import Runtime, open_runtime
from edgemnist.workflows.references import check_classes

# Training images that tell whether a file without a contract is fed as it wants to be.
PROBED = 500


@contextmanager
def open_source(
    path: Path, dataset: Dataset, validation: TrainingSplit
) -> Iterator[tuple[SourceModel | FlatSource, Runtime]]:
    """Open a `.keras` or `.tflite` file both as a source of artifacts and as a runtime.

    A file without a contract is fed by the one that was found for it, not by the runtime's guess.

    Args:
        dataset: that it was trained on.
        validation: training images to find a missing contract by.

    Raises:
        EdgeMnistError: it can't be loaded, or doesn't fit the data.
    """
    if path.suffix == ".tflite":
        with _open_flat_source(path, dataset, validation) as opened:
            yield opened
        return
    source = SourceModel.load(path, dataset.labels, validation)
    with open_runtime(path, trusted=True) as runtime:
        runtime.input, runtime.output = source.contract.input, source.contract.output
        yield source, runtime


@contextmanager
def _open_flat_source(path: Path, dataset: Dataset, validation: TrainingSplit) -> Iterator[tuple[FlatSource, Runtime]]:
    """C repeats LiteRT's reference kernels, or nearly: these answer for the file."""
    with open_runtime(path, runtime="litert-reference", trusted=is_ours(path)) as runtime:
        check_classes(path, runtime, dataset)
        contract = runtime.contract
        if contract is None:
            answers = find_answers(runtime.predict(validation.images[:PROBED]))
            hits = float((answers == validation.labels[:PROBED]).mean())
            if hits < min(0.5, 3 / len(dataset.labels)):
                raise ExportError(
                    f"{path}: no contract inside, and fed as {runtime.input.describe()} it is right on {hits:.0%} of "
                    f"{PROBED} training images",
                    "give the data that it was trained on: --data PATH",
                )
            contract = Contract(runtime.input, runtime.output, dataset.labels)
        if contract.precision not in ("float32", "int8", "unknown"):
            raise ExportError(
                f"{path} is {contract.precision}, and C is float32 or int8", "export it so: --quantize int8"
            )
        source = FlatSource.load(path, contract)
        yield source, runtime


def collect_answers(source: SourceModel | FlatSource, runtime: Runtime, test: TestSplit) -> Answers:
    """Ask an opened source about every test image, and keep what tells whose answers these are."""
    return Answers(
        source.source.sha256,
        test.sha256,
        runtime.predict(test.images),
        source.contract.labels,
        source.contract.output.kind,
    )
