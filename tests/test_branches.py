"""Networks with branches, trained on the real digits, exported, proven over the whole test set."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from edgemnist import export, verify
from edgemnist.comparison.weights import compare_weights
from edgemnist.formats import ModelFile
from edgemnist.formats.weights import read_weights
from edgemnist.runtimes import open_here
from edgemnist.runtimes.base import Request
from tests.conftest import convert_here
from tests.test_c import WAYS, require_equal_kernels, write_c

pytestmark = pytest.mark.slow


def build_residual():
    """Two residual blocks, one of which changes the size."""
    import keras
    from keras import layers

    def normalize(values):
        return layers.BatchNormalization(momentum=0.9)(values)

    pixels = keras.Input((784,))
    values = layers.Reshape((28, 28, 1))(pixels)
    values = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu", name="stem")(values)
    branch = layers.ReLU()(normalize(layers.Conv2D(8, 3, padding="same", name="first")(values)))
    branch = normalize(layers.Conv2D(8, 3, padding="same", name="second")(branch))
    values = layers.ReLU()(layers.Add()([values, branch]))
    branch = normalize(layers.Conv2D(16, 3, strides=2, padding="same", name="third")(values))
    values = layers.Add()([normalize(layers.Conv2D(16, 1, strides=2, name="shortcut")(values)), branch])
    values = layers.Flatten()(layers.ReLU()(values))
    return keras.Model(pixels, layers.Dense(10, "softmax", name="probs")(values))


def build_concatenated():
    """Filters of two sizes beside the image itself, then a filter beside a mean, then two dense layers."""
    import keras
    from keras import layers

    pixels = keras.Input((784,))
    values = layers.Reshape((28, 28, 1))(pixels)
    small = layers.Conv2D(6, 3, strides=2, padding="same", activation="relu", name="small")(values)
    large = layers.Conv2D(6, 5, strides=2, padding="same", activation="relu", name="large")(values)
    values = layers.Concatenate()([small, large, layers.MaxPooling2D(2)(values)])
    deep = layers.Conv2D(8, 3, strides=2, activation="relu", name="deep")(values)
    values = layers.Flatten()(layers.Concatenate()([deep, layers.AveragePooling2D(3, 2)(values)]))
    values = layers.Concatenate()(
        [layers.Dense(24, "relu", name="wide")(values), layers.Dense(8, "relu", name="narrow")(values)]
    )
    return keras.Model(pixels, layers.Dense(10, "softmax", name="probs")(values))


@pytest.fixture(scope="module", params=[build_residual, build_concatenated], ids=["residual", "concatenated"])
def exported(request, tmp_path_factory, dataset) -> Path:
    """A folder with net.keras, net.c, net_int8.c and net_int8.tflite."""
    import keras

    folder = tmp_path_factory.mktemp("branches")
    keras.utils.set_random_seed(0)
    model = request.param()
    model.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy")
    images = dataset.training.images[:12000].reshape(-1, 784) / 255
    model.fit(images, dataset.training.labels[:12000], batch_size=64, epochs=4, verbose=0)
    model.save(folder / "net.keras")
    with pytest.MonkeyPatch.context() as monkeypatch:
        convert_here(monkeypatch)
        for form, *precision in (("c",), ("c", "int8"), ("tflite", "int8")):
            export(folder / "net.keras", form, *precision, output=folder)
    return folder


def test_the_c_passes_in_both_precisions(exported: Path) -> None:
    floats, integers = verify(exported / "net.c", exported / "net_int8.c").verdicts
    for verdict in (floats, integers):
        assert verdict.passed, verdict.reasons
        assert verdict.measurement.score.accuracy > 0.9
    assert floats.measurement.comparison.max_abs_difference <= 1e-5


def test_all_logits_are_the_same_bits(exported: Path, tmp_path: Path) -> None:
    content = (exported / "net_int8.tflite").read_bytes()
    require_equal_kernels(content, tmp_path, "reference")


@pytest.mark.parametrize(("weights", "rounding"), [way for way in WAYS if way[1] == "tflm"])
def test_logits_are_the_same_bits_as_tflite_micro(exported: Path, tmp_path: Path, dataset, weights, rounding) -> None:
    path = write_c((exported / "net_int8.tflite").read_bytes(), tmp_path, weights, rounding)
    compare(path, "c", tmp_path / "net.tflite", "tflm", dataset.test.images[:2000])


@pytest.mark.parametrize("machine", ["cortex-m4", "riscv32"])
def test_an_emulated_chip_gives_the_same_bits(exported: Path, dataset, machine: str) -> None:
    path = exported / "net_int8.c"
    compare(path, "c", path, machine, dataset.test.images[:300])


def compare(path: Path, runtime: str, other: Path, other_runtime: str, images: np.ndarray) -> None:
    request = Request(output="logits")
    with (
        open_here(ModelFile.read(path), runtime, request) as one,
        open_here(ModelFile.read(other), other_runtime, request) as another,
    ):
        found, expected = one.run(images).outputs, another.run(images).outputs
    assert len(np.unique(expected.argmax(axis=1))) == 10
    assert np.array_equal(found, expected)


def test_weights_are_read_back_through_the_branches(exported: Path) -> None:
    source = read_weights((exported / "net.keras").read_bytes(), "keras", "net.keras")
    for name in ("net.c", "net_int8.c", "net_int8.tflite"):
        found = compare_weights(source, read_weights((exported / name).read_bytes(), name.rpartition(".")[2], name))
        assert (found.passed, found.reasons) == (True, ()), name


def test_a_branch_in_another_scale_is_found(exported: Path) -> None:
    """A multiplier of a sum, or of a layer before branches meet, that was halved."""
    source = read_weights((exported / "net.keras").read_bytes(), "keras", "net.keras")
    text = (exported / "net_int8.c").read_text()
    total = re.search(r"static const add_layer (\w+) =", text)
    name = f"{total[1] if total else re.search(r'layer_[0-9]+_small', text)[0]}_multipliers"
    table = re.search(rf" {name}\[\d+\] = {{\n([-\d,\n]+)\n}}", text)
    halved = ",".join(str(int(number) // 2) for number in table[1].split(","))
    changed = (text[: table.start(1)] + halved + text[table.end(1) :]).encode()
    reasons = compare_weights(source, read_weights(changed, "c", "net_int8.c")).reasons
    assert any("in steps of" in reason for reason in reasons), reasons
