"""Long work, shown while it goes on: always on stderr; a bar on a terminal, plain lines in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from edgemnist.training.trainer import Progress


@contextmanager
def show_training_progress() -> Iterator[Callable[[Progress], None]]:
    """Give a function that draws a bar an epoch on a terminal, and prints a line an epoch in a pipe."""
    from edgemnist.reporting.console import open_console

    console = open_console(stderr=True).rich
    if not console.is_terminal:
        yield lambda progress: _print_epoch(console, progress)
        return
    # 12 ms, which no other verb needs.
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[figures]}"),
        TimeRemainingColumn(),
    )
    bar = Bar(*columns, console=console)
    tasks: dict[int, TaskID] = {}

    def update(progress: Progress) -> None:
        bar.start()
        if progress.epoch not in tasks:
            title = f"epoch {progress.epoch}/{progress.epochs}"
            tasks[progress.epoch] = bar.add_task(title, total=progress.steps, figures="")
        bar.update(tasks[progress.epoch], completed=progress.step, figures=_format_figures(progress), refresh=True)
        if (progress.epoch, progress.step) == (progress.epochs, progress.steps):
            bar.stop()

    try:
        yield update
    finally:
        bar.stop()


def _format_figures(progress: Progress) -> str:
    return f"loss {progress.loss:.4f}  accuracy {progress.accuracy:.4f}"


def _print_epoch(console: Console, progress: Progress) -> None:
    if progress.step == progress.steps:
        console.print(f"epoch {progress.epoch}/{progress.epochs}  {_format_figures(progress)}")


@contextmanager
def show_activity(what: str) -> Iterator[Callable[[str], None]]:
    """Give a function that names what is being worked on, with a turning wheel; in a pipe it is silent."""
    if not sys.stderr.isatty():
        yield lambda name: None
        return
    from edgemnist.reporting.console import open_console
    from edgemnist.reporting.markup import escape

    console = open_console(stderr=True).rich
    status = console.status(what)

    def update(name: str) -> None:
        status.update(console.render_str(f"{what} {escape(name)}"))  # a spinner renders texts by itself
        status.start()

    try:
        yield update
    finally:
        status.stop()
