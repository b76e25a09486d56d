"""What runs a model on a Linux board, from Python and from C: ONNX Runtime or LiteRT, as PyPI has them for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edgemnist.contract import Contract
from edgemnist.errors import ModelError, ToolMissing
from edgemnist.packages import fetch_wheel


@dataclass(frozen=True)
class Engine:
    """A row of the table.

    Args:
        name: of the file in C, and of the one in Python, that know it.
        title: its display name.
        extension: how the names of the files that it runs end.
        package: on PyPI.
        release: its version: the one that is fetched.
        platform: the tag of its wheels, without the machine.
        library: its shared library inside the wheel, as a pattern.
    """

    name: str
    title: str
    extension: str
    package: str
    release: str
    platform: str
    library: str

    def find_library(self) -> Path:
        """Return the path of its shared library for AArch64.

        Raises:
            ToolMissing: the wheel can't be fetched, or holds no such library.
        """
        folder = fetch_wheel(self.package, self.release, f"{self.platform}_aarch64")
        for path in sorted(folder.glob(self.library)):
            return path
        raise ToolMissing(f"{folder}: holds no {self.library}", "remove it, and try again")

    @property
    def file(self) -> str:
        """What its library is called beside the program: without a version."""
        return Path(self.library).name.removesuffix(".*")

    def template_values(self) -> dict[str, str]:
        """Return the template values that the templates of a board take."""
        return {
            "engine": self.name,
            "engine_title": self.title,
            "engine_package": self.package,
            "engine_release": self.release,
            "engine_file": self.file,
        }


ONNX = Engine(
    "onnx", "ONNX Runtime", ".onnx", "onnxruntime", "1.32.0", "manylinux_2_28",
    "onnxruntime/capi/libonnxruntime.so.*",
)  # fmt: skip
LITERT = Engine(
    "litert", "LiteRT", ".tflite", "ai-edge-litert", "2.3.0", "manylinux_2_27", "ai_edge_litert/libLiteRt.so"
)  # fmt: skip
ENGINES = (LITERT, ONNX)


def find_engine(path: Path) -> Engine:
    """Return the row for a model file, by its extension.

    Raises:
        ModelError: none runs it.

    Example:
        >>> find_engine(Path("model.tflite")).title
        'LiteRT'
    """
    for engine in ENGINES:
        if path.suffix == engine.extension:
            return engine
    expected = " or ".join(engine.extension for engine in ENGINES)
    raise ModelError(f"{path}: a Linux board takes a {expected} file", "`edgemnist.export(format='tflite')`")


def list_board_values(models: Sequence[tuple[str, Contract, str]]) -> dict[str, str]:
    """Return the words on all models of a board together: its Makefile's rows, and what the README calls them."""
    engines = [(find_engine(Path(name)), name) for name, *_ in models]
    return {
        "engines": " ".join(engine.name for engine, _ in engines),
        "engine_titles": " and ".join(engine.title for engine, _ in engines),
        "engine_rows": "\n".join(_write_row(engine, name) for engine, name in engines),
        "board_programs": " and ".join(f"`{engine.name}/classify`" for engine, _ in engines),
        "board_folders": ", ".join(f"`{engine.name}/`" for engine, _ in engines),
        "board_sources": ", ".join(f"`src/{engine.name}.c`" for engine, _ in engines),
    }


def _write_row(engine: Engine, model: str) -> str:
    values = {
        "PACKAGE": f"{engine.package}=={engine.release}",
        "PLATFORM": engine.platform,
        "INSIDE": engine.library,
        "LIBRARY": engine.file,
        "MODEL": model,
    }
    return "\n".join(f"{name}_{engine.name} = {value}" for name, value in values.items())
