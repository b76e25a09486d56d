"""What the documents show is what happens: every command is run as written."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from edgemnist.guides import GUIDES, find_guide
from edgemnist.manifest import Manifest
from edgemnist.runtimes import RUNTIMES, RuntimeEntry
from tests.conftest import ROOT
from tests.tools.readme import (
    CONSOLE,
    DOCUMENTS,
    blur,
    copy_tree,
    list_programs,
    list_shares,
    run_program,
    run_shown,
    write_generated,
)

README = (ROOT / "README.md").read_text()
SHELL = re.compile(r"```sh\n(.*?)\n```", re.DOTALL)
WHOLE_JOB, TEST_COMMAND = SHELL.findall(README)
(LIGHT_INSTALL,) = SHELL.findall(find_guide("verification").read())
LINK = re.compile(r"\]\((?!https?:)(?P<path>[^)#\s]*)(?:#(?P<anchor>[^)\s]+))?\)")
# Folders that git ignores, and that a document's later commands build on.
OWN_FOLDER = re.compile(r"\bmy-")


def name_runtimes(command: str) -> list[str]:
    """The runtimes whose tools a command needs, where these may be missing."""
    if named := re.search(r"--runtime (\S+)", command):
        return named[1].split(",")
    if "--target web" in command:
        return ["browser-onnx"]
    return ["cortex-m3"] if "make" in command else []


def find_entries(command: str) -> list[RuntimeEntry]:
    """The runtimes that `name_runtimes` names."""
    return [next(entry for entry in RUNTIMES if entry.name == name) for name in name_runtimes(command)]


def list_missing(command: str) -> list[str]:
    """What to type to install what a command needs and isn't here; nothing in CI, where that is a failure."""
    if os.environ.get("CI") == "true":
        return []
    if command == "edgemnist runtimes":  # it shows a machine that has everything
        return list(dict.fromkeys(entry.install for entry in RUNTIMES if not entry.ready))
    return [entry.install for entry in find_entries(command) if entry.tools.find_missing()]


def list_marks(command: str) -> list[pytest.MarkDecorator]:
    """A folder of models takes its time, and so do two runtimes, a program or an emulated target, if it is there."""
    is_slow = name_runtimes(command) or re.search("--(against|corruptions)|^edgemnist benchmark", command)
    is_slow = is_slow or command == "edgemnist verify exports/"
    missing = list_missing(command)
    return [
        *([pytest.mark.slow] if is_slow else []),
        *([pytest.mark.skip(reason="; ".join(missing))] if missing else []),
    ]


def read_shown(name: str, *, own: bool) -> list[tuple[str, str]]:
    """The commands of a document and what they print: those that write folders of their own, or the others."""
    shown = [(match["command"], match["output"]) for match in CONSOLE.finditer((ROOT / name).read_text())]
    return [(command, output) for command, output in shown if bool(OWN_FOLDER.search(command)) == own]


SHOWN = [
    pytest.param(command, output, id=command, marks=list_marks(command))
    for name in DOCUMENTS
    for command, output in read_shown(name, own=False)
]
SEQUENCES = [name for name in DOCUMENTS if read_shown(name, own=True) or list_programs(name)]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_tree(tmp_path_factory.mktemp("tree"))


def check_shown(command: str, output: str, folder: Path) -> None:
    for entry in find_entries(command):  # what is fetched the first time says so
        entry.prepare()
    found = run_shown(command, folder)
    assert blur(found) == blur(output)
    # Another processor may train another model (a few tenths) and round a few quantized answers the other way.
    assert list_shares(found) == pytest.approx(list_shares(output), abs=0.5 if OWN_FOLDER.search(command) else 0.1)


@pytest.mark.parametrize(("command", "output"), SHOWN)
def test_a_command_prints_what_is_shown(tree: Path, command: str, output: str) -> None:
    check_shown(command, output, tree)


@pytest.mark.slow
@pytest.mark.parametrize("name", SEQUENCES)
def test_commands_one_after_the_other_print_what_is_shown(tmp_path: Path, name: str) -> None:
    """Those of one document that write what the next one reads. They leave nothing that git would see."""
    shown = read_shown(name, own=True)
    if missing := [line for command, _ in shown for line in list_missing(command)]:
        pytest.skip("; ".join(missing))
    tree = copy_tree(tmp_path)
    subprocess.run("git init -q && git add -A", shell=True, cwd=tree, check=True)
    for program in list_programs(name):
        run_program(program, tree)
    for command, output in shown:
        check_shown(command, output, tree)
    status = subprocess.run(["git", "status", "--porcelain"], cwd=tree, capture_output=True, text=True, check=True)
    assert not [line for line in status.stdout.splitlines() if not line.startswith("A  ")]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_tables_and_options_are_those_of_today(name: str) -> None:
    text = (ROOT / name).read_text()
    assert write_generated(name, text).split() == text.split()


def test_the_readme_is_short() -> None:
    assert len(README.encode()) <= 9000


def test_every_guide_is_in_the_readme_and_in_the_package() -> None:
    assert {f"{guide.topic}.md" for guide in GUIDES} == {path.name for path in (ROOT / "edgemnist/guides").glob("*.md")}
    for guide in GUIDES:
        assert f"| [`{guide.topic}`](edgemnist/guides/{guide.topic}.md) | {guide.summary} |" in README
        assert guide.read().startswith("# ")
        assert "\nAt the end of this page " in guide.read()


def list_anchors(text: str) -> set[str]:
    """The anchors that a forge gives the headings of a Markdown text."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", [*DOCUMENTS, ".github/CONTRIBUTING.md"])
def test_links_lead_somewhere(name: str) -> None:
    path = ROOT / name
    for link in LINK.finditer(path.read_text()):
        target = (path.parent / link["path"]).resolve() if link["path"] else path
        assert target.exists(), link[0]
        if link["anchor"]:
            assert link["anchor"] in list_anchors(target.read_text()), link[0]


@pytest.mark.slow
def test_the_python_lines_run(tree: Path) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len([line for line in program.splitlines() if line]) <= 6
    (tree / "api.py").write_text(program)
    assert run_shown("python api.py", tree).splitlines()[-1] == "True 7"


def test_the_c_lines_compile(tmp_path: Path) -> None:
    (program,) = re.findall(r"```c\n(.*?)```", find_guide("microcontrollers").read(), re.DOTALL)
    (tmp_path / "digit.c").write_text(program)
    words = (
        f"gcc -std=c99 -Wall -Wextra -Werror -I{ROOT / 'exports'} -c {tmp_path / 'digit.c'} -o {tmp_path / 'digit.o'}"
    )
    assert subprocess.run(words.split(), check=False).returncode == 0


def test_ci_calls_the_test_command_of_the_readme() -> None:
    assert TEST_COMMAND in (ROOT / ".ci" / "run").read_text()
    assert ".ci/run" in (ROOT / ".github" / "workflows" / "ci.yml").read_text()


def test_every_room_is_in_the_tree() -> None:
    (tree,) = re.findall(r"```\n(edgemnist/\n.*?)```", find_guide("architecture").read(), re.DOTALL)
    for path in (ROOT / "edgemnist").iterdir():
        if path.name[0] not in "_." and (path.is_dir() or path.suffix == ".py"):
            assert re.search(rf"\b{path.name}\b", tree), path.name


def run_fresh(line: str, folder: Path) -> str:
    """Run a line in a shell that knows nothing of this environment."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("VIRTUAL_ENV", "PYTHON", "PYTEST"))
    }
    kept["PIP_NO_COMPILE"] = "no"  # which means: no compiling of files that nothing imports
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
    words = run_fresh(f"{activate} edgemnist verify .", tree)
    models = Manifest.load(ROOT / "exports").models
    sources = [name for name in models if name.endswith(".keras")]
    assert words.endswith(f"{len(models) - len(sources)} of {len(models)} passed, {len(sources)} skipped\n")
    assert "skipped model.keras: needs tensorflow: pip install tensorflow" in words
    strict = run_fresh(f"{activate} ! edgemnist verify . --require-all --limit 100 2>&1", tree)
    assert "this step needs tensorflow, which isn't installed" in strict
    for name in sources:
        (tree / "exports" / name).unlink()
    assert f"{len(models) - len(sources)} of {len(models) - len(sources)} passed" in run_fresh(
        f"{activate} edgemnist verify .", tree
    )
    assert " 7 " in run_fresh(f"{activate} edgemnist predict model_int8.tflite ../examples/python/seven.png", tree)
    assert "pip install tensorflow" in run_fresh(f"{activate} edgemnist runtimes", tree)
    assert run_fresh(f"{activate} edgemnist guide ci", tree) == find_guide("ci").read()
    wrong = ". .venv/bin/activate && ! edgemnist train --output x.keras 2>&1"
    assert "this step needs tensorflow, which isn't installed" in run_fresh(wrong, tree)
