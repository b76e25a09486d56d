"""A dense layer: each output is a weighted sum of all inputs, or of those in its row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from edgemnist.exporters import Options
from edgemnist.exporters.c.graph import Scratch, Tables, Weighted
from edgemnist.exporters.c.layers.fields import QUANTIZING, ROWS, list_weighted, write_weighted
from edgemnist.exporters.c.layers.rows import advance, repeat
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
        outputs, inputs = layer.weights.shape
        if layer.input.size != layer.rows * inputs or layer.output.size != layer.rows * outputs:
            raise operator.refuse(
                f"a dense layer of {inputs} inputs from {layer.input.shape} can't be {layer.output.shape}"
            )
        return layer

    @property
    def rows(self) -> int:
        """How many times it is computed, each time of other inputs."""
        return self.input.size // int(self.weights.shape[1])

    def name_kernel(self, options: Options) -> str:
        """Return the kernel that skips inputs that are 0, or the one that doesn't."""
        return f"dense_{options.kernels}"

    def list_shared(self, options: Options) -> tuple[str, ...]:
        """Return what adds up columns of weights, or multiplies rows of them."""
        if options.kernels == "sparse":
            return ("restrict", "columns", *(QUANTIZING if self.quantized else ()))
        return ROWS if self.quantized else ()

    def list_tables(self, options: Options) -> Tables:
        """Return weights, input by input where inputs that are 0 are skipped, biases and multipliers."""
        return list_weighted(self, self.weights.T if options.kernels == "sparse" else self.weights)

    def write_constant(self, name: str, options: Options) -> str:
        """Return the struct `dense_layer`."""
        outputs, inputs = self.weights.shape
        sizes = f"{inputs}, {outputs}"
        return write_weighted(self, name, sizes, twice=self.rounds_twice(options))

    def plan_scratch(self, options: Options) -> Scratch | None:
        """Return the int32 sums, each of which is read before the outputs that lie upon it are written.

        Where weights lie output by output, what the sums start with lies before them.
        """
        if not self.quantized:
            return None
        outputs = int(self.weights.shape[0])
        return Scratch(outputs if options.kernels == "sparse" else 2 * outputs, in_output=self.rows == 1)

    def list_calls(self, name: str, inputs: Sequence[str], output: str, scratch: Sequence[str]) -> Iterator[str]:
        """Give one call, which is repeated for all rows."""
        outputs, values = self.weights.shape
        source, target = advance(inputs[0], self.rows, values), advance(output, self.rows, outputs)
        for call in super().list_calls(name, [source], target, scratch):
            yield repeat(call, self.rows)
