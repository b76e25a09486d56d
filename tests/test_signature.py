"""What a file takes and gives: suggested by its tensors, claimed by its contract, and compared."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from edgemnist.comparison.question import Statement
from edgemnist.contract import Contract, Input, Output
from edgemnist.errors import ModelError, UsageError
from edgemnist.formats import ModelFile
from edgemnist.runtimes import open_here
from edgemnist.runtimes.base import Request
from edgemnist.runtimes.signature import count_scores, settle_signature, suggest_input

PATH = Path("model.onnx")


@pytest.mark.parametrize(
    ("shape", "dtype", "quantization", "expected"),
    [
        ((1, 784), "float32", (0.0, 0), Input("x", (784,))),
        (("n", 28, 28, 1), "float16", (0.0, 0), Input("x", (28, 28, 1), "float16")),
        ((None, 1, 28, 28), "uint8", (0.0, 0), Input("x", (1, 28, 28), "uint8", (0.0, 255.0))),
        ((1, 784), "uint8", (0.5, 3), Input("x", (784,), "uint8", (0.0, 1.0), 0.5, 3)),
        ((1, 28, 28), "int8", (1 / 255, -128), Input("x", (28, 28), "int8", (0.0, 1.0), 1 / 255, -128)),
        ((1, 784), "int16", (0.25, 0), Input("x", (784,), "int16", (0.0, 1.0), 0.25, 0)),
        (("n", "h", "w"), "float32", (0.0, 0), Input("x", (28, 28))),
        ((1, 3, None, "w"), "float64", (0.0, 0), Input("x", (3, 28, 28), "float64")),
        (("n", 2352), "float32", (0.0, 0), Input("x", (2352,), row_order="last")),
    ],
)
def test_an_input_is_suggested_by_its_tensor(shape, dtype: str, quantization, expected: Input) -> None:
    assert suggest_input(PATH, "x", shape, dtype, quantization) == expected


@pytest.mark.parametrize(
    ("shape", "dtype", "message"),
    [
        ((1, "h", "w", 4), "float32", "input x has an open shape (1, 'h', 'w', 4), expected (batch, 784)"),
        ((1, 0, 784), "float32", "input x has an open shape (1, 0, 784)"),
        ((1, -1, 784), "float32", "input x has an open shape (1, -1, 784)"),
        ((784,), "float32", "input x takes (), expected 28 x 28 = 784 values"),
        ((1, 783), "float32", "input x takes (783,), expected 28 x 28 = 784 values"),
        ((1, 2, 28, 28), "float32", "input x takes (2, 28, 28), expected 28 x 28 = 784 values"),
        ((1, 784), "tensor(int64)", "input x is tensor(int64), expected float32, float16, float64, uint8, int8, int16"),
    ],
)
def test_an_input_that_no_image_fits_is_refused(shape, dtype: str, message: str) -> None:
    with pytest.raises(ModelError, match=rf"^model\.onnx: {re.escape(message)}"):
        suggest_input(PATH, "x", shape, dtype, (0.0, 0))


@pytest.mark.parametrize(
    ("shape", "layout", "expected"),
    [
        ((None, "a", "b", "c"), None, (28, 28, 1)),
        ((None, "a", "b", "c"), "hwc", (28, 28, 1)),
        ((None, "a", "b", "c"), "chw", (1, 28, 28)),
        ((None, 3, "b", "c"), "chw", (3, 28, 28)),
        ((None, "a"), "flat", (784,)),
        ((None, "a", "b"), "hwc", (28, 28)),
        ((None, 1, 28, 28), "hwc", (1, 28, 28)),
    ],
)
def test_a_layout_is_taken_where_sizes_are_open(shape, layout: str | None, expected: tuple[int, ...]) -> None:
    assert suggest_input(PATH, "x", shape, "float32", (0.0, 0), layout).shape == expected


def test_a_filter_over_channels_first_runs_where_that_is_stated(tmp_path: Path) -> None:
    kernel = np.random.default_rng(0).normal(size=(10, 1, 28, 28)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("Conv", ["x", "kernel"], ["maps"]), helper.make_node("Flatten", ["maps"], ["scores"])],
        "open",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", "c", "h", "w"])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", 10])],
        [numpy_helper.from_array(kernel, "kernel")],
    )  # fmt: skip
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), tmp_path / "open.onnx"
    )
    file, images = ModelFile.read(tmp_path / "open.onnx"), np.full((2, 28, 28), 255, np.uint8)
    with open_here(file, request=Request(input_layout="chw")) as runtime:
        assert np.allclose(runtime.run(images).outputs, kernel.sum(axis=(1, 2, 3)), atol=1e-3)
    with open_here(file) as runtime, pytest.raises(ModelError, match="ONNX Runtime stopped inside the model"):
        runtime.run(images)


def test_a_layout_that_contradicts_the_sizes_is_refused() -> None:
    with pytest.raises(ModelError, match="input x has an open shape"):
        suggest_input(PATH, "x", (None, 1, "b", "c"), "float32", (0.0, 0), "hwc")
    with pytest.raises(UsageError, match="`input_layout` 'nhwc': one of hwc, chw, flat was expected"):
        Statement(input_layout="nhwc")


@pytest.mark.parametrize(("shape", "classes"), [([1, 10], 10), (["n", 2], 2), ([1, 1, 10], 10), ([1, 10, 1, 1], 10)])
def test_scores_are_counted_past_sizes_of_one(shape, classes: int) -> None:
    assert count_scores(PATH, shape) == classes


@pytest.mark.parametrize("shape", [[1, 1], ["n", 1], ["n"], [1], [64, 1, 1]])
def test_one_score_is_for_two_classes(shape) -> None:
    assert count_scores(PATH, shape) == count_scores(PATH, shape, 2) == 1
    with pytest.raises(ModelError, match="expected one score a class"):
        count_scores(PATH, shape, 10)


@pytest.mark.parametrize("shape", [[], [10], [1, 2, 5], ["n", "m"], [1, 0]])
def test_what_is_no_score_a_class_is_refused(shape) -> None:
    with pytest.raises(ModelError, match=rf"output shape {re.escape(str(tuple(shape)))}, expected one score a class"):
        count_scores(PATH, shape)


FOUND = (Input("pixels", (784,), "int8", (0.0, 1.0), 0.5, 3), Output("probs", "uint8", "unknown", 0.25, 4))
CLAIMED = Contract(
    Input("pixels", (784,), "int8", (-1.0, 1.0), 0.5, 3), Output("probs", "uint8", "logits", 0.25, 4), ("a", "b", "c")
)


def test_without_a_contract_the_tensors_are_believed_and_with_one_what_they_do_not_say() -> None:
    """A range and a kind are in no tensor."""
    assert settle_signature(PATH, None, *FOUND, 3) == (*FOUND, 3)
    assert settle_signature(PATH, CLAIMED, *FOUND, 3) == (CLAIMED.input, CLAIMED.output, 3)


@pytest.mark.parametrize("side", ["input", "output"])
@pytest.mark.parametrize(
    ("field", "value"), [("name", "other"), ("dtype", "float32"), ("scale", 0.75), ("scale", None), ("zero_point", 5)]
)
def test_a_contract_of_other_tensors_is_refused(side: str, field: str, value: object) -> None:
    contract = replace(CLAIMED, **{side: replace(getattr(CLAIMED, side), **{field: value})})
    what = {"zero_point": "zero_point|zero point"}.get(field, field)
    with pytest.raises(ModelError, match=rf"says {side} ({what}) {value}, but the model has "):
        settle_signature(PATH, contract, *FOUND, 3)


def test_a_contract_of_another_shape_or_of_other_classes_is_refused() -> None:
    other = replace(CLAIMED, input=replace(CLAIMED.input, shape=(28, 28)))
    with pytest.raises(ModelError, match=r"says input shape \(28, 28\), but the model has \(784,\)"):
        settle_signature(PATH, other, *FOUND, 3)
    colour = Input("pixels", (2352,), row_order="last")
    alone = replace(CLAIMED, input=replace(colour, row_order=None))
    with pytest.raises(ModelError, match="says number of input channels 1, but the model has 3"):
        settle_signature(PATH, alone, colour, FOUND[1], 3)
    with pytest.raises(ModelError, match="says number of classes 3, but the model has 4"):
        settle_signature(PATH, CLAIMED, *FOUND, 4)
