"""The trials of a study as attempts at what was asked for: which are left to begin, and which lost their worker.

Each trial that a worker begins is a root, or the retry of one whose worker ended before it did. A search of so many
trials has so many roots, and the last attempt at each decides. Nothing here needs Optuna: its frozen trials are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from edgemnist.processes.identity import has_ended, is_near

# What a worker writes to its trial: who it is; why it failed; that it ends because the user ends it; and that the
# trial is one too many, since two workers began the last one at the same time.
WORKER, ERROR, INTERRUPTED, SURPLUS = "worker", "error", "interrupted", "surplus"
# Where Optuna's own retries have the numbers of the attempts before them.
HISTORY = "retry_history"
# So often may the workers of a trial die: it may be the trial that kills them, by the memory that it takes.
MOST_DEATHS = 3
# What takes two steps, as to begin a trial and to write who it is, is over by then.
GRACE = timedelta(seconds=60)


class Attempts:
    """All trials of a study at one time.

    Args:
        trials: Optuna's frozen trials, in the order of their numbers.
        heard: True if their workers have heartbeats, so that of those elsewhere nothing is to be concluded here.

    Attributes:
        trials: Those that are not one too many.
    """

    def __init__(self, trials: Sequence[Any], heard: bool = False) -> None:
        self._heard = heard
        self.trials = [trial for trial in trials if SURPLUS not in trial.user_attrs]
        self._followed = {history[-1] for trial in self.trials if (history := _get_history(trial))}
        self._interrupted = {trial.number for trial in self.trials if INTERRUPTED in trial.user_attrs}

    @property
    def begun(self) -> int:
        """Number of trials that were begun, retries not counted."""
        return sum(not _get_history(trial) for trial in self.trials)

    @property
    def ended(self) -> int:
        """Number of trials of which nothing more comes."""
        return sum(map(self.has_ended, self.trials))

    def count(self, state: str) -> int:
        """Return the number of trials in a state, such as "WAITING"."""
        return sum(trial.state.name == state for trial in self.trials)

    def is_retried(self, trial: Any) -> bool:
        """True if a later trial has its settings."""
        return trial.number in self._followed

    def has_ended(self, trial: Any) -> bool:
        """True if it is complete, was pruned, or failed and isn't tried again."""
        if trial.state.name != "FAIL":
            return trial.state.name in ("COMPLETE", "PRUNED")
        return not self.is_retried(trial) and (ERROR in trial.user_attrs or self.is_hopeless(trial))

    def is_hopeless(self, trial: Any) -> bool:
        """True if its workers died more often than chance would have it."""
        attempts = (*_get_history(trial), trial.number)
        return sum(number not in self._interrupted for number in attempts) > MOST_DEATHS

    def find_place(self, number: int) -> int:
        """Return how many trials were begun before a trial, or before the one that it retries; retries not counted."""
        history = next((_get_history(trial) for trial in self.trials if trial.number == number), ())
        first = history[0] if history else number
        return sum(not _get_history(trial) and trial.number < first for trial in self.trials)

    def is_surplus(self, number: int, wanted: int) -> bool:
        """True if a trial that was just begun is one too many.

        Args:
            number: That of the trial.
            wanted: Number of trials that there are to be.
        """
        histories = {trial.number: _get_history(trial) for trial in self.trials}
        before = [history for other, history in histories.items() if other < number]
        return histories[number] in before if histories[number] else before.count(()) >= wanted

    def list_running(self) -> Iterator[tuple[Any, dict[str, str]]]:
        """Return the trials that run, each with the process that its worker is."""
        for trial in self.trials:
            if trial.state.name == "RUNNING":
                yield trial, trial.user_attrs.get(WORKER, {})

    def list_lost(self, now: datetime | None = None) -> list[Any]:
        """Return the trials whose worker ended before them, and that nobody tries again.

        Args:
            now: Time; None for now.
        """
        past = (now or datetime.now()) - GRACE
        return [trial for trial in self.trials if self._is_lost(trial, past)]

    def _is_lost(self, trial: Any, past: datetime) -> bool:
        if self.is_retried(trial):
            return False
        if trial.state.name == "RUNNING":
            worker = trial.user_attrs.get(WORKER)
            if not worker:
                return bool(trial.datetime_start < past)
            return has_ended(worker) and (is_near(worker) or not self._heard)
        if trial.state.name == "FAIL" and not self.has_ended(trial):
            return INTERRUPTED in trial.user_attrs or trial.datetime_complete < past
        return False


def _get_history(trial: Any) -> tuple[int, ...]:
    return tuple(trial.system_attrs.get(HISTORY, ()))
