"""Training: the compiled loop is the same training as Keras's own, and always the same again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

from edgemnist import train
from edgemnist.datasets import Dataset
from edgemnist.errors import EdgeMnistError, WriteError
from edgemnist.training.recipes import RECIPES
from edgemnist.training.trainer import Progress, build_model, compile_steps, fit
from tests.conftest import ROOT


@pytest.mark.parametrize(("recipe", "least_hits"), [("baseline", 200), ("small", 65)])
def test_the_compiled_loop_takes_the_very_steps_of_keras_fit(dataset: Dataset, recipe: str, least_hits: int) -> None:
    """The same batches in the same order, by `train_on_batch` and by one program: the same losses and weights."""
    images, labels = dataset.training.images[:640], dataset.training.labels[:640]
    plain, ours = (build_model(RECIPES[recipe], 10, seed=3) for _ in range(2))
    plain.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    losses = []
    for start in range(0, 640, 32):
        values = images[start : start + 32].reshape(-1, 784).astype("float32") / 255
        losses.append(plain.train_on_batch(values, labels[start : start + 32], return_dict=True)["loss"])
        plain.reset_metrics() if hasattr(plain, "reset_metrics") else None
    optimizer = keras.optimizers.Adam(1e-3)
    optimizer.build(ours.trainable_variables)
    run_steps = compile_steps(ours, optimizer)
    loss_sum, hits = run_steps(images.reshape(20, 32, 784), labels.reshape(20, 32).astype(np.int32))
    assert float(loss_sum) / 640 == pytest.approx(np.mean(losses), rel=1e-3)
    assert least_hits < float(hits) < 640
    for expected, found in zip(plain.get_weights(), ours.get_weights(), strict=True):
        assert found == pytest.approx(expected, abs=2e-5)


def test_a_rest_of_images_is_trained_too(dataset: Dataset) -> None:
    """A number of images that neither batches nor chunks divide: every image is seen once an epoch."""
    split = dataset.training.take(np.arange(2_500))
    seen: list[Progress] = []
    recipe = RECIPES["baseline"].override(epochs=2)
    model = build_model(recipe, 10, 0)
    fit(model, recipe, split, 0, seen.append)
    assert [(progress.epoch, progress.step, progress.steps) for progress in seen] == [
        (epoch, step, 79) for epoch in (1, 2) for step in (75, 78, 79)
    ]
    assert seen[-1].loss < seen[2].loss
    assert seen[-1].accuracy > 0.8


@pytest.mark.parametrize("optimizer", ["adamw", "nadam", "rmsprop", "sgd"])
def test_each_optimizer_learns(dataset: Dataset, optimizer: str) -> None:
    recipe = RECIPES["baseline"].override(optimizer=optimizer, epochs=1)
    seen: list[Progress] = []
    fit(build_model(recipe, 10, 0), recipe, dataset.training.take(np.arange(9_600)), 0, seen.append)
    assert seen[-1].loss < seen[0].loss


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(small_npz: Path, tmp_path: Path) -> None:
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        train(data=small_npz, epochs=1, seed=seed, output=tmp_path / name / "model.keras")
    first, again, other = ((tmp_path / name / "model.keras").read_bytes() for name in "abc")
    assert first == again != other
    first, again = ((tmp_path / name / "manifest.json").read_bytes() for name in "ab")
    assert first == again


def test_the_file_has_no_optimizer_and_any_keras_loads_it(ladder: Path) -> None:
    path = ladder / "model.keras"
    assert path.stat().st_size < 4.1 * 535_818 + 20_000
    with zipfile.ZipFile(path) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    model = keras.models.load_model(path)
    assert model.count_params() == 535_818
    assert not model.compiled


def test_a_training_that_diverges_is_an_error_and_writes_nothing(small_npz: Path, tmp_path: Path) -> None:
    with pytest.raises(EdgeMnistError, match="diverged"):
        train(data=small_npz, epochs=3, learning_rate=1e30, output=tmp_path / "model.keras")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"recipe": "magic"}, "no recipe 'magic', expected one of baseline"),
        ({"epochs": 0}, "--epochs 0 is out of range"),
        ({"learning_rate": float("nan")}, "--learning-rate nan"),
        ({"optimizer": "magic"}, "no optimizer 'magic'"),
    ],
)
def test_settings_out_of_range(tmp_path: Path, settings, message: str) -> None:
    with pytest.raises(EdgeMnistError, match=message):
        train(**settings, output=tmp_path / "model.keras")


def test_another_ending_is_refused_before_training(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match=r"ends in \.keras"):
        train(output=tmp_path / "model.h5")


@pytest.mark.parametrize("when", ["training", pytest.param("start", marks=pytest.mark.slow)])
def test_ctrl_c_leaves_what_was_there_and_exits_130(tmp_path: Path, when: str) -> None:
    (tmp_path / "model.keras").write_bytes(b"an older model")
    run = subprocess.Popen(
        [sys.executable, "-m", "edgemnist", "train", "--epochs", "50", "--output", tmp_path / "model.keras"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert run.stderr is not None
    if when == "training":
        assert "epoch 1/50" in run.stderr.readline()
    else:
        time.sleep(1.5)
    run.send_signal(signal.SIGINT)
    _, words = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "interrupted" in words
    assert "Traceback" not in words
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]
    assert (tmp_path / "model.keras").read_bytes() == b"an older model"


@pytest.mark.slow
def test_the_baseline_reaches_98_percent(tmp_path: Path) -> None:
    assert train(output=tmp_path / "model.keras").score.accuracy > 0.97
