"""Constants with their steps: what scales and offsets make of them."""

from __future__ import annotations

import numpy as np
import pytest

from edgemnist.formats.weights.layouts import Stored, store_floats, store_integers

FLOATS = store_floats(np.array([1, 0], np.float32))
INTEGERS = store_integers(np.array([3, -4], np.int8), np.array(0.5))
# Whole numbers that happen to be 0: another 0 lies a step away.
ZEROS = store_integers(np.array([0, 0], np.int8), np.array(0.25))


def describe(stored: Stored) -> tuple[list[float], list[float], str, int]:
    return stored.values.tolist(), stored.steps.tolist(), stored.type, stored.levels


@pytest.mark.parametrize(
    ("constant", "offsets", "expected"),
    [
        (FLOATS, INTEGERS, ([2.5, -2], [0.5, 0.5], "float32", 0)),
        (INTEGERS, FLOATS, ([2.5, -2], [0.5, 0.5], "int8", 0)),
        (INTEGERS, INTEGERS, ([3, -4], [1, 1], "int8", 0)),
        (ZEROS, FLOATS, ([1, 0], [0.25, 0.25], "int8", 0)),
        (store_floats(np.zeros(2, np.float32)), INTEGERS, ([1.5, -2], [0.5, 0.5], "int8", 127)),
    ],
)
def test_an_offset_is_added_with_its_steps_or_is_all_there_is(
    constant: Stored, offsets: Stored, expected: tuple[list[float], list[float], str, int]
) -> None:
    assert describe(constant.add(offsets)) == expected


@pytest.mark.parametrize(
    ("constant", "factors", "expected"),
    [
        (INTEGERS, store_floats(np.array([2, -2], np.float32)), ([3, 4], [1, 1], "int8", 127)),
        (INTEGERS, store_floats(np.array(3, np.float32)), ([4.5, -6], [1.5, 1.5], "int8", 127)),
        (INTEGERS, INTEGERS, ([2.25, 4], [1.5, 2], "int8", 0)),
        (FLOATS, INTEGERS, ([1.5, 0], [0.5, 0], "float32", 0)),
    ],
)
def test_a_factor_scales_the_steps_and_adds_its_own(
    constant: Stored, factors: Stored, expected: tuple[list[float], list[float], str, int]
) -> None:
    assert describe(constant.multiply(factors)) == expected
