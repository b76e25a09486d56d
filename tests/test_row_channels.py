"""Three channels that hold the same, flattened to one row: 28 x 28 x 3 or 3 x 28 x 28 values, in every verb."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from edgemnist import Gate, export, inspect, kit, load_dataset, predict, verify
from edgemnist.contract.tensors import ChannelOrder
from edgemnist.errors import ExportError, ModelError
from edgemnist.formats import ModelFile
from edgemnist.quiet import quiet
from edgemnist.trust import trust
from tests.conftest import slow

SEVEN = "examples/python/seven.png"
Linear = tuple[NDArray[np.float32], NDArray[np.float32]]
TAKEN: dict[ChannelOrder, str] = {
    "last": "float32 (2352) in [0, 1]: pixel / 255, three channels pixel by pixel",
    "first": "float32 (2352) in [0, 1]: pixel / 255, three channels one after the other",
}


@pytest.fixture(scope="module")
def weights() -> Linear:
    """A linear classifier by least squares: it takes [0, 1], and is right on about 85 %."""
    training = load_dataset().training
    design = np.c_[training.images[:8000].reshape(-1, 784) / 255, np.ones(8000)]
    solved = 10 * np.linalg.solve(design.T @ design + 10 * np.eye(785), design.T @ np.eye(10)[training.labels[:8000]])
    return solved[:-1].astype(np.float32), solved[-1].astype(np.float32)


def spread(weights: Linear, order: ChannelOrder) -> Linear:
    """The same classifier of three channels; each has another share in it, as it has in a network that was trained."""
    shares = np.array([0.2, 0.5, 0.3], np.float32)
    stacked = np.stack([share * weights[0] for share in shares], axis=0 if order == "first" else 1)
    return stacked.reshape(2352, 10), weights[1]


def write(folder: Path, format: str, weights: Linear) -> Path:
    """A file from elsewhere."""
    path = folder / f"theirs.{format}"
    if format == "onnx":
        return write_onnx(path, weights)
    import keras

    model = keras.Sequential([keras.Input((2352,)), keras.layers.Dense(10, activation="softmax")])
    model.set_weights(list(weights))
    if format == "keras":
        model.save(path)
        return path
    import tensorflow as tf

    with quiet():
        path.write_bytes(tf.lite.TFLiteConverter.from_keras_model(model).convert())
    return path


def write_onnx(path: Path, weights: Linear) -> Path:
    nodes = [
        helper.make_node("Gemm", ["x", "w", "b"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes, "theirs", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 2352])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 10])],
        [numpy_helper.from_array(values, name) for values, name in zip(weights, "wb", strict=True)],
    )  # fmt: skip
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


@pytest.mark.parametrize(
    ("format", "order"),
    [("onnx", "first"), slow("onnx", "last"), slow("tflite", "last"), slow("keras", "first")],
)
@pytest.mark.usefixtures("stranger")
def test_every_verb_gives_a_row_in_the_order_that_it_takes(
    tmp_path: Path, weights: Linear, format: str, order: ChannelOrder
) -> None:
    path = write(tmp_path, format, spread(weights, order))
    (verdict,) = verify(path, gate=Gate(min_accuracy=0.84)).verdicts
    assert verdict.measurement, verdict.error
    assert verdict.measurement.input == TAKEN[order]
    assert verdict.measurement.score.accuracy > 0.84
    said: list[str] = []
    (answer,) = predict(path, SEVEN, report=said.append)
    assert answer.label == "7"
    assert TAKEN[order] in said[0]
    if format == "keras":  # each child process would load TensorFlow
        trust(ModelFile.read(path).hashes)
    inspection = inspect(path, write_contract=tmp_path / f"copy.{format}")
    assert inspection.contract.input.row_order == order
    assert ModelFile.read(tmp_path / f"copy.{format}").contract.input.row_order == order
    (again,) = verify(tmp_path / f"copy.{format}", against=path, limit=1_000).verdicts
    assert again.measurement.comparison.agreement == 1
    if format != "keras":
        with pytest.raises(ModelError, match=r"it takes 3 channels, and .* knows one grey image, row by row"):
            kit("web", path, tmp_path / "kit", unverified=True)


@pytest.mark.slow
@pytest.mark.usefixtures("converter_here")
@pytest.mark.parametrize("order", ["last", "first"])
def test_a_row_is_exported_as_it_is_or_as_raw_pixels(
    tmp_path: Path, tenth: Path, weights: Linear, order: ChannelOrder
) -> None:
    path, forms = write(tmp_path, "keras", spread(weights, order)), (("onnx", None), ("onnx", "int8"), ("tflite", None))
    for raw in (False, True):
        for format, quantize in (*forms, ("tflite", "int8")):
            options: dict[str, Any] = {"raw_input": True} if raw else {}
            (artifact,) = export(path, format, quantize, data=tenth, output=tmp_path / str(raw), **options)
            taken = ModelFile.read(artifact.path).contract.input
            assert (taken.shape, taken.row_order) == (((28, 28), None) if raw else ((2352,), order))
        report = verify(tmp_path / str(raw), path, gate=Gate(min_accuracy=0.8, min_agreement=0.97, max_drop=2))
        words = [verdict.word for verdict in report.verdicts if verdict.format != "keras"]
        assert words == 4 * ["passed"], [verdict.reasons for verdict in report.verdicts]
    for quantize in (None, "int8"):
        with pytest.raises(ExportError, match=r"C: the model takes three channels \(.*2352.*\), and C knows one grey"):
            export(path, "c", quantize, data=tenth, output=tmp_path / "c")
