"""Real scales as whole numbers, against TFLite's own formulas in plain Python."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edgemnist.errors import ExportError
from edgemnist.exporters import Options
from edgemnist.exporters.c.fixedpoint import find_limits, rescale
from edgemnist.exporters.c.functions.gemmlowp import compute_logistic, compute_tanh
from edgemnist.exporters.c.graph import NO_LIMITS, Layer, Limits, Scale, Tensor
from edgemnist.exporters.c.layers.dense import Dense
from edgemnist.exporters.c.layers.pair import Add, Multiply, Pairing, find_pairing
from edgemnist.exporters.c.layers.reduce import Mean
from edgemnist.exporters.c.layers.rescaling import Rescaling
from edgemnist.exporters.c.layers.resize import ResizeBilinear, ResizeNearest


def quantize_multiplier(real: float) -> tuple[int, int]:
    """`QuantizeMultiplier` of TFLite: real = multiplier / 2^shift, with 31 bits."""
    fraction, exponent = math.frexp(real)
    multiplier = math.floor(fraction * 2**31 + 0.5)
    if multiplier == 2**31:
        multiplier, exponent = multiplier // 2, exponent + 1
    return multiplier, 31 - exponent


def divide_in_float32(before: float, after: float) -> float:
    return float(np.float32(before) / np.float32(after))


def convert(layer: Layer, options: Options = Options()) -> list[tuple[int, int]]:  # noqa: B008  (frozen)
    tables = layer.list_tables(options)
    multipliers, shifts = tables["multipliers"], tables["shifts"]
    assert (multipliers.dtype, shifts.dtype) == (np.int32, np.uint8)
    return list(zip(multipliers.tolist(), shifts.tolist(), strict=True))


def between(before: float, after: float, limits: Limits = NO_LIMITS) -> Layer:
    """A change of scale."""
    first, second = (Tensor("x", (1, 8), Scale(scale, 0)) for scale in (before, after))
    return Rescaling("step", (first,), second, limits)


@given(st.floats(1e-3, 1), st.floats(1e-3, 1))
def test_without_weights_scales_are_divided_in_double(before: float, after: float) -> None:
    assert convert(between(before, after)) == [quantize_multiplier(before / after)]


@given(st.floats(1e-3, 1), st.floats(1e-3, 1), st.sampled_from([(0.0, None), (None, 6.0), (0.0, 6.0)]))
def test_a_relu_that_stands_alone_is_divided_in_single_precision(before: float, after: float, limits) -> None:
    assert convert(between(before, after, limits)) == [quantize_multiplier(divide_in_float32(before, after))]


def test_the_two_precisions_differ_where_it_is_asked() -> None:
    """Otherwise the two tests above would hold whichever branch is taken."""
    before, after = 0.1, 0.3
    assert quantize_multiplier(before / after) == (1431655765, 32)
    assert quantize_multiplier(divide_in_float32(before, after)) == (1431655680, 32)
    assert convert(between(before, after)) == [(1431655765, 32)]
    assert convert(between(before, after, (0.0, None))) == [(1431655680, 32)]


def test_weights_have_a_multiplier_an_output() -> None:
    scales = np.array([0.01, 0.02, 0.3])
    tensors = (Tensor("x", (1, 8), Scale(0.1, 0)),), Tensor("y", (1, 3), Scale(0.7, 0))
    layer = Dense("x", *tensors, np.zeros((3, 8), np.int8), scales, np.zeros(3, np.int32), (0.0, None))
    assert convert(layer) == [quantize_multiplier(0.1 * scale / 0.7) for scale in scales.tolist()]


def test_a_fraction_that_rounds_up_to_one_is_half_of_twice_as_much() -> None:
    assert convert(between(1 - 2**-40, 1.0)) == [(2**30, 30)]


@pytest.mark.parametrize(("positions", "channels"), [(49, 2), (64, 1), (63, 1), (49, 16)])
def test_a_mean_divides_in_its_multiplier(positions: int, channels: int) -> None:
    """`QuantizedMeanOrSum`: shifted left by the bits of the count, divided, and shifted right by as many more."""
    multiplier, shift = quantize_multiplier(0.3 / 0.2)
    bits = positions.bit_length() - 1
    ends = (Tensor("x", (1, positions, 1, channels), Scale(0.3, 0)),), Tensor("y", (1, channels), Scale(0.2, 0))
    assert convert(Mean("x", *ends, rows=1, positions=positions, channels=channels)) == [
        ((multiplier << bits) // positions, shift + bits)
    ]


@given(st.floats(1e-3, 1), st.floats(1e-3, 1), st.floats(1e-3, 1))
def test_a_sum_brings_both_inputs_to_half_of_the_larger_scale(first: float, second: float, after: float) -> None:
    twice = 2 * max(first, second)
    expected = [twice / (2**20 * after), first / twice, second / twice]
    assert convert(pair(Add, first, second, after)) == [quantize_multiplier(real) for real in expected]


def pair(kind: type[Add | Multiply], first: float, second: float, after: float) -> Layer:
    tensors = [Tensor(str(scale), (1, 8), Scale(scale, 0)) for scale in (first, second, after)]
    operands = (tensors[0], tensors[1])
    return kind("x", operands, tensors[2], operands, None, Pairing(1, 8, 8, 1, 8, 1), NO_LIMITS)


@given(st.floats(1e-3, 1), st.floats(1e-3, 1), st.floats(1e-3, 1))
def test_a_product_is_computed_in_single_precision_but_by_tflite_micro(
    first: float, second: float, after: float
) -> None:
    single = np.float32(first) * np.float32(second) / np.float32(after)
    layer = pair(Multiply, first, second, after)
    assert convert(layer) == [quantize_multiplier(float(single))]
    assert convert(layer, Options(rounding="tflm")) == [quantize_multiplier(first * second / after)]


@given(st.lists(st.tuples(st.integers(1, 4), st.sampled_from("abx")), min_size=1, max_size=4))
def test_operands_are_repeated_as_numpy_repeats_them(axes: list[tuple[int, str]]) -> None:
    """Axes that the first, the second or none of the operands repeats."""
    output = tuple(size for size, _ in axes)
    first, second = (tuple(1 if who == name else size for size, who in axes) for name in "ab")
    found = find_pairing(first, second, output)
    groups = [who for size, who in axes if size > 1]
    assert (found is None) == (sum(one != other for one, other in itertools.pairwise(groups)) > 1)
    if found is None:
        return
    for shape, row, step in ((first, found.first_row, found.first_step), (second, found.second_row, found.second_step)):
        places = np.arange(found.rows)[:, None] * row + np.arange(found.count) * step
        expected = np.broadcast_to(np.arange(np.prod(shape)).reshape(shape), output)
        assert np.array_equal(places.ravel(), expected.ravel())


@given(st.integers(-(2**24), 2**24), st.integers(2**30, 2**31 - 1), st.integers(1, 62))
def test_products_are_rounded_once_or_twice(value: int, multiplier: int, shift: int) -> None:
    """By plain Python numbers: half away from zero; or before that to the nearest of 31 bits."""
    if value << max(0, 31 - shift) >= 2**31 or value << max(0, 31 - shift) < -(2**31):
        return
    once, twice = (int(rescale(np.array([value]), multiplier, shift, twice=way)[0]) for way in (False, True))
    exact = Fraction(value * multiplier, 2**shift)
    assert once == int(math.copysign(math.floor(abs(exact) + Fraction(1, 2)), exact))
    high = Fraction((value << max(0, 31 - shift)) * multiplier, 2**31)
    nearest = math.floor(high + Fraction(1, 2))
    last = Fraction(nearest, 2 ** max(0, shift - 31))
    assert twice == int(math.copysign(math.floor(abs(last) + Fraction(1, 2)), last))


def test_fixed_point_functions_are_near_the_real_ones() -> None:
    values = np.linspace(-(2**31) + 1, 2**31 - 1, 9999).astype(np.int64)
    real = values / 2**27
    assert np.abs(compute_tanh(values) / 2**31 - np.tanh(real)).max() < 1e-6
    assert np.abs(compute_logistic(values) / 2**31 - 1 / (1 + np.exp(-real))).max() < 1e-6


def test_a_shift_that_no_kernel_takes_is_refused() -> None:
    for exponent, shift in ((30, 1), (-31, 62)):
        assert convert(between(2.0 ** (exponent - 1), 1.0)) == [(2**30, shift)]
    for exponent, shift in ((31, 0), (-32, 63)):
        with pytest.raises(ExportError, match=f"layer step: its scales ask for a shift by {shift} to {shift} bits"):
            convert(between(2.0 ** (exponent - 1), 1.0))


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ((None, None), (-128, 127)),
        ((0.0, None), (-28, 127)),
        ((0.0, 6.0), (-28, 92)),
        ((-1.0, 1.0), (-48, -8)),
        ((-0.025, 0.025), (-29, -27)),  # half a step goes away from zero
        ((-0.024, 0.024), (-28, -28)),
        ((-100.0, 100.0), (-128, 127)),
    ],
)
def test_an_activation_function_is_a_range_of_whole_numbers(limits, expected: tuple[int, int]) -> None:
    assert find_limits(limits, Scale(0.05, -28)) == expected


@given(st.integers(1, 40), st.integers(1, 2100), st.booleans(), st.booleans(), st.booleans())
@example(
    before=1, after=62, aligned=False, centered=False, quantized=True
)  # where TFLite's own place lies behind the last
@example(before=7, after=172, aligned=False, centered=False, quantized=True)
@example(before=1, after=2000, aligned=False, centered=True, quantized=True)
def test_resizing_reads_no_place_outside(
    before: int, after: int, aligned: bool, centered: bool, quantized: bool
) -> None:
    scale = Scale(0.5, 0) if quantized else None
    tensors = (Tensor("x", (1, before, before, 1), scale),), Tensor("y", (1, after, after, 1), scale)
    nearest = ResizeNearest("x", *tensors, aligned=aligned, centered=centered).find_places(before, after)
    assert nearest.shape == (after,)
    assert 0 <= nearest.min() <= nearest.max() < before
    places = ResizeBilinear("x", *tensors, aligned=aligned, centered=centered).find_places(before, after)
    assert places.shape == (after, 3)
    assert 0 <= places[:, :2].min() <= places[:, :2].max() < before
    if quantized:  # in 1024ths: the kernel multiplies two of them by a byte in 32 bits
        assert -1024 <= places[:, 2].min() <= places[:, 2].max() <= 1024


def test_a_place_in_the_middle_is_rounded_as_it_lies() -> None:
    """Half of it added, 0.49999997 would be a whole one in single precision."""
    tensors = (Tensor("x", (1, 2, 2, 1), None),), Tensor("y", (1, 83, 83, 1), None)
    places = ResizeNearest("x", *tensors, aligned=True, centered=False).find_places(2, 83)
    assert places.tolist() == [0] * 41 + [int(41 * np.float32(1 / 82) >= 0.5)] + [1] * 41
