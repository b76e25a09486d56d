"""The same values in other steps, clamped: a change of scale, or a ReLU that no layer before it has taken in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from edgemnist.errors import ExportError
from edgemnist.exporters import Options
from edgemnist.exporters.c.functions.floats import RELUS
from edgemnist.exporters.c.functions.integers import WRONG_RELU6
from edgemnist.exporters.c.graph import NO_LIMITS, Layer, Limits, Tables
from edgemnist.exporters.c.layers.fields import (
    format_limits,
    format_zero,
    list_multipliers,
    require_scale,
    write_quantizer,
)
from edgemnist.exporters.c.operators import Operator

LIMITS: dict[str, Limits] = {
    "QUANTIZE": NO_LIMITS,
    **{kind: RELUS[kind] for kind in ("RELU", "RELU6", "RELU_N1_TO_1")},
}


@dataclass(frozen=True, eq=False)
class Rescaling(Layer):
    """QUANTIZE from int8 to int8, RELU, RELU6, RELU_N1_TO_1.

    Args:
        limits: Real values that it lets through.
    """

    limits: Limits

    kernel: ClassVar[str] = "rescaling"
    rounding: ClassVar[Literal["once", "twice"] | None] = "twice"

    @classmethod
    def read(cls, operator: Operator) -> Rescaling:
        """Read it; see `Layer.read`."""
        layer = cls(**operator.read_tensors(), limits=LIMITS[operator.kind])
        if layer.input.shape != layer.output.shape:
            raise operator.refuse(f"its output is {layer.output.shape}, expected {layer.input.shape}, as its input is")
        return layer

    def list_tables(self, options: Options) -> Tables:
        """Return the multiplier: TFLite computes it in double, but that of a ReLU in single precision."""
        if not self.quantized:
            return {}
        before, after = require_scale(self.input).scale, require_scale(self.output).scale
        ratio = before / after if self.limits == NO_LIMITS else float(np.float32(before) / np.float32(after))
        return list_multipliers(self.name, np.array([ratio]))

    def write_constant(self, name: str, options: Options) -> str:
        """Return the struct `quantizer`; floats need none.

        Raises:
            ExportError: TFLite Micro, which it is to repeat, computes it wrongly.
        """
        if not self.quantized:
            return ""
        if options.rounding == "tflm" and self.limits == LIMITS["RELU6"] and self.input.scale != self.output.scale:
            raise ExportError(f"layer {self.name}: {WRONG_RELU6}", "leave `rounding='tflm'` out")
        if options.rounding == "tflm" and self.limits == LIMITS["RELU_N1_TO_1"]:
            raise ExportError(f"layer {self.name}: TFLite Micro has no RELU_N1_TO_1", "leave `rounding='tflm'` out")
        quantizer = write_quantizer(name, self.output, self.limits, twice=self.rounds_twice(options))
        return f"static const quantizer {name} = {quantizer};\n"

    def list_arguments(self, name: str) -> list[str]:
        """Return how many values there are, and what is done with them."""
        count = str(self.output.size)
        if self.quantized:
            return [f"&{name}", count, format_zero(self.input)]
        return [count, *format_limits(self.limits, self.output)]
