"""A file's own outputs, kept while `verify` runs it, so that those of another machine can be compared with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import Contract
from edgemnist.datasets import Dataset
from edgemnist.files import write_atomically
from edgemnist.formats import ModelFile
from edgemnist.results import Measurement
from edgemnist.runtimes.base import RuntimeInfo
from edgemnist.saved_answers import SavedAnswers, check_save


class Saving:
    """Takes the outputs of one file batch by batch, and writes them.

    Args:
        path: Where they go; None where they aren't kept.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._batches: list[NDArray[Any]] = []

    def begin(self) -> None:
        """Forget what a file gave whose run was broken off."""
        self._batches = []

    def keep(self, outputs: NDArray[Any]) -> None:
        """Take the outputs of the next batch, `output.dtype` (k, scores)."""
        if self._path is not None:
            self._batches.append(outputs)

    def write(self, file: ModelFile, info: RuntimeInfo, measurement: Measurement, dataset: Dataset) -> None:
        """Write what was kept, if anything is to be: all at once, or nothing.

        Args:
            file: Model file whose outputs they are.
            info: What its runtime found.
            measurement: What was found of it.
            dataset: Data set whose first test images they answer.

        Raises:
            WriteError: They can't be written.
        """
        if self._path is None:
            return
        from edgemnist.saved_answers.machine import name_machine
        from edgemnist.saved_answers.npz import serialize

        outputs = np.concatenate(self._batches)
        contract = make_contract(info, measurement)
        answers = SavedAnswers(
            str(self._path),
            outputs,
            np.arange(len(outputs), dtype=np.int64),
            contract.output,
            dataset.test.labels[: len(outputs)],
            contract.labels,
            contract.precision,
            model=file.path.name,
            model_sha256=file.sha256,
            data_sha256=dataset.test.sha256,
            runtime=measurement.runtime,
            machine=name_machine(),
            test_images=len(dataset.test),
        )
        check_save(self._path)  # the run took minutes
        write_atomically(self._path, serialize(answers, contract))


def make_contract(info: RuntimeInfo, measurement: Measurement) -> Contract:
    """Return what a file takes and gives as it was run: its contract's word, or what was found of a file without."""
    source = info.contract.source if info.contract else None
    return Contract(info.input, info.output, measurement.labels, measurement.precision, source)
