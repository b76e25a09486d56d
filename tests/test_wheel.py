"""What is installed is what is here: a pattern in .gitignore would keep a folder out of the wheel."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from edgemnist.guides import GUIDES
from tests.conftest import ROOT
from tests.tools.readme import copy_tree


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_package(tmp_path: Path) -> None:
    tree = copy_tree(tmp_path / "tree")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(tree)]
    subprocess.run(command, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    found = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("edgemnist/")}
    listed = subprocess.run(["git", "ls-files", "edgemnist"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(listed.stdout.split()) <= found
    assert {f"edgemnist/guides/{guide.topic}.md" for guide in GUIDES} <= found
