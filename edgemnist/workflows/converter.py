"""The child's side of an export: it loads the source, converts it, and runs it.

TensorFlow's converter can die on a layer that it doesn't know, and a source may come from anyone.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from edgemnist.comparison.answers import find_classes
from edgemnist.contract import Contract
from edgemnist.datasets.readers import Images
from edgemnist.datasets.splits import TrainingSplit
from edgemnist.errors import ExportError, ModelError
from edgemnist.exporters import CONVERTERS, Options, find_form
from edgemnist.exporters.c.source import TFLiteSource
from edgemnist.exporters.calibration import Calibration
from edgemnist.exporters.source import SourceModel
from edgemnist.formats import ModelFile
from edgemnist.processes.messages import OK, Message
from edgemnist.processes.server import Operations
from edgemnist.runtimes import open_here
from edgemnist.runtimes.base import Request, Runtime
from edgemnist.workflows.exact import SOURCE_RUNTIMES

# Training images that show whether the input found for a .tflite file without a contract is the right one.
PROBED = 500


@dataclass(frozen=True, eq=False)
class LoadedSource:
    """A source as converters see it, and as its runtime does: the two must mean the same pixels.

    Args:
        model: What converters take.
        runtime: What runs it.
    """

    model: SourceModel | TFLiteSource
    runtime: Runtime


@contextmanager
def serve(path: str) -> Iterator[Operations]:
    """Give the operations on the source at `path`: "open" first, then "predict" and "convert"."""
    with ExitStack() as stack:
        loaded: list[LoadedSource] = []

        def open_file(question: Message) -> Message:
            file = ModelFile.read(path)
            source = _load(stack, file, tuple(question.fields["labels"]), _read_probe(question))
            loaded.append(source)
            sizes = {"parameters": source.model.parameters, "kernel_values": source.model.kernel_values}
            return Message(OK, {"sha256": file.hashes, "contract": source.model.contract.to_json(), **sizes})

        def predict(question: Message) -> Message:
            probabilities = loaded[0].runtime.predict(_read_images(question))
            return Message(OK, {}, [np.ascontiguousarray(probabilities).reshape(-1).data])

        def convert(question: Message) -> Message:
            files = _convert(loaded[0].model, question)
            return Message(OK, {"extensions": list(files)}, list(files.values()))

        yield {"open": open_file, "predict": predict, "convert": convert}


def _read_images(question: Message) -> Images:
    return np.frombuffer(question.blobs[0], np.uint8).reshape(question.fields["shape"])


def _read_probe(question: Message) -> TrainingSplit:
    return TrainingSplit(_read_images(question), np.frombuffer(question.blobs[1], np.int64))


def _load(stack: ExitStack, file: ModelFile, labels: tuple[str, ...], probe: TrainingSplit) -> LoadedSource:
    """Load a source. One without a contract is run with the one that is found for it, not with the runtime's guess."""
    if file.format_name == "tflite":
        runtime = stack.enter_context(open_here(file, SOURCE_RUNTIMES["tflite"]))
        return LoadedSource(_load_tflite(file, runtime, labels, probe), runtime)
    model = SourceModel.load(file, labels, probe)
    return LoadedSource(model, stack.enter_context(open_here(file, request=Request(model.contract))))


def _load_tflite(file: ModelFile, runtime: Runtime, labels: tuple[str, ...], probe: TrainingSplit) -> TFLiteSource:
    path, info = file.path, runtime.info
    contract = info.contract or _guess_contract(file, runtime, labels, probe)
    if contract.precision not in ("float32", "int8", "unknown"):
        raise ExportError(
            f"{path} is {contract.precision}, and C is float32 or int8", "export it so: `quantize='int8'`"
        )
    return TFLiteSource.load(file, contract, probe.image_shape)


def _guess_contract(file: ModelFile, runtime: Runtime, labels: tuple[str, ...], probe: TrainingSplit) -> Contract:
    path, info, hint = file.path, runtime.info, "give the data that it was trained on: `data=PATH`"
    if info.classes != len(labels):
        raise ModelError(f"{path}: answers {info.classes} classes, but the data has {len(labels)}", hint)
    classes = find_classes(runtime.predict(probe.images[:PROBED]))
    hits = float((classes == probe.labels[:PROBED]).mean())
    if hits < min(0.5, 3 / len(labels)):
        raise ExportError(
            f"{path}: no contract inside, and run with {info.input.summarize()} it is right on {hits:.0%} of "
            f"{PROBED} training images",
            hint,
        )
    return Contract(info.input, info.output, labels)


def _convert(model: SourceModel | TFLiteSource, question: Message) -> dict[str, bytes]:
    """Convert to a form; the contents by their extensions, the model file's first."""
    fields = question.fields
    form = find_form(fields["format"], None if fields["precision"] == "float32" else fields["precision"])
    options = Options(**fields["options"])
    calibration = _read_calibration(question) if question.blobs else None
    if isinstance(model, TFLiteSource):
        model.require(form)
    if form.is_array:
        return _convert_to_array(model, form.precision, calibration, fields["stem"])
    convert = importlib.import_module(CONVERTERS[form.format]).convert
    written: dict[str, bytes] = convert(model, form.precision, calibration, options, fields["stem"])
    return written


def _read_calibration(question: Message) -> Calibration:
    made = question.fields["calibration"]
    return Calibration(_read_images(question), made["per_class"], made["seed"], made["data_sha256"])


def _convert_to_array(
    model: SourceModel | TFLiteSource, precision: Any, calibration: Calibration | None, stem: str
) -> dict[str, bytes]:
    """Only TFLite Micro itself can tell how much memory it needs for a file."""
    from edgemnist.exporters.c.array import write_array
    from edgemnist.exporters.c.writer import convert_to_tflite
    from edgemnist.runtimes.tflm import measure_arena

    content, contract = convert_to_tflite(model, precision, calibration, stem)
    return write_array(content, contract, measure_arena(content), stem)
