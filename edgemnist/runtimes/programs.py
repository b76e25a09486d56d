"""A model file that a program of another language runs: pixels go in as a file, scores and probabilities come out.

The program is the very code that a kit hands over: it encodes the pixels by the contract, runs the model in its own
runtime and decodes the scores. So all three are proven, not the model alone. What is agreed with each program:

    images.bin         uint8 (n, 784)             what the program reads
    scores.bin         output dtype (n, classes)  what its runtime answered, little-endian
    probabilities.bin  float32 (n, classes)       what it made of that, little-endian
"""

from __future__ import annotations

import subprocess
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
from edgemnist.runtimes import Runtime

TIMEOUT_S = 1200
# How far a target's own probability may be from the one decoded here: its exponential is another.
SLACK = 1e-6
IMAGES, SCORES, PROBABILITIES = "images.bin", "scores.bin", "probabilities.bin"


class ProgramRuntime(Runtime):
    """An opened model file: what it eats is read here, every answer is the program's.

    Args:
        path: the model file.
        ends: the same file opened in its Python runtime, which tells contract, input, output and classes.
    """

    def __init__(self, path: Path, ends: Runtime) -> None:
        self._path = path
        self.contract, self.input, self.output, self.classes = ends.contract, ends.input, ends.output, ends.classes

    @property
    def told(self) -> Contract:
        """What the program is told. A file without a contract is fed as its tensors suggest.

        Scores of an unknown kind are not decoded there.
        """
        contract = self.contract or Contract(self.input, self.output, tuple(map(str, range(self.classes))))
        kind = "probabilities" if self.output.kind == "unknown" else self.output.kind
        return replace(contract, output=replace(self.output, kind=kind))

    @abstractmethod
    def run_program(self, folder: Path) -> None:
        """Run the program over a folder that holds `images.bin`, so that it holds the two files of answers then."""

    def run(self, images: Images) -> NDArray[Any]:
        with tempfile.TemporaryDirectory(prefix="edgemnist-") as name:
            folder = Path(name)
            (folder / IMAGES).write_bytes(np.ascontiguousarray(images).tobytes())
            self.run_program(folder)
            scores = self._read(folder / SCORES, self.output.dtype, len(images))
            probabilities = self._read(folder / PROBABILITIES, "float32", len(images))
        self._check_decoding(scores, probabilities)
        return scores

    def _read(self, path: Path, dtype: str, count: int) -> NDArray[Any]:
        little = np.dtype(dtype).newbyteorder("<")
        content = path.read_bytes() if path.exists() else b""
        expected = count * self.classes * little.itemsize
        if len(content) != expected:
            raise self.describe_crash(f"{path.name} has {len(content):,} bytes, expected {expected:,}", "")
        return np.frombuffer(content, little).reshape(count, self.classes).astype(dtype)

    def _check_decoding(self, scores: NDArray[Any], probabilities: NDArray[np.float32]) -> None:
        """A program that reads its own scores wrongly would be a right model that gives wrong answers."""
        if self.output.kind == "unknown":
            return
        expected = self.output.decode(scores)
        wrong = ~np.isclose(probabilities, expected, rtol=0, atol=SLACK, equal_nan=True).all(axis=1)
        if wrong.any():
            raise ModelError(
                f"{self._path}: {self.name} makes other probabilities of the scores than the contract says, "
                f"for {int(wrong.sum()):,} of {len(scores):,} images",
                "export it again",
            )

    def call(self, command: list[str], cwd: Path | None = None, timeout_s: float = TIMEOUT_S) -> str:
        """Run the program and return what it printed.

        Raises:
            RuntimeCrash: it stops with an error, or doesn't end.
        """
        try:
            run = subprocess.run(
                command, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True,
                text=True, errors="replace", timeout=timeout_s, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise self.describe_crash(f"no end after {timeout_s:,.0f} s", "") from None
        if run.returncode:
            raise self.describe_crash(f"exit status {run.returncode}", run.stderr or run.stdout)
        return run.stdout

    def describe_crash(self, what: str, words: str) -> RuntimeCrash:
        """Return the error for a program that failed, with the last lines that it said."""
        said = take_last_lines(words)
        return RuntimeCrash(f"{self._path}: {self.name}: {what}{': ' if said else ''}{said}", "export it again")
