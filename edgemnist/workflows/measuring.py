"""One file measured: every test image in its runtime, compared with its source, and with what export recorded."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.answers import find_stored_outputs
from edgemnist.comparison.answers import OutputDifference
from edgemnist.comparison.calibration import CalibrationTally
from edgemnist.comparison.tally import Tally
from edgemnist.contract import Output
from edgemnist.contract.scores import is_exclusive
from edgemnist.datasets import Dataset
from edgemnist.datasets.splits import BATCH, TestSplit
from edgemnist.formats import ModelFile
from edgemnist.formats.precision import find_tensor_precision
from edgemnist.precision import PrecisionName
from edgemnist.results import Measurement
from edgemnist.runtimes.base import Runtime, RuntimeInfo, RunTotals
from edgemnist.workflows.reference import Reference, list_answers


def measure(
    file: ModelFile,
    runtime: Runtime,
    reference: Reference | None,
    dataset: Dataset,
    limit: int | None = None,
    *,
    size: int = BATCH,
    report: Callable[[int, int], None] = lambda done, total: None,
    keep: Callable[[NDArray[Any]], None] = lambda outputs: None,
) -> tuple[Measurement, tuple[str, ...]]:
    """Run all test images, a batch after the other; no batch is kept.

    Args:
        file: Model file.
        runtime: The runtime that it is opened in.
        reference: What it is compared with, or None.
        dataset: Data set.
        limit: How many of the first images are run; None for all.
        size: Images of a batch.
        report: Called after each batch with how many images were run, of how many.
        keep: Called with the file's own outputs of each batch, `output.dtype` (k, scores).

    Returns:
        What was found, and why recorded outputs are not what the manifest lists.

    Raises:
        ModelError: The runtime stops, or stored answers are damaged.
    """
    info, test = runtime.info, dataset.test
    kind = (reference.kind if reference else None) or info.output.kind  # the source's word, before the file's own
    tally = Tally(info.classes, exclusive=is_exclusive(kind))
    source_kind = reference.output.kind if reference and reference.output else kind
    calibrations = [CalibrationTally(exclusive=is_exclusive(one)) for one in (kind, source_kind)]
    totals, recorded = RunTotals(), RecordedOutputs(file, info, test, limit, size)
    comparable = _are_comparable(info.output, reference)
    answers = reference.iterate(size, limit) if reference else itertools.repeat((None, None))
    pairs = zip(test.iterate(size, limit), answers, strict=reference is not None)
    for (images, labels), (source, source_outputs) in pairs:
        run = runtime.run(images)
        totals.add(run)
        recorded.add(run.outputs)
        keep(run.outputs)
        outputs = run.outputs if comparable else None
        probabilities = info.output.decode(run.outputs)
        tally.add(labels, probabilities, source, outputs, source_outputs)
        calibrations[0].add(labels, probabilities)
        if source is not None:
            calibrations[1].add(labels, source)
        report(totals.images, limit or len(test))
    score, comparison, different = tally.finish()
    source_calibration = calibrations[1].finish() if reference else None
    measurement = Measurement(
        precision=find_precision(file, info),
        runtime=f"{info.name} {info.version}",
        size_bytes=len(file.content),
        input=info.input.summarize(),
        labels=info.contract.labels if info.contract else dataset.labels,
        reference=reference.name if reference else None,
        score=score,
        comparison=comparison,
        outputs=different,
        seconds=totals.seconds,
        footprint=totals.footprint,
        emulated=info.emulated,
        recorded=recorded.finish(),
        outputs_sha256=recorded.sha256,
        calibration=calibrations[0].finish(),
        source_calibration=source_calibration,
        reference_origin=reference.origin if reference else None,
    )
    return measurement, recorded.changes


def find_precision(file: ModelFile, info: RuntimeInfo) -> PrecisionName:
    """Return the precision that chooses the gate: the manifest's word for a listed file, not the file's own.

    Where neither manifest nor contract says one, the types of the tensors do.
    """
    claims: list[PrecisionName] = [file.listed["precision"]] if file.listed else []
    claims += [info.contract.precision] if info.contract else []
    stated = next((claim for claim in claims if claim != "unknown"), None) or info.tensor_precision
    # Of a file that the user doesn't trust, the child has read the tensors; here it isn't parsed.
    return stated or (find_tensor_precision(file) if file.trusted else None) or "unknown"


def note_opening(file: ModelFile, info: RuntimeInfo) -> Iterator[str]:
    """Give what a reader must know of how a file was opened, whatever it answered.

    Args:
        file: Model file.
        info: What its runtime found.
    """
    if not file.trusted and file.format_name == "c":
        yield "not among the files that you made or trust: its code was run because of `trust=True`"
    yield from info.notes
    if info.found:
        yield f"no contract inside: {info.found.summarize()}"


def _are_comparable(mine: Output, reference: Reference | None) -> bool:
    """Whole numbers can be compared where both files give them with the same meaning."""
    other = reference.output if reference else None
    if other is None or np.dtype(mine.dtype).kind not in "iu":
        return False
    return (mine.dtype, mine.scale, mine.zero_point) == (other.dtype, other.scale, other.zero_point)


class RecordedOutputs:
    """The outputs that export recorded for the test images, compared with those of a run, batch by batch.

    Args:
        file: Model file.
        info: What its runtime found.
        test: Test images.
        limit: How many of them are run; None for all, which alone can be compared.
        size: Images of a batch.

    Attributes:
        changes: Why they are not what the manifest lists; empty if they are.

    Raises:
        ModelError: They are damaged.
    """

    def __init__(
        self, file: ModelFile, info: RuntimeInfo, test: TestSplit, limit: int | None = None, size: int = BATCH
    ) -> None:
        self._batches: Iterator[NDArray[Any]] | None = None
        self.changes: tuple[str, ...] = ()
        self._compared = self._different = 0
        self._hash, self._listed = hashlib.sha256(), ""
        entry = (file.listed or {}).get("outputs")
        if limit is not None or entry is None or file.listed is None or entry["data_sha256"] != test.sha256:
            return
        self._listed = entry["sha256"]
        folder, listed = file.path.parent, list_answers(file.manifest)
        stored = find_stored_outputs(folder, file.listed["sha256"], test.sha256, listed)
        if stored is None:
            return
        self.changes, rows = stored.changes, stored.content
        if (rows.shape, rows.dtype) == ((len(test), info.scores), np.dtype(info.output.dtype)):
            self._batches = rows.iterate(size)

    def add(self, outputs: NDArray[Any]) -> None:
        """Take the outputs of the next batch."""
        self._compared += outputs.size
        if self._listed:
            self._hash.update(np.ascontiguousarray(outputs).data)
        if self._batches is not None:
            self._different += int((outputs != next(self._batches)).sum())

    @property
    def sha256(self) -> str | None:
        """SHA-256 of all outputs, as the manifest lists it; None where it lists none for these images."""
        return self._hash.hexdigest() if self._listed else None

    def finish(self) -> OutputDifference | None:
        """Return how many differ; None where none were recorded for these images, or that can't be known."""
        if self._batches is None and self.sha256 != self._listed:  # their file isn't beside it: the hash says which
            return None
        return OutputDifference(self._compared, self._different)
