"""Two inputs value by value: sums, products and the like, of computed tensors and of constants."""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from edgemnist.exporters import Options
from edgemnist.exporters.c.fixedpoint import BYTE
from edgemnist.exporters.c.functions.arithmetic import find_product_ratio, find_sum_ratios
from edgemnist.exporters.c.graph import NO_LIMITS, Layer, Limits, Scale, Tables, Tensor
from edgemnist.exporters.c.layers.fields import (
    describe_steps,
    format_limits,
    format_zero,
    list_multipliers,
    require_scale,
    write_quantizer,
)
from edgemnist.exporters.c.operators import Operator

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Pairing:
    """How two inputs meet, in values: the struct of this name in kernels/.

    Args:
        rows, count: Sizes of the output.
        first_row, first_step: How far the first input goes on from row to row, and from value to value.
        second_row, second_step: The same of the second input.
    """

    rows: int
    count: int
    first_row: int
    first_step: int
    second_row: int
    second_step: int

    def write(self) -> str:
        """Return it as C."""
        return "{" + ", ".join(map(str, astuple(self))) + "}"


def find_pairing(first: Shape, second: Shape, output: Shape) -> Pairing | None:
    """Return how two shapes meet; None where one is repeated in a way that isn't rows and values in them.

    Example:
        >>> find_pairing((1, 14, 14, 4), (4,), (1, 14, 14, 4))
        Pairing(rows=196, count=4, first_row=4, first_step=1, second_row=0, second_step=1)
    """
    length = len(output)
    if max(len(first), len(second)) > length:
        return None
    shapes = [(1,) * (length - len(shape)) + shape for shape in (first, second)]
    if any(size not in (1, whole) for shape in shapes for size, whole in zip(shape, output, strict=True)):
        return None
    groups: list[tuple[int, tuple[bool, ...]]] = []
    for sizes in zip(output, *shapes, strict=True):
        whole, kept = sizes[0], tuple(size == sizes[0] for size in sizes[1:])
        if whole == 1:
            continue
        if groups and groups[-1][1] == kept:
            groups[-1] = (groups[-1][0] * whole, kept)
        else:
            groups.append((whole, kept))
    if len(groups) > 2 or any(not any(kept) for _, kept in groups):
        return None
    (rows, across), (count, along) = [(1, (True, True))] * (2 - len(groups)) + groups
    row_steps = [(count if along[i] else 1) * across[i] for i in range(2)]
    return Pairing(rows, count, row_steps[0], int(along[0]), row_steps[1], int(along[1]))


@dataclass(frozen=True, eq=False)
class Pair(Layer, ABC):
    """An operator with two operands, one of which may be a constant.

    Args:
        operands: Both, with their scales, in their order.
        constant: Values of the one that isn't computed, int8 or float32.
        pairing: How they meet.
        limits: Real values that the activation function lets through.
    """

    operands: tuple[Tensor, Tensor]
    constant: NDArray[Any] | None
    pairing: Pairing
    limits: Limits

    shared: ClassVar[tuple[str, ...]] = ("pairing",)
    rounding: ClassVar[Literal["once", "twice"] | None] = "twice"

    @classmethod
    def read(cls, operator: Operator) -> Self:
        """Read it; see `Layer.read`."""
        operands = (operator.get_operand(0), operator.get_operand(1))
        constants = [operand for operand in operands if operand not in operator.inputs]
        output = operator.output
        pairing = find_pairing(operands[0].shape, operands[1].shape, output.shape)
        if pairing is None:
            first, second = (operand.shape for operand in operands)
            raise operator.refuse(f"{operator.kind} of {first} and {second} can't be written in C")
        limits = (
            operator.read_limits() if hasattr(operator.raw.builtinOptions, "fusedActivationFunction") else NO_LIMITS
        )
        constant = operator.read_values(operands.index(constants[0])) if constants else None
        if constant is not None and constant.dtype != ("float32" if output.scale is None else "int8"):
            raise operator.refuse(f"{operator.kind} with a constant of {constant.dtype} can't be written in C")
        tensors = operator.read_tensors(len(operator.inputs))
        layer = cls(**tensors, operands=operands, constant=constant, pairing=pairing, limits=limits)
        layer.check(operator)
        return layer

    def check(self, operator: Operator) -> None:
        """Refuse scales that can't be computed with."""

    def compute_multipliers(self, options: Options) -> list[float]:
        """Return what whole numbers are multiplied by."""
        return []

    @property
    def scales(self) -> tuple[Scale, Scale, Scale]:
        """Scales of the operands and of the output."""
        first, second = map(require_scale, self.operands)
        return first, second, require_scale(self.output)

    def list_tables(self, options: Options) -> Tables:
        """Return the constant, and the multipliers."""
        tables: Tables = {}
        if self.constant is not None:
            stored = self.constant if not self.quantized else (self.constant.astype(np.int16) + BYTE).astype(np.uint8)
            tables["constant"] = stored
        real = self.compute_multipliers(options) if self.quantized else []
        return tables | list_multipliers(self.name, np.array(real)) if real else tables

    def write_constant(self, name: str, options: Options) -> str:
        """Return the struct of whole numbers, or that of the pairing alone."""
        if not (self.quantized and self.rounding):
            return f"static const pairing {name} = {self.pairing.write()};\n"
        zeros = ", ".join(map(format_zero, self.operands))
        quantizer = write_quantizer(name, self.output, self.limits, twice=self.rounds_twice(options))
        return f"static const {self.kernel}_layer {name} = {{{self.pairing.write()}, {zeros}, {quantizer}}};\n"

    def list_arguments(self, name: str) -> list[str]:
        """Return how the inputs meet, and what is done with them."""
        limited = not self.quantized and self.rounding
        return [f"&{name}", *(format_limits(self.limits, self.output) if limited else [])]

    def list_calls(self, name: str, inputs: Sequence[str], output: str, scratch: Sequence[str]) -> Iterator[str]:
        """Give one call, in which a constant is a table, with the steps of operands and output."""
        pointers = list(inputs)
        if self.constant is not None:
            pointers.insert(int(self.operands[0] in self.inputs), f"{name}_constant")
        for call in super().list_calls(name, pointers, output, scratch):
            yield call + describe_steps(self.operands, self.output)


class Add(Pair):
    """ADD."""

    kernel: ClassVar[str] = "add"

    def check(self, operator: Operator) -> None:
        """Refuse an output that has far finer steps than the inputs."""
        if self.quantized and find_sum_ratios(*self.scales)[0] >= 1:
            raise operator.refuse("the scale of its output is far too small for its inputs", "train the model again")

    def compute_multipliers(self, options: Options) -> list[float]:
        """Return those of the sum, the first input and the second input."""
        return list(find_sum_ratios(*self.scales))


class Subtract(Add):
    """SUB."""

    kernel: ClassVar[str] = "subtract"


class Multiply(Pair):
    """MUL."""

    kernel: ClassVar[str] = "multiply"

    def compute_multipliers(self, options: Options) -> list[float]:
        """Return that of the product."""
        return [find_product_ratio(*self.scales, micro=options.rounding == "tflm")]


class PRelu(Pair):
    """PRELU: the second operand holds slopes."""

    kernel: ClassVar[str] = "prelu"

    def compute_multipliers(self, options: Options) -> list[float]:
        """Return those of values above 0, and of products of those below; LiteRT's are of single precision."""
        first, slopes, after = (scale.scale for scale in self.scales)
        if options.rounding == "tflm":
            return [first / after, first * slopes / after]
        single = np.float32(first) / np.float32(after)
        return [float(single), float(np.float32(first) * np.float32(slopes) / np.float32(after))]

    def list_arguments(self, name: str) -> list[str]:
        """Return how values and slopes meet, and what is done with them."""
        return [f"&{name}"]


class Extreme(Pair, ABC):
    """The larger or the smaller of two, which have one scale."""

    rounding: ClassVar[Literal["once", "twice"] | None] = None

    def check(self, operator: Operator) -> None:
        """Refuse different scales, which LiteRT compares as if they were one."""
        if self.quantized and len(set(self.scales)) > 1:
            raise operator.refuse(f"{operator.kind} of different scales can't be written in C", "convert it again")


class Maximum(Extreme):
    """MAXIMUM."""

    kernel: ClassVar[str] = "maximum"


class Minimum(Extreme):
    """MINIMUM."""

    kernel: ClassVar[str] = "minimum"
