"""The shape of an image: said by MNIST and by the digit preparation, read from them and from contracts elsewhere."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from edgemnist.codegen import quote_c
from edgemnist.contract import Contract, Input, Output
from edgemnist.datasets import preparation
from edgemnist.datasets.shape import IMAGE_SHAPE
from edgemnist.errors import ModelError
from edgemnist.exporters import Options
from edgemnist.exporters.c.writer import write_model
from edgemnist.formats import ModelFile
from edgemnist.formats.c import GeneratedModel
from edgemnist.kits.contracts import list_contract_values
from tests.conftest import ROOT
from tests.nets import Net

PACKAGE = ROOT / "edgemnist"
KNOWING = {
    "datasets/shape.py",
    "datasets/preparation.py",
    "kits/linux/preparation.h",
    "kits/javascript/preparation.mjs",
    "kits/android/kotlin/DigitPreparation.kt",
    "kits/ios/Sources/DigitPreparation.swift",
}
# Sides of a picture and their product; no part of a version such as 1.28.0.
NUMBERS = re.compile(r"(?<![\w.])(28|784)(?!\.?\w)")
# A text that is the sizes of three layers or more, such as 10-16-28-46, and nothing else.
SIZES = re.compile(r"\d+(-\d+){2,}")
PROSE = {".md", ".gz", ".txt", ".toml"}
SLASHED = re.compile(r"/\*.*?\*/|//[^\n]*|<!--.*?-->", re.DOTALL)


def list_words(path: Path) -> str:
    """The numbers and texts of a file of Python without its docstrings, another file without its comments."""
    text = path.read_text()
    if ".py" not in path.suffixes:
        return SLASHED.sub("", text)
    tree = ast.parse(text)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    shown = {
        id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, documented) and ast.get_docstring(node)
    }
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in shown]
    return "\n".join(text for node in constants if not SIZES.fullmatch(text := str(node.value)))


def test_only_the_data_set_and_the_preparation_know_the_size() -> None:
    """In six languages: a page, an app, a sketch and firmware take it from the contract or from the preparation."""
    paths = [path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix not in PROSE]
    paths = [path for path in paths if "__pycache__" not in path.parts and path.name != "package-lock.json"]
    assert {path.suffix for path in paths} >= {
        ".py",
        ".in",
        ".c",
        ".h",
        ".cc",
        ".ino",
        ".mjs",
        ".html",
        ".kt",
        ".swift",
    }
    found = {str(path.relative_to(PACKAGE)) for path in paths if NUMBERS.search(list_words(path))}
    assert found == KNOWING


@pytest.mark.parametrize(
    ("name", "text", "known"),
    [
        ("a.py", "SIDE = 28", True),
        ("a.py", "print(f'{n} of 784 pixels')", True),
        ("a.py", "VERSION = '1.28.0'  # 28", False),
        ("a.py", 'def f():\n    """28 x 28."""', False),
        ("a.c", "uint8_t digit[784]; /* so many */", True),
        ("a.kt", "const val SIDE = 28", True),
        ("a.mjs", "// 28 rows\nconst SIDE = 280;", False),
        ("a.html", '<canvas width="28">', True),
    ],
)
def test_a_number_in_code_is_found_and_one_in_a_comment_is_not(
    tmp_path: Path, name: str, text: str, known: bool
) -> None:
    (tmp_path / name).write_text(text)
    assert bool(NUMBERS.search(list_words(tmp_path / name))) == known


def test_the_preparation_makes_what_the_data_set_has() -> None:
    """It stands alone, in each language: a kit gets it without the package."""
    assert (preparation.SIZE, preparation.SIZE) == IMAGE_SHAPE


def write_net(folder: Path) -> Path:
    """Write C of a model that takes images of 10 x 10."""
    net = Net(quantized=True)
    net.graph.tensors[net.input].shape = [1, 100]
    net.dense(net.input, 10)
    contract = Contract(Input("pixels", (100,)), Output("probs"), tuple("0123456789"), "int8")
    for ending, text in write_model(net.build(), contract, Options(), "net", (10, 10)).items():
        (folder / f"net{ending}").write_bytes(text)
    return folder / "net.c"


def test_c_of_another_size_is_written_as_the_data_set_says(tmp_path: Path) -> None:
    path = write_net(tmp_path)
    header = path.with_suffix(".h").read_text()
    assert "#define NET_PIXELS 100\n" in header
    assert "one image of 10 x 10 raw pixel bytes" in header
    assert not NUMBERS.search(header + path.read_text().partition("\n */")[0])


def test_c_of_another_size_is_not_run(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"net\.c: the contract inside says input shape \(100,\), expected 28 x 28"):
        GeneratedModel.read(ModelFile.read(write_net(tmp_path)))


def test_programs_are_told_the_size_by_the_contract() -> None:
    values = list_contract_values(Contract(Input("p", (1, 5, 7)), Output("s"), ("a", "b")), quote_c)
    assert (values["pixels"], values["input_shape"], values["input_dimensions"]) == ("35", "1, 5, 7", "3")
