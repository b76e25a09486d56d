"""A worker: one process of the one or several that run the trials of a study."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from edgemnist import signals
from edgemnist.processes.identity import identify_process, is_near
from edgemnist.quiet import loading
from edgemnist.workflows.tuning import INSTALL
from edgemnist.workflows.tuning.attempts import INTERRUPTED, SURPLUS, WORKER, Attempts
from edgemnist.workflows.tuning.storages import find_fault, stop_waiting
from edgemnist.workflows.tuning.study import follow, has_heartbeats, list_attempts, requeue_lost

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
        is_exhausted: True if a further trial could only repeat another one.
    """

    def __init__(
        self,
        study: Study,
        wanted: int,
        run: Callable[[Any], Any],
        report: Callable[[int], None],
        report_note: Callable[[str], None],
        is_exhausted: Callable[[Attempts], bool] = lambda attempts: False,
    ) -> None:
        self._study, self._wanted, self._run = study, wanted, run
        self._report, self._note, self._is_exhausted = report, report_note, is_exhausted
        self._hears_all = has_heartbeats(study)
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
            is_open = attempts.begun < self._wanted and not self._is_exhausted(attempts)
            if attempts.count("WAITING") or is_open:
                self._run_one()
                waits = False
            elif others := self._list_others(attempts):
                if not waits:
                    self._note(f"waiting for {len(others)} of other workers: {', '.join(others)}")
                waits = True
                time.sleep(WAIT_S)
                requeue_lost(self._study)
            else:
                self._name_unknown(attempts)
                return

    def _list_others(self, attempts: Attempts) -> list[str]:
        """Return the trials of other workers that will end, or be found to have lost their worker."""
        return [f"trial {trial.number}" for trial, worker in attempts.list_running() if self._is_known(worker)]

    def _is_known(self, worker: Mapping[str, str]) -> bool:
        """True if it will be seen here when a worker ends: on a journal that of another machine never is."""
        return self._hears_all or not worker or is_near(worker)

    def _name_unknown(self, attempts: Attempts) -> None:
        """Say which trials are not waited for."""
        running = [(trial, worker) for trial, worker in attempts.list_running() if not self._is_known(worker)]
        if running:
            names = ", ".join(f"trial {trial.number} on {worker.get('host')}" for trial, worker in running)
            self._note(
                f"not waited for: {names}, since it can't be seen from here whether its worker runs; if it doesn't, "
                f"the same command there tries it again, and {len(running)} more `trials` do without it"
            )

    def _run_one(self) -> None:
        self._number, self._broke = None, False
        try:
            self._study.optimize(self._try, n_trials=1, catch=(TrialFailed, TrialWithdrawn), gc_after_trial=True)
        except BaseException as error:
            fault = find_fault(self._study._storage)
            if fault and not isinstance(error, KeyboardInterrupt):
                raise fault from error
            if not (isinstance(error, UpdateFinishedTrialError | ValueError) and self._is_settled()):
                self._give_back()
                raise
        else:
            assert self._number is not None
            self._report(self._number)

    def _is_settled(self) -> bool:
        """True if a result was refused because the trial has ended already: then nothing is wrong."""
        if self._broke or self._number is None:
            return False
        trial = self._study.get_trials(deepcopy=False)[self._number]
        if list_attempts(self._study).has_ended(trial):
            self._report(self._number)  # it was told, and only the server's answer was lost
        elif trial.state == TrialState.FAIL:
            self._note(f"trial {self._number} was taken for dead, and is another worker's now")
        else:
            return False
        return True

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
                stop_waiting(self._study._storage)
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
