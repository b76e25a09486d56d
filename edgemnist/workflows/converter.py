"""The child's side of an export: it loads the source, converts it, and runs it.

TensorFlow's converter can die on a layer that it doesn't know, and a source may come from anyone.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from edgemnist.comparison.probing import Found
from edgemnist.comparison.question import Probe
from edgemnist.contract import Contract, Picture
from edgemnist.datasets.readers import Images
from edgemnist.errors import ExportError, ModelError
from edgemnist.exporters import CONVERTERS, Options, find_form, sensitivity
from edgemnist.exporters.c.source import TFLiteSource
from edgemnist.exporters.calibration import Calibration
from edgemnist.exporters.source import SourceModel
from edgemnist.formats import ModelFile
from edgemnist.formats.precision import find_tensor_precision
from edgemnist.processes.messages import OK, Message
from edgemnist.processes.server import Operations
from edgemnist.runtimes import open_here
from edgemnist.runtimes.base import Request, Runtime
from edgemnist.workflows.exact import SOURCE_RUNTIMES


@dataclass(frozen=True, eq=False)
class LoadedSource:
    """A source as converters see it, and as its runtime does: the two must mean the same pixels.

    Args:
        model: What converters take.
        runtime: What runs it.
        found: What was found of it where it has no contract.
    """

    model: SourceModel | TFLiteSource
    runtime: Runtime
    found: Found | None = None

    def state_picture(self, picture: Picture) -> LoadedSource:
        """Return the same source, whose contract says how a picture becomes an image."""
        return replace(self, model=replace(self.model, contract=replace(self.model.contract, picture=picture)))


@contextmanager
def serve(path: str) -> Iterator[Operations]:
    """Give the operations on the source at `path`: "open" first, then any of the others."""
    with ExitStack() as stack:
        loaded: list[LoadedSource] = []

        def open_file(question: Message) -> Message:
            file = ModelFile.read(path)
            probe = Probe.from_message(question.fields["probe"], question.blobs)
            source = _load(stack, file, tuple(question.fields["labels"]), probe)
            if source.found:
                source = source.state_picture(Picture(**question.fields["picture"]))
            loaded.append(source)
            sizes = {"parameters": source.model.parameters, "kernel_values": source.model.kernel_values}
            found = source.found.summarize() if source.found else None
            contract = source.model.contract.to_json()
            notes = () if isinstance(source.model, TFLiteSource) else source.model.notes
            return Message(OK, {"sha256": file.hashes, "contract": contract, "found": found, "notes": notes, **sizes})

        def predict(question: Message) -> Message:
            probabilities = loaded[0].runtime.predict(_read_images(question))
            return Message(OK, {}, [np.ascontiguousarray(probabilities).reshape(-1).data])

        def convert(question: Message) -> Message:
            files = _convert(loaded[0].model, question)
            return Message(OK, {"extensions": list(files)}, list(files.values()))

        def find_fault(question: Message) -> Message:
            model = loaded[0].model
            fault = None if isinstance(model, TFLiteSource) else sensitivity.find_fault(model, _read_images(question))
            return Message(OK, asdict(fault) if fault else {})

        yield {"open": open_file, "predict": predict, "convert": convert, "find_fault": find_fault}


def _read_images(question: Message) -> Images:
    return np.frombuffer(question.blobs[0], np.uint8).reshape(question.fields["shape"])


def _load(stack: ExitStack, file: ModelFile, labels: tuple[str, ...], probe: Probe) -> LoadedSource:
    """Load a source. One without a contract is run with the one that is found for it, not with the runtime's guess."""
    if file.format_name == "tflite":
        request = Request(output_name=probe.statement.output_name, classes=probe.classes)
        runtime = stack.enter_context(open_here(file, SOURCE_RUNTIMES["tflite"], request))
        if runtime.info.contract is None:
            runtime.probe(file.path, probe)
        return LoadedSource(_load_tflite(file, runtime, labels, probe), runtime, runtime.info.found)
    model = SourceModel.load(file, labels, probe)
    return LoadedSource(model, stack.enter_context(open_here(file, request=Request(model.contract))), model.found)


def _load_tflite(file: ModelFile, runtime: Runtime, labels: tuple[str, ...], probe: Probe) -> TFLiteSource:
    path, info = file.path, runtime.info
    if info.classes != len(labels):
        raise ModelError(
            f"{path}: answers {info.classes} classes, but the data has {len(labels)}",
            "give the data that it was trained on: `data=PATH`",
        )
    contract = info.contract or Contract(info.input, info.output, labels)
    precision = find_tensor_precision(file) or contract.precision
    if precision not in ("float32", "int8", "unknown"):
        raise ExportError(
            f"{path} is {precision}, and C is float32 or int8",
            "give the .keras file it was made from, or a .tflite file of one of the two",
        )
    return TFLiteSource.load(file, contract, probe.split.image_shape)


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
    from edgemnist.runtimes.arena import measure_arena

    content, contract = convert_to_tflite(model, precision, calibration, stem)
    return write_array(content, contract, measure_arena(content), stem)
