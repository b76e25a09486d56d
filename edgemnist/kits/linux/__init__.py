"""Python and C for 64-bit Linux boards, and the C program that proves it under QEMU."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from edgemnist.kits.base import COMMON, FILE_DATA, FOLDER, SELF_TEST, Kit, KitFile, list_files
from edgemnist.kits.contracts import DTYPES
from edgemnist.kits.linux.engines import ENGINES, Engine, describe_board

LINUX = Path(__file__).parent
# The digit preparation in Python, which needs NumPy alone.
PREPARATION = FOLDER.parent / "datasets" / "preparation.py"
COMMAND = ("main.c", "picture.h", "picture.c", *SELF_TEST)
CLASSIFIER = ("classifier.h", "encoding.h", "encoding.c", "preparation.h", "preparation.c")
# What is compiled to prove a model.
PROGRAM = ("prove.c", "contract.h", "onnx.c", "litert.c", *CLASSIFIER)


def _list_engine(engine: Engine) -> Iterator[KitFile]:
    """Return what one runtime of a board needs beside the model."""
    yield KitFile(f"src/{engine.name}.c", LINUX / f"{engine.name}.c", engine.extension)
    for name, folder in (("contract.h", LINUX), ("files.h", LINUX), *((name, COMMON) for name in FILE_DATA)):
        yield KitFile(f"{engine.name}/{name}", folder / name, engine.extension)


KIT = Kit(
    name="raspberry-pi",
    summary="Python and C on a 64-bit Linux board",
    extensions=(".tflite", ".onnx"),
    make="`edgemnist.export(format='tflite', quantize='int8')`",
    embedding="file",
    runtime=None,
    files=(
        *list_files(LINUX, ("README.md", "Makefile", "requirements.txt", "gitignore")),
        KitFile("classify.py", LINUX / "classify.py.in"),
        *(KitFile("engine.py", LINUX / f"{engine.name}.py.in", engine.extension) for engine in ENGINES),
        KitFile("preparation.py", PREPARATION),
        *list_files(LINUX, COMMAND, "src/"),
        *list_files(LINUX, CLASSIFIER, "src/"),
        *(file for engine in ENGINES for file in _list_engine(engine)),
    ),
    start="make -C {folder} self-test",
    folders={engine.extension: f"{engine.name}/" for engine in ENGINES},
    describe=describe_board,
    dtypes={engine.extension: DTYPES for engine in ENGINES},
)
