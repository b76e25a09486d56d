"""Parameters and multiplications, against numbers that were counted by hand and against Keras's own count."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from edgemnist.contract import Source
from edgemnist.errors import ModelError
from edgemnist.files import hash_bytes
from edgemnist.formats import ModelFile
from edgemnist.formats.complexity import Complexity, count_complexity
from edgemnist.formats.complexity.onnx_shapes import find_shapes
from edgemnist.formats.onnx import read_onnx
from edgemnist.processes.limits import Limits
from edgemnist.trust import trust
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
# Two convolutions at each of 26 and 24, of 12 and of 6 pixels a side; and the answers.
CNN = (
    9 * (26 * 26 * 16 + 24 * 24 * 16 * 16)
    + 9 * 12 * 12 * (16 * 32 + 32 * 32)
    + 9 * 6 * 6 * (32 * 128 + 128 * 128)
    + 128 * 10
)


def multiply_narrow(first: int, second: int, third: int, fourth: int) -> int:
    """Of 26 x 26, 11 x 11, 9 x 9 and 2 x 2 places, and of the mean."""
    windows = 26**2 * first + 11**2 * first * second + 9**2 * second * third + 2**2 * third * fourth
    return 9 * windows + fourth * 10


KNOWN = {
    "model": Complexity(535_818, DENSE), "best": Complexity(535_818, DENSE), "small": Complexity(15_786, SMALL),
    "cnn": Complexity(202_234, CNN), "micro": Complexity(22_618, 144 * 96 + 96 * 56 + 56 * 40 + 40 * 10),
    **{name: Complexity(parameters, multiply_narrow(*sizes)) for name, parameters, sizes in (
        ("micro-cnn", 21_548, (8, 14, 24, 75)), ("mini", 18_024, (10, 16, 28, 46)), ("nano", 6_604, (8, 12, 17, 22)),
        ("pico", 3_014, (6, 9, 11, 13)),
    )},
}  # fmt: skip
NAMES = sorted(path.name for path in EXPORTS.iterdir() if path.suffix in (".keras", ".tflite", ".onnx"))


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


def test_a_source_that_says_less_or_is_damaged_changes_nothing(tmp_path: Path) -> None:
    net = Net(quantized=False)
    image = net.reshape(net.input, (1, 28, 28))
    net.dense(net.add("BATCH_MATMUL", [image, image], (1, 28, 28)), 10)
    path = tmp_path / "net.tflite"
    path.write_bytes(net.build())
    trust([hash_bytes(path.read_bytes())])
    damaged = make_onnx([CONV])
    (damaged.graph.initializer[0]).data_location = onnx.TensorProto.EXTERNAL
    damaged.graph.initializer[0].external_data.add(key="location", value="gone.bin")
    (tmp_path / "gone.onnx").write_bytes(damaged.SerializeToString())
    (tmp_path / "half.tflite").write_bytes(net.build()[:500])
    for name in ("small_int8.c", "small_int8.h", "small_int8.onnx"):
        shutil.copy(EXPORTS / name, tmp_path)
    known = Complexity(28 * 28 * 10 + 10, None, "BATCH_MATMUL isn't of a kind that is counted")
    for name, expected in (
        ("gone.onnx", known), ("half.tflite", known), ("small_int8.c", known), ("small_int8.onnx", KNOWN["small"]),
    ):  # fmt: skip
        source = Source(name, hash_bytes((tmp_path / name).read_bytes()))
        assert find_complexity(ModelFile.read(path), source, Limits()) == expected, name


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


def test_variables_of_optimizer_and_metrics_are_none_of_the_model(tmp_path: Path) -> None:
    model = build()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(np.zeros((2, 28, 28, 1), np.float32), np.zeros(2), verbose=0)
    assert count(model, tmp_path).parameters == 7_850


@pytest.mark.parametrize("name", ["keras2.keras", "keras2.h5"])
def test_a_file_of_keras_2_is_counted_too(name: str) -> None:
    """A filter of 5 × 5 with a stride of 3 and no padding, one for each channel, a pool, a dense layer."""
    products = 8 * 8 * (5 * 5 * 4) + 8 * 8 * (3 * 3 * 4) + 4 * 4 * 4 * 10
    assert count_complexity(ModelFile.read(ROOT / "tests" / "models" / name)) == Complexity(810, products)


def test_an_h5_file_is_counted_too(tmp_path: Path) -> None:
    import keras

    model = build(keras.layers.Conv2D(4, 3), keras.layers.BatchNormalization())
    found = count(model, tmp_path, "old.h5")
    assert found == Complexity(model.count_params(), 26 * 26 * 36 + 26 * 26 * 4 * 10)


def test_a_saved_model_is_not_counted(tmp_path: Path) -> None:
    from edgemnist.quiet import quiet

    with quiet():
        build().export(tmp_path / "saved_model", verbose=False)
    found = count_complexity(ModelFile.read(tmp_path / "saved_model"))
    assert found == Complexity(None, None, "a SavedModel doesn't say its layers")


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


@pytest.mark.parametrize("name", ["small.keras", "small_int8.tflite", "small_int8.onnx"])
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


Nodes = list[tuple[str, list[str], str, dict[str, Any]]]
FLOATS: dict[str, tuple[int, ...]] = {
    "filters": (4, 3, 3, 3), "bias": (4,), "each": (4, 1, 3, 3), "back": (4, 5, 2, 2), "last": (4, 7), "left": (7, 4),
    "each_value": (4, 1, 1),
}  # fmt: skip
WHOLE: dict[str, list[int]] = {
    "rows": [0, -1], "first": [0], "axes": [2, 3], "end": [1], "minus": [-1], "pads": [0, 0, 1, 2, 0, 0, 3, 4],
}  # fmt: skip


def make_onnx(nodes: Nodes, batch: int | str = "n", stated: dict[str, list[int]] | None = None) -> onnx.ModelProto:
    """A file of nodes from `x`, images of three channels, whose last one gives the output."""
    made = [helper.make_node(kind, inputs, [output], **settings) for kind, inputs, output, settings in nodes]
    constants = [numpy_helper.from_array(np.ones(shape, np.float32), name) for name, shape in FLOATS.items()]
    constants += [numpy_helper.from_array(np.array(numbers, np.int64), name) for name, numbers in WHOLE.items()]
    images = helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [batch, 3, 12, 12])
    output = helper.make_tensor_value_info(nodes[-1][2], onnx.TensorProto.FLOAT, None)
    between = [
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape) for name, shape in (stated or {}).items()
    ]
    graph = helper.make_graph(made, "net", [images], [output], constants, value_info=between)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])


def count_onnx(model: onnx.ModelProto) -> Complexity:
    return count_complexity(ModelFile(Path("net.onnx"), model.SerializeToString()))


CONV = ("Conv", ["x", "filters", "bias"], "a", {})
# Graphs, with the products and the values in weights that they were counted to have by hand.
GRAPHS: dict[str, tuple[Nodes, int, int]] = {
    "strides": ([("Conv", ["x", "filters"], "a", {"pads": [1, 1, 1, 1], "strides": [2, 3]})], 6 * 4 * 108, 108),
    "dilations": ([("Conv", ["x", "filters"], "a", {"dilations": [2, 3]})], 8 * 6 * 108, 108),
    "automatic": ([("Conv", ["x", "filters"], "a", {"auto_pad": "SAME_UPPER", "strides": [5, 5]})], 3 * 3 * 108, 108),
    "groups": ([CONV, ("Conv", ["a", "each"], "b", {"group": 4})], 100 * 108 + 64 * 36, 108 + 4 + 36),
    "pools": (
        [CONV, ("MaxPool", ["a"], "b", {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1}),
         ("AveragePool", ["b"], "c", {"kernel_shape": [2, 2]}), ("Conv", ["c", "each"], "d", {"group": 4})],
        100 * 108 + 4 * 36, 108 + 4 + 36,
    ),
    "global": (
        [CONV, ("GlobalAveragePool", ["a"], "b", {}), ("Flatten", ["b"], "c", {}), ("Gemm", ["c", "last"], "d", {})],
        100 * 108 + 28, 108 + 4 + 28,
    ),
    "mean": (
        [CONV, ("ReduceMean", ["a"], "b", {"axes": [2, 3], "keepdims": 0}), ("MatMul", ["b", "last"], "c", {})],
        100 * 108 + 28, 108 + 4 + 28,
    ),
    "rows": (
        [CONV, ("Transpose", ["a"], "b", {"perm": [0, 2, 3, 1]}), ("MatMul", ["b", "last"], "c", {})],
        100 * 108 + 100 * 28, 108 + 4 + 28,
    ),
    "back": ([CONV, ("ConvTranspose", ["a", "back"], "b", {"strides": [2, 2]})], 100 * 108 + 100 * 80, 108 + 4 + 80),
    "padded": (
        [("Pad", ["x", "pads"], "p", {}), ("Conv", ["p", "filters"], "a", {}), ("Relu", ["a"], "b", {})],
        14 * 16 * 108, 108,
    ),
    "branches": (
        [CONV, ("Concat", ["a", "a"], "b", {"axis": 2}), ("Add", ["b", "b"], "c", {}),
         ("Conv", ["c", "each"], "d", {"group": 4})],
        100 * 108 + 18 * 8 * 36, 108 + 4 + 36,
    ),
    "flattened by a computed shape": (
        [CONV, ("GlobalMaxPool", ["a"], "b", {}), ("Shape", ["b"], "s", {}), ("Gather", ["s", "first"], "n", {}),
         ("Concat", ["n", "minus"], "t", {"axis": 0}), ("Reshape", ["b", "t"], "c", {}),
         ("MatMul", ["c", "last"], "d", {})],
        100 * 108 + 28, 108 + 4 + 28,
    ),
    "flattened by a part of a shape": (
        [CONV, ("GlobalMaxPool", ["a"], "b", {}), ("Shape", ["b"], "s", {}), ("Slice", ["s", "first", "end"], "n", {}),
         ("Concat", ["n", "minus"], "t", {"axis": 0}), ("Reshape", ["b", "t"], "c", {}),
         ("Unsqueeze", ["c", "first"], "d", {}), ("Squeeze", ["d", "first"], "e", {}),
         ("Gemm", ["e", "last"], "f", {})],
        100 * 108 + 28, 108 + 4 + 28,
    ),
    "flattened by numbers of their own": (
        [CONV, ("GlobalMaxPool", ["a"], "b", {}), ("Constant", [], "t", {"value_ints": [0, -1]}),
         ("Reshape", ["b", "t"], "c", {}), ("MatMul", ["c", "last"], "d", {})],
        100 * 108 + 28, 108 + 4 + 28,
    ),
    "weights on the left": (
        [CONV, ("GlobalMaxPool", ["a"], "b", {}), ("Flatten", ["b"], "c", {}), ("Transpose", ["c"], "d", {}),
         ("MatMul", ["left", "d"], "e", {})],
        100 * 108 + 28, 108 + 4 + 28,
    ),
    "turned weights on the left": (
        [CONV, ("GlobalMaxPool", ["a"], "b", {}), ("Flatten", ["b"], "c", {}),
         ("Gemm", ["last", "c"], "d", {"transA": 1, "transB": 1})],
        100 * 108 + 28, 108 + 4 + 28,
    ),
    "turned weights": (
        [CONV, ("GlobalMaxPool", ["a"], "b", {}), ("Flatten", ["b"], "c", {}),
         ("Gemm", ["c", "left"], "d", {"transB": 1})],
        100 * 108 + 28, 108 + 4 + 28,
    ),
    "scaled and shifted": (
        [CONV, ("Mul", ["a", "each_value"], "b", {}), ("Add", ["b", "each_value"], "c", {}),
         ("Clip", ["c", "", ""], "d", {})],
        100 * 108, 108 + 4 + 4,
    ),
}  # fmt: skip


@pytest.mark.parametrize("batch", ["n", 1, 3])
@pytest.mark.parametrize("name", GRAPHS)
def test_graphs_are_counted_by_hand(name: str, batch: int | str) -> None:
    nodes, products, values = GRAPHS[name]
    assert count_onnx(make_onnx(nodes, batch=batch)) == Complexity(values, products)


@pytest.mark.parametrize("name", GRAPHS)
def test_constants_among_the_inputs_are_no_images(name: str) -> None:
    """Files of IR 3 list all of them there."""
    nodes, products, values = GRAPHS[name]
    model = make_onnx(nodes)
    images = list(model.graph.input)
    del model.graph.input[:]
    for one in model.graph.initializer:
        model.graph.input.append(helper.make_tensor_value_info(one.name, one.data_type, one.dims))
    model.graph.input.extend(images)
    assert count_onnx(model) == Complexity(values, products)


def test_scales_of_whole_numbers_are_no_parameters() -> None:
    rounded = ["scale", "zero"]
    nodes: Nodes = [
        ("QuantizeLinear", ["x", *rounded], "q", {}),
        ("QLinearConv", ["q", *rounded, "weights", "scales", "zeros", *rounded, "sums"], "a", {}),
    ]
    arrays = {
        "scale": np.float32(0.1), "zero": np.uint8(3), "weights": np.ones((4, 3, 3, 3), np.int8),
        "scales": np.ones(4, np.float32), "zeros": np.zeros(4, np.int8), "sums": np.ones(4, np.int32),
    }  # fmt: skip
    model = make_onnx(nodes)
    model.graph.initializer.extend(numpy_helper.from_array(np.array(one), name) for name, one in arrays.items())
    assert count_onnx(model) == Complexity(108 + 4, None, "QLinearConv isn't of a kind that is counted")


def check_shapes(model: onnx.ModelProto) -> int:
    """Compare the shapes that are found with those that the package `onnx` infers; return how many there are."""
    inferred = onnx.shape_inference.infer_shapes(model, data_prop=True, strict_mode=True).graph
    found, compared = find_shapes(read_onnx(model.SerializeToString(), "net.onnx")), 0
    for value in (*inferred.value_info, *inferred.output):
        sizes = [size.dim_value for size in value.type.tensor_type.shape.dim]
        if value.name in found and all(sizes):
            assert found[value.name] == tuple(sizes), value.name
            compared += 1
    return compared


@pytest.mark.parametrize("name", GRAPHS)
def test_shapes_are_those_that_onnx_infers(name: str) -> None:
    nodes, *_ = GRAPHS[name]
    assert check_shapes(make_onnx(nodes, batch=1)) >= sum(kind != "ConvTranspose" for kind, *_ in nodes)


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".onnx")])
def test_shapes_of_released_files_are_those_that_onnx_infers(name: str) -> None:
    model = onnx.load(EXPORTS / name)
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1
    model.graph.output[0].type.tensor_type.shape.dim[0].dim_value = 1
    assert check_shapes(model) > len(model.graph.node) / 2


def test_a_shape_that_does_not_follow_is_the_one_that_is_stated() -> None:
    sizes = {"scales": np.array([1, 1, 2, 2], np.float32)}
    nodes: Nodes = [("Resize", ["x", "", "scales"], "a", {}), ("Conv", ["a", "filters"], "b", {})]
    for stated, products in (({"a": [0, 3, 24, 24]}, 22 * 22 * 108), ({"a": [0, 3, 0, 0]}, None), ({}, None)):
        model = make_onnx(nodes, stated=stated)
        model.graph.initializer.extend(numpy_helper.from_array(values, name) for name, values in sizes.items())
        found = count_onnx(model)
        assert (found.parameters, found.multiplications) == (108, products)
        assert found.uncounted == ("" if products else "the file doesn't say what shape Conv b gives")


def test_operators_of_other_kinds_are_said() -> None:
    cases: dict[str, Nodes] = {
        "MatMul a multiplies values with values": [("MatMul", ["x", "x"], "a", {})],
        "Einsum isn't of a kind that is counted": [("Einsum", ["x"], "a", {"equation": "abcd->ad"})],
        "Relu isn't of a kind that is counted": [("Relu", ["x"], "a", {"domain": "elsewhere"})],
    }
    for reason, nodes in cases.items():
        found = count_onnx(make_onnx(nodes))
        assert (found.multiplications, found.uncounted) == (None, reason)


def test_sizes_that_cannot_be_are_no_traceback() -> None:
    strange: list[Nodes] = [
        [("Conv", ["x", "filters"], "a", {"strides": [0, 0]})],
        [("Conv", ["x", "filters"], "a", {"pads": [1]})],
        [("Conv", ["x", "filters"], "a", {"dilations": [99, 99]})],
        [("Conv", ["x"], "a", {})],
        [("Transpose", ["x"], "b", {"perm": [7, 8]}), ("Conv", ["b", "filters"], "a", {})],
        [("Reshape", ["x", "first"], "b", {}), ("MatMul", ["b", "last"], "a", {})],
    ]
    for nodes in strange:
        found = count_onnx(make_onnx(nodes))
        assert found.multiplications is None
