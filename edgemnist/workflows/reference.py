"""What a file is compared with: the answers of its source, wherever they are, or of another file."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.answers import Answers, Stored, find_stored_answers, read_listed_answers
from edgemnist.contract import Contract, Output, Rounding, Source
from edgemnist.datasets import Dataset
from edgemnist.datasets.rows import Rows, spool, take_first
from edgemnist.errors import ModelError, SourceMissing
from edgemnist.files import hash_bytes, read_model_file
from edgemnist.formats import ModelFile, find_false_claims, is_keras
from edgemnist.manifest import Manifest, find_manifest
from edgemnist.processes.limits import Limits
from edgemnist.runtimes import open_runtime
from edgemnist.runtimes.base import RuntimeInfo
from edgemnist.workflows.exact import SOURCE_RUNTIMES
from edgemnist.workflows.provenance import find_source_file, find_staleness, is_itself, is_source, name_source

if TYPE_CHECKING:
    from edgemnist.comparison.question import Probe, Statement

# The runtime whose arithmetic a rounding repeats.
KERNELS: dict[Rounding, str] = {"reference": "litert-reference", "tflm": "tflm"}
# Test images on which stored answers are compared with those of the model that they are said to be of.
SAMPLE, SAMPLE_SEED = 256, 9
# The largest difference of a probability between two runs of one Keras model on different machines.
SAME_MODEL = 1e-4


@dataclass(frozen=True, eq=False)
class Reference:
    """Answers to compare with.

    Args:
        name: Whose they are.
        rows: Probabilities, float32 (n, classes), or the own outputs of another file.
        kind: What they were before they became probabilities; None where another file gave them.
        output: What the other file's outputs mean; None for probabilities.
        reasons: Why the file differs, whatever its probabilities are.
        changes: Why what it is compared with is not what export wrote; empty if it is, or no manifest lists it.
        origin: How they are known to be the source's: "computed" in this command, "sampled" (stored, and the source
            gave the same to a sample of the images), "stored" (the manifest's word alone) or "given" by the user; or
            "other", if they are not those of its source but of another model.
        may_be_source: True for another model that is Keras', as sources are.
    """

    name: str
    rows: Rows
    kind: str | None = None
    output: Output | None = None
    reasons: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    origin: str = "computed"
    may_be_source: bool = False

    def iterate(self, size: int, limit: int | None = None) -> Iterator[tuple[NDArray[np.float32], NDArray[Any] | None]]:
        """Yield probabilities, float32 (k, classes), and another file's own outputs, in step with the test images."""
        for rows in take_first(self.rows.iterate(size), limit):
            yield (rows, None) if self.output is None else (self.output.decode(rows), rows)


class References:
    """Finds the reference for each file of one `verify`, and runs nothing twice.

    Args:
        dataset: Data set whose test images are run.
        against: What the user named: stored answers (.npz), a source (.keras) or another model file; None where files
            are compared with their own sources.
        execute: Run the code of another file that the user doesn't trust.
        limits: Time, memory and files that a child process may use.
        limit: How many of the first test images are compared; None for all.
        statement: What the user says of files without a contract.

    Raises:
        EdgeMnistError: What is named can't be read: once, not for each file.
    """

    def __init__(
        self,
        dataset: Dataset,
        against: Path | None,
        *,
        execute: bool,
        limits: Limits,
        limit: int | None = None,
        statement: Statement | None = None,
    ) -> None:
        self._dataset, self._limit, self._statement = dataset, limit, statement
        self._computed: dict[str, Answers] = {}
        self._proven: dict[str, tuple[str, ...]] = {}
        self._execute, self._limits = execute, limits
        self._others: dict[Rounding | None, Reference] = {}
        stored = against is not None and against.suffix == ".npz"
        self._given = self._read_given(against) if against and stored else None
        self._against = ModelFile.read(against) if against and not stored else None
        self._given_name = against.name if against else None

    def find(self, file: ModelFile, info: RuntimeInfo, *, sample: bool = False) -> Reference | None:
        """Return what a file is compared with; None if it names no other source and no answers are at hand.

        Args:
            file: Model file.
            info: What the runtime that opened it found.
            sample: Whether to run the source beside it on a sample of the images, to prove stored answers.

        Raises:
            SourceMissing: Its contract names a source whose answers are nowhere.
        """
        source = name_source(file, info.contract)
        against = None if self._against and is_itself(self._against, file) else self._against
        if against and not is_source(against, source):
            rounding = info.contract.rounding if info.contract else None
            if rounding not in self._others:
                self._others[rounding] = self._run_other(against, rounding)
            return self._others[rounding]
        stale = find_staleness(file, source) if source else ()
        if against:
            stored, origin = Stored(self._run_keras(against), _name_changes(against)), "given"
        elif self._given:
            stored, origin = Stored(self._check_given(self._given.content, file, source), self._given.changes), "given"
        elif source is None or (found := self._find_answers(file, source, stale)) is None:
            return None
        else:
            stored, origin = found
        answers = stored.content
        computed = any(answers is one for one in self._computed.values())  # of those, only the limit was run
        count = self._limit if computed and self._limit else len(self._dataset.test)
        expected, shape = (count, info.classes), answers.shape
        if shape != expected:
            raise ModelError(f"{file.path}: the answers of its source have shape {shape}, expected {expected}")
        reasons = (*stale, *_compare_labels(info.contract, answers))
        if sample and origin == "stored" and answers.model_sha256 != file.sha256:
            origin, altered = self._prove(file, source, answers)
            reasons = (*reasons, *altered)
        name = self._given_name or (source.name if source else "")
        return Reference(name, answers.rows, answers.kind, reasons=reasons, changes=stored.changes, origin=origin)

    @property
    def against(self) -> ModelFile | None:
        """The model file that the user named to compare with; None for stored answers, or where none was named."""
        return self._against

    def remember(self, source: ModelFile, largest_difference: float) -> None:
        """Keep what the run of a source over all images says of its stored answers.

        Args:
            source: A Keras file that was compared with its own stored answers.
            largest_difference: Of a probability, 0 … 1.
        """
        self._proven[source.sha256] = _find_altered_answers(source, largest_difference)

    def choose_probe(self) -> Probe:
        """Choose what a file without a contract is asked."""
        from edgemnist.comparison.question import Probe

        return Probe.choose(lambda: self._dataset, self._statement)

    def _check_given(self, given: Answers, file: ModelFile, source: Source | None) -> Answers:
        if source is not None and source.sha256 != given.model_sha256:
            made = f"{file.path} was made from {source.name} {source.sha256[:8]}"
            raise SourceMissing(
                f"{self._given_name}: of model {given.model_sha256[:8]}, but {made}",
                "give the answers of its own source, or compare with another model: `against=FILE`",
            )
        return given

    def _find_answers(
        self, file: ModelFile, source: Source, stale: tuple[str, ...]
    ) -> tuple[Stored[Answers], str] | None:
        """Look for a source's answers beside the file, else run the source beside it; None if that is the file itself.

        Compared with itself, any model would pass.
        """
        listed = list_answers(file.manifest)
        stored = find_stored_answers(file.path.parent, source.sha256, self._dataset.test.sha256, listed)
        if stored is not None:
            return stored, "stored"
        beside = find_source_file(file, source)
        if beside == file.path:
            return None
        if beside is not None and is_keras(beside) and not stale:
            return Stored(self._run_keras(ModelFile.read(beside)), ()), "computed"
        missing = f"no answers of its source {source.name} ({source.sha256[:8]}) to the data {self._dataset.name}"
        raise SourceMissing(
            f"{file.path}: {stale[0] if stale else f'{missing} are beside it'}",
            "export it again, or give them: `against='ANSWERS.npz'`, or `against='MODEL.keras'`",
        )

    def _prove(self, file: ModelFile, source: Source | None, answers: Answers) -> tuple[str, tuple[str, ...]]:
        """Run the source on a sample of the images, if Keras is installed and the source lies beside the file."""
        beside = find_source_file(file, source) if source else None
        key = answers.model_sha256
        if key not in self._proven:
            installed = importlib.util.find_spec("tensorflow") is not None
            if not installed or beside is None or hash_bytes(read_model_file(beside)) != key:
                return "stored", ()
            self._proven[key] = self._compare_sample(ModelFile.read(beside), answers)
        return "sampled", self._proven[key]

    def _compare_sample(self, source: ModelFile, answers: Answers) -> tuple[str, ...]:
        """Run the source on seeded images, of each batch as large a share."""
        test, largest = self._dataset.test, 0.0
        generator = np.random.default_rng(SAMPLE_SEED)
        name = SOURCE_RUNTIMES.get(source.format_name or "")
        with open_runtime(source, runtime=name, probe=self.choose_probe(), limits=self._limits) as runtime:
            for (images, _), stored in zip(test.iterate(), answers.iterate(), strict=True):
                count = -(-len(images) * min(SAMPLE, len(test)) // len(test))
                chosen = np.sort(generator.permutation(len(images))[:count])
                largest = max(largest, float(np.abs(runtime.predict(images[chosen]) - stored[chosen]).max()))
        return _find_altered_answers(source, largest)

    def _read_given(self, given: Path) -> Stored[Answers]:
        """Take the user's word for where stored answers are, but not for what they are."""
        stored = read_listed_answers(given, list_answers(find_manifest(given.parent)))
        if stored.content.data_sha256 != self._dataset.test.sha256:
            raise SourceMissing(f"{given}: these answers are not to the test images of {self._dataset.name}")
        return stored

    def _run_keras(self, file: ModelFile) -> Answers:
        from edgemnist.workflows.source import OpenSource

        if file.sha256 not in self._computed:
            with OpenSource(file, self._dataset.labels, self.choose_probe(), self._limits) as source:
                self._computed[file.sha256] = source.collect_answers(self._dataset.test, self._limit)
        return self._computed[file.sha256]

    def _run_other(self, file: ModelFile, rounding: Rounding | None) -> Reference:
        """Run another file: one that is to be repeated bit for bit, in the kernels that are, and up to its logits."""
        kernels = choose_kernels(file, rounding)
        with open_runtime(
            file, runtime=kernels, execute=self._execute, output="logits" if kernels else "own",
            probe=self.choose_probe(), limits=self._limits,
        ) as opened:  # fmt: skip
            info = opened.info
            self._dataset.check_classes(str(file.path), info.contract.labels if info.contract else None, info.classes)
            batches = self._dataset.test.iterate(limit=self._limit)
            rows = spool(opened.run(images).outputs for images, _ in batches)
        name = f"{file.path.name} in {info.name}" if kernels else file.path.name
        changes = (*_name_changes(file), *(f"{name}: {claim}" for claim in find_false_claims(file, info.contract)))
        return Reference(
            name, rows, output=info.output, changes=changes, origin="other", may_be_source=file.format_name == "keras"
        )


def choose_kernels(file: ModelFile, rounding: Rounding | None) -> str | None:
    """Return the runtime of a file whose outputs another one repeats bit for bit; None for the file's own.

    Args:
        file: Model file that is compared with.
        rounding: How the other file rounds; None for one that repeats no kernels.
    """
    return KERNELS[rounding] if rounding and file.format_name == "tflite" else None


def list_answers(manifest: Manifest) -> dict[str, str]:
    """Return the SHA-256 of each file of stored answers that a manifest lists, by its name."""
    return {name: entry["sha256"] for name, entry in manifest.answers.items()}


def _name_changes(file: ModelFile) -> tuple[str, ...]:
    return tuple(f"{file.path.name}: {change}" for change in file.changes)


def _find_altered_answers(source: ModelFile, largest_difference: float) -> tuple[str, ...]:
    """Return why stored answers aren't those of the model that they are said to be of; nothing if they are."""
    if largest_difference <= SAME_MODEL:  # not so for NaN
        return ()
    name, found = source.path.name, f"a probability differs by {largest_difference:.2g}"
    return (f"the stored answers aren't those of {name}: {found}: export again",)


def _compare_labels(contract: Contract | None, answers: Answers) -> tuple[str, ...]:
    """Say where a file's labels contradict those of its source: names move no answer, but mislead."""
    if contract is None or contract.labels == answers.labels:
        return ()
    inside, source = ", ".join(contract.labels), ", ".join(answers.labels)
    return (f"the labels inside are {inside}, but those of its source are {source}",)
