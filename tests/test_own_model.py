"""A Keras model of the user's own, trained by a recipe."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from edgemnist import train
from edgemnist.datasets import Dataset
from edgemnist.errors import EdgeMnistError, ModelError, UsageError
from edgemnist.training.recipes import RECIPES

LAYERS = keras.layers


@pytest.fixture
def few(dataset: Dataset) -> Any:
    pair = dataset.training.images[:600], dataset.training.labels[:600]
    return pair, (dataset.test.images[:200], dataset.test.labels[:200])


def build(*layers: Any, shape: tuple[int, ...] = (28, 28, 1), name: str = "mine") -> keras.Model:
    return keras.Sequential([keras.Input(shape), *layers], name=name)


def build_usual() -> keras.Model:
    keras.utils.set_random_seed(0)  # layers draw the seeds of their weights when they are made
    return build(
        LAYERS.Flatten(), LAYERS.Dense(32, use_bias=False), LAYERS.BatchNormalization(), LAYERS.ReLU(),
        LAYERS.Dropout(0.1), LAYERS.Dense(10, activation="softmax"),
    )  # fmt: skip


def test_it_is_trained_itself_and_listed_with_what_it_began_as(tmp_path: Path, few: Any) -> None:
    recipe = RECIPES["baseline"].change({("augmentation", "shift"): 1, ("averaging", "decay"): 0.9})
    path, model = tmp_path / "model.keras", build_usual()
    trained = train(recipe, model=model, data=few, epochs=6, learning_rate=5e-3, output=path)
    assert trained.score.accuracy > 0.6
    images = few[1][0][..., None] / np.float32(255)
    again = keras.models.load_model(path)
    assert np.asarray(model(images)) == pytest.approx(np.asarray(again(images)), abs=1e-6)
    listed = json.loads((tmp_path / "manifest.json").read_text())["models"]["model.keras"]["training"]
    assert (listed["network"], len(listed["initial_sha256"])) == ("mine", 64)
    twin = build_usual()
    train(recipe, model=twin, data=few, epochs=6, learning_rate=5e-3, output=path)
    for one, other in zip(model.weights, twin.weights, strict=True):
        assert np.array_equal(one, other), "the same beginning and seed give the same weights"
    same = json.loads((tmp_path / "manifest.json").read_text())["models"]["model.keras"]["training"]
    assert same["initial_sha256"] == listed["initial_sha256"]
    train(recipe, model=model, data=few, epochs=1, output=path)
    others = json.loads((tmp_path / "manifest.json").read_text())["models"]["model.keras"]["training"]
    assert others["initial_sha256"] != listed["initial_sha256"], "it goes on from the weights that it has"


@pytest.mark.parametrize(
    ("model", "message", "hint"),
    [
        (build(LAYERS.Flatten(), LAYERS.Dense(10)), "doesn't give probabilities", "activation='softmax'"),
        (build(LAYERS.Flatten(), LAYERS.Dense(10, activation="sigmoid")), "doesn't give probabilities", "softmax"),
        (build(LAYERS.Flatten(), LAYERS.Dense(9, activation="softmax")), "gives (9,), and", "Dense(10, activation="),
        (build(LAYERS.Dense(10, activation="softmax")), "gives (28, 28, 10), and", "Dense(10, activation="),
        (build(LAYERS.Flatten(), LAYERS.Dense(10, activation="softmax"), shape=(28, 28, 3)), "takes (28, 28, 3), and",
         "keras.Input((784,))"),
        (build(LAYERS.GlobalMaxPooling2D(), LAYERS.Dense(10, activation="softmax"), shape=(None, None, 1)),
         "takes (None, None, 1), and", "keras.Input((784,))"),
        (keras.Sequential([LAYERS.Dense(10)]), "isn't built", "keras.Input((784,))"),
    ],
)  # fmt: skip
def test_a_model_that_cannot_be_trained_so_is_refused_before_any_work(
    tmp_path: Path, few: Any, model: keras.Model, message: str, hint: str
) -> None:
    with pytest.raises(UsageError) as caught:
        train(model=model, data=few, output=tmp_path / "model.keras")
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("model", ["model.keras", 7])
def test_what_is_no_model_is_refused(tmp_path: Path, few: Any, model: Any) -> None:
    with pytest.raises(UsageError, match="expected a Keras model"):
        train(model=model, data=few, output=tmp_path / "model.keras")


class Subclassed(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.answers = LAYERS.Dense(10, activation="softmax")

    def call(self, images: Any) -> Any:
        return self.answers(keras.ops.reshape(images, (-1, 784)))


def test_a_model_in_code_of_its_own_is_refused(tmp_path: Path, few: Any) -> None:
    model = Subclassed()
    model(np.zeros((1, 28, 28, 1), np.float32))
    with pytest.raises(UsageError, match="is built in code of its own"):
        train(model=model, data=few, output=tmp_path / "model.keras")


def test_an_input_of_whole_numbers_is_refused(tmp_path: Path, few: Any) -> None:
    """What is trained would see 0 and 1 alone of the pixels."""
    pixels = keras.Input((28, 28, 1), dtype="uint8")
    values = LAYERS.Flatten()(LAYERS.Rescaling(1 / 255)(pixels))
    model = keras.Model(pixels, LAYERS.Dense(10, activation="softmax")(values), name="bytes")
    with pytest.raises(UsageError, match="took uint8") as caught:
        train(model=model, data=few, output=tmp_path / "model.keras")
    assert "float32" in caught.value.hint


def test_an_output_with_a_name_is_the_answer(tmp_path: Path, few: Any) -> None:
    pixels = keras.Input((28, 28, 1))
    answers = LAYERS.Dense(10, activation="softmax")(LAYERS.Flatten()(pixels))
    model = keras.Model(pixels, {"digit": answers}, name="named")
    assert train(model=model, data=few, epochs=3, learning_rate=0.01, output=tmp_path / "model.keras").score.hits > 100


def test_what_layers_add_to_the_loss_counts(tmp_path: Path, few: Any) -> None:
    sums = []
    for strength in (0.0, 1.0):
        keras.utils.set_random_seed(0)
        regularizer = keras.regularizers.L2(strength) if strength else None
        model = build(LAYERS.Flatten(), LAYERS.Dense(10, activation="softmax", kernel_regularizer=regularizer))
        train(model=model, data=few, epochs=3, learning_rate=0.01, output=tmp_path / "model.keras")
        sums.append(float(np.square(model.weights[0]).sum()))
    assert sums[1] < sums[0] / 4


def test_how_a_model_was_compiled_and_fitted_before_is_no_part_of_it(tmp_path: Path, few: Any) -> None:
    def build_named() -> keras.Model:
        keras.utils.set_random_seed(0)
        return build(LAYERS.Flatten(name="flat"), LAYERS.Dense(10, activation="softmax", name="probs"))

    plain, used = build_named(), build_named()
    used.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    used.fit(few[0][0][..., None] / 255.0, few[0][1], epochs=1, verbose=0)
    used.set_weights(plain.get_weights())
    for model in (plain, used):
        train(model=model, data=few, epochs=1, output=tmp_path / f"{model.compiled}.keras")
    for one, other in zip(plain.get_weights(), used.get_weights(), strict=True):
        assert np.array_equal(one, other)
    assert not keras.models.load_model(tmp_path / "True.keras").compiled
    assert (tmp_path / "True.keras").stat().st_size < 1.1 * (tmp_path / "False.keras").stat().st_size


class Doubling(keras.layers.Layer):
    def call(self, values: Any) -> Any:
        return 2 * values


def test_layers_that_only_the_users_code_defines_are_named(tmp_path: Path, few: Any) -> None:
    model = build(LAYERS.Flatten(), Doubling(), LAYERS.Dense(10, activation="softmax"))
    with pytest.raises(ModelError, match="Doubling"):
        train(model=model, data=few, output=tmp_path / "model.keras")


def test_a_training_of_another_model_is_not_gone_on_with(tmp_path: Path, few: Any) -> None:
    path = tmp_path / "model.keras"

    def stop(progress: Any) -> None:
        if progress.epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(model=build_usual(), data=few, output=path, report=stop)
    other = build(LAYERS.Flatten(), LAYERS.Dense(10, activation="softmax"), name="mine")
    with pytest.raises(EdgeMnistError, match="initial_sha256 was"):
        train(model=other, data=few, output=path, resume=True)
    assert train(model=build_usual(), data=few, output=path, resume=True).score.accuracy > 0.5
