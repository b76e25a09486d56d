"""What a step over whole numbers is computed from, and how it is rounded."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.exporters.c.fixedpoint import convert_multipliers, find_limits, rescale
from edgemnist.exporters.c.functions.steps import Step, Value
from edgemnist.exporters.c.graph import Scale

Stored = NDArray[Any]
LOW = -128
HIGH = 127


class Operands:
    """What a step over whole numbers is computed from.

    Args:
        name: Name of the layer, for messages.
        step: The step.
        inputs: Stored values.
        micro: As TFLite Micro computes it.
    """

    def __init__(self, name: str, step: Step, inputs: list[Stored], micro: bool) -> None:
        self.step, self.inputs, self.micro = step, inputs, micro
        self._name = name

    @property
    def layer(self) -> str:
        """Name of the layer, for messages."""
        return self._name

    @property
    def scales(self) -> list[Scale]:
        """Scales of the inputs."""
        return [take_scale(value) for value in self.step.inputs]

    @property
    def three_scales(self) -> tuple[Scale, Scale, Scale]:
        """Scales of two inputs and the output."""
        first, second = self.scales
        return first, second, self.output

    @property
    def output(self) -> Scale:
        """Scale of the output."""
        return take_scale(self.step)

    def center(self) -> list[Stored]:
        """Return the inputs less their zero points, int64."""
        pairs = zip(self.inputs, self.scales, strict=True)
        return [values.astype(np.int64) - scale.zero_point for values, scale in pairs]

    def rescale(self, values: Stored, real: float) -> Stored:
        """Return values times a real number, rounded twice."""
        multipliers, shifts = convert_multipliers(self._name, [real])
        return rescale(values, int(multipliers[0]), int(shifts[0]), twice=True)

    def finish(self, values: Stored) -> Stored:
        """Return values in the output's steps as they are stored: with the zero point, clamped."""
        low, high = find_limits(self.step.limits, self.output)
        return np.asarray(np.clip(values + self.output.zero_point, low, high))


def take_scale(value: Value) -> Scale:
    """Return the scale of an int8 value."""
    assert value.scale is not None, "a value of another type"
    return value.scale


def dequantize(values: Stored, scale: Scale) -> Stored:
    """Return whole numbers as float32."""
    return np.asarray(scale.scale * (values.astype(np.int64) - scale.zero_point), np.float32)


def round_away(values: Stored) -> Stored:
    """Return the nearest whole number, half away from zero, as int64."""
    sizes = np.abs(values)
    whole = np.floor(sizes)
    return np.asarray(np.copysign(whole + (sizes - whole >= 0.5), values), np.int64)


def quantize(values: Stored, scale: Scale) -> Stored:
    """Return float32 as whole numbers."""
    steps = np.clip(values / np.float32(scale.scale), -1e6, 1e6)
    return np.asarray(np.clip(round_away(steps) + scale.zero_point, LOW, HIGH))


def divide_scales(before: Scale, after: Scale, factor: float = 1.0) -> float:
    """Return the scale of the input, times a factor, over that of the output, in single precision."""
    return float(np.float32(before.scale) * np.float32(factor) / np.float32(after.scale))
