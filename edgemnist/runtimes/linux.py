"""A model in C on a Linux board: compiled for AArch64, linked with the board's own ONNX Runtime or LiteRT, run by QEMU.

The program is the one of `edgemnist/kits/linux`, the libraries are those that a Raspberry Pi installs from PyPI.
QEMU executes each of their instructions as a Cortex-A76 does, so the answers are that core's; the time is not.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from edgemnist.codegen import fill, quote_c
from edgemnist.contract import Contract
from edgemnist.errors import ModelError, ToolMissing
from edgemnist.formats import ModelFile
from edgemnist.kits.contracts import check_dtypes, list_contract_values
from edgemnist.kits.linux import LINUX, PROGRAM
from edgemnist.kits.linux.engines import Engine, find_engine
from edgemnist.machines import find_machine
from edgemnist.packages import AARCH64_INSTALL
from edgemnist.processes.tools import Finished, run_parallel, run_tool
from edgemnist.runtimes.base import Request, Runtime
from edgemnist.runtimes.emulator import share_out
from edgemnist.runtimes.program import IMAGES, PROBABILITIES, SCORES, ProgramRuntime

BOARD = find_machine("aarch64")
FLAGS = ("-O2", "-std=c99", "-Wall")
COMPILE_TIMEOUT_S = 120
# What the runtimes ask Linux about the processor, to choose their kernels: without it ONNX Runtime crashes. One core,
# whatever this machine has.
SYSTEM = {f"sys/devices/system/cpu/{name}": "0\n" for name in ("possible", "present", "online", "kernel_max")}


def open_model(file: ModelFile, name: str, request: Request) -> Runtime:
    """Open a model file for the board: compile and link the program, so that errors show now.

    Args:
        file: An `.onnx` or `.tflite` file.
        name: Name of the runtime, "aarch64-onnx" or "aarch64-litert".

    Raises:
        ModelError: the file is no usable classifier, or its input or output has a dtype that the program doesn't know.
        ToolMissing: the compiler, QEMU or a library isn't installed, or can't be fetched.
    """
    return LinuxRuntime(file, request, find_engine(file.path))


class LinuxRuntime(ProgramRuntime):
    """The program for one model, ready to be run on each core of this machine at once."""

    def __init__(self, file: ModelFile, request: Request, engine: Engine) -> None:
        super().__init__(file, request)
        check_dtypes(file.path, self.info.input, self.info.output, "the program in C")
        core = BOARD.title.removesuffix(" Linux")
        title = f"{core} (QEMU), {engine.title}"
        self.info = replace(self.info, name=title, version=engine.release, emulated=True)
        self._library = engine.find_library()
        self._scratch = tempfile.TemporaryDirectory(prefix="edgemnist-")
        try:
            folder = Path(self._scratch.name)
            self._model = file.write_to(folder, f"model{file.path.suffix}")
            self._program = build_program(self.program_contract, engine, folder)
            self._root = build_root(folder / "root")
        except BaseException:
            self._scratch.cleanup()
            raise

    def run_program(self, folder: Path) -> None:
        """Share the images out to one QEMU a core, each with a folder of its own, and join the answers."""
        images = np.frombuffer((folder / IMAGES).read_bytes(), np.uint8).reshape(-1, self.info.input.pixel_count)
        shares = share_out(images)
        places = [folder / str(number) for number in range(len(shares))]
        for place, share in zip(places, shares, strict=True):
            place.mkdir()
            (place / IMAGES).write_bytes(share.tobytes())
        run_parallel(self._run_share, places)
        for name in (SCORES, PROBABILITIES):
            (folder / name).write_bytes(b"".join((place / name).read_bytes() for place in places))

    def _run_share(self, folder: Path) -> None:
        emulator = [*BOARD.emulator, "-L", str(self._root)]
        self.call([*emulator, str(self._program), str(self._library), str(self._model), str(folder)])

    def close(self) -> None:
        self._scratch.cleanup()


def build_program(contract: Contract, engine: Engine, folder: Path) -> Path:
    """Compile the program that proves a model, in a folder of its own.

    Args:
        contract: what the program must know of the model.
        engine: what runs the model.

    Returns:
        The path of the program.

    Raises:
        ModelError: the compiler refuses it.
    """
    for name in PROGRAM:
        program_text = (LINUX / name).read_text()
        (folder / name).write_text(fill(program_text, list_contract_values(contract, quote_c)))
    program = folder / "prove"
    files = ["prove.c", "encoding.c", f"{engine.name}.c"]
    run = _call_compiler([*FLAGS, *files, "-o", str(program), "-lm", "-ldl"], folder)
    if run.failure:
        lines = "\n".join(run.diagnostics.splitlines()[:8]) or run.failure
        raise ModelError(f"{BOARD.compiler} can't compile the program for this model:\n{lines}", "export it again")
    return program


def build_root(folder: Path) -> Path:
    """Make what QEMU shows to the program of a board's file system: the C and C++ libraries, and the processor.

    Returns:
        The folder, for QEMU's option -L: an absolute path that exists below it is taken from there.

    Raises:
        ToolMissing: the compiler's libraries for the board aren't installed.
    """
    library = Path(_call_compiler(["-print-file-name=libstdc++.so.6"], Path.cwd()).output.strip())
    if not library.is_absolute():  # the compiler only repeats a name that it can't find
        raise ToolMissing(f"this step needs {library} for AArch64, which isn't installed", AARCH64_INSTALL)
    for name, text in {"proc/cpuinfo": (LINUX / "cpuinfo").read_text(), **SYSTEM}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "lib").symlink_to(library.parent.resolve())
    return folder


def _call_compiler(arguments: list[str], folder: Path) -> Finished:
    command = [BOARD.compiler, *arguments]
    return run_tool(command, timeout_s=COMPILE_TIMEOUT_S, install=AARCH64_INSTALL, cwd=folder)
