"""What separates a broken conversion from a coarse one: the bounds, from both sides."""

from __future__ import annotations

import numpy as np
import pytest

from edgemnist.errors import ExportError
from edgemnist.exporters import find_form
from edgemnist.exporters.checks import check_answers, check_size

# All weights and biases of a network, and how many of them are in matrices.
PARAMETERS, KERNELS = 100_000, 90_000


@pytest.mark.parametrize(
    ("form", "least", "most"),
    [
        (("tflite", None), 324_000, 505_536),
        (("onnx", "float16"), 162_000, 505_536),
        (("onnx", "dynamic"), 81_000, 505_536),
        (("tflite", "int8"), 81_000, 505_536),
        (("tflite", "int16x8"), 81_000, 505_536),
        (("c", None), 324_000, 2_265_536),
        (("c", "int8"), 81_000, 2_265_536),
    ],
)
def test_a_file_is_as_large_as_its_weights(form, least: int, most: int) -> None:
    """Nine tenths of the kernels at least; all as floats, a tenth more and 64 KiB at most; as text five times that."""
    row = find_form(*form)
    for size in (least, most):
        check_size(row, size, PARAMETERS, KERNELS)
    for size in (least - 1, most + 1):
        with pytest.raises(ExportError, match=f"came out broken: {size:,} bytes for 100,000 weights, expected"):
            check_size(row, size, PARAMETERS, KERNELS)


def answer(moved: int, by: float, images: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """Answers of two classes, some of which moved to the other class by a difference of the probability."""
    expected = np.tile(np.array([[0.5 + by / 2, 0.5 - by / 2]], np.float32), (images, 1))
    found = expected.copy()
    found[:moved] = expected[:moved, ::-1]
    return found, expected


@pytest.mark.parametrize(
    ("form", "moved", "by"),
    [
        (("onnx", None), 0, 0.0),
        (("onnx", None), 64, 0.0009),  # within the tie margin, which says nothing
        (("onnx", "float16"), 2, 0.0499),
        (("onnx", "int8"), 10, 0.9),
        (("tflite", "int8"), 64, 0.05),
        (("tflite", "dynamic"), 10, 1.0),
        (("tflite", "int16x8"), 10, 1.0),
    ],
)
def test_a_coarse_conversion_is_kept(form, moved: int, by: float) -> None:
    check_answers(find_form(*form), *answer(moved, by))


@pytest.mark.parametrize(
    ("form", "moved", "by"),
    [
        (("onnx", None), 1, 0.06),
        (("onnx", None), 1, 0.0011),
        (("onnx", "float16"), 1, 0.0501),
        (("onnx", "int8"), 11, 0.06),
        (("tflite", "int8"), 11, 0.06),
        (("tflite", "dynamic"), 11, 0.06),
        (("tflite", "int16x8"), 11, 0.06),
    ],
)
def test_a_broken_conversion_is_refused(form, moved: int, by: float) -> None:
    with pytest.raises(ExportError, match=r"came out broken: \d+ of 64 answers are not the Keras model's"):
        check_answers(find_form(*form), *answer(moved, by))


def test_answers_that_are_no_numbers_are_refused() -> None:
    found, expected = answer(0, 0.9)
    found[3] = np.nan
    for form in (("onnx", None), ("tflite", "int8")):
        with pytest.raises(ExportError, match="a probability differs by nan"):
            check_answers(find_form(*form), found, expected)
