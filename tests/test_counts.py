"""What takes long says how far it is: on a terminal as it goes on, and to whoever calls from Python."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from edgemnist import export, runtimes, verify
from edgemnist.machines import find_machine
from tests.conftest import ROOT

MODEL = ROOT / "exports" / "small_int8.onnx"


def read_terminal(*arguments: object) -> str:
    """Run a command on a terminal; return all that was written to it."""
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "edgemnist", *map(str, arguments)],
        stdout=follower, stderr=follower, cwd=ROOT, env={**os.environ, "TERM": "xterm", "COLUMNS": "110"},
    ) as run:  # fmt: skip
        os.close(follower)
        screen = b""
        try:
            while chunk := os.read(leader, 65_536):
                screen += chunk
        except OSError:
            pass  # the other end is closed: it has finished
    os.close(leader)
    assert run.returncode == 0, screen
    return screen.decode()


def test_images_are_counted_in_batches_which_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    (whole,) = verify(MODEL, limit=1_000).verdicts
    few = tuple(replace(row, images_at_once=300) if row.name == "ort" else row for row in runtimes.RUNTIMES)
    monkeypatch.setattr(runtimes, "RUNTIMES", few)
    counted: list[tuple[int, int]] = []
    (verdict,) = verify(MODEL, limit=1_000, report_count=lambda *count: counted.append(count)).verdicts
    assert counted == [(300, 1_000), (600, 1_000), (900, 1_000), (1_000, 1_000)]
    assert verdict.measurement.score == whole.measurement.score
    assert verdict.measurement.comparison.flips == whole.measurement.comparison.flips


def test_emulated_chips_take_few_at_once() -> None:
    assert {row.images_at_once for row in runtimes.RUNTIMES if row.module.endswith("emulator")} == {1_000}
    assert {row.images_at_once for row in runtimes.RUNTIMES if not row.module.endswith("emulator")} == {10_000}


def test_on_a_terminal_the_images_are_counted() -> None:
    screen = read_terminal("verify", MODEL)
    assert f"verifying {MODEL}" in re.sub(r"\s+", " ", screen)
    assert "10,000 of 10,000 images" in screen


@pytest.mark.slow
def test_a_long_emulation_shows_that_it_goes_on() -> None:
    machine = find_machine("cortex-m3")
    if machine.tools.find_missing():
        pytest.skip(machine.tools.install)
    screen = read_terminal("verify", "exports/small_int8.c", "--runtime", "cortex-m3", "--limit", "2000", "--trust")
    assert "1,000 of 2,000 images" in screen


@pytest.mark.slow
@pytest.mark.usefixtures("converter_here")
def test_forms_are_counted(tmp_path: Path) -> None:
    counted: list[tuple[str, int, int]] = []
    export(
        ROOT / "exports" / "small.keras", "c", all=True, output=tmp_path, report_form=lambda *one: counted.append(one)
    )
    assert counted == [("small.c", 1, 2), ("small_int8.c", 2, 2)]


@pytest.mark.slow
def test_on_a_terminal_the_forms_are_counted(tmp_path: Path) -> None:
    screen = read_terminal("export", "exports/small.keras", "--format", "tflite", "--output", tmp_path)
    assert "exporting small.tflite (1 of 1)" in screen
    assert f"wrote {tmp_path}" in screen
