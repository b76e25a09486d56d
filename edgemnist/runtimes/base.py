"""What every runtime is: an opened file that says what it is, and turns images into outputs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal, Self

from edgemnist.contract import Contract, Input, Output
from edgemnist.contract.scores import BINARY
from edgemnist.errors import ModelError, UsageError
from edgemnist.precision import PrecisionName

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from edgemnist.comparison.probing import Found
    from edgemnist.comparison.question import Probe
    from edgemnist.datasets.readers import Images
    from edgemnist.runtimes.calls import Calls

# What is read from a file: its own output, or the logits before its softmax.
OutputKind = Literal["own", "logits"]


@dataclass(frozen=True)
class Footprint:
    """What a model takes of a target.

    Args:
        flash_bytes: code, constants and initial values of the model alone, with what it pulls from libraries.
        ram_bytes: static data of the model, its arena included; no stack.
        stack_bytes: of the deepest chain of calls from classify, as the compiler counts it. Functions of
            libraries count 0: compilers tell nothing of them.
        instructions_per_image: executed, on average, from the entry of classify to its return. They are no
            cycles and no latency: the emulator knows no pipeline and no slow memory.
    """

    flash_bytes: int
    ram_bytes: int
    stack_bytes: int
    instructions_per_image: float


@dataclass(frozen=True)
class Request:
    """How a file is to be opened.

    Args:
        contract: What it takes and gives, found elsewhere; None for the contract inside.
        output: "logits" to leave a last softmax out.
        output_name: Which of several outputs holds the scores of the classes, of a file without a contract; None for
            the one that has as many as there are classes.
        classes: Number of classes of the data; None where that isn't known.
        input_layout: How an image lies in an input whose sizes are open: "hwc", "chw" or "flat"; None for the first of
            these that fits.
        threads: How many threads the runtime computes in; None for its own choice. A child process stays on as many
            cores.
    """

    contract: Contract | None = None
    output: OutputKind = "own"
    output_name: str | None = None
    classes: int | None = None
    input_layout: str | None = None
    threads: int | None = None


@dataclass(frozen=True)
class RuntimeInfo:
    """What an opened file is.

    Args:
        name: Display name of the runtime, such as "LiteRT".
        version: Version of the runtime's package.
        contract: The contract inside the file; None where there is none.
        input, output: What it takes and gives: the contract's, or what the tensors suggest.
        classes: Number of classes.
        emulated: True if an emulator runs it, whose seconds say nothing of its target's.
        capacity_errors: What the target lacks to hold the model; such a model isn't run.
        tensor_precision: What the tensors say; None where that isn't known, or the user trusts what the file says.
        false_claims: Why the tensors aren't of the precision that its contract says; empty where that isn't known.
        found: What was found of a file without a contract by asking it; None where nothing was asked.
        notes: What the runtime had to change to run it, a sentence each.
    """

    name: str
    version: str
    contract: Contract | None
    input: Input
    output: Output
    classes: int
    emulated: bool = False
    capacity_errors: tuple[str, ...] = ()
    tensor_precision: PrecisionName | None = None
    found: Found | None = None
    notes: tuple[str, ...] = ()
    false_claims: tuple[str, ...] = ()

    @property
    def scores(self) -> int:
        """Number of scores of an image: one a class, or one alone for two classes."""
        return 1 if self.output.kind in BINARY else self.classes


@dataclass(frozen=True, eq=False)
class Run:
    """What a run gave.

    Args:
        outputs: `output.dtype` (n, scores), the file's own numbers.
        seconds: Time that the runtime took, measured where the model runs.
        footprint: Memory and instructions on an emulated microcontroller; None elsewhere.
    """

    outputs: NDArray[Any]
    seconds: float
    footprint: Footprint | None = None


@dataclass(frozen=True, eq=False)
class Trace:
    """What a run gave in which values of layers were asked for.

    Args:
        values: By their keys, as they are stored: (n, *shape).
        outputs: `output.dtype` (n, scores), the file's own numbers in that run. To ask for values can change them:
            kernels are fused in another way, and memory is planned in another way.
    """

    values: dict[str, NDArray[Any]]
    outputs: NDArray[Any]


class RunTotals:
    """What runs of one batch after the other took together; no output is kept.

    Attributes:
        seconds: Sum of their times.
        images: How many images were run.
    """

    def __init__(self) -> None:
        self.seconds, self.images, self._instructions = 0.0, 0, 0.0
        self._footprint: Footprint | None = None

    def add(self, run: Run) -> None:
        """Take the next run."""
        self.seconds += run.seconds
        self.images += len(run.outputs)
        if run.footprint is not None:
            self._footprint = run.footprint
            self._instructions += len(run.outputs) * run.footprint.instructions_per_image

    @property
    def footprint(self) -> Footprint | None:
        """Memory, and instructions as an average over all images; None where nothing was emulated."""
        if self._footprint is None:
            return None
        return replace(self._footprint, instructions_per_image=self._instructions / max(1, self.images))


class Runtime(ABC):
    """An opened model file.

    Attributes:
        info: What it is.
        load_s: Seconds in which the model was loaded, where opening it takes longer: generated C is compiled before.
        built_bytes: Size of what was built of the file, in bytes; None where it is run as it is.
    """

    info: RuntimeInfo
    load_s: float | None = None
    built_bytes: int | None = None

    @abstractmethod
    def compute(self, images: Images) -> NDArray[Any]:
        """Compute the file's own numbers: uint8 (n, height, width) in, `output.dtype` (n, scores) out."""

    def run(self, images: Images) -> Run:
        """Run images, uint8 (n, height, width), and take the time."""
        started = perf_counter()
        outputs = self.compute(images)
        return Run(outputs, perf_counter() - started)

    def trace(self, images: Images, keys: Sequence[str]) -> Trace:
        """Run images, uint8 (n, height, width), and note the values of layers.

        Args:
            images: Images.
            keys: Of the values; see `edgemnist.formats.traces`.

        Raises:
            ModelError: The file has no such value.
            UsageError: The runtime can't give values of layers.
        """
        raise UsageError(f"{self.info.name} can't give the values of layers")

    def prepare_calls(self, images: Images, batch: int) -> Calls:
        """Make calls that can be timed one by one: all but the runtime's own work is done before. Each was made once.

        Args:
            images: uint8 (n · batch, height, width), for n calls.
            batch: Images of a call.

        Raises:
            ModelError: The file takes no batch of that size, or the runtime stops inside it.
            UsageError: The runtime's calls can't be timed.
        """
        raise UsageError(f"calls of {self.info.name} can't be timed")

    def predict(self, images: Images) -> NDArray[np.float32]:
        """Answer in probabilities: uint8 (n, height, width) in, float32 (n, classes) out."""
        return self.info.output.decode(self.run(images).outputs)

    def probe(self, path: Path, probe: Probe) -> None:  # noqa: B027  (most files have a contract always)
        """Find what a file without a contract takes and gives. `info` says that then, not what its tensors suggest.

        Raises:
            ModelError: It isn't found.
        """

    def close(self) -> None:  # noqa: B027  (most runtimes hold nothing)
        """Let go of what the runtime holds."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self.close()


class TensorRuntime(Runtime):
    """A runtime in this process, which is given tensors: a file without a contract can be asked what it takes."""

    @abstractmethod
    def infer(self, values: NDArray[Any]) -> NDArray[Any]:
        """Compute the file's own numbers: input values (n, *input.shape) in, `output.dtype` (n, scores) out."""

    def compute(self, images: Images) -> NDArray[Any]:
        return self.infer(self.info.input.encode(images))

    def probe(self, path: Path, probe: Probe) -> None:
        from edgemnist.comparison.probing import find_signature

        info = self.info
        if info.classes != probe.classes:
            raise ModelError(
                f"{path}: answers {info.classes} classes, but the data has {probe.classes}",
                "give the data that it was trained on: `data=PATH`",
            )
        found = find_signature(path, self.infer, info.input, info.output, probe)
        self.info = replace(info, input=found.input, output=found.output, found=found)


def split_images(values: NDArray[Any], count: int) -> NDArray[Any]:
    """Return the values of a batch, (count, *shape): some operators join images with rows and columns of each.

    Args:
        values: What an operator gave.
        count: Images of the batch, 1 or more.

    Raises:
        ValueError: They are not of so many images.

    Example:
        >>> import numpy as np
        >>> split_images(np.zeros((2 * 36, 8)), 2).shape
        (2, 36, 8)
    """
    return values if values.shape[:1] == (count,) else values.reshape(count, -1, *values.shape[1:])


def fill_batch(values: NDArray[Any], size: int) -> NDArray[Any]:
    """Repeat the last of some input values, (k, *shape), up to a batch of a fixed size: its outputs are left out then.

    Example:
        >>> import numpy as np
        >>> fill_batch(np.array([[1], [2]]), 4).tolist()
        [[1], [2], [2], [2]]
    """
    import numpy as np

    if len(values) >= size:
        return values
    return np.concatenate([values, np.repeat(values[-1:], size - len(values), axis=0)])
