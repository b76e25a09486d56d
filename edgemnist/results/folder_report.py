"""What `report` gathers of a folder of models, before any of it is drawn or written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.answers import Kind
from edgemnist.results.benchmarked import Benchmarked
from edgemnist.results.verdict import Report, Verdict

if TYPE_CHECKING:
    from edgemnist.comparison.distributions import Distribution
    from edgemnist.contract import Source
    from edgemnist.formats.complexity import Complexity
    from edgemnist.results.difference import Difference

# What depends on the machine's load: a report on the same files is the same bytes.
UNSTEADY = ("seconds",)


@dataclass(frozen=True)
class Provenance:
    """What the manifest beside a file says of how it was made; it may come from anyone.

    Args:
        source: Name and hash of the model that it was made from; None for a source.
        versions: Packages that made it, with their versions.
        calibration: What calibrated it; empty where nothing did.
        options: Settings of its export.
        settings: What decided its training, by dotted names; empty for what wasn't trained.
        data: Name and hashes of the data that it was trained on.
    """

    source: Source | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    calibration: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


@dataclass(frozen=True)
class TrainingCurves:
    """What each epoch of a training gave.

    Args:
        loss, accuracy: Of the training images, an entry an epoch; accuracy 0 … 1.
        validation_loss, validation_accuracy: Of the validation images; empty without any.
        best_epoch: Epoch whose weights were kept, from 1; None for the last.
    """

    loss: tuple[float, ...]
    accuracy: tuple[float, ...]
    validation_loss: tuple[float, ...] = ()
    validation_accuracy: tuple[float, ...] = ()
    best_epoch: int | None = None


@dataclass(frozen=True)
class ReportedModel:
    """One file of the folder.

    Args:
        name: File name.
        verdict: What `verify` found.
        sha256: Of the file; None where it couldn't be run.
        confusion: Number of images by right class (rows) and answer (columns); a last column for no answer. None where
            it couldn't be run.
        complexity: Parameters and multiplications for one image; None where it couldn't be run.
        provenance: How it was made.
        training: How it was trained, epoch by epoch; None where the manifest has no history of it.
    """

    name: str
    verdict: Verdict
    sha256: str | None = None
    confusion: tuple[tuple[int, ...], ...] | None = None
    complexity: Complexity | None = None
    provenance: Provenance = Provenance()
    training: TrainingCurves | None = None

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        found = {key: value for key, value in self.verdict.to_document().items() if key not in UNSTEADY}
        return {
            **found,
            "sha256": self.sha256,
            "confusion": [list(row) for row in self.confusion] if self.confusion else None,
            "parameters": self.complexity.parameters if self.complexity else None,
            "multiplications": self.complexity.multiplications if self.complexity else None,
            "provenance": self.provenance.to_record(),
            "history": asdict(self.training) if self.training else None,
        }


@dataclass(frozen=True)
class Family:
    """A source and the forms made from it.

    Args:
        source: Name of the source's file.
        models: Names of the files in the folder that are compared with it, itself included.
        differences: Each form compared with it layer by layer.
        distributions: How its values are spread, and what its quantized forms can hold of them.
        notes: What couldn't be compared, and why.
    """

    source: str
    models: tuple[str, ...]
    differences: tuple[Difference, ...] = ()
    distributions: tuple[Distribution, ...] = ()
    notes: tuple[str, ...] = ()

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "source": self.source,
            "models": list(self.models),
            "differences": [one.to_record() for one in self.differences],
            "distributions": [one.to_record() for one in self.distributions],
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class FlippedAnswer:
    """What one form answers to an image to which its source gives another class.

    Args:
        model: File name of the form.
        answer: Name of the class; None where it isn't finite.
        confidence: Probability that it gives to it, 0 … 1.
        kind: "broken", "fixed" or "changed".
    """

    model: str
    answer: str | None
    confidence: float
    kind: Kind


@dataclass(frozen=True, eq=False)
class FlippedImage:
    """A test image to which at least one form gives another class than its source.

    Args:
        source: File name of the source.
        index: In the test split, from 0.
        label: Name of the right class.
        answer: Name of the source's class; None where it isn't finite.
        confidence: Probability that it gives to it, 0 … 1.
        answers: What the forms answer.
        pixels: uint8 (height, width), of a large image fewer; None beyond the first ones.
    """

    source: str
    index: int
    label: str
    answer: str | None
    confidence: float
    answers: tuple[FlippedAnswer, ...]
    pixels: NDArray[np.uint8] | None = None

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values, without the pixels: the data set has them."""
        return {key: value for key, value in asdict(replace(self, pixels=None)).items() if key != "pixels"}


@dataclass(frozen=True)
class FolderReport:
    """What is known of the models in a folder.

    Args:
        folder: The folder as it was given.
        verification: The verdicts on all files.
        models: A record a file, in the same order.
        families: The sources, with what was made from each.
        flips: The images that moved, by source and index.
        machine: System and processor that ran the models.
        benchmarked: What an earlier `benchmark` says of them; None where none was given.
        written: Where the report was written; None where it is only returned.
        text: What was written.
    """

    folder: str
    verification: Report
    models: tuple[ReportedModel, ...]
    families: tuple[Family, ...]
    flips: tuple[FlippedImage, ...]
    machine: str
    benchmarked: Benchmarked | None = None
    written: Path | None = None
    text: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """The folder's own name."""
        return Path(self.folder).resolve().name

    @property
    def exit_status(self) -> int:
        """As that of `verify`: 0 if all agree, 1 if one differs, 2 if one can't be judged."""
        return self.verification.exit_status

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the classes of the first file that could be run."""
        measured = (model.verdict.measurement for model in self.models)
        return next((one.labels for one in measured if one), ())

    def find_family(self, name: str) -> Family | None:
        """Return the family of a file."""
        return next((family for family in self.families if name in family.models), None)

    def to_record(self) -> dict[str, Any]:
        """Return all numbers as plain values."""
        found = self.verification
        return {
            "folder": self.folder,
            "passed": found.passed,
            "data": found.data,
            "limit": found.limit,
            "machine": self.machine,
            "models": [model.to_record() for model in self.models],
            "families": [family.to_record() for family in self.families],
            "flips": [flip.to_record() for flip in self.flips],
            "benchmark": self.benchmarked.to_record() if self.benchmarked else None,
            "written": str(self.written) if self.written else None,
            "notes": list(found.notes),
        }
