"""One source on its way to several forms: converted, opened in its own runtime, and asked 64 questions."""

from __future__ import annotations

import importlib
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.readers import Images
from edgemnist.errors import ExportError, ModelError
from edgemnist.exporters import Form, Options
from edgemnist.exporters.calibration import Calibration
from edgemnist.exporters.flat import FlatSource
from edgemnist.exporters.source import SourceModel
from edgemnist.files import hash_bytes
from edgemnist.manifest import list_versions
from edgemnist.runtimes import open_runtime
from edgemnist.workflows.checks import check_answers, check_size

PACKAGES = {
    "tflite": ("tensorflow", "keras", "ai-edge-litert"),
    "onnx": ("tensorflow", "keras", "tf2onnx", "onnx", "onnxruntime"),
    "c": ("tensorflow", "keras", "ai-edge-litert"),
}


@dataclass(frozen=True, eq=False)
class Conversion:
    """What all forms of one export are made from and held against.

    Args:
        path: of the source.
        folder: where the files will be.
        stem: what their names begin with.
        source: the loaded model.
        calibration: for quantized forms.
        options: the user's choices.
        images: uint8 (n, 28, 28), training images that each form is asked about.
        expected: the source's answers to them, float32 (n, classes).
    """

    path: Path
    folder: Path
    stem: str
    source: SourceModel | FlatSource
    calibration: Calibration | None
    options: Options
    images: Images
    expected: NDArray[np.float32]

    def make(self, form: Form) -> Made:
        """Convert, then prove on a few images that the result is no wreck. Writes nothing.

        Raises:
            ExportError: it can't be converted, or it is one.
            PackageMissing: what converts or runs it isn't installed.
        """
        if isinstance(self.source, FlatSource):
            self.source.require(form)
        name = form.name_file(self.stem, array=self.options.array)
        written = (self._convert_to_array if self.options.array else self._convert)(form, Path(name).stem)
        files = {f"{Path(name).stem}{extension}": content for extension, content in written.items()}
        check_size(form, len(files[name]), self.source.parameters, self.source.kernel_values)
        with tempfile.TemporaryDirectory() as folder:
            for file, content in files.items():
                Path(folder, file).write_bytes(content)
            path = Path(folder, name)
            try:
                with open_runtime(path, execute=True) as runtime:
                    check_answers(form, runtime.predict(self.images), self.expected)
                    return Made(form, name, files, runtime.input.describe())
            except ModelError as error:
                reason = error.message.removeprefix(f"{path}: ")
                raise ExportError(f"{form.format} {form.precision} came out broken: {reason}") from error

    def _convert(self, form: Form, stem: str) -> dict[str, bytes]:
        convert = importlib.import_module(form.module).convert
        calibration = self.calibration if form.calibrated else None
        written: dict[str, bytes] = convert(self.source, form.precision, calibration, self.options, stem)
        return written

    def _convert_to_array(self, form: Form, stem: str) -> dict[str, bytes]:
        """Only TFLite Micro itself can tell how much memory it needs for a file."""
        from edgemnist.exporters.array import write_array
        from edgemnist.exporters.c import convert_to_tflite
        from edgemnist.runtimes.tflm import measure_arena

        calibration = self.calibration if form.calibrated else None
        content, contract = convert_to_tflite(self.source, form.precision, calibration, stem)
        return write_array(content, contract, measure_arena(content), stem)

    def describe(self, made: Made) -> dict[str, Any]:
        """Return the manifest's entry."""
        form, content = made.form, made.files[made.name]
        entry = {
            "sha256": hash_bytes(content),
            "size_bytes": len(content),
            "format": form.format,
            "precision": form.precision,
            "source": {
                "name": self.source.source.name,
                "sha256": self.source.source.sha256,
                **({"path": self.path.name} if self._stands_beside() else {}),
            },
            "options": {name: value for name, value in asdict(self.options).items() if name in form.choices},
            "versions": list_versions(*PACKAGES[form.format]),
        }
        if made.companions:
            entry["companions"] = {name: hash_bytes(made.files[name]) for name in made.companions}
        if self.calibration and form.calibrated:
            entry["calibration"] = self.calibration.describe()
        return entry

    def _stands_beside(self) -> bool:
        """True if the source is in the folder of its forms: a way that leads out of it is nobody's business."""
        return os.path.realpath(self.path.parent) == os.path.realpath(self.folder)


@dataclass(frozen=True, eq=False)
class Made:
    """A form, made and checked, but not yet on disk.

    Args:
        form: its row of the table.
        name: of the model file.
        files: all files by name, the model file among them.
        eats: its input, in one line.
    """

    form: Form
    name: str
    files: dict[str, bytes]
    eats: str

    @property
    def companions(self) -> tuple[str, ...]:
        """The names of the files that go with the model file."""
        return tuple(name for name in self.files if name != self.name)
