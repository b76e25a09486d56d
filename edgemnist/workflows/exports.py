"""`export`: every form is written, opened in its own runtime and asked 64 questions before it gets its name."""

from __future__ import annotations

import contextlib
import importlib
import math
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.answers import Answers, name_answers, write_answers
from edgemnist.contract import Precision
from edgemnist.datasets import load_dataset
from edgemnist.datasets.readers import Images
from edgemnist.datasets.splits import split_validation
from edgemnist.errors import ExportError, ModelError, WriteError
from edgemnist.exporters import FORMS, Form, Options, check_options, find_form
from edgemnist.exporters.calibration import Calibration
from edgemnist.exporters.source import SourceModel
from edgemnist.files import check_writable, hash_bytes, write_atomically
from edgemnist.manifest import Manifest, list_versions
from edgemnist.results import Artifact
from edgemnist.runtimes import open_runtime
from edgemnist.verification import find_answers
from edgemnist.workflows import DEFAULT_MODEL
from edgemnist.workflows.sources import collect_answers, open_source

CHECKED_ANSWERS = 64
# A weight's bytes. The whole file must not be smaller than nine tenths of all its kernels'.
WEIGHT_BYTES: dict[Precision, int] = {"float32": 4, "float16": 2, "dynamic": 1, "int8": 1, "int16x8": 1}
# A difference of a probability below which another class says nothing: both were as likely.
HAIR = 0.05
# What graph, names and contract may add to a file, however small its weights.
OVERHEAD_BYTES = 64 * 1024


@dataclass(frozen=True)
class Tolerance:
    """What tells a broken conversion from a coarse one: far wider than the gate, which judges later.

    Args:
        moved: the largest share of the 64 answers with another class, 0 … 1.
        difference: the largest difference of a probability, 0 … 1.
    """

    moved: float
    difference: float


_COARSE = Tolerance(0.15, 1.0)
TOLERANCES: dict[Precision, Tolerance] = {
    "float32": Tolerance(0.0, 1e-3),
    "float16": Tolerance(0.02, 0.05),
    "dynamic": _COARSE,
    "int8": _COARSE,
    "int16x8": _COARSE,
}


def export(
    model: str | Path = DEFAULT_MODEL,
    format: str | None = None,
    quantize: str | None = None,
    *,
    all: bool = False,
    io: str = "uint8",
    pixels: bool = False,
    data: str | Path | None = None,
    labels: Sequence[str] | None = None,
    output_dir: str | Path = "exports",
    name: str | None = None,
    report: Callable[[Artifact], None] = lambda artifact: None,
) -> list[Artifact]:
    """Write a Keras classifier in other forms, each checked against it, and store its answers beside them.

    Args:
        model: any `.keras` classifier of 28 × 28 images.
        format: "tflite" or "onnx".
        quantize: "float16", "dynamic", "int8" or "int16x8"; None for float32.
        all: every form, or every form of `format`.
        io: the dtype at both ends of TFLite int8: "uint8" (the raw pixel), "int8" or "float32".
        pixels: make the files take raw uint8 (28, 28) pixels.
        data: the data set that the model was trained on; None for the MNIST inside the package. Training
            images calibrate; the model's answers to the test images are stored.
        labels: the class names; None for those of the model or of the data.
        output_dir: where to write; made if it isn't there.
        name: what the file names begin with; None for the model file's own stem.
        report: called after each file.

    Returns:
        What was written.

    Raises:
        EdgeMnistError: the form or model is unknown or unfit, or a conversion came out broken; that file
            isn't written then.
    """
    path, folder = Path(model), Path(output_dir)
    if name is not None and (Path(name).name != name or name == ".." or not name.isprintable()):
        raise WriteError(f"--name {name}: a name without folders was expected", "choose the folder with --output-dir")
    options = Options(io, pixels)  # type: ignore[arg-type]
    forms = choose_forms(format, quantize, all, options)
    check_writable(folder)
    manifest = Manifest.load(folder)
    dataset = load_dataset(Path(data) if data else None, labels)
    fit, validation = split_validation(dataset.training)
    calibration = Calibration.sample(fit, dataset.labels) if any(form.calibrated for form in forms) else None
    stem = name or path.stem
    with open_source(path, dataset, validation) as (source, runtime):
        dataset.check_labels(str(path), source.contract.labels)
        expected = runtime.predict(validation.images[:CHECKED_ANSWERS])
        answers = collect_answers(source, runtime, dataset.test)
    artifacts: list[Artifact] = []
    failures: list[ExportError] = []
    for form in forms:
        try:
            content, eats = _make(form, source, calibration, options, validation.images[:CHECKED_ANSWERS], expected)
        except ExportError as error:
            failures.append(error)
            continue
        target = folder / form.name_file(stem)
        with _stored_answers(manifest, stem, answers):
            write_atomically(target, content)
            manifest.models[target.name] = _describe(content, form, source, calibration, options, path, folder)
            manifest.drop_unused_answers()
            manifest.save()
        artifacts.append(Artifact(target, form, len(content), hash_bytes(content), eats))
        report(artifacts[-1])
    if failures:
        raise _join(failures, len(forms))
    return artifacts


def _join(failures: list[ExportError], count: int) -> ExportError:
    """One error for all forms that failed: the others are written and stay."""
    if count == 1:
        return failures[0]
    reasons = "; ".join(failure.message for failure in failures)
    return ExportError(f"{len(failures)} of {count} forms couldn't be written: {reasons}", "the others were")


def choose_forms(format: str | None, quantize: str | None, all: bool, options: Options) -> list[Form]:
    """Return the rows that a command names. With `all`, forms that can't have these ends are left out.

    Raises:
        ExportError: nothing is named, too much is, or the form can't have these ends.
    """
    if all:
        if quantize:
            raise ExportError("--all makes every mode, --quantize names one", "leave one of them out")
        if format:
            find_form(format)
        named = [form for form in FORMS if format in (None, form.format)]
        # The form that takes any of them, unless they clash.
        check_options(next((form for form in named if form == find_form("tflite", "int8")), named[0]), options)
        return [form for form in named if not options.pixels or form.precision != "int16x8"]
    if format is None:
        raise ExportError("no format given", "edgemnist export --format tflite, or edgemnist export --all")
    form = find_form(format, quantize)
    check_options(form, options)
    return [form]


@contextlib.contextmanager
def _stored_answers(manifest: Manifest, stem: str, answers: Answers) -> Iterator[None]:
    """Store the source's answers before its artifact is written; take them back if that fails."""
    name = name_answers(stem, answers.model_sha256, answers.data_sha256)
    path, stored_before = manifest.folder / name, name in manifest.answers
    manifest.answers[name] = {
        "model_sha256": answers.model_sha256,
        "data_sha256": answers.data_sha256,
        "sha256": write_answers(path, answers),
    }
    try:
        yield
    except BaseException:
        if not stored_before:
            path.unlink(missing_ok=True)
        raise


def _make(
    form: Form,
    source: SourceModel,
    calibration: Calibration | None,
    options: Options,
    images: Images,
    expected: NDArray[np.float32],
) -> tuple[bytes, str]:
    """Convert, then prove on 64 images that the result is no wreck. Returns the file and what it eats."""
    convert = importlib.import_module(form.module).convert
    content: bytes = convert(source, form.precision, calibration if form.calibrated else None, options)
    check_size(form, len(content), source.parameters, source.kernel_values)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"candidate{form.extension}")
        path.write_bytes(content)
        try:
            with open_runtime(path) as runtime:
                check_answers(form, runtime.predict(images), expected)
                return content, runtime.input.describe()
        except ModelError as error:
            reason = error.message.removeprefix(f"{path}: ")
            raise ExportError(f"{form.format} {form.precision} came out broken: {reason}") from error


def check_size(form: Form, size_bytes: int, parameters: int, kernel_values: int) -> None:
    """Hold a file's size against its weights: a converter that loses them says nothing.

    Args:
        parameters: all weights and biases; as floats, they bound the size from above.
        kernel_values: those in matrices and filters, which must all be there.

    Raises:
        ExportError: the file is smaller than its weights, or much larger than they would be as floats.
    """
    least = 0.9 * WEIGHT_BYTES[form.precision] * kernel_values
    most = 1.1 * WEIGHT_BYTES["float32"] * parameters + OVERHEAD_BYTES
    if not least <= size_bytes <= most:
        raise ExportError(
            f"{form.format} {form.precision} came out broken: {size_bytes:,} bytes for {parameters:,} weights, "
            f"expected {least:,.0f} to {most:,.0f}"
        )


def check_answers(form: Form, found: NDArray[np.float32], expected: NDArray[np.float32]) -> None:
    """Hold some answers, float32 (n, classes), against the Keras model's.

    Raises:
        ExportError: they are another model's.
    """
    tolerance = TOLERANCES[form.precision]
    differences = np.abs(found - expected).max(axis=1)
    difference = float(differences.max())
    # An answer that hardly moved says nothing, even if that made another class the first by a hair.
    moved = int(((find_answers(found) != find_answers(expected)) & (differences > HAIR)).sum())
    # Written so that a difference of NaN fails.
    if moved > math.ceil(tolerance.moved * len(expected)) or not difference <= tolerance.difference:
        raise ExportError(
            f"{form.format} {form.precision} came out broken: {moved} of {len(expected)} answers are not the Keras "
            f"model's, and a probability differs by {difference:.2g}",
            "no file was written; try another mode of --quantize",
        )


def _describe(
    content: bytes,
    form: Form,
    source: SourceModel,
    calibration: Calibration | None,
    options: Options,
    path: Path,
    folder: Path,
) -> dict[str, Any]:
    packages = {
        "tflite": ("tensorflow", "keras", "ai-edge-litert"),
        "onnx": ("tensorflow", "keras", "tf2onnx", "onnx", "onnxruntime"),
    }
    entry = {
        "sha256": hash_bytes(content),
        "size_bytes": len(content),
        "format": form.format,
        "precision": form.precision,
        "source": {
            "name": source.source.name,
            "sha256": source.source.sha256,
            "path": Path(os.path.relpath(path, folder)).as_posix(),
        },
        "options": asdict(options),
        "versions": list_versions(*packages[form.format]),
    }
    return {**entry, "calibration": calibration.describe()} if calibration and form.calibrated else entry
