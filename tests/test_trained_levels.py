"""Training with weights on few levels: what is trained is what a file stores."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edgemnist import Dataset, export, train, verify
from edgemnist.errors import UsageError
from edgemnist.formats.weights import read_weights
from edgemnist.training.levels import GRIDS
from edgemnist.training.parts import Averaging, Distillation, Network, Optimizer, Quantization, Schedule
from edgemnist.training.recipes import Recipe
from edgemnist.training.trainer import fit

if TYPE_CHECKING:
    import keras

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


def build_own() -> keras.Model:
    """A model with all that a step changes besides weights, and with what only looks like weights of a layer."""
    import keras

    keras.utils.set_random_seed(3)
    pixels = keras.Input((784,))
    shared = keras.layers.Dense(12, activity_regularizer=keras.regularizers.L2(0.01), name="shared")
    image = keras.layers.Reshape((2, 6, 1))(shared(keras.layers.Dense(12, name="first")(pixels)))
    image = keras.layers.PReLU()(keras.layers.BatchNormalization(momentum=0.5)(image))
    values = shared(keras.layers.Dropout(0.3)(keras.layers.Flatten()(image)))
    answers = keras.layers.Dense(10, activation="softmax", kernel_regularizer="l2", name="last")(values)
    return keras.Model(pixels, answers, name="own")


@pytest.mark.slow
def test_all_that_layers_note_and_add_arrives_as_without_levels(dataset: Dataset) -> None:
    """8 bits leave weights as they are: all is as without quantization, what is dropped included."""
    split, ways = dataset.training.take(np.arange(500)), []
    for weights in ("8", ""):
        recipe = replace(SHORT, quantization=Quantization(weights))
        ways.append(fit(recipe, split, seed=1, model=build_own()))
    (one, other) = ways
    assert [epoch.loss for epoch in one.history] == pytest.approx([epoch.loss for epoch in other.history], rel=1e-5)
    names = [variable.path for variable in one.model.variables]
    assert any("moving_mean" in name for name in names)
    for name, mine, expected in zip(names, one.model.variables, other.model.variables, strict=True):
        np.testing.assert_allclose(mine.numpy(), expected.numpy(), rtol=1e-3, atol=1e-4, err_msg=name)


@pytest.mark.slow
def test_a_layer_that_is_used_twice_is_one_layer_and_what_is_no_kernel_stays(dataset: Dataset) -> None:
    recipe = replace(SHORT, quantization=Quantization("2-4-ternary"))
    model = fit(recipe, dataset.training.take(np.arange(500)), seed=1, model=build_own()).model
    kernels = {layer.name: layer.kernel.numpy() for layer in model.layers if hasattr(layer, "kernel")}
    assert list_levels(kernels["first"]).size == 4
    assert set(list_levels(kernels["shared"])) <= set(range(-7, 8))
    assert list_levels(kernels["last"]).size == 3
    (slopes,) = (layer.alpha.numpy() for layer in model.layers if hasattr(layer, "alpha"))
    assert np.unique(slopes).size > 8


def test_bits_for_other_layers_are_found_before_teachers_are_trained(small_npz: Path, tmp_path: Path) -> None:
    recipe = replace(SHORT, quantization=Quantization("4-2"), distillation=Distillation("cnn"))
    with pytest.raises(UsageError, match="weights is 4-2, for 2 layers, and the network has 3"):
        train(recipe, data=small_npz, output=tmp_path / "model.keras")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_files_of_trained_levels_are_honest_conversions(dataset: Dataset, tmp_path: Path) -> None:
    """Their steps are those of the levels: far larger than other weights would need."""
    source = tmp_path / "model.keras"
    train(replace(SHORT, averaging=Averaging()), output=source)
    for format in ("tflite", "c"):
        export(source, format=format, quantize="int8", output=tmp_path)
    report = verify(tmp_path / "model_int8.tflite", tmp_path / "model_int8.c", deep=True)
    for verdict in report.verdicts:
        assert verdict.measurement is not None
        assert verdict.measurement.deep is not None
        assert verdict.measurement.deep.weights is not None
        assert verdict.measurement.deep.weights.passed
    stored = read_weights((tmp_path / "model_int8.tflite").read_bytes(), "tflite", "model").layers
    assert [np.unique(np.rint(layer.kernel / layer.step)).size for layer in stored] == [4, 3, 15]


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
