"""A C model on an emulated machine: compiled by the machine's own compiler, run by QEMU.

Images go in and answers come out as files, which the bare-metal program reads and writes by semihosting.
The images are shared out to one QEMU a core of this machine; a count of instructions comes back with them.
"""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.readers import Images
from edgemnist.errors import ModelError, RuntimeCrash, take_last_lines
from edgemnist.formats import ModelFile
from edgemnist.formats.c import GeneratedModel
from edgemnist.machines import Machine, find_machine
from edgemnist.machines.building import build_counter, build_proof
from edgemnist.processes.tools import run_parallel, run_tool
from edgemnist.runtimes.base import Footprint, Request, Run, Runtime
from edgemnist.runtimes.host import make_info

TIMEOUT_S = 600
ASK_TIMEOUT_S = 60
HINT = "it doesn't run on this machine: export it again, or try another machine"


class EmulatedRuntime(Runtime):
    """An opened C model: built for a machine, ready to be run there."""

    def __init__(self, model: GeneratedModel, machine: Machine, request: Request) -> None:
        self._path, self._machine = model.file.path, machine
        version = read_version(machine)
        info = make_info(model, request, f"{machine.title} (QEMU)", version, emulated=True)
        self._folder = tempfile.TemporaryDirectory(prefix="edgemnist-")
        try:
            folder = Path(self._folder.name)
            self._build = build_proof(machine, model.write_to(folder, softmax=request.output == "own"), folder)
            # QEMU 9 raised the lowest version of plugins that it loads from 0 to 2.
            self._counter = build_counter(folder, 1 if int(version.partition(".")[0]) < 9 else 2)
        except BaseException:
            self._folder.cleanup()
            raise
        self.info = replace(info, capacity_errors=self._build.capacity_errors)

    def compute(self, images: Images) -> NDArray[Any]:
        return self.run(images).outputs

    def run(self, images: Images) -> Run:
        """Run the images on the machine.

        Raises:
            ModelError: the model doesn't fit the machine.
            RuntimeCrash: the program stops with an error, doesn't end, or answers too little.
        """
        if self.info.capacity_errors:
            raise ModelError(
                f"{self._path}: {self.info.capacity_errors[0]}", "choose a larger machine or a smaller model"
            )
        started = perf_counter()
        results = run_parallel(self._run_share, share_out(self.info.input.encode(images)))
        instructions = sum(count for _, count in results)
        footprint = Footprint(
            self._build.flash_bytes, self._build.ram_bytes, self._build.stack_bytes, instructions / max(1, len(images))
        )
        return Run(np.concatenate([outputs for outputs, _ in results]), perf_counter() - started, footprint)

    def _run_share(self, values: NDArray[Any]) -> tuple[NDArray[Any], int]:
        """Run some images in a folder of their own; return the outputs and the instructions for all of them."""
        with tempfile.TemporaryDirectory(dir=self._folder.name) as name:
            folder = Path(name)
            (folder / "images.bin").write_bytes(values.tobytes())
            printed = self._call_emulator(folder)
            outputs, counts = folder / "answers.bin", folder / "count.txt"
            dtype = np.dtype(self.info.output.dtype).newbyteorder("<")
            expected = len(values) * self.info.classes * dtype.itemsize
            found = outputs.stat().st_size if outputs.exists() else 0
            if found != expected:
                raise self._make_crash(f"{found:,} bytes of outputs, expected {expected:,}", printed)
            content = outputs.read_bytes()
            instructions, calls = map(int, counts.read_text().split()) if counts.exists() else (0, -1)
            if calls != len(values):
                raise self._make_crash(f"counted {calls:,} classifications, expected {len(values):,}", printed)
        return np.frombuffer(content, dtype).reshape(-1, self.info.classes), instructions

    def _call_emulator(self, folder: Path) -> str:
        """Run the program in a folder and return what was printed. Names are relative: QEMU splits at commas."""
        build = self._build
        plugin = f"../{self._counter.name},start={build.start:#x},stop={build.stop:#x},output=count.txt"
        emulator, *options = self._machine.emulator
        command = [emulator, "-plugin", plugin, *options, f"../{build.program.name if build.program else ''}"]
        run = run_tool(command, timeout_s=TIMEOUT_S, install=self._machine.tools.install, cwd=folder)
        if run.failure:
            raise self._make_crash(run.failure, run.diagnostics)
        return run.output + run.errors

    def _make_crash(self, what: str, printed: str) -> RuntimeCrash:
        said = take_last_lines(printed)
        return RuntimeCrash(f"{self._path}: {self.info.name}: {what}{': ' if said else ''}{said}", HINT)

    def close(self) -> None:
        self._folder.cleanup()


def share_out(values: NDArray[Any]) -> list[NDArray[Any]]:
    """Return what is to be run in as many parts as this machine has cores, in their order: one emulator each."""
    return np.array_split(values, max(1, min(os.cpu_count() or 1, len(values))))


def open_model(file: ModelFile, name: str, request: Request) -> Runtime:
    """Open a C model for an emulated machine: compile and link it, so that errors show now.

    Args:
        file: The `.c` file.
        name: Name of the machine, as in `edgemnist.machines.MACHINES`.

    Raises:
        ModelError: no C model that edgemnist wrote, or the compiler refuses it, or no such machine.
        ToolMissing: a compiler or the emulator isn't installed.
    """
    machine = find_machine(name)
    model = GeneratedModel.read(file)
    machine.tools.require(machine.title)
    return EmulatedRuntime(model, machine, request)


def read_version(machine: Machine) -> str:
    """Return the version of a machine's emulator, such as "7.2.22".

    Raises:
        ModelError: it doesn't say.
    """
    command = [machine.emulator[0], "--version"]
    printed = run_tool(command, timeout_s=ASK_TIMEOUT_S, install=machine.tools.install).output
    version = re.search(r"version (\d+(?:\.\d+)+)", printed)
    if version is None:
        raise ModelError(f"{machine.emulator[0]}: doesn't say its version")
    return version[1]
