"""One damaged file, and the verbs that read it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

import edgemnist
from edgemnist.formats import ModelFile
from edgemnist.processes.limits import Limits
from edgemnist.reporting.documents import write_json
from edgemnist.reporting.failures import report_failure
from edgemnist.reporting.inspections import show_inspections
from edgemnist.reporting.records import fill_inspections, fill_report
from edgemnist.reporting.verdicts import show_report
from edgemnist.results import Report
from edgemnist.workflows import deep, trust
from edgemnist.workflows.inspect import inspect_folder
from tests.damages.originals import DATA, EXPORTS, FORMATS, MODEL, MODELS

# A conversion imports TensorFlow.
EXPORT_LIMITS = Limits(timeout_s=60, memory_bytes=2 << 30)


def list_names(folder: Path) -> set[str]:
    """The names of the files in a folder."""
    return {path.name for path in folder.iterdir()}


@dataclass
class Case:
    """One damaged file, and the actions that read it."""

    bench: Path
    folder: Path
    scratch: Path
    format: str
    index: int
    path: Path
    content: bytes
    written: set[str] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.row = FORMATS[self.format]
        self.limits = Limits(timeout_s=self.row.timeout_s, memory_bytes=self.row.memory_bytes)

    @property
    def model(self) -> Path:
        """The model file that the damaged file is, belongs to, or is read by."""
        name = self.path.name if self.format in MODELS else MODEL
        return self.folder / name.replace(".h", ".c")

    def list_actions(self) -> Iterator[tuple[str, Callable[[], str]]]:
        """Each by its name. What takes a second is done with a share of the cases."""
        if self.format in ("picture", "npy"):
            yield "verify", self._predict_picture
        elif self.format == "data":
            yield "verify", self._verify_on_data
        elif self.format in ("answers", "manifest"):
            yield "verify", self._verify_listed
            yield "answers", self._read_answers if self.format == "answers" else self._verify_folder
        else:
            yield from self._list_model_actions()

    def _list_model_actions(self) -> Iterator[tuple[str, Callable[[], str]]]:
        turn, full = self.index // self.row.every, self.index % self.row.every == 0
        yield "describe", self._describe
        yield "refuse", self._predict_listed
        if full or self.format == "c":
            yield "verify", self._verify_unlisted if full and turn % 2 else self._verify_listed
        else:
            yield "verify", self._compare_weights if self.index % 2 else self._verify_briefly
        if not full:
            return
        for name, (rest, share, formats, action) in self.list_rare().items():
            if turn % share == rest and self.format in formats:
                yield name, action

    def list_rare(self) -> dict[str, tuple[int, int, tuple[str, ...], Callable[[], str]]]:
        """By name: the turn of how many in which it is done, for which formats, and what it is."""
        return {
            "predict": (1, 16, MODELS, self._predict),
            "weights": (2, 16, MODELS, self._compare_weights),
            "inspect": (3, 8, MODELS, self._inspect),
            "against": (4, 16, MODELS, self._verify_against),
            "kit": (4, 32, ("tflite", "onnx", "c"), self._write_kit),
            "export": (5, 64, ("tflite", "keras"), self._export),
        }

    def _write(self, *, listed: bool) -> None:
        """The folder as a user has it: the model and what belongs to it, one of them damaged."""
        stem = self.model.stem.partition("_")[0]
        companions = (
            self.model.name,
            self.model.with_suffix(".h").name,
            *(("small.keras",) if self.format == "keras" else ()),
        )
        names = {path.name for path in (self.bench / "base").glob(f"{stem}_*.npz")} | set(companions)
        if listed:
            names.add("manifest.json")
        for name in names:
            if (self.bench / "base" / name).is_file():
                shutil.copy(self.bench / "base" / name, self.folder)
        (self.folder / self.path.name).write_bytes(self.content)
        self.written = list_names(self.folder)

    def _verify(self, path: Path, **options: Any) -> Report:
        data = options.pop("data", self.bench / DATA)
        report = edgemnist.verify(path, data=data, limits=self.limits, **options)
        write_json(fill_report(report))
        show_report(report)
        for verdict in report.verdicts:
            if verdict.error:
                report_failure(verdict.error, ["verify"])
        return report

    def _verify_listed(self) -> str:
        self._write(listed=True)
        report = self._verify(self.model)
        if report.passed and self.format != "manifest":
            self.failures.append("a damaged file that the manifest lists passed")
        elif self.format in MODELS and not report.verdicts[0].error and not _says_changed(report):
            self.failures.append(f"not said to be changed: {report.verdicts[0].reasons}")
        return report.verdicts[0].word

    def _verify_briefly(self) -> str:
        """A verdict that doesn't wait for TensorFlow: what a listed file isn't is known before it is opened."""
        self.limits = replace(self.limits, timeout_s=0.2)
        return self._verify_listed()

    def _verify_folder(self) -> str:
        self._write(listed=True)
        return self._verify(self.folder).verdicts[0].word

    def _verify_unlisted(self) -> str:
        self._write(listed=False)
        return self._verify(self.model, trust=self.format == "c").verdicts[0].word

    def _verify_against(self) -> str:
        """The damaged file is what another one is compared with."""
        self._write(listed=False)
        other = self.bench / "base" / MODEL
        return self._verify(other, against=self.model, trust=self.format == "c").verdicts[0].word

    def _verify_on_data(self) -> str:
        data = self.folder / self.path.name
        if self.path.suffix == ".gz":
            shutil.copytree(self.path.parent, self.folder, dirs_exist_ok=True)
            data = self.folder
        self._write(listed=True)
        self.written |= list_names(self.folder)
        return self._verify(self.model, data=data).verdicts[0].word

    def _read_answers(self) -> str:
        self._write(listed=False)
        return self._verify(self.model, against=self.folder / self.path.name).verdicts[0].word

    def _describe(self) -> str:
        self._write(listed=bool(self.index % 2))
        for file in (trust.examine(self.model),):
            write_json(file.to_record())
        return "passed"

    def _inspect(self) -> str:
        """What is inside, read in a child process; no device is asked, which takes seconds."""
        self._write(listed=False)
        found = inspect_folder(self.folder, limits=self.limits)
        write_json(fill_inspections(found))
        show_inspections(found)
        return "error" if found.errors else "passed"

    def _predict_listed(self) -> str:
        self._write(listed=True)
        self._predict_digit(self.model)
        self.failures.append("a damaged file that the manifest lists was used")
        return "passed"

    def _predict(self) -> str:
        self._write(listed=False)
        return self._predict_digit(self.model, trust=self.format == "c")

    def _predict_digit(self, model: Path, **options: Any) -> str:
        for one in edgemnist.predict(model, [self.bench / "seven.png"], limits=self.limits, **options):
            write_json(one.to_record())
        return "passed"

    def _predict_picture(self) -> str:
        picture = self.folder / self.path.name
        picture.write_bytes(self.content)
        self.written = {picture.name}
        for one in edgemnist.predict(
            self.bench / "base" / MODEL, picture, preparation=(None, None, "fit", "none")[self.index % 4]
        ):
            write_json(one.to_record())
        return "passed"

    def _write_kit(self) -> str:
        self._write(listed=False)
        written = edgemnist.kit(
            self.row.kit, self.model, self.folder / "kit", data=self.bench / DATA, limits=self.limits, build=False,
            unverified=self.index % 3 > 0, trust=self.format == "c",
        )  # fmt: skip
        write_json(written.to_record())
        self.written.add("kit")
        return "passed"

    def _compare_weights(self) -> str:
        """As `verify --deep` does, without its 10,000 images."""
        self._write(listed=False)
        keras, other = self.bench / "base" / "small.keras", self.model
        if self.format == "keras":
            keras, other = self.model, self.bench / "base" / MODEL
        source = ModelFile.read(keras)
        opened = deep.OpenedSource(source, ModelFile.read(EXPORTS / "small.keras").contract, np.zeros(0, np.float32))
        found = deep._compare_weights(opened, ModelFile.read(other), self.limits)
        write_json(found.to_record())
        return "differs" if found.reasons else "passed"

    def _export(self) -> str:
        self._write(listed=False)
        made = {"tflite": ("c", "int8"), "keras": ("tflite", None)}[self.format]
        output = self.folder / "made"
        self.written.add("made")
        for artifact in edgemnist.export(
            self.model, *made, data=self.bench / DATA, output=output, limits=EXPORT_LIMITS
        ):
            write_json(artifact.to_record())
        return "passed"


def _says_changed(report: Report) -> bool:
    return report.verdicts[0].reasons[0].startswith("changed since export")
