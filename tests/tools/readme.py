"""The documents' commands: found, run as written, and compared with what is shown.

python tests/tools/readme.py     # run them all, and write table and outputs into the documents
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("README.md", "examples/README.md", "examples/python/README.md")
CONSOLE = re.compile(r"```console\n\$ (?P<command>[^\n]+)\n(?P<output>.*?)```", re.DOTALL)
TABLE = re.compile(r"(<!-- table: [^\n]*-->\n).*?(<!-- end of table -->)", re.DOTALL)


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

    Rows of moved answers depend on it as a whole.
    """
    rows = [line for line in text.splitlines() if not re.search(r" (broken|fixed|changed)$", line)]
    numbers = re.sub(r"\d[\d,]*(\.\d+)?(e[+-]\d+)?", "#", "\n".join(rows))
    return re.sub(r"[ ─]+", " ", re.sub(r"# more: --json lists all", "", numbers)).strip()


def list_shares(text: str) -> list[float]:
    """The percentages shown, but for those in rows of moved answers: those of the whole test set hold anywhere."""
    rows = [line for line in text.splitlines() if not re.search(r" (broken|fixed|changed)$", line)]
    return [float(share) for share in re.findall(r"(\d+\.\d+) %", "\n".join(rows))]


def write_table(text: str) -> str:
    """Put the manifest's table into the README's text."""
    from edgemnist.manifest import Manifest
    from edgemnist.reporting.markdown import tabulate_manifest

    return TABLE.sub(lambda match: f"{match[1]}{tabulate_manifest(Manifest.load(ROOT / 'exports'))}\n{match[2]}", text)


def main() -> None:
    for name in DOCUMENTS:
        path = ROOT / name
        with tempfile.TemporaryDirectory() as folder:
            tree = copy_tree(Path(folder))
            text = CONSOLE.sub(
                lambda match: f"```console\n$ {match['command']}\n{run_shown(match['command'], tree)}```",  # noqa: B023
                path.read_text(),
            )
        path.write_text(write_table(text))


if __name__ == "__main__":
    main()
