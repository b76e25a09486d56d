"""What a file is held against: its source's answers, wherever they are, or another file's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.answers import find_stored_answers, read_answers
from edgemnist.contract import Output, Source
from edgemnist.datasets import Dataset
from edgemnist.errors import ModelError, SourceMissing
from edgemnist.files import hash_bytes, read_model_file
from edgemnist.manifest import Manifest, is_ours
from edgemnist.runtimes import Runtime, open_runtime


@dataclass(frozen=True, eq=False)
class Reference:
    """Answers to be held against.

    Args:
        name: whose they are.
        probabilities: float32 (n, classes).
        outputs, output: the raw answers of another file, and what they mean.
        reasons: what speaks against the file before its answers are even looked at.
    """

    name: str
    probabilities: NDArray[np.float32]
    outputs: NDArray[Any] | None = None
    output: Output | None = None
    reasons: tuple[str, ...] = ()


class References:
    """Finds the reference for each file of one `verify`, and runs nothing twice.

    Args:
        dataset: whose test images are asked.
        against: another file that the user named, or None.
        given: the source, or its stored answers, that the user named, or None.
    """

    def __init__(self, dataset: Dataset, against: Path | None, given: Path | None) -> None:
        self._dataset = dataset
        self._against = against
        self._given = given
        self._computed: dict[str, NDArray[np.float32]] = {}

    def find(self, path: Path, runtime: Runtime) -> Reference | None:
        """Return what the file at `path` is held against; None if it names no source and none was given.

        Raises:
            SourceMissing: its contract names a source whose answers are nowhere.
        """
        if self._against:
            return self._other
        found = self._find_source(path, runtime)
        expected = (len(self._dataset.test), runtime.classes)
        if found is not None and found.probabilities.shape != expected:
            raise ModelError(
                f"{path}: its source's answers have shape {found.probabilities.shape}, expected {expected}"
            )
        return found

    def _find_source(self, path: Path, runtime: Runtime) -> Reference | None:
        source = self._name_source(path, runtime)
        if self._given:
            return self._use_given(self._given, source, path)
        if source is None:
            return None
        stale = self._describe_staleness(path, source)
        stored = find_stored_answers(path.parent, source.sha256, self._dataset.test.sha256)
        if stored is not None:
            return Reference(source.name, stored.probabilities, reasons=stale)
        if runtime.contract is None or runtime.contract.source is None:
            return None  # a source itself: nothing else can vouch for it
        beside = _find_source_file(path, source)
        if beside is not None and not stale:
            return Reference(source.name, self._ask_keras(beside))
        raise SourceMissing(
            f"{path}: {stale[0]}"
            if stale
            else f"{path}: no answers of its source {source.name} "
            f"({source.sha256[:8]}) to the data {self._dataset.name} are beside it",
            "export it again, or give them: --reference ANSWERS.npz, or --reference MODEL.keras",
        )

    def _name_source(self, path: Path, runtime: Runtime) -> Source | None:
        """The source that a contract names; a Keras file is its own, so that its stored answers are proven too."""
        if runtime.contract is not None and runtime.contract.source is not None:
            return runtime.contract.source
        return Source(path.name, hash_bytes(read_model_file(path))) if path.suffix == ".keras" else None

    def _describe_staleness(self, path: Path, source: Source) -> tuple[str, ...]:
        beside = _find_source_file(path, source)
        if beside is None:
            return ()
        now = hash_bytes(read_model_file(beside))
        if now == source.sha256:
            return ()
        return (f"stale: made from {source.name} {source.sha256[:8]}, which is now {now[:8]}: export it again",)

    def _use_given(self, given: Path, source: Source | None, path: Path) -> Reference:
        """Take the user's word for where the source is, but not for what it is."""
        if given.suffix == ".keras":
            found, probabilities = hash_bytes(read_model_file(given)), self._ask_keras(given)
        else:
            answers = read_answers(given)
            found, probabilities = answers.model_sha256, answers.probabilities
            if answers.data_sha256 != self._dataset.test.sha256:
                raise SourceMissing(f"{given}: these answers are not to the test images of {self._dataset.name}")
        if source is not None and source.sha256 != found:
            raise SourceMissing(
                f"{given}: of model {found[:8]}, but {path} was made from {source.name} {source.sha256[:8]}",
                "give its own source, or compare with another model: --against FILE",
            )
        return Reference(given.name, probabilities)

    def _ask_keras(self, path: Path) -> NDArray[np.float32]:
        key = hash_bytes(read_model_file(path))
        if key not in self._computed:
            with open_runtime(path, trusted=is_ours(path)) as runtime:
                self._computed[key] = runtime.predict(self._dataset.test.images)
        return self._computed[key]

    @cached_property
    def _other(self) -> Reference:
        path = self._against
        assert path is not None
        with open_runtime(path, trusted=is_ours(path)) as runtime:
            if runtime.classes != len(self._dataset.labels):
                raise ModelError(f"{path}: answers {runtime.classes} classes, expected {len(self._dataset.labels)}")
            outputs = runtime.run(self._dataset.test.images)
            return Reference(path.name, runtime.output.decode(outputs), outputs, runtime.output)


def _find_source_file(path: Path, source: Source) -> Path | None:
    """Look for the source where the manifest says it was, else beside the file."""
    try:
        noted = Manifest.load(path.parent).models.get(path.name, {}).get("source", {}).get("path", "")
    except ModelError:
        noted = ""  # somebody else's manifest.json
    for candidate in (noted, Path(source.name).name):
        if candidate and (path.parent / candidate).is_file():
            return path.parent / candidate
    return None
