"""The released C on every target: the same bits, and within its budget of flash, RAM and instructions."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from edgemnist import export, verify
from edgemnist.guides import find_guide
from edgemnist.machines import MACHINES, find_machine
from tests.conftest import ROOT, slow

EXPORTS = ROOT / "exports"
# Instructions an image that the released models take, compiled by the GCC that Debian 12 has.
COMPILER = " 12.2."
INSTRUCTIONS = {
    "cortex-m3": 363_593,
    "cortex-m4": 367_559,
    "cortex-m7": 371_889,
    "cortex-m55": 107_262,
    "microbit": 1_127_054,
    "riscv32": 579_736,
    "aarch64": 96_663,
}
KIB = 1024


def require(name: str) -> None:
    target = find_machine(name)
    if target.tools.find_missing() and os.environ.get("CI") != "true":
        pytest.skip(target.install)


def list_pairs() -> list:
    names = [target.name for target in MACHINES if not target.small]
    pairs = [(name, "small_int8" if name == "microbit" else "model_int8") for name in names]
    return [pair if pair[0] == "cortex-m3" else slow(*pair) for pair in pairs]


@pytest.mark.parametrize(("target", "name"), list_pairs())
def test_a_released_model_is_the_same_bits_on_a_target(target: str, name: str) -> None:
    require(target)
    (verdict,) = verify(EXPORTS / f"{name}.c", runtime=target, against=EXPORTS / f"{name}.tflite").verdicts
    assert verdict.passed, verdict.reasons or verdict.error
    found = verdict.measurement
    assert (found.outputs.outputs_compared, found.outputs.different_outputs) == (100_000, 0)
    tables, arena = read_sizes(EXPORTS / f"{name}.h")
    if target.startswith("cortex-m") and name == "model_int8":
        assert tables < found.footprint.flash_bytes <= tables + 3 * KIB
    assert found.footprint.ram_bytes == arena
    assert 0 < found.footprint.stack_bytes < KIB
    # The same on every machine; another compiler writes other instructions, not many more.
    instructions, shown = found.footprint.instructions_per_image, INSTRUCTIONS[target]
    assert round(instructions) == shown if uses_that_compiler(target) else instructions < 1.1 * shown


@pytest.mark.slow
@pytest.mark.parametrize("name", ["micro", "micro-cnn", "nano", "pico"])
def test_a_chip_of_16_kb_and_2_kb_holds_model_program_and_stack(name: str, tmp_path: Path) -> None:
    require("tiny")
    for suffix in (".keras", "_int4.c", "_int4.h"):
        shutil.copy(EXPORTS / f"{name}{suffix}", tmp_path)
    export(tmp_path / f"{name}.keras", "tflite", "int8", output=tmp_path)
    there = tmp_path / f"{name}_int8.tflite"
    (verdict,) = verify(tmp_path / f"{name}_int4.c", runtime="tiny", against=there, limit=200, trust=True).verdicts
    found = verdict.measurement
    assert (found.outputs.outputs_compared, found.outputs.different_outputs) == (2_000, 0)
    tables, arena = read_sizes(EXPORTS / f"{name}_int4.h")
    assert tables < found.footprint.flash_bytes < 16 * KIB
    assert found.footprint.ram_bytes == arena
    assert arena + found.footprint.stack_bytes < 2 * KIB


def test_what_a_small_chip_lacks_is_said(command) -> None:
    require("tiny")
    outcome = command("verify", EXPORTS / "small_int8.c", "--runtime", "tiny")
    assert outcome.status == 1
    assert re.search(r"needs \d\d,\d{3} bytes of flash, tiny has 16,384", outcome.stdout)


def read_sizes(header: Path) -> tuple[int, int]:
    """What the header of generated C says of its tables and its working memory, in bytes."""
    text = header.read_text()
    return tuple(int(re.search(rf"_{name}_BYTES (\d+)", text)[1]) for name in ("TABLE", "ARENA"))


def uses_that_compiler(target: str) -> bool:
    command = [find_machine(target).compiler, "--version"]
    return COMPILER in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]


def test_the_counts_that_are_shown_are_those_that_are_measured() -> None:
    text = find_guide("microcontrollers").read()
    blocks = re.findall(r"```console\n\$ edgemnist verify (.*?)```", text, re.DOTALL)
    pattern = re.compile(r"--runtime (\S+).*executes +([\d,]+) instructions", re.DOTALL)
    shown = [match.groups() for match in map(pattern.search, blocks) if match and "--limit" not in match.string]
    assert {name: int(count.replace(",", "")) for name, count in shown} == {
        name: INSTRUCTIONS[name] for name in ("cortex-m4", "microbit")
    }


def test_a_model_that_does_not_fit_is_a_verdict_with_the_numbers(command) -> None:
    require("microbit")
    outcome = command("verify", EXPORTS / "model_int8.c", "--runtime", "microbit")
    assert outcome.status == 1
    assert re.search(r"needs 5\d\d,\d{3} bytes of flash, micro:?bit has 262,144", outcome.stdout)
    document = json.loads(command("verify", EXPORTS / "model_int8.c", "--runtime", "microbit", "--json").stdout)
    assert (document["passed"], document["models"][0]["error"]) == (False, None)


@pytest.mark.slow
def test_json_has_the_footprint(command) -> None:
    require("cortex-m3")
    document = json.loads(command("verify", EXPORTS / "model_int8.c", "--runtime", "cortex-m3", "--json").stdout)
    model = document["models"][0]
    assert model["passed"]
    assert min(model[name] for name in ("flash_bytes", "ram_bytes", "stack_bytes", "instructions_per_image")) > 0
    document = json.loads(command("verify", EXPORTS / "small_int8.c", "--json").stdout)
    assert document["models"][0]["instructions_per_image"] is None


def test_a_runtime_is_for_its_files(command, ladder: Path) -> None:
    for name, runtime, message in (
        ("model.onnx", "tflm", "tflm doesn't run .onnx files, expected ort"),
        ("model_int8.c", "litert", "litert doesn't run .c files, expected c, cortex-m3"),
        ("model_int8.c", "pdp-11", "no runtime 'pdp-11'"),
        ("", "pdp-11", "no runtime 'pdp-11'"),  # the folder
    ):
        outcome = command("verify", ladder / name, "--runtime", runtime)
        assert outcome.status == 2
        assert message in outcome.stderr
        assert "see: edgemnist runtimes" in outcome.stderr


@pytest.mark.slow
def test_a_folder_is_what_the_runtime_runs_of_it(command, ladder: Path, tmp_path: Path) -> None:
    require("aarch64")
    folder = tmp_path / "some"
    folder.mkdir()
    for name in ("small.keras", "small_int8.c", "small_int8.h", "small_int8.tflite", "small_int8.onnx"):
        shutil.copy(EXPORTS / name, folder)
    document = json.loads(command("verify", folder, "--runtime", "aarch64", "--json").stdout)
    assert [Path(model["model"]).name for model in document["models"]] == ["small_int8.c"]
    assert document["passed"]
    (tmp_path / "none").mkdir()
    outcome = command("verify", tmp_path / "none", "--runtime", "tflm")
    assert outcome.status == 2
    assert "no model files that tflm runs in this folder" in outcome.stderr


@pytest.mark.parametrize("runtime", ["litert-reference", slow("tflm")])
def test_other_kernels_agree_within_the_gate(ladder: Path, runtime: str) -> None:
    (verdict,) = verify(ladder / "model_int8.tflite", runtime=runtime).verdicts
    assert verdict.passed, verdict.reasons


def test_what_tflite_micro_cannot_run_is_one_error(command, ladder: Path) -> None:
    for name in ("model_float16.tflite", "model_dynamic.tflite"):
        outcome = command("verify", ladder / name, "--runtime", "tflm")
        assert outcome.status == 2
        assert "TFLite Micro can't open it" in outcome.stderr
        assert "Traceback" not in outcome.stderr


def test_missing_tools_are_named_with_the_line_that_installs_them(command, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    outcome = command("verify", EXPORTS / "small_int8.c", "--runtime", "cortex-m4")
    assert outcome.status == 2
    assert "arm-none-eabi-gcc" in outcome.stderr
    assert "apt-get install" in outcome.stderr
    outcome = command("verify", EXPORTS / "small_int8.c")
    assert outcome.status == 2
    assert "apt-get install gcc" in outcome.stderr
