"""The folders that embed a model on a target, and the templates they are written from.

A kit is a row of `KITS`: which files it consists of, and where the model's own go. `edgemnist.kits.filling` writes
it as text; nothing here runs a model. A new kit is a folder of templates and a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from edgemnist.contract import Contract, DType
from edgemnist.errors import ModelError
from edgemnist.targets import FIRMWARE
from edgemnist.targets.boards import ENGINES, Engine, describe_board
from edgemnist.targets.contracts import DTYPES, PAGE_DTYPES
from edgemnist.targets.packages import JAVASCRIPT, MODEL_CONTRACT, PROGRAMS
from edgemnist.targets.page import BUILT, PAGE, describe_models, name_golden

TEMPLATES = Path(__file__).parent
# The digit preparation in Python, which needs NumPy alone.
PREPARATION = TEMPLATES.parent / "preparation.py"

# How a model is part of a kit: as C, as its bytes in C for TFLite Micro, or as the file that it is.
Embedding = Literal["c", "array", "file"]


@dataclass(frozen=True)
class KitFile:
    """A file of a kit.

    Args:
        path: inside the kit.
        template: what it is written from.
        extension: of the model that its words are of; "" for the kit's first. The file is left out of a kit that has
            no such model.
    """

    path: str
    template: Path
    extension: str = ""


@dataclass(frozen=True)
class Kit:
    """A row of the table.

    Args:
        name: what `--target` calls it.
        summary: what it is, in one line.
        extensions: how the names of the model files that it takes end: one file of each, at least one.
        make: the command that makes such a file.
        embedding: how the model becomes part of it.
        runtime: whose answers the target must repeat; None for the model file's own runtime.
        folders: where inside the kit the model's files go, by how their names end; those not named go to its top.
        files: each file but the model's. Of two with the same path, the first whose model is there is taken.
        start: what to type next; {folder} is where the kit was written.
        describe: gives the words on all models together, by their names and contracts.
        dtypes: that its program knows, by how the model's name ends; {} where the program is made for the model.
        built: the path inside the kit of what is built from it at once; "" where that is left to the user.
        build: what to type to build that.
    """

    name: str
    summary: str
    extensions: tuple[str, ...]
    make: str
    embedding: Embedding
    runtime: str | None
    files: tuple[KitFile, ...]
    start: str
    folders: Mapping[str, str] = field(default_factory=dict)
    describe: Callable[[Sequence[tuple[str, Contract]]], dict[str, str]] = lambda models: {}
    dtypes: Mapping[str, tuple[DType, ...]] = field(default_factory=dict)
    built: str = ""
    build: str = ""

    def place(self, name: str) -> str:
        """Return the path inside the kit of one of the model's files."""
        return f"{self.folders.get(Path(name).suffix, '')}{name}"


def _list_files(folder: Path, names: Iterable[str], place: str = "") -> tuple[KitFile, ...]:
    """Return files that are called in a kit as their templates are; a template's name has no first dot."""
    shown = {"gitignore": ".gitignore"}
    return tuple(KitFile(f"{place}{shown.get(name, name)}", folder / name) for name in names)


_COMMON = TEMPLATES / "common"
_SKETCH = "classifier/"
_GOLDEN = ("golden.h", "golden.c")
_SELF_TEST = ("self_test.h", "self_test.c")
_FIRMWARE = ("startup_cortex_m.c", "cortex_m.ld", "semihosting.h", "semihosting.c")
_MODULE = ("classifier.mjs", "encoding.mjs", "onnx.mjs", "preparation.mjs", "golden.mjs")
_FILE_DATA = ("contract.json", "golden.csv")
_BOARD = TEMPLATES / "raspberry_pi"
_BOARD_COMMAND = ("main.c", "picture.h", "picture.c", "self_test.h", "self_test.c")
_BOARD_CLASSIFIER = ("classifier.h", "encoding.h", "encoding.c", "preparation.h", "preparation.c")

_ANDROID, _IOS = TEMPLATES / "android", TEMPLATES / "ios"
_GRADLE = ("settings.gradle.kts", "build.gradle.kts")
_LAYOUTS = ("layout/main.xml", "layout-land/main.xml")
_VALUES = ("values/strings.xml", "values/themes.xml", "values-night/themes.xml")
_SCREEN = ("MainActivity.kt", "DrawingView.kt", "BarsView.kt", "Theme.kt")
_KOTLIN = ("Contract.kt", MODEL_CONTRACT, "Classifier.kt", "DigitPreparation.kt", "DigitModel.kt", "GoldenVectors.kt")
_KOTLIN_TESTS = ("DigitModelTest.kt", "GoldenVectorsTest.kt")
_MAIN, _UNIT, _PACKAGE = "app/src/main/", "app/src/test/", "kotlin/org/edgemnist/digits/"
_SWIFT_CLASSIFIER = ("DigitClassifier.swift", "ModelContract.swift", "Encoding.swift", "GoldenVectors.swift")
_SWIFT_APP = ("DigitModel.swift", "Raster.swift", "DigitPreparation.swift", "DigitView.swift")
_SWIFT_TESTS = ("DigitModelTests.swift", "GoldenVectorsTests.swift")


def _list_engine(engine: Engine) -> Iterator[KitFile]:
    """Return what one runtime of a board needs beside the model."""
    yield KitFile(f"src/{engine.name}.c", PROGRAMS / "linux" / f"{engine.name}.c", engine.extension)
    for name, folder in (("contract.h", PROGRAMS / "linux"), ("files.h", _BOARD), *((n, _COMMON) for n in _FILE_DATA)):
        yield KitFile(f"{engine.name}/{name}", folder / name, engine.extension)


KITS = (
    Kit(
        name="web",
        summary="one HTML file: draw a digit, see what it is",
        extensions=(".onnx", ".tflite"),
        make="edgemnist export --format onnx --quantize",
        embedding="file",
        runtime=None,
        files=(
            *_list_files(TEMPLATES / "web", ("README.md", "gitignore", "models.json")),
            *(KitFile(name, template) for name, template in PAGE),
            *(KitFile(name_golden(extension), _COMMON / "golden.csv", extension) for extension in PAGE_DTYPES),
        ),
        start="xdg-open {folder}/build/digits.html",
        describe=describe_models,
        dtypes=PAGE_DTYPES,
        built=BUILT,
        build="cd {folder} && npm ci --ignore-scripts && npm run build",
    ),
    Kit(
        name="node",
        summary="a module and a command line for Node.js",
        extensions=(".onnx",),
        make="edgemnist export --format onnx --quantize",
        embedding="file",
        runtime=None,
        files=(
            *_list_files(TEMPLATES / "node", ("README.md", "gitignore", "cli.mjs")),
            *_list_files(PROGRAMS / "node", ("index.mjs", "package.json", "package-lock.json")),
            *_list_files(JAVASCRIPT, _MODULE),
            *_list_files(_COMMON, _FILE_DATA),
        ),
        start="cd {folder} && npm ci --ignore-scripts && npm test",
        dtypes={".onnx": DTYPES},
    ),
    Kit(
        name="raspberry-pi",
        summary="Python and C on a 64-bit Linux board",
        extensions=(".tflite", ".onnx"),
        make="edgemnist export --format tflite --quantize",
        embedding="file",
        runtime=None,
        files=(
            *_list_files(_BOARD, ("README.md", "Makefile", "requirements.txt", "gitignore")),
            KitFile("classify.py", _BOARD / "classify.py.in"),
            *(KitFile("engine.py", _BOARD / f"{engine.name}.py.in", engine.extension) for engine in ENGINES),
            KitFile("preparation.py", PREPARATION),
            *_list_files(_BOARD, _BOARD_COMMAND, "src/"),
            *_list_files(PROGRAMS / "linux", _BOARD_CLASSIFIER, "src/"),
            *(file for engine in ENGINES for file in _list_engine(engine)),
        ),
        start="make -C {folder} self-test",
        folders={engine.extension: f"{engine.name}/" for engine in ENGINES},
        describe=describe_board,
        dtypes={engine.extension: DTYPES for engine in ENGINES},
    ),
    Kit(
        name="android",
        summary="an app to draw in, in Kotlin",
        extensions=(".onnx",),
        make="edgemnist export --format onnx --quantize",
        embedding="file",
        runtime=None,
        files=(
            *_list_files(_ANDROID, ("README.md", "gitignore", *_GRADLE, "app/build.gradle.kts")),
            *_list_files(_ANDROID / _MAIN, ("AndroidManifest.xml",), _MAIN),
            *_list_files(_ANDROID / _MAIN / "res", (*_LAYOUTS, *_VALUES), f"{_MAIN}res/"),
            *_list_files(_ANDROID / _MAIN / "kotlin", _SCREEN, f"{_MAIN}{_PACKAGE}"),
            *_list_files(_ANDROID / _UNIT / "kotlin", _KOTLIN_TESTS, f"{_UNIT}{_PACKAGE}"),
            *_list_files(PROGRAMS / "kotlin", _KOTLIN, f"{_MAIN}{_PACKAGE}"),
            *_list_files(_COMMON, ("golden.csv",), f"{_MAIN}assets/"),
        ),
        start="less {folder}/README.md",
        folders={".onnx": f"{_MAIN}assets/"},
        dtypes={".onnx": DTYPES},
    ),
    Kit(
        name="ios",
        summary="a package with a view to draw in, in Swift",
        extensions=(".onnx",),
        make="edgemnist export --format onnx --quantize",
        embedding="file",
        runtime=None,
        files=(
            *_list_files(_IOS, ("README.md", "gitignore", "Package.swift")),
            *_list_files(_IOS / "Sources", (*_SWIFT_CLASSIFIER, *_SWIFT_APP), "Sources/Digits/"),
            *_list_files(_IOS / "Tests", _SWIFT_TESTS, "Tests/DigitsTests/"),
            *_list_files(_COMMON, _FILE_DATA, "Sources/Digits/Resources/"),
        ),
        start="less {folder}/README.md",
        folders={".onnx": "Sources/Digits/Resources/"},
        dtypes={".onnx": DTYPES},
    ),
    Kit(
        name="microcontroller",
        summary="firmware for a bare-metal Cortex-M, which runs under QEMU",
        extensions=(".c",),
        make="edgemnist export --format c --quantize",
        embedding="c",
        runtime=None,
        files=(
            *_list_files(TEMPLATES / "microcontroller", ("README.md", "Makefile", "main.c", "gitignore")),
            *_list_files(_COMMON, (*_SELF_TEST, *_GOLDEN)),
            *_list_files(FIRMWARE, _FIRMWARE),
        ),
        start="make -C {folder} run",
    ),
    Kit(
        name="arduino",
        summary="a sketch that classifies images from the serial line",
        extensions=(".c",),
        make="edgemnist export --format c --quantize",
        embedding="c",
        runtime=None,
        files=(
            *_list_files(TEMPLATES / "arduino", ("README.md",)),
            *_list_files(TEMPLATES / "arduino", ("classifier.ino",), _SKETCH),
            *_list_files(_COMMON, (*_SELF_TEST, *_GOLDEN), _SKETCH),
        ),
        start="arduino-cli compile --fqbn arduino:mbed_nano:nano33ble {folder}/classifier",
        folders={".c": _SKETCH, ".h": _SKETCH},
    ),
    Kit(
        name="tflite-micro",
        summary="C++ against TFLite Micro, with the model as an array",
        extensions=(".tflite",),
        make="edgemnist export --format tflite --quantize",
        embedding="array",
        runtime="tflm",
        files=(
            *_list_files(TEMPLATES / "tflite_micro", ("README.md", "main.cc", "classifier.h", "classifier.cc")),
            *_list_files(_COMMON, _GOLDEN),
        ),
        start="less {folder}/README.md",
    ),
)


def find_kit(name: str) -> Kit:
    """Return a row of the table.

    Raises:
        ModelError: there is none of that name.

    Example:
        >>> find_kit("arduino").extensions
        ('.c',)
    """
    for kit in KITS:
        if kit.name == name:
            return kit
    raise ModelError(f"{name}: no such kit", "one of: " + ", ".join(kit.name for kit in KITS))
