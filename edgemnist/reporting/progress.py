"""Long work, shown while it goes on: always on stderr; a bar on a terminal, plain lines in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from edgemnist.training.history import Progress


@contextmanager
def show_training_progress() -> Iterator[TrainingProgress]:
    """Give what shows a training: a line an epoch, and bars of what goes on, where stderr is a terminal."""
    from edgemnist.reporting.console import open_console

    console = open_console(stderr=True).rich
    shown = _Bars(console) if console.is_terminal else TrainingProgress(console)
    try:
        yield shown
    finally:
        shown.stop()


class TrainingProgress:
    """A line for each epoch that is over, and notes.

    Args:
        console: Where they are printed: all of them, so that bars and lines don't overwrite each other.
    """

    def __init__(self, console: Console) -> None:
        self._console = console

    def update(self, progress: Progress) -> None:
        """Show how far it is."""
        if progress.ended:
            self._console.print(f"{_name_epoch(progress)}  {_format_figures(progress)}")

    def note(self, note: str) -> None:
        """Say what was found or assumed."""
        from edgemnist.reporting.terminal import format_note

        self._console.print(format_note(note), soft_wrap=True)

    def stop(self) -> None:
        """End it."""


class _Bars(TrainingProgress):
    """Beside that, a bar of the whole training and one of the current epoch, with the time that is left of each.

    Args:
        console: A terminal.
    """

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        # 12 ms, which no other verb needs.
        from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars

        self._bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TextColumn("{task.fields[figures]}"),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=console,
            # Each report draws them. A thread that did, too, would at times erase a line that was just printed.
            auto_refresh=False,
        )
        self._tasks: dict[str, TaskID] = {}

    def update(self, progress: Progress) -> None:
        """Show how far it is."""
        self._bars.start()
        if progress.epochs > 1:
            done = (progress.epoch - 1) * progress.steps + progress.step
            total = done if progress.is_last else progress.epochs * progress.steps
            self._move("training", done, total, "")
        self._move(_name_epoch(progress), progress.step, progress.steps, _format_figures(progress))
        if progress.ended:  # its line stays, its bar would fill the screen
            self._bars.remove_task(self._tasks.pop(_name_epoch(progress)))
            super().update(progress)
        if progress.is_last:
            self.stop()
            while self._tasks:  # the next training, of another teacher or the student, has bars of its own
                self._bars.remove_task(self._tasks.popitem()[1])

    def _move(self, title: str, done: int, total: int, figures: str) -> None:
        if title not in self._tasks:
            # One that goes on begins where it is: it says nothing of the speed.
            self._tasks[title] = self._bars.add_task(title, completed=done, total=total, figures=figures)
        self._bars.update(self._tasks[title], completed=done, total=total, figures=figures, refresh=True)

    def stop(self) -> None:
        """Leave them as they are."""
        self._bars.stop()


def _format_figures(progress: Progress) -> str:
    figures = f"loss {progress.loss:.4f}  accuracy {progress.accuracy:.4f}"
    ended = progress.ended
    if ended is None or ended.validation_loss is None or ended.validation_accuracy is None:
        return figures
    return f"{figures}  validation loss {ended.validation_loss:.4f}  accuracy {ended.validation_accuracy:.4f}"


def _name_epoch(progress: Progress) -> str:
    return f"epoch {progress.epoch}/{progress.epochs}"


class Activity:
    """What is being worked on, with a turning wheel on a terminal; in a pipe it is silent.

    Args:
        what: The work, such as "verifying".
        turns_per_second: How often the wheel is drawn: each time takes a millisecond from what is measured.
    """

    def __init__(self, what: str, turns_per_second: float = 12.5) -> None:
        self._what, self._name = what, ""
        self._console: Console | None = None
        if sys.stderr.isatty():
            from edgemnist.reporting.console import open_console

            self._console = open_console(stderr=True).rich
            self._status = self._console.status(what, refresh_per_second=turns_per_second)

    def name(self, name: str) -> None:
        """Say what it is now."""
        self._name = name
        self._show("")

    def count(self, done: int, total: int) -> None:
        """Say how many images of how many are done."""
        self._show(f": {done:,} of {total:,} images")

    def number(self, name: str, number: int, count: int) -> None:
        """Say what it is now, and which of how many."""
        self.name(f"{name} ({number} of {count})")

    def _show(self, figures: str) -> None:
        if self._console is None:
            return
        from edgemnist.reporting.markup import escape

        # A spinner renders texts by itself.
        self._status.update(self._console.render_str(f"{self._what} {escape(self._name)}{figures}"))
        self._status.start()

    def stop(self) -> None:
        """Take it away: until something else is named, or for good."""
        if self._console is not None:
            self._status.stop()


@contextmanager
def show_activity(what: str, turns_per_second: float = 12.5) -> Iterator[Activity]:
    """Give something that says what is being worked on; see `Activity`."""
    activity = Activity(what, turns_per_second)
    try:
        yield activity
    finally:
        activity.stop()
