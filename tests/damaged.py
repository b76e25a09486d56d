"""Damaged files through the verbs that read them, and what must never come of it.

    folder = prepare(tmp / "bench")            # once: released files, a small data set, a manifest to match
    with Bench(folder) as bench:
        result = bench.try_case("tflite", 0, 17)

A case is known by format, seed and index: `make_damage` writes its file again. The worker is the process that
reads; who runs it watches it from outside (`tests/benchmarks/damage.py`).
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import random
import re
import shutil
import signal
import struct
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import numpy as np

import edgemnist
from edgemnist.answers import Answers, name_answers, read_answers, serialize_answers, serialize_outputs
from edgemnist.datasets import load_dataset
from edgemnist.errors import EdgeMnistError
from edgemnist.files import hash_bytes
from edgemnist.formats import ModelFile
from edgemnist.manifest import Manifest
from edgemnist.processes.guard import find_guard
from edgemnist.processes.limits import Limits
from edgemnist.processes.sessions import find_marked
from edgemnist.reporting.documents import write_json
from edgemnist.reporting.failures import report_failure
from edgemnist.reporting.records import describe_report
from edgemnist.reporting.verdicts import show_report
from edgemnist.results import Report
from edgemnist.workflows import trust
from tests.conftest import ROOT, measure_peak
from tests.damages import Original, damage

EXPORTS = ROOT / "exports"
IMAGES, TRAINING_IMAGES = 200, 600
# Past its limit, a command may take as long as this.
GRACE_S = 10
# Of the process that reads: whatever a file says of itself, it must not fill the memory there.
MOST_PEAK_KB = 1 << 20
DATA = "data.npz"
# A conversion imports TensorFlow.
EXPORT_LIMITS = Limits(timeout_s=60, memory_bytes=2 << 30)
# What a manifest's lock leaves is no litter.
LOCK = ".edgemnist.lock"


@dataclass(frozen=True)
class Format:
    """A row of the table of what is damaged.

    Args:
        files: Names of the files of which one is damaged, with the operators' kind; often named: often taken.
        kit: Target whose kit holds such a file; "" for none.
        timeout_s, memory_bytes: Limits of the child process.
        every: Of how many cases one is run in full, because that takes seconds.
    """

    files: tuple[tuple[str, str], ...]
    kit: str = ""
    timeout_s: float = 10
    memory_bytes: int = 1 << 30
    every: int = 1


# Stored answers, and recorded outputs, of these files.
ANSWERED = ("small.keras", "small_int8.tflite")
FORMATS = {
    "tflite": Format((*(("small_int8.tflite", "tflite"),) * 6, ("model_dynamic.tflite", "tflite")), kit="tflite-micro"),
    "onnx": Format((*(("small_int8.onnx", "onnx"),) * 6, ("model_dynamic.onnx", "onnx")), kit="node"),
    "keras": Format((("small.keras", "keras"),), timeout_s=60, memory_bytes=2 << 30, every=10),
    "c": Format((*(("small_int8.c", "c"),) * 4, ("small_int8.h", "header")), kit="microcontroller", every=4),
    "answers": Format(tuple((name, "npz") for name in ANSWERED)),
    "manifest": Format((("manifest.json", "json"),)),
    "picture": Format((*(("seven.png", "png"),) * 3, ("photo.png", "png"), ("photo.jpg", "jpeg"))),
    "npy": Format((("seven.npy", "npy"),)),
    "data": Format((*((DATA, "npz"),) * 2, ("t10k-images-idx3-ubyte.gz", "gz"), ("t10k-labels-idx1-ubyte.gz", "gz"))),
}
MODELS = ("tflite", "onnx", "keras", "c")
# The model that is verified beside damaged answers, and classifies damaged pictures.
MODEL = "small_int8.tflite"


def prepare(folder: Path) -> Path:
    """Write a small data set, released files with the answers to it, and a manifest that lists them."""
    whole, base = load_dataset(), folder / "base"
    base.mkdir(parents=True)
    test, training = whole.test, whole.training
    np.savez(
        folder / DATA, x_train=training.images[:TRAINING_IMAGES], y_train=training.labels[:TRAINING_IMAGES],
        x_test=test.images[:IMAGES], y_test=test.labels[:IMAGES],
    )  # fmt: skip
    data_sha256 = load_dataset(folder / DATA).test.sha256
    released = Manifest.load(EXPORTS)
    manifest = Manifest(base)
    for name in sorted({name for one in MODELS for name, _ in FORMATS[one].files}):
        shutil.copy(EXPORTS / name, base)
        if name in released.models:
            manifest.models[name] = {key: value for key, value in released.models[name].items() if key != "verified"}
    for path in sorted(EXPORTS.glob("*_answers_*.npz")):
        _shorten_answers(path, data_sha256, manifest)
    manifest.save()
    (base / LOCK).unlink()
    _write_pictures(folder)
    _write_idx(folder)
    return folder


def _shorten_answers(path: Path, data_sha256: str, manifest: Manifest) -> None:
    """Stored answers, or recorded outputs, to the first images of the test set."""
    with np.load(path) as stored:
        sha256, outputs = str(stored["model_sha256"]), stored["outputs"][:IMAGES] if "outputs" in stored else None
    stem = path.name.partition("_answers_")[0]
    if outputs is None:
        found = read_answers(path)
        answers = Answers(sha256, data_sha256, found.probabilities[:IMAGES], found.labels, found.kind)
        content = serialize_answers(answers)
    else:
        content = serialize_outputs(outputs, sha256, data_sha256)
        for entry in manifest.models.values():
            if entry["sha256"] == sha256:
                listed = {"runtime": "exact", "sha256": hash_bytes(outputs.tobytes()), "data_sha256": data_sha256}
                entry["outputs"] = listed
    name = name_answers(stem, sha256, data_sha256)
    (manifest.folder / name).write_bytes(content)
    hashes = {"model_sha256": sha256, "data_sha256": data_sha256, "sha256": hash_bytes(content)}
    manifest.answers[name] = hashes


def _write_pictures(folder: Path) -> None:
    """A digit as MNIST has it, and one as a camera has it."""
    from PIL import Image

    digit = load_dataset().test.images[0]
    Image.fromarray(digit).save(folder / "seven.png")
    photo = Image.fromarray(255 - digit).resize((140, 100))
    photo.convert("RGBA").save(folder / "photo.png")
    photo.convert("RGB").save(folder / "photo.jpg")
    np.save(folder / "seven.npy", load_dataset().test.images[:3])


def _write_idx(folder: Path) -> None:
    """The same data set as four files."""
    idx = folder / "idx"
    idx.mkdir()
    with np.load(folder / DATA) as arrays:
        for split, name in (("train", "train"), ("test", "t10k")):
            images, labels = arrays[f"x_{split}"], arrays[f"y_{split}"]
            for what, magic, values in (("images-idx3", 2051, images), ("labels-idx1", 2049, labels)):
                head = struct.pack(f">{1 + values.ndim}I", magic, *values.shape)
                packed = gzip.compress(head + values.astype(np.uint8).tobytes(), mtime=0)
                (idx / f"{name}-{what}-ubyte.gz").write_bytes(packed)


@dataclass
class Result:
    """What came of one case.

    Args:
        operator: What damaged the file.
        outcome: "passed", "not compared", "differs" or "error".
        findings: What must never come of it, with the place in the program.
    """

    format: str
    index: int
    operator: str
    outcome: str = ""
    seconds: float = 0.0
    findings: list[str] = field(default_factory=list)


def make_damage(folder: Path, format: str, seed: int, index: int) -> tuple[Path, str, bytes]:
    """Return the original's path, the operator, and the damaged content of a case."""
    rng = random.Random(f"{seed}/{format}/{index}")
    name, kind = rng.choice(FORMATS[format].files)
    path = next(one for one in (folder / name, folder / "base" / name, folder / "idx" / name) if one.is_file())
    if format == "answers":
        (path,) = path.parent.glob(f"*_answers_{hash_bytes(path.read_bytes())[:8]}_*.npz")
    others = sorted(one for one in path.parent.iterdir() if one.suffix == path.suffix and one != path)
    content = path.read_bytes()
    other = rng.choice(others).read_bytes() if others else content
    return path, *damage(rng, Original(name, kind, content, other))


class Bench:
    """Where the cases of one process are run: it owns its process's TMPDIR, standard streams and state folder."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._base = folder, folder / "base"
        self._stack = contextlib.ExitStack()
        self._work = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self._scratch = self._work / "tmp"
        self._scratch.mkdir()
        self._old = {name: os.environ.get(name) for name in ("TMPDIR", "EDGEMNIST_STATE")}
        os.environ.update(TMPDIR=str(self._scratch), EDGEMNIST_STATE=str(self._work / "state"))
        tempfile.tempdir = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        for name, value in self._old.items():
            os.environ.pop(name, None)
            os.environ.update({name: value} if value is not None else {})
        tempfile.tempdir = None
        self._stack.close()

    def try_case(self, format: str, seed: int, index: int) -> Result:
        """Damage a file and run it through the verbs."""
        path, operator, content = make_damage(self._folder, format, seed, index)
        case = _Case(self._folder, self._work / "case", self._scratch, format, index, path, content)
        result = Result(format, index, operator)
        started = time.monotonic()
        for name, action in case.list_actions():
            self._attempt(case, name, action, result)
        result.seconds = time.monotonic() - started
        return result

    def _attempt(self, case: _Case, name: str, action: Callable[[], str], result: Result) -> None:
        shutil.rmtree(case.folder, ignore_errors=True)
        case.folder.mkdir()
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins here
        started, outcome, words = time.monotonic(), "error", io.StringIO()
        try:
            with _caught(words):
                outcome = action()
        except EdgeMnistError as error:
            with _caught(words):
                report_failure(error, [name, "--json"])
        except Exception:  # noqa: BLE001  (that is what is looked for)
            result.findings.append(f"{name}: a traceback: {traceback.format_exc(limit=-6)}")
        seconds = time.monotonic() - started
        if name == "verify":
            result.outcome = outcome
        result.findings += [
            f"{name}: {found}" for found in (*case.failures, *self._check(case, name, seconds, words.getvalue()))
        ]
        case.failures.clear()

    def _check(self, case: _Case, name: str, seconds: float, words: str) -> Iterator[str]:
        allowed = EXPORT_LIMITS if name == "export" else case.limits
        if seconds > (allowed.timeout_s or 0) + GRACE_S:
            yield f"took {seconds:.0f} s"
        if measure_peak() > MOST_PEAK_KB:
            yield f"took {measure_peak() >> 10} MiB in this process"
        if left := sorted(one.name for one in self._scratch.iterdir()):
            yield f"left temporary files: {left}"
            shutil.rmtree(self._scratch)
            self._scratch.mkdir()
        if left := sorted(_list_names(case.folder) - case.written - {LOCK}):
            yield f"left in the folder: {left}"
        if running := [pid for pid in find_marked(find_guard().word) if pid != os.getpid()]:
            yield f"left processes: {running}"
            for pid in running:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        if re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", words):
            yield f"printed control characters: {words[:500]!r}"


def _list_names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@contextlib.contextmanager
def _caught(words: io.StringIO) -> Iterator[None]:
    """What is printed meanwhile."""
    with contextlib.redirect_stdout(words), contextlib.redirect_stderr(words):
        yield


@dataclass
class _Case:
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
        for name, (rest, share, formats, action) in self._list_rare().items():
            if turn % share == rest and self.format in formats:
                yield name, action

    def _list_rare(self) -> dict[str, tuple[int, int, tuple[str, ...], Callable[[], str]]]:
        """By name: the turn of how many in which it is done, for which formats, and what it is."""
        return {
            "predict": (1, 16, MODELS, self._predict),
            "weights": (2, 16, MODELS, self._compare_weights),
            "against": (6, 16, MODELS, self._verify_against),
            "kit": (4, 32, ("tflite", "onnx", "c"), self._write_kit),
            "export": (8, 64, ("tflite", "keras"), self._export),
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
        self.written = _list_names(self.folder)

    def _verify(self, path: Path, **options: Any) -> Report:
        data = options.pop("data", self.bench / DATA)
        report = edgemnist.verify(path, data=data, limits=self.limits, **options)
        write_json(describe_report(report))
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
        self.written |= _list_names(self.folder)
        return self._verify(self.model, data=data).verdicts[0].word

    def _read_answers(self) -> str:
        self._write(listed=False)
        return self._verify(self.model, reference=self.folder / self.path.name).verdicts[0].word

    def _describe(self) -> str:
        self._write(listed=bool(self.index % 2))
        for file in (trust.describe(self.model),):
            write_json(file.to_record())
        return "passed"

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
            self.bench / "base" / MODEL, [picture], prepare=(None, None, False)[self.index % 3]
        ):
            write_json(one.to_record())
        return "passed"

    def _write_kit(self) -> str:
        self._write(listed=False)
        written = edgemnist.write_kit(
            self.row.kit, self.model, self.folder / "kit", data=self.bench / DATA, limits=self.limits, build=False,
            unverified=self.index % 3 > 0, trust=self.format == "c",
        )  # fmt: skip
        write_json(written.to_record())
        self.written.add("kit")
        return "passed"

    def _compare_weights(self) -> str:
        """As `verify --deep` does, without its 10,000 images."""
        from edgemnist.workflows import deep

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
            self.model, *made, data=self.bench / DATA, output_dir=output, limits=EXPORT_LIMITS
        ):
            write_json(artifact.to_record())
        return "passed"


def _says_changed(report: Report) -> bool:
    return report.verdicts[0].reasons[0].startswith("changed since export")


def write_result(result: Result) -> str:
    """One line of JSON."""
    return json.dumps(vars(result))
