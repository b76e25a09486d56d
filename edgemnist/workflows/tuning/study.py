"""One study of Optuna's: opened or begun, and gone on with until it has as many trials as are wanted."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from edgemnist.errors import UsageError
from edgemnist.manifest_fields import find_difference
from edgemnist.quiet import loading
from edgemnist.results.tuning import Objective
from edgemnist.workflows.tuning import INSTALL
from edgemnist.workflows.tuning.attempts import Attempts
from edgemnist.workflows.tuning.storages import open_storage, show_place

with loading("optuna", INSTALL):
    import optuna
    from optuna.exceptions import DuplicatedStudyError, UpdateFinishedTrialError
    from optuna.samplers import BaseSampler, TPESampler
    from optuna.storages import RetryHeartbeatStaleTrialCallback, fail_stale_trials
    from optuna.storages._heartbeat import BaseHeartbeat
    from optuna.study import Study
    from optuna.trial import FrozenTrial, TrialState

# Where a study has what it searches: nothing of another search may join it.
IDENTITY = "search"
# Whoever makes a study has written that within this time.
BEGIN_S = 5.0
DIRECTIONS: Mapping[Objective, list[str]] = {
    "accuracy": ["maximize"],
    "int8-bytes": ["maximize", "minimize"],
    "multiplications": ["maximize", "minimize"],
}
# So many complete trials come before one is pruned, and so many epochs of each.
PRUNED_AFTER_TRIALS, PRUNED_AFTER_EPOCHS = 5, 1


class SeededSampler(BaseSampler):  # type: ignore[misc]  # Optuna's types are not read
    """Optuna's TPE, whose draws for a trial depend on the seed, on how many were begun before it, and on their results.

    So workers that are started by the same command don't draw the same, and a search that was broken off goes on as if
    it hadn't been.

    Args:
        seed: Whole number from 0.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._tpe = TPESampler(seed=seed)

    def before_trial(self, study: Study, trial: FrozenTrial) -> None:
        place = list_attempts(study).find_place(trial.number)
        (seed,) = np.random.SeedSequence([self._seed, place]).generate_state(1)
        self._tpe = TPESampler(seed=int(seed))
        self._tpe.before_trial(study, trial)

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, Any]:
        found: dict[str, Any] = self._tpe.infer_relative_search_space(study, trial)
        return found

    def sample_relative(self, study: Study, trial: FrozenTrial, search_space: dict[str, Any]) -> dict[str, Any]:
        drawn: dict[str, Any] = self._tpe.sample_relative(study, trial, search_space)
        return drawn

    def sample_independent(self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: Any) -> Any:
        return self._tpe.sample_independent(study, trial, param_name, param_distribution)

    def after_trial(self, study: Study, trial: FrozenTrial, state: TrialState, values: Any) -> None:
        self._tpe.after_trial(study, trial, state, values)


@contextmanager
def open_study(
    place: str,
    name: str,
    objective: Objective,
    seed: int,
    identity: Mapping[str, Any],
    note: Callable[[str], None] = lambda words: None,
) -> Iterator[Study]:
    """Open a study for a while, or begin it.

    Args:
        place: Path of a journal, or URL of a database.
        name: Name of the study in it.
        objective: What is searched for.
        seed: What is drawn depends on it.
        identity: All that decides the trials, as plain values.
        note: Called with a sentence when the server of a database is waited for.

    Raises:
        UsageError: The study of that name is of another search.
        EdgeMnistError: The storage can't be opened.
    """
    # With two objectives no trial is pruned: what one is better in, another may be worse in.
    pruner = optuna.pruners.MedianPruner(PRUNED_AFTER_TRIALS, PRUNED_AFTER_EPOCHS)
    with open_storage(place, follow, note) as storage:
        plain, sampler = json.loads(json.dumps(identity)), SeededSampler(seed)
        try:
            study = optuna.create_study(
                storage=storage, study_name=name, directions=DIRECTIONS[objective], sampler=sampler, pruner=pruner
            )
        except DuplicatedStudyError:
            study = optuna.load_study(study_name=name, storage=storage, sampler=sampler, pruner=pruner)
            _require_same_search(study, show_place(place), plain)
        else:
            study.set_user_attr(IDENTITY, plain)
        yield study


def _require_same_search(study: Study, place: str, now: dict[str, Any]) -> None:
    then, hint = _find_identity(study), "give what it began with, or another `study`"
    if then is None and study.get_trials(deepcopy=False):
        raise UsageError(f"{place}: the study {study.study_name!r} wasn't begun by edgemnist", hint)
    if then is None:  # whoever made it died before it could say what it searches
        study.set_user_attr(IDENTITY, now)
        return
    if difference := find_difference(then, now):
        raise UsageError(f"{place}: the study {study.study_name!r} is of another search: {difference}", hint)


def _find_identity(study: Study) -> dict[str, Any] | None:
    """Return what a study searches; one that another worker has made this moment is waited for."""
    until = time.monotonic() + BEGIN_S
    while True:
        has_trials = bool(study.get_trials(deepcopy=False))  # asked first: it says what it searches before it has some
        then: dict[str, Any] | None = study.user_attrs.get(IDENTITY)
        if then is not None or has_trials or time.monotonic() > until:
            return then
        time.sleep(BEGIN_S / 10)


def follow(study: Study, trial: FrozenTrial) -> bool:
    """Put a trial whose worker ended before it into the queue again, with its settings and a link to it.

    A trial whose workers died too often isn't tried again: False is returned.

    Args:
        study: Study.
        trial: The trial, which has failed by now; a copy, which is changed.
    """
    if list_attempts(study).is_hopeless(trial):
        return False
    trial.user_attrs = {}  # they are of the worker that ended
    RetryHeartbeatStaleTrialCallback()(study, trial)
    return True


def list_attempts(study: Study) -> Attempts:
    """Return all trials of a study, as they are now."""
    return Attempts(study.get_trials(deepcopy=False), has_heartbeats(study))


def has_heartbeats(study: Study) -> bool:
    """True if the workers of a study say again and again that they live: in a database they do, in a journal not."""
    return isinstance(study._storage, BaseHeartbeat)


def requeue_lost(study: Study) -> int:
    """Put all trials whose worker is known to be dead into the queue again, and return how many."""
    fail_stale_trials(study)
    queued = 0
    for trial in list_attempts(study).list_lost():
        try:
            study.tell(trial.number, state=TrialState.FAIL, skip_if_finished=True)
        except (UpdateFinishedTrialError, ValueError):  # another worker was quicker
            continue
        found = study.get_trials()[trial.number]
        if found.state == TrialState.FAIL:
            queued += follow(study, found)
    return queued
