"""The bars of a training: what they show when, with no training behind them."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from edgemnist.reporting.progress import _Bars
from edgemnist.training.history import Epoch, Progress


def draw(*reports: Progress) -> list[str]:
    """Return the last lines that stand on a terminal of 110 columns."""
    stream = StringIO()
    console = Console(file=stream, width=110, force_terminal=True, color_system=None, legacy_windows=False)
    bars = _Bars(console)
    for report in reports:
        bars.update(report)
    bars.stop()
    return stream.getvalue().rpartition("\x1b[2K")[2].splitlines()[:-1]  # the cursor is shown again


def test_the_time_left_is_that_of_the_epoch_and_of_the_whole_training() -> None:
    lines = draw(Progress(1, 3, 10, 20, 0.5, 0.75))
    assert [line.split()[0] for line in lines] == ["training", "epoch"]
    assert ["10/60" in lines[0], "10/20" in lines[1], "loss 0.5000  accuracy 0.7500" in lines[1]] == [True] * 3
    assert all(line.rstrip().endswith("-:--:--") for line in lines), "after one report there is no speed yet"


def test_a_training_that_ends_early_is_a_full_bar_and_says_how_good_it_was() -> None:
    ended = Epoch(0.5, 0.75, 0.25, 0.875, seconds=1.0)
    lines = draw(Progress(1, 3, 10, 20, 0.6, 0.5), Progress(1, 3, 20, 20, 0.5, 0.75, ended, is_last=True))
    assert "20/20" in lines[0]
    assert "loss 0.5000  accuracy 0.7500  validation loss 0.2500  accuracy 0.8750" in lines[1]


def test_one_epoch_has_one_bar() -> None:
    assert len(draw(Progress(1, 1, 20, 20, 0.5, 0.75, Epoch(0.5, 0.75, None, None, 1.0), is_last=True))) == 1
