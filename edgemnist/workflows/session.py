"""One `verify`: what is the same for each of its files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from edgemnist.comparison.gate import Gate
from edgemnist.datasets import Dataset, load_dataset
from edgemnist.formats import ModelFile
from edgemnist.manifest import Manifest, find_manifest
from edgemnist.processes.limits import Limits
from edgemnist.results import Report, Verdict
from edgemnist.workflows.data import ModelData
from edgemnist.workflows.reference import References
from edgemnist.workflows.saving import Saving

if TYPE_CHECKING:
    from edgemnist.workflows.deep import DeepComparisons
    from edgemnist.workflows.robustness import Corruptions

# How often a file that seems changed is read again.
READINGS = 2


@dataclass(frozen=True, eq=False)
class Session:
    """Settings, and what was read once for all files.

    Args:
        dataset: Data set whose test images are run.
        references: What files are compared with.
        deep: Finds weights and deep images of sources; None where that isn't asked for.
        gate: Limits in place of the precision's own.
        limits: Time, memory and files that a child process may use.
        runtime: Name of one that runs such files; None for their own.
        execute: Run the code of a .c file that the user doesn't trust.
        allow_changed: Judge a file that isn't what the manifest lists by its answers alone.
        limit: How many of the first test images are run; None for all.
        report_count: Called with how many test images of a file were run, of how many.
        manifests: Manifests by their folders, each read once.
        saving: Where the outputs of the one file go, if anywhere.
        corruptions: Runs corrupted test images; None where that isn't asked for.
    """

    dataset: Dataset
    references: References
    deep: DeepComparisons | None
    gate: Gate
    limits: Limits
    runtime: str | None
    execute: bool
    allow_changed: bool
    limit: int | None = None
    report_count: Callable[[int, int], None] = lambda done, total: None
    manifests: dict[Path, Manifest] = field(default_factory=dict)
    saving: Saving = field(default_factory=Saving)
    corruptions: Corruptions | None = None

    def read(self, path: Path) -> ModelFile:
        """Read a model file.

        One that seems changed is read again with its manifest: another command may just have exported it.

        Raises:
            ModelError: It can't be read.
        """
        file = ModelFile.read(path, self.find_manifest(path.parent))
        for _ in range(READINGS):
            if not file.changes:
                break
            self.manifests.pop(path.parent, None)
            file = ModelFile.read(path, self.find_manifest(path.parent))
        return file

    def find_manifest(self, folder: Path) -> Manifest:
        """Return the manifest of a folder.

        Raises:
            ModelError: It can't be read.
        """
        if folder not in self.manifests:
            self.manifests[folder] = find_manifest(folder)
        return self.manifests[folder]


class Sessions:
    """A session for each data set that the models were trained on.

    Args:
        data: Finds the data set of a model.
        open: Opens the session of a data set.

    Raises:
        DataError: The one data set of all can't be read.
    """

    def __init__(self, data: ModelData, open: Callable[[Dataset], Session]) -> None:
        self._data, self._open = data, open
        self._opened: dict[int, Session] = {}
        if data.common is not None:
            self._get(data.common)

    def find(self, model: Path | ModelFile) -> Session:
        """Return the session of a model file.

        Raises:
            DataError: Its data can't be read.
        """
        return self._get(self._data.find(model))

    @property
    def any(self) -> Session:
        """One of them, for what is the same in all."""
        return next(iter(self._opened.values()), None) or self._open(load_dataset())

    def make_report(self, verdicts: list[Verdict]) -> Report:
        """Return the report of verdicts on their files."""
        datasets = [session.dataset for session in self._opened.values()]
        limits = [session.limit for session in self._opened.values() if session.limit is not None]
        notes = (f"{dataset.name}: {note}" for dataset in datasets for note in dataset.notes)
        names = " and ".join(dict.fromkeys(dataset.name for dataset in datasets))
        return Report(tuple(verdicts), names, max(limits, default=None), tuple(notes))

    def _get(self, dataset: Dataset) -> Session:
        if id(dataset) not in self._opened:
            self._opened[id(dataset)] = self._open(dataset)
        return self._opened[id(dataset)]
