"""Parameters and multiplications, against numbers that were counted by hand and against Keras's own count."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgemnist.contract import Source
from edgemnist.errors import ModelError
from edgemnist.formats import ModelFile
from edgemnist.formats.complexity import Complexity, count_complexity
from edgemnist.processes.limits import Limits
from edgemnist.workflows.complexity import find_complexity
from tests.conftest import ROOT
from tests.nets import Net

EXPORTS = ROOT / "exports"
DENSE = 784 * 512 + 512 * 256 + 256 * 10
# 14 × 14 places after a stride of 2, 5 × 5 after a pool and a filter without padding.
SMALL = (
    14 * 14 * (3 * 3 * 1 * 8)
    + 14 * 14 * (3 * 3 * 8)
    + 14 * 14 * (8 * 16)
    + 5 * 5 * (3 * 3 * 16 * 16)
    + 5 * 5 * 16 * 32
    + 32 * 10
)
KNOWN = {"model": Complexity(535_818, DENSE), "small": Complexity(15_786, SMALL)}
NAMES = sorted(path.name for path in EXPORTS.iterdir() if path.suffix in (".keras", ".tflite"))


def test_the_released_networks_are_counted_by_hand() -> None:
    assert DENSE == 401_408 + 131_072 + 2_560
    assert SMALL == 14_112 + 14_112 + 25_088 + 57_600 + 12_800 + 320


@pytest.mark.parametrize("name", NAMES)
def test_every_released_file_says_the_same(name: str) -> None:
    assert count_complexity(ModelFile.read(EXPORTS / name)) == KNOWN[name.partition(".")[0].partition("_")[0]]


@pytest.mark.usefixtures("stranger")
def test_a_file_from_elsewhere_is_counted_in_a_child() -> None:
    file = ModelFile.read(EXPORTS / "small.keras")
    object.__setattr__(file, "trusted", False)
    assert find_complexity(file, None, Limits()) == KNOWN["small"]


def test_a_file_that_says_too_little_takes_its_sources_count(tmp_path: Path) -> None:
    file = ModelFile.read(EXPORTS / "small_int8.c")
    source = file.contract.source
    assert find_complexity(file, source, Limits()) == KNOWN["small"]
    for other in (None, Source(source.name, "0" * 64), Source("none.keras", source.sha256)):
        found = find_complexity(file, other, Limits())
        assert (found.parameters, found.multiplications) == (None, None)
        assert found.uncounted == ".c files don't say how often weights are used"


def build(*layers: Any, shape: tuple[int, ...] = (28, 28, 1)) -> Any:
    import keras

    return keras.Sequential([keras.Input(shape), *layers, keras.layers.Flatten(), keras.layers.Dense(10)])


def count(model: Any, folder: Path, name: str = "model.keras") -> Complexity:
    model.save(folder / name)
    return count_complexity(ModelFile.read(folder / name))


# A layer on 28 × 28 images of a channel or of 6: its products, and how many values it gives to the last layer.
LAYERS: dict[str, tuple[Callable[[Any], Any], int, int, int]] = {
    "same": (lambda layers: layers.Conv2D(4, 3, padding="same"), 1, 28 * 28 * 9 * 4, 28 * 28 * 4),
    "stride": (lambda layers: layers.Conv2D(4, 3, strides=(2, 3), padding="same"), 1, 14 * 10 * 9 * 4, 14 * 10 * 4),
    "valid": (lambda layers: layers.Conv2D(4, (5, 3), strides=3), 1, 8 * 9 * 15 * 4, 8 * 9 * 4),
    "dilated": (lambda layers: layers.Conv2D(4, 3, dilation_rate=3), 6, 22 * 22 * 9 * 6 * 4, 22 * 22 * 4),
    "groups": (lambda layers: layers.Conv2D(4, 3, groups=2), 6, 26 * 26 * 9 * 3 * 4, 26 * 26 * 4),
    "depthwise": (lambda layers: layers.DepthwiseConv2D(3, depth_multiplier=2), 6, 26 * 26 * 9 * 12, 26 * 26 * 12),
    "separable": (lambda layers: layers.SeparableConv2D(4, 3), 6, 26 * 26 * (9 * 6 + 6 * 4), 26 * 26 * 4),
    "transposed": (lambda layers: layers.Conv2DTranspose(4, 2, strides=2), 6, 28 * 28 * 4 * 6 * 4, 56 * 56 * 4),
    "rows": (lambda layers: layers.Dense(5, use_bias=False), 6, 28 * 28 * 6 * 5, 28 * 28 * 5),
    "normalized": (lambda layers: layers.BatchNormalization(), 6, 0, 28 * 28 * 6),
    "dropout": (lambda layers: layers.Dropout(0.5), 6, 0, 28 * 28 * 6),
}


@pytest.mark.parametrize("name", LAYERS)
def test_layers_are_counted_by_hand(name: str, tmp_path: Path) -> None:
    import keras

    make, channels, products, values = LAYERS[name]
    model = build(make(keras.layers), shape=(28, 28, channels))
    assert count(model, tmp_path) == Complexity(model.count_params(), products + values * 10)
    model.compile("adam", "sparse_categorical_crossentropy")  # whose variables are no part of the model
    model.optimizer.build(model.trainable_variables)
    assert count(model, tmp_path, "compiled.keras").parameters == model.count_params()


def test_an_older_file_does_not_say_its_shapes(tmp_path: Path) -> None:
    import keras

    model = build(keras.layers.Conv2D(4, 3, name="edges"), keras.layers.BatchNormalization())
    reason = "the file doesn't say what shape Conv2D edges takes"
    assert count(model, tmp_path, "old.h5") == Complexity(model.count_params(), None, reason)
    found = count_complexity(ModelFile.read(ROOT / "tests" / "models" / "keras2.keras"))
    assert (found.multiplications, bool(found.uncounted)) == (None, True)


def test_a_model_inside_a_model_is_counted_where_it_stands(tmp_path: Path) -> None:
    import keras

    inner = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Conv2D(2, 3)], name="inner")
    model = build(inner)
    assert count(model, tmp_path) == Complexity(model.count_params(), 26 * 26 * 9 * 2 + 26 * 26 * 2 * 10)


def test_what_cannot_be_counted_is_said_and_never_left_out(tmp_path: Path) -> None:
    import keras

    layers = keras.layers
    pixels = keras.Input((28, 28))
    shared = layers.Dense(28, name="shared")
    twice = keras.Model(pixels, layers.Dense(10)(layers.Flatten()(shared(shared(pixels)))))
    cases = {
        "Dense shared is used 2 times": twice,
        "only 50 of its 578 parameters are in layers that are read": build(layers.LSTM(4), shape=(28, 28)),
        "only 1,130 of its 1,246 parameters are in layers that are read": build(
            layers.TimeDistributed(layers.Dense(4)), shape=(28, 28)
        ),
        "EinsumDense mixed isn't of a kind that is counted": build(
            layers.EinsumDense("abc,cd->abd", (28, 4), name="mixed"), shape=(28, 28)
        ),
    }
    for number, (reason, model) in enumerate(cases.items()):
        found = count(model, tmp_path, f"{number}.keras")
        assert (found.multiplications, found.uncounted) == (None, reason)
        assert found.parameters == model.count_params()


@pytest.mark.parametrize("quantized", [False, True])
def test_operators_are_counted_by_hand(quantized: bool) -> None:
    net = Net(quantized)
    image = net.reshape(net.input, (1, 14, 14, 4))
    step, two = {"strideH": 1, "strideW": 1}, {"strideH": 2, "strideW": 2}
    conv = net.add("CONV_2D", [image, *net.add_weights((8, 3, 3, 4), 8)], (1, 7, 7, 8), **two)
    depthwise = net.add("DEPTHWISE_CONV_2D", [conv, *net.add_weights((1, 3, 3, 8), 8)], (1, 7, 7, 8), **step)
    weights, bias = net.add_weights((6, 2, 2, 8), 6)
    sizes = net.add_tensor((4,), data=np.array([1, 14, 14, 6], np.int32))
    large = net.add("TRANSPOSE_CONV", [sizes, weights, depthwise, bias], (1, 14, 14, 6), **two)
    net.dense(large, 1)
    products = 7 * 7 * 9 * 4 * 8 + 7 * 7 * 9 * 8 + 7 * 7 * 4 * 8 * 6 + 14 * 14 * 6
    values = (9 * 4 * 8 + 8) + (9 * 8 + 8) + (4 * 8 * 6 + 6) + (14 * 14 * 6 + 1)
    assert count_complexity(ModelFile(Path("net.tflite"), net.build())) == Complexity(values, products)


def test_operators_that_hide_products_are_said() -> None:
    net = Net(quantized=False)
    image = net.reshape(net.input, (1, 28, 28))
    product = net.add("BATCH_MATMUL", [image, image], (1, 28, 28))
    net.dense(product, 10)
    found = count_complexity(ModelFile(Path("net.tflite"), net.build()))
    assert found == Complexity(28 * 28 * 10 + 10, None, "BATCH_MATMUL isn't of a kind that is counted")


@pytest.mark.parametrize("name", ["small.keras", "small_int8.tflite"])
def test_a_damaged_file_is_an_error(name: str) -> None:
    content = (EXPORTS / name).read_bytes()
    with pytest.raises(ModelError):
        count_complexity(ModelFile(Path(name), content[: len(content) // 2]))


def test_a_batch_that_is_fixed_is_one_image() -> None:
    net = Net(quantized=False)
    net.graph.tensors[net.input].shape = [3, 784]
    weights = net.add_weights((10, 784), 10)
    net.add("FULLY_CONNECTED", [net.input, *weights], (3, 10))
    found = count_complexity(ModelFile(Path("net.tflite"), net.build()))
    assert found == Complexity(7_850, math.prod((784, 10)))
