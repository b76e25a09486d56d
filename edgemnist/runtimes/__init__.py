"""What runs a model file. A runtime turns images into probabilities; nothing else of it shows.

    with open_runtime(Path("model.onnx")) as runtime:
        probabilities = runtime.predict(images)      # uint8 (n, 28, 28) -> float32 (n, classes)

Quantization, layout and batching stay inside. Each runtime has a module of its own, which alone
imports the package that it runs on; here is only the table of them.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import shlex
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from edgemnist.contract import Contract, Input, Output
from edgemnist.errors import ModelError, PackageMissing
from edgemnist.files import read_model_file
from edgemnist.manifest import find_manifest
from edgemnist.targets import TARGETS, Footprint, find_target, packages

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from edgemnist.datasets.readers import Images


class Runtime(ABC):
    """An opened model file.

    Attributes:
        name: of the runtime, such as "LiteRT".
        version: of the runtime's package.
        contract: the document inside the file, or None where there is none.
        input, output: what is fed and read: the contract's, or what the tensors suggest.
        classes: how many scores an answer has.
        shortfalls: what the target lacks to hold the model; such a model is a verdict, and isn't run.
        footprint: what the model takes of an emulated microcontroller, after `run`; None elsewhere.
        emulated: true if an emulator runs it, whose seconds say nothing of its target's.
    """

    name: str
    version: str
    contract: Contract | None
    input: Input
    output: Output
    classes: int
    shortfalls: tuple[str, ...] = ()
    footprint: Footprint | None = None
    emulated: bool = False

    @abstractmethod
    def run(self, images: Images) -> NDArray[Any]:
        """Answer in the file's own numbers: uint8 (n, 28, 28) in, `output.dtype` (n, classes) out."""

    def predict(self, images: Images) -> NDArray[np.float32]:
        """Answer in probabilities: uint8 (n, 28, 28) in, float32 (n, classes) out."""
        return self.output.decode(self.run(images))

    def close(self) -> None:  # noqa: B027  (most runtimes hold nothing)
        """Let go of what the runtime holds."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self.close()


@dataclass(frozen=True)
class RuntimeEntry:
    """A row of the table.

    Args:
        name: what `--runtime` calls it.
        title: its name in the world.
        extension: how the names of the files that it runs end. The first row that fits is a file's default.
        module: that holds its `open_model(path, name) -> Runtime`.
        package: the import name that it needs, or "".
        tools: the programs that it needs.
        install: the line that installs what it needs.
        fetch: gets the third-party packages that its program runs on, where they aren't in the cache yet; None for
            a runtime that needs none.
    """

    name: str
    title: str
    extension: str
    module: str
    package: str
    tools: tuple[str, ...]
    install: str
    fetch: Callable[[], object] | None = None

    def fetch_packages(self) -> None:
        """Get what its program runs on; here, in the parent, where it can say so.

        Raises:
            PackageMissing: a tool isn't installed, or a registry can't be reached.
        """
        if self.fetch is None:
            return
        if self.missing_tools:
            raise PackageMissing(f"{self.title}: not installed: {', '.join(self.missing_tools)}", self.install)
        self.fetch()

    @property
    def missing_tools(self) -> tuple[str, ...]:
        """The programs that it needs and that aren't installed."""
        return tuple(tool for tool in self.tools if shutil.which(tool) is None)

    @property
    def ready(self) -> bool:
        """True if its package and its programs are installed. Imports and runs nothing."""
        here = not self.package or importlib.util.find_spec(self.package) is not None
        return here and not self.missing_tools

    @property
    def executes(self) -> bool:
        """True if to run a file means to run code that the file itself holds."""
        return self.extension == ".c"


COMPILER_INSTALL = "apt-get install gcc libc6-dev"


def name_compiler() -> tuple[str, ...]:
    """Return the words of the host's C compiler: what the environment's CC says, else cc."""
    return tuple(shlex.split(os.environ.get("CC", ""))) or ("cc",)


def _list_rows() -> Iterator[RuntimeEntry]:
    def row(name: str, title: str, extension: str, module: str, package: str, install: str) -> RuntimeEntry:
        path = f"edgemnist.runtimes.{module}"
        return RuntimeEntry(name, title, extension, path, package, (), f"pip install {install}")

    yield row("keras", "Keras", ".keras", "keras", "tensorflow", "tensorflow")
    yield row("litert", "LiteRT", ".tflite", "litert", "ai_edge_litert", "ai-edge-litert")
    yield row("litert-reference", "LiteRT's reference kernels", ".tflite", "litert", "ai_edge_litert", "ai-edge-litert")
    yield row("tflm", "TFLite Micro", ".tflite", "tflm", "tflite_micro", "tflite-micro")
    yield row("ort", "ONNX Runtime", ".onnx", "ort", "onnxruntime", "onnxruntime")
    yield row("tflm", "TFLite Micro", "_array.c", "tflm", "tflite_micro", "tflite-micro")
    compiler = name_compiler()[0]
    yield RuntimeEntry("c", "C on this machine", ".c", "edgemnist.runtimes.host", "", (compiler,), COMPILER_INSTALL)
    for target in TARGETS:
        tools = (target.compiler, target.emulator[0])
        yield RuntimeEntry(target.name, target.title, ".c", "edgemnist.runtimes.emulation", "", tools, target.install)
    yield from _list_programs()


def _list_programs() -> Iterator[RuntimeEntry]:
    """The programs that kits hand over, each in its own language."""
    node = ("node", "npm")
    browser = ("chromium", "chromedriver", *node)
    browser_install = f"{packages.CHROMIUM_INSTALL} nodejs npm && pip install selenium"
    for name, title, extension in (
        ("browser-onnx", "ONNX Runtime Web in Chromium", ".onnx"),
        ("browser-litert", "LiteRT.js in Chromium", ".tflite"),
    ):
        module = "edgemnist.runtimes.browser"
        yield RuntimeEntry(name, title, extension, module, "selenium", browser, browser_install, packages.fetch_web)
    for name, title in (("node", "ONNX Runtime in Node.js"), ("node-wasm", "ONNX Runtime's WebAssembly in Node.js")):
        yield RuntimeEntry(
            name, title, ".onnx", "edgemnist.runtimes.node", "", node, packages.NODE_INSTALL, packages.fetch_node
        )
    board = find_target("aarch64")
    for name, title, extension, fetch in (
        ("aarch64-onnx", "ONNX Runtime on Cortex-A76 Linux", ".onnx", packages.fetch_onnxruntime_aarch64),
        ("aarch64-litert", "LiteRT on Cortex-A76 Linux", ".tflite", packages.fetch_litert_aarch64),
    ):
        tools = (board.compiler, board.emulator[0])
        yield RuntimeEntry(
            name, title, extension, "edgemnist.runtimes.linux", "", tools, packages.AARCH64_INSTALL, fetch
        )
    yield RuntimeEntry(
        "jvm", "ONNX Runtime for Java", ".onnx", "edgemnist.runtimes.jvm", "", ("java", "mvn"), packages.JVM_INSTALL,
        packages.fetch_jvm,
    )  # fmt: skip


RUNTIMES = tuple(_list_rows())


def list_runtimes(path: Path) -> list[RuntimeEntry]:
    """Return the rows that run a file, by the longest extension that its name has: its default first."""
    extension = max((entry.extension for entry in RUNTIMES if path.name.endswith(entry.extension)), key=len, default="")
    return [entry for entry in RUNTIMES if entry.extension == extension]


def find_runtime(path: Path, name: str | None = None) -> RuntimeEntry:
    """Return the row for a file: by the runtime's name, else by the file's extension.

    Raises:
        ModelError: no runtime is known for it, or the one named runs other files.
    """
    if name not in (None, *(entry.name for entry in RUNTIMES)):
        raise ModelError(f"no runtime {name!r}", "see: edgemnist runtimes")
    known = list_runtimes(path)
    for entry in known:
        if name in (None, entry.name):
            return entry
    if not known:
        expected = ", ".join(dict.fromkeys(entry.extension for entry in RUNTIMES))
        raise ModelError(f"{path}: no runtime for {path.suffix or 'a file without an extension'}, expected {expected}")
    names = ", ".join(entry.name for entry in known)
    raise ModelError(f"{path}: {name} doesn't run {path.suffix} files, expected {names}", "see: edgemnist runtimes")


def open_runtime(
    path: str | Path, *, runtime: str | None = None, trusted: bool = False, execute: bool = False
) -> Runtime:
    """Open a model file in a runtime.

    Args:
        path: the model file.
        runtime: a name of the table; None for the one that the file's extension names.
        trusted: open it in this process. Otherwise a child process opens it, since a malformed file
            can crash a native runtime, and the crash becomes an error.
        execute: run a file that holds code (.c) although it isn't trusted.

    Raises:
        ModelError: the file is missing, damaged, foreign, or no classifier of 28 × 28 images; or it holds
            code, and is neither trusted nor to be executed.
        PackageMissing: the runtime's package, or a program that it needs, isn't installed.
    """
    path = Path(path)
    entry = find_runtime(path, runtime)
    if entry.executes:
        require_trust(path, trusted=trusted or execute)
    entry.fetch_packages()
    if not trusted:
        from edgemnist.runtimes.isolation import IsolatedRuntime

        return IsolatedRuntime(path, entry)
    opened: Runtime = importlib.import_module(entry.module).open_model(path, entry.name)
    return opened


def require_trust(path: Path, *, trusted: bool) -> None:
    """Refuse to run the code that a .c file holds.

    Raises:
        ModelError: it holds code, and isn't trusted; or it can't be read.
    """
    if trusted or path.suffix != ".c":
        return
    read_model_file(path)
    listed = path.name in find_manifest(path.parent).models
    why = "it or its header was changed since it was exported" if listed else "no manifest of ours lists it"
    raise ModelError(f"{path}: to use it is to run its code, and {why}", "if you trust where it came from, add --trust")
