"""Every kind of layer that C knows, alone and in branches: the same bits as LiteRT's reference kernels."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import flatbuffers
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgemnist.errors import ExportError, ModelError
from edgemnist.exporters import Options
from edgemnist.exporters.c import writer
from edgemnist.exporters.c.arena import plan_arena
from edgemnist.exporters.c.graph import INPUT, Graph, Layer, Scratch, Tensor
from edgemnist.exporters.c.layers import LAYERS
from edgemnist.exporters.c.program import SHARED
from edgemnist.exporters.c.read_tflite import read_graph
from edgemnist.formats import ModelFile
from edgemnist.runtimes import open_here
from edgemnist.runtimes.base import Request
from tests.nets import HIDDEN, PIXELS, Net, build_branches
from tests.test_c import write_c

WAYS = [
    Options(kernels=weights, rounding=rounding) for weights in ("sparse", "dense") for rounding in ("reference", "tflm")
]
SLOW = [pytest.param(way, marks=pytest.mark.slow) for way in WAYS[1:]]
KINDS = sorted({layer.kernel for layer in LAYERS.values()})
RUNTIMES = {"reference": "litert-reference", "tflm": "tflm"}


def build(add: Callable[[Net, int], int], quantized: bool, seed: int = 0) -> bytes:
    """A net of an image of 14 x 14 x 4, one layer over it, and ten logits."""
    net = Net(quantized, seed)
    image = net.reshape(net.input, (1, 14, 14, 4))
    net.dense(add(net, image), 10, (0.02, 11))
    return net.build()


def add_window(kind: str, shape: tuple[int, ...], **options: int) -> Callable[[Net, int], int]:
    """A layer with a window of 3 x 3 over 14 x 14 x 4, in steps of 2, with padding."""
    sizes = {"filterHeight": 3, "filterWidth": 3} if "POOL" in kind else {}

    def add(net: Net, image: int) -> int:
        weights = [] if sizes else net.add_weights(shape, 8, 0.01)
        scale, outputs = (PIXELS, 4) if sizes else (HIDDEN, 8)
        return net.add(kind, [image, *weights], (1, 7, 7, outputs), scale, strideH=2, strideW=2, **sizes, **options)

    return add


def add_dense(net: Net, image: int) -> int:
    return net.dense(image, 32)


def add_mean(net: Net, image: int) -> int:
    axes = net.add_tensor((2,), data=np.array([1, 2], np.int32))
    return net.dense(net.add("MEAN", [image, axes], (1, 4), (0.003, -100)), 32, (0.01, 3), step=0.02)


def add_rescaling(kind: str) -> Callable[[Net, int], int]:
    return lambda net, image: net.add(kind, [net.dense(image, 32)], (1, 32), (0.013, -31))


def add_clamp(net: Net, image: int) -> int:
    return net.add("RELU6", [net.dense(image, 32, HIDDEN)], (1, 32), HIDDEN)


def add_sum(net: Net, image: int) -> int:
    return net.add("ADD", [net.dense(image, 32), net.dense(image, 32, (0.007, 30))], (1, 32), (0.03, 4))


def add_concatenation(net: Net, image: int) -> int:
    parts = [net.dense(image, outputs) for outputs in (5, 32, 3)]
    return net.add("CONCATENATION", parts, (1, 40), axis=1)


NETS: dict[str, Callable[[Net, int], int]] = {
    "FULLY_CONNECTED": add_dense,
    "CONV_2D": add_window("CONV_2D", (8, 3, 3, 4), fusedActivationFunction=1),
    "DEPTHWISE_CONV_2D": add_window("DEPTHWISE_CONV_2D", (1, 3, 3, 8), depthMultiplier=2),
    "MAX_POOL_2D": add_window("MAX_POOL_2D", ()),
    "AVERAGE_POOL_2D": add_window("AVERAGE_POOL_2D", ()),
    "MEAN": add_mean,
    "QUANTIZE": add_rescaling("QUANTIZE"),
    "RELU": add_rescaling("RELU"),
    "RELU6": add_rescaling("RELU6"),
    "ADD": add_sum,
    "CONCATENATION": add_concatenation,
}


def run_both(content: bytes, folder: Path, images: np.ndarray, way: Options) -> tuple[np.ndarray, np.ndarray]:
    """The numbers that C and the runtime that it repeats make of images."""
    path = write_c(content, folder, way.kernels, way.rounding)
    request = Request(output="logits")
    with open_here(ModelFile.read(path), request=request) as mine:
        found = mine.run(images).outputs
    with open_here(ModelFile.read(folder / "net.tflite"), RUNTIMES[way.rounding], request) as other:
        expected = other.run(images).outputs
    assert len(np.unique(expected)) > 10, "outputs that hardly differ prove nothing"
    return found, expected


def require_same_bits(content: bytes, folder: Path, images: np.ndarray, way: Options = WAYS[0]) -> None:
    found, expected = run_both(content, folder, images, way)
    assert found.dtype == expected.dtype == np.int8
    assert np.array_equal(found, expected)


# ------------------------------------------------------------- the contract


def test_every_operator_has_a_net() -> None:
    assert set(NETS) == set(LAYERS)


@pytest.mark.parametrize("way", [WAYS[0], *SLOW], ids=lambda way: f"{way.kernels}-{way.rounding}")
@pytest.mark.parametrize("kind", NETS)
def test_a_layer_is_the_same_bits(kind: str, way: Options, tmp_path: Path, dataset) -> None:
    add = add_clamp if (kind, way.rounding) == ("RELU6", "tflm") else NETS[kind]
    require_same_bits(build(add, quantized=True), tmp_path, dataset.test.images[:50], way)


def test_what_tflite_micro_computes_wrongly_is_refused(tmp_path: Path) -> None:
    """Its RELU6 clamps only: with another scale at its output, its values are wrong."""
    with pytest.raises(ExportError, match="TFLite Micro's RELU6 clamps"):
        write_c(build(NETS["RELU6"], quantized=True), tmp_path, "sparse", "tflm")


@pytest.mark.parametrize("weights", ["sparse", pytest.param("dense", marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", [kind for kind in NETS if kind != "QUANTIZE"])
def test_a_layer_of_floats_is_nearly_the_same(kind: str, weights: str, tmp_path: Path, dataset) -> None:
    content = build(NETS[kind], quantized=False)
    found, expected = run_both(content, tmp_path, dataset.test.images[:20], Options(kernels=weights))  # type: ignore[arg-type]
    assert found == pytest.approx(expected, rel=1e-5, abs=1e-4)


@pytest.mark.parametrize("layer", dict.fromkeys(LAYERS.values()), ids=lambda layer: layer.__name__)
def test_a_layer_has_its_kernels(layer: type[Layer]) -> None:
    for dtype in ("int8", "float32"):
        for text in {(writer.KERNELS / f"{dtype}_{name}.c").read_text() for name in name_kernels(layer)}:
            assert re.search(rf"^static void run_{layer.kernel}\(", text, re.MULTILINE)
    for way in WAYS:
        assert set(layer.list_shared(make(layer), way)) <= set(SHARED)


def test_every_kernel_is_of_a_layer_or_shared() -> None:
    own = {name for layer in LAYERS.values() for name in name_kernels(layer)}
    rest = {"find", "model", "array", "softmax"}
    found = {path.stem.removeprefix("int8_").removeprefix("float32_") for path in writer.KERNELS.iterdir()}
    assert found == own | set(SHARED) | rest


def make(layer: type[Layer]) -> Layer:
    """A layer of this kind without any field: enough to ask for what doesn't depend on them."""
    return object.__new__(layer)


def name_kernels(layer: type[Layer]) -> set[str]:
    return {layer.name_kernel(make(layer), way) for way in WAYS}


def test_nothing_else_knows_a_kind_by_its_name() -> None:
    modules = list(Path(writer.__file__).parent.glob("*.py"))
    assert len(modules) > 8
    words = "|".join(sorted({*KINDS, *LAYERS} - {"QUANTIZE"}))  # which also stands first and last in a file
    for path in modules:
        assert not re.search(rf"[\"'](run_)?({words})[\"'(]", path.read_text()), path.name


# ----------------------------------------------------------------- branches


@pytest.mark.parametrize("seed", range(4))
def test_sums_of_any_scales_are_the_same_bits(seed: int, tmp_path: Path, dataset) -> None:
    """Scales that differ up to a thousand times, zero points anywhere, each activation function."""
    net = Net(quantized=True, seed=seed)
    first, second = 10.0 ** net.random.uniform(-3, 0, 2)
    zeros = net.random.integers(-100, 100, 3).tolist()
    one = net.dense(net.input, 10, (first, zeros[0]), step=first / 10)
    other = net.dense(net.input, 10, (second, zeros[1]), step=second / 10)
    scale = max(first, second) * net.random.uniform(0.5, 2)
    net.add("ADD", [one, other], (1, 10), (scale, zeros[2]), fusedActivationFunction=(0, 1, 3)[seed % 3])
    found, expected = run_both(net.build(), tmp_path, dataset.test.images[:200], WAYS[0])
    assert np.array_equal(found, expected)


@pytest.mark.parametrize("axis", [1, -1])
@pytest.mark.parametrize("quantized", [True, False])
def test_any_axis_can_be_concatenated(axis: int, quantized: bool, tmp_path: Path, dataset) -> None:
    net = Net(quantized)
    shape = np.array([1, 14, 14, 4])
    image = net.reshape(net.input, (1, 14, 14, 4))
    shape[axis] *= 2
    net.dense(net.add("CONCATENATION", [image, image], tuple(shape.tolist()), PIXELS, axis=axis), 10, (0.02, 3))
    found, expected = run_both(net.build(), tmp_path, dataset.test.images[:20], WAYS[0])
    assert np.array_equal(found, expected) if quantized else found == pytest.approx(expected, rel=1e-5, abs=1e-4)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.kernels}-{way.rounding}")
def test_branches_are_the_same_bits(way: Options, tmp_path: Path, dataset) -> None:
    require_same_bits(build_branches(quantized=True), tmp_path, dataset.test.images[:50], way)


@pytest.mark.parametrize("weights", ["sparse", "dense"])
def test_branches_of_floats_are_nearly_the_same(weights: str, tmp_path: Path, dataset) -> None:
    content = build_branches(quantized=False)
    found, expected = run_both(content, tmp_path, dataset.test.images[:20], Options(kernels=weights))  # type: ignore[arg-type]
    assert found == pytest.approx(expected, rel=1e-5, abs=1e-4)


# --------------------------------------------------------- what isn't written


def add_constant(net: Net, one: int, other: int) -> None:
    net.add("ADD", [one, net.add_tensor((1, 10), HIDDEN, np.ones((1, 10), np.int8))], (1, 10))


def join(shape: tuple[int, ...], axis: int, scale: tuple[float, int] = HIDDEN, **options: int) -> Callable[..., None]:
    return lambda net, one, other: net.add("CONCATENATION", [one, other], shape, scale, axis=axis, **options)


def join_constant(net: Net, one: int, other: int) -> None:
    net.add("CONCATENATION", [one, net.add_tensor((1, 10), HIDDEN, np.ones((1, 10), np.int8))], (1, 20), axis=1)


REFUSED: dict[str, tuple[Callable[..., object], str]] = {
    "a constant": (add_constant, "the addition of a constant can't"),
    "two shapes": (
        lambda net, one, other: net.add("ADD", [one, net.reshape(other, (10, 1))], (10, 10)),
        r"the sum of \(1, 10\) and \(10, 1\) can't",
    ),
    "a scale too small": (
        lambda net, one, other: net.add("ADD", [one, other], (1, 10), (1e-9, 0)), "scale of its sum is far too small"
    ),
    "scales": (join((1, 20), 1, (0.03, 0)), "of different scales can't be written in C, nor run by LiteRT"),
    "images": (join((2, 10), 0), r"along axis 0 are not \(2, 10\) of one image"),
    "sizes": (join((1, 30), 1), "don't fill its output along axis 1"),
    "an activation function": (join((1, 20), 1, fusedActivationFunction=1), "with an activation function can't"),
    "beside a constant": (join_constant, "a concatenation with a constant can't"),
    "unread": (lambda net, one, other: net.dense(one, 10), "nothing reads its output"),
    "a product": (lambda net, one, other: net.add("MUL", [one, other], (1, 10)), "MUL can't be written in C"),
    "a computed filter": (
        lambda net, one, other: net.add("FULLY_CONNECTED", [one, other], (1, 1)),
        "FULLY_CONNECTED of 2 computed inputs can't be written in C, only of 1",
    ),
    "no view": (
        lambda net, one, other: net.add("ADD", [net.reshape(one, (1, 20)), other], (1, 20)), "is no view of computed"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("add", "message"), REFUSED.values(), ids=REFUSED)
def test_what_c_does_not_know_is_named(add: Callable[..., object], message: str) -> None:
    net = Net(quantized=True)
    add(net, net.dense(net.input, 10), net.dense(net.input, 10))
    with pytest.raises(ExportError, match=message):
        read_graph(net.build())


@pytest.mark.parametrize("side", ["inputs", "outputs"])
def test_two_inputs_or_outputs_are_refused(side: str) -> None:
    net = Net(quantized=True)
    net.add("ADD", [net.dense(net.input, 10), net.dense(net.input, 10)], (1, 10))
    net.build()
    setattr(net.graph, side, [*getattr(net.graph, side), 5])
    builder = flatbuffers.Builder(1024)
    builder.Finish(net.model.Pack(builder), b"TFL3")
    with pytest.raises(ExportError, match="expected one of each"):
        read_graph(bytes(builder.Output()))


def test_an_image_of_another_size_is_refused(tmp_path: Path) -> None:
    net = Net(quantized=True)
    net.graph.tensors[net.input].shape = [1, 100]
    net.dense(net.input, 10)
    with pytest.raises(ExportError, match="takes 100 values, expected the 784 pixels"):
        write_c(net.build(), tmp_path)


def test_litert_refuses_a_concatenation_of_different_scales_too(tmp_path: Path) -> None:
    net = Net(quantized=True)
    join((1, 20), 1, (0.03, 0))(net, net.dense(net.input, 10), net.dense(net.input, 10))
    (tmp_path / "net.tflite").write_bytes(net.build())
    with pytest.raises(ModelError):
        open_here(ModelFile.read(tmp_path / "net.tflite"), "litert-reference")


# ------------------------------------------------------------------- memory


class Fake(Layer):
    """A layer that needs memory and nothing else."""

    kernel = "fake"

    @classmethod
    def read(cls, operator: object) -> Layer:
        raise NotImplementedError


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Graph, list[Scratch | None]]:
    """Up to eight layers, each of which reads one or two of the tensors before it."""
    tensors = [Tensor(INPUT, (1, 784), None)]
    layers: list[Layer] = []
    for index in range(draw(st.integers(1, 8))):
        inputs = draw(st.lists(st.sampled_from(tensors), min_size=1, max_size=2))
        output = Tensor(f"t{index}", (1, draw(st.integers(1, 3000))), None)
        layers.append(Fake("x", tuple(inputs), output))
        tensors.append(output)
    scratch = st.none() | st.builds(Scratch, st.integers(1, 300), st.booleans())
    read, needed = {tensors[-1].name}, []
    for layer in reversed(layers):
        if layer.output.name in read:
            read |= {tensor.name for tensor in layer.inputs}
            needed.insert(0, layer)
    return Graph(tensors[0], tuple(needed), tensors[-1], softmax=False), [draw(scratch) for _ in needed]


@given(graphs(), st.sampled_from([1, 4]), st.booleans())
def test_nothing_that_is_needed_is_overwritten(drawn, bytes_per_value: int, converted: bool) -> None:
    """Plays the program: every word that a layer reads must still be what was written there."""
    graph, scratch = drawn
    plan = plan_arena(graph, scratch, bytes_per_value=bytes_per_value, converted=converted)
    memory = np.full(plan.words, "", object)

    def find(tensor: Tensor) -> slice:
        start = plan.places[tensor.name]
        words = -(-tensor.size * bytes_per_value // 4)
        assert start + words <= plan.words
        return slice(start, start + words)

    if converted:
        memory[find(graph.input)] = INPUT
    for layer, need, place in zip(graph.layers, scratch, plan.scratch, strict=True):
        if need:
            assert place + need.words <= plan.words
            memory[place : place + need.words] = "scratch"
        if not (need and need.in_output):  # written while inputs and scratch memory are in use
            memory[find(layer.output)] = layer.output.name
            assert need is None or (memory[place : place + need.words] == "scratch").all()
        for tensor in layer.inputs:
            if tensor.name != INPUT or converted:
                assert (memory[find(tensor)] == tensor.name).all()
        memory[find(layer.output)] = layer.output.name
    assert (memory[find(graph.output)] == graph.output.name).all()
    assert converted or INPUT not in plan.places
