"""A depthwise convolution: filters that slide over an image and see one channel each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from edgemnist.exporters import Options
from edgemnist.exporters.c.graph import Scratch, Tables, Weighted
from edgemnist.exporters.c.layers.fields import QUANTIZING, list_weighted, write_weighted
from edgemnist.exporters.c.layers.grouped import GroupedConv
from edgemnist.exporters.c.layers.window import Geometry, plan_window, read_dilation, read_geometry
from edgemnist.exporters.c.operators import Operator


@dataclass(frozen=True, eq=False)
class Depthwise(Weighted):
    """DEPTHWISE_CONV_2D; its weights are (rows, columns, outputs).

    Args:
        geometry: How its window slides.
    """

    geometry: Geometry

    kernel: ClassVar[str] = "depthwise"
    rounding: ClassVar[Literal["once", "twice"] | None] = "twice"

    @classmethod
    def read(cls, operator: Operator) -> Depthwise | GroupedConv:
        """Read it, also where its filters are dilated; see `Layer.read`."""
        tensors, found = operator.read_tensors(), operator.read_weights(3)
        found["weights"] = found["weights"][0]
        rows, columns, outputs = found["weights"].shape
        geometry = read_geometry(operator, (rows, columns), outputs)
        if outputs % geometry.channels:
            raise operator.refuse(f"{outputs} filters over {geometry.channels} channels are no depthwise convolution")
        if read_dilation(operator) != (1, 1):
            return GroupedConv.read(operator)
        return cls(**tensors, **found, geometry=geometry)

    def list_shared(self, options: Options) -> tuple[str, ...]:
        """Return the window, and in whole numbers what quantizes its sums."""
        return ("geometry", "window", *QUANTIZING) if self.quantized else ("geometry",)

    def list_tables(self, options: Options) -> Tables:
        """Return weights, biases and multipliers."""
        return list_weighted(self, self.weights)

    def write_constant(self, name: str, options: Options) -> str:
        """Return the struct `depthwise_layer`."""
        return write_weighted(self, name, self.geometry.write(), twice=self.rounds_twice(options))

    def plan_scratch(self, options: Options) -> Scratch | None:
        """Return what the sums start with, the sums of one position, and what the window sees at the edge."""
        return plan_window(self.geometry) if self.quantized else None
