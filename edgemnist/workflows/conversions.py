"""One source on its way to several forms: converted, opened in its own runtime, and compared on 64 images."""

from __future__ import annotations

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
from edgemnist.files import hash_bytes
from edgemnist.formats import ModelFile
from edgemnist.manifest import list_versions
from edgemnist.runtimes import open_runtime
from edgemnist.workflows.checks import check_answers, check_size
from edgemnist.workflows.sources import OpenSource

PACKAGES = {
    "tflite": ("tensorflow", "keras", "ai-edge-litert"),
    "onnx": ("tensorflow", "keras", "tf2onnx", "onnx", "onnxruntime"),
    "c": ("tensorflow", "keras", "ai-edge-litert"),
}


@dataclass(frozen=True, eq=False)
class Conversion:
    """What all forms of one export are made from and compared with.

    Args:
        source: The opened source.
        folder: Where the files will be.
        stem: What their names begin with.
        calibration: for quantized forms.
        options: the user's choices.
        images: uint8 (n, 28, 28), training images that each form is asked about.
        expected: the source's answers to them, float32 (n, classes).
    """

    source: OpenSource
    folder: Path
    stem: str
    calibration: Calibration | None
    options: Options
    images: Images
    expected: NDArray[np.float32]

    def make(self, form: Form) -> Made:
        """Convert, then compare a few outputs with the source's. Writes nothing.

        Raises:
            ExportError: It can't be converted, or the conversion is broken.
            PackageMissing: What converts or runs it isn't installed.
        """
        name = form.name_file(self.stem, array=self.options.array)
        calibration = self.calibration if form.calibrated else None
        written = self.source.convert(form, calibration, self.options, Path(name).stem)
        files = {f"{Path(name).stem}{extension}": content for extension, content in written.items()}
        check_size(form, len(files[name]), self.source.parameters, self.source.kernel_values)
        companions = {file: content for file, content in files.items() if file != name}
        with tempfile.TemporaryDirectory() as folder:
            path = ModelFile(Path(name), files[name], companions).write_to(Path(folder))
            try:
                with open_runtime(path, execute=True) as runtime:
                    check_answers(form, runtime.predict(self.images), self.expected)
                    return Made(form, name, files, runtime.info.input.describe())
            except ModelError as error:
                reason = error.message.removeprefix(f"{path}: ")
                raise ExportError(f"{form.format} {form.precision}: the conversion is broken: {reason}") from error

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
                **({"path": self.source.file.path.name} if self._stands_beside() else {}),
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
        return os.path.realpath(self.source.file.path.parent) == os.path.realpath(self.folder)


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
