"""The bars of a training: what they show when, with no training behind them."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import StringIO

import pytest
from rich.console import Console

from edgemnist.reporting.progress import TrainingProgress, _Bars
from edgemnist.training.history import Epoch, Progress

ENDED = Epoch(0.5, 0.75, 0.25, 0.875, seconds=1.0)
FIGURES = "loss 0.5000  accuracy 0.7500  validation loss 0.2500  accuracy 0.8750"


def draw(act: Callable[[TrainingProgress], None], *, stop: bool = True) -> list[str]:
    """Return the lines that stand on a terminal of 110 columns at the end."""
    stream = StringIO()
    console = Console(file=stream, width=110, force_terminal=True, color_system=None, legacy_windows=False)
    bars = _Bars(console)
    act(bars)
    if stop:
        bars.stop()
    return replay(stream.getvalue())


def replay(written: str) -> list[str]:
    """Do what a terminal does with texts, line ends, and the sequences that move up and erase a line."""
    lines, row = [""], 0
    for part in re.findall(r"\x1b\[[?\d;]*[A-Za-z]|\r|\n|[^\x1b\r\n]+", written):
        if part == "\n":
            row += 1
            lines += [""] * (row - len(lines) + 1)
        elif part == "\x1b[1A":
            row -= 1
        elif part == "\x1b[2K":
            lines[row] = ""
        elif not part.startswith(("\x1b", "\r")):
            lines[row] += part
    return [line.rstrip() for line in lines if line.strip()]


def test_the_time_left_is_that_of_the_epoch_and_of_the_whole_training() -> None:
    lines = draw(lambda bars: bars.update(Progress(1, 3, 10, 20, 0.5, 0.75)))
    assert [line.split()[0] for line in lines] == ["training", "epoch"]
    assert ["10/60" in lines[0], "10/20" in lines[1], "loss 0.5000  accuracy 0.7500" in lines[1]] == [True] * 3
    assert all(line.endswith("-:--:--") for line in lines), "after one report there is no speed yet"


def test_an_epoch_that_is_over_is_a_line_and_the_bars_are_of_what_goes_on() -> None:
    def train(bars: TrainingProgress) -> None:
        for epoch in range(1, 51):
            bars.update(Progress(epoch, 60, 10, 20, 0.6, 0.5))
            bars.update(Progress(epoch, 60, 20, 20, 0.5, 0.75, ENDED))
        bars.update(Progress(51, 60, 10, 20, 0.4, 0.5))

    lines = draw(train)
    assert lines[:50] == [f"epoch {epoch}/60  {FIGURES}" for epoch in range(1, 51)]
    assert ["1010/1200" in lines[50], "epoch 51/60" in lines[51], len(lines)] == [True, True, 52]


def test_a_training_that_ends_early_is_a_full_bar_and_says_how_good_it_was() -> None:
    def train(bars: TrainingProgress) -> None:
        bars.update(Progress(1, 3, 10, 20, 0.6, 0.5))
        bars.update(Progress(1, 3, 20, 20, 0.5, 0.75, ENDED, is_last=True))

    first, training = draw(train, stop=False)
    assert first == f"epoch 1/3  {FIGURES}"
    assert "20/20" in training


def test_one_epoch_has_one_line() -> None:
    ended = Epoch(0.5, 0.75, None, None, 1.0)
    assert draw(lambda bars: bars.update(Progress(1, 1, 20, 20, 0.5, 0.75, ended, is_last=True))) == [
        "epoch 1/1  loss 0.5000  accuracy 0.7500"
    ]


@pytest.mark.parametrize("length", [20, 300])
def test_a_note_stays_while_bars_go_on(length: int) -> None:
    """As after the first epoch, and after Ctrl-C: the next refresh of the bars must not take it away."""
    note = "go on with `resume=True` " + "x" * length

    def train(bars: TrainingProgress) -> None:
        bars.update(Progress(1, 3, 10, 20, 0.6, 0.5))
        bars.note(note)
        bars.update(Progress(1, 3, 20, 20, 0.6, 0.5))

    shown = "".join(draw(train))
    assert f"note go on with --resume {'x' * length}" in shown
    assert shown.index("note") < shown.index("training")
