"""What is left of some neighbouring axes: their mean, or their largest value."""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import ClassVar, Literal, Self

import numpy as np

from edgemnist.exporters import Options
from edgemnist.exporters.c.graph import NO_LIMITS, Layer, Tables
from edgemnist.exporters.c.layers.fields import format_zero, list_multipliers, require_scale, write_quantizer
from edgemnist.exporters.c.layers.rows import advance, repeat
from edgemnist.exporters.c.operators import Operator


@dataclass(frozen=True, eq=False)
class Reduction(Layer, ABC):
    """An operator that leaves out axes which lie beside each other.

    Args:
        rows: Values before these axes.
        positions: Values along them.
        channels: Values behind them.
    """

    rows: int
    positions: int
    channels: int

    @classmethod
    def read(cls, operator: Operator) -> Self:
        """Read it; see `Layer.read`."""
        tensors, shape = operator.read_tensors(), operator.inputs[0].shape
        axes = sorted({axis % max(1, len(shape)) for axis in operator.read_counts(1)})
        taken = [axis for axis in axes if shape[axis] > 1] or axes[:1]
        if not taken or any(shape[axis] > 1 for axis in range(taken[0], taken[-1]) if axis not in axes):
            raise operator.refuse(f"{operator.kind} over axes {axes} of {shape} can't be written in C")
        first, last = taken[0], taken[-1]
        layer = cls(**tensors, rows=prod(shape[:first]), positions=prod(shape[first : last + 1]),
                    channels=prod(shape[last + 1 :]))  # fmt: skip
        if layer.rows * layer.channels != layer.output.size:
            raise operator.refuse(f"{operator.kind} over axes {axes} of {shape} is not {layer.output.shape}")
        layer.check(operator)
        return layer

    def check(self, operator: Operator) -> None:
        """Refuse what can't be computed."""

    def list_calls(self, name: str, inputs: Sequence[str], output: str, scratch: Sequence[str]) -> Iterator[str]:
        """Give one call, which is repeated for all rows."""
        source = advance(inputs[0], self.rows, self.positions * self.channels)
        target = advance(output, self.rows, self.channels)
        for call in super().list_calls(name, [source], target, scratch):
            yield repeat(call, self.rows)


class Mean(Reduction):
    """MEAN."""

    kernel: ClassVar[str] = "mean"
    rounding: ClassVar[Literal["once", "twice"] | None] = "twice"

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
        sizes = [str(self.positions), str(self.channels)]
        return [f"&{name}", *sizes, format_zero(self.input)] if self.quantized else sizes


class Largest(Reduction):
    """REDUCE_MAX, which changes no scale."""

    kernel: ClassVar[str] = "largest"

    def check(self, operator: Operator) -> None:
        """Refuse another scale."""
        if self.input.scale != self.output.scale:
            raise operator.refuse("a maximum that changes the scale can't be written in C")

    def list_arguments(self, name: str) -> list[str]:
        """Return how many positions and channels there are."""
        return [str(self.positions), str(self.channels)]
