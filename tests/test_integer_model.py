"""What the C computes, stated in NumPy: the same bits as the C, as LiteRT's reference kernels and as TFLite Micro."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgemnist import export
from edgemnist.exporters import Options
from edgemnist.exporters.c.layers import KINDS
from edgemnist.formats import ModelFile
from edgemnist.runtimes import open_here
from edgemnist.runtimes.base import Request
from tests import integer_model
from tests.conftest import ROOT, slow
from tests.integer_model import compute_logits
from tests.nets import Net, Scale, build_branches
from tests.test_c import write_c
from tests.test_layers import ALL, NOT_IN_MICRO, RUNTIMES, add_clamp, build

EXPORTS = ROOT / "exports"
REFERENCE, MICRO = Options(rounding="reference"), Options(rounding="tflm")


def run(path: Path, images: np.ndarray, runtime: str | None = None) -> np.ndarray:
    """The logits of a file in a runtime; None is the file's own."""
    with open_here(ModelFile.read(path), *([runtime] if runtime else []), request=Request(output="logits")) as opened:
        return opened.run(images).outputs


def run_tflite(content: bytes, folder: Path, images: np.ndarray, options: Options) -> np.ndarray:
    """The logits of a `.tflite` file in the runtime that C with these options repeats."""
    path = folder / "net.tflite"
    path.write_bytes(content)
    return run(path, images, RUNTIMES[options.rounding])


def test_every_kind_of_layer_is_stated() -> None:
    """Packed layers, and those that run row by row, are the same arithmetic."""
    assert set(integer_model.KINDS) == {kind for kind in KINDS if not kind.packed and not kind.by_rows}


# ------------------------------------------------------------------------------------------- released models


@pytest.mark.parametrize("count", [200, slow(10_000)])
@pytest.mark.parametrize("stem", ["small_int8", "model_int8"])
def test_released_c_gives_what_is_stated(stem: str, count: int, dataset) -> None:
    images = dataset.test.images[:count]
    expected = compute_logits((EXPORTS / f"{stem}.tflite").read_bytes(), images, REFERENCE)
    assert np.array_equal(run(EXPORTS / f"{stem}.c", images), expected)


@pytest.mark.parametrize(
    ("stem", "count"),
    [("nano", 200), *(slow(stem, 10_000) for stem in ("micro", "micro-cnn", "mini", "nano", "pico"))],
)
def test_released_c_of_few_levels_gives_what_is_stated(stem: str, count: int, dataset, tmp_path: Path) -> None:
    """And LiteRT's reference kernels do, of the int8 file of the same levels."""
    images, path = dataset.test.images[:count], shutil.copy(EXPORTS / f"{stem}.keras", tmp_path)
    export(path, "tflite", "int8", output=tmp_path)
    content = (tmp_path / f"{stem}_int8.tflite").read_bytes()
    expected = compute_logits(content, images, REFERENCE)
    assert np.array_equal(run(EXPORTS / f"{stem}_int4.c", images), expected)
    assert np.array_equal(run_tflite(content, tmp_path, images, REFERENCE), expected)


@pytest.mark.parametrize("options", [REFERENCE, MICRO], ids=lambda options: options.rounding)
@pytest.mark.parametrize("stem", ["small_int8", "model_int8", slow("cnn_int8"), slow("best_int8")])
def test_a_released_tflite_file_gives_what_is_stated(stem: str, options: Options, dataset, tmp_path: Path) -> None:
    content, images = (EXPORTS / f"{stem}.tflite").read_bytes(), dataset.test.images[:100]
    assert np.array_equal(run_tflite(content, tmp_path, images, options), compute_logits(content, images, options))


# ---------------------------------------------------------------------------------------------- every layer


@pytest.mark.parametrize("options", [REFERENCE, MICRO], ids=lambda options: options.rounding)
@pytest.mark.parametrize("kind", ALL)
def test_a_layer_gives_what_is_stated(kind: str, options: Options, tmp_path: Path, dataset) -> None:
    if options is MICRO and kind in NOT_IN_MICRO:
        pytest.skip("the runtime has no kernel of it")
    content = build(add_clamp if (kind, options) == ("RELU6", MICRO) else ALL[kind], quantized=True)
    images = dataset.test.images[:20]
    assert np.array_equal(run_tflite(content, tmp_path, images, options), compute_logits(content, images, options))


@pytest.mark.parametrize("options", [REFERENCE, MICRO], ids=lambda options: options.rounding)
def test_branches_give_what_is_stated(options: Options, tmp_path: Path, dataset) -> None:
    content, images = build_branches(quantized=True), dataset.test.images[:20]
    assert np.array_equal(run_tflite(content, tmp_path, images, options), compute_logits(content, images, options))


# --------------------------------------------------------------------------------------- windows of any shape


def add_any_window(net: Net) -> int:
    """Ten numbers of a window of any shape over an image of any shape, whose zero points lie anywhere."""
    random = net.random
    rows, columns = random.integers(1, 8, 2).tolist()
    channels = int(random.choice([*range(1, 13), 28]))  # filters of 28 may be too large for what vectors have room for
    kind = random.choice(["CONV_2D", "DEPTHWISE_CONV_2D", "MAX_POOL_2D", "AVERAGE_POOL_2D", "pooled"])
    before: Scale = (0.02, int(random.integers(-128, 128)))
    pixels = take_pixels(net, 40)
    image = net.reshape(net.dense(pixels, rows * columns * channels, before), (1, rows, columns, channels))
    fits = (min(rows, 5), min(columns, 5))
    window = tuple(int(random.integers(1, size + 1)) for size in fits)
    strides, valid = tuple(random.integers(1, 4, 2).tolist()), int(random.integers(2))
    after = tuple(
        -(-(size - (taps - 1 if valid else 0)) // step)
        for size, taps, step in zip((rows, columns), window, strides, strict=True)
    )
    sizes = {"strideH": strides[0], "strideW": strides[1], "padding": valid}
    options = {**sizes, "fusedActivationFunction": int(random.choice([0, 1, 3]))}
    step = float(random.choice([0.05, 0.05, 0.05, 3e-4]))  # for shifts above 32 bits, and of 32 or fewer
    output: Scale = (step, int(random.integers(-128, 128)))
    if "POOL" in kind:
        options |= {"filterHeight": window[0], "filterWidth": window[1]}
        return end(net, net.add(kind, [image], (1, *after, channels), before, **options))
    fan = int(random.integers(1, 3)) if kind == "DEPTHWISE_CONV_2D" else 0
    outputs = fan * channels or int(random.integers(1, 20))
    shape = (1, *window, outputs) if fan else (outputs, *window, channels)
    weights = net.add_weights(shape, outputs, 0.01)
    if fan:
        net.graph.tensors[weights[0]].quantization.quantizedDimension = 3
        return end(net, net.add(kind, [image, *weights], (1, *after, outputs), output, **options, depthMultiplier=fan))
    filtered = net.add("CONV_2D", [image, *weights], (1, *after, outputs), output, **options)
    return end(net, filtered if kind == "CONV_2D" else add_pooling_apart(net, filtered))


def add_pooling_apart(net: Net, filtered: int) -> int:
    """A max pooling whose windows lie side by side."""
    _, *sizes, outputs = net.graph.tensors[filtered].shape
    rows, columns = (int(net.random.integers(1, size + 1)) for size in sizes)
    options = {"filterHeight": rows, "filterWidth": columns, "strideH": rows, "strideW": columns, "padding": 1}
    shape = (1, sizes[0] // rows, sizes[1] // columns, outputs)
    return net.add("MAX_POOL_2D", [filtered], shape, net.get_scale(filtered), **options)


def take_pixels(net: Net, count: int) -> int:
    """Some pixels in the middle, where digits are."""
    places = [net.add_tensor((2,), data=np.array(values, np.int32)) for values in ([0, 370], [1, count])]
    return net.add("SLICE", [net.input, *places], (1, count), net.get_scale(net.input))


def end(net: Net, values: int) -> int:
    """Ten numbers of all values, few of which are clamped."""
    count = int(np.prod(net.graph.tensors[values].shape))
    return net.dense(values, 10, (0.005 * count**0.5 + 0.01, 11))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
@pytest.mark.parametrize("options", [REFERENCE, MICRO], ids=lambda options: options.rounding)
def test_any_window_gives_what_is_stated(options: Options, seed: int, tmp_path_factory, dataset) -> None:
    net = Net(quantized=True, seed=seed)
    add_any_window(net)
    content, images = net.build(), dataset.test.images[:10]
    found = run_tflite(content, tmp_path_factory.getbasetemp(), images, options)
    assert np.array_equal(found, compute_logits(content, images, options))


WORDS = ("", "-mavx2", "-march=native")
# One of each compiler's words; the rest is slow.
CASES = [(0, "", MICRO), (1, "-mavx2", REFERENCE), (2, "-march=native", MICRO)]
SLOW_CASES = [
    (seed, words, options) for seed in range(3, 9) for words in WORDS for options in (REFERENCE, MICRO)
]  # fmt: skip


@pytest.mark.parametrize(("seed", "words", "options"), [*CASES, *(slow(*case) for case in SLOW_CASES)])
def test_c_of_any_windows_gives_what_is_stated(
    seed: int, words: str, options: Options, tmp_path: Path, dataset, monkeypatch
) -> None:
    """Some windows beside each other, and the sum of all their numbers; for processors with and without vectors."""
    if words == "-mavx2" and "avx2" not in Path("/proc/cpuinfo").read_text():
        pytest.skip("this processor has no AVX2")
    net, images = Net(quantized=True, seed=seed), dataset.test.images[:50]
    total = add_any_window(net)
    for _ in range(9):
        total = net.add("ADD", [add_any_window(net), total], (1, 10), (0.1, 5))
    content = net.build()
    expected = compute_logits(content, images, options)
    assert len(np.unique(expected)) > 10, "outputs that hardly differ prove nothing"
    path = write_c(content, tmp_path, ("sparse", "dense")[seed % 2], options.rounding)
    monkeypatch.setenv("CC", f"gcc {words}")
    assert np.array_equal(run(path, images), expected)
