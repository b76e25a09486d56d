"""What `tune` gives back: a record a trial, and the study of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

Objective = Literal["accuracy", "int8-bytes", "multiplications"]
TrialWord = Literal["complete", "pruned", "failed", "retried", "running", "waiting"]
# Those after which nothing more comes of a trial.
ENDS: tuple[TrialWord, ...] = ("complete", "pruned", "failed")


@dataclass(frozen=True)
class Trial:
    """One training of a search.

    Args:
        number: In the study, from 0.
        state: "complete"; "pruned", if it was ended before its last epoch; "failed", with a reason; "retried", if its
            worker ended before it and another trial has its settings; "running" or "waiting".
        settings: Values of what is varied, by dotted names, as far as they were chosen.
        accuracy: Share of the validation images answered right, 0 … 1; of a pruned trial, after its last epoch; None
            where there is none.
        cost: What the second objective counts; None without one.
        epochs: Number of epochs whose accuracy was compared with that of other trials.
        seconds: Time that it took; None for one that hasn't ended.
        reason: Why it failed; "" otherwise.
        retry_of: Number of the trial whose settings it has, the first of them; None for one of its own.
        host: Machine that it ran on; "" where that isn't known.
    """

    number: int
    state: TrialWord
    settings: Mapping[str, Any]
    accuracy: float | None = None
    cost: int | None = None
    epochs: int = 0
    seconds: float | None = None
    reason: str = ""
    retry_of: int | None = None
    host: str = ""

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {**asdict(self), "settings": dict(self.settings)}


@dataclass(frozen=True)
class TuningProgress:
    """How far a search is.

    Args:
        trial: What this worker does.
        ended: Number of trials that have ended, of all workers.
        wanted: Number of trials that there will be.
        epoch, epochs: Current epoch of this one's, and how many there are; 0 before the first.
        best: The most accurate so far; None before the first.
    """

    trial: Trial
    ended: int
    wanted: int
    epoch: int = 0
    epochs: int = 0
    best: Trial | None = None


@dataclass(frozen=True)
class Tuning:
    """A search and its best recipes.

    Args:
        recipe: Name of the recipe that was varied.
        objective: "accuracy", or what it is traded off against.
        study: Name of the study.
        storage: Where it is kept.
        seed: That of the choices and of each training.
        trials: All of them, in the order in which they were begun, whichever worker did.
        best: The most accurate trial; with a second objective those of the Pareto front, the most accurate first.
        files: A recipe file for each of the best.
        importances: Share of each setting in how good a trial is, adding up to 1, the largest first; none where too
            few trials are complete.
        data: Name of the data set.
        validation_images: Number of images that the accuracies are of.
        plot: Picture of the search; None if none was drawn.
        notes: What was found or assumed, a sentence each.
    """

    recipe: str
    objective: Objective
    study: str
    storage: str
    seed: int
    trials: tuple[Trial, ...]
    best: tuple[Trial, ...]
    files: tuple[Path, ...]
    importances: Mapping[str, float]
    data: str
    validation_images: int
    plot: Path | None = None
    notes: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[TrialWord, int]:
        """Number of trials in each state in which there are some, those that ended first."""
        found = Counter(trial.state for trial in self.trials)
        return {state: found[state] for state in (*ENDS, *(word for word in found if word not in ENDS)) if found[state]}

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "recipe": self.recipe,
            "objective": self.objective,
            "study": self.study,
            "storage": self.storage,
            "seed": self.seed,
            "trials": [trial.to_record() for trial in self.trials],
            "best": [
                {"trial": trial.number, "recipe": str(path)} for trial, path in zip(self.best, self.files, strict=True)
            ],
            "importances": [{"setting": name, "share": share} for name, share in self.importances.items()],
            "data": self.data,
            "validation_images": self.validation_images,
            "plot": None if self.plot is None else str(self.plot),
            "notes": list(self.notes),
        }


def find_best(trials: Sequence[Trial]) -> tuple[Trial, ...]:
    """Return the most accurate trial; with a second objective all that no other one beats in both, so sorted.

    Of equal ones it is the first.

    Example:
        >>> trials = [Trial(number, "complete", {}, accuracy, cost) for number, (accuracy, cost)
        ...           in enumerate([(0.9, 50), (0.8, 20), (0.7, 20), (0.9, 60)])]
        >>> [trial.number for trial in find_best(trials)]
        [0, 1]
    """
    best: list[Trial] = []
    complete = [trial for trial in trials if trial.state == "complete"]
    for trial in sorted(complete, key=lambda one: (-(one.accuracy or 0.0), one.cost or 0, one.number)):
        if not best or (trial.cost or 0) < (best[-1].cost or 0):
            best.append(trial)
    return tuple(best)
