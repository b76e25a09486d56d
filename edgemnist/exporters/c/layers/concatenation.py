"""Branches beside each other: at each position the channels of one, then those of the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import ClassVar

from edgemnist.exporters.c.graph import NO_LIMITS, Layer
from edgemnist.exporters.c.operators import LayerTensors, Operator


@dataclass(frozen=True, eq=False)
class Concatenation(Layer):
    """CONCATENATION or PACK of computed tensors, which moves values and changes no scale.

    Args:
        axis: Axis along which they lie beside each other; 0 is the batch.
    """

    axis: int

    kernel: ClassVar[str] = "concatenation"

    @classmethod
    def read(cls, operator: Operator) -> Concatenation:
        """Read it; see `Layer.read`."""
        if len(operator.inputs) != len(operator.raw.inputs):
            raise operator.refuse("a concatenation with a constant can't be written in C")
        tensors = operator.read_tensors(len(operator.inputs))
        if operator.kind == "PACK":
            return cls(**_stack(operator, tensors), axis=operator.options.axis % len(tensors["output"].shape))
        layer = cls(**tensors, axis=operator.options.axis % len(tensors["output"].shape))
        if layer.axis == 0 or any(tensor.shape != layer._expect_shape(tensor.shape) for tensor in layer.inputs):
            shapes = ", ".join(str(tensor.shape) for tensor in layer.inputs)
            raise operator.refuse(f"{shapes} along axis {layer.axis} are not {layer.output.shape} of one image")
        if sum(tensor.shape[layer.axis] for tensor in layer.inputs) != layer.output.shape[layer.axis]:
            raise operator.refuse(f"its inputs don't fill its output along axis {layer.axis}")
        if any(tensor.scale != layer.output.scale for tensor in layer.inputs):
            raise operator.refuse(
                "a concatenation of different scales can't be written in C, nor run by LiteRT",
                "convert the model again",
            )
        if operator.read_limits() != NO_LIMITS:
            raise operator.refuse("a concatenation with an activation function can't be written in C")
        return layer

    def _expect_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The output's, but for the axis."""
        expected = list(self.output.shape)
        if len(shape) == len(expected):
            expected[self.axis] = shape[self.axis]
        return tuple(expected)

    def list_calls(self, name: str, inputs: Sequence[str], output: str, scratch: Sequence[str]) -> Iterator[str]:
        """Give a call an input, which copies it to where it belongs."""
        positions, offset = prod(self.output.shape[: self.axis]), 0
        stride = self.output.size // positions
        for tensor, pointer in zip(self.inputs, inputs, strict=True):
            count = tensor.size // positions
            yield f"run_{self.kernel}({positions}, {count}, {offset}, {stride}, {pointer}, {output});"
            offset += count


def _stack(operator: Operator, tensors: LayerTensors) -> LayerTensors:
    """What is put beside each other along a new axis, as if each had that axis."""
    axis = operator.options.axis % len(tensors["output"].shape)
    shape = (*tensors["output"].shape[:axis], 1, *tensors["output"].shape[axis + 1 :])
    inputs = tensors["inputs"]
    same = {(tensor.size, tensor.scale) for tensor in inputs} == {(prod(shape), tensors["output"].scale)}
    if not same or len(inputs) != tensors["output"].shape[axis]:
        raise operator.refuse("tensors of different shapes or scales can't be stacked")
    return {**tensors, "inputs": tuple(replace(tensor, shape=shape) for tensor in inputs)}
