"""Another alphabet than ten digits: its names reach every target as they are, whatever letters they are made of."""

from __future__ import annotations

import json
import platform
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edgemnist import export, train
from edgemnist.kits.web.page import BUILT
from edgemnist.workflows.kit import kit as write_kit
from edgemnist.workflows.verify import verify
from tests.conftest import ROOT, convert_here
from tests.test_kits import call, need
from tests.test_linux import find_local_library
from tests.test_page import DIGITS, Page
from tests.test_programs import require_runtime

pytestmark = pytest.mark.slow
# What the languages quote, each in its own way.
LETTERS = ("A", "B", 'C"', "D\\", "$E", "</script>", "Ğ", "H&amp;", "<!--<script>", "??/")
DRAWING = ROOT / "tests" / "drawings" / "7_large_page.png"


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model of ten letters, in float32 ONNX and int8 TFLite. Read only!"""
    folder = tmp_path_factory.mktemp("letters")
    train(epochs=1, class_names=LETTERS, output=folder / "letters.keras")
    with pytest.MonkeyPatch.context() as monkeypatch:
        convert_here(monkeypatch)
        for format, quantize in (("onnx", None), ("tflite", "int8")):
            export(folder / "letters.keras", format, quantize, class_names=LETTERS, output=folder)
    return folder


def write(target: str, *models: Path, output: Path) -> Path:
    return write_kit(target, models, output, class_names=LETTERS).path


@pytest.mark.parametrize("runtime", ["node", "browser-onnx", "aarch64-onnx", "jvm"])
def test_every_program_keeps_the_alphabet(letters: Path, tenth: Path, runtime: str) -> None:
    require_runtime(runtime)
    model = letters / "letters.onnx"
    (verdict,) = verify(model, data=tenth, class_names=LETTERS, runtime=runtime, against=model).verdicts
    assert verdict.passed, verdict
    assert verdict.measurement.labels == LETTERS
    assert not verdict.measurement.comparison.flips


def test_the_page_names_its_letters(letters: Path, tmp_path: Path) -> None:
    from edgemnist.runtimes.browser import open_browser

    require_runtime("browser-onnx")
    kit = write("web", letters / "letters.onnx", letters / "letters_int8.tflite", output=tmp_path / "kit")
    browser = open_browser()
    try:
        page = Page(browser, kit / BUILT)
        assert page.text("title") == "Draw one of 10 classes"
        assert [row.text.strip() for row in page.find("bars").find_elements("tag name", "li")] == list(LETTERS)
        for number in (5, 7):
            page.draw(DIGITS[str(number)])
            page.wait_for(LETTERS[number])
            page.clear()
    finally:
        browser.quit()


def test_the_module_names_its_letters(letters: Path, tmp_path: Path) -> None:
    from edgemnist.kits import node

    require_runtime("node")
    kit = write("node", letters / "letters.onnx", output=tmp_path / "kit")
    (kit / "node_modules").symlink_to(node.fetch_packages() / "node_modules")
    assert "self-test: 20 of 20" in call("node", "cli.mjs", "--self-test", cwd=kit).stdout
    assert json.loads(call("node", "cli.mjs", "--json", DRAWING, cwd=kit).stdout)["label"] == LETTERS[7]


def test_the_board_names_its_letters(letters: Path, tmp_path: Path) -> None:
    from edgemnist.kits.linux import engines as boards

    need("make", "gcc", install="apt-get install make gcc")
    kit = write("raspberry-pi", letters / "letters_int8.tflite", output=tmp_path / "kit")
    build = kit / "build" / platform.machine() / "litert"
    build.mkdir(parents=True)
    shutil.copyfile(find_local_library(boards.LITERT), build / boards.LITERT.file)
    assert call("make", "self-test", cwd=kit).stdout.count("self-test: 20 of 20") == 1
    grey = np.asarray(Image.open(DRAWING).convert("L"))
    (tmp_path / "seven.pgm").write_bytes(b"P5\n%d %d\n255\n" % grey.shape[::-1] + grey.tobytes())
    said = f": {LETTERS[7]} ("
    assert call(build / "classify", tmp_path / "seven.pgm").stdout.startswith(f"{tmp_path / 'seven.pgm'}{said}")
    assert call(sys.executable, kit / "classify.py", DRAWING).stdout.startswith(f"{DRAWING}{said}")


def test_the_apps_know_their_letters(letters: Path, tmp_path: Path) -> None:
    for target in ("android", "ios"):
        kit = write(target, letters / "letters.onnx", output=tmp_path / target)
        (document,) = [*kit.rglob("contract.json"), *kit.rglob("ModelContract.kt")][:1]
        text = document.read_text()
        if target == "ios":
            assert tuple(json.loads(text)["labels"]) == LETTERS
        else:
            assert r'"C\"", "D\\", "\$E", "</script>", "Ğ"' in text
