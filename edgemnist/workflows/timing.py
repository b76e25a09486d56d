"""The rows of one `benchmark`: each file run over the test images, then timed in rounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from edgemnist.comparison.gate import Gate, judge
from edgemnist.comparison.question import Probe
from edgemnist.contract import Contract
from edgemnist.datasets import Dataset
from edgemnist.datasets.readers import Images
from edgemnist.errors import EdgeMnistError, ModelError, RuntimeCrash, UsageError
from edgemnist.formats import ModelFile
from edgemnist.manifest import Manifest
from edgemnist.processes.limits import Limits
from edgemnist.results import Measurement
from edgemnist.results.benchmark import BatchTiming, BenchmarkRow, Measured
from edgemnist.runtimes import RuntimeEntry, find_runtime, open_runtime
from edgemnist.runtimes.base import Request, RuntimeInfo
from edgemnist.runtimes.isolation import IsolatedRuntime, open_apart
from edgemnist.runtimes.timing import IMAGES, choose_images
from edgemnist.workflows.data import ModelData, cut_limit
from edgemnist.workflows.folders import ModelRun, find_reason_to_skip
from edgemnist.workflows.measuring import measure, note_opening

if TYPE_CHECKING:
    from edgemnist.comparison.question import Statement


@dataclass(frozen=True, eq=False)
class TimedRun:
    """A row, and what the rounds need of its file.

    Args:
        run: File and runtime.
        row: What was found so far.
        file: The file as it was read; None where it isn't to be timed.
        contract: What was found that the file takes; None where that is inside.
        images: Test images whose calls are timed, uint8 (n, height, width).
    """

    run: ModelRun
    row: BenchmarkRow
    file: ModelFile | None = None
    contract: Contract | None = None
    images: Images | None = None

    def fail(self, error: EdgeMnistError) -> TimedRun:
        """Return it as one that isn't timed any more. Times of one round alone are none."""
        return replace(self, file=None, row=replace(self.row, batches=(), error=error))

    def skip(self) -> TimedRun:
        """Return it skipped where the runtime of a file in a folder isn't installed."""
        reason = find_reason_to_skip(self.run.path, self.run.runtime, self.row.error) if self.run.in_folder else ""
        return replace(self, row=replace(self.row, error=None, skipped=reason)) if reason else self


@dataclass(frozen=True, eq=False)
class Bench:
    """What is the same for all rows; see `edgemnist.workflows.benchmark.benchmark`."""

    data: ModelData
    threads: int
    batches: tuple[int, ...]
    seconds: float
    statement: Statement | None
    execute: bool
    limits: Limits
    limit: int | None
    report: Callable[[str], None]
    report_count: Callable[[int, int], None]
    _datasets: dict[int, Dataset] = field(default_factory=dict)

    @property
    def data_names(self) -> tuple[str, ...]:
        """Names of the data sets whose images were run."""
        return tuple(dict.fromkeys(dataset.name for dataset in self._datasets.values()))

    @property
    def data_notes(self) -> Iterator[str]:
        """What was assumed of them."""
        return (f"{dataset.name}: {note}" for dataset in self._datasets.values() for note in dataset.notes)

    @property
    def used_limit(self) -> int | None:
        """How many of the first test images were run; None where these were all."""
        limits = [cut_limit(self.limit, dataset) for dataset in self._datasets.values()]
        return max((limit for limit in limits if limit is not None), default=None)

    def prepare(self, run: ModelRun) -> TimedRun:
        """Run the test images through a file as `verify` does; what can be timed then is."""
        row = BenchmarkRow(str(run.path), run.runtime or "")
        try:
            entry = find_runtime(run.path, run.runtime)
            row = replace(row, runtime=entry.name)
            self.report(f"{run.path} in {entry.name}, accuracy")
            file = run.given if isinstance(run.given, ModelFile) else ModelFile.read(run.path)
            dataset = self.data.find(file)
            return self._prepare(TimedRun(run, row, file), file, entry, dataset)
        except EdgeMnistError as error:
            return TimedRun(run, row).fail(error)

    def _prepare(self, timed: TimedRun, file: ModelFile, entry: RuntimeEntry, dataset: Dataset) -> TimedRun:
        self._datasets.setdefault(id(dataset), dataset)
        probe = Probe.choose(lambda: dataset, self.statement)
        with open_runtime(
            file, runtime=entry.name, execute=self.execute, probe=probe, limits=self.limits
        ) as runtime:  # fmt: skip
            info = runtime.info
            dataset.check_classes(str(file.path), info.contract.labels if info.contract else None, info.classes)
            if info.capacity_errors:
                return replace(timed, file=None, row=replace(timed.row, misfits=info.capacity_errors))
            # What the manifest says of its outputs is verify's to judge.
            unlisted = replace(file, manifest=Manifest(file.path.parent))
            measurement, _ = measure(
                unlisted, runtime, None, dataset, cut_limit(self.limit, dataset), size=entry.images_at_once,
                report=self.report_count,
            )  # fmt: skip
        notes = (*file.changes, *note_opening(file, info), *judge(measurement.score, None, Gate()))
        measured, untimed = _keep(measurement, file, dataset), _explain_untimed(entry, info)
        row = replace(timed.row, measured=measured, notes=notes, untimed=untimed)
        if row.untimed:
            return replace(timed, row=row, file=None)
        images, _ = next(iter(dataset.test.iterate(IMAGES, None)))
        return replace(timed, row=row, contract=_state_contract(info), images=images)

    def time(self, timed: TimedRun, number: int, rounds: int) -> TimedRun:
        """Time a row in a process of its own, if it can be.

        Args:
            timed: The row.
            number: Number of the round, from 1.
            rounds: Of how many.
        """
        if timed.file is None or timed.images is None:
            return timed
        name = timed.row.runtime
        self.report(f"{timed.run.path} in {name}, round {number} of {rounds}")
        request = Request(timed.contract, threads=self.threads)
        before = {one.batch: one for one in timed.row.batches}
        try:
            with open_apart(timed.file, name, request, execute=self.execute, limits=self.limits) as runtime:
                found = tuple(
                    self._time_batch(runtime, timed.images, before.get(batch, BatchTiming(batch)))
                    for batch in self.batches
                )
        except EdgeMnistError as error:
            return timed.fail(error)
        notes = dict.fromkeys((*timed.row.notes, *_note_fixed(found)))
        return replace(timed, row=replace(timed.row, batches=found, notes=tuple(notes)))

    def _time_batch(self, runtime: IsolatedRuntime, images: Images, before: BatchTiming) -> BatchTiming:
        """Add a round to the times of a batch's size; a file needn't take more than one image."""
        if before.reason:
            return before
        try:
            found = runtime.time(choose_images(images, before.batch), before.batch, self.seconds)
        except RuntimeCrash as error:
            if before.batch == 1:
                raise
            message = f"{error.message}, in calls with {before.batch} images"
            raise RuntimeCrash(message, "time one image a call: `batches=1`") from error
        except (ModelError, UsageError) as error:
            if before.batch == 1:
                raise
            return BatchTiming(before.batch, reason=error.message)
        return replace(before, rounds=(*before.rounds, found))


def _keep(measurement: Measurement, file: ModelFile, dataset: Dataset) -> Measured:
    # The weights of ONNX may lie beside it; a header of C is none.
    beside = sum(map(len, file.companions.values())) if file.format_name == "onnx" else 0
    return Measured(
        measurement.precision, measurement.runtime, measurement.size_bytes + beside, measurement.score,
        measurement.emulated, measurement.footprint, file.sha256, dataset.name, dataset.test.sha256,
    )  # fmt: skip


def _note_fixed(timings: Sequence[BatchTiming]) -> Iterator[str]:
    fixed = next((one.rounds[0].computed for one in timings if one.batch == 1 and one.rounds), 1)
    if fixed > 1:
        yield f"its batch is fixed: a call with one image computes {fixed}"


def _explain_untimed(entry: RuntimeEntry, info: RuntimeInfo) -> str:
    """Return why no call can be timed; "" where it can."""
    if info.emulated:
        return "an emulator runs it, whose time says nothing of its target's"
    if entry.is_program:
        return f"{entry.title} is run as a whole program, no call of which can be timed"
    return ""


def _state_contract(info: RuntimeInfo) -> Contract | None:
    """Return what was found of a file without a contract, so that it isn't asked again in each process."""
    if info.contract:
        return None
    return Contract(info.input, info.output, tuple(map(str, range(info.classes))))
