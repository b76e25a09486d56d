"""Where the values of layers are found in a model file: what a runtime is asked for when two models are compared.

A layer is an operator with weights together with what is fused to it: bias, batch normalization, ReLU. Other activation
functions are operators of their own in some formats and several in others, so its value is the one before them.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, get_args

from edgemnist.contract import FormatName
from edgemnist.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from edgemnist.formats.weights import Kind


@dataclass(frozen=True)
class Grid:
    """How real values are stored as whole numbers: real = (stored - zero_point) * scale.

    Args:
        scale: Step, in real units; 1 in generated C, whose text holds no scales.
        zero_point: Stored number of the real 0.
        low, high: Smallest and largest number that is stored.
    """

    scale: float
    zero_point: int
    low: int
    high: int

    @property
    def usable(self) -> bool:
        """True if the scale is a finite number above 0: a damaged file may say any."""
        return 0 < self.scale < float("inf")

    @property
    def ends(self) -> tuple[float, float]:
        """The smallest and the largest real value.

        Example:
            >>> Grid(0.5, -128, -128, 127).ends
            (0.0, 127.5)
        """
        return (self.low - self.zero_point) * self.scale, (self.high - self.zero_point) * self.scale

    def restore(self, stored: NDArray[np.generic]) -> NDArray[np.float64]:
        """Return the real values of stored numbers, float64 of the same shape."""
        real: NDArray[np.float64] = (stored.astype("float64") - self.zero_point) * self.scale
        return real

    def store(self, real: NDArray[np.floating]) -> NDArray[np.int64]:
        """Return the numbers that real values which lie on the grid are stored as, int64."""
        import numpy as np

        stored: NDArray[np.int64] = np.rint(real / self.scale).astype(np.int64) + self.zero_point
        return stored


@dataclass(frozen=True)
class Place:
    """Where a value is.

    Args:
        key: What a runtime knows it by.
        grid: How it is stored; None for floats.
        channels_first: True if its channels come before rows and columns.
    """

    key: str
    grid: Grid | None = None
    channels_first: bool = False


@dataclass(frozen=True)
class TracedLayer:
    """A layer with weights, in the place that it has among `edgemnist.formats.weights.ModelWeights.layers`.

    Args:
        name: In the file.
        kind: "dense", "conv" or "depthwise".
        input: What it takes; None where the file has no such value.
        output: What it gives, its ReLU included; None likewise.
        normalized: True if a batch normalization belongs to it.
        follows: True if it takes what the layer before gives, as it is.
        misread: Zero point with which the next layer reads its output, where that isn't its own.
    """

    name: str
    kind: Kind
    input: Place | None
    output: Place | None
    normalized: bool = False
    follows: bool = False
    misread: int | None = None


def find_layers(content: bytes, format: str, name: str) -> tuple[TracedLayer, ...]:
    """Find the layers of a model file, in the order in which their weights are read. Runs nothing.

    Args:
        content: Bytes of the file.
        format: "keras", "tflite", "onnx" or "c".
        name: Name of the file, for messages.

    Raises:
        ModelError: It is damaged, or of another format.
        PackageMissing: What reads the format isn't installed.
    """
    if format not in get_args(FormatName):
        raise ModelError(f"{name}: no layers can be found in {format!r}, expected {', '.join(get_args(FormatName))}")
    module = importlib.import_module(f"edgemnist.formats.traces.{format}")
    found: tuple[TracedLayer, ...] = module.find_layers(content, name)
    return tuple(_mark_followers(found))


def _mark_followers(layers: tuple[TracedLayer, ...]) -> list[TracedLayer]:
    before: Place | None = None
    marked = []
    for layer in layers:
        same = layer.input is not None and before is not None and layer.input.key == before.key
        marked.append(replace(layer, follows=same))
        before = layer.output
    return marked
