"""What runs a model file. A runtime turns images into probabilities; nothing else of it shows.

    with open_runtime("model.onnx") as runtime:
        probabilities = runtime.predict(images)      # uint8 (n, height, width) -> float32 (n, classes)

Quantization, layout and batching stay inside. Each runtime has a module of its own, which alone
imports the package that it runs on; here is the table of them, and who may be opened in this process.
"""

from __future__ import annotations

import importlib
import importlib.util
import itertools
import os
import pkgutil
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from edgemnist.contract import Contract
from edgemnist.errors import ModelError, UsageError
from edgemnist.formats import ModelFile, is_keras
from edgemnist.machines import MACHINES, find_machine
from edgemnist.packages import AARCH64_INSTALL, CHROMIUM_INSTALL, JVM_INSTALL, NODE_INSTALL
from edgemnist.processes.installed import Tools
from edgemnist.processes.limits import Limits
from edgemnist.runtimes.base import OutputKind, Request, Runtime
from edgemnist.text import quote_argument

if TYPE_CHECKING:
    from edgemnist.comparison.question import Probe

NO_TOOLS = Tools()
# An emulated chip takes seconds for a thousand images, and a tenth of one to start.
BATCH, EMULATED_BATCH = 10_000, 1_000


@dataclass(frozen=True)
class RuntimeEntry:
    """A row of the table.

    Args:
        name: what the user calls it.
        title: Display name.
        extension: how the names of the files that it runs end. The first row that fits is a file's default.
        module: that holds its `open_model(file, name, request) -> Runtime`.
        package: the import name that it needs, or "".
        install: the line that installs what it needs.
        tools: the programs that it needs.
        fetch: function, as `module:name`, that gets the third-party packages that its program runs on where they aren't
            in the cache yet; "" for a runtime that needs none.
        images_at_once: How many it is given at a time: few where they take long and a run soon starts, so that it can
            be said how far it is.
    """

    name: str
    title: str
    extension: str
    module: str
    package: str = ""
    install: str = ""
    tools: Tools = NO_TOOLS
    fetch: str = ""
    images_at_once: int = BATCH

    @property
    def timeout_s(self) -> float:
        """Time limit for one answer, in seconds: of a Python runtime, or of a program that may be emulated."""
        return 1800 if self.tools.names else 300

    def prepare(self) -> None:
        """Look for its programs, and get what they run on; here, in the parent, where it can say so.

        Raises:
            ToolMissing: a program isn't installed, or a registry can't be reached.
        """
        self.tools.require(self.title)
        if self.fetch:
            pkgutil.resolve_name(self.fetch)()

    @property
    def ready(self) -> bool:
        """True if its package and its programs are installed: what `prepare` and the runtime's module look for."""
        return not self.find_missing()

    def find_missing(self) -> tuple[str, ...]:
        """Return what isn't installed of its package and its programs, by their names."""
        here = not self.package or importlib.util.find_spec(self.package) is not None
        return (*(() if here else (self.package,)), *self.tools.find_missing())

    @property
    def is_program(self) -> bool:
        """True if a program of another language runs the file, which is no code itself."""
        return bool(self.tools.names) and not self.executes

    @property
    def executes(self) -> bool:
        """True if to run a file means to run code that the file itself holds."""
        return self.extension == ".c"


COMPILER_INSTALL = "apt-get install gcc libc6-dev"


def name_compiler() -> tuple[str, ...]:
    """Return the command of the host's C compiler: what the environment's CC says, else cc."""
    given = os.environ.get("CC", "")
    try:
        return tuple(shlex.split(given)) or ("cc",)
    except ValueError:  # an open quotation: no program of that name will be found
        return (given,)


def _list_rows() -> Iterator[RuntimeEntry]:
    def row(name: str, title: str, extension: str, module: str, package: str, install: str) -> RuntimeEntry:
        return RuntimeEntry(name, title, extension, f"edgemnist.runtimes.{module}", package, f"pip install {install}")

    yield row("keras", "Keras", ".keras", "keras", "tensorflow", "tensorflow")
    yield row("litert", "LiteRT", ".tflite", "litert", "ai_edge_litert", "ai-edge-litert")
    yield row("litert-reference", "LiteRT's reference kernels", ".tflite", "litert", "ai_edge_litert", "ai-edge-litert")
    yield row("tflm", "TFLite Micro", ".tflite", "tflm", "tflite_micro", "tflite-micro")
    yield row("ort", "ONNX Runtime", ".onnx", "ort", "onnxruntime", "onnxruntime")
    yield row("tflm", "TFLite Micro", "_array.c", "tflm", "tflite_micro", "tflite-micro")
    compiler = Tools(name_compiler()[:1], COMPILER_INSTALL)
    yield _make_row("c", "C on this machine", ".c", "host", compiler)
    for machine in MACHINES:
        row_of_machine = _make_row(machine.name, machine.title, ".c", "emulator", machine.tools)
        yield replace(row_of_machine, images_at_once=EMULATED_BATCH)
    yield from _list_kit_programs()


def _make_row(
    name: str, title: str, extension: str, module: str, tools: Tools, fetch: str = "", package: str = ""
) -> RuntimeEntry:
    return RuntimeEntry(name, title, extension, f"edgemnist.runtimes.{module}", package, tools.install, tools, fetch)


def _list_kit_programs() -> Iterator[RuntimeEntry]:
    """The programs that kits hand over, each in its own language."""
    node = Tools(("node", "npm"), NODE_INSTALL)
    browser = Tools(("chromium", "chromedriver", *node.names), f"{CHROMIUM_INSTALL} nodejs npm && pip install selenium")
    compiler, emulator = find_machine("aarch64").tools.names[0], find_machine("aarch64").emulator[0]
    board = Tools((compiler, emulator), AARCH64_INSTALL, ("libc.so.6", "libstdc++.so.6"))
    web, npm = "edgemnist.kits.web.page:fetch_packages", "edgemnist.kits.node:fetch_packages"
    onnx, litert = (f"edgemnist.kits.linux.engines:{engine}.find_library" for engine in ("ONNX", "LITERT"))
    rows = (
        ("browser-onnx", "ONNX Runtime Web in Chromium", ".onnx", "browser", browser, web, "selenium"),
        ("browser-litert", "LiteRT.js in Chromium", ".tflite", "browser", browser, web, "selenium"),
        ("node", "ONNX Runtime in Node.js", ".onnx", "node", node, npm, ""),
        ("node-wasm", "ONNX Runtime's WebAssembly in Node.js", ".onnx", "node", node, npm, ""),
        ("aarch64-onnx", "ONNX Runtime on Cortex-A76 Linux", ".onnx", "linux", board, onnx, ""),
        ("aarch64-litert", "LiteRT on Cortex-A76 Linux", ".tflite", "linux", board, litert, ""),
        ("jvm", "ONNX Runtime for Java", ".onnx", "jvm", Tools(("java", "mvn"), JVM_INSTALL),
         "edgemnist.kits.android.program:fetch_jvm", ""),
    )  # fmt: skip
    return itertools.starmap(_make_row, rows)


RUNTIMES = tuple(_list_rows())


def list_runtimes(path: Path) -> list[RuntimeEntry]:
    """Return the rows that run a file, by the longest extension that its name has: its default first."""
    name = "model.keras" if is_keras(path) else path.name
    extension = max((entry.extension for entry in RUNTIMES if name.endswith(entry.extension)), key=len, default="")
    return [entry for entry in RUNTIMES if entry.extension == extension]


def check_runtime(name: str | None) -> None:
    """Refuse a name that no row of the table has; None names none.

    Raises:
        UsageError: No such runtime.
    """
    if name not in (None, *(entry.name for entry in RUNTIMES)):
        raise UsageError(f"no runtime {name!r}", "see: edgemnist runtimes")


def find_runtime(path: Path, name: str | None = None) -> RuntimeEntry:
    """Return the row for a file: by the runtime's name, else by the file's extension.

    Raises:
        UsageError: no such runtime.
        ModelError: no runtime is known for it, or the one named runs other files.
    """
    check_runtime(name)
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
    probe: Probe | None = None,
    limits: Limits = Limits(),  # noqa: B008  (frozen)
) -> Runtime:
    """Open a model file in a runtime: in this process if the user trusts it, else in a child process with limits.

    Args:
        file: Model file, or its path.
        runtime: Name from the table; None for the runtime that the file's extension names.
        execute: Run a file that holds code (.c) although the user doesn't trust it.
        contract: What the file takes and gives, where that was found elsewhere; None for the contract inside.
        output: "logits" to read what a last softmax is given, "own" for what the file itself gives.
        probe: Training images by which what a file without a contract takes is found; None to go by its tensors alone.
        limits: Time, memory and files that the child process may use.

    Raises:
        ModelError: The file is missing, damaged, foreign, or no classifier of images; or it holds
            code, and is neither trusted nor to be executed.
        NotInstalled: The runtime's package, or a program that it needs, isn't installed.
    """
    if not isinstance(file, ModelFile):
        file = ModelFile.read(file)
    entry = find_runtime(file.path, runtime)
    require_trust(file, entry, execute=execute)
    entry.prepare()
    request = Request(contract, output)
    if probe and contract is None:
        classes = None if file.may_have_contract else probe.classes
        stated = probe.statement
        request = replace(request, output_name=stated.output_name, classes=classes, input_layout=stated.input_layout)
    opened = _open(file, entry, request, limits)
    if not probe or contract or opened.info.contract:
        return opened
    try:
        if not entry.is_program:
            opened.probe(file.path, probe)
            return opened
    except BaseException:
        opened.close()
        raise
    opened.close()
    return _open_program(file, entry, request, probe, limits)


def _open_program(file: ModelFile, entry: RuntimeEntry, request: Request, probe: Probe, limits: Limits) -> Runtime:
    """Open a file without a contract in a program, which is given the one that is found in the file's own runtime."""
    with open_runtime(file, probe=probe, limits=limits) as usual:
        info = usual.info
    contract = Contract(info.input, info.output, tuple(map(str, range(info.classes))))
    opened = _open(file, entry, replace(request, contract=contract), limits)
    opened.info = replace(opened.info, found=info.found)
    return opened


def _open(file: ModelFile, entry: RuntimeEntry, request: Request, limits: Limits) -> Runtime:
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
        f"if you trust where it came from: edgemnist trust {quote_argument(file.path)}; or add `trust=True`, for once",
    )
