"""A search as a picture: how good its trials are, and which settings made the difference, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from edgemnist.reporting.plot import open_figure, save_figure, style_axes
from edgemnist.results.tuning import Trial, Tuning


def draw_tuning(tuning: Tuning) -> bytes:
    """Draw the trials of a search, and the importance of each setting where that is known.

    Args:
        tuning: Search with one or more complete trials.

    Returns:
        The text of an SVG file.

    Raises:
        PackageMissing: Matplotlib isn't installed.
    """
    figure = open_figure()
    trials, *others = figure.subplots(1, 2 if tuning.importances else 1, squeeze=False)[0]
    complete = [trial for trial in tuning.trials if trial.state == "complete"]
    if tuning.objective == "accuracy":
        _draw_history(trials, complete)
    else:
        _draw_front(trials, complete, tuning)
    style_axes(trials)
    for axes in others:
        names = [*tuning.importances][::-1]
        axes.barh(names, [tuning.importances[name] for name in names])
        axes.set(title="importance of the settings", xlabel="share")
        style_axes(axes)
    return save_figure(figure)


def _draw_history(axes: Any, complete: Sequence[Trial]) -> None:
    numbers, accuracies = [trial.number for trial in complete], [trial.accuracy or 0.0 for trial in complete]
    axes.plot(numbers, accuracies, "o", markersize=4, label="trial")
    axes.step(numbers, [*accumulate(accuracies, max)], where="post", label="best so far")
    axes.set(title="validation accuracy", xlabel="trial")
    axes.legend(frameon=False)
    _count_whole(axes)


def _draw_front(axes: Any, complete: Sequence[Trial], tuning: Tuning) -> None:
    for trials, marker, label in ((complete, "o", "trial"), (tuning.best, "s-", "front")):
        costs, accuracies = [trial.cost for trial in trials], [trial.accuracy for trial in trials]
        axes.plot(costs, accuracies, marker, markersize=4, label=label)
    axes.set(title="validation accuracy", xlabel=tuning.objective.replace("-", " "))
    axes.legend(frameon=False)


def _count_whole(axes: Any) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
