"""Every kind of layer that C knows, alone and in branches: the same bits as LiteRT's reference kernels."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import flatbuffers
import numpy as np
import pytest
from clang import cindex
from hypothesis import given
from hypothesis import strategies as st

from edgemnist.errors import ExportError, ModelError
from edgemnist.exporters import Options
from edgemnist.exporters.c import writer
from edgemnist.exporters.c.arena import plan_arena
from edgemnist.exporters.c.functions.integers import INTEGERS
from edgemnist.exporters.c.graph import INPUT, Graph, Layer, Scratch, Tensor
from edgemnist.exporters.c.graph import Scale as Step
from edgemnist.exporters.c.layers import KINDS, LAYERS
from edgemnist.exporters.c.program import SHARED
from edgemnist.exporters.c.read_tflite import read_graph
from edgemnist.formats import ModelFile
from edgemnist.machines import MACHINES, find_machine
from edgemnist.runtimes import open_here
from edgemnist.runtimes.base import Request
from tests.conftest import slow
from tests.nets import HIDDEN, PIXELS, Net, Scale, build_branches, schema
from tests.test_c import DIALECTS, compile_c, write_c

WAYS = [
    Options(kernels=weights, rounding=rounding) for weights in ("sparse", "dense") for rounding in ("reference", "tflm")
]
SLOW = [pytest.param(way, marks=pytest.mark.slow) for way in WAYS[1:]]
# Steps over int8 that come with others in the tests of functions, or with another type.
STEPS_ELSEWHERE = ("SELECT", "SELECT_V2", "GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL", "DIV", "ELU", "RELU_0_TO_1")
DTYPES = ("int8", "float32")
RUNTIMES = {"reference": "litert-reference", "tflm": "tflm"}


def build(add: Callable[[Net, int], int], quantized: bool, seed: int = 0) -> bytes:
    """A net of an image of 14 x 14 x 4, one layer over it, and ten logits."""
    net = Net(quantized, seed)
    image = net.reshape(net.input, (1, 14, 14, 4))
    net.dense(add(net, image), 10, (0.02, 11))
    return net.build()


def add_window(
    kind: str, shape: tuple[int, ...], strides: tuple[int, int] = (2, 2), **options: int
) -> Callable[[Net, int], int]:
    """A layer with a window of 3 x 3 over 14 x 14 x 4, in steps of 2, with padding."""
    sizes = {"filterHeight": 3, "filterWidth": 3} if "POOL" in kind else {}

    def add(net: Net, image: int) -> int:
        weights = [] if sizes else net.add_weights(shape, 8, 0.01)
        scale, outputs = (PIXELS, 4) if sizes else (HIDDEN, 8)
        rows, columns = (14 // stride for stride in strides)
        steps = {"strideH": strides[0], "strideW": strides[1]}
        return net.add(kind, [image, *weights], (1, rows, columns, outputs), scale, **steps, **sizes, **options)

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


def add_concatenation(net: Net, image: int) -> int:
    parts = [net.dense(image, outputs) for outputs in (5, 32, 3)]
    return net.add("CONCATENATION", parts, (1, 40), axis=1)


def over(kind: str, shape: tuple[int, ...], scale: Scale = PIXELS, **options: object) -> Callable[[Net, int], int]:
    """One operator over the image of 14 x 14 x 4."""
    return lambda net, image: net.add(kind, [image], shape, scale, **options)


def over_hidden(kind: str, scale: Scale = HIDDEN, before: Scale = (0.05, 3), **options: object) -> Callable[..., int]:
    """One operator over 200 values of both signs."""
    return lambda net, image: net.add(kind, [spread(net, image, before)], (1, 200), scale, **options)


def spread(net: Net, image: int, scale: Scale) -> int:
    """200 values of both signs, made once in a model: their weights are most of its text."""
    if (image, scale) not in net.spread:
        net.spread[image, scale] = net.dense(image, 200, scale)
    return net.spread[image, scale]


def over_list(kind: str, numbers: object, shape: tuple[int, ...], **options: object) -> Callable[[Net, int], int]:
    """One operator over the image, by a list of whole numbers."""

    def add(net: Net, image: int) -> int:
        values = np.array(numbers, np.int32)
        return net.add(kind, [image, net.add_tensor(values.shape, data=values)], shape, PIXELS, **options)

    return add


def over_two(kind: str, scale: Scale = (0.03, 4), other: Scale = (0.007, 30), **options: object) -> Callable[..., int]:
    """One operator over two layers of 32 values."""

    def add(net: Net, image: int) -> int:
        return net.add(kind, [net.dense(image, 32), net.dense(image, 32, other)], (1, 32), scale, **options)

    return add


def with_constant(kind: str, shape: tuple[int, ...], scale: Scale = HIDDEN, **options: object) -> Callable[..., int]:
    """One operator over the image and random numbers."""

    def add(net: Net, image: int) -> int:
        numbers = net.random.integers(-120, 120, shape)
        values = numbers.astype(np.int8) if net.quantized else (numbers / 50).astype(np.float32)
        return net.add(kind, [image, net.add_tensor(shape, (0.02, 5), values)], (1, 14, 14, 4), scale, **options)

    return add


def add_slice_in_steps(net: Net, image: int) -> int:
    lists = [np.array(values, np.int32) for values in ([0, 1, -9, 0], [1, 14, 14, 3], [1, 3, 2, 1])]
    places = [net.add_tensor((4,), data=values) for values in lists]
    return net.add("STRIDED_SLICE", [image, *places], (1, 5, 5, 3), PIXELS, **SLICE_MASKS)


def add_slice(net: Net, image: int) -> int:
    places = [net.add_tensor((4,), data=np.array(values, np.int32)) for values in ([0, 2, 0, 1], [1, 5, 14, 3])]
    return net.add("SLICE", [image, *places], (1, 5, 14, 3), PIXELS)


def add_filled_padding(net: Net, image: int) -> int:
    pads = net.add_tensor((4, 2), data=np.array(PADS, np.int32))
    fill = net.add_tensor((), PIXELS, np.array(17, np.int8 if net.quantized else np.float32))
    return net.add("PADV2", [image, pads, fill], (1, 16, 18, 4), PIXELS)


def add_stack(net: Net, image: int) -> int:
    parts = [net.dense(image, 9) for _ in range(3)]
    return net.add("PACK", parts, (1, 3, 9), HIDDEN, axis=1, valuesCount=3)


def add_transposed(net: Net, image: int) -> int:
    shape = net.add_tensor((4,), data=np.array([1, 28, 28, 3], np.int32))
    weights, bias = net.add_weights((3, 3, 3, 4), 3, 0.01)
    steps = {"strideH": 2, "strideW": 2, "fusedActivationFunction": 1}
    return net.add("TRANSPOSE_CONV", [shape, weights, image, bias], (1, 28, 28, 3), HIDDEN, **steps)


def choose(net: Net, image: int) -> int:
    """One of two functions of a value, by a third one."""
    values = spread(net, image, HIDDEN)
    zero = net.add_tensor((), HIDDEN, np.array(-7 if net.quantized else 0, np.int8 if net.quantized else np.float32))
    truth = net.add("GREATER", [values, zero], (1, 200), None)
    net.graph.tensors[truth].type = schema.TensorType.BOOL
    net.graph.tensors[truth].quantization = None
    return net.add("SELECT_V2", [truth, net.add("ABS", [values], (1, 200)), values], (1, 200))


def soften(net: Net, image: int) -> int:
    """The logarithm of 1 + exp(x)."""
    exponential = net.add("EXP", [spread(net, image, (0.01, 3))], (1, 200), (0.05, -128))
    one = net.add_tensor((), (0.1, 0), np.array(10 if net.quantized else 1, np.int8 if net.quantized else np.float32))
    return net.add("LOG", [net.add("ADD", [exponential, one], (1, 200), (0.06, -128))], (1, 200), (0.02, -100))


def swish(net: Net, image: int) -> int:
    """Two operators that are one function."""
    values = spread(net, image, (0.05, 3))
    gate = net.add("LOGISTIC", [values], (1, 200), (1 / 256, -128))
    return net.add("MUL", [values, gate], (1, 200), (0.03, -100))


SLICE_MASKS = {"beginMask": 1, "endMask": 1, "ellipsisMask": 0, "newAxisMask": 0, "shrinkAxisMask": 0}
PADS = [[0, 0], [0, 2], [1, 3], [0, 0]]
SIZES = [9, 25]
CENTERED = {"alignCorners": False, "halfPixelCenters": True}
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
    "RELU_N1_TO_1": add_rescaling("RELU_N1_TO_1"),
    "ADD": over_two("ADD"),
    "CONCATENATION": add_concatenation,
    "PACK": add_stack,
    "SUB": over_two("SUB", fusedActivationFunction=1),
    "MUL": over_two("MUL", (0.01, -3)),
    "MAXIMUM": over_two("MAXIMUM", HIDDEN, HIDDEN),
    "MINIMUM": over_two("MINIMUM", HIDDEN, HIDDEN),
    "PRELU": lambda net, image: with_constant("PRELU", (1, 1, 4), (0.008, 3))(net, center(net, image)),
    "REDUCE_MAX": over_list("REDUCE_MAX", [2], (1, 14, 4)),
    "RESIZE_NEAREST_NEIGHBOR": over_list("RESIZE_NEAREST_NEIGHBOR", SIZES, (1, 9, 25, 4), **CENTERED),
    "RESIZE_BILINEAR": over_list("RESIZE_BILINEAR", SIZES, (1, 9, 25, 4), **CENTERED),
    "TRANSPOSE_CONV": add_transposed,
    "TRANSPOSE": over_list("TRANSPOSE", [0, 3, 1, 2], (1, 4, 14, 14)),
    "SLICE": add_slice,
    "STRIDED_SLICE": add_slice_in_steps,
    "PAD": over_list("PAD", PADS, (1, 16, 18, 4)),
    "PADV2": add_filled_padding,
    "TILE": over_list("TILE", [1, 2, 1, 3], (1, 28, 14, 12)),
    "BROADCAST_TO": lambda net, image: over_list("BROADCAST_TO", [1, 3, 14, 14, 4], (1, 3, 14, 14, 4))(net, image),
}


def center(net: Net, image: int) -> int:
    """A filter's values of both signs, as many as the image has."""
    weights = net.add_weights((4, 3, 3, 4), 4, 0.01)
    return net.add("CONV_2D", [image, *weights], (1, 14, 14, 4), HIDDEN, strideH=1, strideW=1)


# Operators that are steps of functions, and some that are so by their operands.
FUNCTIONS: dict[str, Callable[[Net, int], int]] = {
    "TANH": over_hidden("TANH", (1 / 128, 0)),
    "LOGISTIC": over_hidden("LOGISTIC", (1 / 256, -128)),
    "GELU": over_hidden("GELU", approximate=False),
    "GELU by tanh": over_hidden("GELU", approximate=True),
    "EXP": over_hidden("EXP", (0.05, -128), (0.01, 3)),
    "LOG": soften,
    "HARD_SWISH": over_hidden("HARD_SWISH", (0.04, -110)),
    "HARD_SWISH of small values": over_hidden("HARD_SWISH", (0.0105, -30), (0.01, 3)),
    "LEAKY_RELU": over_hidden("LEAKY_RELU", (0.031, -90), alpha=0.3),
    "ABS": over_hidden("ABS", (0.041, -128)),
    "choice": choose,
    "swish": swish,
    "sum": with_constant("ADD", ()),
    "difference": with_constant("SUB", ()),
    "product": with_constant("MUL", (), (0.006, 3)),
}
# More of the kinds above: operands that are repeated, taps that lie apart, groups, rows.
VARIANTS: dict[str, Callable[[Net, int], int]] = {
    "a sum with each channel's constant": with_constant("ADD", (4,), fusedActivationFunction=1),
    "each row's difference": with_constant("SUB", (14, 1, 1)),
    "a product with each place's constant": with_constant("MUL", (14, 14, 1), (0.006, 3)),
    "dilated": add_window("CONV_2D", (8, 3, 3, 4), strides=(1, 1), dilationHFactor=2, dilationWFactor=3),
    "in groups": add_window("CONV_2D", (8, 3, 3, 2)),
    "depthwise dilated": add_window(
        "DEPTHWISE_CONV_2D", (1, 3, 3, 8), strides=(1, 1), depthMultiplier=2, dilationHFactor=2, dilationWFactor=2
    ),
    "dense rows": lambda net, image: net.add(
        "FULLY_CONNECTED", [image, *net.add_weights((6, 4), 6, 0.01)], (1, 14, 14, 6), HIDDEN, keepNumDims=True
    ),
    "mean over rows": over_list("MEAN", [1], (1, 14, 4), keepDims=False),
    "mean over channels": over_list("MEAN", [-1], (1, 14, 14, 1), keepDims=True),
    "largest of all": over_list("REDUCE_MAX", [1, 2], (1, 4)),
    "corners aligned": over_list("RESIZE_BILINEAR", SIZES, (1, 9, 25, 4), alignCorners=True, halfPixelCenters=False),
}
ALL = NETS | FUNCTIONS | VARIANTS
# What LiteRT's reference kernels, or TFLite Micro, don't have over int8.
NOT_IN_REFERENCE = ()
# What is computed for floats in another way than for whole numbers.
OWN_FLOATS = ("RESIZE_BILINEAR", "corners aligned")
NOT_IN_MICRO = ("TILE", "GELU", "GELU by tanh", "EXP", "LOG", "RELU_N1_TO_1")


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
    assert {net.split()[0] for net in FUNCTIONS} >= set(INTEGERS) - set(NETS) - set(STEPS_ELSEWHERE)


@pytest.mark.parametrize("way", [WAYS[0], *SLOW], ids=lambda way: f"{way.kernels}-{way.rounding}")
@pytest.mark.parametrize("kind", ALL)
def test_a_layer_is_the_same_bits(kind: str, way: Options, tmp_path: Path, dataset) -> None:
    if kind in (NOT_IN_MICRO if way.rounding == "tflm" else NOT_IN_REFERENCE):
        pytest.skip("the runtime has no kernel of it")
    add = add_clamp if (kind, way.rounding) == ("RELU6", "tflm") else ALL[kind]
    require_same_bits(build(add, quantized=True), tmp_path, dataset.test.images[:50], way)


def build_powers(add: Callable[[Net, int], int]) -> bytes:
    """A layer over values of both signs, in scales that are powers of two."""
    net = Net(quantized=True)
    image = net.reshape(net.input, (1, 14, 14, 4))
    net.dense(add(net, center(net, image)), 10, (0.02, 11))
    net.use_powers(image + 1)
    return net.build()


def build_halves() -> bytes:
    return build_powers(ALL["FULLY_CONNECTED"])


@pytest.mark.parametrize("way", [WAYS[0], *SLOW], ids=lambda way: f"{way.kernels}-{way.rounding}")
@pytest.mark.parametrize("kind", ["FULLY_CONNECTED", *map(slow, sorted(ALL.keys() - {"FULLY_CONNECTED"}))])
def test_halves_are_rounded_to_the_same_bits(kind: str, way: Options, tmp_path: Path, dataset) -> None:
    """With such scales a sum is often halfway between two steps, which of others hardly one is."""
    if way.rounding == "tflm" and kind in (*NOT_IN_MICRO, "RELU6"):
        pytest.skip("the runtime has no kernel of it, or computes it wrongly")
    require_same_bits(build_powers(ALL[kind]), tmp_path, dataset.test.images[:50], way)


@pytest.mark.slow
@pytest.mark.parametrize("words", ["-mavx2", "-march=native"])
def test_halves_are_rounded_to_the_same_bits_in_vectors(words: str, tmp_path: Path, dataset, monkeypatch) -> None:
    monkeypatch.setenv("CC", f"gcc {words}")
    require_same_bits(build_halves(), tmp_path, dataset.test.images[:50])


def test_what_tflite_micro_computes_wrongly_is_refused(tmp_path: Path) -> None:
    """Its RELU6 clamps only: with another scale at its output, its values are wrong."""
    with pytest.raises(ExportError, match="TFLite Micro's RELU6 clamps"):
        write_c(build(NETS["RELU6"], quantized=True), tmp_path, "sparse", "tflm")


def add_filters(
    window: tuple[int, int], sizes: tuple[int, int, int], outputs: int, strides: tuple[int, int], *, depthwise: bool
) -> Callable[[Net, int], int]:
    """Filters with padding over rows x columns x channels of values whose 0 isn't their least."""

    def add(net: Net, image: int) -> int:
        rows, columns, channels = sizes
        before = net.reshape(net.dense(image, rows * columns * channels, HIDDEN, 0.001), (1, *sizes))
        shape = (1, *window, outputs) if depthwise else (outputs, *window, channels)
        kind, weights = "DEPTHWISE_CONV_2D" if depthwise else "CONV_2D", net.add_weights(shape, outputs, 0.01)
        if depthwise:
            net.graph.tensors[weights[0]].quantization.quantizedDimension = 3
        after = (1, -(-rows // strides[0]), -(-columns // strides[1]), outputs)
        steps = {"strideH": strides[0], "strideW": strides[1]}
        return net.add(
            kind,
            [before, *weights],
            after,
            (0.05, 3),
            **steps,
            **({"depthMultiplier": outputs // channels} if depthwise else {}),
        )

    return add


# Windows of all the ways in which vectors take them: rows of weights shorter, as long and longer than one, with and
# without a rest, one piece of memory, fewer outputs than are computed together, and a rest of those.
FILTERS = {
    "1 x 1": add_filters((1, 1), (5, 5, 8), 16, (1, 1), depthwise=False),
    "1 x 1 of every second": add_filters((1, 1), (6, 6, 3), 5, (2, 2), depthwise=False),
    "3 x 3 of one channel": add_filters((3, 3), (9, 9, 1), 6, (1, 1), depthwise=False),
    "3 x 3 of 16 channels": add_filters((3, 3), (4, 4, 16), 16, (1, 1), depthwise=False),
    "5 x 2 of 5 channels": add_filters((5, 2), (6, 7, 5), 7, (2, 1), depthwise=False),
    "one row": add_filters((1, 4), (2, 9, 6), 4, (1, 3), depthwise=False),
    "whole rows": add_filters((2, 3), (8, 3, 2), 9, (1, 1), depthwise=False),
    "three outputs": add_filters((3, 3), (5, 5, 2), 3, (1, 1), depthwise=False),
    "one output": add_filters((2, 2), (5, 5, 1), 1, (1, 1), depthwise=False),
    "channels by themselves": add_filters((3, 3), (6, 6, 8), 8, (1, 1), depthwise=True),
    "21 channels by themselves": add_filters((3, 2), (5, 5, 21), 21, (2, 1), depthwise=True),
    "3 channels by themselves": add_filters((5, 5), (6, 6, 3), 3, (1, 1), depthwise=True),
    "8 outputs of one channel": add_filters((3, 3), (6, 6, 1), 8, (2, 2), depthwise=True),
}


@pytest.mark.parametrize("way", [WAYS[0], *SLOW], ids=lambda way: f"{way.kernels}-{way.rounding}")
@pytest.mark.parametrize("kind", FILTERS)
def test_any_window_is_the_same_bits(kind: str, way: Options, tmp_path: Path, dataset) -> None:
    require_same_bits(build(FILTERS[kind], quantized=True), tmp_path, dataset.test.images[:50], way)


CHECKED = """
#include <stdio.h>
#include <stdlib.h>
#include "net.h"
int main(void) {
  uint8_t *pixels = calloc(784, 1);
  net_arena *arena = malloc(sizeof *arena);
  int8_t logits[10];
  const int found = net_classify(pixels, logits, arena);
  free(pixels);
  free(arena);
  return found < 0;
}
"""


@pytest.mark.slow
@pytest.mark.parametrize("words", [[], ["-mavx2"], ["-march=native"]], ids=["usual", "avx2", "native"])
def test_a_window_reads_nothing_beyond_its_memory(words: list[str], tmp_path: Path) -> None:
    """First windows lie at the start of the pixels, last ones at their end; no number of values fills a vector."""
    net = Net(quantized=True)
    image = net.reshape(net.input, (1, 28, 28, 1))
    steps, total = {"strideH": 1, "strideW": 1, "padding": 1}, net.dense(image, 10, (0.02, 11))
    for rows, columns in ((1, 9), (1, 17), (1, 1), (2, 3), (2, 5)):
        weights = net.add_weights((6, rows, columns, 1), 6, 0.01)
        seen = net.add("CONV_2D", [image, *weights], (1, 29 - rows, 29 - columns, 6), HIDDEN, **steps)
        total = net.add("ADD", [net.dense(seen, 10, (0.02, 11)), total], (1, 10), (0.03, 5))
    image, weights = net.reshape(net.input, (1, 4, 14, 14)), net.add_weights((1, 3, 3, 14), 14, 0.01)
    net.graph.tensors[weights[0]].quantization.quantizedDimension = 3
    seen = net.add("DEPTHWISE_CONV_2D", [image, *weights], (1, 4, 14, 14), strideH=1, strideW=1, depthMultiplier=1)
    net.add("ADD", [net.dense(seen, 10, (0.02, 11)), total], (1, 10), (0.03, 5))
    path = write_c(net.build(), tmp_path)
    (tmp_path / "main.c").write_text(CHECKED)
    options = ["-std=c99", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", *words]
    program = tmp_path / "checked"
    subprocess.run(["gcc", *options, tmp_path / "main.c", path, "-o", program], check=True)
    run = subprocess.run([program], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[:2000]


@pytest.mark.slow
@pytest.mark.skipif(platform.machine() != "x86_64", reason="AVX2 is of x86")
def test_avx2_alone_is_no_error(tmp_path: Path) -> None:
    """MSVC says that there is AVX2, and never that there is SSE2."""
    compile_c(write_c(build_windows(), tmp_path, "sparse"), "gcc", "-std=c99", "-mavx2", "-U__SSE2__")


def test_clang_has_nothing_to_say_of_functions_that_a_model_does_not_need(tmp_path: Path) -> None:
    """It warns of unused functions that are inline, too."""
    net = Net(quantized=True)
    net.dense(net.input, 10)
    path = write_c(net.build(), tmp_path)
    types = "\n".join(f"typedef __{name.upper()}_TYPE__ {name}_t;" for name in INTEGER_TYPES)
    (tmp_path / "stdint.h").write_text(f"{types}\n#define INT32_MIN (-2147483647 - 1)\n")
    (tmp_path / "stddef.h").write_text("")
    processor = ("--target=arm-none-eabi", "-mcpu=cortex-m4", "-mthumb", "-munaligned-access")
    words = ["-std=c99", "-Wall", "-Wextra", *processor, "-isystem", str(tmp_path)]
    found = cindex.Index.create().parse(str(path), args=words)
    assert [said.spelling for said in found.diagnostics] == []


INTEGER_TYPES = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64")


def add_pooled(
    pool: tuple[int, int], strides: tuple[int, int], *, activation: int = 0, read_twice: bool = False
) -> Callable[[Net, int], int]:
    """A convolution whose output a pooling reads, and a second layer if so wanted."""

    def add(net: Net, image: int) -> int:
        filtered = net.add(
            "CONV_2D", [image, *net.add_weights((6, 3, 3, 4), 6, 0.01)], (1, 14, 14, 6), strideH=1, strideW=1
        )
        after = tuple((14 - size) // step + 1 for size, step in zip(pool, strides, strict=True))
        sizes = {"filterHeight": pool[0], "filterWidth": pool[1], "strideH": strides[0], "strideW": strides[1]}
        options = sizes | {"padding": 1, "fusedActivationFunction": activation}
        pooled = net.add("MAX_POOL_2D", [filtered], (1, *after, 6), HIDDEN, **options)
        if not read_twice:
            return pooled
        both = [net.dense(values, 20, (0.05, 3)) for values in (pooled, filtered)]
        return net.add("CONCATENATION", both, (1, 40), (0.05, 3), axis=1)

    return add


@pytest.mark.parametrize("way", [WAYS[0], *SLOW], ids=lambda way: f"{way.kernels}-{way.rounding}")
@pytest.mark.parametrize(
    ("add", "fused"),
    [
        (add_pooled((2, 2), (2, 2)), True),
        (add_pooled((3, 4), (3, 4)), True),  # which leaves two rows and two columns
        (add_pooled((3, 3), (2, 2)), False),  # whose windows overlap
        (add_pooled((2, 2), (2, 2), activation=1), False),
        (add_pooled((2, 2), (2, 2), read_twice=True), False),
    ],
)
def test_a_pooling_is_part_of_a_convolution_where_it_can_be(
    add: Callable[[Net, int], int], fused: bool, way: Options, tmp_path: Path, dataset
) -> None:
    require_same_bits(build(add, quantized=True), tmp_path, dataset.test.images[:50], way)
    text = (tmp_path / "net.c").read_text()
    assert ("run_max_pool(" not in text) == fused
    assert bool(re.search(r"  run_conv\(&\w+, &\w+, ", text)) == fused


def build_windows() -> bytes:
    """Every window over the image, each with ten numbers of its own, and the sum of all of these."""
    net = Net(quantized=True)
    image = net.reshape(net.input, (1, 14, 14, 4))
    total = net.dense(image, 10, (0.02, 11))
    windows = [*FILTERS.values(), *(NETS[kind] for kind in WINDOWED), add_pooled((2, 2), (2, 2))]
    for add in windows:
        total = net.add("ADD", [net.dense(add(net, image), 10, (0.02, 11)), total], (1, 10), (0.03, 5))
    return net.build()


WINDOWED = ("CONV_2D", "DEPTHWISE_CONV_2D", "MAX_POOL_2D", "AVERAGE_POOL_2D")


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.kernels}-{way.rounding}")
@pytest.mark.parametrize("target", [machine.name for machine in MACHINES if machine.name not in ("microbit", "tiny")])
@pytest.mark.parametrize("net", [build_windows, build_halves])
def test_windows_and_halves_are_the_same_bits_on_a_target(
    net: Callable[[], bytes], target: str, way: Options, tmp_path: Path, dataset
) -> None:
    """Each has instructions of its own; the micro:bit, which has the fewest, runs what all others run without any."""
    machine = find_machine(target)
    if machine.tools.find_missing() and os.environ.get("CI") != "true":
        pytest.skip(machine.tools.install)
    images = dataset.test.images[:10]
    path = write_c(net(), tmp_path, way.kernels, way.rounding)
    request = Request(output="logits")
    with open_here(ModelFile.read(path), target, request) as mine:
        found = mine.run(images).outputs
    with open_here(ModelFile.read(tmp_path / "net.tflite"), RUNTIMES[way.rounding], request) as other:
        assert np.array_equal(found, other.run(images).outputs)


def build_everything(quantized: bool) -> bytes:
    """Every layer over the image, each with ten numbers of its own, and the sum of all of these."""
    net = Net(quantized)
    image = net.reshape(net.input, (1, 14, 14, 4))
    total = net.dense(image, 10, (0.02, 11))
    for kind, add in ALL.items():
        if kind not in ("QUANTIZE", "GELU", "EXP", "LOG", "TILE"):
            total = net.add("ADD", [net.dense(add(net, image), 10, (0.02, 11)), total], (1, 10), (0.03, 5))
    return net.build()


@pytest.mark.slow
@pytest.mark.parametrize("quantized", [True, False])
def test_all_layers_in_one_model(quantized: bool, tmp_path: Path, dataset) -> None:
    found, expected = run_both(build_everything(quantized), tmp_path, dataset.test.images[:50], WAYS[0])
    assert np.array_equal(found, expected) if quantized else found == pytest.approx(expected, rel=1e-4, abs=1e-3)


@pytest.fixture(scope="module", params=[True, False], ids=["int8", "float32"])
def everything(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """C of every layer in one model, of both kinds of kernels."""
    content, folder = build_everything(request.param), tmp_path_factory.mktemp("everything")
    return [write_c(content, folder / way, way) for way in ("sparse", "dense")]


@pytest.mark.slow
@pytest.mark.parametrize("words", DIALECTS.values(), ids=DIALECTS)
def test_every_dialect_compiles_all_kernels_without_a_word(words: list[str], everything: list[Path]) -> None:
    for path in everything:
        compile_c(path, *words)


@pytest.mark.parametrize("weights", ["sparse", slow("dense")])
@pytest.mark.parametrize("kind", [kind if kind in OWN_FLOATS else slow(kind) for kind in ALL if kind != "QUANTIZE"])
def test_a_layer_of_floats_is_nearly_the_same(kind: str, weights: str, tmp_path: Path, dataset) -> None:
    content = build(ALL[kind], quantized=False)
    found, expected = run_both(content, tmp_path, dataset.test.images[:20], Options(kernels=weights))  # type: ignore[arg-type]
    assert found == pytest.approx(expected, rel=1e-5, abs=1e-4)


# Kinds that are of whole numbers alone: those with packed weights, and what runs layers row by row.
WHOLE_NUMBERS = tuple(kind for kind in KINDS if kind.packed or kind.by_rows)


@pytest.mark.parametrize("layer", KINDS, ids=lambda layer: layer.__name__)
def test_a_layer_has_its_kernels(layer: type[Layer]) -> None:
    for dtype in list_dtypes(layer):
        for text in {(writer.KERNELS / f"{dtype}_{name}.c").read_text() for name in name_kernels(layer, dtype)}:
            assert re.search(rf"^static void run_{layer.kernel}\(", text, re.MULTILINE)
        for way in WAYS:
            assert layer in WHOLE_NUMBERS or set(layer.list_shared(make(layer, dtype), way)) <= set(SHARED)


def list_dtypes(layer: type[Layer]) -> tuple[str, ...]:
    return ("int8",) if layer in WHOLE_NUMBERS else DTYPES


def test_every_kernel_is_of_a_layer_or_shared() -> None:
    own = {name for layer in KINDS for dtype in list_dtypes(layer) for name in name_kernels(layer, dtype)}
    rest = {"find", "model", "array", "softmax", "classify", "rows"}
    found = {path.stem.removeprefix("int8_").removeprefix("float32_") for path in writer.KERNELS.iterdir()}
    assert found == own | set(SHARED) | rest


def make(layer: type[Layer], dtype: str) -> Layer:
    """A layer of this kind with an output alone: enough to ask for what depends on its numbers only."""
    made = object.__new__(layer)
    object.__setattr__(made, "output", Tensor("output", (1, 4), Step(1.0, 0) if dtype == "int8" else None))
    return made


def name_kernels(layer: type[Layer], dtype: str) -> set[str]:
    return {layer.name_kernel(make(layer, dtype), way) for way in WAYS}


def test_nothing_else_knows_a_kind_by_its_name() -> None:
    modules = list(Path(writer.__file__).parent.glob("*.py"))
    assert len(modules) > 8
    # One stands at both ends of a file as well, and one has another name in TFLite Micro.
    words = "|".join(sorted({*(kind.kernel for kind in KINDS), *LAYERS} - {"QUANTIZE", "PADV2"}))
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


def join(shape: tuple[int, ...], axis: int, scale: tuple[float, int] = HIDDEN, **options: int) -> Callable[..., None]:
    return lambda net, one, other: net.add("CONCATENATION", [one, other], shape, scale, axis=axis, **options)


def join_constant(net: Net, one: int, other: int) -> None:
    net.add("CONCATENATION", [one, net.add_tensor((1, 10), HIDDEN, np.ones((1, 10), np.int8))], (1, 20), axis=1)


def unpack(net: Net, values: int) -> int:
    """Whole numbers as floats."""
    floats = net.add("DEQUANTIZE", [values], (1, 10), None)
    net.graph.tensors[floats].type = schema.TensorType.FLOAT32
    return floats


def retype(net: Net, output: int, type: int) -> None:
    """Say that the weights of the layer that makes this are of another type."""
    (operator,) = (one for one in net.graph.operators if output in one.outputs)
    net.graph.tensors[operator.inputs[1]].type = type


def cut_too_far(net: Net, one: int, other: int) -> int:
    places = [net.add_tensor((2,), data=np.array(values, np.int32)) for values in ([0, 5], [1, 6])]
    return net.add("SLICE", [one, *places], (1, 6))


def over_places(shape: tuple[int, ...], **options: int) -> Callable[..., int]:
    """A window of 2 x 3 over 2 x 5, with padding, whose output has this shape."""
    sizes = {"filterHeight": 2, "filterWidth": 3, "strideH": 1, "strideW": 1} | options
    return lambda net, one, other: net.add("MAX_POOL_2D", [net.reshape(one, (1, 2, 5, 1))], shape, HIDDEN, **sizes)


REFUSED: dict[str, tuple[Callable[..., object], str]] = {
    "three ways": (
        lambda net, one, other: net.add("ADD", [net.reshape(one, (1, 2, 1, 5)), net.reshape(other, (1, 1, 10, 1))],
                                        (1, 2, 10, 5)),
        r"ADD of \(1, 2, 1, 5\) and \(1, 1, 10, 1\) can't be written in C",
    ),
    "scales that are compared": (
        lambda net, one, other: net.add("MAXIMUM", [one, other], (1, 10), (0.03, 0)), "of different scales can't"
    ),
    "floats among whole numbers": (
        lambda net, one, other: net.add("FULLY_CONNECTED", [unpack(net, one), *net.add_weights((10, 10), 10)], (1, 10)),
        "float32 in a model of int8 can't be written in C",
    ),
    "a scale too small": (
        lambda net, one, other: net.add("ADD", [one, other], (1, 10), (1e-9, 0)), "scale of its output is far too small"
    ),
    "scales": (join((1, 20), 1, (0.03, 0)), "of different scales can't be written in C, nor run by LiteRT"),
    "images": (join((2, 10), 0), r"along axis 0 are not \(2, 10\) of one image"),
    "sizes": (join((1, 30), 1), "don't fill its output along axis 1"),
    "an activation function": (join((1, 20), 1, fusedActivationFunction=1), "with an activation function can't"),
    "beside a constant": (join_constant, "a concatenation with a constant can't"),
    "unread": (lambda net, one, other: net.dense(one, 10), "nothing reads its output"),
    "a product of matrices": (
        lambda net, one, other: net.add("BATCH_MATMUL", [one, other], (1, 10)), "BATCH_MATMUL can't be written in C"
    ),
    "a filter of float16": (
        lambda net, one, other: retype(net, net.dense(one, 10), schema.TensorType.FLOAT16),
        "tensor .* holds no weights of float32 or int8",
    ),
    "a slice of more than there is": (cut_too_far, r"a slice of \(1, 6\) from \[0, 5\] reaches out of \(1, 10\)"),
    "a computed filter": (
        lambda net, one, other: net.add("FULLY_CONNECTED", [one, other], (1, 1)),
        "FULLY_CONNECTED of 2 computed inputs can't be written in C, only of 1",
    ),
    "more places than a window has": (
        over_places((1, 4, 5, 1)), r"a window over \(1, 2, 5, 1\) has \(2, 5\) places, and its output is \(1, 4, 5, 1\)"
    ),
    "a window larger than the image": (over_places((1, 1, 3, 1), filterHeight=3, padding=1), r"has \(0, 3\) places"),
    "a window in no steps": (over_places((1, 2, 5, 1), strideW=0), r"in steps of \(1, 0\) can't be written in C"),
    "a window without rows": (over_places((1, 2, 5, 1), filterHeight=0), r"a window of \(0, 3\), dilated by \(1, 1\)"),
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
