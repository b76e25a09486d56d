"""The other forms of a model that lie beside a file: its source, and what else was made from that, as listed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.question import Probe
from edgemnist.contract import Contract
from edgemnist.errors import EdgeMnistError, ModelError, NotInstalled
from edgemnist.files import is_model_folder
from edgemnist.formats import FORMATS, ModelFile
from edgemnist.precision import PRECISIONS
from edgemnist.processes.limits import Limits
from edgemnist.results.explanation import FormAnswer
from edgemnist.runtimes import find_runtime, list_runtimes, open_runtime
from edgemnist.workflows.measuring import find_precision
from edgemnist.workflows.provenance import name_source

TOP = 3


@dataclass(frozen=True, eq=False)
class Asking:
    """How files are asked for their answer to one image.

    Args:
        image: uint8 (height, width).
        labels: Class names.
        probe: What a file without a contract is asked to find what it takes.
        execute: Run the code of a .c file that the user doesn't trust.
        limits: Time, memory and files that a child process may use.
    """

    image: NDArray[np.uint8]
    labels: tuple[str, ...]
    probe: Probe
    execute: bool
    limits: Limits

    def ask(self, file: ModelFile, runtime: str | None = None) -> FormAnswer:
        """Return what a file answers in a runtime; None for its own.

        Raises:
            EdgeMnistError: It can't be run.
        """
        with open_runtime(file, runtime=runtime, execute=self.execute, probe=self.probe, limits=self.limits) as opened:
            info = opened.info
            if info.capacity_errors:
                raise ModelError(f"{file.path}: {info.capacity_errors[0]}")
            row = opened.predict(self.image[None])[0]
        if len(row) != len(self.labels):
            raise ModelError(f"{file.path}: answers {len(row)} classes, expected {len(self.labels)}")
        return phrase_answer(file, find_precision(file, info), info.name, row, self.labels)

    def ask_others(
        self, file: ModelFile, forms: Sequence[ModelFile], runtime: str | None, report: Callable[[str], None]
    ) -> Iterator[FormAnswer]:
        """Yield what a file answers in its other runtimes on this machine, then what its other forms answer.

        Args:
            file: Model file.
            forms: Its other forms; see `list_forms`.
            runtime: Name of the runtime that it was asked in already; None for its own.
            report: Called with what isn't asked, and why.
        """
        asked = find_runtime(file.path, runtime).name
        for name in list_other_runtimes(file.path, asked):
            try:
                yield self.ask(file, name)
            except EdgeMnistError as error:
                report(f"not asked in {name}: {error.message}")
        for other in forms:
            try:
                yield self.ask(other)
            except NotInstalled as error:
                report(f"{other.path.name} isn't asked: {error.message} ({error.hint})")
            except EdgeMnistError as error:
                report(f"{other.path.name} isn't asked: {error.message}")


def phrase_answer(
    file: ModelFile, precision: str, runtime: str, row: NDArray[np.float32], labels: tuple[str, ...], *,
    asked: bool = False,
) -> FormAnswer:  # fmt: skip
    """Return an answer by its class names.

    Args:
        file: Model file.
        precision: Its precision.
        runtime: Display name of the runtime.
        row: Probabilities, float32 (classes,).
        labels: Class names.
        asked: Whether it is the file that was asked, in its own runtime.

    Raises:
        ModelError: They aren't finite.
    """
    if not np.isfinite(row).all():
        raise ModelError(f"{file.path}: the model answers NaN or infinity")
    best = np.argsort(-row, kind="stable")[:TOP]
    top = tuple((labels[index], float(row[index])) for index in best)
    return FormAnswer(file.path.name, PRECISIONS[precision].name, runtime, *top[0], top, asked)


def list_other_runtimes(path: Path, asked: str) -> list[str]:
    """Return the names of the other runtimes of a file that are ready here, and start in no program of their own."""
    return [
        entry.name
        for entry in list_runtimes(path)
        if entry.name != asked and not entry.tools.names and not entry.fetch and entry.ready
    ]


def list_forms(file: ModelFile, contract: Contract | None) -> list[ModelFile]:
    """Return the source of a file and what else the manifest lists as made from it, as far as it is still that.

    Args:
        file: Model file.
        contract: The contract inside; None where there is none.
    """
    source = name_source(file, contract)
    if source is None:
        return []
    made = {
        name: entry
        for name, entry in file.manifest.models.items()
        if source.sha256 in (entry["sha256"], (entry.get("source") or {}).get("sha256"))
    }
    order = [row.name for row in FORMATS]
    names = sorted(
        made, key=lambda name: (order.index(made[name]["format"]), list(PRECISIONS).index(made[name]["precision"]))
    )
    found = []
    for name in names:
        path = file.path.parent / name
        if name != file.path.name and (path.is_file() or is_model_folder(path)):
            other = ModelFile.read(path, file.manifest)
            found += [] if other.changes else [other]
    return found
