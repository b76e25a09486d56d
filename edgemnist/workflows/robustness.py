"""Corrupted test images in `verify`: a file's answers to them, and those of what it is compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.answers import find_classes
from edgemnist.comparison.question import Probe, Statement
from edgemnist.comparison.robustness import Classes, Robustness, compare_corrupted
from edgemnist.datasets import Dataset
from edgemnist.datasets.corruptions import CORRUPTIONS, STRENGTHS, corrupt
from edgemnist.datasets.readers import Images, Labels
from edgemnist.errors import SourceMissing, UsageError
from edgemnist.formats import ModelFile
from edgemnist.processes.limits import Limits
from edgemnist.runtimes import open_runtime
from edgemnist.runtimes.base import RuntimeInfo
from edgemnist.workflows.exact import SOURCE_RUNTIMES
from edgemnist.workflows.provenance import find_source_file, is_itself, is_source, name_source
from edgemnist.workflows.reference import choose_kernels

# Test images that are corrupted, each in 55 ways: for the smaller of the released models a matter of seconds.
IMAGES = 500
SEED = 0
Predict = Callable[[Images], NDArray[np.float32]]
Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Other:
    """What a file is compared with.

    Args:
        file: A model file.
        runtime: Name of the runtime that answers for it; None for the file's own.
    """

    file: ModelFile
    runtime: str | None = None


def draw_places(total: int, count: int) -> NDArray[np.int64]:
    """Draw which of `total` images are taken: one of each of `count` equal stretches.

    Not every nth: the classes of a data set may take turns.

    Example:
        >>> draw_places(100, 4) // 25
        array([0, 1, 2, 3])
    """
    ends = np.arange(count + 1) * total // count
    return np.random.default_rng(SEED).integers(ends[:-1], ends[1:])


@dataclass(frozen=True, eq=False)
class Corruptions:
    """The corrupted images of one `verify`; each source runs them once.

    Args:
        dataset: Data set whose test images are corrupted.
        against: The model file that the user named to compare with; None for each file's own source.
        execute: Run the code of a .c file that the user doesn't trust.
        limits: Time, memory and files that a child process may use.
        limit: How many of the first test images are among those that are corrupted; None for all.
        statement: What the user says of files without a contract.
        images: How many test images are corrupted, at most.
        report: Called with how many corrupted images were run, of how many.
    """

    dataset: Dataset
    against: ModelFile | None
    execute: bool
    limits: Limits
    limit: int | None = None
    statement: Statement | None = None
    images: int = IMAGES
    report: Report = lambda done, total: None
    _known: dict[tuple[str, str | None], list[Classes]] = field(default_factory=dict)

    @cached_property
    def _chosen(self) -> tuple[Images, Labels]:
        """The images, uint8 (n, height, width), and their labels: evenly spread, as a data set may be sorted."""
        total = self.limit or len(self.dataset.test)
        places, start, parts = draw_places(total, min(self.images, total)), 0, []
        for images, labels in self.dataset.test.iterate(limit=self.limit):
            inside = places[(places >= start) & (places < start + len(images))] - start
            parts.append((images[inside], labels[inside]))
            start += len(images)
        return np.concatenate([images for images, _ in parts]), np.concatenate([labels for _, labels in parts])

    def choose(self, file: ModelFile, info: RuntimeInfo) -> Other | None:
        """Choose what a file is compared with: what stored answers stand for, which can't answer other images.

        Args:
            file: Model file.
            info: What the runtime that opened it found.

        Returns:
            None for a file that is its own source, or names none.

        Raises:
            UsageError: An emulator runs it.
            SourceMissing: Its source isn't beside it.
        """
        if info.emulated:
            raise UsageError(
                f"{file.path}: {info.name} is emulated: corrupted images, 55 times as many, would take long",
                "leave `runtime` or `corruptions` out",
            )
        source = name_source(file, info.contract)
        if self.against and not is_itself(self.against, file):
            if is_source(self.against, source):
                return Other(self.against)
            rounding = info.contract.rounding if info.contract else None
            return Other(self.against, choose_kernels(self.against, rounding))
        if source is None or source.sha256 == file.sha256:
            return None
        beside = find_source_file(file, source)
        found = ModelFile.read(beside) if beside else None
        if found is None or found.sha256 != source.sha256:
            raise SourceMissing(
                f"{file.path}: its source {source.name} ({source.sha256[:8]}) is not beside it: nothing answers "
                "corrupted images in its place",
                "give the source: `against='MODEL.keras'`, or leave `corruptions` out",
            )
        return Other(found, SOURCE_RUNTIMES.get(found.format_name or ""))

    def compare(self, predict: Predict, other: Other | None) -> Robustness:
        """Run all corrupted images, and compare the classes.

        Args:
            predict: Runs a file: uint8 (n, height, width) in, float32 (n, classes) out.
            other: What it is compared with.
        """
        images, labels = self._chosen
        known = self._find(other) if other else [None] * len(CORRUPTIONS)
        found = zip(CORRUPTIONS, self._run(predict, images), known, strict=True)
        rows = [compare_corrupted(row.name, labels, model, source) for row, model, source in found]
        name = other.file.path.name if other else None
        return Robustness(len(images), self.limit or len(self.dataset.test), name, tuple(rows))

    def _find(self, other: Other) -> list[Classes]:
        key = other.file.sha256, other.runtime
        if key not in self._known:
            with self._open(other) as predict:
                self._known[key] = list(self._run(predict, self._chosen[0]))
        return self._known[key]

    def _run(self, predict: Predict, images: Images) -> Iterator[Classes]:
        """Yield a file's classes for each kind, int64 (strengths, n)."""
        done, total = 0, len(CORRUPTIONS) * len(STRENGTHS) * len(images)
        for row in CORRUPTIONS:
            found = []
            for strength in STRENGTHS:
                found.append(find_classes(predict(corrupt(images, row.name, strength))))
                done += len(images)
                self.report(done, total)
            yield np.stack(found)

    @contextmanager
    def _open(self, other: Other) -> Iterator[Predict]:
        """Open what a file is compared with: a Keras file where TensorFlow runs, in a child process."""
        probe = Probe.choose(lambda: self.dataset, self.statement)
        if other.file.format_name == "keras":
            from edgemnist.workflows.source import OpenSource

            with OpenSource(other.file, self.dataset.labels, probe, self.limits) as source:
                yield source.predict
            return
        with open_runtime(
            other.file, runtime=other.runtime, execute=self.execute, probe=probe, limits=self.limits
        ) as runtime:
            yield runtime.predict
