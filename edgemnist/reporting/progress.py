"""Long work, shown while it goes on: always on stderr; a bar on a terminal, plain lines in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from edgemnist.training.history import Progress


@contextmanager
def show_training_progress() -> Iterator[Callable[[Progress], None]]:
    """Give a function that draws a bar an epoch on a terminal, and prints a line an epoch in a pipe."""
    from edgemnist.reporting.console import open_console

    console = open_console(stderr=True).rich
    if not console.is_terminal:
        yield lambda progress: _print_epoch(console, progress)
        return
    bars = _Bars(console)
    try:
        yield bars.update
    finally:
        bars.stop()


class _Bars:
    """A bar of the whole training and one of each epoch, with the time that is left of each.

    Args:
        console: A terminal.
    """

    def __init__(self, console: Console) -> None:
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
        )
        self._tasks: dict[str, TaskID] = {}

    def update(self, progress: Progress) -> None:
        """Show how far it is."""
        self._bars.start()
        if progress.epochs > 1:
            done = (progress.epoch - 1) * progress.steps + progress.step
            total = done if progress.is_last else progress.epochs * progress.steps
            self._move("training", done, total, "")
        title = f"epoch {progress.epoch}/{progress.epochs}"
        self._move(title, progress.step, progress.steps, _format_figures(progress))
        if progress.is_last:
            self.stop()

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


def _print_epoch(console: Console, progress: Progress) -> None:
    if progress.ended:
        console.print(f"epoch {progress.epoch}/{progress.epochs}  {_format_figures(progress)}")


class Activity:
    """What is being worked on, with a turning wheel on a terminal; in a pipe it is silent.

    Args:
        what: The work, such as "verifying".
    """

    def __init__(self, what: str) -> None:
        self._what, self._name = what, ""
        self._console: Console | None = None
        if sys.stderr.isatty():
            from edgemnist.reporting.console import open_console

            self._console = open_console(stderr=True).rich
            self._status = self._console.status(what)

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
def show_activity(what: str) -> Iterator[Activity]:
    """Give something that says what is being worked on."""
    activity = Activity(what)
    try:
        yield activity
    finally:
        activity.stop()
