"""A convolution whose taps lie apart, or whose filters see some of the channels each: dilated, in groups, or both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from edgemnist.exporters import Options
from edgemnist.exporters.c.graph import Tables, Weighted
from edgemnist.exporters.c.layers.fields import list_weighted, write_weighted
from edgemnist.exporters.c.layers.window import Dilation, Geometry, read_dilation, read_geometry
from edgemnist.exporters.c.operators import Operator


@dataclass(frozen=True, eq=False)
class GroupedConv(Weighted):
    """CONV_2D or DEPTHWISE_CONV_2D; its weights are (outputs, rows, columns, channels of a group).

    Args:
        geometry: How its window slides.
        dilation: How far its taps lie apart.
    """

    geometry: Geometry
    dilation: Dilation

    kernel: ClassVar[str] = "grouped_conv"
    shared: ClassVar[tuple[str, ...]] = ("geometry",)
    rounding: ClassVar[Literal["once", "twice"] | None] = "twice"

    @classmethod
    def read(cls, operator: Operator) -> GroupedConv:
        """Read it; see `Layer.read`."""
        depthwise = operator.kind == "DEPTHWISE_CONV_2D"
        tensors, found = operator.read_tensors(), operator.read_weights(3 if depthwise else 0)
        if depthwise:
            found["weights"] = np.moveaxis(found["weights"], -1, 0).transpose(0, 2, 3, 1)
        outputs, rows, columns, channels = found["weights"].shape
        if channels < 1 or min(read_dilation(operator)) < 1:
            raise operator.refuse(f"{channels} channels, dilated by {read_dilation(operator)}, are no convolution")
        geometry = read_geometry(operator, (rows, columns), outputs)
        groups = geometry.channels // channels
        if geometry.channels % channels or outputs % groups:
            raise operator.refuse(f"{outputs} filters of {channels} channels each fit no {geometry.channels} channels")
        return cls(**tensors, **found, geometry=geometry, dilation=read_dilation(operator))

    def list_tables(self, options: Options) -> Tables:
        """Return weights, biases and multipliers."""
        return list_weighted(self, self.weights)

    def write_constant(self, name: str, options: Options) -> str:
        """Return the struct `grouped_conv_layer`."""
        channels = self.weights.shape[3]
        outputs = self.geometry.output_channels * channels // self.geometry.channels
        sizes = [self.geometry.write(), *map(str, (*self.dilation, channels, outputs))]
        return write_weighted(self, name, ", ".join(sizes), twice=self.rounds_twice(options))
