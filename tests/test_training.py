"""Training: the compiled loop is the same training as Keras's own, and always the same again."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from edgemnist import train
from edgemnist.comparison.tally import score
from edgemnist.datasets import Dataset, load_dataset
from edgemnist.datasets.splits import TrainingSplit, split_validation
from edgemnist.errors import DataError, EdgeMnistError, UsageError, WriteError
from edgemnist.manifest import Manifest
from edgemnist.training.history import Progress
from edgemnist.training.networks import CNN_SIDE, NARROW_SIDE, NETWORKS, POOLED_SIDE, SMALL_SIDE
from edgemnist.training.parts import OPTIMIZERS, Network, Optimizer, Scaling, Schedule
from edgemnist.training.recipes import RECIPES, Recipe
from edgemnist.training.steps import compile_steps, make_optimizer
from edgemnist.training.trainer import build_model, fit
from tests.conftest import ROOT, obey_signals, sample, slow

MNIST = (28, 28)


@pytest.mark.parametrize(
    ("name", "scaling"),
    [slow("baseline", Scaling(), id="baseline"), pytest.param("small", Scaling(-1, 1), id="small, -1 to 1")],
)
def test_the_compiled_loop_takes_the_very_steps_of_keras_fit(dataset: Dataset, name: str, scaling: Scaling) -> None:
    """The same batches in the same order, by `train_on_batch` and by one program: the same losses, hits and weights."""
    adam = Optimizer("adam", learning_rate=1e-3)
    network = RECIPES[name].network
    recipe = Recipe(name="plain", network=network, schedule=Schedule(epochs=1), optimizer=adam, scaling=scaling)
    images, labels = dataset.training.images[:640], dataset.training.labels[:640]
    plain, ours = (build_model(recipe, MNIST, 10, seed=3) for _ in range(2))
    plain.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    losses, right = [], 0
    for start in range(0, 640, 32):
        values = images[start : start + 32].reshape(-1, 784).astype("float32") / 255
        values = values * 2 - 1 if scaling.low else values
        found = plain.train_on_batch(values, labels[start : start + 32], return_dict=True)
        losses.append(found["loss"])
        right += round(32 * float(found["accuracy"]))
        plain.reset_metrics()
    run_steps = compile_steps(ours, recipe, make_optimizer(recipe, 20))
    loss_sum, hits = run_steps(images.reshape(20, 32, *MNIST), labels.reshape(20, 32).astype(np.int32))
    assert float(loss_sum) / 640 == pytest.approx(np.mean(losses), rel=1e-5)
    assert float(hits) == right
    for expected, found in zip(plain.get_weights(), ours.get_weights(), strict=True):
        assert found == pytest.approx(expected, abs=2e-5)


@pytest.mark.slow
@pytest.mark.parametrize(("images", "steps"), [(2_532, (75, 79, 80, 80)), (2_880, (45, 90, 90))])
def test_a_rest_of_images_is_trained_too(dataset: Dataset, tiny: Recipe, images: int, steps: tuple[int, ...]) -> None:
    """Whether batches and chunks divide the images or not, every image is seen once an epoch."""
    split = dataset.training.take(np.arange(images))
    seen: list[Progress] = []
    trained = fit(tiny.override(epochs=2, batch_size=32, learning_rate=0.01), split, report=seen.append)
    assert [(progress.epoch, progress.step, progress.steps) for progress in seen] == [
        (epoch, step, steps[-1]) for epoch in (1, 2) for step in steps
    ]
    chunks = len(steps) - 1
    assert [progress.ended for progress in seen] == [
        *[None] * chunks, trained.history[0], *[None] * chunks, trained.history[1],
    ]  # fmt: skip
    assert [progress.is_last for progress in seen] == [False] * (2 * chunks + 1) + [True]
    ends = [{"loss": seen[last].loss, "accuracy": seen[last].accuracy} for last in (chunks - 1, 2 * chunks)]
    assert [epoch.to_record() for epoch in trained.history] == ends
    assert trained.validation is None
    assert all(epoch.seconds > 0 for epoch in trained.history)
    assert seen[-1].loss < seen[chunks].loss
    assert seen[-1].accuracy > 0.8


def test_loss_and_accuracy_are_means_over_all_images(dataset: Dataset, tiny: Recipe) -> None:
    """Steps that change nothing leave what is known: each class is as likely, and the first one is answered."""
    split = dataset.training.take(np.arange(70))
    (epoch,) = fit(tiny.override(batch_size=32, learning_rate=1e-30), split).history
    assert epoch.accuracy == pytest.approx((split.labels == 0).mean(), abs=1e-6)
    assert epoch.loss == pytest.approx(np.log(10), rel=1e-5)


KERAS_OPTIMIZERS = {
    "adam": keras.optimizers.Adam,
    "adamw": keras.optimizers.AdamW,
    "lion": keras.optimizers.Lion,
    "nadam": keras.optimizers.Nadam,
    "rmsprop": keras.optimizers.RMSprop,
    "sgd": keras.optimizers.SGD,
}


def build_tiny(shape: tuple[int, ...] = MNIST, classes: int = 10) -> keras.Model:
    """One layer that begins with zeros: the seed of a training decides nothing but the order."""
    layer = keras.layers.Dense(classes, activation="softmax", kernel_initializer="zeros")
    return keras.Sequential([keras.Input((np.prod(shape),)), layer])


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Recipe:
    monkeypatch.setitem(NETWORKS, "tiny", build_tiny)
    return Recipe(name="tiny", network=Network("tiny"), schedule=Schedule(epochs=1, batch_size=8))


FAST = {"sgd": sample, "adam": pytest.param}


@pytest.mark.parametrize("optimizer", [FAST.get(name, slow)(name) for name in OPTIMIZERS])
def test_fit_is_what_keras_does_with_the_recipes_settings(dataset: Dataset, tiny: Recipe, optimizer: str) -> None:
    """Keras's own optimizer, learning rate and steps, in the order that the seed draws anew for each epoch."""
    recipe = tiny.override(optimizer=optimizer, epochs=2, batch_size=32, learning_rate=0.02)
    split = dataset.training.take(np.arange(70))
    ours, plain = fit(recipe, split, seed=7).model, build_tiny()
    plain.compile(KERAS_OPTIMIZERS[optimizer](0.02), "sparse_categorical_crossentropy")
    shuffler = np.random.default_rng(7)
    for _ in range(2):
        order = shuffler.permutation(70)
        for batch in (order[:32], order[32:64], order[64:]):
            values = split.images[batch].reshape(-1, 784).astype("float32") / 255
            plain.train_on_batch(values, split.labels[batch])
    for there, here in zip(plain.get_weights(), ours.get_weights(), strict=True):
        assert here == pytest.approx(there, abs=1e-4)
        assert np.abs(here).max() > 20 * 1e-4


def test_the_seed_decides_the_order_of_the_images(dataset: Dataset, tiny: Recipe) -> None:
    split = dataset.training.take(np.arange(64))

    def train_from_the_same_weights(seed: int, images: TrainingSplit = split) -> np.ndarray:
        return fit(tiny, images, seed=seed).model.get_weights()[0]

    first = train_from_the_same_weights(0)
    assert not np.array_equal(first, train_from_the_same_weights(1))
    backwards = split.take(np.arange(64)[::-1])
    assert not np.array_equal(first, train_from_the_same_weights(0, backwards))


def test_a_batch_may_be_larger_than_all_images(dataset: Dataset, tiny: Recipe) -> None:
    split = dataset.training.take(np.arange(64))
    expected, found = (
        fit(tiny.override(batch_size=size), split).model.get_weights()[0] for size in (len(split), 10**30)
    )
    assert np.array_equal(found, expected)


def test_validation_images_are_scored_after_each_epoch_and_never_learned(dataset: Dataset, tiny: Recipe) -> None:
    split = dataset.training.take(np.arange(600))
    recipe = replace(tiny.override(epochs=2), validation=True, scaling=Scaling(-1, 1))
    fitted, validation = split_validation(split)
    found, alone = fit(recipe, split), fit(replace(recipe, validation=False), fitted)
    for expected, weight in zip(alone.model.get_weights(), found.model.get_weights(), strict=True):
        assert np.array_equal(weight, expected)
    values = validation.images.reshape(-1, 784).astype("float32") / 255 * 2 - 1
    answers = found.model.predict(values, verbose=0)
    assert found.validation == score(answers, validation.labels)
    losses = -np.log(answers[np.arange(50), validation.labels])
    assert found.history[-1].validation_loss == pytest.approx(losses.mean(), rel=1e-5)
    assert found.validation.images == len(validation) == 50
    assert found.history[-1].validation_accuracy == found.validation.accuracy > 0.5
    first = fit(recipe.override(epochs=1), split)
    assert first.history[0].validation_accuracy == found.history[0].validation_accuracy
    with pytest.raises(DataError, match="one training image can't be parted"):
        fit(recipe, split.take(np.array([9])))


def test_fit_takes_no_test_images(dataset: Dataset, tiny: Recipe) -> None:
    with pytest.raises(TypeError, match="test images are only scored"):
        fit(tiny, dataset.test)  # type: ignore[arg-type]


_opened: list[str] | None = None  # what is opened for writing, while somebody asks


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if _opened is None or isinstance(arguments[0], int):  # a file that is open already has a name no more
        return
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        _opened.append(str(arguments[0]))
    elif event in ("os.mkdir", "os.rename", "os.remove", "os.link", "os.symlink", "os.truncate", "sqlite3.connect"):
        _opened.append(f"{event} {arguments[0]}")


@pytest.fixture
def opened() -> Iterator[list[str]]:
    """The paths that Python opens for writing, and what else it does to the disk."""
    global _opened
    if not getattr(sys, "_edgemnist_hears", False):
        sys.addaudithook(_hear)  # for good: a hook can't be taken away
        sys._edgemnist_hears = True  # type: ignore[attr-defined]
    _opened = []
    yield _opened
    _opened = None


def test_fit_writes_nothing(dataset: Dataset, opened: list[str]) -> None:
    """But for what TensorFlow keeps for itself in the folder for temporary files, and what is thrown away."""
    fit(replace(RECIPES["small"].override(epochs=1), validation=True), dataset.training.take(np.arange(500)))
    temporary = tempfile.gettempdir()
    assert [path for path in opened if path != os.devnull and temporary not in path] == []
    (Path(temporary) / "heard").write_text("")
    (Path(temporary) / "heard").unlink()
    assert any("heard" in path for path in opened), "the test hears what it says"


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_is_built_for_the_shape_and_the_classes_of_its_images(name: str) -> None:
    images = np.random.default_rng(0).integers(0, 256, (40, NARROW_SIDE, 30), np.uint8)
    recipe = Recipe(name=name, network=Network(name), schedule=Schedule(epochs=1))
    trained = fit(recipe, TrainingSplit(images, np.arange(40) % 4))
    assert trained.model.input_shape[1:] == (NARROW_SIDE * 30,)
    assert trained.model.output_shape[1:] == (4,)
    built = build_model(recipe, MNIST, 10, 0)
    stated = re.search(r"([\d,]+) parameters for MNIST", NETWORKS[name].__doc__)
    assert stated[1] == f"{built.count_params():,}"


@pytest.mark.parametrize(
    ("network", "least"),
    [("small", SMALL_SIDE), ("cnn", CNN_SIDE), ("pooled", POOLED_SIDE), ("narrow", NARROW_SIDE)],
)
def test_a_network_takes_images_of_its_smallest_size_and_no_smaller_ones(network: str, least: int) -> None:
    assert NETWORKS[network]((least, least), 3).output_shape == (None, 3)
    with pytest.raises(UsageError, match=f"{network} takes {least} x {least} or more"):
        NETWORKS[network]((least, least - 1), 3)


def test_images_that_a_network_cannot_take_are_said() -> None:
    images = np.zeros((4, 20, SMALL_SIDE - 1), np.uint8)
    with pytest.raises(UsageError, match="images of 20 x 10 pixels: the network small takes 11 x 11 or more"):
        fit(RECIPES["small"], TrainingSplit(images, np.arange(4) % 2))


def test_the_same_seed_gives_the_same_bytes(small_npz: Path, tmp_path: Path) -> None:
    """Another seed gives others: below, the weights are those that are drawn from it."""
    for name in "ab":
        train("small", data=small_npz, epochs=1, output=tmp_path / name / "model.keras")
    for file in ("model.keras", "manifest.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes(), file


def test_train_is_a_recipe_fitted_from_the_seed_to_the_training_images(small_npz: Path, tmp_path: Path) -> None:
    """The seed draws the weights and the order; the file holds them, and says by what they were made and how good."""
    data, recipe = load_dataset(small_npz), RECIPES["baseline"].override(epochs=1, batch_size=64, optimizer="sgd")
    started = time.perf_counter()
    found = train(data=small_npz, epochs=1, batch_size=64, optimizer="sgd", seed=5, output=tmp_path / "model.keras")
    assert 0 < found.seconds < time.perf_counter() - started
    trained = fit(recipe, data.training, seed=5)
    model, written = trained.model, keras.models.load_model(tmp_path / "model.keras")
    for expected, weight in zip(model.get_weights(), written.get_weights(), strict=True):
        assert np.array_equal(weight, expected)
    assert (found.recipe, found.seed, found.parameters) == (recipe, 5, 534_019)
    assert found.size_bytes == (tmp_path / "model.keras").stat().st_size < 4.1 * 534_019 + 20_000, "no optimizer"
    assert not written.compiled
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    values = data.test.images.reshape(-1, 784).astype("float32") / 255
    assert found.score.hits == int((model.predict(values, verbose=0).argmax(axis=1) == data.test.labels).sum())
    entry = Manifest.load(tmp_path).models["model.keras"]
    kept = {"history": [{"loss": trained.history[0].loss, "accuracy": trained.history[0].accuracy}]}
    assert entry["training"] == {**recipe.list_settings(), "seed": 5, "test_accuracy": found.score.accuracy, **kept}
    assert entry["data"]["training_sha256"] == data.training.sha256
    assert entry["data"]["test_sha256"] == data.test.sha256


def test_the_recipes_are_what_is_documented() -> None:
    """In the summaries that `--help` shows, and in the manifest of the released models, which they made."""
    released = Manifest.load(ROOT / "exports").models
    for name, file in (("baseline", "model"), *((one, one) for one in RECIPES if one not in ("baseline", "fast"))):
        settings = json.loads(json.dumps(RECIPES[name].list_settings()))
        made = released[f"{file}.keras"]["training"]
        assert {key: made.get(key) for key in settings} == settings
        assert f"{settings['epochs']} epochs" in RECIPES[name].summary
    found = tuple(RECIPES["baseline"].list_settings().values())
    assert found == ("baseline", "dense", 5, 32, "adam", 1e-3), "the documented protocol"


def test_images_that_the_data_keep_to_choose_by_are_never_fitted(dataset: Dataset) -> None:
    images, labels = dataset.training.images[:400], dataset.training.labels[:400]
    recipe = RECIPES["small"].override(epochs=1)
    alone = fit(recipe, TrainingSplit(images[:300], labels[:300]))
    kept = fit(recipe, TrainingSplit(images, labels, 100))
    assert (kept.validation.images, alone.validation) == (100, None)
    for mine, others in zip(kept.model.get_weights(), alone.model.get_weights(), strict=True):
        assert np.array_equal(mine, others)


def test_a_training_that_diverges_is_an_error_and_writes_nothing(small_npz: Path, tmp_path: Path) -> None:
    with pytest.raises(EdgeMnistError, match="diverged") as caught:
        train(data=small_npz, epochs=3, learning_rate=1e30, output=tmp_path / "model.keras")
    assert caught.value.hint == "try a smaller learning rate than 1e+30, such as `learning_rate=1e+29`"
    assert list(tmp_path.iterdir()) == []


def test_a_training_that_diverges_with_its_last_step_is_one_too(dataset: Dataset, tiny: Recipe) -> None:
    """Its loss was still a number: the weights aren't any more."""
    recipe = tiny.override(batch_size=8, optimizer="sgd", learning_rate=3e38)
    split = replace(dataset.training.take(np.arange(8)), labels=np.arange(8))
    with pytest.raises(EdgeMnistError, match=r"no finite number after epoch 1: the training diverged"):
        fit(replace(recipe, scaling=Scaling(0, 1e9)), split)


@pytest.mark.parametrize(("learning_rate", "learns"), [(1e-30, False), (0.02, True)])
def test_a_first_epoch_that_learns_nothing_is_said(
    dataset: Dataset, tiny: Recipe, learning_rate: float, learns: bool
) -> None:
    recipe = replace(tiny.override(learning_rate=learning_rate, epochs=2), validation=True)
    notes: list[str] = []
    fit(recipe, dataset.training.take(np.arange(600)), report_note=notes.append)
    if learns:
        assert notes == []
        return
    (note,) = notes
    words = r"nothing was learned in the first epoch: an accuracy of \d+\.\d % is chance for 10 classes; "
    assert re.fullmatch(words + "the learning rate is 1e-30: try a larger one, such as `learning_rate=0.001`", note)


@pytest.mark.sample
def test_what_was_said_of_it_is_on_stderr_and_in_the_document(command, small_npz: Path, tmp_path: Path) -> None:
    options = ("--recipe", "small", "--epochs", 1, "--learning-rate", "0.1", "--data", small_npz)
    outcome = command("train", *options, "--output", tmp_path / "model.keras", "--json")
    (note,) = json.loads(outcome.stdout)["notes"]
    assert "is chance for 3 classes; the learning rate is 0.1: try a smaller one, such as --learning-rate 0.01" in note
    assert f"note {note}\n" in outcome.stderr


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"recipe": "magic"}, "no recipe 'magic', expected one of baseline"),
        ({"epochs": 0}, "schedule.epochs is 0, expected a whole number from 1"),
        ({"batch_size": -1}, "schedule.batch_size is -1, expected a whole number from 1"),
        ({"learning_rate": 0}, "optimizer.learning_rate is 0, expected a number above 0"),
        ({"learning_rate": float("nan")}, "optimizer.learning_rate is nan, expected a number above 0"),
        ({"learning_rate": float("inf")}, "optimizer.learning_rate is inf, expected a number above 0"),
        ({"optimizer": "magic"}, "optimizer.name is 'magic', expected one of adam, adamw"),
        ({"seed": -1}, "seed is -1, expected a whole number from 0 to 4294967295"),
        ({"seed": 2**32}, "seed is 4294967296, expected"),
    ],
)
def test_settings_out_of_range(tmp_path: Path, small_npz: Path, settings, message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        train(**settings, data=small_npz, output=tmp_path / "model.keras")
    assert list(tmp_path.iterdir()) == []


def test_another_ending_is_refused_before_training(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match=r"ends in \.keras"):
        train(output=tmp_path / "model.h5")


@pytest.mark.slow
@pytest.mark.parametrize("when", ["training", "start"])
def test_ctrl_c_leaves_what_was_there_and_exits_130(tmp_path: Path, when: str) -> None:
    (tmp_path / "model.keras").write_bytes(b"an older model")
    run = subprocess.Popen(
        [sys.executable, "-m", "edgemnist", "train", "--epochs", "50", "--output", tmp_path / "model.keras"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        preexec_fn=obey_signals,
    )
    assert run.stderr is not None
    if when == "training":
        assert "epoch 1/50" in run.stderr.readline()
        assert "epoch 2/50" in run.stderr.readline(), "so the first one is kept"
    else:
        time.sleep(1.5)
    run.send_signal(signal.SIGINT)
    _, words = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "interrupted" in words
    assert "Traceback" not in words
    left = {"training": {".edgemnist.lock", "model.keras.checkpoint"}, "start": set()}[when]
    assert {path.name for path in tmp_path.iterdir()} == {"model.keras", *left}
    assert ("the same command with --resume goes on from there" in words) == (when == "training")
    assert (tmp_path / "model.keras").read_bytes() == b"an older model"


@pytest.mark.slow
def test_the_baseline_reaches_98_percent(tmp_path: Path) -> None:
    """About: 97.5 to 98.2 by seed, and another processor trains another model."""
    assert round(100 * train(output=tmp_path / "model.keras").score.accuracy) == 98
