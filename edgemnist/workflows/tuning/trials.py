"""One trial of a search: values are drawn, a recipe is trained with them, and its validation accuracy is the result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edgemnist import signals
from edgemnist.datasets.splits import TrainingSplit
from edgemnist.errors import EdgeMnistError, NotInstalled, WriteError
from edgemnist.quiet import loading
from edgemnist.training.dimensions import RULES, Dimension, Span
from edgemnist.training.recipes import Recipe
from edgemnist.training.space import SearchSpace
from edgemnist.training.validation import is_validated
from edgemnist.workflows.tuning import INSTALL
from edgemnist.workflows.tuning.attempts import ERROR
from edgemnist.workflows.tuning.costs import CostCounter
from edgemnist.workflows.tuning.workers import TrialFailed

if TYPE_CHECKING:
    from edgemnist.training.distillation import Teacher
    from edgemnist.training.history import Progress

with loading("optuna", INSTALL):
    import optuna

# Those that say nothing of the trial itself.
ELSEWHERE = (NotInstalled, WriteError)


@dataclass(eq=False)
class Runner:
    """What all trials of a search have in common.

    Args:
        recipe: Recipe that is varied, with images kept to validate.
        space: What of it is varied.
        costs: Counts what a recipe costs, if that counts.
        training: Images to fit and to validate on.
        seed: That of each training.
        teachers: Those that a recipe with distillation learns from.
        report: Called with the trial's number and how far its training is.
    """

    recipe: Recipe
    space: SearchSpace
    costs: CostCounter
    training: TrainingSplit
    seed: int
    teachers: Sequence[Teacher] = ()
    report: Callable[[int, Progress], None] = lambda number, progress: None

    def run(self, trial: Any) -> float | tuple[float, int]:
        """Train one recipe; return its accuracy on the validation images, 0 … 1, and what it costs, if that counts.

        Args:
            trial: Optuna's trial.

        Raises:
            TrialFailed: The training diverged, or the values contradict each other; the trial says so.
            optuna.TrialPruned: It is worse than others were after as many epochs.
            EdgeMnistError: The fault isn't the trial's.
        """
        try:
            return self._run(trial)
        except EdgeMnistError as error:
            if isinstance(error, ELSEWHERE) or signals.received():
                raise
            trial.set_user_attr(ERROR, error.message)
            raise TrialFailed(error.message) from error

    def _run(self, trial: Any) -> float | tuple[float, int]:
        from edgemnist.training.trainer import fit  # TensorFlow takes seconds

        recipe = self.space.vary(self.recipe, lambda name, dimension: _suggest(trial, name, dimension))
        cost = self.costs.count(recipe)

        def report(progress: Progress) -> None:
            self.report(trial.number, progress)
            if progress.ended and cost is None:
                trial.report(progress.ended.validation_accuracy, progress.epoch)
                if not progress.is_last and trial.should_prune():
                    raise optuna.TrialPruned

        trained = fit(recipe, self.training, seed=self.seed, teachers=self.teachers, report=report)
        assert trained.validation is not None
        return trained.validation.accuracy if cost is None else (trained.validation.accuracy, cost)


def validate(recipe: Recipe, training: TrainingSplit) -> Recipe:
    """Return the recipe with images kept to validate, if it and the data keep none."""
    return recipe if is_validated(recipe, training) else recipe.change({("validation",): True})


def _suggest(trial: Any, name: str, dimension: Dimension) -> Any:
    if not isinstance(dimension, Span):
        return trial.suggest_categorical(name, dimension.values)
    whole = RULES[(*name.split("."),)][0] is int
    draw = trial.suggest_int if whole else trial.suggest_float
    return draw(name, dimension.low, dimension.high, log=dimension.log)
