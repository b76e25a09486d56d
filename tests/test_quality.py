"""Lint, format, types and sizes, checked in the same run as the tests."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.conftest import ROOT, UNKNOWN, find_unknown, slow
from tests.tools.slow_tests import ENTER_S, LEAVE_S, choose_slow


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["ruff", "check", "."], id="lint"),
        pytest.param(["ruff", "format", "--check", "."], id="format"),
        slow(["mypy"], id="types"),
    ],
)
def test_the_tree_is_clean(arguments: list[str]) -> None:
    run = subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_functions_fit_on_a_screen() -> None:
    """Bodies, without the docstring, which may take what it needs."""
    for path in (ROOT / "edgemnist").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                lines = node.end_lineno - body[0].lineno + 1 if body else 0
                assert lines <= 50, f"{path.name}:{node.lineno} {node.name} has {lines} lines"


def test_no_path_of_a_machine_and_no_host_of_a_registry() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    traces = ["/wo" + "rk/", "pypi" + ".org", "python" + "hosted", "registry" + ".npmjs", "deb" + ".debian"]
    for name in tracked:
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".yml", ".json", ""} and path.is_file():
            text = path.read_text(errors="ignore")
            assert not [trace for trace in traces if trace in text], name


def test_every_line_of_the_list_of_slow_tests_names_one(pytestconfig: pytest.Config) -> None:
    assert not pytestconfig.stash[UNKNOWN], "python -m tests.tools.slow_tests"


def test_what_is_listed_and_not_there_is_found_where_a_file_is_run_whole() -> None:
    this, gone, other = "tests/test_quality.py::test_", "tests/test_gone.py::test_a", "tests/test_c.py::test_gone"
    listed, ids = {f"{this}a", f"{this}b", gone, other}, {f"{this}a"}
    assert find_unknown(listed, ids, ["tests"]) == {f"{this}b", gone}
    assert find_unknown(listed, ids, [f"{this}a"]) == {gone}


def test_slow_tests_are_those_that_take_long_but_one_of_each_file_and_of_each_kind() -> None:
    between, less = (ENTER_S + LEAVE_S) / 2, LEAVE_S / 2
    a, b = [f"tests/a::{number}" for number in range(4)], ["tests/b::0", "tests/b::1"]
    seconds = dict(zip([*a, *b], [5.0, between, between, less, 3.0, 2.0], strict=True))
    seconds |= {"tests/c::0": 9.0, "d::0": 9.0}
    assert choose_slow(seconds, {a[2], a[3]}, {"tests/c::0"}) == {a[0], a[2], b[0], "d::0"}
    in_part = choose_slow(seconds, set(), set(), lambda file: file == "tests/a")
    assert {*b, "tests/c::0"} <= in_part, "the cheapest of a part is not the file's"
