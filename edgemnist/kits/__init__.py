"""The folders that embed a model on a target, and the templates they are written from.

A kit is a row of `KITS`: which files it consists of, and where the model's own go. `edgemnist.kits.filling` writes
it as text; nothing here runs a model. A new kit is a folder of templates and a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edgemnist.errors import ModelError
from edgemnist.targets import FIRMWARE

TEMPLATES = Path(__file__).parent


@dataclass(frozen=True)
class Kit:
    """A row of the table.

    Args:
        name: what `--target` calls it.
        summary: what it is, in one line.
        extension: how the names of the model files that it takes end.
        make: the command that makes such a file.
        runtime: whose answers the target must repeat; None for the model file's own runtime.
        sources: the folder inside the kit where the model's files go; "" for the kit's own.
        files: path inside the kit and path of the template, for each file but the model's.
        start: what to type next; {folder} is where the kit was written.
    """

    name: str
    summary: str
    extension: str
    make: str
    runtime: str | None
    sources: str
    files: tuple[tuple[str, Path], ...]
    start: str

    def place(self, name: str) -> str:
        """Return the path inside the kit of one of the model's files."""
        return f"{self.sources}/{name}" if self.sources else name


_COMMON = TEMPLATES / "common"
_MICROCONTROLLER, _ARDUINO, _TFLITE_MICRO = (
    TEMPLATES / name for name in ("microcontroller", "arduino", "tflite_micro")
)
_SKETCH = "classifier"
_GOLDEN = ("golden.h", "golden.c")
_SELF_TEST = ("self_test.h", "self_test.c")

KITS = (
    Kit(
        name="microcontroller",
        summary="firmware for a bare-metal Cortex-M, which runs under QEMU",
        extension=".c",
        make="edgemnist export --format c --quantize",
        runtime=None,
        sources="",
        files=(
            *((name, _MICROCONTROLLER / name) for name in ("README.md", "Makefile", "main.c")),
            (".gitignore", _MICROCONTROLLER / "gitignore"),
            *((name, _COMMON / name) for name in (*_SELF_TEST, *_GOLDEN)),
            *((name, FIRMWARE / name) for name in ("startup_cortex_m.c", "cortex_m.ld")),
            *((name, FIRMWARE / name) for name in ("semihosting.h", "semihosting.c")),
        ),
        start="make -C {folder} run",
    ),
    Kit(
        name="arduino",
        summary="a sketch that classifies images from the serial line",
        extension=".c",
        make="edgemnist export --format c --quantize",
        runtime=None,
        sources=_SKETCH,
        files=(
            ("README.md", _ARDUINO / "README.md"),
            (f"{_SKETCH}/{_SKETCH}.ino", _ARDUINO / "classifier.ino"),
            *((f"{_SKETCH}/{name}", _COMMON / name) for name in (*_SELF_TEST, *_GOLDEN)),
        ),
        start="arduino-cli compile --fqbn arduino:mbed_nano:nano33ble {folder}/classifier",
    ),
    Kit(
        name="tflite-micro",
        summary="C++ against TFLite Micro, with the model as an array",
        extension=".tflite",
        make="edgemnist export --format tflite --quantize",
        runtime="tflm",
        sources="",
        files=(
            *((name, _TFLITE_MICRO / name) for name in ("README.md", "main.cc", "classifier.h", "classifier.cc")),
            *((name, _COMMON / name) for name in _GOLDEN),
        ),
        start="less {folder}/README.md",
    ),
)


def find_kit(name: str) -> Kit:
    """Return a row of the table.

    Raises:
        ModelError: there is none of that name.

    Example:
        >>> find_kit("arduino").extension
        '.c'
    """
    for kit in KITS:
        if kit.name == name:
            return kit
    raise ModelError(f"{name}: no such kit", "one of: " + ", ".join(kit.name for kit in KITS))
