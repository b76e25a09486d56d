"""What a file is held against: its source's answers, wherever they are, or another file's."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.answers import Answers, find_stored_answers, read_answers
from edgemnist.contract import Output, Rounding, Source
from edgemnist.datasets import Dataset
from edgemnist.datasets.splits import split_validation
from edgemnist.errors import EdgeMnistError, ModelError, SourceMissing
from edgemnist.files import hash_bytes, read_model_file
from edgemnist.manifest import find_manifest, is_ours
from edgemnist.runtimes import Runtime, open_runtime

# The runtime whose arithmetic a rounding repeats.
KERNELS: dict[Rounding, str] = {"reference": "litert-reference", "tflm": "tflm"}


@dataclass(frozen=True, eq=False)
class Reference:
    """Answers to be held against.

    Args:
        name: whose they are.
        probabilities: float32 (n, classes).
        kind: what they were before they became probabilities; None where another file gave them.
        outputs, output: the raw answers of another file, and what they mean.
        reasons: what speaks against the file before its answers are even looked at.
    """

    name: str
    probabilities: NDArray[np.float32]
    kind: str | None = None
    outputs: NDArray[Any] | None = None
    output: Output | None = None
    reasons: tuple[str, ...] = ()


class References:
    """Finds the reference for each file of one `verify`, and runs nothing twice.

    Args:
        dataset: whose test images are asked.
        against: another file that the user named, or None.
        given: the source, or its stored answers, that the user named, or None.
        trust: run the code of another file that no manifest of ours lists.

    Raises:
        EdgeMnistError: both are named, or what is named can't be read: once, not for each file.
    """

    def __init__(self, dataset: Dataset, against: Path | None, given: Path | None, trust: bool = False) -> None:
        if against and given:
            raise EdgeMnistError("--against and --reference were both given", "leave one of them out")
        self._dataset = dataset
        self._computed: dict[str, Answers] = {}
        self._against, self._trust = against, trust
        self._others: dict[Rounding | None, Reference] = {}
        if against:
            read_model_file(against)
        self._given = self._read_given(given) if given else None
        self._given_name = given.name if given else None

    def find(self, path: Path, runtime: Runtime) -> Reference | None:
        """Return what the file at `path` is held against; None if it names no source and none was given.

        Raises:
            SourceMissing: its contract names a source whose answers are nowhere.
        """
        if self._against:
            rounding = runtime.contract.rounding if runtime.contract else None
            if rounding not in self._others:
                self._others[rounding] = self._run_other(self._against, rounding)
            return self._others[rounding]
        source = self._name_source(path, runtime)
        stale = self._describe_staleness(path, source) if source else ()
        if self._given:
            answers: Answers | None = self._check_given(self._given, path, source)
        else:
            answers = self._find_answers(path, runtime, source, stale) if source else None
        if answers is None:
            return None
        expected, shape = (len(self._dataset.test), runtime.classes), answers.shape
        if shape != expected:
            raise ModelError(f"{path}: its source's answers have shape {shape}, expected {expected}")
        name = self._given_name or (source.name if source else "")
        reasons = (*stale, *_compare_labels(runtime, answers))
        return Reference(name, answers.probabilities, answers.kind, reasons=reasons)

    def _check_given(self, given: Answers, path: Path, source: Source | None) -> Answers:
        if source is not None and source.sha256 != given.model_sha256:
            made = f"{path} was made from {source.name} {source.sha256[:8]}"
            raise SourceMissing(
                f"{self._given_name}: of model {given.model_sha256[:8]}, but {made}",
                "give its own source, or compare with another model: --against FILE",
            )
        return given

    def _find_answers(self, path: Path, runtime: Runtime, source: Source, stale: tuple[str, ...]) -> Answers | None:
        """Look for a source's answers beside the file, else ask the source beside it; None for a source itself."""
        noted = {name: entry["sha256"] for name, entry in find_manifest(path.parent).answers.items()}
        stored = find_stored_answers(path.parent, source.sha256, self._dataset.test.sha256, noted)
        if stored is not None:
            return stored
        if runtime.contract is None or runtime.contract.source is None:
            return None
        beside = _find_source_file(path, source)
        if beside is not None and beside.suffix == ".keras" and not stale:
            return self._ask_keras(beside)
        missing = f"no answers of its source {source.name} ({source.sha256[:8]}) to the data {self._dataset.name}"
        raise SourceMissing(
            f"{path}: {stale[0] if stale else f'{missing} are beside it'}",
            "export it again, or give them: --reference ANSWERS.npz, or --reference MODEL.keras",
        )

    def _name_source(self, path: Path, runtime: Runtime) -> Source | None:
        """The source that a contract names; a Keras file of ours is its own, so that its answers are proven too."""
        if runtime.contract is None:
            return None
        return runtime.contract.source or Source(path.name, hash_bytes(read_model_file(path)))

    def _describe_staleness(self, path: Path, source: Source) -> tuple[str, ...]:
        beside = _find_source_file(path, source)
        if beside is None:
            return ()
        now = hash_bytes(read_model_file(beside))
        if now == source.sha256:
            return ()
        return (f"stale: made from {source.name} {source.sha256[:8]}, which is now {now[:8]}: export it again",)

    def _read_given(self, given: Path) -> Answers:
        """Take the user's word for where the source is, but not for what it is."""
        if given.suffix == ".keras":
            return self._ask_keras(given)
        answers = read_answers(given)
        if answers.data_sha256 != self._dataset.test.sha256:
            raise SourceMissing(f"{given}: these answers are not to the test images of {self._dataset.name}")
        return answers

    def _ask_keras(self, path: Path) -> Answers:
        from edgemnist.workflows.sources import collect_answers, open_source  # TensorFlow

        key = hash_bytes(read_model_file(path))
        if key not in self._computed:
            _, validation = split_validation(self._dataset.training)
            with open_source(path, self._dataset, validation) as (source, runtime):
                self._computed[key] = collect_answers(source, runtime, self._dataset.test)
        return self._computed[key]

    def _run_other(self, path: Path, rounding: Rounding | None) -> Reference:
        """Run another file: one that is to be repeated bit for bit, in the kernels that are, and up to its logits."""
        if rounding is None or path.suffix != ".tflite":
            return self._ask_other(path, path, None)
        from edgemnist.runtimes.flatbuffer import expose_logits

        with tempfile.TemporaryDirectory() as folder:
            logits = Path(folder, path.name)
            logits.write_bytes(expose_logits(path, read_model_file(path)))
            return self._ask_other(path, logits, KERNELS[rounding])

    def _ask_other(self, path: Path, form: Path, runtime: str | None) -> Reference:
        with open_runtime(form, runtime=runtime, trusted=is_ours(path), execute=self._trust) as opened:
            check_classes(path, opened, self._dataset)
            outputs = opened.run(self._dataset.test.images)
            name = f"{path.name} in {opened.name}" if runtime else path.name
            return Reference(name, opened.output.decode(outputs), outputs=outputs, output=opened.output)


def check_classes(path: Path, runtime: Runtime, dataset: Dataset) -> None:
    """Refuse a file that answers other classes than the data has.

    Raises:
        EdgeMnistError: their number or their names differ.
    """
    if runtime.contract:
        dataset.check_labels(str(path), runtime.contract.labels)
    elif runtime.classes != len(dataset.labels):
        raise ModelError(
            f"{path}: answers {runtime.classes} classes, but the data {dataset.name} has {len(dataset.labels)}",
            "give the data that it was trained on: --data PATH",
        )


def _compare_labels(runtime: Runtime, answers: Answers) -> tuple[str, ...]:
    """Say where a file's labels contradict its source's: names move no answer, but mislead."""
    if runtime.contract is None or runtime.contract.labels == answers.labels:
        return ()
    inside, source = ", ".join(runtime.contract.labels), ", ".join(answers.labels)
    return (f"the labels inside are {inside}, but its source's are {source}",)


def _find_source_file(path: Path, source: Source) -> Path | None:
    """Look for the source where the manifest says it was, else beside the file."""
    noted = find_manifest(path.parent).models.get(path.name, {}).get("source", {}).get("path", "")
    for candidate in (noted, Path(source.name).name):
        if candidate and (path.parent / candidate).is_file():
            return path.parent / candidate
    return None
