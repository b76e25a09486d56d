"""Calls of a runtime, timed one by one in a process that does nothing else, and what that process takes.

Nothing is subtracted: what a call costs that runs no model is measured in the same way, and said beside it.
"""

from __future__ import annotations

import gc
import importlib
import itertools
import math
import sys
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from time import perf_counter, perf_counter_ns
from typing import Any

import numpy as np

from edgemnist.datasets.readers import Images
from edgemnist.formats import ModelFile
from edgemnist.processes.cores import pin_to_cores
from edgemnist.quiet import loading
from edgemnist.runtimes import find_runtime, open_here
from edgemnist.runtimes.base import Request, Runtime

# Part of the time of a round in which calls are made before any is counted.
WARM_UP = 0.2
# Calls that are made at least, before any is counted and then, and that are counted at most.
LEAST_WARM_UP, LEAST_CALLS, MOST_CALLS = 3, 20, 1_000_000
# Different images that take turns: generated C skips the zeros of each.
IMAGES = 64
STATUS = Path("/proc/self/status")


@dataclass(frozen=True)
class Timing:
    """What one process measured of calls with batches of one size. Times are those of a whole batch.

    Args:
        runs: How many calls were counted.
        median_us, p5_us, p95_us: Time of a call, in microseconds: the median, and the 5th and 95th percentile.
        empty_us: Median of calls that run no model: the cost of measuring, which is part of each of the others.
        threads: How many threads a call computes in.
        computed: How many images a call computes: more than it is given, where the file's batch is fixed.
        load_ms: Time to open the model, in milliseconds: not that of starting Python and importing the runtime.
        started_bytes: Largest resident memory of the process before it opened the model; None where the system
            doesn't say.
        peak_bytes: Largest resident memory of the process up to the end of these calls; None likewise.
        built_bytes: Size of what was built of the file; None where it is run as it is.
        cores: The cores that the process stayed on; none where the system keeps no process on a core.
    """

    runs: int
    median_us: float
    p5_us: float
    p95_us: float
    empty_us: float
    threads: int
    computed: int
    load_ms: float
    started_bytes: int | None
    peak_bytes: int | None
    built_bytes: int | None
    cores: tuple[int, ...]

    def to_fields(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {**asdict(self), "cores": list(self.cores)}

    @classmethod
    def from_fields(cls, values: Mapping[str, Any]) -> Timing:
        """Read it from what a child says.

        Raises:
            KeyError, TypeError, ValueError: It says no such thing.
        """
        found = {field.name: values[field.name] for field in fields(cls)}
        cores = tuple(map(_read_count, found.pop("cores")))
        times = {name: _read_time(found.pop(name)) for name in tuple(found) if name.endswith(("_us", "_ms"))}
        counts = {name: None if value is None else _read_count(value) for name, value in found.items()}
        if None in (counts["runs"], counts["threads"], counts["computed"]):
            raise ValueError("no number of runs, threads or images")
        return cls(**times, **counts, cores=cores)  # type: ignore[arg-type]


def _read_time(value: Any) -> float:
    if type(value) not in (int, float) or not (math.isfinite(value) and value >= 0):
        raise ValueError("a time that is none")
    return float(value)


def _read_count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("a number that is none")
    return value


class TimedModel:
    """A model opened in this process, and what that took.

    Args:
        file: Model file.
        name: Name of the runtime.
        request: How it is to be opened; with a number of threads, this process stays on as many cores from now on.
    """

    def __init__(self, file: ModelFile, name: str, request: Request) -> None:
        self._cores = pin_to_cores(request.threads) if request.threads else ()
        entry = find_runtime(file.path, name)
        importlib.import_module(entry.module)
        if request.threads and entry.package:  # it may be imported when the file is opened only
            with loading(entry.package, entry.install):
                importlib.import_module(entry.package)
        self._started_bytes, started = read_peak(), perf_counter()
        self.runtime: Runtime = open_here(file, name, request)
        spent_s = perf_counter() - started
        self._load_s = spent_s if self.runtime.load_s is None else self.runtime.load_s

    def time(self, images: Images, batch: int, seconds: float) -> Timing:
        """Time calls.

        Args:
            images: uint8 (n · batch, height, width), which take turns.
            batch: Images of a call.
            seconds: How long calls are counted.

        Raises:
            ModelError, UsageError: As `Runtime.prepare_calls`.
        """
        calls = self.runtime.prepare_calls(images, batch)
        times = time_calls(calls.calls, seconds)
        peak_bytes = read_peak()  # what is computed of the times is none of the model's
        empty = time_calls([calls.empty], min(seconds, 0.1))
        p5, median, p95 = (float(value) / 1000 for value in np.percentile(times, (5, 50, 95)))
        return Timing(
            runs=len(times), median_us=median, p5_us=p5, p95_us=p95, empty_us=float(np.median(empty)) / 1000,
            threads=calls.threads,
            computed=calls.images, load_ms=1000 * self._load_s, started_bytes=self._started_bytes,
            peak_bytes=peak_bytes, built_bytes=self.runtime.built_bytes, cores=self._cores,
        )  # fmt: skip


def time_calls(calls: Sequence[Callable[[], object]], seconds: float) -> array[int]:
    """Make calls in turn, warm up, and return the time of each that counts, in nanoseconds.

    Args:
        calls: The calls.
        seconds: How long they are counted.

    Example:
        >>> len(time_calls([lambda: None], 0.0))
        20
    """
    enabled = gc.isenabled()
    gc.disable()  # a collection would be part of whichever call it falls into
    try:
        _call_for(calls, WARM_UP * seconds, LEAST_WARM_UP)
        return _call_for(calls, seconds, LEAST_CALLS)
    finally:
        if enabled:
            gc.enable()


def _call_for(calls: Sequence[Callable[[], object]], seconds: float, least: int) -> array[int]:
    times = array("q")  # a list takes five times the memory, which is measured, too
    deadline = perf_counter_ns() + int(1e9 * seconds)
    for call in itertools.cycle(calls):
        started = perf_counter_ns()
        call()
        ended = perf_counter_ns()
        times.append(ended - started)
        if len(times) >= least and (ended >= deadline or len(times) >= MOST_CALLS):
            break
    return times


def read_peak() -> int | None:
    """Return the largest resident memory of this process since its program began, in bytes; None outside Linux.

    Not getrusage's: that one starts with the peak of the process that started this one.
    """
    if sys.platform != "linux":
        return None
    lines = STATUS.read_text().splitlines()
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), None)


def choose_images(images: Images, batch: int) -> Images:
    """Return as many images as take turns in calls with batches of a size, repeated where there are fewer.

    Args:
        images: uint8 (n, height, width), one or more.
        batch: Images of a call.

    Example:
        >>> choose_images(np.zeros((5, 28, 28), np.uint8), 48).shape
        (48, 28, 28)
    """
    count = batch * max(1, IMAGES // batch)
    return np.resize(images, (count, *images.shape[1:]))
