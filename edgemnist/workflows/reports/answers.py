"""What a report takes of each file's answers while `verify` runs it: each test image is run once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.answers import NO_CLASS, find_classes
from edgemnist.datasets import Dataset
from edgemnist.formats import ModelFile
from edgemnist.results import Measurement
from edgemnist.runtimes.base import RuntimeInfo
from edgemnist.workflows.saving import Saving


@dataclass(frozen=True, eq=False)
class Answered:
    """A file that was run.

    Args:
        file: Model file.
        dataset: Data set whose test images it answered.
        info: What its runtime found.
        confusion: Number of images by right class (rows) and answer (columns), with a last column for no answer,
            int64 (classes, classes + 1).
    """

    file: ModelFile
    dataset: Dataset
    info: RuntimeInfo
    confusion: NDArray[np.int64]


class Collector(Saving):
    """Takes the outputs of one file after the other, and keeps what a report says of them.

    Attributes:
        answered: Files that were run, by path.
    """

    def __init__(self) -> None:
        super().__init__()
        self.answered: dict[str, Answered] = {}

    def keep(self, outputs: NDArray[Any]) -> None:
        self._batches.append(outputs)

    def write(self, file: ModelFile, info: RuntimeInfo, measurement: Measurement, dataset: Dataset) -> None:
        outputs = np.concatenate(self._batches)
        self.begin()
        labels = dataset.test.labels[: len(outputs)]
        confusion = count_confusion(labels, find_classes(info.output.decode(outputs)), info.classes)
        self.answered[str(file.path)] = Answered(file, dataset, info, confusion)


def count_confusion(labels: NDArray[np.int64], answers: NDArray[np.int64], classes: int) -> NDArray[np.int64]:
    """Count images by right class and answer.

    Args:
        labels: Right classes, int64 (n,), 0 … classes - 1.
        answers: Given classes, int64 (n,), -1 for none.
        classes: Number of classes.

    Returns:
        int64 (classes, classes + 1): rows are right classes, columns answers, the last one no answer.

    Example:
        >>> count_confusion(np.array([0, 1, 1]), np.array([0, 0, -1]), 2).tolist()
        [[1, 0, 0], [1, 0, 1]]
    """
    columns = np.where(answers == NO_CLASS, classes, answers)
    flat = np.bincount(labels * (classes + 1) + columns, minlength=classes * (classes + 1))
    return flat.reshape(classes, classes + 1)
