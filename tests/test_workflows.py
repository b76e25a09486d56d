"""The workflow of the guide and the composite action: their commands are run as they are written."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

yaml: Any = importlib.import_module("yaml")
ACTION = ROOT / ".github" / "actions" / "verify" / "action.yml"
GUIDE = ROOT / "edgemnist" / "guides" / "ci.md"
GIVEN = re.compile(r"\$\{\{ inputs\.(\w+) \}\}")


def read_workflow() -> list[dict[str, Any]]:
    """The steps of the workflow in the guide."""
    blocks = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(), re.DOTALL)]
    (workflow,) = [block for block in blocks if "jobs" in block]
    (job,) = workflow["jobs"].values()
    return list(job["steps"])


def read_action() -> list[dict[str, Any]]:
    """The steps of the action, with the defaults of its inputs in their environment."""
    action = yaml.safe_load(ACTION.read_text())

    def fill(text: str) -> str:
        return GIVEN.sub(lambda found: action["inputs"][found[1]]["default"], text)

    steps = action["runs"]["steps"]
    return [{**step, "env": {name: fill(value) for name, value in step.get("env", {}).items()}} for step in steps]


def list_commands(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The steps that run a command by default, but for the one that installs."""
    commands = [step for step in steps if "run" in step and "pip install" not in step["run"]]
    return [step for step in commands if not step.get("if", "").startswith("inputs.")]


def run_steps(steps: list[dict[str, Any]], folder: Path) -> list[tuple[int, str]]:
    """Run commands as a runner does: after one that failed, only those that are always run."""
    environment = {
        **os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"), "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    found: list[tuple[int, str]] = []
    for step in list_commands(steps):
        if any(status for status, _ in found) and step.get("if") != "always()":
            continue
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", step["run"]], cwd=folder, env=environment | step.get("env", {}),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        found.append((done.returncode, done.stderr))
    return found


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of somebody's, with one small model, whose source lies elsewhere, and a baseline."""
    folder = tmp_path_factory.mktemp("repository")
    exports = folder / "exports"
    exports.mkdir()
    for path in ROOT.joinpath("exports").glob("small*"):
        if path.suffix in (".onnx", ".npz"):
            shutil.copy(path, exports)
    shutil.copy(ROOT / "exports" / "manifest.json", exports)
    baseline = subprocess.run(
        [sys.executable, "-m", "edgemnist", "benchmark", "exports", "--json", "--seconds", "0.1", "--limit", "100"],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    # No machine that runs other tests at the same time keeps a limit on time.
    (folder / "baseline.json").write_text(re.sub(r'"median_us": \d', '"median_us": 9999', baseline.stdout))
    return folder


@pytest.fixture
def models(repository: Path, tmp_path: Path) -> Path:
    """A checkout of it."""
    shutil.copytree(repository, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_each_is_a_workflow_that_a_runner_takes() -> None:
    for steps in (read_workflow(), read_action()):
        assert all(("run" in step) != ("uses" in step) for step in steps)
        assert len(list_commands(steps)) >= 2
    assert all(step["shell"] == "bash" for step in read_action() if "run" in step)
    assert "OWNER/edgemnist/.github/actions/verify@" in GUIDE.read_text()


@pytest.mark.slow
@pytest.mark.parametrize("read", [read_workflow, read_action])
def test_its_commands_pass_and_leave_what_is_kept(read: Any, models: Path) -> None:
    found = run_steps(read(), models)
    assert [status for status, _ in found] == [0] * len(found), found
    assert (models / "report.html").stat().st_size > 10_000
    assert "small_int8.onnx" in (models / "verdicts.xml").read_text()
    assert "1 of 1 passed" in (models / "summary.md").read_text()


@pytest.mark.slow
def test_the_script_of_the_guide_ends_with_the_worst_status(models: Path) -> None:
    (script,) = [block for block in re.findall(r"```sh\n(.*?)```", GUIDE.read_text(), re.DOTALL) if "status=0" in block]
    steps = [{"run": script.replace("verify exports", "verify exports --max-difference 1e-9")}, {"run": script}]
    assert [run_steps([step], models)[0][0] for step in steps] == [1, 0]
    assert (models / "report.html").exists()
    assert (models / "verdicts.xml").exists()


@pytest.mark.slow
def test_a_slower_model_stops_it_and_is_named(models: Path) -> None:
    path = models / "baseline.json"
    path.write_text(re.sub(r'"median_us": [\d.]+', '"median_us": 0.0001', path.read_text()))
    found = run_steps(read_workflow(), models)
    assert [status for status, _ in found] == [0, 1, 0, 0]
    assert "::error title=edgemnist benchmark%3A slower::small_int8.onnx in ort, 1 thread, batch 1: " in found[1][1]
    assert found[1][1].rstrip().endswith(" times the time of baseline.json, at most 1.5 times is allowed")


@pytest.mark.slow
@pytest.mark.parametrize("read", [read_workflow, read_action])
def test_a_changed_model_stops_it_and_the_report_is_kept(read: Any, models: Path) -> None:
    path = models / "exports" / "small_int8.onnx"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 64
    path.write_bytes(content)
    (first, said), *others = run_steps(read(), models)
    assert first in (1, 2)
    assert "::error file=exports/small_int8.onnx,title=edgemnist verify" in said
    assert (models / "verdicts.xml").exists()
    assert (models / "report.html").exists()
    assert "0 of 1 passed" in (models / "summary.md").read_text()
    assert others
