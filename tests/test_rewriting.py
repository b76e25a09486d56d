"""Models rewritten for converters: the same numbers from other operators, and what is gained by it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

import keras
import numpy as np
import pytest

from edgemnist import export, verify
from edgemnist.comparison.question import Probe
from edgemnist.contract import Contract, Input, Output, Source
from edgemnist.datasets import Dataset
from edgemnist.errors import ExportError, ModelError
from edgemnist.exporters import Options, onnx, sensitivity, tflite
from edgemnist.exporters.calibration import Calibration
from edgemnist.exporters.faults import Fault
from edgemnist.exporters.rewriting import FUNCTIONS, Target, rewrite
from edgemnist.exporters.source import SourceModel
from edgemnist.formats import ModelFile
from edgemnist.formats.keras import serialize_classifier
from edgemnist.quiet import quiet
from edgemnist.reporting.spelling import spell_options
from edgemnist.runtimes import open_here
from edgemnist.workflows.advice import choose_finer, phrase_fault
from tests import peers
from tests.conftest import slow

layers = keras.layers
CONTRACT = Contract(Input("pixels", (784,)), Output("probs"), tuple("0123456789"))


ROWS = [(target, function) for target, table in FUNCTIONS.items() for function in table]


def in_a_table(rows: list[Any]) -> Any:
    return pytest.mark.parametrize(("target", "function"), rows, ids=lambda value: getattr(value, "__name__", value))


@in_a_table([row for row in ROWS if row[1] is not keras.activations.mish])  # which Keras itself can't call
def test_a_function_that_is_called_is_found_in_the_table(target: Target, function: Callable[[Any], Any]) -> None:
    pixels = keras.Input((10,))
    model = keras.Model(pixels, function(pixels))
    (called,) = (one for one in model.operations if not isinstance(one, layers.Layer))
    found = rewrite(model, target)
    assert found is not model
    assert not any(isinstance(one, type(called)) for one in found.operations)
    values = np.linspace(-12, 12, 50, dtype="float32").reshape(-1, 10)
    np.testing.assert_allclose(np.asarray(found(values)), np.asarray(model(values)), atol=1e-5, rtol=3e-6)


@in_a_table(ROWS)
def test_a_function_in_a_table_is_the_same_function(target: Target, function: Callable[[Any], Any]) -> None:
    values = np.concatenate([np.linspace(-12, 12, 1001), [-60, -30, 0, 30, 60]]).astype("float32")
    found, expected = (np.asarray(one(values)) for one in (FUNCTIONS[target][function], function))
    np.testing.assert_allclose(found, expected, atol=1e-5, rtol=3e-6)


def norm(**options: Any) -> peers.Build:
    return peers.keep(lambda: layers.BatchNormalization(**options))


RELU = peers.activate("relu")
# Networks with a normalization behind a ReLU, and how many are left in them.
FOLDED = {
    "dense": (peers.hidden(RELU, norm(), peers.dense(16)), 0),
    "without a bias": (peers.hidden(RELU, norm(), peers.keep(lambda: layers.Dense(16, use_bias=False))), 0),
    "flattened": (peers.filtered(RELU, norm(), peers.keep(layers.Flatten)), 0),
    "convolution": (peers.filtered(RELU, norm(scale=False), peers.conv(5, 3, activation="relu")), 0),
    "depthwise": (peers.filtered(RELU, norm(center=False), peers.depthwise(3, depth_multiplier=2)), 0),
    "separable": (peers.filtered(RELU, norm(), peers.keep(lambda: layers.SeparableConv2D(6, 3))), 0),
    "sequence": (peers.rows(peers.dense(8, "relu"), norm(), peers.keep(lambda: layers.Conv1D(4, 3))), 0),
    "pooled": (peers.filtered(RELU, norm(), peers.keep(lambda: layers.MaxPooling2D(2)), peers.conv(5, 3)), 0),
    "averaged": (peers.filtered(RELU, norm(), peers.keep(layers.GlobalAveragePooling2D)), 0),
    "two": (peers.filtered(RELU, norm(), peers.conv(5, 3, activation="relu"), norm(), peers.conv(3, 3)), 0),
    "two in a row": (peers.hidden(RELU, norm(), norm(), peers.dense(8)), 1),
    "a padded edge": (peers.filtered(RELU, norm(), peers.conv(5, 3, padding="same")), 1),
    "another function": (peers.filtered(RELU, norm(), peers.activate("tanh")), 1),
    "in groups": (peers.filtered(RELU, norm(), peers.conv(4, 3, groups=2)), 1),
    "behind a convolution": (peers.filtered(norm(), RELU), 1),
    "used twice": (peers.filtered(RELU, norm(), lambda one: layers.Concatenate()([one, layers.Conv2D(4, 1)(one)])), 1),
    "inside": (peers.chain(lambda pixels: keras.Sequential([
        keras.Input((784,)), layers.Dense(20, "relu"), layers.BatchNormalization(), layers.Dropout(0.2),
        layers.Dense(12),
    ])(pixels)), 0),
}  # fmt: skip


def count_norms(model: keras.Model) -> int:
    return sum(isinstance(layer, layers.BatchNormalization) for layer in model._flatten_layers())


@pytest.mark.parametrize("name", FOLDED)
def test_a_normalization_behind_a_relu_goes_into_the_layer_behind_it(name: str, dataset: Dataset) -> None:
    net, left = FOLDED[name]
    model = peers.build(net)
    values = dataset.test.images[:20].reshape(-1, 784).astype("float32") / 255
    before = [np.asarray(weight) for weight in model.weights]
    found = rewrite(model, "tflite")
    assert count_norms(found) == left
    with quiet():
        np.testing.assert_allclose(np.asarray(found(values)), np.asarray(model(values)), atol=2e-6)
    for weight, value in zip(model.weights, before, strict=True):
        np.testing.assert_array_equal(np.asarray(weight), value)


def test_factors_below_zero_do_not_pass_a_largest_value() -> None:
    model = peers.build(peers.filtered(RELU, norm(), peers.keep(lambda: layers.MaxPooling2D(2)), peers.conv(5, 3)))
    (layer,) = (one for one in model.layers if isinstance(one, layers.BatchNormalization))
    layer.gamma.assign(np.asarray(layer.gamma) * [1, 1, -1, 1])
    assert count_norms(rewrite(model, "tflite")) == 1


def join_two_models(pixels: Any) -> Any:
    """Two models that share a normalization, of which only one has a layer behind it that could hold it."""
    shared = layers.BatchNormalization()
    hidden = [layers.Dense(8, "relu") for _ in range(2)]
    one = keras.Sequential([keras.Input((784,)), hidden[0], shared, layers.Dense(8)])
    other = keras.Sequential([keras.Input((784,)), hidden[1], shared, layers.Activation("tanh")])
    return layers.Concatenate()([one(pixels), other(pixels)])


def share_target(pixels: Any) -> Any:
    """Two models that share the layer behind a normalization, which the other one hasn't."""
    shared = layers.Dense(8)
    one = keras.Sequential([keras.Input((784,)), layers.Dense(8, "relu"), layers.BatchNormalization(), shared])
    other = keras.Sequential([keras.Input((784,)), layers.Dense(8, "relu"), shared])
    return layers.Concatenate()([one(pixels), other(pixels)])


@pytest.mark.parametrize("net", [join_two_models, share_target])
def test_what_two_models_share_is_not_folded(net: peers.Build) -> None:
    model = peers.build(net)
    assert rewrite(model, "tflite") is model


def test_weights_in_whole_numbers_hold_nothing_more() -> None:
    model = peers.build(peers.hidden(RELU, norm(), peers.dense(16)))
    model.layers[-2].quantize("int8")
    assert rewrite(model, "tflite") is model


@pytest.mark.parametrize("wrap", [lambda layer: layer, layers.TimeDistributed], ids=["alone", "wrapped"])
def test_what_a_normalization_has_learned_stays(wrap: Callable[[Any], Any], dataset: Dataset) -> None:
    values = dataset.test.images[:20].reshape(-1, 784).astype("float32") / 255
    scaling = layers.Normalization()
    model = peers.build(
        peers.rows(wrap(scaling), peers.dense(8, "relu"), norm(), peers.keep(layers.Flatten), peers.dense(12))
    )
    scaling.adapt(values.reshape(-1, *scaling._build_input_shape[1:]))
    found = rewrite(model, "tflite")
    assert found is not model
    with quiet():
        np.testing.assert_allclose(np.asarray(found(values)), np.asarray(model(values)), atol=2e-6)


def test_a_model_that_needs_nothing_stays_itself() -> None:
    model = peers.build(peers.ALL["networks: resnet-8"])
    assert all(rewrite(model, target) is model for target in get_args(Target))


def open_source(model: keras.Model) -> SourceModel:
    return SourceModel(model, CONTRACT, Source("net.keras", 64 * "0"), 0, 0, (28, 28))


def convert(model: keras.Model, format: str, precision: str, dataset: Dataset, folder: Path) -> float:
    """Return the largest difference of a probability between a model and a file that is made of it."""
    (folder / "net.keras").write_bytes(serialize_classifier(model, CONTRACT))
    probe = Probe.choose(lambda: dataset)
    source = SourceModel.load(ModelFile.read(folder / "net.keras"), CONTRACT.labels, probe)
    calibration = Calibration.sample(dataset.training, CONTRACT.labels, 100) if precision != "float32" else None
    make = {"onnx": onnx, "tflite": tflite}[format].convert
    written = make(source, precision, calibration, Options(), "net")  # type: ignore[arg-type]
    path = folder / f"net.{format}"
    path.write_bytes(written[f".{format}"])
    images = dataset.test.images[:100]
    with open_here(ModelFile.read(path)) as runtime, quiet():
        expected = np.asarray(model(CONTRACT.input.encode(images)))
        return float(np.abs(runtime.predict(images) - expected).max())


# Networks that tf2onnx can't write as they are.
REWRITTEN = {
    "gelu": peers.hidden(peers.activate("gelu")),
    "gelu, called": peers.hidden(lambda values: keras.activations.gelu(values)),
    "celu": peers.hidden(peers.activate("celu")),
    "groups": peers.filtered(peers.conv(8, 3, groups=4, padding="same", strides=2)),
    "groups over a sequence": peers.rows(peers.keep(lambda: layers.Conv1D(8, 3, groups=4, padding="causal"))),
    "normalization": peers.ALL["scales: normalization"],
    "normalization by rows": peers.chain(
        peers.keep(lambda: layers.Normalization(mean=np.linspace(0, 0.5, 784), variance=np.linspace(1, 2, 784)))
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    "name", [name if name in ("gelu", "groups", "normalization") else slow(name) for name in REWRITTEN]
)
def test_what_tf2onnx_cannot_write_is_written_another_way(name: str, dataset: Dataset, tmp_path: Path) -> None:
    assert convert(peers.build(REWRITTEN[name]), "onnx", "float32", dataset, tmp_path) < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gelu", "celu", "groups", "normalization"])
def test_it_is_written_in_whole_numbers_too(name: str, dataset: Dataset, tmp_path: Path) -> None:
    assert convert(peers.build(REWRITTEN[name]), "onnx", "int8", dataset, tmp_path) < 0.2


@pytest.mark.parametrize("name", ["softplus", slow("selu"), slow("mish"), slow("log_sigmoid"), slow("elu")])
def test_a_function_keeps_its_values_in_whole_numbers(name: str, dataset: Dataset, tmp_path: Path) -> None:
    """On values as far from zero as a trained network has them, where TensorFlow's own form loses all of them."""
    model = peers.build(peers.hidden(peers.activate(name), peers.dense(12)))
    model.layers[1].set_weights([weight * 12 for weight in model.layers[1].get_weights()])
    model.layers[-2].set_weights([weight / 6 for weight in model.layers[-2].get_weights()])
    assert convert(model, "tflite", "int8", dataset, tmp_path) < 0.15
    if name != "softplus":
        assert convert(model, "tflite", "int16x8", dataset, tmp_path) < 0.15


def test_an_operator_that_onnx_has_not_is_named_by_its_layer(dataset: Dataset, tmp_path: Path) -> None:
    class Rare(layers.Layer):
        def call(self, values: Any) -> Any:
            return keras.ops.expm1(values)

    pixels = keras.Input((784,))
    model = keras.Model(pixels, layers.Dense(10)(Rare(name="odd")(pixels)))
    with pytest.raises(ExportError, match=r"layer odd \(Rare\) can't be converted to onnx: ONNX has no Expm1"):
        onnx.convert(open_source(model), "float32", None, Options(), "net")


@pytest.mark.parametrize(
    ("layer", "format", "lacking"),
    [
        (
            layers.UpSampling2D(2, interpolation="bicubic", name="large"),
            "tflite",
            "TFLite has no bicubic interpolation",
        ),
        (layers.Resizing(14, 14, "lanczos5", name="small"), "tflite", "TFLite has no lanczos5 interpolation"),
        (layers.Resizing(14, 14, "lanczos3", name="small"), "onnx", "ONNX has no lanczos3 interpolation"),
        (layers.Resizing(14, 14, "area", name="small"), "onnx", "ONNX has no area interpolation"),
        (layers.Resizing(14, 9, pad_to_aspect_ratio=True, name="small"), "onnx", "it branches"),
    ],
    ids=["bicubic", "lanczos in TFLite", "lanczos in ONNX", "area in ONNX", "a branch"],
)
def test_a_way_of_resizing_that_a_format_has_not_is_named(layer: Any, format: str, lacking: str) -> None:
    source = open_source(peers.build(peers.image(lambda values: layer(values))))
    with pytest.raises(ExportError) as caught:
        {"tflite": tflite, "onnx": onnx}[format].convert(source, "float32", None, Options(), "net")
    form = "onnx" if format == "onnx" else "tflite float32"
    assert caught.value.message == (
        f"layer {layer.name} ({type(layer).__name__}) can't be converted to {form}: {lacking}"
    )
    assert ("interpolation='bilinear'" in caught.value.hint) == ("interpolation" in lacking)
    assert ("`format='onnx'`" in caught.value.hint) == ("bicubic" in lacking)


def test_bicubic_interpolation_is_written_in_onnx(dataset: Dataset, tmp_path: Path) -> None:
    model = peers.build(peers.image(lambda values: layers.Resizing(14, 14, "bicubic")(values)))
    assert convert(model, "onnx", "float32", dataset, tmp_path) < 1e-4


def test_a_model_that_keras_itself_cannot_run_names_its_layer(tmp_path: Path) -> None:
    model = keras.Sequential([
        keras.Input((28, 28, 1)), layers.Resizing(14, 14, "gaussian", name="small"), layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ])  # fmt: skip
    model.save(tmp_path / "gaussian.keras")
    with open_here(ModelFile.read(tmp_path / "gaussian.keras")) as runtime, pytest.raises(ModelError) as caught:
        runtime.predict(np.zeros((1, 28, 28), np.uint8))
    assert "Keras stopped inside layer small (Resizing): Invalid value for argument" in caught.value.message


def train_behind_relu(dataset: Dataset, path: Path, *behind: Any) -> None:
    keras.utils.set_random_seed(5)
    model = keras.Sequential([
        keras.Input((28, 28, 1)), layers.Conv2D(8, 3, strides=2, activation="relu", name="first"),
        layers.BatchNormalization(name="norm"), *behind, layers.Flatten(), layers.Dense(10, activation="softmax"),
    ])  # fmt: skip
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(dataset.training.images[:20000, ..., None] / 255.0, dataset.training.labels[:20000], epochs=2, verbose=0)
    model.save(path)


def split(pixels: Any) -> Any:
    """A layer with two outputs, and two whose outputs are no floats."""
    one, other = keras.ops.split(layers.Dense(24)(pixels), 2, axis=-1)
    lit = keras.ops.cast(keras.ops.cast(one > 0, "int32"), "float32")
    return keras.ops.concatenate([one, other, lit])


@pytest.mark.parametrize("net", [split, peers.filtered(norm(), RELU), peers.filtered(RELU, norm(axis=1))])
def test_each_layer_is_tried_alone_whatever_it_gives(net: peers.Build, dataset: Dataset) -> None:
    model = peers.build(net)
    whole = {one.name for one in model.operations if "float" not in str(getattr(one.output, "dtype", "float32"))}
    assert len(whole) == (2 if net is split else 0)
    fault = sensitivity.find_fault(open_source(model), dataset.training.images[:450])  # two batches and a part
    assert fault is not None
    assert 0 <= fault.moved < 0.2
    assert fault.layer.split()[0] not in whole


def test_the_layer_at_fault_is_named(dataset: Dataset) -> None:
    model = peers.build(peers.filtered(RELU, norm(), peers.activate("tanh"), peers.conv(5, 3)))
    (layer,) = (one for one in model.layers if isinstance(one, layers.BatchNormalization))
    layer.gamma.assign([1000, 1, 1, 1])
    fault = sensitivity.find_fault(open_source(model), dataset.training.images[:300])
    assert (fault.layer, fault.lone) == (f"{layer.name} (BatchNormalization)", True)
    assert fault.moved > 0.01


def train_exponential(dataset: Dataset) -> keras.Model:
    """A network one of whose layers gives a few large values among many small ones."""
    keras.utils.set_random_seed(5)
    model = keras.Sequential([
        keras.Input((784,)), layers.Dense(16, activation="relu"), layers.Dense(16, activation="exponential", name="e"),
        layers.Dense(16, name="logits"), layers.Dense(10, activation="softmax"),
    ])  # fmt: skip
    model.compile("adam", "sparse_categorical_crossentropy")
    images, labels = dataset.training.images[:6000].reshape(-1, 784) / 255.0, dataset.training.labels[:6000]
    model.fit(images, labels, epochs=3, verbose=0)
    return model


def test_outputs_that_one_step_cannot_hold_are_the_cause(dataset: Dataset) -> None:
    model = train_exponential(dataset)
    model.layers[1].set_weights([2 * weight for weight in model.layers[1].get_weights()])
    fault = sensitivity.find_fault(open_source(model), dataset.training.images[:1000])
    assert fault.uneven.layer == "e (Dense, exponential)"
    assert fault.uneven.share < 0.1
    assert fault.uneven.high > 100
    assert fault.moved > 0.02
    assert fault.moved_16 < fault.moved / 2
    first, second = phrase_fault(fault)
    assert re.match(r"in 8 bits, layer \w+ \(Dense\) alone moves \d", first)
    assert second.startswith("99 % of the outputs of layer e (Dense, exponential) lie in ")
    assert Fault.from_record(asdict(fault)) == fault


@pytest.mark.slow
@pytest.mark.usefixtures("converter_here")
def test_a_file_that_is_not_written_says_which_outputs_are_the_cause(dataset: Dataset, tmp_path: Path) -> None:
    model = train_exponential(dataset)
    model.layers[1].set_weights([3 * weight for weight in model.layers[1].get_weights()])
    (tmp_path / "net.keras").write_bytes(serialize_classifier(model, CONTRACT))
    for format, advice in (("tflite", "try `quantize='(int16x8|float16)'`"), ("c", "leave `quantize` out")):
        with pytest.raises(ExportError) as caught:
            export(tmp_path / "net.keras", format, "int8", output=tmp_path)
        assert re.search(
            r"int8 came out broken: .*; in 8 bits, layer .* alone moves .* % of the answers; "
            r"99 % of the outputs of layer e \(Dense, exponential\) lie in ",
            caught.value.message,
        )
        assert re.fullmatch(f"no file was written; {advice}", caught.value.hint)


@pytest.mark.parametrize("activation", ["relu", "softplus", "selu", "elu"])
def test_even_outputs_are_no_cause(dataset: Dataset, activation: str) -> None:
    model = peers.build(peers.hidden(peers.activate(activation), layers.Rescaling(1000.0), layers.Rescaling(0.001)))
    fault = sensitivity.find_fault(open_source(model), dataset.training.images[:300])
    assert fault.uneven is None
    assert len(list(phrase_fault(fault))) <= 1


@pytest.mark.parametrize(
    ("moved_16", "finer"), [(0.001, "int16x8"), (0.02, "float16")], ids=["sixteen bits suffice", "floats alone"]
)
def test_the_finer_precision_is_one_that_holds_the_outputs(moved_16: float, finer: str) -> None:
    fault = Fault("e (Dense)", False, 0.1, moved_16)
    assert choose_finer("tflite", "int8", fault) == finer
    assert choose_finer("onnx", "int8", fault) == "float16"
    assert choose_finer("c", "int8", fault) == "float32"


@pytest.mark.slow
@pytest.mark.usefixtures("converter_here")
def test_a_normalization_behind_a_relu_costs_no_answers_in_whole_numbers(dataset: Dataset, tmp_path: Path) -> None:
    """Left as it is, one answer in 65 moved."""
    train_behind_relu(dataset, tmp_path / "net.keras")
    for format in ("tflite", "onnx", "c"):
        export(tmp_path / "net.keras", format, "int8", output=tmp_path)
    report = verify(tmp_path)
    words = [verdict.word for verdict in report.verdicts]
    assert words == ["not compared", "passed", "passed", "passed"], [verdict.reasons for verdict in report.verdicts]
    deep = verify(tmp_path / "net_int8.tflite", deep=True).verdicts[0].measurement.deep
    assert deep.weights.passed is None


@pytest.mark.slow
@pytest.mark.usefixtures("converter_here")
def test_what_is_advised_works(dataset: Dataset, tmp_path: Path, command) -> None:
    """The next layer fills the image's edge with zeros, which aren't shifted: the normalization can't go into it."""
    train_behind_relu(dataset, tmp_path / "net.keras", layers.DepthwiseConv2D(3, padding="same"))
    export(tmp_path / "net.keras", "tflite", "int8", output=tmp_path)
    (verdict,) = verify(tmp_path / "net_int8.tflite", deep=True).verdicts
    assert verdict.word == "differs"
    fault, finer = verdict.notes[-2:]
    assert re.match(r"in 8 bits, layer (norm \(BatchNormalization\)|first \(Conv2D\)) alone moves \d\.\d % of", fault)
    typed = shlex.split(spell_options(finer).split(": ")[-1])
    assert typed[:2] == ["edgemnist", "export"]
    assert command(*typed[1:]).status == 0
    assert verify(tmp_path / "net_int16x8.tflite").passed
