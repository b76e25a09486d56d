"""A dense layer: each output is a weighted sum of all inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from edgemnist.exporters import Options
from edgemnist.exporters.c.graph import Scratch, Tables, Weighted
from edgemnist.exporters.c.layers.fields import list_weighted, write_weighted
from edgemnist.exporters.c.operators import Operator


@dataclass(frozen=True, eq=False)
class Dense(Weighted):
    """FULLY_CONNECTED; its weights are (outputs, inputs)."""

    kernel: ClassVar[str] = "dense"
    rounding: ClassVar[Literal["once", "twice"] | None] = "once"

    @classmethod
    def read(cls, operator: Operator) -> Dense:
        """Read it; see `Layer.read`."""
        layer = cls(**operator.read_tensors(), **operator.read_weights(0))
        if layer.weights.shape != (layer.output.size, layer.input.size):
            raise operator.refuse("a dense layer along one axis can't be written in C", "flatten its input first")
        return layer

    def name_kernel(self, options: Options) -> str:
        """Return the kernel that skips inputs that are 0, or the one that doesn't."""
        return f"dense_{options.kernels}"

    def list_shared(self, options: Options) -> tuple[str, ...]:
        """Return what adds up columns of weights."""
        return ("restrict", "columns") if options.kernels == "sparse" else ()

    def list_tables(self, options: Options) -> Tables:
        """Return weights, input by input where inputs that are 0 are skipped, biases and multipliers."""
        return list_weighted(self, self.weights.T if options.kernels == "sparse" else self.weights)

    def write_constant(self, name: str, options: Options) -> str:
        """Return the struct `dense_layer`."""
        sizes = f"{self.input.size}, {self.output.size}"
        return write_weighted(self, name, sizes, twice=self.rounds_twice(options))

    def plan_scratch(self, options: Options) -> Scratch | None:
        """Return the int32 sums, each of which is read before the outputs that lie upon it are written."""
        return Scratch(self.output.size, in_output=True) if self.quantized and options.kernels == "sparse" else None
