"""A search with Optuna: what all workers of a study do alike, and what comes of it as our own records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from edgemnist.datasets.splits import TrainingSplit
from edgemnist.manifest import list_versions
from edgemnist.quiet import loading
from edgemnist.results.tuning import Objective, Trial, TrialWord, TuningProgress, find_best
from edgemnist.training.recipes import Recipe, find_recipe
from edgemnist.training.space import SearchSpace
from edgemnist.training.validation import check_validation, part_images
from edgemnist.workflows.tuning import INSTALL
from edgemnist.workflows.tuning.attempts import ERROR, WORKER, Attempts
from edgemnist.workflows.tuning.costs import CostCounter
from edgemnist.workflows.tuning.study import list_attempts, open_study
from edgemnist.workflows.tuning.trials import Runner, validate
from edgemnist.workflows.tuning.workers import Worker

if TYPE_CHECKING:
    from edgemnist.training.distillation import Teacher
    from edgemnist.training.history import Progress

with loading("optuna", INSTALL):
    import optuna

# Complete trials from which on something can be said of what made the better ones better.
LEAST_COMPLETE = 8
STATES: Mapping[str, TrialWord] = {
    "COMPLETE": "complete", "PRUNED": "pruned", "FAIL": "failed", "RUNNING": "running", "WAITING": "waiting",
}  # fmt: skip


class Search:
    """What is searched.

    Args:
        recipe: Recipe that is varied.
        space: What of it is varied.
        objective: What is searched for.
        training: Images to fit and to validate on.
        names: Class names; None where they are but numbers.
        seed: That of the choices and of each training.
        teachers: SHA-256 of each model that teaches in place of those that the recipe names.

    Attributes:
        judged: The recipe, with images kept to validate.
        validation_images: Number of these.

    Raises:
        EdgeMnistError: There are too few images.
    """

    def __init__(
        self,
        recipe: Recipe,
        space: SearchSpace,
        objective: Objective,
        training: TrainingSplit,
        names: tuple[str, ...] | None,
        seed: int,
        teachers: Sequence[str] = (),
    ) -> None:
        self.judged = validate(recipe, training)
        check_validation(self.judged, training)
        validation = part_images(self.judged, training)[1]
        self.validation_images = len(validation) if validation else 0
        self._recipe, self._space, self._objective, self._training = recipe, space, objective, training
        self._labels = names or tuple(map(str, range(1 + int(training.labels.max()))))
        self._seed, self._teachers = seed, teachers
        self._costs = CostCounter(objective, training, self._labels)

    def open(self, place: str, name: str, note: Callable[[str], None]) -> AbstractContextManager[Any]:
        """Open the study of a name for a while, or begin it.

        Raises:
            EdgeMnistError: The storage can't be opened, or the study is of another search.
        """
        identity = {
            "recipe": self._list_settings(), "search": self._space.to_record(), "objective": self._objective,
            "seed": self._seed, "teachers": list(self._teachers),
            "data": {"training_sha256": self._training.sha256, "validation": self._training.validation},
            "versions": list_versions("tensorflow", "keras", "numpy"),
        }  # fmt: skip
        return open_study(place, name, self._objective, self._seed, identity, note)

    def _list_settings(self) -> dict[str, Any]:
        """Return what of the recipe, and of its teachers', decides the trials; no names or paths."""
        settings = self.judged.list_settings()
        if self.judged.distillation.recipe and not self._teachers:
            teachers = find_recipe(self.judged.distillation.recipe).list_settings()
            settings["distillation"] = {**settings["distillation"], "recipe": {**teachers, "name": ""}}
        return {**settings, "name": ""}

    def check(self) -> None:
        """Build the network as the recipe has it, and count what it costs: what fails here would in all trials.

        Raises:
            EdgeMnistError: The network can't take the images, or its cost can't be counted.
        """
        if self._costs.count(self.judged) is None:
            from edgemnist.training.trainer import build_model  # TensorFlow takes seconds

            build_model(self.judged, self._training.image_shape, len(self._labels), 0)

    def run(
        self,
        study: Any,
        wanted: int,
        teachers: Sequence[Teacher],
        report: Callable[[TuningProgress], None],
        report_note: Callable[[str], None],
    ) -> None:
        """Run trials until the study has as many as are wanted."""

        def tell(number: int, progress: Progress | None = None) -> None:
            attempts = list_attempts(study)
            trials = self._record(attempts)
            now = next((trial for trial in trials if trial.number == number), None)
            if now is None:  # one too many
                return
            best = next(iter(find_best(trials)), None)
            epoch, epochs = (progress.epoch, progress.epochs) if progress else (0, 0)
            report(TuningProgress(now, attempts.ended, wanted, epoch, epochs, best))

        def report_epoch(number: int, progress: Progress) -> None:
            if progress.ended:
                tell(number, progress)

        runner = Runner(self.judged, self._space, self._costs, self._training, self._seed, teachers, report_epoch)
        if (ended := list_attempts(study).ended) >= wanted:
            report_note(f"the study has {ended} trials already: a larger number of `trials` goes on with it")
        combinations = self._space.count_combinations(self._recipe)

        def is_exhausted(attempts: Attempts) -> bool:
            tried = {frozenset(trial.params.items()) for trial in attempts.trials if attempts.has_ended(trial)}
            return combinations is not None and len(tried) >= combinations

        Worker(study, wanted, runner.run, tell, report_note, is_exhausted).work()
        if (attempts := list_attempts(study)).ended < wanted and is_exhausted(attempts):
            report_note(f"all combinations of the settings were tried, {combinations} of them: the search ends")

    def list_trials(self, study: Any) -> tuple[Trial, ...]:
        """Return all trials of a study, as they are now."""
        return self._record(list_attempts(study))

    def _record(self, attempts: Attempts) -> tuple[Trial, ...]:
        return tuple(_record_trial(trial, attempts) for trial in attempts.trials)

    def make_recipe(self, trial: Trial) -> Recipe:
        """Return the recipe that a trial trained, with the images that it kept to validate.

        All that isn't varied is as the searched recipe has it.
        """
        varied = self._space.vary(self.judged, lambda name, dimension: trial.settings[name])
        found = f"validation accuracy {100 * (trial.accuracy or 0):.2f} % in trial {trial.number} of a search"
        return varied.change({("name",): f"{self._recipe.name}-tuned", ("summary",): found})

    def measure_importances(self, study: Any) -> dict[str, float]:
        """Return the share of each setting in how good a trial is, the largest first; none for too few trials.

        Source: Watanabe, Bansal and Hutter, "PED-ANOVA: Efficiently Quantifying Hyperparameter Importance in Arbitrary
        Subspaces", 2023.
        """
        if list_attempts(study).count("COMPLETE") < LEAST_COMPLETE:
            return {}
        shares = optuna.importance.get_param_importances(study)
        return dict(sorted(((name, float(share)) for name, share in shares.items()), key=lambda one: (-one[1], one[0])))


def _record_trial(trial: Any, attempts: Attempts) -> Trial:
    state, reason = STATES[trial.state.name], trial.user_attrs.get(ERROR, "")
    if state == "failed" and attempts.is_retried(trial):
        state = "retried"
    elif state == "failed" and not reason:
        reason = "its workers died" if attempts.is_hopeless(trial) else "its worker ended"
    values = trial.values or [None]
    ended = trial.datetime_complete
    return Trial(
        number=trial.number,
        state=state,
        settings=dict(trial.params),
        accuracy=values[0],
        cost=int(values[1]) if len(values) > 1 else None,
        epochs=len(trial.intermediate_values),
        seconds=(ended - trial.datetime_start).total_seconds() if ended and trial.datetime_start else None,
        reason=reason,
        retry_of=trial.system_attrs.get("failed_trial"),
        host=trial.user_attrs.get(WORKER, {}).get("host", ""),
    )
