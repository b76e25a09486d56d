"""C with packed weights, and first layers that run row by row: the same bits as LiteRT's reference kernels."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgemnist import verify
from edgemnist.comparison.question import Statement
from edgemnist.errors import ModelError
from edgemnist.exporters import Options
from edgemnist.exporters.c.packing import BYTES, DIGITS, Packing, find_packing
from edgemnist.formats import ModelFile
from edgemnist.formats.c_packing import Packing as ReadPacking
from edgemnist.formats.c_packing import unpack
from edgemnist.formats.structure import read_structure
from edgemnist.formats.traces import find_layers
from edgemnist.formats.weights import read_weights
from edgemnist.machines import find_machine
from edgemnist.runtimes import open_here
from edgemnist.runtimes.base import Request
from tests.nets import HIDDEN
from tests.packed import LEVELS, LevelNet, build_full, build_micro, build_nano
from tests.test_c import DIALECTS, compile_c, write_c
from tests.test_c_weights import list_stored
from tests.test_layers import RUNTIMES, WAYS

LOGITS = Request(output="logits")
SMALL = {"nano": build_nano, "full": build_full, "micro": build_micro}
# Bytes of working memory that models of this kind are made for.
MOST_RAM = {"nano": 1300, "full": 1700, "micro": 900}
OTHERS = [pytest.param(way, marks=pytest.mark.slow) for way in WAYS[1:]]
ways = pytest.mark.parametrize("way", [WAYS[0], *OTHERS], ids=lambda way: f"{way.kernels}-{way.rounding}")


def list_cases(names: Iterable[str], few: tuple[str, ...]) -> list[Any]:
    """Each name in the first way, and a few in all others, which differ in what these go through."""
    pairs = [(name, WAYS[0]) for name in names] + [(name, way) for name in few for way in WAYS[1:]]
    return [
        pytest.param(name, way, id=f"{name}-{way.kernels}-{way.rounding}",
                     marks=[] if name in few and way is WAYS[0] else [pytest.mark.slow])
        for name, way in pairs
    ]  # fmt: skip


def run(path: Path, images: np.ndarray, name: str | None = None) -> np.ndarray:
    with open_here(ModelFile.read(path), name, LOGITS) as runtime:
        return runtime.run(images).outputs


def require_same_bits(content: bytes, folder: Path, images: np.ndarray, way: Options = WAYS[0]) -> str:
    """Both give the same logits; return the text of the C."""
    path = write_c(content, folder, way.kernels, way.rounding)
    expected = run(path.with_suffix(".tflite"), images, RUNTIMES[way.rounding])
    assert len(np.unique(expected, axis=0)) > len(images) // 4, "outputs that hardly differ prove nothing"
    assert np.array_equal(run(path, images), expected)
    return path.read_text()


# ------------------------------------------------------------------ packing


@pytest.mark.parametrize("levels", [*DIGITS, BYTES.levels])
def test_every_word_of_a_base_is_exact(levels: int) -> None:
    digits = DIGITS.get(levels, BYTES.digits)
    every = np.arange(levels**digits)
    numbers = np.stack([every // levels ** (digits - 1 - place) % levels for place in range(digits)], axis=1)
    weights = (numbers - levels // 2).astype(np.int8)
    words = Packing(levels, digits, -(levels // 2), 1).pack(weights)
    assert words.shape == (levels**digits,)
    assert np.array_equal(unpack(words, ReadPacking(levels, digits, -(levels // 2), 1), weights.size), weights.ravel())


@pytest.mark.parametrize(("name", "expected"), [
    ("0 and 1", (2, 16, 0, 1)), ("-1 and 1", (2, 16, -1, 2)), ("ternary", (3, 10, -1, 1)), ("2 bits", (4, 8, -3, 2)),
    ("-2 to 2", (6, 6, -2, 1)), ("6 to 11", (6, 6, 6, 1)), ("-4 to 4", (9, 5, -4, 1)), ("3 bits", (9, 5, -7, 2)),
    ("4 bits", (16, 4, -7, 1)), ("16 odd", (16, 4, -15, 2)),
])  # fmt: skip
def test_the_packing_of_the_fewest_bytes_is_chosen(name: str, expected: tuple[int, ...]) -> None:
    weights = np.random.default_rng(0).permutation(np.repeat(LEVELS[name], 30)).astype(np.int8)
    packing = find_packing(weights)
    assert packing == Packing(*expected)
    words = packing.pack(weights)
    assert words.size == -(-weights.size // packing.digits)
    assert np.array_equal(unpack(words, ReadPacking(*expected), weights.size), weights)


def test_more_levels_are_not_packed() -> None:
    assert find_packing(np.arange(17, dtype=np.int8)) is None
    assert find_packing(np.array([-128, 127], np.int8)) is None
    assert find_packing(np.full(5, 7, np.int8)) == Packing(2, 16, 7, 1)


@pytest.mark.parametrize("fields", [
    ("1", "16", "0", "1"), ("3", "11", "0", "1"), ("4", "0", "0", "1"), ("4", "8", "-129", "1"), ("4", "8", "-3", "0"),
    ("257", "1", "0", "1"), ("2", "-1", "0", "1"),
])  # fmt: skip
def test_a_packing_that_no_word_has_is_refused(fields: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"fit no word|are no int8"):
        ReadPacking.read(fields)


def test_words_of_another_number_of_weights_are_refused() -> None:
    with pytest.raises(ValueError, match=r"2 words of 8 weights each can't hold 8"):
        unpack(np.zeros(2, np.uint16), ReadPacking(4, 8, -3, 2), 8)


# ------------------------------------------------------------ the same bits


def build_levels(levels: str, *, each: bool = False, short: bool = False) -> bytes:
    """A convolution, a depthwise one, and two dense layers; columns that begin within words."""
    net = LevelNet(levels, 2, each=each, short=short)
    values = net.conv(net.image(), 5, (3, 4), (2, 2), scale=(0.0217, HIDDEN[1]) if short else HIDDEN)
    values = net.pool(net.conv(values, 5, same=True, depthwise=True, scale=(0.03, 5)))
    return net.logits(net.relu_dense(values, 23))


@pytest.mark.parametrize("each", [False, True], ids=["one", "each"])
@pytest.mark.parametrize(("levels", "way"), list_cases(LEVELS, ("3 bits", "ternary")))
def test_all_levels_are_the_same_bits(levels: str, each: bool, way: Options, tmp_path: Path, dataset) -> None:
    text = require_same_bits(build_levels(levels, each=each), tmp_path, dataset.test.images[:500], way)
    assert ("  run_stream(" in text) == ("  run_packed_dense(" in text) == (levels != "8 bits")
    multipliers = [int(count) for count in re.findall(r"_multipliers\[(\d+)\]", text)]
    assert multipliers == ([5, 5, 23, 10] if each or levels == "8 bits" else [1, 1, 1, 1])


@ways
@pytest.mark.parametrize("each", [False, True], ids=["one", "each"])
def test_multipliers_of_16_bits_are_the_same_bits(each: bool, way: Options, tmp_path: Path, dataset) -> None:
    content = build_levels("2 bits", each=each, short=True)
    text = require_same_bits(content, tmp_path, dataset.test.images[:500], way)
    multipliers = re.findall(r"const (\w+) \w+_multipliers\[(\d+)\]", text)
    assert multipliers == [("uint16_t", count) for count in (["5", "5", "23", "10"] if each else ["1"] * 4)]
    layers = [read_weights(path.read_bytes(), path.suffix[1:], path.name).layers
              for path in (tmp_path / "net.tflite", tmp_path / "net.c")]  # fmt: skip
    for expected, layer in zip(*layers, strict=True):
        for there, here in zip(list_stored(expected), list_stored(layer), strict=True):
            assert np.array_equal(here, there)


@ways
@pytest.mark.parametrize("name", SMALL)
def test_small_models_are_the_same_bits(name: str, way: Options, tmp_path: Path, dataset) -> None:
    text = require_same_bits(SMALL[name](), tmp_path, dataset.test.images[:500], way)
    assert read_macros(tmp_path / "net.h")["ARENA_BYTES"] <= MOST_RAM[name]
    assert "  run_stream(" in text


def read_macros(header: Path) -> dict[str, int]:
    return {name: int(number) for name, number in re.findall(r"#define NET_(\w+) (\d+)$", header.read_text(), re.M)}


def add_chain(*layers: tuple[Any, ...]) -> Callable[[LevelNet], int]:
    """Layers by name: ("conv", outputs, window, strides) or ("max" or "average", size, strides), each with options."""

    def add(net: LevelNet) -> int:
        values = net.image()
        for kind, *arguments in layers:
            options = arguments.pop() if isinstance(arguments[-1], dict) else {}
            if kind == "conv":
                values = net.conv(values, *arguments, **options)
            else:
                values = net.pool(values, *arguments, **options, kind=f"{kind.upper()}_POOL_2D")
        return values

    return add


SAME = {"same": True}
CHAINS: dict[str, Callable[[LevelNet], int]] = {
    "padded": add_chain(("conv", 5, (3, 3), (1, 1), SAME | {"scale": HIDDEN}), ("conv", 6, (5, 3), (2, 3), SAME)),
    "padded from real 0": add_chain(("conv", 4, (5, 5), (3, 2), SAME), ("conv", 6, (2, 2), (1, 1), SAME)),
    "strides beyond the window": add_chain(("conv", 4, (2, 2), (3, 3)), ("conv", 6, (1, 1), (2, 3))),
    "pooled padding": add_chain(("conv", 4, (3, 3), (1, 1), SAME), ("max", (3, 3), (3, 3)), ("conv", 6, (3, 3))),
    "overlapping poolings": add_chain(
        ("conv", 9, (3, 2)), ("max", (3, 3), (2, 2), SAME), ("average", (2, 3), (1, 2), SAME), ("conv", 6, (3, 3))
    ),
    "pixels first": add_chain(("average", (2, 2), (2, 2)), ("max", (2, 2), (1, 1)), ("conv", 7, (3, 3), (2, 2))),
    "depthwise": add_chain(
        ("conv", 4, (3, 3), (2, 2), {"scale": HIDDEN}), ("conv", 4, (3, 3), (1, 1), SAME | {"depthwise": True}),
        ("conv", 12, (3, 2), (2, 1), {"depthwise": True, "scale": HIDDEN}), ("max", (2, 2), (2, 2)),
    ),
    "depthwise pixels": add_chain(("conv", 6, (4, 4), (3, 3), {"depthwise": True}), ("conv", 8, (3, 3))),
    "whole rows": add_chain(("conv", 8, (4, 28)), ("conv", 17, (3, 1), (2, 1))),
    "all rows": add_chain(("conv", 8, (28, 3), (1, 2)), ("conv", 16, (1, 3))),
    "pooling of rows": add_chain(("conv", 8, (3, 3), (2, 2)), ("max", (4, 1), (4, 1)), ("conv", 16, (1, 3), (1, 2))),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "way"), list_cases(CHAINS, ("padded", "overlapping poolings", "depthwise")))
def test_any_chain_of_windows_is_the_same_bits(kind: str, way: Options, tmp_path: Path, dataset) -> None:
    net = LevelNet(seed=2)
    text = require_same_bits(net.logits(CHAINS[kind](net)), tmp_path, dataset.test.images[:300], way)
    assert "  run_stream(" in text
    assert not re.search(r"^  run_(packed_conv|packed_depthwise|max_pool|average_pool)\(", text, re.MULTILINE)


@ways
def test_layers_behind_a_branch_run_whole(way: Options, tmp_path: Path, dataset) -> None:
    net = LevelNet(seed=3)
    first = net.conv(net.image(), 6, (3, 3), (2, 2), scale=HIDDEN)
    other = net.conv(first, 6, same=True, depthwise=True, scale=HIDDEN)
    total = net.add("ADD", [first, net.pool(net.conv(first, 6, same=True, scale=HIDDEN), (3, 3), (1, 1), same=True)],
                    (1, 13, 13, 6), HIDDEN)  # fmt: skip
    both = net.add("ADD", [total, other], (1, 13, 13, 6), HIDDEN)
    content = net.logits(net.pool(net.conv(both, 8)))
    text = require_same_bits(content, tmp_path, dataset.test.images[:300], way)
    kinds = re.findall(r"^  run_(\w+)\(", text, re.MULTILINE)
    assert sorted(kinds) == ["add", "add", "max_pool", "packed_conv", "packed_conv", "packed_dense",
                             "packed_depthwise", "stream"]  # fmt: skip


def build_mixed() -> bytes:
    """The first layer has 8 bits and biases beyond 16: it is a part of the stream all the same."""
    net = LevelNet("8 bits", 4)
    values = net.conv(net.image(), 8, strides=(2, 2))
    bias = net.graph.tensors[net.graph.operators[-1].inputs[2]]
    net.model.buffers[bias.buffer].data = np.linspace(-40000, 40000, 8).astype(np.int32).view(np.uint8)
    net.levels = LEVELS["ternary"]
    return net.logits(net.pool(net.conv(values, 9, scale=HIDDEN)))


@ways
def test_a_first_layer_of_8_bits_runs_row_by_row_too(way: Options, tmp_path: Path, dataset) -> None:
    text = require_same_bits(build_mixed(), tmp_path, dataset.test.images[:300], way)
    assert re.search(r"static const int32_t layer_1_part_bias\[8\]", text)
    assert re.search(r"static const uint16_t layer_1_part_weights\[36\]", text)  # two weights a word


def test_pixels_in_other_steps_are_converted_row_by_row(tmp_path: Path, dataset) -> None:
    net = LevelNet(seed=5)
    net.graph.tensors[net.input].quantization.scale = [1 / 127]
    net.graph.tensors[net.input].quantization.zeroPoint = [-100]
    values = net.conv(net.image(), 8, strides=(2, 2), same=True)
    text = require_same_bits(net.logits(net.pool(values)), tmp_path, dataset.test.images[:300])
    assert "values[i] = pixel_values[row[i]]" in text


def test_other_layers_are_written_as_ever(tmp_path: Path) -> None:
    """Biases of more than 16 bits, and a first layer whose rows aren't rows of pixels."""
    net = LevelNet(seed=6)
    image = net.reshape(net.input, (1, 14, 14, 4))
    values = net.pool(net.conv(image, 8))
    text = write_c(net.logits(values), tmp_path).read_text()
    assert "run_stream(" not in text
    assert "push_row" not in (tmp_path / "net.h").read_text()
    net = LevelNet(seed=6)
    net.dense(net.input, 10)
    bias = net.graph.tensors[net.graph.operators[-1].inputs[2]]
    net.model.buffers[bias.buffer].data = np.full(10, 1 << 15, np.int32).view(np.uint8)
    assert "run_packed_dense" not in write_c(net.build(), tmp_path).read_text()


# -------------------------------------------------------------- row by row


def load(path: Path, *words: str) -> Any:
    library = path.with_suffix(".so")
    subprocess.run(["gcc", "-std=c99", "-O2", *words, "-shared", "-fPIC", path, "-o", library], check=True)
    return ctypes.CDLL(os.fspath(library))


@pytest.mark.parametrize("name", SMALL)
def test_rows_one_by_one_are_the_image(name: str, tmp_path: Path, dataset) -> None:
    """Begun once: after the last row the next image has begun. What lay in the working memory before is no matter."""
    path, images = write_c(SMALL[name](), tmp_path), np.ascontiguousarray(dataset.test.images[:50])
    library, macros = load(path), read_macros(tmp_path / "net.h")
    assert (macros["ROWS"], macros["COLUMNS"]) == (28, 28)
    arena = np.random.default_rng(0).integers(0, 256, macros["ARENA_BYTES"] + 16).astype(np.uint8)
    beyond = arena[macros["ARENA_BYTES"] :].copy()
    place, expected, found = arena.ctypes.data_as(ctypes.c_void_p), np.zeros(10, np.int8), np.zeros(10, np.int8)
    for image in images:
        library.net_start(place)
        best = library.net_classify(point(image), point(expected), place)
        for row in image[:-1]:
            assert library.net_push_row(place, point(np.ascontiguousarray(row)), point(found)) == -1
        assert library.net_push_row(place, point(np.ascontiguousarray(image[-1])), point(found)) == best
        assert np.array_equal(found, expected)
    assert np.array_equal(arena[macros["ARENA_BYTES"] :], beyond)


def point(array: np.ndarray) -> Any:
    return array.ctypes.data_as(ctypes.c_void_p)


def test_the_header_tells_of_rows(tmp_path: Path) -> None:
    write_c(build_nano(), tmp_path)
    header = (tmp_path / "net.h").read_text()
    assert "void net_start(net_arena *arena);" in header
    assert "int net_push_row(net_arena *arena, const uint8_t row[NET_COLUMNS]," in header


# -------------------------------------------------------------------- sizes


def test_table_bytes_are_those_of_all_that_is_stored(tmp_path: Path) -> None:
    """Weights of 4 bits, biases of 16, and a multiplier and a shift each: 5 bytes."""
    text = write_c(build_nano(), tmp_path).read_text()
    weights, biases = (9 * 8 + 72 * 16 + 144 * 16 + 160) // 4 * 2, (8 + 16 + 16 + 10) * 2
    assert read_macros(tmp_path / "net.h")["TABLE_BYTES"] == weights + biases + 4 * 5 + 5
    sizes = {"int8_t": 1, "uint8_t": 1, "uint16_t": 2, "int16_t": 2, "int32_t": 4}
    tables = re.findall(r"^static const (\w+) \w+\[(\d+)\] = \{\n[^{]", text, re.MULTILINE)
    assert sum(sizes[type] * int(count) for type, count in tables if type in sizes) == weights + biases + 4 * 5 + 5


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("target", ["microbit", "cortex-m4", "cortex-m55", "riscv32"])
def test_targets_give_the_same_bits_in_small_memories(target: str, name: str, tmp_path: Path, dataset) -> None:
    machine = find_machine(target)
    if machine.tools.find_missing() and os.environ.get("CI") != "true":
        pytest.skip(machine.tools.install)
    path, images = write_c(SMALL[name](), tmp_path), dataset.test.images[:20]
    with open_here(ModelFile.read(path), target, LOGITS) as runtime:
        found = runtime.run(images)
    assert np.array_equal(found.outputs, run(tmp_path / "net.tflite", images, "litert-reference"))
    assert found.footprint is not None
    assert found.footprint.ram_bytes <= MOST_RAM[name]
    assert found.footprint.flash_bytes <= read_macros(tmp_path / "net.h")["TABLE_BYTES"] + 5000
    assert target != "microbit" or found.footprint.stack_bytes <= 250


@pytest.mark.slow
@pytest.mark.parametrize("target", ["microbit", "cortex-m4", "cortex-m55", "riscv32", "aarch64"])
@pytest.mark.parametrize("kind", ["padded", "overlapping poolings", "depthwise", "levels"])
def test_targets_give_the_same_bits_of_any_chain(target: str, kind: str, tmp_path: Path, dataset) -> None:
    machine = find_machine(target)
    if machine.tools.find_missing() and os.environ.get("CI") != "true":
        pytest.skip(machine.tools.install)
    net, images = LevelNet(seed=2), dataset.test.images[:10]
    content = build_levels("3 bits", each=True) if kind == "levels" else net.logits(net.pool(CHAINS[kind](net)))
    path = write_c(content, tmp_path)
    assert np.array_equal(run(path, images, target), run(tmp_path / "net.tflite", images, "litert-reference"))


@pytest.mark.slow
@pytest.mark.parametrize("words", [["gcc", "-O3", "-march=native"], ["gcc", "-O1"], ["clang", "-O2"]], ids=" ".join)
def test_compilers_give_the_same_bits(words: list[str], tmp_path: Path, dataset, monkeypatch) -> None:
    if shutil.which(words[0]) is None:
        pytest.skip("apt-get install clang")
    monkeypatch.setenv("CC", " ".join(words))
    for index, content in enumerate([build_nano(each=True), build_micro(), build_levels("2 bits")]):
        for kernels in ("sparse", "dense"):
            way = Options(kernels=kernels)  # type: ignore[arg-type]
            require_same_bits(content, tmp_path / f"{index}{kernels}", dataset.test.images[:500], way)


@pytest.mark.slow
@pytest.mark.parametrize("words", DIALECTS.values(), ids=DIALECTS)
def test_every_dialect_compiles_it_without_a_word(words: list[str], tmp_path: Path) -> None:
    contents = [build_nano(), build_micro(), build_levels("3 bits", each=True), build_mixed()]
    for index, content in enumerate(contents):
        for kernels in ("sparse", "dense"):
            compile_c(write_c(content, tmp_path / f"{index}{kernels}", kernels), *words)


MAIN = """
#include <stdio.h>
#include <stdlib.h>
#include "net.h"
int main(void) {
  uint8_t *pixels = malloc(NET_PIXELS);
  net_arena *arena = malloc(sizeof *arena);
  int8_t *logits = malloc(NET_CLASSES);
  while (fread(pixels, 1, NET_PIXELS, stdin) == NET_PIXELS) {
    net_classify(pixels, logits, arena);
    fwrite(logits, 1, NET_CLASSES, stdout);
  }
  free(pixels);
  free(arena);
  free(logits);
  return 0;
}
"""


@pytest.mark.slow
@pytest.mark.parametrize("words", [[], ["-march=native"]], ids=["usual", "native"])
@pytest.mark.parametrize("kind", ["nano", "full", "micro", *CHAINS])
def test_sanitizers_find_nothing(kind: str, words: list[str], tmp_path: Path, dataset) -> None:
    net = LevelNet(seed=2)
    path = write_c(SMALL[kind]() if kind in SMALL else net.logits(CHAINS[kind](net)), tmp_path)
    (tmp_path / "main.c").write_text(MAIN)
    options = ["-std=c99", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", *words]
    subprocess.run(["gcc", *options, tmp_path / "main.c", path, "-o", tmp_path / "checked"], check=True)
    images = dataset.test.images[:20]
    done = subprocess.run([tmp_path / "checked"], input=images.tobytes(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[:2000]
    found = np.frombuffer(done.stdout, np.int8).reshape(-1, 10)
    assert np.array_equal(found, run(tmp_path / "net.tflite", images, "litert-reference"))


# ------------------------------------------------------------- reading back


@pytest.mark.parametrize("kernels", ["sparse", "dense"])
@pytest.mark.parametrize("each", [False, True], ids=["one", "each"])
def test_packed_weights_are_read_back_as_they_were(each: bool, kernels: str, tmp_path: Path) -> None:
    for name in ("2 bits", "3 bits"):
        content = build_levels(name, each=each)
        source = read_weights(content, "tflite", "net.tflite")
        found = read_weights(write_c(content, tmp_path, kernels).read_bytes(), "c", "net.c")
        assert (found.unread, [layer.kind for layer in found.layers]) == ((), ["conv", "depthwise", "dense", "dense"])
        for expected, layer in zip(source.layers, found.layers, strict=True):
            assert (layer.kind, layer.levels) == (expected.kind, expected.levels)
            for there, here in zip(list_stored(expected), list_stored(layer), strict=True):
                assert np.array_equal(here, there)


def test_what_is_inside_is_counted_unpacked(tmp_path: Path) -> None:
    operators = read_structure(ModelFile.read(write_c(build_nano(), tmp_path))).operators
    found = [(one.kind, one.weights, one.parameters, one.multiplications, one.size_bytes) for one in operators]
    assert found == [
        ("packed_conv", "int4", 80, 72 * 169, 57),
        ("packed_conv", "int4", 1168, 1152 * 121, 613),
        ("max_pool", "", 0, 0, 0),
        ("packed_conv", "int4", 2320, 2304 * 9, 1189),
        ("mean", "", 0, 0, 5),
        ("packed_dense", "int4", 170, 160, 105),
    ]


@pytest.mark.parametrize("kind", ["nano", "depthwise", "overlapping poolings", "converted"])
def test_values_of_layers_that_run_row_by_row_are_litert_s(kind: str, tmp_path: Path, dataset) -> None:
    """Also those before a pooling that is part of the layer."""
    net = LevelNet(seed=2)
    if kind == "converted":
        net.graph.tensors[net.input].quantization.zeroPoint = [-100]
    content = build_nano() if kind == "nano" else net.logits(CHAINS.get(kind, CHAINS["depthwise"])(net))
    path, images = write_c(content, tmp_path), dataset.test.images[:20]
    traces = []
    for file, format in ((path, "c"), (tmp_path / "net.tflite", "tflite")):
        layers = find_layers(file.read_bytes(), format, str(file))
        keys = list(dict.fromkeys(place.key for layer in layers for place in (layer.input, layer.output)))
        with open_here(ModelFile.read(file), None if format == "c" else "litert-reference", LOGITS) as runtime:
            values = runtime.trace(images, keys).values
        traces.append([values[place.key] for layer in layers for place in (layer.input, layer.output)])
    assert len(traces[0]) == len(traces[1])
    for mine, other in zip(*traces, strict=True):
        assert np.array_equal(mine.reshape(20, -1).astype(int) - 128, other.reshape(20, -1))


def test_one_changed_word_is_found(tmp_path: Path) -> None:
    path = write_c(build_nano(), tmp_path)
    text, statement = path.read_text(), Statement(input_range=(0, 1))
    for layer, changed in ((2, True), (5, True), (2, False)):
        first = re.search(rf"layer_{layer}_part_weights\[\d+\] = \{{\n(\d+),", text)
        assert first is not None
        word = int(first[1]) ^ (0x4000 if changed else 0)
        path.write_text(text.replace(first[0], first[0].replace(f"\n{first[1]},", f"\n{word},")))
        (verdict,) = verify(path, against=tmp_path / "net.tflite", trust=True, limit=500, statement=statement).verdicts
        assert (verdict.measurement.outputs.different_outputs > 0) == changed
        assert (verdict.word == "differs") == changed or not changed


@pytest.mark.parametrize(("before", "after", "message"), [
    ("NULL, 16, 4, -7", "NULL, 16, 5, -7", "5 digits of 16 levels fit no word"),
    ("NULL, 16, 4, -7", "NULL, 9, 5, -7", r"288 words of 5 weights each can't hold 1152"),
    ("layer_2_part_weights[288] = {\n", "layer_2_part_weights[289] = {\n1,", r"289 words of 4 weights"),
    ("NULL, 16, 4, -7, 1", "NULL, 16, 4, 120, 1", "its packed weights are no int8"),
])  # fmt: skip
def test_damaged_words_are_an_error(before: str, after: str, message: str, tmp_path: Path) -> None:
    text = write_c(build_nano(), tmp_path).read_text()
    place = text.index("static const filters layer_2") if before.startswith("NULL") else 0
    damaged = text[:place] + text[place:].replace(before, after, 1)
    assert damaged != text
    with pytest.raises(ModelError, match=message):
        read_weights(damaged.encode(), "c", "net.c")
