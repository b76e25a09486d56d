"""One score for two classes, as networks with one sigmoid at their end give it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from edgemnist import (
    EdgeMnistError,
    ExportError,
    ModelError,
    export,
    inspect,
    kit,
    load_dataset,
    open_runtime,
    predict,
    verify,
)
from edgemnist.contract import Contract, Input, Output
from edgemnist.datasets import Dataset
from edgemnist.files import hash_bytes
from edgemnist.trust import trust
from tests.conftest import convert_here

CLASSES = ("three", "five")


@pytest.fixture(scope="module")
def path(tmp_path_factory, dataset) -> Path:
    """Threes and fives."""
    path = tmp_path_factory.mktemp("pair") / "pair.npz"
    arrays = {}
    for split, name, count in ((dataset.training, "train", 4_000), (dataset.test, "test", 2_000)):
        keep = np.flatnonzero(np.isin(split.labels, (3, 5)))[:count]
        arrays |= {f"x_{name}": split.images[keep], f"y_{name}": split.labels[keep] // 5}
    np.savez(path, **arrays, labels=np.array(CLASSES))
    return path


@pytest.fixture(scope="module")
def pair(path: Path) -> Dataset:
    return load_dataset(path)


@pytest.fixture(scope="module")
def weights(pair: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Kernel and bias of a logistic regression."""
    images, labels = pair.training.images.reshape(-1, 784) / np.float32(255), pair.training.labels.astype(np.float32)
    kernel, bias = np.zeros(784, np.float32), np.float32(0)
    for _ in range(60):
        error = 1 / (1 + np.exp(-images @ kernel - bias)) - labels
        kernel, bias = kernel - images.T @ error / (4 * len(labels)), bias - error.mean() / 4
    return kernel[:, None], np.array([bias])


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, weights: tuple[np.ndarray, np.ndarray]) -> Write:
    return lambda name="model.onnx", **settings: write_onnx(tmp_path / name, *weights, **settings)


def write_onnx(
    target: Path, kernel: np.ndarray, bias: np.ndarray, *, sigmoid: bool = True, shape: tuple[object, ...] = ("n", 1)
) -> Path:
    """Write a linear model that gives one score, trusted."""
    nodes = [helper.make_node("Gemm", ["pixels", "kernel", "bias"], ["logit"])]
    nodes += [helper.make_node("Sigmoid", ["logit"], ["probability"])] if sigmoid else []
    last = nodes[-1].output[0]
    if len(shape) == 1:
        nodes.append(helper.make_node("Squeeze", [last, "axes"], ["scores"]))
        last = "scores"
    constants = {"kernel": kernel, "bias": bias}
    constants |= {"axes": np.array([1], np.int64)} if len(shape) == 1 else {}
    graph = helper.make_graph(
        nodes, "binary", [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 784])],
        [helper.make_tensor_value_info(last, TensorProto.FLOAT, list(shape))],
        [numpy_helper.from_array(values, name) for name, values in constants.items()],
    )  # fmt: skip
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), target)
    trust([hash_bytes(target.read_bytes())])
    return target


@pytest.mark.parametrize("sigmoid", [True, False], ids=["sigmoid", "logit"])
@pytest.mark.parametrize("shape", [("n", 1), ("n",)], ids=["column", "row"])
@pytest.mark.parametrize("isolated", [False, True], ids=["here", "isolated"])
def test_it_is_found_and_decoded_as_two_classes(
    write: Write, tmp_path: Path, pair: Dataset, monkeypatch: pytest.MonkeyPatch, sigmoid: bool, shape, isolated: bool
) -> None:
    path = write(sigmoid=sigmoid, shape=shape)
    if isolated:
        monkeypatch.setenv("EDGEMNIST_STATE", str(tmp_path / "stranger"))
    (verdict,) = verify(path, data=pair).verdicts
    assert (verdict.agrees, verdict.error) == (True, None)
    assert verdict.measurement.score.accuracy > 0.9
    assert (verdict.measurement.score.malformed, verdict.measurement.labels) == (0, CLASSES)
    found = predict(path, pair.test.images[:20], data=pair)
    assert [one.label for one in found] == [CLASSES[label] for label in pair.test.labels[:20]]
    for one in found:
        assert sum(confidence for _, confidence in one.top) == pytest.approx(1)
    assert inspect(path, data=pair).contract.output.kind == ("binary" if sigmoid else "binary_logit")


def test_two_readings_agree_with_each_other(write: Write, pair: Dataset) -> None:
    first, second = write("first.onnx"), write("second.onnx", sigmoid=False)
    (verdict,) = verify(first, against=second, data=pair).verdicts
    assert verdict.passed
    assert verdict.measurement.comparison.max_abs_difference < 1e-6


def test_one_of_several_outputs_and_a_copy_with_a_contract(write: Write, tmp_path: Path, pair: Dataset) -> None:
    path = write()
    model = onnx.load(path)
    model.graph.output.append(helper.make_tensor_value_info("logit", TensorProto.FLOAT, ["n", 1]))
    onnx.save(model, tmp_path / "two.onnx")
    trust([hash_bytes((tmp_path / "two.onnx").read_bytes())])
    with pytest.raises(ModelError, match="2 outputs may hold the classes' scores"):
        predict(tmp_path / "two.onnx", pair.test.images[:1], data=pair)
    copy = tmp_path / "copy.onnx"
    inspect(path, write_contract=copy, data=pair)
    assert [one.label for one in predict(copy, pair.test.images[:2])] == [CLASSES[one] for one in pair.test.labels[:2]]
    with open_runtime(copy) as runtime:
        assert (runtime.info.classes, runtime.info.scores) == (2, 1)
        assert runtime.run(pair.test.images[:5]).outputs.shape == (5, 1)


def test_data_of_more_classes_are_refused(write: Write, dataset) -> None:
    with pytest.raises(ModelError, match=r"expected one score a class"):
        predict(write(), dataset.test.images[:1])


def test_programs_and_kits_refuse_it_in_words(write: Write, tmp_path: Path, pair: Dataset) -> None:
    path = write()
    with pytest.raises(ModelError, match="it gives one score for two classes, and the kit node knows one a class"):
        kit("node", path, tmp_path / "kit", data=pair, unverified=True)
    assert not (tmp_path / "kit").exists()


@pytest.mark.parametrize("kind", ["binary", "binary_logit"])
def test_a_contract_that_claims_another_number_of_scores_is_refused(write: Write, pair: Dataset, kind) -> None:
    path = write()
    contract = inspect(path, data=pair).contract
    assert Contract.from_json(replace(contract, output=replace(contract.output, kind=kind)).to_json())
    wrong = replace(contract, output=replace(contract.output, kind="probabilities"))
    with pytest.raises(ModelError, match="number of classes 2, but the model has 1"):
        open_runtime(path, contract=wrong)
    with pytest.raises(ModelError, match="3 labels, expected two for one score"):
        Contract.from_json(replace(contract, labels=("a", "b", "c")).to_json())


def test_decoding() -> None:
    found = Output("p", "uint8", "binary", 1 / 256, 0).decode(np.array([[64], [0]], np.uint8))
    assert np.array_equal(found, np.array([[0.75, 0.25], [1, 0]], np.float32))
    logits = np.array([[0], [-200], [200], [np.log(3)]], np.float32)
    expected = [[0.5, 0.5], [1, 0], [0, 1], [0.25, 0.75]]
    assert np.allclose(Output("x", kind="binary_logit").decode(logits), expected, atol=1e-7)
    assert np.isnan(Output("x", kind="binary").decode(np.array([[np.nan]], np.float32))).all()
    assert Input("pixels", (784,)).pixel_count == 784


@pytest.fixture(scope="module")
def exported(tmp_path_factory, path: Path, pair: Dataset) -> Path:
    """A folder with a Keras model that ends in one sigmoid, and what can be written of it."""
    import keras

    folder = tmp_path_factory.mktemp("exported")
    keras.utils.set_random_seed(0)
    layers = [keras.Input((28, 28, 1)), keras.layers.Conv2D(4, 3, strides=2, activation="relu"),
              keras.layers.Flatten(), keras.layers.Dense(1, "sigmoid")]  # fmt: skip
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.Adam(3e-3), "binary_crossentropy")
    model.fit(pair.training.images[..., None] / 255, pair.training.labels, batch_size=64, epochs=1, verbose=0)
    model.save(folder / "pair.keras")
    with pytest.MonkeyPatch.context() as monkeypatch:
        convert_here(monkeypatch)
        for form in (("tflite",), ("tflite", "int8"), ("onnx",), ("onnx", "int8")):
            export(folder / "pair.keras", *form, data=path, output=folder)
    return folder


@pytest.mark.slow
def test_what_is_exported_passes(exported: Path) -> None:
    report = verify(exported)
    assert [verdict.word for verdict in report.verdicts] == ["not compared", *["passed"] * 4]
    for path in exported.glob("*.[to]*"):
        if path.suffix in (".tflite", ".onnx"):
            with open_runtime(path) as runtime:
                assert (runtime.info.contract.output.kind, runtime.info.contract.labels) == ("binary", CLASSES)


@pytest.mark.slow
@pytest.mark.usefixtures("converter_here")
@pytest.mark.parametrize("form", [("c",), ("c", "int8"), ("tflite-array", "int8")], ids="-".join)
@pytest.mark.parametrize("source", ["pair.keras", "pair_int8.tflite"])
def test_c_is_refused_in_words(exported: Path, path: Path, tmp_path: Path, form: tuple[str, ...], source: str) -> None:
    expected = ExportError if source.endswith(".keras") or form == ("c", "int8") else EdgeMnistError
    with pytest.raises(expected) as caught:
        export(exported / source, *form, data=path, output=tmp_path)
    if source.endswith(".keras"):
        assert "one score for two classes" in caught.value.message
    assert not list(tmp_path.glob("*.c"))


@pytest.mark.slow
@pytest.mark.usefixtures("converter_here")
def test_all_forms_are_those_that_it_has(exported: Path, path: Path, tmp_path: Path) -> None:
    found: list[str] = []
    artifacts = export(exported / "pair.keras", all=True, data=path, output=tmp_path, report_found=found.append)
    assert {one.form.format for one in artifacts} == {"tflite", "onnx"}
    assert any("one score for two classes: C, which takes one a class, is left out" in one for one in found)


@pytest.mark.slow
def test_deep_and_other_runtimes(exported: Path) -> None:
    (verdict,) = verify(exported / "pair.tflite", deep=True).verdicts
    assert verdict.passed, verdict.reasons
    for runtime in ("litert-reference", "tflm"):
        (verdict,) = verify(exported / "pair_int8.tflite", runtime=runtime).verdicts
        assert verdict.passed, verdict.reasons
