"""`edgemnist guide`: the same text in a pipe, formatted and paged on a terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from edgemnist.guides import GUIDES, find_guide
from tests.conftest import ROOT

PROGRAM = [sys.executable, "-m", "edgemnist", "guide"]


def test_without_a_topic_it_lists_them(command) -> None:
    outcome = command("guide")
    assert outcome.status == 0
    for guide in GUIDES:
        assert re.search(rf"{guide.topic} +{re.escape(guide.summary)}", outcome.stdout)


@pytest.mark.parametrize("topic", [guide.topic for guide in GUIDES])
def test_in_a_pipe_it_is_the_file(command, topic: str) -> None:
    assert command("guide", topic).stdout == (ROOT / "edgemnist" / "guides" / f"{topic}.md").read_text()


def test_in_json_it_is_the_text(command) -> None:
    (found,) = json.loads(command("guide", "ci", "--json").stdout)["guides"]
    assert found == {"topic": "ci", "summary": find_guide("ci").summary, "text": find_guide("ci").read()}
    assert len(json.loads(command("guide", "--json").stdout)["guides"]) == len(GUIDES)


def test_an_unknown_topic_is_one_error_that_names_the_topics(command) -> None:
    outcome = command("guide", "surprise")
    assert (outcome.status, outcome.stdout) == (2, "")
    assert outcome.stderr.splitlines()[0] == "error: surprise: no such guide"
    assert all(guide.topic in outcome.stderr for guide in GUIDES)


def run_on_terminal(pager: str, *, interrupt: bool = False) -> tuple[int, str]:
    """Show a guide on a terminal with a pager; return the exit status and what was shown."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(sys.executable, [*PROGRAM, "ci"], {**os.environ, "PAGER": pager, "TERM": "xterm", "COLUMNS": "90"})
    shown = b""
    while True:
        try:
            block = os.read(terminal, 4096)
        except OSError:  # the other end has gone
            break
        if not block:
            break
        shown += block
        if interrupt and b"reading" in shown:
            os.kill(pid, signal.SIGINT)
            interrupt = False
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()


def test_on_a_terminal_it_is_formatted_and_paged() -> None:
    status, shown = run_on_terminal("cat")
    assert status == 0
    assert "\x1b[" in shown
    assert "# In CI" not in shown
    text = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert "(edgemnist guide verification)" in text
    command = next(line for line in find_guide("ci").read().splitlines() if line.startswith("$ "))
    assert f"    {command}\r\n" in text, "a command is copied whole, however long"


def test_ctrl_c_does_not_leave_the_pager_behind(tmp_path: Path) -> None:
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\ntrap '' INT\necho reading\ncat >/dev/null\nsleep 1\necho left\n")
    pager.chmod(0o755)
    status, shown = run_on_terminal(str(pager), interrupt=True)
    assert (status, "left" in shown) == (0, True)


def test_a_reader_that_has_gone_is_no_error() -> None:
    run = subprocess.run(
        f"{' '.join(PROGRAM)} verification | head -n 1",
        shell=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (run.stdout, run.stderr) == ("# Verification\n", "")


def test_recipes_in_guides_can_be_read(tmp_path: Path) -> None:
    from edgemnist.training.recipes import read_recipe

    path, found = tmp_path / "mine.toml", 0
    for guide in GUIDES:
        for text in re.findall(r"```toml\n(.*?)```", guide.read(), re.DOTALL):
            path.write_text(text)
            assert read_recipe(path).name == "mine"
            found += 1
    assert found
