"""What the documents show is what happens: every command is run as written."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from edgemnist.runtimes import RUNTIMES
from tests.conftest import ROOT
from tests.tools.readme import CONSOLE, DOCUMENTS, blur, copy_tree, list_shares, run_shown, write_table

README = (ROOT / "README.md").read_text()
WHOLE_JOB, LIGHT_INSTALL, TEST_COMMAND = re.findall(r"```sh\n(.*?)\n```", README, re.DOTALL)


def name_runtime(command: str) -> str | None:
    """The runtime whose tools a command needs, where these may be missing."""
    if named := re.search(r"--runtime (\S+)", command):
        return named[1]
    if "--target web" in command:
        return "browser-onnx"
    return "cortex-m3" if "make" in command else None


def list_marks(command: str) -> list[pytest.MarkDecorator]:
    """Training and exporting takes its time, and so does a program or an emulated target, if its tools are there."""
    marks = [pytest.mark.slow] if re.match(r"edgemnist (train|export|kit|verify exports/$)|make", command) else []
    if command == "edgemnist runtimes":  # it shows a machine that has everything
        missing = [entry.install for entry in RUNTIMES if not entry.ready]
        skip = bool(missing) and os.environ.get("CI") != "true"
        marks += [pytest.mark.skipif(skip, reason="; ".join(dict.fromkeys(missing)))]
    elif name := name_runtime(command):
        entry = next(entry for entry in RUNTIMES if entry.name == name)
        missing = list(entry.tools.find_missing())
        skip = bool(missing) and os.environ.get("CI") != "true"
        marks += [pytest.mark.slow, pytest.mark.skipif(skip, reason=entry.install)]
    return marks


SHOWN = [
    pytest.param(
        match["command"],
        match["output"],
        id=match["command"],
        marks=list_marks(match["command"]),
    )
    for name in DOCUMENTS
    for match in CONSOLE.finditer((ROOT / name).read_text())
]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_tree(tmp_path_factory.mktemp("tree"))


@pytest.mark.parametrize(("command", "output"), SHOWN)
def test_a_command_prints_what_is_shown(tree: Path, command: str, output: str) -> None:
    if name := name_runtime(command):  # what is fetched the first time says so
        next(entry for entry in RUNTIMES if entry.name == name).prepare()
    if "exports/" in command:  # an earlier command of the README may have trained anew
        run_in = copy_tree(tree / "untouched")
    else:
        run_in = tree
    found = run_shown(command, run_in)
    assert blur(found) == blur(output)
    # Another processor may train another model (a few tenths) and round a few quantized answers the other way.
    assert list_shares(found) == pytest.approx(list_shares(output), abs=0.5 if command == "edgemnist train" else 0.1)


def test_the_table_is_the_manifests() -> None:
    assert write_table(README) == README


@pytest.mark.slow
def test_the_python_lines_run(tree: Path) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len([line for line in program.splitlines() if line]) <= 6
    (tree / "api.py").write_text(program)
    assert run_shown("python api.py", tree).splitlines()[-1] == "True 7"


def test_the_c_lines_compile(tmp_path: Path) -> None:
    (program,) = re.findall(r"```c\n(.*?)```", README, re.DOTALL)
    (tmp_path / "digit.c").write_text(program)
    words = (
        f"gcc -std=c99 -Wall -Wextra -Werror -I{ROOT / 'exports'} -c {tmp_path / 'digit.c'} -o {tmp_path / 'digit.o'}"
    )
    assert subprocess.run(words.split(), check=False).returncode == 0


def test_ci_calls_the_test_command_of_the_readme() -> None:
    assert TEST_COMMAND in (ROOT / ".ci" / "run").read_text()
    assert ".ci/run" in (ROOT / ".github" / "workflows" / "ci.yml").read_text()


def test_every_room_is_in_the_tree() -> None:
    (tree,) = re.findall(r"```\n(edgemnist/\n.*?)```", README, re.DOTALL)
    for path in (ROOT / "edgemnist").iterdir():
        if path.name[0] not in "_." and (path.is_dir() or path.suffix == ".py"):
            assert re.search(rf"\b{path.name}\b", tree), path.name


def run_fresh(line: str, folder: Path) -> str:
    """Run a line in a shell that knows nothing of this environment."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("VIRTUAL_ENV", "PYTHON", "PYTEST"))
    }
    inside = os.environ.get("VIRTUAL_ENV", "-")
    kept["PATH"] = os.pathsep.join(part for part in kept["PATH"].split(os.pathsep) if not part.startswith(inside))
    run = subprocess.run(["bash", "-c", line], cwd=folder, env=kept, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    return run.stdout


@pytest.mark.slow
def test_the_one_line_does_the_whole_job_in_a_fresh_tree(tmp_path: Path) -> None:
    words = run_fresh(WHOLE_JOB, copy_tree(tmp_path))
    assert words.splitlines()[-1] == "12 of 12 passed"
    names = [path.name for path in (tmp_path / "my-model").iterdir()]
    assert len([name for name in names if "_answers_" in name]) == 4, "the source's answers, and three files' outputs"
    assert len(names) == 12 + 2 + 4 + 2, "models, headers, answers; the manifest and its lock"


@pytest.mark.slow
def test_the_light_install_suffices_to_verify_and_predict(tmp_path: Path) -> None:
    tree = copy_tree(tmp_path / "tree")
    run_fresh(f"python3 -m venv .venv && . .venv/bin/activate && {LIGHT_INSTALL}", tree)
    activate = ". .venv/bin/activate && cd exports && "
    assert "tensorflow" not in run_fresh(f"{activate} pip list", tree).lower()
    words = run_fresh(f"{activate} ! edgemnist verify . 2>&1", tree)
    assert "13 of 15 passed" in words
    assert "this step needs tensorflow, which isn't installed" in words
    for name in ("model.keras", "small.keras"):
        (tree / "exports" / name).unlink()
    assert "13 of 13 passed" in run_fresh(f"{activate} edgemnist verify .", tree)
    assert " 7 " in run_fresh(f"{activate} edgemnist predict model_int8.tflite ../examples/python/seven.png", tree)
    assert "pip install tensorflow" in run_fresh(f"{activate} edgemnist runtimes", tree)
    wrong = ". .venv/bin/activate && ! edgemnist train --output x.keras 2>&1"
    assert "this step needs tensorflow, which isn't installed" in run_fresh(wrong, tree)
