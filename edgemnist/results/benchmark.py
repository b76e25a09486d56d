"""What `benchmark` finds: a row a file and runtime, each timed twice, and what is slower than it was."""

from __future__ import annotations

import statistics
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from edgemnist.comparison.answers import Score
from edgemnist.comparison.dominance import Cost, find_dominated
from edgemnist.errors import EdgeMnistError, record_error
from edgemnist.precision import PrecisionName
from edgemnist.results.measurement import pick_fields
from edgemnist.results.slowdown import Slowdown
from edgemnist.runtimes.base import Footprint
from edgemnist.runtimes.timing import Timing


@dataclass(frozen=True)
class BatchTiming:
    """Calls with batches of one size, timed in each round by a process of its own. Times are those of a whole batch.

    Args:
        batch: Images of a call.
        rounds: What each round measured; none where the file takes no such batch.
        reason: Why it wasn't timed; "" if it was.
    """

    batch: int
    rounds: tuple[Timing, ...] = ()
    reason: str = ""

    @property
    def cost(self) -> Cost:
        """The rounds' medians, in microseconds: the lowest, that of them, the highest."""
        medians = [one.median_us for one in self.rounds]
        return Cost(min(medians), statistics.median(medians), max(medians))

    @property
    def median_us(self) -> float:
        """Median of the rounds' medians, in microseconds."""
        return self.cost.middle

    @property
    def p5_us(self) -> float:
        """Median of the rounds' 5th percentiles, in microseconds."""
        return statistics.median(one.p5_us for one in self.rounds)

    @property
    def p95_us(self) -> float:
        """Median of the rounds' 95th percentiles, in microseconds."""
        return statistics.median(one.p95_us for one in self.rounds)

    @property
    def spread(self) -> float:
        """How far the rounds' medians lie apart, as a share of their median."""
        return (self.cost.high - self.cost.low) / self.cost.middle if self.cost.middle else 0.0

    @property
    def images_per_second(self) -> float | None:
        """Images that go through in a second; None where the clock saw no time pass."""
        return 1e6 * self.batch / self.median_us if self.median_us else None

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        names = ("median_us", "p5_us", "p95_us", "spread", "images_per_second")
        found = {name: getattr(self, name) if self.rounds else None for name in names}
        rounds = [one.to_fields() for one in self.rounds]
        return {"batch": self.batch, **found, "rounds": rounds, "reason": self.reason or None}


@dataclass(frozen=True)
class Measured:
    """What is known of a file that was run in a runtime, without its times.

    Args:
        precision: The contract's, or what the tensors say.
        runtime: Display name and version of the runtime.
        size_bytes: Of the file, with the weights that lie beside it.
        score: How well it classifies there.
        emulated: True if an emulator ran it, whose time says nothing of its target's.
        footprint: What it takes of an emulated microcontroller; None elsewhere.
        sha256: Of the file.
        data: Name of the data set whose test images were run.
        data_sha256: SHA-256 of its test split.
    """

    precision: PrecisionName
    runtime: str
    size_bytes: int
    score: Score
    emulated: bool
    footprint: Footprint | None
    sha256: str
    data: str
    data_sha256: str


@dataclass(frozen=True)
class BenchmarkRow:
    """A file in a runtime.

    Args:
        model: The path as it was given.
        runtime: Name of the runtime, as commands call it.
        measured: What is known of it but for times; None where it couldn't be run.
        batches: Times, by the size of the batch: that of one image first.
        untimed: Why there are none; "" where there are.
        misfits: What its target lacks to hold it; it wasn't run then.
        notes: What else a reader must know.
        error: Why it couldn't be measured.
        skipped: What isn't installed that would run it, and the line that installs it; "" if it was run.
        dominated: True if another row costs no more in size, time and accuracy, and less in one: of emulated rows in
            flash, RAM, instructions and accuracy, among those of the same target. Only rows of the same
            test images are compared.
    """

    model: str
    runtime: str
    measured: Measured | None = None
    batches: tuple[BatchTiming, ...] = ()
    untimed: str = ""
    misfits: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    error: EdgeMnistError | None = None
    skipped: str = ""
    dominated: bool = False

    @property
    def latency(self) -> BatchTiming | None:
        """Times of one image; None where there are none."""
        return next((one for one in self.batches if one.batch == 1 and one.rounds), None)

    @property
    def shipped_bytes(self) -> int | None:
        """Size of what was built of generated C, else of the file, in bytes; None where it wasn't run."""
        if self.measured is None:
            return None
        if self.measured.footprint:
            return self.measured.footprint.flash_bytes
        built = self.latency.rounds[0].built_bytes if self.latency else None
        return built or self.measured.size_bytes

    def list_costs(self) -> tuple[Cost, ...]:
        """Return what it is compared by with others of its group; none where it isn't."""
        if self.measured is None or self.shipped_bytes is None:
            return ()
        errors, footprint = Cost.exact(-self.measured.score.accuracy), self.measured.footprint
        if footprint:
            figures = (footprint.flash_bytes, footprint.ram_bytes, footprint.instructions_per_image)
            return (*map(Cost.exact, figures), errors)
        return (Cost.exact(self.shipped_bytes), self.latency.cost, errors) if self.latency else ()

    @property
    def group(self) -> tuple[str, str]:
        """Rows of one group are compared: of the same emulated target, or timed on this machine; on the same images."""
        if self.measured is None:
            return "", ""
        return self.runtime if self.measured.emulated else "", self.measured.data_sha256

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        measured, latency = self.measured, self.latency
        score = measured.score if measured else None
        names = ("images", "hits", "accuracy", "accuracy_low", "accuracy_high")
        first = latency.rounds if latency else ()
        return {
            "model": self.model,
            "runtime": self.runtime,
            "version": measured.runtime if measured else None,
            "precision": measured.precision if measured else None,
            "data": measured.data if measured else None,
            "data_sha256": measured.data_sha256 if measured else None,
            "sha256": measured.sha256 if measured else None,
            "size_bytes": measured.size_bytes if measured else None,
            "built_bytes": first[0].built_bytes if first else None,
            **{name: getattr(score, name) if score else None for name in names},
            "threads": first[0].threads if first else None,
            "cores": list(first[0].cores) if first else None,
            "load_ms": statistics.median(one.load_ms for one in first) if first else None,
            "empty_us": statistics.median(one.empty_us for one in first) if first else None,
            "started_bytes": _find_largest(one.started_bytes for one in first),
            "peak_bytes": _find_largest(one.peak_bytes for one in first),
            "batches": [one.to_record() for one in self.batches],
            "emulated": measured.emulated if measured else None,
            **pick_fields(measured.footprint if measured else None, Footprint),
            "dominated": self.dominated,
            "untimed": self.untimed or None,
            "misfits": list(self.misfits),
            "notes": list(self.notes),
            "skipped": self.skipped or None,
            "error": record_error(self.error) if self.error else None,
        }


def _find_largest(sizes: Any) -> int | None:
    return max((size for size in sizes if size is not None), default=None)


def mark_dominated(rows: list[BenchmarkRow]) -> list[BenchmarkRow]:
    """Return the rows, those marked than which another of their group is better."""
    marked = dict(enumerate(rows))
    for group in {row.group for row in rows}:
        places = [place for place, row in marked.items() if row.group == group and row.list_costs()]
        found = find_dominated([rows[place].list_costs() for place in places])
        marked |= {place: replace(rows[place], dominated=worse) for place, worse in zip(places, found, strict=True)}
    return [*marked.values()]


@dataclass(frozen=True)
class MachineRecord:
    """Where it was measured.

    Args:
        name: System, architecture and processor.
        cores: Cores that this process may use.
        python, edgemnist: Versions.
    """

    name: str
    cores: int
    python: str
    edgemnist: str


BenchmarkStatus = Literal[0, 1, 2]


@dataclass(frozen=True)
class Benchmark:
    """The rows of one `benchmark`.

    Args:
        rows: In the order of the files given; each was timed once in a round over all of them, then once more.
        machine: Where.
        threads: How many threads runtimes were told to compute in.
        seconds: How long calls of a row were counted in each round.
        data: Name of the data set.
        limit: How many of the first test images the accuracy is of; None for all.
        slowdown: What an earlier run says; None where there is none.
        notes: What was assumed of the data.
    """

    rows: tuple[BenchmarkRow, ...]
    machine: MachineRecord
    threads: int
    seconds: float
    data: str
    limit: int | None = None
    slowdown: Slowdown | None = None
    notes: tuple[str, ...] = ()

    @property
    def exit_status(self) -> BenchmarkStatus:
        """2 if a row is an error, or nothing was measured or, with a limit, compared; 1 if a row doesn't fit its target
        or is too slow; else 0.
        """
        measured = [row for row in self.rows if not row.skipped]
        if not measured or any(row.error for row in measured) or (self.slowdown and self.slowdown.is_void):
            return 2
        return 1 if any(row.misfits for row in measured) or (self.slowdown and self.slowdown.slower) else 0

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "machine": asdict(self.machine),
            "threads": self.threads,
            "seconds": self.seconds,
            "data": self.data,
            "limit": self.limit,
            "rows": [row.to_record() for row in self.rows],
            "slowdown": self.slowdown.to_record() if self.slowdown else None,
            "notes": list(self.notes),
        }
