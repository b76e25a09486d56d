"""What the verbs give back: frozen records, which `edgemnist.reporting` shows and nothing changes.

`to_record` is a record as plain values, for JSON and for the manifest: fractions are fractions, points are percentage
points, and what couldn't be measured is None.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from edgemnist.comparison.answers import Comparison, OutputDifference, Score
from edgemnist.errors import EdgeMnistError, record_error
from edgemnist.precision import PrecisionName
from edgemnist.runtimes.base import Footprint

if TYPE_CHECKING:  # 60 ms, of which most verbs need nothing
    from edgemnist.comparison.deep import DeepComparison
    from edgemnist.comparison.weights import WeightComparison
    from edgemnist.exporters import Form
    from edgemnist.kits.base import Kit
    from edgemnist.training.recipes import Recipe

VerdictWord = Literal["passed", "partial", "differs", "not compared", "error"]


@dataclass(frozen=True)
class Training:
    """A finished training.

    Args:
        path: the `.keras` file.
        recipe: with what the caller changed in it.
        seed: that drew the weights and shuffled the images.
        parameters: how many weights and biases the model holds.
        size_bytes: of the file.
        score: on the test images, of the file as it was written.
        seconds: that the training took, imports and scoring not counted.
        data: what it was trained on, as plain values.
    """

    path: Path
    recipe: Recipe
    seed: int
    parameters: int
    size_bytes: int
    score: Score
    seconds: float
    data: Mapping[str, Any]

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "model": str(self.path),
            "size_bytes": self.size_bytes,
            "parameters": self.parameters,
            "training": {**self.recipe.list_settings(), "seed": self.seed},
            "accuracy": self.score.accuracy,
            "accuracy_low": self.score.accuracy_low,
            "accuracy_high": self.score.accuracy_high,
            "seconds": self.seconds,
            "data": dict(self.data),
        }


@dataclass(frozen=True)
class Artifact:
    """A written file.

    Args:
        path: where it is.
        form: its row of the table of forms.
        size_bytes: of the file.
        sha256: of the file.
        input: what it takes, in one line.
        companions: files that go with it: a header.
    """

    path: Path
    form: Form
    size_bytes: int
    sha256: str
    input: str
    companions: tuple[Path, ...] = ()

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "model": str(self.path),
            "format": self.form.file_format,
            "precision": self.form.precision,
            "size_bytes": self.size_bytes,
            "sha256": self.sha256,
            "input": self.input,
        }


@dataclass(frozen=True)
class DeepResult:
    """What a deep `verify` found of one file.

    Args:
        answers: its answers to images that no test set holds, compared with its source's.
        weights: its weights, compared with its source's; None where no reader knows them.
        unread: why they aren't compared; "" if they are.
    """

    answers: DeepComparison
    weights: WeightComparison | None
    unread: str = ""

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values, a row a layer and a family left out: the manifest keeps that."""
        weights = self.weights.summarize() if self.weights else None
        return {"answers": self.answers.summarize(), "weights": weights, "unread": self.unread}

    def to_document(self) -> dict[str, Any]:
        """Return it as plain values, all rows included."""
        weights = self.weights.to_record() if self.weights else None
        return {"answers": self.answers.to_record(), "weights": weights, "unread": self.unread}


@dataclass(frozen=True)
class Measurement:
    """What was found of one file.

    Args:
        precision: the contract's; "unknown" for a file without one.
        runtime: its name and version.
        size_bytes: of the file.
        input: what it takes, in one line.
        labels: the class names.
        reference: what it was compared with: "model.keras", or the other file; None without a source.
        score, comparison: see `edgemnist.comparison`.
        outputs: the outputs as whole numbers, where it was compared with another quantized file.
        recorded: the outputs, compared with those that export recorded; None where none were.
        deep: weights, and images that no test set holds, compared with the source's; None where that wasn't asked for.
        outputs_sha256: of its own outputs, where the manifest lists one to compare with; None elsewhere.
        reference_origin: how the source's answers are known to be its own; see `Reference` in the workflows.
        seconds: that the runtime took for all images.
        footprint: what the model takes of an emulated microcontroller; None elsewhere.
        emulated: true if an emulator ran it, whose seconds say nothing of its target's.
    """

    precision: PrecisionName
    runtime: str
    size_bytes: int
    input: str
    labels: tuple[str, ...]
    reference: str | None
    score: Score
    comparison: Comparison | None
    outputs: OutputDifference | None
    seconds: float
    footprint: Footprint | None = None
    emulated: bool = False
    recorded: OutputDifference | None = None
    deep: DeepResult | None = None
    reference_origin: str | None = None
    outputs_sha256: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What was found of one file, and what that means.

    Args:
        model: the path as it was given.
        format: "keras", "tflite", "onnx" or "c"; None for another file.
        measurement: what was found; None if the file couldn't be judged, or is too large for its target.
        reasons: why it doesn't pass.
        notes: what else a reader must know.
        error: why it couldn't be judged.
        limit: how many of the first test images were run; None if all were.
    """

    model: str
    format: str | None
    measurement: Measurement | None = None
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    error: EdgeMnistError | None = None
    limit: int | None = None

    @property
    def agrees(self) -> bool:
        """True if it was judged, be it without a source or on a part of the test images, and nothing was found."""
        return self.error is None and not self.reasons

    @property
    def passed(self) -> bool:
        """True if it was compared with its source on all test images, and nothing was found against it."""
        return self.agrees and self.compared and self.limit is None

    @property
    def compared(self) -> bool:
        """True if its answers were compared with those of a source, or of another file."""
        return self.measurement is not None and self.measurement.comparison is not None

    @property
    def word(self) -> VerdictWord:
        """What is shown of it: a file that was compared with nothing, or on a part of the images, doesn't pass."""
        if self.error:
            return "error"
        if self.reasons:
            return "differs"
        if self.limit is not None:
            return "partial"
        return "passed" if self.compared else "not compared"

    def to_record(self) -> dict[str, Any]:
        """Return what is the same each time that the file is verified on this machine: the manifest keeps it."""
        found = self.measurement
        return {
            "format": self.format,
            "precision": found.precision if found else None,
            "runtime": found.runtime if found else None,
            "input": found.input if found else None,
            "reference": found.reference if found else None,
            **_pick(found.score if found else None, Score, leave_out=("hits", "class_accuracy")),
            "class_accuracy": _pair(found.labels, found.score.class_accuracy) if found else None,
            **_pick(found.comparison if found else None, Comparison, leave_out=("flips",)),
            **_pick(found.outputs if found else None, OutputDifference),
            "recorded_outputs": _count(found.recorded if found else None),
            "deep": found.deep.to_record() if found and found.deep else None,
            "passed": self.passed,
            "compared": self.compared,
            "reasons": [self.error.message] if self.error else list(self.reasons),
        }

    def to_document(self) -> dict[str, Any]:
        """Return what JSON has of the file: the record, and what only this run can say."""
        found = self.measurement
        comparison = found.comparison if found else None
        return {
            "model": self.model,
            **self.to_record(),
            "flips": [asdict(flip) for flip in comparison.flips] if comparison else [],
            "size_bytes": found.size_bytes if found else None,
            **_pick(found.footprint if found else None, Footprint),
            "seconds": found.seconds if found else None,
            "emulated": found.emulated if found else None,
            "reference_origin": found.reference_origin if found else None,
            "deep": found.deep.to_document() if found and found.deep else None,
            "limit": self.limit,
            "notes": list(self.notes),
            "error": record_error(self.error) if self.error else None,
        }


def _count(found: OutputDifference | None) -> dict[str, int] | None:
    """Return how many outputs were compared with those that export recorded, and how many differ."""
    return {"compared": found.outputs_compared, "different": found.different_outputs} if found else None


def _pick(record: Any, kind: type[Any], leave_out: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a record's fields by name; all of them None where there is no record."""
    names = [field.name for field in fields(kind) if field.name not in leave_out]
    return {name: getattr(record, name) if record else None for name in names}


def _pair(labels: tuple[str, ...], shares: tuple[float, ...]) -> dict[str, float | None]:
    """Name the shares; JSON has no NaN, so a class without images is None."""
    return {label: None if math.isnan(share) else share for label, share in zip(labels, shares, strict=True)}


@dataclass(frozen=True)
class Report:
    """The verdicts of one `verify`.

    Args:
        verdicts: one a file, in the order given.
        data: the name of the data set.
        limit: how many of the first test images were run; None if all were.
        notes: what was assumed of the data.
    """

    verdicts: tuple[Verdict, ...]
    data: str
    limit: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """True if every file passed, and there was one: on all test images."""
        return bool(self.verdicts) and all(verdict.passed for verdict in self.verdicts)

    @property
    def exit_status(self) -> int:
        """2 if any file couldn't be judged or there is none, else 1 if any differs, else 0."""
        if not self.verdicts or any(verdict.error for verdict in self.verdicts):
            return 2
        return int(not all(verdict.agrees for verdict in self.verdicts))

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        models = [verdict.to_document() for verdict in self.verdicts]
        notes = list(self.notes)
        return {"passed": self.passed, "data": self.data, "limit": self.limit, "models": models, "notes": notes}

    def count(self) -> str:
        """Return how many files there are of each kind, in words.

        Example:
            >>> Report((Verdict("a.onnx", "onnx"), Verdict("b.onnx", "onnx", reasons=("it moved",))), "MNIST").count()
            '0 of 2 passed, 1 not compared'
        """
        words = [verdict.word for verdict in self.verdicts]
        others = [f"{words.count(word)} {word}" for word in ("partial", "not compared") if word in words]
        return ", ".join([f"{words.count('passed')} of {len(words)} passed", *others])


@dataclass(frozen=True)
class Prediction:
    """The answer to one picture.

    Args:
        image: the file, with the picture's index where the file holds several.
        label: the most probable class.
        confidence: its probability, 0 … 1.
        top: the three most probable classes with their probabilities, the best first.
        prepared: true if the picture was brought into MNIST's own form.
        note: what a reader must know of the picture, or "".
    """

    image: str
    label: str
    confidence: float
    top: tuple[tuple[str, float], ...]
    prepared: bool
    note: str = ""

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "image": self.image,
            "prepared": self.prepared,
            "note": self.note,
            "label": self.label,
            "confidence": self.confidence,
            "top": [{"label": label, "confidence": confidence} for label, confidence in self.top],
        }


@dataclass(frozen=True)
class KitFolder:
    """A written kit.

    Args:
        path: the folder.
        kit: its row of the table of kits.
        models: the model files that it embeds.
        files: the paths inside, in order.
        products: what was built from them, by their paths inside.
        verified: true if the model passed the gate.
        golden_images: how many images the self-test runs.
        notes: what else a reader must know, such as that a model was changed since export.
    """

    path: Path
    kit: Kit
    models: tuple[Path, ...]
    files: tuple[str, ...]
    products: tuple[str, ...]
    verified: bool
    golden_images: int
    notes: tuple[str, ...] = ()

    @property
    def start(self) -> str:
        """What to type next; {folder} is where the kit was written."""
        return self.kit.build if self.kit.built and not self.products else self.kit.start

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "target": self.kit.name,
            "models": [str(model) for model in self.models],
            "folder": str(self.path),
            "files": list(self.files),
            "products": list(self.products),
            "verified": self.verified,
            "golden_images": self.golden_images,
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class Trusted:
    """A model file, as a user must see it before trusting it.

    Args:
        path: the file.
        format: "keras", "tflite", "onnx" or "c".
        size_bytes: of the file.
        hashes: SHA-256 of the file, and of each that goes with it: its header.
        contract_summary: what its contract says, in one line; "" for a file without one.
        listed: the manifest that lists this very content; None if none does. It is no reason to trust it.
        already: true if this user trusts it already.
        changes: why it isn't what the manifest lists under its name; empty if it is, or none lists the name.
    """

    path: Path
    format: str
    size_bytes: int
    hashes: tuple[str, ...]
    contract_summary: str
    listed: Path | None
    already: bool
    changes: tuple[str, ...] = ()

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "path": str(self.path),
            "format": self.format,
            "size_bytes": self.size_bytes,
            "sha256": self.hashes[0],
            "companions_sha256": list(self.hashes[1:]),
            "contract": self.contract_summary,
            "listed": str(self.listed) if self.listed else None,
            "already": self.already,
            "changes": list(self.changes),
        }
