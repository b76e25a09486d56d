"""A transposed convolution: each input lays a filter down on the output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from edgemnist.exporters import Options
from edgemnist.exporters.c.graph import Tables, Weighted
from edgemnist.exporters.c.layers.fields import list_weighted, write_weighted
from edgemnist.exporters.c.layers.window import Geometry, pad
from edgemnist.exporters.c.operators import Operator


@dataclass(frozen=True, eq=False)
class TransposedConv(Weighted):
    """TRANSPOSE_CONV; its weights are (outputs, rows, columns, channels).

    Args:
        geometry: How its window slides over the output.
    """

    geometry: Geometry

    kernel: ClassVar[str] = "transposed_conv"
    shared: ClassVar[tuple[str, ...]] = ("geometry",)
    rounding: ClassVar[Literal["once", "twice"] | None] = "twice"

    @classmethod
    def read(cls, operator: Operator) -> TransposedConv:
        """Read it; see `Layer.read`."""
        tensors, found = operator.read_tensors(), operator.read_weights(0, bias=3)
        outputs, rows, columns, channels = found["weights"].shape
        before, after, options = operator.inputs[0].shape, operator.output.shape, operator.options
        if min(options.strideH, options.strideW) < 1:
            raise operator.refuse("a transposed convolution in steps of 0 can't be written in C")
        if len(before) != 4 or before[0] != 1 or before[3] != channels or (after[0], after[-1]) != (1, outputs):
            raise operator.refuse(f"a transposed convolution from {before} to {after} can't be written in C")
        geometry = Geometry(
            *before[1:], rows, columns, options.strideH, options.strideW,
            pad(after[1], before[1], rows, options.strideH) if operator.pads else 0,
            pad(after[2], before[2], columns, options.strideW) if operator.pads else 0,
            *after[1:],
        )  # fmt: skip
        return cls(**tensors, **found, geometry=geometry)

    def list_tables(self, options: Options) -> Tables:
        """Return weights, biases and multipliers."""
        return list_weighted(self, self.weights)

    def write_constant(self, name: str, options: Options) -> str:
        """Return the struct `transposed_conv_layer`."""
        return write_weighted(self, name, self.geometry.write(), twice=self.rounds_twice(options))
