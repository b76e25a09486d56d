"""A classifier as a graph of layers, with the scales of its whole numbers: what C is written from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from edgemnist.exporters import Options

if TYPE_CHECKING:
    from edgemnist.exporters.c.operators import Operator

# The name of the tensor that holds the pixels.
INPUT = "input"
WORD_BYTES = 4
Tables = dict[str, NDArray[np.generic]]
# Real values that an activation function lets through; None is no limit.
Limits = tuple[float | None, float | None]
NO_LIMITS: Limits = (None, None)


@dataclass(frozen=True)
class Scale:
    """How a stored whole number stands for a real one: real = (stored - zero_point) * scale."""

    scale: float
    zero_point: int


@dataclass(frozen=True)
class Tensor:
    """Values that a layer reads or gives.

    Args:
        name: Name of the memory: views of the same values in another shape have the same one.
        shape: Shape, with the batch of 1 in front.
        scale: Scale of int8 values; None for floats.
    """

    name: str
    shape: tuple[int, ...]
    scale: Scale | None

    @property
    def size(self) -> int:
        """How many values."""
        return prod(self.shape)


@dataclass(frozen=True)
class Scratch:
    """Memory that a layer needs while it runs.

    Args:
        words: Words of 4 bytes.
        in_output: True if it may begin where the layer's output begins.
    """

    words: int
    in_output: bool = False


@dataclass(frozen=True, eq=False)
class Layer(ABC):
    """One step of the model: what is read of it from TFLite, and written of it in C. A subclass is a kind of layer.

    Args:
        name: Name of the Keras layer, as far as the converter kept it.
        inputs: Computed tensors that it reads.
        output: Tensor that it gives.

    Attributes:
        kernel: Kind of layer in C, of which the `run_` function and the files in kernels/ have their names.
        shared: Kernel files that its own needs, whatever the options are.
        rounding: How LiteRT's reference kernels round its products; None where there are none. TFLite Micro
            always rounds twice.
        packed: True if its weights are of few levels and stored packed.
        by_rows: True if it takes the pixels row by row.
    """

    name: str
    inputs: tuple[Tensor, ...]
    output: Tensor

    kernel: ClassVar[str]
    shared: ClassVar[tuple[str, ...]] = ()
    rounding: ClassVar[Literal["once", "twice"] | None] = None
    packed: ClassVar[bool] = False
    by_rows: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def read(cls, operator: Operator) -> Layer:
        """Read it from a TFLite operator.

        Raises:
            ExportError: It is a case of this kind that can't be written in C.
        """

    @property
    def input(self) -> Tensor:
        """The first tensor that it reads."""
        return self.inputs[0]

    @property
    def parts(self) -> tuple[Layer, ...]:
        """The layers that it is made of, each with a name, tables and a constant of its own: itself, for most."""
        return (self,)

    @property
    def quantized(self) -> bool:
        """True if it computes in whole numbers."""
        return self.output.scale is not None

    def fuse(self, reader: Layer) -> Layer | None:
        """Return a layer that is this one and the only one that reads its output; None where there is none."""
        return None

    def needs_math(self) -> bool:
        """Return True if its kernel or constant needs <math.h>."""
        return False

    def rounds_twice(self, options: Options) -> bool:
        """True if its products are rounded twice."""
        return options.rounding == "tflm" or self.rounding == "twice"

    def name_kernel(self, options: Options) -> str:
        """Return the name of its own file in kernels/, without precision and extension."""
        return self.kernel

    def list_shared(self, options: Options) -> tuple[str, ...]:
        """Return the names of the other files in kernels/ that its own needs."""
        return self.shared

    def list_tables(self, options: Options) -> Tables:
        """Return its constant arrays by their names' ends: "weights"."""
        return {}

    def write_constant(self, name: str, options: Options) -> str:
        """Return the `static const` that its kernel takes, in the order of the fields in kernels/, or nothing."""
        return ""

    def write_rest(self, names: Sequence[str], options: Options) -> str:
        """Return what else it needs in C, behind the constants of its parts.

        Args:
            names: Names of these constants.
        """
        return ""

    def plan_scratch(self, options: Options) -> Scratch | None:
        """Return what memory it needs beside its inputs and its output."""
        return None

    def list_arguments(self, name: str) -> list[str]:
        """Return what its kernel takes before the pointers, in C.

        Args:
            name: Name of its constant.
        """
        return [f"&{name}"]

    def list_calls(self, name: str, inputs: Sequence[str], output: str, scratch: Sequence[str]) -> Iterator[str]:
        """Give the calls of its kernel, in C.

        Args:
            name: Name of its constant.
            inputs: Pointers, in the order of the tensors.
            output: Pointer.
            scratch: Pointer to its scratch memory, if it needs any.
        """
        yield f"run_{self.kernel}({', '.join([*self.list_arguments(name), *inputs, output, *scratch])});"


@dataclass(frozen=True, eq=False)
class Weighted(Layer, ABC):
    """A layer with weights and biases.

    Args:
        weights: int8 or float32, in the shape that its kind has.
        weight_scales: float64 (outputs,), for int8.
        bias: int32 or float32 (outputs,).
        limits: Real values that the activation function lets through.
    """

    weights: NDArray[Any]
    weight_scales: NDArray[np.float64] | None
    bias: NDArray[Any]
    limits: Limits


@dataclass(frozen=True, eq=False)
class Graph:
    """A classifier as layers, from the pixels to the logits.

    Args:
        input: Tensor that the pixels become.
        layers: In an order in which they can run.
        output: Logits.
        softmax: True if the file goes on to make probabilities of them.
    """

    input: Tensor
    layers: tuple[Layer, ...]
    output: Tensor
    softmax: bool

    @property
    def classes(self) -> int:
        """How many logits."""
        return self.output.size

    @property
    def quantized(self) -> bool:
        """True if it computes in whole numbers."""
        return self.input.scale is not None


def fuse_layers(graph: Graph) -> Graph:
    """Return the graph with layers made one where they can be: the first's output takes no memory."""
    readers = Counter(tensor.name for layer in graph.layers for tensor in layer.inputs)
    layers: list[Layer] = []
    for layer in graph.layers:
        last = layers[-1] if layers else None
        alone = last is not None and layer.inputs == (last.output,) and readers[last.output.name] == 1
        fused = last.fuse(layer) if last is not None and alone else None
        if fused is not None:
            layers[-1] = fused
        else:
            layers.append(layer)
    return replace(graph, layers=tuple(layers))
