"""`benchmark`: how long a file takes in a runtime, what it takes of memory, and how well it classifies there."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import edgemnist
from edgemnist.errors import UsageError
from edgemnist.formats import ModelFile
from edgemnist.manifest import find_manifest
from edgemnist.processes.cores import list_cores
from edgemnist.processes.limits import Limits
from edgemnist.results.benchmark import Benchmark, BenchmarkRow, MachineRecord, mark_dominated
from edgemnist.saved_answers.machine import name_machine
from edgemnist.workflows.baseline import Baseline
from edgemnist.workflows.data import ModelData, check_limit
from edgemnist.workflows.folders import ModelRun, find_nothing, list_runs, name_runtimes, require_used
from edgemnist.workflows.timing import Bench, TimedRun

if TYPE_CHECKING:
    from edgemnist.comparison.question import Statement
    from edgemnist.datasets import Data

# How often each row is timed: in rounds over all rows, so that what disturbs the machine for a while is seen as a
# spread, and not as a slow model.
ROUNDS = 2
# Sizes of batches that a single file is timed with in a single runtime, unless others are named.
CURVE = (1, 8, 32, 128)
MOST_BATCH, MOST_SECONDS, MOST_SLOWDOWN = 4096, 60.0, 1e6


def benchmark(
    *paths: str | Path | ModelFile,
    data: Data = None,
    class_names: Sequence[str] | None = None,
    split: str | None = None,
    runtime: str | Sequence[str] | None = None,
    threads: int = 1,
    batches: Sequence[int] | None = None,
    seconds: float = 0.5,
    compare: str | Path | None = None,
    max_slowdown: float | None = None,
    statement: Statement | None = None,
    trust: bool = False,
    limits: Limits | None = None,
    limit: int | None = None,
    require_all: bool = False,
    report: Callable[[str], None] = lambda what: None,
    report_count: Callable[[int, int], None] = lambda done, total: None,
) -> Benchmark:
    """Time model files call by call, each in a fresh process and twice, and say how well they classify.

    A call sets the input, runs the model and reads the output: the input values of 64 test images, which take turns,
    are made before. Warm-up calls aren't counted. An emulated target is never timed: its row has instructions, flash,
    RAM and stack.

    Args:
        paths: model files, read or not, and folders of them (not recursive).
        data: a data set, as `load_dataset` takes it; None for the one that `train` remembers of each model, or the
            MNIST inside the package.
        class_names: the class names; None for those of the data.
        split: the name of one of several data sets in a folder; None where there is one.
        runtime: the name of one that runs such files, in place of their own, or the names of several: a row for each
            that runs such a file; see `edgemnist.RUNTIMES`.
        threads: how many threads a runtime computes in, from 1 to the number of cores; the process stays on as many
            cores. Generated C, TFLite Micro and LiteRT's reference kernels know one thread.
        batches: numbers of images of a call, 1 … 4096; one image is timed in any case. None for 1, 8, 32 and 128 of a
            single file in a single runtime, and 1 alone of several.
        seconds: how long calls of each row and batch are counted in each of the two rounds, up to 60; at least 20 are.
        compare: the JSON document of an earlier run, to be compared with.
        max_slowdown: the ratio of the times, to those of `compare`, up to which a row isn't too slow, up to 1e6; None
            for any. A row is too slow if even the ratio of its fastest round now to its slowest round then is higher.
        statement: what files without a contract take and give; what it leaves open is found by probing.
        trust: run the code of a .c file that isn't among those that the user made or trusts.
        limits: time, memory and files that a child process may use; None for the usual ones.
        limit: take the accuracy of the first `limit` test images, to be done sooner.
        require_all: measure every file of a folder. Without it, one whose runtime needs a package or a program that
            isn't installed is skipped, as long as others are measured.
        report: called with what is measured now.
        report_count: called with how many test images of that file were run, of how many, as it goes on.

    Returns:
        A row a file and runtime. One that can't be measured has an `error`, or is `skipped`, so that the others still
        are.

    Raises:
        EdgeMnistError: the data or `compare` can't be read, no such runtime, or parameters are out of range.

    Example:
        >>> found = benchmark("exports/small_int8.tflite", seconds=0.01, batches=[1], limit=100)
        >>> found.rows[0].latency.median_us > 0, found.rows[0].measured.score.images
        (True, 100)
    """
    runtimes = name_runtimes(runtime)
    check_limit(limit)
    _check_settings(threads, seconds, compare, max_slowdown)
    baseline = Baseline.read(Path(compare)) if compare else None
    places = [one if isinstance(one, ModelFile) else Path(one) for one in paths]
    model_data = ModelData.choose(data, class_names, split, places)
    runs, empty = _list_runs(places, runtimes)
    sizes = _choose_batches(batches, single=len(runs) == 1)
    bench = Bench(
        model_data, threads, sizes, seconds, statement, trust, limits or Limits(), limit, report, report_count
    )
    timed = [bench.prepare(run) for run in runs]
    for number in range(ROUNDS):
        timed = [bench.time(one, number + 1, ROUNDS) for one in timed]
    rows = mark_dominated([*empty, *(one.row for one in (timed if require_all else _skip(timed)))])
    found = Benchmark(
        rows=tuple(rows),
        machine=MachineRecord(name_machine(), len(list_cores()), platform.python_version(), edgemnist.__version__),
        threads=threads,
        seconds=seconds,
        data=" and ".join(bench.data_names),
        limit=bench.used_limit,
        notes=tuple(bench.data_notes),
    )
    return replace(found, slowdown=baseline.compare(found, max_slowdown)) if baseline else found


def _check_settings(
    threads: int, seconds: float, compare: str | Path | None, max_slowdown: float | None
) -> None:  # fmt: skip
    cores = len(list_cores())
    if not 1 <= threads <= cores:
        raise UsageError(f"`threads={threads}` is out of range, expected 1 to {cores}: the cores that can be used here")
    if not 0 < seconds <= MOST_SECONDS:
        raise UsageError(f"`seconds={seconds:g}` is out of range, expected more than 0 and at most {MOST_SECONDS:g}")
    if max_slowdown is not None and compare is None:
        raise UsageError(
            "`max_slowdown` is a ratio to an earlier run, and none is named", "name it: `compare='run.json'`"
        )
    if max_slowdown is not None and not 0 < max_slowdown <= MOST_SLOWDOWN:
        raise UsageError(
            f"`max_slowdown={max_slowdown:g}` is out of range, expected more than 0, such as 1.5, and at most "
            f"{MOST_SLOWDOWN:g}"
        )


def _choose_batches(batches: Sequence[int] | None, *, single: bool) -> tuple[int, ...]:
    """Return the sizes of batches that are timed, in rising order; one image is always among them."""
    if batches is None:
        return CURVE if single else (1,)
    wrong = [size for size in batches if not 1 <= size <= MOST_BATCH]
    if wrong:
        raise UsageError(f"`batches={wrong[0]}` is out of range, expected 1 to {MOST_BATCH}")
    return tuple(sorted({1, *batches}))


def _list_runs(
    places: Sequence[Path | ModelFile], runtimes: tuple[str | None, ...]
) -> tuple[list[ModelRun], list[BenchmarkRow]]:
    """Return what is to be measured, and rows of folders that hold nothing of it."""
    runs: list[ModelRun] = []
    empty = []
    for place in places:
        found = list_runs(place, lambda folder: find_manifest(folder).models, runtimes)
        runs += found
        if not found and isinstance(place, Path):
            empty.append(BenchmarkRow(str(place), "", error=find_nothing(place, runtimes)))
    require_used(runtimes, runs)
    return runs, empty


def _skip(timed: list[TimedRun]) -> list[TimedRun]:
    """Return the rows, those of folders skipped whose runtime isn't installed; not if these are all."""
    skipped = [one.skip() for one in timed]
    return timed if all(one.row.skipped for one in skipped) else skipped
