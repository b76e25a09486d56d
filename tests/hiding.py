"""Environments of Python in which some packages aren't installed, and nothing else is different."""

from __future__ import annotations

import os
import subprocess
import sysconfig
import venv
from pathlib import Path

from tests.conftest import ROOT


def make_environment(folder: Path, *without: str) -> Path:
    """Make an environment that has what this one has, but for packages whose folders are called so; return its Python.

    Nothing is copied: each entry of this environment's `site-packages` is linked to.
    """
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    question = "import sysconfig; print(sysconfig.get_path('purelib'))"
    found = subprocess.run([python, "-c", question], capture_output=True, text=True, check=True).stdout
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if entry.name not in without:
            (Path(found.strip()) / entry.name).symlink_to(entry)
    return python


def run_program(python: Path, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run edgemnist of this tree in an environment."""
    return subprocess.run(
        [python, "-m", "edgemnist", *map(str, arguments)], capture_output=True, text=True, check=False, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip
