"""Generated C, built by this machine's compiler and called in this process."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.readers import Images
from edgemnist.errors import ModelError, ToolMissing
from edgemnist.formats import ModelFile
from edgemnist.formats.c import GeneratedModel
from edgemnist.formats.traces.c import Noted, write_noting_copy
from edgemnist.machines.building import ModelSource
from edgemnist.processes.tools import run_tool
from edgemnist.runtimes import COMPILER_INSTALL as INSTALL
from edgemnist.runtimes import name_compiler
from edgemnist.runtimes.base import Request, Runtime, RuntimeInfo, Trace
from edgemnist.runtimes.calls import Calls, require_single

BATCH = Path(__file__).parent / "batch.c"
# A float model of ten times the baseline's size takes half a minute on a slow machine.
COMPILE_TIMEOUT_S, ASK_TIMEOUT_S = 600, 60


def open_model(file: ModelFile, name: str, request: Request) -> Runtime:
    """Build and open a `.c` file; see `edgemnist.runtimes.open_runtime`."""
    return HostRuntime(GeneratedModel.read(file), request)


class HostRuntime(Runtime):
    """A shared library of the model and a loop over images, which ctypes calls."""

    def __init__(self, model: GeneratedModel, request: Request) -> None:
        self._path = model.file.path
        self._model, self._compiler, self._softmax = model, find_compiler(), request.output == "own"
        name = f"C ({Path(self._compiler[0]).name})"
        self.info = make_info(model, request, name, _ask_version(self._compiler))
        self._library = self._load(model)

    def _load(self, model: GeneratedModel) -> Any:
        """Build a model, and return its library."""
        with tempfile.TemporaryDirectory() as folder:
            library = _build(self._compiler, model.write_to(Path(folder), softmax=self._softmax), model)
            started = perf_counter()
            try:
                loaded = ctypes.CDLL(os.fspath(library))
                loaded.edgemnist_run.restype = ctypes.c_size_t
            except (OSError, AttributeError) as error:
                name = self._compiler[0]
                raise ModelError(f"{self._path}: {name} made no library of it: {error}", INSTALL) from error
            self.built_bytes, self.load_s = library.stat().st_size, perf_counter() - started
        return loaded

    def trace(self, images: Images, keys: Sequence[str]) -> Trace:
        content, noted = write_noting_copy(self._model.file.content, keys, str(self._path))
        if missing := set(keys) - {one.key for one in noted}:
            raise ModelError(f"{self._path}: no such values: {', '.join(sorted(missing))}")
        library = self._load(replace(self._model, file=replace(self._model.file, content=content)))
        memory = np.zeros((len(images), sum(one.size_bytes for one in noted)), np.uint8)
        library.edgemnist_trace(memory.ctypes.data_as(ctypes.c_void_p))
        outputs = self._compute(library, images)
        parts = np.split(memory, np.cumsum([one.size_bytes for one in noted])[:-1], axis=1)
        return Trace({one.key: _shape(part, one) for one, part in zip(noted, parts, strict=True)}, outputs)

    def prepare_calls(self, images: Images, batch: int) -> Calls:
        require_single(self._path, "generated C", batch)
        self.compute(images)
        values = np.ascontiguousarray(self.info.input.encode(images))
        answers = np.zeros((1, self.info.classes), self.info.output.dtype)
        run, output = self._library.edgemnist_run, answers.ctypes.data_as(ctypes.c_void_p)

        def bind(image: NDArray[Any], count: int) -> Callable[[], object]:
            # data_as keeps the array alive
            return partial(run, image.ctypes.data_as(ctypes.c_void_p), output, ctypes.c_size_t(count))

        return Calls(tuple(bind(image, 1) for image in values), 1, empty=bind(values[0], 0))

    def compute(self, images: Images) -> NDArray[Any]:
        return self._compute(self._library, images)

    def _compute(self, library: Any, images: Images) -> NDArray[Any]:
        values = np.ascontiguousarray(self.info.input.encode(images))
        answers = np.zeros((len(values), self.info.classes), self.info.output.dtype)
        pointers = (array.ctypes.data_as(ctypes.c_void_p) for array in (values, answers))
        wrong = library.edgemnist_run(*pointers, ctypes.c_size_t(len(values)))
        if wrong:
            raise ModelError(
                f"{self._path}: returned another class than its scores say, for {wrong:,} of {len(values):,} images",
                "export it again",
            )
        return answers


def _shape(memory: NDArray[np.uint8], noted: Noted) -> NDArray[Any]:
    """Return a value of all images, (n, *shape), from their memory."""
    values: NDArray[Any] = np.ascontiguousarray(memory).view(noted.dtype).reshape(-1, *noted.shape)
    return values


def make_info(
    model: GeneratedModel, request: Request, name: str, version: str, *, emulated: bool = False
) -> RuntimeInfo:
    """Return what generated C is: what its contract says."""
    contract = model.contract
    softmax = request.output == "logits" and contract.output.kind == "probabilities"
    output = replace(contract.output, kind="logits") if softmax else contract.output
    return RuntimeInfo(name, version, contract, contract.input, output, len(contract.labels), emulated)


def find_compiler() -> tuple[str, ...]:
    """Return the command of the C compiler: the environment's CC, else cc.

    Raises:
        ToolMissing: there is none.
    """
    command = name_compiler()
    if shutil.which(command[0]) is None:
        raise ToolMissing(f"this step needs a C compiler, but there is no {command[0]}", INSTALL)
    return command


def _ask_version(compiler: tuple[str, ...]) -> str:
    printed = run_tool([*compiler, "--version"], timeout_s=ASK_TIMEOUT_S, install=INSTALL).output
    found = re.search(r"\d+(\.\d+)+", printed)
    return found[0] if found else "unknown"


def _build(compiler: tuple[str, ...], source: ModelSource, model: GeneratedModel) -> Path:
    library = source.path.with_suffix(".so")
    contract = model.contract
    sizes = {"MODEL_PIXELS": contract.input.pixel_count, "MODEL_CLASSES": len(contract.labels)}
    defined = [*source.list_flags(rows=False), *(f"-D{name}={size}" for name, size in sizes.items())]
    files = [os.fspath(BATCH), os.fspath(source.path), "-lm"]
    command = [*compiler, "-O2", "-shared", "-fPIC", *defined, *files, "-o", os.fspath(library)]
    run = run_tool(command, timeout_s=COMPILE_TIMEOUT_S, install=INSTALL)
    if run.failure:
        lines = "\n".join(run.diagnostics.splitlines()[:8]) or run.failure
        raise ModelError(f"{model.file.path}: {compiler[0]} can't compile it:\n{lines}", "export it again")
    return library
