"""One source on its way to several forms: converted, opened in its own runtime, and compared on 64 images."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.answers import Answers
from edgemnist.datasets.readers import Images
from edgemnist.datasets.splits import TestSplit
from edgemnist.errors import EdgeMnistError, ExportError, ModelError
from edgemnist.exporters import OPSET, Form, Options
from edgemnist.exporters.calibration import Calibration
from edgemnist.exporters.checks import check_answers, check_size
from edgemnist.files import hash_bytes
from edgemnist.formats import ModelFile
from edgemnist.manifest import Manifest, list_versions
from edgemnist.processes.tools import run_parallel
from edgemnist.runtimes import find_runtime, open_runtime
from edgemnist.runtimes.base import Runtime
from edgemnist.text import phrase_parameter
from edgemnist.workflows.advice import advise_training, choose_finer, phrase_fault
from edgemnist.workflows.exact import EXACT_KERNELS
from edgemnist.workflows.source import OpenSource

# The names under which the manifest keeps options: they stay as they were when manifests were first written.
MANIFEST_NAMES = {"io_dtype": "io", "raw_input": "pixels", "kernels": "weights"}
PACKAGES = {
    "tflite": ("tensorflow", "keras", "ai-edge-litert"),
    "onnx": ("tensorflow", "keras", "tf2onnx", "onnx", "onnxruntime"),
    "c": ("tensorflow", "keras", "ai-edge-litert"),
}
# By format and precision: what has a part in such a form alone.
EXTRA_PACKAGES = {("tflite", "int4"): ("ai-edge-quantizer",)}


@dataclass(frozen=True, eq=False)
class Recording:
    """Outputs for all test images, kept to be compared with bit for bit.

    Args:
        outputs: The file's own numbers, (n, classes).
        data_sha256: SHA-256 of the test split.
        runtime: Name of the runtime that gave them.
    """

    outputs: NDArray[Any]
    data_sha256: str
    runtime: str

    def to_record(self) -> dict[str, str]:
        """Return what the manifest says of it."""
        sha256 = hash_bytes(np.ascontiguousarray(self.outputs).tobytes())
        return {"runtime": self.runtime, "sha256": sha256, "data_sha256": self.data_sha256}


@dataclass(frozen=True, eq=False)
class Conversion:
    """What all forms of one export are made from and compared with.

    Args:
        source: The opened source.
        folder: Where the files will be.
        stem: What their names begin with.
        file_name: The name of the one file to write; None for the name that its form gives it.
        calibration: for quantized forms.
        options: the user's choices.
        images: uint8 (n, height, width), training images that each form is run on.
        expected: the source's probabilities for them, float32 (n, classes).
        test: Test images, for which outputs are recorded.
    """

    source: OpenSource
    folder: Path
    stem: str
    file_name: str | None
    calibration: Calibration | None
    options: Options
    images: Images
    expected: NDArray[np.float32]
    test: TestSplit

    @cached_property
    def answers(self) -> Answers:
        """The source's answers to all test images: run once there is a form beside which they are kept."""
        return self.source.collect_answers(self.test)

    def name(self, form: Form) -> str:
        """Return the name of the file that a form will have."""
        return self.file_name or form.name_file(self.stem)

    def make(self, form: Form) -> Made:
        """Convert, then compare a few outputs with the source's. Writes nothing.

        Raises:
            ExportError: It can't be converted, or the conversion is broken.
            NotInstalled: What converts or runs it isn't installed.
        """
        name = self.name(form)
        calibration = self.calibration if form.calibrated else None
        written = self.source.convert(form, calibration, self.options, Path(name).stem)
        files = {f"{Path(name).stem}{extension}": content for extension, content in written.items()}
        check_size(form, len(files[name]), self.source.parameters, self.source.kernel_values)
        companions = {file: content for file, content in files.items() if file != name}
        with tempfile.TemporaryDirectory() as folder:
            path = ModelFile(Path(name), files[name], companions).write_to(Path(folder))
            try:
                return Made(form, name, files, *self._prove(form, path))
            except ModelError as error:
                reason = error.message.removeprefix(f"{path}: ")
                raise ExportError(f"{form.format} {form.precision}: the conversion is broken: {reason}") from error
            except ExportError as error:
                raise self._explain(form, error) from error

    def _explain(self, form: Form, error: ExportError) -> ExportError:
        """Add to what is wrong with a form's answers why that is, and what to type, as far as it is known."""
        fault = None
        if form.precision == "int8":
            with contextlib.suppress(EdgeMnistError):  # the error stands, though a limit is reached in search of it
                fault = self.source.find_fault(self.images if self.calibration is None else self.calibration.images)
        if training := list(advise_training(form.precision)):
            finer = choose_finer(form.file_format, form.precision, None)
            other = phrase_parameter("quantize", finer)
            return ExportError(error.message, f"no file was written; {training[0]}, or try {other}")
        if fault is None or not (causes := tuple(phrase_fault(fault))):
            return error
        finer = choose_finer(form.file_format, form.precision, fault)
        typed = "leave `quantize` out" if finer == "float32" else f"try {phrase_parameter('quantize', finer)}"
        return ExportError("; ".join([error.message, *causes]), f"no file was written; {typed}")

    def _prove(self, form: Form, path: Path) -> tuple[str, Recording | None]:
        """Compare a few outputs in the file's own runtime, and record all where a form's are the same everywhere.

        Returns:
            What the file takes, in one line, and the recording.
        """
        exact = EXACT_KERNELS.get((form.format, form.precision))
        if exact == find_runtime(path).name:  # compiled once for both
            with open_runtime(path, execute=True) as runtime:
                return self._check(form, runtime), self._record(runtime, exact)

        def check() -> str:
            with open_runtime(path, execute=True) as runtime:
                return self._check(form, runtime)

        def record() -> Recording | None:
            if exact is None:
                return None
            with open_runtime(path, runtime=exact, execute=True) as runtime:
                return self._record(runtime, exact)

        steps: list[Callable[[], Any]] = [check, record]
        takes, recording = run_parallel(lambda step: step(), steps)  # both wait for children of theirs
        return takes, recording

    def _check(self, form: Form, runtime: Runtime) -> str:
        """Compare a few outputs with the source's, and return what the file takes, in one line."""
        check_answers(form, runtime.predict(self.images), self.expected)
        return runtime.info.input.summarize()

    def _record(self, runtime: Runtime, kernels: str) -> Recording:
        """Run all test images in kernels whose arithmetic is the same on every machine."""
        batches = [runtime.run(images).outputs for images, _ in self.test.iterate()]
        return Recording(np.concatenate(batches), self.test.sha256, kernels)

    def to_record(self, made: Made) -> dict[str, Any]:
        """Return the manifest's entry."""
        form, content = made.form, made.files[made.name]
        entry = {
            "sha256": hash_bytes(content),
            "size_bytes": len(content),
            "format": form.file_format,
            "precision": form.precision,
            "source": {
                "name": self.source.source.name,
                "sha256": self.source.source.sha256,
                **({"path": self.source.file.path.name} if self._stands_beside() else {}),
            },
            "options": record_options(form, self.options),
            "versions": list_versions(
                *PACKAGES[form.file_format], *EXTRA_PACKAGES.get((form.format, form.precision), ())
            ),
        }
        if made.recording:
            entry["outputs"] = made.recording.to_record()
        if made.companions:
            entry["companions"] = {name: hash_bytes(made.files[name]) for name in made.companions}
        if self.calibration and form.calibrated:
            entry["calibration"] = self.calibration.to_record()
        return entry

    def forget_changed_source(self, manifest: Manifest) -> None:
        """Drop the entry of a source that isn't what the manifest lists, so that it lists no other bytes.

        One that was written since the source was read stays.
        """
        name, seen = self.source.file.path.name, self.source.file.listed
        now = manifest.models.get(name)
        if self.source.file.changes and self._stands_beside() and seen and now and now["sha256"] == seen["sha256"]:
            del manifest.models[name]

    def _stands_beside(self) -> bool:
        """True if the source is in the folder of its forms: a path out of it is not written into the manifest."""
        return os.path.realpath(self.source.file.path.parent) == os.path.realpath(self.folder)


def record_options(form: Form, options: Options) -> dict[str, str | int | bool]:
    """Return the options of a form under the names that the manifest has for them.

    The opset is left out where it is the usual one, which older manifests don't name.

    Example:
        >>> from edgemnist.exporters import find_form
        >>> record_options(find_form("onnx"), Options(raw_input=True))
        {'pixels': True}
        >>> record_options(find_form("tflite", "int8"), Options())
        {'io': 'uint8', 'pixels': False}
    """
    chosen = {name: value for name, value in asdict(options).items() if name in form.choices}
    if options.opset == OPSET:
        chosen.pop("opset", None)
    array = {"array": form.is_array} if form.file_format == "c" else {}
    return {**{MANIFEST_NAMES.get(name, name): value for name, value in chosen.items()}, **array}


@dataclass(frozen=True, eq=False)
class Made:
    """A form, made and checked, but not yet on disk.

    Args:
        form: its row of the table.
        name: of the model file.
        files: all files by name, the model file among them.
        takes: Its input, in one line.
        recording: Its outputs for the test images; None where no arithmetic is the same on every machine.
    """

    form: Form
    name: str
    files: dict[str, bytes]
    takes: str
    recording: Recording | None

    @property
    def companions(self) -> tuple[str, ...]:
        """The names of the files that go with the model file."""
        return tuple(name for name in self.files if name != self.name)
