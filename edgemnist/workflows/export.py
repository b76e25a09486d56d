"""`export`: every form is written, opened in its own runtime and asked 64 questions before it gets its name."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path

from edgemnist.answers import Answers, name_answers, serialize_answers, serialize_outputs
from edgemnist.datasets import load_dataset
from edgemnist.datasets.splits import split_validation
from edgemnist.errors import ExportError, NotInstalled, WriteError
from edgemnist.exporters import FORMS, Form, Options, check_options, find_form
from edgemnist.exporters.calibration import Calibration
from edgemnist.files import Transaction, check_writable, hash_bytes
from edgemnist.formats import ModelFile, require_unchanged
from edgemnist.manifest import Manifest, edit_manifest
from edgemnist.processes.limits import Limits
from edgemnist.results import Artifact
from edgemnist.runtimes import find_runtime
from edgemnist.trust import trust
from edgemnist.workflows import DEFAULT_MODEL
from edgemnist.workflows.conversion import Conversion, Made, Recording
from edgemnist.workflows.source import OpenSource, start_converter

CHECKED_ANSWERS = 64


def export(
    model: str | Path = DEFAULT_MODEL,
    format: str | None = None,
    quantize: str | None = None,
    *,
    all: bool = False,
    io: str = "uint8",
    pixels: bool = False,
    weights: str = "sparse",
    rounding: str = "reference",
    array: bool = False,
    data: str | Path | None = None,
    labels: Sequence[str] | None = None,
    output_dir: str | Path = "exports",
    name: str | None = None,
    allow_changed: bool = False,
    limits: Limits | None = None,
    report: Callable[[Artifact], None] = lambda artifact: None,
    report_left_out: Callable[[Form, str], None] = lambda form, install: None,
) -> list[Artifact]:
    """Write a Keras classifier in other forms, each checked against it, and store its answers beside them.

    Args:
        model: any `.keras` classifier of 28 × 28 images; for C, also a `.tflite` file that was quantized elsewhere.
        format: "tflite", "onnx" or "c".
        quantize: "float16", "dynamic", "int8" or "int16x8"; None for float32.
        all: every form, or every form of `format`.
        io: the dtype at both ends of TFLite int8: "uint8" (the raw pixel), "int8" or "float32".
        pixels: make the files take raw uint8 (28, 28) pixels.
        weights: in C, "sparse" (inputs that are 0 are skipped) or "dense" (less memory, always the same time).
        rounding: in C int8, whose arithmetic is repeated bit for bit: "reference" (LiteRT's) or "tflm".
        array: in C, the .tflite file as an array instead, for TFLite Micro's interpreter.
        data: the data set that the model was trained on; None for the MNIST inside the package. Training
            images calibrate; the model's answers to the test images are stored.
        labels: the class names; None for those of the model or of the data.
        output_dir: where to write; made if it isn't there.
        name: what the file names begin with; None for the model file's own stem.
        allow_changed: convert a model that isn't what the manifest lists under its name. Where the forms are written
            beside it, that entry goes.
        limits: time, memory and files that the conversion may use; None for the usual ones.
        report: called after each file.
        report_left_out: called for each form that `all` leaves out, since what would check it isn't installed,
            with the line that installs that.

    Returns:
        What was written.

    Raises:
        EdgeMnistError: the form or model is unknown or unfit, or a conversion came out broken; that file
            isn't written then.
    """
    path, folder = Path(model), Path(output_dir)
    if name is not None and (
        Path(name).name != name or name == ".." or not name.isprintable() or set(name) & set('"\\')
    ):
        raise WriteError(
            f"--name {name}: a name without folders and quotation marks was expected",
            "choose the folder with --output-dir",
        )
    options = Options(io, pixels, weights, rounding, array)  # type: ignore[arg-type]
    forms = choose_forms(format, quantize, all, options)
    if all:
        forms = _leave_out(forms, report_left_out)
    check_writable(folder)
    Manifest.load(folder)  # one that can't be read is found before any work
    file = ModelFile.read(path)
    if not allow_changed:
        require_unchanged(file)
    limits = limits or Limits()
    with contextlib.ExitStack() as stack:
        child = start_converter(file, limits)
        stack.callback(child.close)
        dataset = load_dataset(Path(data) if data else None, labels)
        fit, validation = split_validation(dataset.training)
        calibration = Calibration.sample(fit, dataset.labels) if any(form.calibrated for form in forms) else None
        source = stack.enter_context(OpenSource(file, dataset.labels, validation, limits, child))
        dataset.check_labels(str(path), source.contract.labels)
        images = validation.images[:CHECKED_ANSWERS]
        stem = name or (path.stem.removesuffix("_int8") if path.suffix == ".tflite" else path.stem)
        work = Conversion(source, folder, stem, calibration, options, images, source.predict(images), dataset.test)
        answers = source.collect_answers(dataset.test)
        return _write_forms([form for form in forms if not all or source.can_become(form)], work, answers, report)


def _write_forms(
    forms: Sequence[Form], work: Conversion, answers: Answers, report: Callable[[Artifact], None]
) -> list[Artifact]:
    """Write each form; one that fails doesn't keep the others from being written."""
    artifacts: list[Artifact] = []
    failures: list[ExportError] = []
    for form in forms:
        try:
            made = work.make(form)
        except ExportError as error:
            failures.append(error)
            continue
        artifacts.append(_write(made, work, answers))
        report(artifacts[-1])
    if failures:
        raise _join(failures, len(forms))
    return artifacts


def _write(made: Made, work: Conversion, answers: Answers) -> Artifact:
    """Give a form, its companions and the source's answers their names, and list them in the manifest: all or none."""
    target, content = work.folder / made.name, made.files[made.name]
    stored, name = serialize_answers(answers), name_answers(work.stem, answers.model_sha256, answers.data_sha256)
    with edit_manifest(work.folder) as (manifest, changes):
        changes.write(name, stored)
        for file in (*made.companions, made.name):
            changes.write(file, made.files[file])
        manifest.answers[name] = {
            "model_sha256": answers.model_sha256,
            "data_sha256": answers.data_sha256,
            "sha256": hash_bytes(stored),
        }
        if made.recording:
            _write_outputs(made.name, hash_bytes(content), made.recording, manifest, changes)
        work.forget_changed_source(manifest)
        manifest.models[made.name] = work.to_record(made)
        for unused in manifest.drop_unused_answers():
            changes.remove(unused)
        trust(map(hash_bytes, made.files.values()))
    companions = tuple(work.folder / file for file in made.companions)
    return Artifact(target, made.form, len(content), hash_bytes(content), made.takes, companions)


def _write_outputs(name: str, sha256: str, recording: Recording, manifest: Manifest, changes: Transaction) -> None:
    stored, data_sha256 = serialize_outputs(recording.outputs, sha256, recording.data_sha256), recording.data_sha256
    file = name_answers(Path(name).stem, sha256, data_sha256)
    changes.write(file, stored)
    manifest.answers[file] = {"model_sha256": sha256, "data_sha256": data_sha256, "sha256": hash_bytes(stored)}


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
        check_options(named, options)
        return [form for form in named if not options.pixels or form.precision != "int16x8"]
    if format is None:
        raise ExportError("no format given", "edgemnist export --format tflite, or edgemnist export --all")
    form = find_form(format, quantize)
    check_options([form], options)
    return [form]


def _leave_out(forms: list[Form], report: Callable[[Form, str], None]) -> list[Form]:
    """Drop the forms that nothing here can run: a machine without a compiler still gets all others.

    Raises:
        NotInstalled: it gets none.
    """
    entries = {form: find_runtime(Path(form.name_file("model"))) for form in forms}
    for form, entry in entries.items():
        if not entry.ready:
            report(form, entry.install)
    ready = [form for form, entry in entries.items() if entry.ready]
    if not ready:
        raise NotInstalled("nothing is installed that could check a form", next(iter(entries.values())).install)
    return ready
