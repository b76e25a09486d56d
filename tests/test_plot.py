"""The picture of a training's history: what is in it, and what is refused before the training."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from edgemnist import train
from edgemnist.errors import WriteError
from edgemnist.reporting import plot
from edgemnist.training.history import Epoch, Progress
from tests.hiding import make_environment, run_program

HISTORY = [Epoch(1 / number, 1 - 0.5 / number, 1.2 / number, 0.9 - 0.4 / number, 1.0) for number in range(1, 6)]
PLAIN = [Epoch(epoch.loss, epoch.accuracy, None, None, 1.0) for epoch in HISTORY]


def read_words(content: bytes) -> list[str]:
    """Return the texts of an SVG."""
    tree = ElementTree.fromstring(content)
    return [element.text or "" for element in tree.iter("{http://www.w3.org/2000/svg}text")]


def test_both_curves_are_drawn_by_epoch() -> None:
    pytest.importorskip("matplotlib", reason="pip install 'edgemnist[plot]'")
    words = read_words(plot.draw_history(HISTORY, best_epoch=4))
    assert [words.count(word) for word in ("loss", "accuracy")] == [1, 1]
    assert [words.count(word) for word in ("training", "validation", "kept epoch")] == [2, 2, 2]
    assert {"1", "2", "3", "4", "5"} <= set(words), "whole epochs"
    words = read_words(plot.draw_history(PLAIN))
    assert [words.count(word) for word in ("training", "validation", "kept epoch")] == [2, 0, 0]
    assert read_words(plot.draw_history(PLAIN[:1])).count("training") == 2


def test_the_same_history_gives_the_same_bytes() -> None:
    pytest.importorskip("matplotlib", reason="pip install 'edgemnist[plot]'")
    assert plot.draw_history(HISTORY, 4) == plot.draw_history(HISTORY, 4) != plot.draw_history(PLAIN)


def test_train_draws_what_it_is_asked_for(command, small_npz: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="pip install 'edgemnist[plot]'")
    options = ("--recipe", "small", "--epochs", 2, "--validation-fraction", 0.1, "--data", small_npz)
    path = tmp_path / "pictures" / "history.svg"
    outcome = command("train", *options, "--output", tmp_path / "model.keras", "--plot", path)
    assert outcome.status == 0, outcome.stderr
    assert f"wrote {path}\n" in outcome.stdout
    assert "validation" in read_words(path.read_bytes())


def fail(progress: Progress) -> None:
    pytest.fail("the training began")


@pytest.mark.parametrize(
    ("name", "message"), [("history.png", "ends in .svg"), ("folder.svg", "a folder of that name is in the way")]
)
def test_a_picture_that_cannot_be_written_is_said_before_training(
    small_npz: Path, tmp_path: Path, name: str, message: str
) -> None:
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(WriteError, match=message):
        train(data=small_npz, output=tmp_path / "model.keras", plot=tmp_path / name, report=fail)
    assert not (tmp_path / "model.keras").exists()


def test_without_matplotlib_it_is_said_what_installs_it(tmp_path: Path) -> None:
    python = make_environment(tmp_path / "light", "matplotlib")
    outcome = run_program(python, "train", "--plot", tmp_path / "x.svg", "--output", tmp_path / "model.keras", "--json")
    assert outcome.returncode == 2
    error = json.loads(outcome.stdout)["error"]
    assert error["kind"] == "package_missing"
    assert "needs matplotlib, which isn't installed" in error["message"]
    assert error["hint"] == "pip install 'edgemnist[plot]'"
