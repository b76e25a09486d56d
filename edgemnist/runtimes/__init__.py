"""What runs a model file. A runtime turns images into probabilities; nothing else of it shows.

    with open_runtime(Path("model.onnx")) as runtime:
        probabilities = runtime.predict(images)      # uint8 (n, 28, 28) -> float32 (n, classes)

Quantization, layout and batching stay inside. Each runtime has a module of its own, which alone
imports the package that it runs on; here is only the table of them.
"""

from __future__ import annotations

import importlib
import importlib.util
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from edgemnist.contract import Contract, Input, Output
from edgemnist.errors import ModelError

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
    """

    name: str
    version: str
    contract: Contract | None
    input: Input
    output: Output
    classes: int

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
        name: what tables call it.
        title: its name in the world.
        extension: of the files that it runs by default.
        module: that holds its `open_model(path) -> Runtime`.
        package: the import name that it needs.
        install: the line that installs it.
    """

    name: str
    title: str
    extension: str
    module: str
    package: str
    install: str

    @property
    def ready(self) -> bool:
        """True if its package is installed. Imports nothing."""
        return importlib.util.find_spec(self.package) is not None


RUNTIMES = (
    RuntimeEntry("keras", "Keras", ".keras", "edgemnist.runtimes.keras", "tensorflow", "pip install tensorflow"),
    RuntimeEntry(
        "litert", "LiteRT", ".tflite", "edgemnist.runtimes.litert", "ai_edge_litert", "pip install ai-edge-litert"
    ),
    RuntimeEntry("ort", "ONNX Runtime", ".onnx", "edgemnist.runtimes.ort", "onnxruntime", "pip install onnxruntime"),
)


def find_runtime(path: Path) -> RuntimeEntry:
    """Return the row for a file, by its extension.

    Raises:
        ModelError: no runtime is known for it.
    """
    for entry in RUNTIMES:
        if path.suffix == entry.extension:
            return entry
    expected = ", ".join(entry.extension for entry in RUNTIMES)
    raise ModelError(f"{path}: no runtime for {path.suffix or 'a file without an extension'}, expected {expected}")


def open_runtime(path: str | Path, *, trusted: bool = False) -> Runtime:
    """Open a model file in the runtime that its extension names.

    Args:
        path: the model file.
        trusted: open it in this process. Otherwise a child process opens it, since a malformed file
            can crash a native runtime, and the crash becomes an error.

    Raises:
        ModelError: the file is missing, damaged, foreign, or no classifier of 28 × 28 images.
        PackageMissing: the runtime's package isn't installed.
    """
    path = Path(path)
    entry = find_runtime(path)
    if not trusted:
        from edgemnist.runtimes.isolation import IsolatedRuntime

        return IsolatedRuntime(path)
    runtime: Runtime = importlib.import_module(entry.module).open_model(path)
    return runtime


def suggest_input(path: Path, name: str, shape: tuple[Any, ...], dtype: str, quantization: tuple[float, int]) -> Input:
    """Say what a file without a contract most likely eats, from its input tensor alone.

    Floats are taken to be in [0, 1], and so is the real value of a quantized input; a uint8 input
    without a scale is the raw pixel.

    Args:
        shape: of the tensor, the batch first.
        quantization: its (scale, zero point); scale 0 if it has none.

    Raises:
        ModelError: an image of 784 pixels doesn't fit the tensor.
    """
    sizes = tuple(shape[1:])
    if not all(isinstance(size, int) and size > 0 for size in sizes):
        raise ModelError(f"{path}: input {name} has an open shape {tuple(shape)}, expected (batch, 784) or alike")
    count = 1
    for size in sizes:
        count *= size
    if count != 784:
        raise ModelError(f"{path}: input {name} takes {sizes}, expected 28 x 28 = 784 values")
    if dtype not in ("float32", "float16", "uint8", "int8", "int16"):
        raise ModelError(f"{path}: input {name} is {dtype}, expected float32, uint8 or int8")
    scale, zero_point = quantization
    if scale:
        return Input(name, sizes, dtype, (0.0, 1.0), scale, zero_point)  # type: ignore[arg-type]
    return Input(name, sizes, dtype, (0.0, 255.0) if dtype == "uint8" else (0.0, 1.0))  # type: ignore[arg-type]


def settle_ends(
    path: Path, contract: Contract | None, input: Input, output: Output, classes: int
) -> tuple[Input, Output]:
    """Return what to feed and read: the contract's word, held against what the tensors say; or theirs alone.

    Args:
        contract: the document inside the file, or None.
        input, output: as the tensors suggest them.
        classes: how many scores an answer has.

    Raises:
        ModelError: the contract names another name, shape, dtype, scale, zero point or number of classes
            than the file has: it was altered, or pasted in.
    """
    if contract is None:
        return input, output
    pairs = [
        ("input shape", contract.input.shape, input.shape),
        ("number of classes", len(contract.labels), classes),
    ]
    for side, said, found in (("input", contract.input, input), ("output", contract.output, output)):
        names = ("name", "dtype", "scale", "zero_point")
        pairs += [(f"{side} {name}", getattr(said, name), getattr(found, name)) for name in names]
    for what, said_value, found_value in pairs:
        if said_value != found_value:
            raise ModelError(
                f"{path}: the contract inside says {what} {said_value}, but the model has {found_value}",
                "export it again",
            )
    return contract.input, contract.output


def count_scores(path: Path, shape: list[Any]) -> int:
    """Return how many scores a class answer has, from the output tensor's shape, the batch first.

    Raises:
        ModelError: the answer is not one score a class.
    """
    sizes = [size for size in shape[1:] if size != 1]
    if len(sizes) != 1 or not isinstance(sizes[0], int) or sizes[0] < 2:
        raise ModelError(f"{path}: output shape {tuple(shape)}, expected one score a class, such as (1, 10)")
    return sizes[0]
