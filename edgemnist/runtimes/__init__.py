"""What runs a model file. A runtime turns images into probabilities; nothing else of it shows.

    with open_runtime("model.onnx") as runtime:
        probabilities = runtime.predict(images)      # uint8 (n, 28, 28) -> float32 (n, classes)

Quantization, layout and batching stay inside. Each runtime has a module of its own, which alone
imports the package that it runs on; here is the table of them, and who may be opened in this process.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import shlex
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from edgemnist.contract import Contract
from edgemnist.errors import ModelError, PackageMissing
from edgemnist.formats import ModelFile
from edgemnist.processes.limits import Limits
from edgemnist.runtimes.base import OutputKind, Request, Runtime
from edgemnist.targets import TARGETS, find_target, packages


@dataclass(frozen=True)
class RuntimeEntry:
    """A row of the table.

    Args:
        name: what `--runtime` calls it.
        title: Display name.
        extension: how the names of the files that it runs end. The first row that fits is a file's default.
        module: that holds its `open_model(file, name, request) -> Runtime`.
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

    @property
    def timeout_s(self) -> float:
        """Time limit for one answer, in seconds: of a Python runtime, or of a program that may be emulated."""
        return 1800 if self.tools else 300

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
    file: ModelFile | str | Path,
    *,
    runtime: str | None = None,
    execute: bool = False,
    contract: Contract | None = None,
    output: OutputKind = "own",
    limits: Limits = Limits(),  # noqa: B008  (frozen)
) -> Runtime:
    """Open a model file in a runtime: in this process if the user trusts it, else in a child process with limits.

    Args:
        file: Model file, or its path.
        runtime: Name from the table; None for the runtime that the file's extension names.
        execute: Run a file that holds code (.c) although the user doesn't trust it.
        contract: What the file takes and gives, where that was found elsewhere; None for the contract inside.
        output: "logits" to read what a last softmax is given, "own" for what the file itself gives.
        limits: Time, memory and files that the child process may use.

    Raises:
        ModelError: The file is missing, damaged, foreign, or no classifier of 28 × 28 images; or it holds
            code, and is neither trusted nor to be executed.
        PackageMissing: The runtime's package, or a program that it needs, isn't installed.
    """
    if not isinstance(file, ModelFile):
        file = ModelFile.read(file)
    entry = find_runtime(file.path, runtime)
    require_trust(file, entry, execute=execute)
    entry.fetch_packages()
    request = Request(contract, output)
    if file.trusted:
        return open_here(file, entry.name, request)
    from edgemnist.runtimes.isolation import IsolatedRuntime

    return IsolatedRuntime(file, entry, request, limits)


def open_here(file: ModelFile, runtime: str | None = None, request: Request | None = None) -> Runtime:
    """Open a model file in this process, whoever made it: for a file just made, and inside the child process."""
    entry = find_runtime(file.path, runtime)
    opened: Runtime = importlib.import_module(entry.module).open_model(file, entry.name, request or Request())
    return opened


def require_trust(file: ModelFile, entry: RuntimeEntry, *, execute: bool = False) -> None:
    """Refuse to run the code that a .c file holds.

    Raises:
        ModelError: It holds code, and isn't trusted.
    """
    if not entry.executes or execute or file.trusted:
        return
    raise ModelError(
        f"{file.path}: to use it is to run its code, and it isn't among the files that you made or trust",
        f"if you trust where it came from: edgemnist trust {shlex.quote(str(file.path))}; or add --trust, for once",
    )
