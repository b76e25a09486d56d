"""The documents' commands: found, run as written, and compared with what is shown.

python -m tests.tools.readme [DOCUMENT…]    # run them, and write tables, outputs and options into the documents
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.tools.recipe_table import GUIDE_ONLY, tabulate_in_c, tabulate_recipes

ROOT = Path(__file__).parents[2]
GUIDES = tuple(str(path.relative_to(ROOT)) for path in sorted((ROOT / "edgemnist" / "guides").glob("*.md")))
DOCUMENTS = ("README.md", "examples/README.md", "examples/python/README.md", *GUIDES)
CONSOLE = re.compile(r"```console\n\$ (?P<command>[^\n]+)\n(?P<output>.*?)```", re.DOTALL)
PYTHON = re.compile(r"```python\n(?P<program>.*?)```", re.DOTALL)
TABLE = re.compile(r"(<!-- table: [^\n]*-->\n).*?(<!-- end of table -->)", re.DOTALL)
RECIPES = re.compile(r"(<!-- recipes: [^\n]*-->\n).*?(<!-- end of recipes -->)", re.DOTALL)
IN_C = re.compile(r"(<!-- recipes in C: [^\n]*-->\n).*?(<!-- end of recipes in C -->)", re.DOTALL)
HELP = re.compile(r"(<!-- help: [^\n]*-->\n).*?(<!-- end of help -->)", re.DOTALL)
# The README's five rows: a float, a smaller float, whole numbers, and C for a large and a small microcontroller.
TELLING = ("model.onnx", "model_float16.tflite", "model_int8.tflite", "model_int8.c", "small_int8.c")
HELP_COLUMNS = 100


def copy_tree(folder: Path) -> Path:
    """Copy what git tracks or would track: commands may write into it."""
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    for name in names:
        if (ROOT / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target)
    return folder


def run_shown(command: str, folder: Path) -> str:
    """Run a command of a document in a copy of the tree; return what a reader would see."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    run = subprocess.run(
        command, shell=True, cwd=folder, env={**os.environ, "PATH": path}, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    if run.returncode:
        raise AssertionError(f"{command}: exit status {run.returncode}\n{run.stdout}")
    return "".join(f"{line.rstrip()}\n" for line in run.stdout.strip("\n").splitlines())


def blur(text: str) -> str:
    """Figures depend on the processor and its load: keep the words, make every number '#'.

    Rows of moved answers depend on it as a whole, and so does which of two times is better.
    """
    rows = [line for line in text.splitlines() if not re.search(r" (broken|fixed|changed)$", line)]
    rows = [line.removesuffix("dominated").rstrip() for line in rows]
    text = re.sub(r"(?<=\bon )\w+ \w+, .*, \d+ cores$", "a machine", "\n".join(rows), flags=re.MULTILINE)
    numbers = re.sub(r"\d[\d,]*(\.\d+)?(e[+-]\d+)?", "#", text)
    return re.sub(r"[ ─]+", " ", re.sub(r"# more: --json lists all", "", numbers)).strip()


def list_shares(text: str) -> list[float]:
    """The percentages shown, but for those in rows of moved answers: those of the whole test set hold anywhere."""
    rows = [line for line in text.splitlines() if not re.search(r" (broken|fixed|changed)$", line)]
    return [float(share) for share in re.findall(r"(\d+\.\d+) %", "\n".join(rows))]


def write_table(text: str, names: tuple[str, ...] = ()) -> str:
    """Put the manifest's table into a document's text: all rows, or those of `names`."""
    from edgemnist.manifest import Manifest
    from edgemnist.reporting.markdown import tabulate_manifest

    table = tabulate_manifest(Manifest.load(ROOT / "exports"), names)
    return TABLE.sub(lambda match: f"{match[1]}{table}\n{match[2]}", text)


def write_recipes(text: str, left_out: tuple[str, ...] = ()) -> str:
    """Put what each recipe reaches into a document's text, and what those take that were measured in C."""
    text = IN_C.sub(lambda match: f"{match[1]}{tabulate_in_c()}\n{match[2]}", text)
    return RECIPES.sub(lambda match: f"{match[1]}{tabulate_recipes(left_out)}\n{match[2]}", text)


def write_help(text: str) -> str:
    """Put what each command's `--help` prints into a document's text."""
    return HELP.sub(lambda match: f"{match[1]}{''.join(_list_helps())}\n{match[2]}", text)


def _list_helps() -> Iterator[str]:
    import click

    from edgemnist.cli import group

    context = click.Context(group, info_name="edgemnist", terminal_width=HELP_COLUMNS, **group.context_settings)
    yield f"\n## edgemnist\n\n```text\n{group.get_help(context)}\n```\n"
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        words = command.get_help(click.Context(command, parent=context, info_name=name))
        yield f"\n## {name}\n\n```text\n{words}\n```\n"


def write_generated(name: str, text: str) -> str:
    """Put all that is generated without running a command into a document's text."""
    short = name == "README.md"
    return write_help(write_recipes(write_table(text, TELLING if short else ()), GUIDE_ONLY if short else ()))


def list_programs(name: str) -> list[str]:
    """Return the Python programs of a guide, which its commands may build on; the README's has a test of its own."""
    return PYTHON.findall((ROOT / name).read_text()) if name in GUIDES else []


def run_program(program: str, folder: Path) -> None:
    """Run a Python program of a document in a copy of the tree."""
    run = subprocess.run([sys.executable, "-"], cwd=folder, input=program, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def blur_times(text: str) -> str:
    """Replace how long things took, which differs each time."""
    return " ".join(re.sub(r"[\d.,]+(?= (s|µs)\b| +(passed|differs)$)", "#", text, flags=re.MULTILINE).split())


def _rewrite(tree: Path) -> Callable[[re.Match[str]], str]:
    def run(match: re.Match[str]) -> str:
        output = run_shown(match["command"], tree)
        if blur_times(output) == blur_times(match["output"]):
            return match[0]
        return f"```console\n$ {match['command']}\n{output}```"

    return run


def main(names: list[str]) -> None:
    for name in names or DOCUMENTS:
        path = ROOT / name
        with tempfile.TemporaryDirectory() as folder:
            tree = copy_tree(Path(folder))
            for program in list_programs(name):
                run_program(program, tree)
            text = CONSOLE.sub(_rewrite(tree), path.read_text())
        path.write_text(write_generated(name, text))


if __name__ == "__main__":
    main(sys.argv[1:])
