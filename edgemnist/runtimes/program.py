"""A model file that a program of another language runs: pixels go in as a file, scores and probabilities come out.

The program is the very code that a kit hands over: it encodes the pixels by the contract, runs the model in its own
runtime and decodes the scores. So all three are proven, not the model alone. What is agreed with each program:

    images.bin         uint8 (n, pixels)          what the program reads
    scores.bin         output dtype (n, classes)  what its runtime answered, little-endian
    probabilities.bin  float32 (n, classes)       what it made of that, little-endian
"""

from __future__ import annotations

import tempfile
from abc import abstractmethod
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import Contract
from edgemnist.datasets.readers import Images
from edgemnist.errors import ModelError, RuntimeCrash, take_last_lines
from edgemnist.formats import ModelFile
from edgemnist.kits.contracts import check_meaning
from edgemnist.processes.tools import run_tool
from edgemnist.runtimes import open_here
from edgemnist.runtimes.base import Request, Runtime
from edgemnist.runtimes.signature import require_own_output

TIMEOUT_S = 1200
# How far a target's own probability may be from the one decoded here: its exponential is another.
SLACK = 1e-6
IMAGES, SCORES, PROBABILITIES = "images.bin", "scores.bin", "probabilities.bin"


class ProgramRuntime(Runtime):
    """An opened model file: what it takes is read in its Python runtime, every output is the program's.

    Args:
        file: Model file.
        request: How it is to be opened.
    """

    def __init__(self, file: ModelFile, request: Request) -> None:
        require_own_output(file, request)
        file.require_one_file("this program")
        self._file, self._path = file, file.path
        with open_here(file, request=request) as signature:
            self.info = signature.info
        check_meaning(self._path, self.program_contract, "this program")
        if file.format_name == "tflite":
            from edgemnist.formats.tflite import require_first_output

            require_first_output(file, self.info.output.name, "this program")

    @property
    def program_contract(self) -> Contract:
        """What the program is given. A file without a contract takes what was found of it, or its tensors suggest.

        Scores of an unknown kind are not decoded there.
        """
        info = self.info
        contract = info.contract or Contract(info.input, info.output, tuple(map(str, range(info.classes))))
        kind = "probabilities" if info.output.kind == "unknown" else info.output.kind
        return replace(contract, input=info.input, output=replace(info.output, kind=kind))

    @abstractmethod
    def run_program(self, folder: Path) -> None:
        """Run the program over a folder that holds `images.bin`, so that it holds the two files of answers then."""

    def compute(self, images: Images) -> NDArray[Any]:
        with tempfile.TemporaryDirectory(prefix="edgemnist-") as name:
            folder = Path(name)
            (folder / IMAGES).write_bytes(np.ascontiguousarray(images).tobytes())
            self.run_program(folder)
            scores = self._read(folder / SCORES, self.info.output.dtype, len(images))
            probabilities = self._read(folder / PROBABILITIES, "float32", len(images))
        self._check_decoding(scores, probabilities)
        return scores

    def _read(self, path: Path, dtype: str, count: int) -> NDArray[Any]:
        little = np.dtype(dtype).newbyteorder("<")
        found = path.stat().st_size if path.exists() else 0
        expected = count * self.info.classes * little.itemsize
        if found != expected:
            raise self.make_crash(f"{path.name} has {found:,} bytes, expected {expected:,}", "")
        return np.frombuffer(path.read_bytes(), little).reshape(count, self.info.classes).astype(dtype)

    def _check_decoding(self, scores: NDArray[Any], probabilities: NDArray[np.float32]) -> None:
        """A program that reads its own scores wrongly would be a right model that gives wrong answers."""
        if self.info.output.kind == "unknown":
            return
        expected = self.info.output.decode(scores)
        wrong = ~np.isclose(probabilities, expected, rtol=0, atol=SLACK, equal_nan=True).all(axis=1)
        if wrong.any():
            raise ModelError(
                f"{self._path}: {self.info.name} makes other probabilities of the scores than the contract says, "
                f"for {int(wrong.sum()):,} of {len(scores):,} images",
                "export it again",
            )

    def call(self, command: list[str], cwd: Path | None = None, timeout_s: float = TIMEOUT_S) -> str:
        """Run the program and return what it printed.

        Raises:
            RuntimeCrash: it stops with an error, or doesn't end.
        """
        run = run_tool(command, timeout_s=timeout_s, cwd=cwd)
        if run.failure:
            raise self.make_crash(run.failure, run.diagnostics)
        return run.output

    def make_crash(self, what: str, printed: str) -> RuntimeCrash:
        """Return the error for a program that failed, with the last lines that it printed."""
        said = take_last_lines(printed)
        return RuntimeCrash(f"{self._path}: {self.info.name}: {what}{': ' if said else ''}{said}", "export it again")
