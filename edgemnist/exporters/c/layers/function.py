"""A function of one value: activation functions, and whatever else is computed value by value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from edgemnist.errors import ExportError
from edgemnist.exporters import Options
from edgemnist.exporters.c.fixedpoint import BYTE
from edgemnist.exporters.c.functions.floats import write_function
from edgemnist.exporters.c.functions.integers import tabulate_function
from edgemnist.exporters.c.functions.steps import Function
from edgemnist.exporters.c.graph import Layer, Tables, Tensor
from edgemnist.exporters.c.layers.fields import describe_steps
from edgemnist.exporters.c.operators import Operator


@dataclass(frozen=True, eq=False)
class Elementwise(Layer):
    """One function for all values of a tensor, made of one operator or of several.

    Args:
        function: What it computes.
    """

    function: Function

    kernel: ClassVar[str] = "function"

    @classmethod
    def read(cls, operator: Operator) -> Elementwise:
        """Refuse: it is made of operators that were read as steps; see `Layer.read`."""
        raise operator.refuse(f"{operator.kind} of these inputs can't be written in C")

    @classmethod
    def make(cls, function: Function, output: Tensor) -> Elementwise:
        """Return the layer that gives the values of a function.

        Raises:
            ExportError: They are of another type than the model's.
        """
        if function.argument.type != function.result.type:
            raise ExportError(
                f"layer {function.name}: {function.result.type} in a model of {function.argument.type} can't be "
                "written in C, but for operators that compute value by value",
                "convert the model again, in whole numbers only",
            )
        return cls(function.name, (function.source,), output, function)

    def needs_math(self) -> bool:
        """True: floats may need <math.h>."""
        return not self.quantized

    def list_tables(self, options: Options) -> Tables:
        """Return what each of the 256 bytes becomes."""
        if not self.quantized:
            return {}
        values = tabulate_function(self.function, micro=options.rounding == "tflm")
        return {"table": (values + BYTE).astype(np.uint8)}

    def write_constant(self, name: str, options: Options) -> str:
        """Return the function of a float; whole numbers have a table."""
        return "" if self.quantized else write_function(name, self.function)

    def list_calls(self, name: str, inputs: Sequence[str], output: str, scratch: Sequence[str]) -> Iterator[str]:
        """Give one call, with the steps of both ends: the table doesn't say them."""
        for call in super().list_calls(name, inputs, output, scratch):
            yield call + describe_steps(self.inputs, self.output)

    def list_arguments(self, name: str) -> list[str]:
        """Return the table or the function, and how many values there are."""
        return [f"{name}_table" if self.quantized else name, str(self.output.size)]
