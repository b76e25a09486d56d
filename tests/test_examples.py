"""The examples' own READMEs: each command is run as written, in a copy, as someone who has just found the folder."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edgemnist import packages
from edgemnist.guides import find_guide
from edgemnist.kits import find_kit, node
from edgemnist.kits.building import build_products
from edgemnist.kits.web.page import BUILT
from edgemnist.machines import find_machine
from edgemnist.workflows.diff_answers import diff_answers
from tests.conftest import ROOT
from tests.test_kits import need, spoil_golden
from tests.test_linux import need_board
from tests.test_programs import require_runtime
from tests.test_readme import run_fresh

EXAMPLES = ROOT / "examples"
SELF_TEST = "self-test: 20 of 20 images give the expected probabilities, 20 the right class\n"
PHOTO = EXAMPLES / "python" / "photo.jpg"
BLANK = ROOT / "tests" / "drawings" / "blank.png"


def list_commands(name: str) -> list[str]:
    """Return the shell blocks of an example's README, in their order."""
    return re.findall(r"```sh\n(.*?)\n```", (EXAMPLES / name / "README.md").read_text(), re.DOTALL)


@pytest.fixture
def copy(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of an example, as a clone has it, with a picture of a five in it."""
    source = EXAMPLES / request.param
    ignored = subprocess.run(
        ["git", "ls-files", "--others", "--ignored", "--exclude-standard", "--directory"],
        cwd=source, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    left_out = shutil.ignore_patterns(*(name.rstrip("/") for name in ignored))
    folder = Path(shutil.copytree(source, tmp_path / "my exämple", ignore=left_out))
    Image.open(PHOTO).save(folder / "photo.png")
    grey = np.asarray(Image.open(PHOTO).convert("L"))
    (folder / "digit.pgm").write_bytes(b"P5\n%d %d\n255\n" % grey.shape[::-1] + grey.tobytes())
    return folder


def run_each(name: str, folder: Path) -> Iterator[str]:
    for command in list_commands(name):
        yield run_fresh(command, folder)


@pytest.mark.slow
@pytest.mark.parametrize("copy", ["web"], indirect=True)
def test_the_page_is_built_as_its_readme_says(copy: Path) -> None:
    require_runtime("browser-onnx")
    (words,) = run_each("web", copy)
    assert "build/digits.html: " in words
    files = {path.name: path.read_bytes() for path in copy.iterdir() if path.is_file()}
    assert (copy / BUILT).read_bytes() == build_products(find_kit("web"), files)[BUILT]


@pytest.mark.slow
@pytest.mark.parametrize("copy", ["node"], indirect=True)
def test_the_module_is_tested_and_used_as_its_readme_says(copy: Path) -> None:
    require_runtime("node")
    tested, classified = run_each("node", copy)
    assert tested.count(SELF_TEST) == 2
    assert classified.startswith("photo.png: 5 (")
    (program,) = re.findall(r"```js\n(.*?)```", (copy / "README.md").read_text(), re.DOTALL)
    (copy / "mine.mjs").write_text(
        f"const [rgba, width, height] = [new Uint8Array(400).fill(255), 10, 10];\n{program}console.log(label.length);\n"
    )
    assert run_fresh("node mine.mjs", copy) == "1\n"


@pytest.mark.slow
@pytest.mark.parametrize("copy", ["node"], indirect=True)
def test_the_command_of_the_module_says_what_is_wrong(copy: Path) -> None:
    require_runtime("node")
    (copy / "node_modules").symlink_to(node.fetch_packages() / "node_modules")
    shutil.copyfile(BLANK, copy / "blank.png")
    for words, said in (
        ("none.png", "none.png: no such file"),
        ("blank.png", "blank.png: nothing to be seen on it"),
        ("", "either pictures, --self-test or --answers is expected"),
        ("--answers --self-test", "either pictures, --self-test or --answers is expected"),
        ("--pixels", "--pixels"),
    ):
        run = subprocess.run(f"node cli.mjs {words}", shell=True, cwd=copy, capture_output=True, text=True, check=False)
        assert (run.returncode, run.stdout) == (2, "")
        assert said in run.stderr
        assert "    at " not in run.stderr, "a stack"
    for wasm in ("", "--wasm"):
        (copy / "console.log").write_text(run_fresh(f"node cli.mjs {wasm} --answers", copy))
        found = diff_answers(copy / "console.log", ROOT / "exports" / "small_int8.onnx")
        assert (found.images, found.same_model, found.same_data, found.comparison.moved) == (20, True, True, 0)
    (copy / "golden.csv").write_text(spoil_golden((copy / "golden.csv").read_text()))
    for wasm in ("", "--wasm"):
        run = subprocess.run(f"node cli.mjs {wasm} --self-test", shell=True, cwd=copy, capture_output=True, check=False)
        assert run.returncode == 1
        assert b"FAILED: image " in run.stdout


@pytest.mark.slow
@pytest.mark.parametrize("copy", ["raspberry-pi"], indirect=True)
def test_the_board_is_tested_and_used_as_its_readme_says(copy: Path) -> None:
    need("make", "gcc", find_machine("aarch64").compiler, install=f"{packages.AARCH64_INSTALL} make gcc")
    for model in ("litert/small_int8.tflite", "onnx/small_int8.onnx"):
        need_board(copy / model)
    shutil.copyfile(copy / "photo.png", copy / "picture.png")
    install_and_test, classify, test_c, classify_c, build_for_pi = list_commands("raspberry-pi")
    assert run_fresh(install_and_test, copy).endswith(SELF_TEST)
    activate = ". .venv/bin/activate && "
    assert "tensorflow" not in run_fresh(f"{activate} pip list", copy).lower()
    in_python = run_fresh(activate + classify, copy)
    assert in_python.startswith("photo.png: 5 (")
    assert run_fresh(test_c, copy).endswith(f"litert\n{SELF_TEST}onnx\n{SELF_TEST}")
    assert run_fresh(classify_c, copy).startswith("digit.pgm: 5 (")
    run_fresh(build_for_pi, copy)
    assert (copy / "build" / "aarch64" / "onnx" / "classify").read_bytes()[18:20] == b"\xb7\x00", "an ELF for AArch64"


def test_every_example_is_in_the_table_and_leads_on() -> None:
    table = (EXAMPLES / "README.md").read_text()
    guides = find_guide("embedding").read() + find_guide("ci").read()
    for folder in sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir()):
        assert f"({folder}/README.md)" in table, folder
        assert f"({folder}/README.md)" in guides.replace("../../examples/", ""), folder


def test_what_is_not_run_is_said() -> None:
    assert "was not" in (EXAMPLES / "android" / "README.md").read_text()
    assert "was not" in (EXAMPLES / "ios" / "README.md").read_text()


def test_nothing_built_or_fetched_is_committed() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    parts = {part for name in tracked for part in Path(name).parts}
    assert not parts & {"node_modules", "build", "__pycache__", ".venv", "target"}
    assert not [name for name in tracked if (ROOT / name).stat().st_size > 3_000_000 and "datasets/mnist" not in name]
