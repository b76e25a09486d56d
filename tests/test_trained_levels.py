"""Training with weights on few levels: what is trained is what a file stores."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from edgemnist import Dataset
from edgemnist.errors import UsageError
from edgemnist.training.levels import GRIDS
from edgemnist.training.parts import Averaging, Network, Optimizer, Quantization, Schedule
from edgemnist.training.recipes import Recipe
from edgemnist.training.trainer import fit

SHORT = Recipe(
    name="levels", network=Network("dense", "24-16"), schedule=Schedule(2, batch_size=50), averaging=Averaging(0.9),
    optimizer=Optimizer("adamw", learning_rate=5e-3), quantization=Quantization("2-ternary-4"),
)  # fmt: skip


def list_levels(kernel: np.ndarray) -> np.ndarray:
    """The levels that weights are on, in steps of the smallest that isn't 0; fails where one is between two."""
    numbers = kernel / np.abs(kernel[kernel != 0]).min()
    levels = np.rint(numbers)
    assert np.abs(numbers - levels).max() < 1e-4
    return np.unique(levels)


def test_each_layer_is_on_its_levels(dataset: Dataset) -> None:
    split = dataset.training.take(np.arange(2_000))
    trained = fit(SHORT, split, seed=1)
    kernels = trained.model.get_weights()[::2]
    assert list_levels(kernels[0]).tolist() == [-3, -1, 1, 3]
    assert list_levels(kernels[1]).tolist() == [-1, 0, 1]
    assert set(list_levels(kernels[2])) <= set(range(-7, 8))
    assert trained.history[-1].accuracy > 0.5  # of 10 classes: it learns, through what is rounded


def test_the_score_is_that_of_the_levels(dataset: Dataset) -> None:
    """What validation judges is the model that is given back, also before its weights are on levels in training."""
    split = dataset.training.take(np.arange(2_000))
    recipe = replace(SHORT, validation=True, quantization=Quantization("2", begin=0.9), schedule=Schedule(1))
    trained = fit(recipe, split, seed=1)
    assert trained.validation is not None
    assert trained.history[-1].validation_accuracy == trained.validation.accuracy
    assert [list_levels(kernel).size for kernel in trained.model.get_weights()[::2]] == [4, 4, 4]


def test_weights_are_as_they_are_until_it_begins(dataset: Dataset) -> None:
    """Two trainings that differ in the second half alone are the same in the first."""
    split = dataset.training.take(np.arange(1_000))
    late = replace(SHORT, averaging=Averaging(), quantization=Quantization("2", begin=0.5))
    never = replace(SHORT, averaging=Averaging(), quantization=Quantization("8"))
    one, other = (fit(recipe, split, seed=1).history for recipe in (late, never))
    assert one[0].loss == other[0].loss
    assert one[1].loss != other[1].loss


def test_bits_are_for_each_layer_or_for_all(dataset: Dataset) -> None:
    recipe = replace(SHORT, quantization=Quantization("4-2"))
    with pytest.raises(UsageError, match="weights is 4-2, for 2 layers, and the network has 3"):
        fit(recipe, dataset.training.take(np.arange(100)))
    with pytest.raises(UsageError, match="weights is '5', expected 2, 3, 4, 8 or ternary"):
        Quantization("5")


@pytest.mark.parametrize("bits", sorted(GRIDS))
def test_the_nearest_level_is_taken_and_the_step_fits_a_normal_distribution(bits: str) -> None:
    weights = np.random.default_rng(0).normal(size=20_000).astype(np.float32)
    grid = GRIDS[bits]
    rounded = np.asarray(grid.round(weights))
    levels = np.unique(rounded)
    assert len(levels) == (grid.most + 1 if grid.odd else 2 * grid.most + 1)
    assert (np.abs(weights - rounded) <= np.abs(weights[:, None] - levels).min(axis=1) + 1e-6).all()
    errors = [float(np.mean((np.asarray(replace(grid, step=grid.step * part).round(weights)) - weights) ** 2))
              for part in (0.93, 1, 1.07)]  # fmt: skip
    assert errors[1] == min(errors)
