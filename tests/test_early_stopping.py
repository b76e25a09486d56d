"""Validation and early stopping: which images, which epoch's weights, and what is said of both."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from edgemnist import train
from edgemnist.datasets import Dataset
from edgemnist.datasets.splits import split_validation
from edgemnist.errors import EdgeMnistError, UsageError
from edgemnist.manifest import Manifest
from edgemnist.training import trainer
from edgemnist.training.networks import NETWORKS
from edgemnist.training.parts import Network, Schedule
from edgemnist.training.recipes import RECIPES, Recipe
from edgemnist.training.trainer import fit
from edgemnist.training.validation import list_validation_notes
from tests.conftest import slow
from tests.test_training import build_tiny


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Recipe:
    monkeypatch.setitem(NETWORKS, "tiny", build_tiny)
    schedule = Schedule(epochs=9, batch_size=8)
    return Recipe(name="tiny", network=Network("tiny"), schedule=schedule, validation_fraction=0.2)


def test_a_validation_loss_that_is_no_number_is_a_training_that_diverged(
    dataset: Dataset, tiny: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weights may be finite, and what they compute not."""
    found = SimpleNamespace(hits=1, accuracy=0.1), float("nan")
    monkeypatch.setattr(trainer, "_compile_judge", lambda *settings: lambda: found)
    with pytest.raises(EdgeMnistError, match="the loss is nan in epoch 1: the training diverged"):
        fit(tiny, dataset.training.take(np.arange(60)))


@pytest.mark.parametrize(
    ("hits", "patience", "epochs", "best"),
    [
        ([3, 5, 5, 4], 2, 4, 2),  # an equal one is no better one
        slow([3, 2], 1, 2, 1),
        slow([1, 2, 3, 4, 5, 6, 7, 8, 9], 1, 9, 9),
        ([5, 4, 6, 4, 4, 4, 4, 4, 4], 8, 9, 3),  # it ends by itself, and the best is kept all the same
        slow([0, 0, 0], 2, 3, 1),
    ],
)
def test_the_weights_are_those_of_the_best_epoch(
    dataset: Dataset,
    tiny: Recipe,
    monkeypatch: pytest.MonkeyPatch,
    hits: list[int],
    patience: int,
    epochs: int,
    best: int,
) -> None:
    split = dataset.training.take(np.arange(60))
    scores = iter(hits)
    alone = fit(replace(tiny.override(epochs=best), validation_fraction=None), split_validation(split, 0.2)[0])

    def judge() -> tuple[SimpleNamespace, float]:
        found = next(scores)
        return SimpleNamespace(hits=found, accuracy=found / 12), 0.5

    monkeypatch.setattr(trainer, "_compile_judge", lambda *settings: judge)
    seen: list[bool] = []
    trained = fit(
        tiny.override(early_stopping=patience),
        split,
        report=lambda one: seen.append(one.is_last) if one.ended else None,
    )
    assert (len(trained.history), trained.best_epoch) == (epochs, best)
    assert trained.validation.hits == hits[best - 1]
    assert seen == [False] * (epochs - 1) + [True]
    for expected, weight in zip(alone.model.get_weights(), trained.model.get_weights(), strict=True):
        assert np.array_equal(weight, expected)


def test_early_stopping_without_validation_is_refused_before_training(command, small_npz: Path, tmp_path: Path) -> None:
    output = tmp_path / "model.keras"
    with pytest.raises(UsageError, match="needs images to validate") as caught:
        train(data=small_npz, early_stopping=3, output=output, report=lambda progress: pytest.fail("it began"))
    assert "`validation_fraction=0.1` keeps a tenth" in caught.value.hint
    outcome = command("train", "--data", small_npz, "--early-stopping", 3, "--output", output)
    assert outcome.status == 2
    assert "hint:  --validation-fraction 0.1 keeps a tenth of them; or do without early stopping" in (outcome.stderr)
    assert list(tmp_path.iterdir()) == []


def test_what_was_kept_is_shown_and_recorded(command, small_npz: Path, tmp_path: Path) -> None:
    options = ("--data", small_npz, "--epochs", 3, "--validation-fraction", 0.2)
    outcome = command("train", *options, "--early-stopping", 1, "--output", tmp_path / "model.keras", "--json")
    assert outcome.status == 0, outcome.stderr
    found = json.loads(outcome.stdout)
    accuracies = [epoch["validation_accuracy"] for epoch in found["history"]]
    assert found["best_epoch"] == 1 + accuracies.index(max(accuracies))
    assert (found["training"]["validation_fraction"], found["training"]["early_stopping"]) == (0.2, 1)
    entry = Manifest.load(tmp_path).models["model.keras"]["training"]
    assert (entry["best_epoch"], entry["validation_accuracy"]) == (found["best_epoch"], max(accuracies))
    assert (entry["history"], found["notes"]) == (found["history"], [])


def test_images_that_the_data_keep_take_the_place_of_the_share_and_it_is_said(dataset: Dataset) -> None:
    recipe = RECIPES["small"].override(validation_fraction=0.5, early_stopping=1)
    split = replace(dataset.training.take(np.arange(600)), validation=100)
    (note,) = list_validation_notes(recipe, split)
    assert note == "the data keep 100 images of their own to validate: `validation_fraction` isn't used"
    assert list_validation_notes(RECIPES["small"], split) == list_validation_notes(recipe, dataset.training) == []
    assert fit(recipe.override(epochs=1), split).validation.images == 100
