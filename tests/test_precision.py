"""A new precision is one row of `precision.py` and one setting of a converter: shown on a copy of the package."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from edgemnist.contract import FormatName
from edgemnist.exporters import ALL_FORMS, FORMATS, FORMS, QUANTIZATIONS, FormatChoice, Quantization
from edgemnist.formats import FORMATS as FILE_FORMATS
from edgemnist.precision import PRECISIONS, PrecisionName, find_by_types, may_be
from tests.conftest import ROOT

# One scale for all weights of a layer, as some accelerators ask for.
ROW = """    Precision(
        "int8-tensor", 8, {"tflite": "TFLite, whole numbers only, one scale a tensor"},
        (("int8", "int8"), ("int8", "uint8")), min_agreement=0.99, max_drop=0.5, tolerance=Tolerance(0.2, 1.0),
        deep=DeepLimits(0.4, 0.4, 0.2, bright=False), device_slack=0.004, calibrated=("tflite",),
    ),
"""
SETTING = """

def _set_tensor(converter: Any, options: Options) -> None:
    _set_int8(converter, options)
    converter._experimental_disable_per_channel = True
    converter._experimental_disable_per_channel_quantization_for_dense_layers = True


SETTINGS["int8-tensor"] = _set_tensor
"""


def test_types_say_one_precision_each() -> None:
    pairs = [pair for row in PRECISIONS.values() for pair in row.types]
    assert len(pairs) == len(set(pairs))
    for row in PRECISIONS.values():
        assert {find_by_types(*pair) for pair in row.types} <= {row.name}
        assert {other for other in PRECISIONS if may_be(row.name, other)} == {row.name, *row.narrower}


def test_a_narrower_precision_has_fewer_bits_and_fewer_levels() -> None:
    for row in PRECISIONS.values():
        for other in (PRECISIONS[name] for name in row.narrower):
            assert other.grid is not None
            assert other.weight_bits < row.weight_bits
            assert row.grid is None or other.grid.levels < row.grid.levels
            assert set(other.narrower) < set(row.narrower)
        assert row.grid is None or row.grid.count() <= row.grid.levels


def test_the_types_name_what_the_tables_hold() -> None:
    """A type checker can't read a table, so the names stand in both."""
    assert get_args(PrecisionName) == tuple(PRECISIONS)
    assert set(get_args(Quantization)) == set(QUANTIZATIONS)
    assert set(get_args(FormatChoice)) == set(FORMATS)
    assert set(get_args(FormatName)) == {row.name for row in FILE_FORMATS}


def test_every_precision_but_the_unknown_is_a_form() -> None:
    assert {form.precision for form in ALL_FORMS} == set(PRECISIONS) - {"unknown"}


def test_few_levels_are_written_only_where_they_are_named() -> None:
    few = {row.name for row in PRECISIONS.values() if row.grid}
    assert few == {"int4", "int2", "ternary"}
    assert {form.precision for form in FORMS} == set(PRECISIONS) - {"unknown", *few}


@pytest.mark.slow
def test_a_new_precision_is_one_row_and_one_setting(ladder: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "edgemnist", tmp_path / "edgemnist", ignore=shutil.ignore_patterns("__pycache__"))
    table, converter = (tmp_path / "edgemnist" / name for name in ("precision.py", "exporters/tflite.py"))
    marker = "    # Of a file from elsewhere that doesn't say"
    assert marker in table.read_text()
    table.write_text(table.read_text().replace(marker, ROW + marker))
    converter.write_text(converter.read_text() + SETTING)

    def call(*words: str) -> str:
        run = subprocess.run(
            [sys.executable, "-m", "edgemnist", *words], cwd=tmp_path, capture_output=True, text=True, check=False,
            env={**os.environ, "PYTHONPATH": str(tmp_path)},
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        return run.stdout

    shutil.copyfile(ladder / "model.keras", tmp_path / "model.keras")
    assert "one scale a tensor" in call("formats")
    call("export", "--model", "model.keras", "--format", "tflite", "--quantize", "int8-tensor")
    report = json.loads(call("verify", "exports/model_int8-tensor.tflite", "--json"))
    assert (report["passed"], report["models"][0]["precision"]) == (True, "int8-tensor")
    from edgemnist.exporters.c.operators import schema

    model = schema.ModelT.InitFromPackedBuf((tmp_path / "exports" / "model_int8-tensor.tflite").read_bytes(), 0)
    scales = [
        len(tensor.quantization.scale)
        for tensor in model.subgraphs[0].tensors
        if len(tensor.shape) == 2 and tensor.quantization is not None and tensor.quantization.scale is not None
    ]
    assert set(scales) == {1}
