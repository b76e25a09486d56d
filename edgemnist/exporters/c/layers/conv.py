"""A convolution: filters that slide over an image and see all its channels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import numpy as np

from edgemnist.codegen import name_prefix
from edgemnist.exporters import Options
from edgemnist.exporters.c.graph import Layer, Scratch, Tables, Weighted
from edgemnist.exporters.c.layers.fields import ROWS, list_weighted, write_weighted
from edgemnist.exporters.c.layers.grouped import GroupedConv
from edgemnist.exporters.c.layers.pool import MaxPool
from edgemnist.exporters.c.layers.window import Geometry, plan_window, read_dilation, read_geometry
from edgemnist.exporters.c.operators import Operator


@dataclass(frozen=True, eq=False)
class Conv(Weighted):
    """CONV_2D; its weights are (outputs, rows, columns, channels).

    Args:
        geometry: How its window slides.
        pool: The max pooling after it that is part of it, in whole numbers; None is none.
    """

    geometry: Geometry
    pool: MaxPool | None = None

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
        """Return the kernel of whole numbers, or that of floats which skips inputs that are 0 or doesn't."""
        return "conv" if self.quantized else f"conv_{options.kernels}"

    def list_shared(self, options: Options) -> tuple[str, ...]:
        """Return the window, and what multiplies rows of weights, or adds up columns of them."""
        if self.quantized:
            return ("geometry", "window", *ROWS)
        return ("geometry", "restrict", "columns") if options.kernels == "sparse" else ("geometry",)

    def list_tables(self, options: Options) -> Tables:
        """Return weights, biases and multipliers; weights input by input where inputs that are 0 are skipped."""
        by_input = not self.quantized and options.kernels == "sparse"
        return list_weighted(self, np.moveaxis(self.weights, 0, -1) if by_input else self.weights)

    def write_constant(self, name: str, options: Options) -> str:
        """Return the struct `conv_layer`, and the window of the pooling."""
        own = write_weighted(self, name, self.geometry.write(), twice=self.rounds_twice(options))
        return own + (self.pool.write_constant(self.name_pool(name), options) if self.pool else "")

    def plan_scratch(self, options: Options) -> Scratch | None:
        """Return what the sums start with, the sums of one position or two, and what the window sees there."""
        return plan_window(self.geometry, numbers=3 if self.pool else 2) if self.quantized else None

    def list_arguments(self, name: str) -> list[str]:
        """Return the struct, and in whole numbers the window of the pooling."""
        if not self.quantized:
            return super().list_arguments(name)
        return [f"&{name}", f"&{self.name_pool(name)}" if self.pool else "NULL"]

    def fuse(self, reader: Layer) -> Conv | None:
        """Return it with a max pooling of its own whose windows lie side by side; see `Layer.fuse`."""
        if self.pool or not self.quantized or not isinstance(reader, MaxPool) or not reader.is_apart():
            return None
        return replace(self, output=reader.output, pool=reader)

    def name_pool(self, name: str) -> str:
        """Return the name of the pooling's window in C."""
        assert self.pool is not None, "a convolution without a pooling"
        return f"{name}_{name_prefix(self.pool.name)}"
