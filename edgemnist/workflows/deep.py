"""`verify --deep`: the weights, and images that no test set holds, compared with the source's.

A back door on one pixel, a dead pixel or a weight that only a lit corner reaches moves no test image.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.deep import compare_deep, judge_deep
from edgemnist.comparison.weights import compare_weights
from edgemnist.contract import Contract, Precision, Source
from edgemnist.datasets import Dataset
from edgemnist.datasets.deep import DeepImages, make_deep_images
from edgemnist.errors import ModelError, SourceMissing
from edgemnist.formats import ModelFile
from edgemnist.formats.weights import ModelWeights, read_weights
from edgemnist.processes.limits import Limits
from edgemnist.results import DeepResult
from edgemnist.runtimes import open_runtime
from edgemnist.runtimes.base import Runtime


@dataclass(frozen=True, eq=False)
class OpenedSource:
    """What a source has, read and run once.

    Args:
        weights: Its weights.
        probabilities: Its answers to the deep images, float32 (n, classes).
    """

    weights: ModelWeights
    probabilities: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class DeepSession:
    """The deep comparisons of one `verify`; each source is read and run once.

    Args:
        dataset: Data set from whose training images the deep images are made.
        limits: Time, memory and files that a child process may use.
        given: The source that the user named, or None.
    """

    dataset: Dataset
    limits: Limits
    given: Path | None = None
    _sources: dict[str, OpenedSource] = field(default_factory=dict)

    @cached_property
    def images(self) -> DeepImages:
        """The images."""
        return make_deep_images(self.dataset.training)

    def compare(
        self, file: ModelFile, runtime: Runtime, source: Source, precision: Precision
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
        weights = compare_weights(known.weights, read_weights(file.content, file.format_name or "", str(file.path)))
        answers = compare_deep(known.probabilities, runtime.predict(self.images.images), self.images)
        return DeepResult(answers, weights), (*weights.reasons, *judge_deep(answers, precision))

    def _open_source(self, file: ModelFile, source: Source) -> OpenedSource:
        if source.sha256 not in self._sources:
            path = self.given if self.given and self.given.suffix == ".keras" else file.path.parent / source.name
            found = ModelFile.read(path) if path.is_file() else None
            if found is None or found.sha256 != source.sha256 or found.format_name != "keras":
                raise SourceMissing(
                    f"{file.path}: its source {source.name} ({source.sha256[:8]}) is not beside it: nothing to compare "
                    "its weights with",
                    "give the source: --reference MODEL.keras, or leave --deep out",
                )
            self._sources[source.sha256] = self._run(found)
        return self._sources[source.sha256]

    def _run(self, source: ModelFile) -> OpenedSource:
        weights = read_weights(source.content, "keras", str(source.path))
        with open_runtime(source, contract=_require_contract(source), limits=self.limits) as runtime:
            return OpenedSource(weights, runtime.predict(self.images.images))


def _require_contract(source: ModelFile) -> Contract:
    if source.contract is None:
        raise ModelError(
            f"{source.path}: no contract inside: how its pixels are to be fed isn't known",
            "train it with edgemnist train, or leave --deep out",
        )
    return source.contract
