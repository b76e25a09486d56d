"""The mean of each channel over all positions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from edgemnist.exporters import Options
from edgemnist.exporters.c.graph import NO_LIMITS, Layer, Tables
from edgemnist.exporters.c.layers.fields import format_zero, list_multipliers, require_scale, write_quantizer
from edgemnist.exporters.c.operators import Operator


@dataclass(frozen=True, eq=False)
class Mean(Layer):
    """MEAN over rows and columns."""

    kernel: ClassVar[str] = "mean"
    rounding: ClassVar[Literal["once", "twice"] | None] = "twice"

    @classmethod
    def read(cls, operator: Operator) -> Mean:
        """Read it; see `Layer.read`."""
        layer, axes = cls(**operator.read_tensors()), operator.read_values(1).ravel().tolist()
        shape = layer.input.shape
        if len(shape) != 4 or shape[0] != 1 or sorted(axis % 4 for axis in axes) != [1, 2]:
            raise operator.refuse(f"C has a mean over rows and columns only, found axes {axes} of {shape}")
        return layer

    @property
    def positions(self) -> int:
        """How many values a mean is of."""
        return self.input.size // self.output.size

    def list_tables(self, options: Options) -> Tables:
        """Return the multiplier, which has the division in it."""
        if not self.quantized:
            return {}
        real = np.array([require_scale(self.input).scale / require_scale(self.output).scale])
        return list_multipliers(self.name, real, self.positions)

    def write_constant(self, name: str, options: Options) -> str:
        """Return the struct `quantizer`; floats need none."""
        if not self.quantized:
            return ""
        quantizer = write_quantizer(name, self.output, NO_LIMITS, twice=self.rounds_twice(options))
        return f"static const quantizer {name} = {quantizer};\n"

    def list_arguments(self, name: str) -> list[str]:
        """Return how many positions and channels there are, and how whole numbers are rescaled."""
        sizes = [str(self.positions), str(self.output.size)]
        return [f"&{name}", *sizes, format_zero(self.input)] if self.quantized else sizes
