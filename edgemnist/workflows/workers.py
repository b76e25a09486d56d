"""A worker: one process of the one or several that run the trials of a study."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from edgemnist import signals
from edgemnist.processes.identity import identify_process
from edgemnist.quiet import loading
from edgemnist.workflows.attempts import INTERRUPTED, SURPLUS, WORKER, Attempts
from edgemnist.workflows.storages import INSTALL
from edgemnist.workflows.study import follow, list_attempts, requeue_lost

with loading("optuna", INSTALL):
    import optuna
    from optuna.exceptions import UpdateFinishedTrialError
    from optuna.study import Study
    from optuna.trial import TrialState

# Between two looks at the trials of other workers.
WAIT_S = 2.0


class TrialFailed(Exception):
    """A trial has no result, and is one of those that were wanted all the same."""


class TrialWithdrawn(Exception):
    """A trial was one too many."""


class Worker:
    """Takes part in a study.

    Args:
        study: Study.
        wanted: Number of trials that there are to be, of all workers.
        run: Runs one trial and returns its values, as Optuna's objective.
        report: Called with the number of a trial that has begun, and once more when it has ended.
        report_note: Called with a sentence on what was found.
    """

    def __init__(
        self,
        study: Study,
        wanted: int,
        run: Callable[[Any], Any],
        report: Callable[[int], None],
        report_note: Callable[[str], None],
    ) -> None:
        self._study, self._wanted, self._run = study, wanted, run
        self._report, self._note = report, report_note
        # A database has heartbeats of all workers, a journal none.
        self._hears_all = hasattr(study._storage, "record_heartbeat")
        self._number: int | None = None
        self._broke = False

    def work(self) -> None:
        """Run trials until none is left to begin, and none of those that others have begun can come back.

        Whatever breaks it off, the study stays.
        """
        try:
            self._work()
        except BaseException:
            self._note("the study is kept: the same command goes on with it")
            raise

    def _work(self) -> None:
        if lost := requeue_lost(self._study):
            self._note(f"{lost} trial{'s' * (lost > 1)} of a worker that ended before it: tried again")
        waits = False
        while True:
            attempts = list_attempts(self._study)
            if attempts.count("WAITING") or attempts.begun < self._wanted:
                self._run_one()
                waits = False
            elif others := self._list_others(attempts):
                if not waits:
                    self._note(f"waiting for {len(others)} of other workers: {', '.join(others)}")
                waits = True
                time.sleep(WAIT_S)
                requeue_lost(self._study)
            else:
                return

    def _list_others(self, attempts: Attempts) -> list[str]:
        """Return the trials of other workers that will end, or be found to have lost their worker.

        On a journal nobody can say that of another machine's.
        """
        own = identify_process()["host"]
        running = attempts.list_running()
        return [
            f"trial {trial.number}" for trial, worker in running if self._hears_all or worker.get("host", own) == own
        ]

    def _run_one(self) -> None:
        self._number, self._broke = None, False
        try:
            self._study.optimize(self._try, n_trials=1, catch=(TrialFailed, TrialWithdrawn), gc_after_trial=True)
        except (UpdateFinishedTrialError, ValueError):
            if self._broke or self._number is None:
                self._give_back()
                raise
            attempts = list_attempts(self._study)
            if attempts.has_ended(self._study.get_trials(deepcopy=False)[self._number]):
                self._report(self._number)  # it was told, and only the server's answer was lost
            else:
                self._note(f"trial {self._number} was taken for dead, and is another worker's now")
        except BaseException:
            self._give_back()
            raise
        else:
            assert self._number is not None
            self._report(self._number)

    def _try(self, trial: Any) -> Any:
        self._number = trial.number
        if self._hears_all:  # also of one who dies at once
            self._study._storage.record_heartbeat(trial._trial_id)
        trial.set_user_attr(WORKER, identify_process())
        attempts = list_attempts(self._study)
        if attempts.is_surplus(trial.number, self._wanted):
            trial.set_user_attr(SURPLUS, True)
            raise TrialWithdrawn
        self._report(trial.number)
        try:
            return self._run(trial)
        except (TrialFailed, optuna.TrialPruned, UpdateFinishedTrialError):
            raise
        except BaseException as error:
            self._broke = True
            if isinstance(error, KeyboardInterrupt) or signals.received():
                trial.set_user_attr(INTERRUPTED, True)
            raise

    def _give_back(self) -> None:
        """Put the trial that this worker broke off, and that has failed by now, into the queue again."""
        if self._number is None:
            return
        trial = self._study.get_trials()[self._number]
        attempts = list_attempts(self._study)
        if trial.state == TrialState.FAIL and not (attempts.has_ended(trial) or attempts.is_retried(trial)):
            follow(self._study, trial)
