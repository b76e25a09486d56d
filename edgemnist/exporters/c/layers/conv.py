"""A convolution: filters that slide over an image and see all its channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from edgemnist.exporters import Options
from edgemnist.exporters.c.graph import Scratch, Tables, Weighted
from edgemnist.exporters.c.layers.fields import list_weighted, write_weighted
from edgemnist.exporters.c.layers.grouped import GroupedConv
from edgemnist.exporters.c.layers.window import Geometry, read_dilation, read_geometry
from edgemnist.exporters.c.operators import Operator


@dataclass(frozen=True, eq=False)
class Conv(Weighted):
    """CONV_2D; its weights are (outputs, rows, columns, channels).

    Args:
        geometry: How its window slides.
    """

    geometry: Geometry

    kernel: ClassVar[str] = "conv"
    rounding: ClassVar[Literal["once", "twice"] | None] = "twice"

    @classmethod
    def read(cls, operator: Operator) -> Conv | GroupedConv:
        """Read it, also where its filters are dilated or see some channels each; see `Layer.read`."""
        tensors, found = operator.read_tensors(), operator.read_weights(0)
        outputs, rows, columns, channels = found["weights"].shape
        geometry = read_geometry(operator, (rows, columns), outputs)
        if channels != geometry.channels or read_dilation(operator) != (1, 1):
            return GroupedConv.read(operator)
        return cls(**tensors, **found, geometry=geometry)

    def name_kernel(self, options: Options) -> str:
        """Return the kernel that skips inputs that are 0, or the one that doesn't."""
        return f"conv_{options.kernels}"

    def list_shared(self, options: Options) -> tuple[str, ...]:
        """Return the window, and what adds up columns of weights."""
        return ("geometry", "restrict", "columns") if options.kernels == "sparse" else ("geometry",)

    def list_tables(self, options: Options) -> Tables:
        """Return weights, input by input where inputs that are 0 are skipped, biases and multipliers."""
        return list_weighted(self, np.moveaxis(self.weights, 0, -1) if options.kernels == "sparse" else self.weights)

    def write_constant(self, name: str, options: Options) -> str:
        """Return the struct `conv_layer`."""
        return write_weighted(self, name, self.geometry.write(), twice=self.rounds_twice(options))

    def plan_scratch(self, options: Options) -> Scratch | None:
        """Return the int32 sums of one position, which are needed again for the next."""
        return Scratch(len(self.bias)) if self.quantized and options.kernels == "sparse" else None
