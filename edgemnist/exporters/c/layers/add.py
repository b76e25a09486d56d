"""The sum of two branches, value by value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from edgemnist.exporters import Options
from edgemnist.exporters.c.graph import Layer, Limits, Tables
from edgemnist.exporters.c.layers.fields import (
    format_limits,
    format_zero,
    list_multipliers,
    require_scale,
    write_quantizer,
)
from edgemnist.exporters.c.operators import Operator

# By how many bits TFLite shifts whole numbers to the left before they are brought to one scale: as in the kernel.
LEFT_SHIFT = 20


@dataclass(frozen=True, eq=False)
class Add(Layer):
    """ADD of two computed tensors of one shape, but for axes of 1 in front.

    Args:
        limits: Real values that the activation function lets through.
    """

    limits: Limits

    kernel: ClassVar[str] = "add"
    rounding: ClassVar[Literal["once", "twice"] | None] = "twice"

    @classmethod
    def read(cls, operator: Operator) -> Add:
        """Read it; see `Layer.read`."""
        if len(operator.inputs) == 1:
            raise operator.refuse("the addition of a constant can't be written in C")
        layer = cls(**operator.read_tensors(2), limits=operator.read_limits())
        if len({_strip(tensor.shape) for tensor in (*layer.inputs, layer.output)}) > 1:
            first, second = (tensor.shape for tensor in layer.inputs)
            raise operator.refuse(f"the sum of {first} and {second} can't be written in C, only of equal shapes")
        if layer.quantized and layer._compute_multipliers()[0] >= 1:
            raise operator.refuse("the scale of its sum is far too small for its inputs", "train the model again")
        return layer

    def _compute_multipliers(self) -> list[float]:
        """Of the output, and of the two inputs.

        Source:
            `CalculateOpDataAdd` in TFLite Micro's add_common; LiteRT's is the same.
        """
        scales = [require_scale(tensor).scale for tensor in self.inputs]
        twice = 2 * max(scales)
        after = twice / (2**LEFT_SHIFT * require_scale(self.output).scale)
        return [after, *(scale / twice for scale in scales)]

    def list_tables(self, options: Options) -> Tables:
        """Return the multipliers of the output, the first input and the second input."""
        return list_multipliers(self.name, np.array(self._compute_multipliers())) if self.quantized else {}

    def write_constant(self, name: str, options: Options) -> str:
        """Return the struct `add_layer`; floats need none."""
        if not self.quantized:
            return ""
        zeros = ", ".join(map(format_zero, self.inputs))
        quantizer = write_quantizer(name, self.output, self.limits, twice=self.rounds_twice(options))
        return f"static const add_layer {name} = {{{zeros}, {quantizer}}};\n"

    def list_arguments(self, name: str) -> list[str]:
        """Return how many values there are, and what is done with them."""
        count = str(self.output.size)
        return [f"&{name}", count] if self.quantized else [count, *format_limits(self.limits, self.output)]


def _strip(shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape without the axes of 1 in front, which an addition may lack."""
    while shape and shape[0] == 1:
        shape = shape[1:]
    return shape
