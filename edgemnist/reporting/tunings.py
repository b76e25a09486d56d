"""A search while it goes on, always on stderr, and what it found as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from edgemnist.reporting.console import open_console
from edgemnist.reporting.markup import escape
from edgemnist.reporting.progress import Activity, show_activity
from edgemnist.reporting.tables import Table, format_bytes, format_percent, open_table
from edgemnist.reporting.terminal import show_note
from edgemnist.results.tuning import ENDS, Objective, Trial, Tuning, TuningProgress

if TYPE_CHECKING:
    from edgemnist.training.history import Progress

# Rows of the table: `--json` has all trials.
MOST_SHOWN = 10
COST_HEADINGS: Mapping[Objective, str] = {"int8-bytes": "int8 size", "multiplications": "multiplications"}


class SearchProgress:
    """A line for each trial that has ended, and notes; on a terminal also how far the current one is.

    Args:
        activity: What says that.
    """

    def __init__(self, activity: Activity) -> None:
        self._activity = activity

    def update(self, progress: TuningProgress) -> None:
        """Show how far it is."""
        trial, wanted = progress.trial, progress.wanted
        if trial.state not in ENDS:
            best = f", best {format_percent(progress.best.accuracy or 0.0)}" if progress.best else ""
            epoch = f": epoch {progress.epoch} of {progress.epochs}" if progress.epoch else ""
            self._activity.name(f"trial {trial.number} ({progress.ended} of {wanted} ended{best}){epoch}")
            return
        self._activity.stop()
        line = (
            f"trial {trial.number}  {progress.ended}/{wanted}  {_phrase_end(trial)}  {_list_settings(trial.settings)}"
        )
        open_console(stderr=True).print(line, soft_wrap=True, markup=False)

    def update_teacher(self, progress: Progress) -> None:
        """Show how far the training of a teacher is."""
        self._activity.name(f"teacher: epoch {progress.epoch} of {progress.epochs}")

    def note(self, note: str) -> None:
        """Say what was found or assumed."""
        self._activity.stop()
        show_note(note)


@contextmanager
def show_search_progress() -> Iterator[SearchProgress]:
    """Give what shows a search while it goes on."""
    with show_activity("searching") as activity:
        yield SearchProgress(activity)


def _phrase_end(trial: Trial) -> str:
    if trial.state == "failed":
        return f"failed: {trial.reason}"
    accuracy = f"accuracy {trial.accuracy or 0.0:.4f}"
    cost = "" if trial.cost is None else f"  cost {trial.cost:,}"
    return f"{accuracy}{cost}" if trial.state == "complete" else f"{accuracy}  pruned after epoch {trial.epochs}"


def _list_settings(settings: Mapping[str, Any]) -> str:
    return "  ".join(f"{name}={_format_value(value)}" for name, value in settings.items())


def _format_value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value) or '""'


def show_tuning(tuning: Tuning) -> None:
    """Show the best trials, what became of the others, and where the best recipes are."""
    console = open_console()
    console.print(_tabulate_trials(tuning))
    counts = ", ".join(f"{count} {state}" for state, count in tuning.counts.items())
    console.print(f"study {escape(tuning.study)} in {escape(tuning.storage)}: {counts}", soft_wrap=True)
    if tuning.importances:
        shares = ", ".join(f"{name} {share:.2f}" for name, share in tuning.importances.items())
        console.print(f"importance of the settings: {escape(shares)}", soft_wrap=True)
    for path in (*tuning.files, *([tuning.plot] if tuning.plot else [])):
        console.print(f"wrote {escape(str(path))}", soft_wrap=True)


def _tabulate_trials(tuning: Tuning) -> Table:
    images = f"{tuning.validation_images:,} validation images of {escape(tuning.data)}"
    table = open_table(title=f"best trials of {escape(tuning.recipe)} on {images}")
    table.add_column("trial", justify="right")
    table.add_column("accuracy", justify="right")
    if tuning.objective != "accuracy":
        table.add_column(COST_HEADINGS[tuning.objective], justify="right")
    table.add_column("time", justify="right", spare=1)
    table.add_column("settings", folds=True)
    for trial in _choose_shown(tuning):
        accuracy, cost = format_percent(trial.accuracy or 0.0), _format_cost(tuning.objective, trial.cost)
        time = "" if trial.seconds is None else f"{trial.seconds:.0f} s"
        table.add_row(str(trial.number), accuracy, *cost, time, escape(_list_settings(trial.settings)))
    return table


def _choose_shown(tuning: Tuning) -> tuple[Trial, ...]:
    """Return the Pareto front, or else the most accurate trials."""
    if tuning.objective != "accuracy":
        return tuning.best
    complete = [trial for trial in tuning.trials if trial.state == "complete"]
    return tuple(sorted(complete, key=lambda one: (-(one.accuracy or 0.0), one.number))[:MOST_SHOWN])


def _format_cost(objective: Objective, cost: int | None) -> list[str]:
    if cost is None:
        return []
    return [format_bytes(cost) if objective == "int8-bytes" else f"{cost:,}"]
