"""Functions of one value as steps, one an operator, in the order in which they are computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from edgemnist.exporters.c.graph import NO_LIMITS, Limits, Scale, Tensor

Type = Literal["int8", "float32", "bool"]
# Steps that a function may have: files from elsewhere may go on without end.
MOST_STEPS = 64


@dataclass(frozen=True, eq=False)
class Value:
    """A number that a step reads or makes.

    Args:
        type: Type that it is stored in.
        scale: Scale of an int8 value; None for others.
    """

    type: Type
    scale: Scale | None


@dataclass(frozen=True, eq=False)
class Constant(Value):
    """A number that is the same for all inputs.

    Args:
        stored: Number as it is stored.
    """

    stored: float


@dataclass(frozen=True, eq=False)
class Step(Value):
    """One operator over values.

    Args:
        kind: Name of the operator: "TANH".
        inputs: What it reads: the function's own input, constants, and steps before it.
        parameters: What else it takes, by the names of TFLite's options.
        limits: Real values that its activation function lets through.
    """

    kind: str
    inputs: tuple[Value, ...]
    parameters: Mapping[str, float]
    limits: Limits = NO_LIMITS


@dataclass(frozen=True, eq=False)
class Function:
    """A function of one value.

    Args:
        name: Name of the layer.
        source: Tensor whose values it is of.
        argument: One of these values.
        steps: In an order in which they can be computed; the last one is the function's value.
    """

    name: str
    source: Tensor
    argument: Value
    steps: tuple[Step, ...] = ()

    @property
    def result(self) -> Value:
        """What it makes of the argument."""
        return self.steps[-1] if self.steps else self.argument


def join_steps(functions: list[Function]) -> tuple[Step, ...]:
    """Return the steps of several functions of one tensor, each once."""
    return tuple(dict.fromkeys(step for function in functions for step in function.steps))
