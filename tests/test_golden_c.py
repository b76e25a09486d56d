"""The released C, written again from the released TFLite file beside it: the same bytes, on any machine."""

from __future__ import annotations

import re

import numpy as np
import pytest

from edgemnist.codegen import fold, format_float, name_prefix, tabulate
from edgemnist.errors import ExportError
from edgemnist.exporters import Options, tflite
from edgemnist.exporters.c import writer as c
from edgemnist.exporters.c.array import write_array
from edgemnist.exporters.c.graph import Scale
from edgemnist.exporters.c.read_tflite import read_graph
from tests.conftest import ROOT
from tests.nets import Net

EXPORTS = ROOT / "exports"


@pytest.mark.parametrize("stem", ["small_int8", "model_int8"])
def test_the_released_c_is_what_is_written_of_the_released_tflite(stem: str) -> None:
    content = (EXPORTS / f"{stem}.tflite").read_bytes()
    written = c.write_model(content, tflite.extract_contract(content), Options(), stem)
    assert set(written) == {".c", ".h"}
    for end, text in written.items():
        assert text == (EXPORTS / f"{stem}{end}").read_bytes(), f"export it again: {stem}{end}"


def test_the_array_of_the_example_is_what_is_written_of_the_released_tflite() -> None:
    content, stem = (EXPORTS / "small_int8.tflite").read_bytes(), "small_int8_array"
    (header,) = (ROOT / "examples" / "tflite-micro").rglob(f"{stem}.h")
    arena = int(re.search(r"_ARENA_BYTES (\d+)", header.read_text())[1])
    written = write_array(content, tflite.extract_contract(content), arena, stem)
    assert written == {end: header.with_suffix(end).read_bytes() for end in (".c", ".h")}


def test_the_small_network_is_read_as_it_was_built() -> None:
    """Layer by layer, with the sizes of `build_small`; only a convolution's window can be uneven at the edges."""
    graph = read_graph((EXPORTS / "small_int8.tflite").read_bytes())
    assert (graph.classes, graph.softmax) == (10, True)
    assert graph.input.scale == Scale(pytest.approx(1 / 255), -128)
    found = [(layer.kernel, layer.input.size, layer.output.size) for layer in graph.layers]
    assert found == [
        ("conv", 784, 14 * 14 * 8),
        ("depthwise", 14 * 14 * 8, 14 * 14 * 8),
        ("conv", 14 * 14 * 8, 14 * 14 * 16),
        ("max_pool", 14 * 14 * 16, 7 * 7 * 16),
        ("conv", 7 * 7 * 16, 5 * 5 * 16),
        ("dense", 5 * 5 * 16, 32),
        ("dense", 32, 10),
    ]
    first, *_ = graph.layers
    size, stride = first.geometry, (first.geometry.row_stride, first.geometry.column_stride)
    assert (size.window_rows, size.window_columns, stride, size.top, size.left) == (3, 3, (2, 2), 0, 0)
    assert [getattr(layer, "limits", None) for layer in graph.layers] == [
        *[(0.0, None)] * 3, (None, None), *[(0.0, None)] * 2, (None, None)
    ]  # fmt: skip


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_no_numbers_are_refused(value: float) -> None:
    content = bytearray((EXPORTS / "model.tflite").read_bytes())
    model = tflite.schema.Model.GetRootAs(content)
    largest = max((model.Buffers(index) for index in range(model.BuffersLength())), key=lambda one: one.DataLength())
    largest.DataAsNumpy().view(np.float32)[1234] = value
    with pytest.raises(ExportError, match="hold NaN or infinity"):
        read_graph(bytes(content))


def test_values_are_written_as_c_reads_them_back() -> None:
    numbers = np.array([0.1, -3, 1e-12, 3.4e38, 0, 123456789], np.float32)
    texts = [format_float(number) for number in numbers]
    assert texts == ["0.100000001f", "-3.0f", "9.99999996e-13f", "3.39999995e+38f", "0.0f", "123456792.0f"]
    assert np.array_equal(np.array([float(text[:-1]) for text in texts], np.float32), numbers)
    assert tabulate("t", np.array([-128, 127], np.int8)) == "static const int8_t t[2] = {\n-128,127\n};"
    assert tabulate("t", np.array([[1.5], [2]], np.float32)) == "static const float t[2] = {\n1.5f,2.0f\n};"


def test_lines_are_as_long_as_they_may_be() -> None:
    text = ",".join(["1234"] * 100)
    lines = list(fold(text, 118))
    assert "".join(lines) == text
    assert [len(line) for line in lines[:-1]] == [115] * 4  # 23 numbers; with 24 it would be 120
    assert list(fold("12,34,5", 6)) == ["12,34,", "5"]
    assert list(fold("12,34,", 6)) == ["12,34,"]


@pytest.mark.parametrize(
    ("stem", "prefix"), [("model", "model"), ("7", "model_7"), ("_a", "model__a"), ("ä-b.c", "model___b_c")]
)
def test_a_name_becomes_an_identifier(stem: str, prefix: str) -> None:
    assert name_prefix(stem) == prefix


def test_a_model_that_only_passes_its_pixels_on_is_refused() -> None:
    net = Net(quantized=True)
    net.reshape(net.input, (1, 28, 28, 1))
    with pytest.raises(ExportError, match="C: the model has no layers that make logits of the pixels"):
        read_graph(net.build())
