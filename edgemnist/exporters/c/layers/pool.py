"""Poolings: what a window sees of each channel, as its largest value or its mean."""

from __future__ import annotations

from abc import ABC
from dataclasses import dataclass
from typing import ClassVar, Self

from edgemnist.exporters import Options
from edgemnist.exporters.c.graph import NO_LIMITS, Layer, Limits
from edgemnist.exporters.c.layers.fields import format_limits
from edgemnist.exporters.c.layers.window import Geometry, read_geometry
from edgemnist.exporters.c.operators import Operator


@dataclass(frozen=True, eq=False)
class Pool(Layer, ABC):
    """A pooling, which moves values and changes no scale.

    Args:
        geometry: How its window slides.
        limits: Real values that the activation function lets through.
    """

    geometry: Geometry
    limits: Limits

    @classmethod
    def read(cls, operator: Operator) -> Self:
        """Read it; see `Layer.read`."""
        tensors, window = operator.read_tensors(), (operator.options.filterHeight, operator.options.filterWidth)
        layer = cls(**tensors, geometry=read_geometry(operator, window), limits=operator.read_limits())
        if layer.input.scale != layer.output.scale:
            raise operator.refuse("a pooling that changes the scale can't be written in C")
        return layer

    def list_shared(self, options: Options) -> tuple[str, ...]:
        """Return the window, and in whole numbers what takes the part of it inside the image."""
        return ("geometry", "vectors", "clip") if self.quantized else ("geometry",)

    def write_constant(self, name: str, options: Options) -> str:
        """Return the window."""
        return f"static const geometry {name} = {self.geometry.write()};\n"

    def list_arguments(self, name: str) -> list[str]:
        """Return the window and the limits."""
        return [f"&{name}", *format_limits(self.limits, self.output)]


class MaxPool(Pool):
    """MAX_POOL_2D."""

    kernel: ClassVar[str] = "max_pool"

    def is_apart(self) -> bool:
        """Return True if its windows lie side by side inside the image and it clamps nothing."""
        g = self.geometry
        inside = g.output_rows * g.window_rows <= g.rows and g.output_columns * g.window_columns <= g.columns
        apart = (g.row_stride, g.column_stride) == (g.window_rows, g.window_columns)
        return apart and inside and (g.top, g.left) == (0, 0) and self.limits == NO_LIMITS


class AveragePool(Pool):
    """AVERAGE_POOL_2D."""

    kernel: ClassVar[str] = "average_pool"
