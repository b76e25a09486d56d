"""Real scales as whole numbers: what TFLite's kernels multiply, shift and clamp by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgemnist.errors import ExportError
from edgemnist.exporters.c.graph import Layer, Scale

# What a shift of the 64-bit product may be: TFLite takes exponents from -31 to 30.
SHIFTS = (1, 62)


def convert_multipliers(layer: Layer) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Return the multiplier, 31 bits, and the right shift of each output: real = multiplier / 2^shift.

    Raises:
        ExportError: a scale is out of what TFLite's kernels can hold.

    Source:
        `QuantizeMultiplier` in TFLite's quantization_util: frexp, half away from zero.
    """
    fractions, exponents = np.frexp(_compute_real_multipliers(layer))
    multipliers = np.floor(fractions * 2**31 + 0.5).astype(np.int64)
    exponents = np.where(multipliers == 2**31, exponents + 1, exponents)
    multipliers = np.where(multipliers == 2**31, 2**30, multipliers)
    if layer.kind == "mean":
        multipliers, exponents = _divide(multipliers, exponents, layer.input_size // layer.output_size)
    shifts = 31 - exponents
    if (shifts < SHIFTS[0]).any() or (shifts > SHIFTS[1]).any():
        raise ExportError(
            f"layer {layer.name}: its scales ask for a shift by {shifts.min()} to {shifts.max()} bits, "
            f"expected {SHIFTS[0]} to {SHIFTS[1]}",
            "its weights or activations are far too large or small: train the model again",
        )
    return multipliers.astype(np.int32), shifts.astype(np.uint8)


def _divide(
    multipliers: NDArray[np.int64], exponents: NDArray[np.int32], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Take the division by the number of values into the multiplier, with as many bits as TFLite keeps.

    Source:
        `QuantizedMeanOrSum` in TFLite's reduce.
    """
    bits = np.minimum(count.bit_length() - 1, 31 + exponents)
    return (multipliers << bits) // count, exponents - bits


def _compute_real_multipliers(layer: Layer) -> NDArray[np.float64]:
    """In the precision in which TFLite computes them: in double, but for a ReLU that stands alone."""
    before, after = _require(layer.input), _require(layer.output)
    if layer.weight_scales is not None:
        return before.scale * layer.weight_scales / after.scale
    if layer.limits == (None, None):
        return np.array([before.scale / after.scale])
    return np.array([np.float32(before.scale) / np.float32(after.scale)], np.float64)


def find_limits(layer: Layer) -> tuple[int, int]:
    """Return the smallest and the largest int8 value that the layer's activation function lets through.

    Source:
        `CalculateActivationRangeQuantized` in TFLite's kernel_util.
    """
    after = _require(layer.output)
    low, high = layer.limits
    return (
        -128 if low is None else max(-128, _quantize(low, after)),
        127 if high is None else min(127, _quantize(high, after)),
    )


def _quantize(real: float, scale: Scale) -> int:
    ratio = np.float32(real) / np.float32(scale.scale)
    return scale.zero_point + int(np.copysign(np.floor(np.abs(ratio) + np.float32(0.5)), ratio))


def _require(scale: Scale | None) -> Scale:
    assert scale is not None, "a layer of floats"
    return scale
