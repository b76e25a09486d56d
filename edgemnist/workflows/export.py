"""`export`: every form is converted, run on 64 images in its own runtime, and only then written under its name."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from edgemnist.answers import name_answers, serialize_answers, serialize_outputs
from edgemnist.comparison.question import Probe, Statement
from edgemnist.contract import Rounding
from edgemnist.contract.picture import DEFAULT_PICTURE
from edgemnist.datasets import Dataset
from edgemnist.datasets.splits import TrainingSplit, split_validation
from edgemnist.errors import ExportError
from edgemnist.exporters import (
    OPSET,
    Form,
    FormatChoice,
    IODType,
    Kernels,
    Options,
    Quantization,
)
from edgemnist.exporters.calibration import COUNT, Calibration
from edgemnist.files import Transaction, check_writable, hash_bytes, is_model_folder
from edgemnist.formats import ModelFile, require_unchanged
from edgemnist.manifest import Manifest, edit_manifest
from edgemnist.processes.limits import Limits
from edgemnist.results import Artifact
from edgemnist.trust import trust
from edgemnist.workflows import DEFAULT_MODEL
from edgemnist.workflows.conversion import Conversion, Made, Recording
from edgemnist.workflows.data import open_data
from edgemnist.workflows.forms import check_calibration, choose_forms, keep_possible, leave_out, need_calibration
from edgemnist.workflows.naming import check_name, find_destination, save_model
from edgemnist.workflows.remembered import remember_data
from edgemnist.workflows.source import OpenSource, start_converter

if TYPE_CHECKING:
    import keras

    from edgemnist.datasets import Data

CHECKED_IMAGES = 64


def export(
    model: str | Path | keras.Model = DEFAULT_MODEL,
    format: FormatChoice | None = None,
    quantize: Quantization | None = None,
    *,
    all: bool = False,
    io_dtype: IODType = "uint8",
    raw_input: bool = False,
    kernels: Kernels = "sparse",
    rounding: Rounding = "reference",
    opset: int = OPSET,
    calibration_images: int | None = None,
    data: Data = None,
    class_names: Sequence[str] | None = None,
    split: str | None = None,
    output: str | Path = DEFAULT_MODEL.parent,
    name: str | None = None,
    statement: Statement | None = None,
    allow_changed: bool = False,
    limits: Limits | None = None,
    report_data: Callable[[Dataset], None] = lambda dataset: None,
    report: Callable[[Artifact], None] = lambda artifact: None,
    report_form: Callable[[str, int, int], None] = lambda name, number, count: None,
    report_found: Callable[[str], None] = lambda found: None,
    report_left_out: Callable[[Form, str], None] = lambda form, install: None,
) -> list[Artifact]:
    """Write a Keras classifier in other forms, each checked against it, and store its answers beside them.

    Args:
        model: any Keras classifier of images as large as the data's, as a `.keras` file or as the model itself; for C,
            also a `.tflite` file that was quantized elsewhere.
        format: "tflite", "onnx", "c", or "tflite-array": the .tflite file as an array in C, for TFLite Micro.
        quantize: "float16", "dynamic", "int8" or "int16x8"; None for float32.
        all: every form, or every form of `format`. Arrays are written only where `format` names them.
        io_dtype: the dtype of input and output of TFLite int8: "uint8" (the raw pixel), "int8" or "float32".
        raw_input: make the files take raw uint8 (height, width) pixels.
        kernels: in C, "sparse" (inputs that are 0 are skipped) or "dense" (none is).
        rounding: in C int8, whose arithmetic is repeated bit for bit: "reference" (LiteRT's) or "tflm".
        opset: of ONNX, the version of its operators, 13 … 18.
        calibration_images: how many training images calibrate, about; None for 500. As many of each class are drawn.
        data: the data set that the model was trained on, as `load_dataset` takes it; None for the one that `train`
            remembers, or the MNIST inside the package. Training images calibrate; the model's answers to the test
            images are stored.
        class_names: the class names; None for those of the model or of the data.
        split: the name of one of several data sets in a folder; None where there is one.
        output: the folder to write to, made if it isn't there; or, for one form, the file to write.
        name: what the file names begin with; None for the model file's own stem.
        statement: what a model without a contract takes and gives; what it leaves open is found by probing.
        allow_changed: convert a model that isn't what the manifest lists under its name. Where the forms are written
            beside it, that entry goes.
        limits: time, memory and files that the conversion may use; None for the usual ones.
        report_data: called with the data set once it is read.
        report: called after each file.
        report_form: called before each file with its name, and which of how many it is, from 1.
        report_found: called with what was found of a model without a contract, and what of it was rebuilt, in one line
            each.
        report_left_out: called for each form that `all` leaves out, since what would check it isn't installed,
            with the line that installs that.

    Returns:
        What was written.

    Raises:
        EdgeMnistError: the form or model is unknown or unfit, or a conversion came out broken; that file
            isn't written then.
    """
    options = Options(io_dtype, raw_input, kernels, rounding, opset)
    forms = choose_forms(format, quantize, all, options)
    check_calibration(forms, calibration_images)
    if all:
        forms = leave_out(forms, report_left_out)
    place = find_destination(Path(output), forms, name)
    check_writable(place.folder)
    Manifest.load(place.folder)  # one that can't be read is found before any work
    with contextlib.ExitStack() as stack:
        file = ModelFile.read(stack.enter_context(save_model(model)))
        if not allow_changed:
            require_unchanged(file)
        stem = name or _name_stem(file.path)
        child = start_converter(file, limits or Limits())
        stack.callback(child.close)
        dataset = open_data(data, class_names, split, [file])
        if data is not None:  # so that `verify` finds the data of a model that was trained elsewhere
            remember_data(dataset)
        fit, validation = split_validation(dataset.training)
        report_data(dataset)
        calibration = _calibrate(forms, fit, dataset.labels, calibration_images)
        probe = Probe.choose(lambda: dataset, statement)
        picture = DEFAULT_PICTURE if file.may_have_contract else dataset.picture
        source = stack.enter_context(OpenSource(file, dataset.labels, probe, limits or Limits(), child, picture))
        for note in source.notes:
            report_found(f"{file.path}: {note}")
        if source.found:
            report_found(f"{file.path}: no contract inside: {source.found}")
        dataset.check_labels(str(file.path), source.contract.labels)
        images = validation.images[:CHECKED_IMAGES]
        work = Conversion(
            source=source, folder=place.folder, stem=stem, file_name=place.file_name,
            calibration=calibration, options=options, images=images, expected=source.predict(images),
            test=dataset.test,
        )  # fmt: skip
        if all:
            forms = keep_possible(
                forms, file.format_name, source.contract, lambda note: report_found(f"{file.path}: {note}")
            )
        return _write_forms(forms, work, report, report_form)


def _calibrate(
    forms: Sequence[Form], training: TrainingSplit, labels: tuple[str, ...], count: int | None
) -> Calibration | None:
    return Calibration.sample(training, labels, count or COUNT) if need_calibration(forms) else None


def _name_stem(path: Path) -> str:
    """What names begin with: the model's own without its ending. A folder's has none: mnist_v1.2 is no mnist_v1."""
    stem = path.name if is_model_folder(path) else path.stem
    check_name(stem)
    return stem.removesuffix("_int8") if path.suffix == ".tflite" else stem


def _write_forms(
    forms: Sequence[Form],
    work: Conversion,
    report: Callable[[Artifact], None],
    report_form: Callable[[str, int, int], None],
) -> list[Artifact]:
    """Write each form; one that fails doesn't keep the others from being written."""
    artifacts: list[Artifact] = []
    failures: list[ExportError] = []
    for number, form in enumerate(forms, 1):
        report_form(work.name(form), number, len(forms))
        try:
            made = work.make(form)
        except ExportError as error:
            failures.append(error)
            continue
        artifacts.append(_write(made, work))
        report(artifacts[-1])
    if failures:
        raise _join(failures, len(forms))
    return artifacts


def _write(made: Made, work: Conversion) -> Artifact:
    """Give a form, its companions and the source's answers their names, and list them in the manifest: all or none."""
    target, content, answers = work.folder / made.name, made.files[made.name], work.answers
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
    messages = list(dict.fromkeys(failure.message for failure in failures))
    if len(failures) < count:
        which, hint = f"{len(failures)} of {count} forms couldn't be written", "the others were"
    elif len(messages) > 1:
        which, hint = "no form could be written", failures[0].hint
    else:
        return failures[0]
    return ExportError(f"{which}: {'; '.join(messages)}", hint)
