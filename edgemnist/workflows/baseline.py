"""An earlier `benchmark`, read from the document that it printed, and what became slower since."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgemnist.comparison.dominance import Cost
from edgemnist.errors import UsageError
from edgemnist.files import read_file
from edgemnist.results.benchmark import Benchmark, BenchmarkRow
from edgemnist.results.slowdown import Key, Ratio, Slowdown

MOST_BYTES = 64 << 20
# Microseconds and instructions that can be: what is beyond would make ratios that are no numbers.
LEAST, MOST = 1e-6, 1e15
HINT = "see: edgemnist guide benchmark"
# What a document of something else raises while it is read.
BROKEN = (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)


@dataclass(frozen=True)
class Baseline:
    """What an earlier run measured.

    Args:
        path: Its document.
        machine: Name of the machine.
        cores: Cores that could be used there.
        images: The data set whose test images were run, and how many of the first; None for all.
        costs: What each row took: microseconds a call, or instructions an image.
        doubles: Rows that it has more than once, which are compared with nothing.
    """

    path: Path
    machine: str
    cores: int
    images: tuple[str, int | None]
    costs: Mapping[Key, Cost]
    doubles: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> Baseline:
        """Read it.

        Raises:
            UsageError: It can't be read, or is no such document.
        """
        content = read_file(path, MOST_BYTES, error=UsageError, missing=HINT)
        try:
            document = json.loads(content)
            machine, rows = document["machine"], document["rows"]
            pairs = [pair for row in rows for pair in _read_row(row)]
            name, cores = str(machine["name"]), int(machine["cores"])
            limit = None if document["limit"] is None else int(document["limit"])
            images = str(document["data"]), limit
        except BROKEN as error:
            raise UsageError(f"{path}: not what edgemnist benchmark prints as JSON", HINT) from error
        costs, doubles = _take_single(pairs)
        return cls(path, name, cores, images, costs, doubles)

    def compare(self, found: Benchmark, max_slowdown: float | None) -> Slowdown:
        """Compare a run's rows with those of the same file, runtime, threads and batch.

        Args:
            found: The run.
            max_slowdown: The ratio that is allowed; None for any.
        """
        now, doubles = _take_single([pair for row in found.rows for pair in list_costs(row)])
        then, notes = dict(self.costs), []
        if (found.machine.name, found.machine.cores) != (self.machine, self.cores):
            cores = f"{self.cores} core{'s' if self.cores != 1 else ''}"
            notes.append(f"{self.path} was measured elsewhere: {self.machine}, {cores}")
        counted = {key for key in now if key in then and key.unit == "instructions"}
        if counted and (found.data, found.limit) != self.images:
            notes.append(f"{self.path} is of other test images, which take other instructions: none are compared")
            now, then = ({key: cost for key, cost in one.items() if key not in counted} for one in (now, then))
        notes += [f"{name}: more than one row of that name" for name in dict.fromkeys((*doubles, *self.doubles))]
        ratios = tuple(Ratio.of(key, now[key], then[key], max_slowdown) for key in now if key in then)
        if not ratios:
            notes.append(f"nothing was compared with {self.path}")
        return Slowdown(
            baseline=str(self.path),
            max_slowdown=max_slowdown,
            ratios=ratios,
            missing=tuple(key.summarize() for key in then if key not in now),
            added=tuple(key.summarize() for key in now if key not in then),
            notes=tuple(notes),
        )


def list_costs(row: BenchmarkRow) -> Iterator[tuple[Key, Cost]]:
    """Yield what of a row can be compared with another run."""
    name = Path(row.model).name
    for one in row.batches:
        if one.rounds and one.cost.low > 0:
            yield Key(name, row.runtime, one.rounds[0].threads, one.batch), one.cost
    footprint = row.measured.footprint if row.measured else None
    if footprint and footprint.instructions_per_image > 0:
        yield Key(name, row.runtime, None, None), Cost.exact(footprint.instructions_per_image)


def _read_row(row: Mapping[str, Any]) -> Iterator[tuple[Key, Cost]]:
    name, runtime = Path(str(row["model"])).name, str(row["runtime"])
    for one in row["batches"]:
        medians = [read_figure(found["median_us"]) for found in one["rounds"]]
        if medians:
            cost = Cost(min(medians), sum(medians) / len(medians), max(medians))
            yield Key(name, runtime, int(one["rounds"][0]["threads"]), int(one["batch"])), cost
    if row["instructions_per_image"] is not None:
        yield Key(name, runtime, None, None), Cost.exact(read_figure(row["instructions_per_image"]))


def read_figure(value: Any, least: float = LEAST) -> float:
    """Return a number of the document.

    Raises:
        ValueError: It is smaller than `least`, or larger than any that can be.
    """
    figure = float(value)
    if not least <= figure <= MOST:
        raise ValueError("a figure that is none")
    return figure


def _take_single(pairs: Iterable[tuple[Key, Cost]]) -> tuple[dict[Key, Cost], tuple[str, ...]]:
    """Return what is there once, and in words what is there more often: by its name, nobody knows which is which."""
    pairs = list(pairs)
    counts = Counter(key for key, _ in pairs)
    doubles = tuple(key.summarize() for key, count in counts.items() if count > 1)
    return {key: cost for key, cost in pairs if counts[key] == 1}, doubles
