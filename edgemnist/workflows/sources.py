"""A source: a `.keras` or `.tflite` file opened to be converted, and asked for its own answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from edgemnist.answers import Answers
from edgemnist.contract import Contract
from edgemnist.datasets import Dataset
from edgemnist.datasets.splits import TestSplit, TrainingSplit
from edgemnist.errors import ExportError
from edgemnist.exporters.flat import FlatSource
from edgemnist.exporters.source import SourceModel
from edgemnist.formats import ModelFile
from edgemnist.runtimes import open_here, open_runtime
from edgemnist.runtimes.base import Request, Runtime
from edgemnist.verification import find_answers

if TYPE_CHECKING:
    from edgemnist.datasets.readers import Images

# Training images that tell whether a file without a contract is fed as it wants to be.
PROBED = 500


@dataclass(frozen=True, eq=False)
class OpenSource:
    """A source as converters see it, and as its runtime does: the two must mean the same pixels.

    Args:
        file: Source file.
        model: What converters take.
        runtime: What answers for it.
    """

    file: ModelFile
    model: SourceModel | FlatSource
    runtime: Runtime

    @property
    def contract(self) -> Contract:
        """What the source takes and gives."""
        return self.model.contract

    def predict(self, images: Images) -> NDArray[np.float32]:
        """Answer in probabilities: uint8 (n, 28, 28) in, float32 (n, classes) out."""
        return self.runtime.predict(images)

    def collect_answers(self, test: TestSplit) -> Answers:
        """Run every test image, and keep what tells whose answers these are."""
        probabilities = self.predict(test.images)
        return Answers(self.file.sha256, test.sha256, probabilities, self.contract.labels, self.contract.output.kind)


@contextmanager
def open_source(file: ModelFile, dataset: Dataset, validation: TrainingSplit) -> Iterator[OpenSource]:
    """Open a `.keras` or `.tflite` file both as a source of artifacts and as a runtime.

    A file without a contract is fed by the one that was found for it, not by the runtime's guess.

    Args:
        file: Source file.
        dataset: Data set that it was trained on.
        validation: Training images to find a missing contract by.

    Raises:
        EdgeMnistError: It can't be loaded, or doesn't fit the data.
    """
    if file.format_name == "tflite":
        with open_runtime(file, runtime="litert-reference") as runtime:
            yield OpenSource(file, _load_tflite(file, runtime, dataset, validation), runtime)
        return
    source = SourceModel.load(file, dataset.labels, validation)
    with open_here(file, request=Request(source.contract)) as runtime:
        yield OpenSource(file, source, runtime)


def _load_tflite(file: ModelFile, runtime: Runtime, dataset: Dataset, validation: TrainingSplit) -> FlatSource:
    """C repeats LiteRT's reference kernels, or nearly: these answer for the file."""
    path, info = file.path, runtime.info
    contract = info.contract
    dataset.check_classes(str(path), contract.labels if contract else None, info.classes)
    if contract is None:
        answers = find_answers(runtime.predict(validation.images[:PROBED]))
        hits = float((answers == validation.labels[:PROBED]).mean())
        if hits < min(0.5, 3 / len(dataset.labels)):
            raise ExportError(
                f"{path}: no contract inside, and fed as {info.input.describe()} it is right on {hits:.0%} of "
                f"{PROBED} training images",
                "give the data that it was trained on: --data PATH",
            )
        contract = Contract(info.input, info.output, dataset.labels)
    if contract.precision not in ("float32", "int8", "unknown"):
        raise ExportError(f"{path} is {contract.precision}, and C is float32 or int8", "export it so: --quantize int8")
    return FlatSource.load(file, contract)
