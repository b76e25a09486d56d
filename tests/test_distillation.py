"""Teachers: whose answers are learned, on which images, where they come from; and what networks compute in."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from edgemnist import train
from edgemnist.datasets import Dataset
from edgemnist.errors import ModelError, UsageError
from edgemnist.files import hash_bytes
from edgemnist.training.arithmetic import computing_in
from edgemnist.training.distillation import Teacher, compile_teachers, compute_divergence
from edgemnist.training.networks import NETWORKS
from edgemnist.training.parts import Augmentation, Distillation, Network, Scaling, Schedule
from edgemnist.training.recipes import Recipe, find_recipe
from edgemnist.training.trainer import build_model, fit
from edgemnist.training.views import Views
from edgemnist.trust import trust
from tests.test_training import build_tiny

# A small network of the tests stands in for the dense one.
TINY = Recipe(name="tiny", network=Network("dense"), schedule=Schedule(epochs=2, batch_size=8))
TAUGHT = replace(TINY, name="taught", distillation=Distillation("other.toml", count=2, share=1.0))


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NETWORKS, "dense", build_tiny)


def build_teacher(seed: int, scaling: Scaling = Scaling()) -> Teacher:
    return Teacher(build_model(TINY, (28, 28), 10, seed), scaling, f"{seed}")


def soften(logits: np.ndarray, temperature: float) -> np.ndarray:
    powers = np.exp(logits / temperature)
    return powers / powers.sum(axis=1, keepdims=True)


def test_the_divergence_is_that_of_both_answers_softened() -> None:
    draw = np.random.default_rng(0)
    wanted, found = draw.normal(size=(5, 10)), draw.normal(size=(5, 10))
    p, q = soften(wanted, 3.0), soften(found, 3.0)
    expected = 9 * (p * np.log(p / q)).sum(axis=1).mean()
    settings = Distillation("x", temperature=3.0)
    answers = soften(found, 1.0).astype(np.float32)
    assert float(compute_divergence(settings, wanted.astype(np.float32), answers)) == pytest.approx(expected, rel=1e-5)
    certain = np.eye(10, dtype=np.float32)[:5]  # a probability of 0 has no logarithm
    assert np.isfinite(float(compute_divergence(settings, wanted.astype(np.float32), certain)))


def test_teachers_answer_with_the_mean_of_their_logits() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (12, 28, 28)).astype(np.uint8)
    first, second = build_teacher(1), build_teacher(2, Scaling(-1, 1))
    found = np.asarray(compile_teachers([first, second], "float32")(pixels))
    rows = pixels.reshape(12, *first.model.input_shape[1:])
    logits = [np.log(np.asarray(first.model(rows / 255))), np.log(np.asarray(second.model(rows / 127.5 - 1)))]
    assert found == pytest.approx(np.mean(logits, axis=0), abs=1e-4)


def test_teachers_answer_the_very_views_that_are_trained_on(dataset: Dataset) -> None:
    recipe, images = TINY.change({("augmentation", "rotation"): 20}), dataset.training.images[:700]
    teacher = build_teacher(1)
    kernel, _ = teacher.model.weights
    kernel.assign(np.random.default_rng(0).normal(0, 0.1, kernel.shape))
    views = Views(recipe, images, 5, [teacher])
    (first, logits), (second, _) = views.take(1), views.take(2)
    assert (first.dtype, first.shape, logits.dtype) == (np.uint8, images.shape, np.float16)
    for one, other in ((first, images), (second, first)):
        assert np.abs(one.astype(int) - other).mean() > 3
    expected = np.asarray(compile_teachers([teacher], "float32")(first))
    assert logits == pytest.approx(expected, abs=0.01)
    assert np.ptp(expected, axis=0).max() > 0.1, "the images are told apart"


def test_views_come_again_and_teachers_are_asked_once(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = TINY.change({("augmentation", "shift"): 2, ("augmentation", "views"): 2})
    asked = []

    def compile_spy(teachers: Any, arithmetic: str) -> Any:
        teach = compile_teachers(teachers, arithmetic)
        return lambda images: (asked.append(len(images)), teach(images))[1]

    monkeypatch.setattr("edgemnist.training.views.compile_teachers", compile_spy)
    views = Views(recipe, dataset.training.images[:600], 0, [build_teacher(1)])
    taken = [views.take(epoch)[0] for epoch in (1, 2, 3, 4)]
    assert [np.array_equal(taken[0], one) for one in taken] == [True, False, True, False]
    assert np.array_equal(taken[1], taken[3])
    assert asked == [500, 100] * 2
    kept = {0: np.zeros((600, 10), np.float16)}
    views = Views(recipe, dataset.training.images[:600], 1, [build_teacher(1)], kept)
    assert np.array_equal(views.take(1)[0], taken[0]), "all seeds have the same views"
    assert views.take(3)[1] is kept[0]
    assert asked == [500, 100] * 2, "what was answered before isn't asked again"
    views.take(2)
    assert sorted(kept) == [0, 1]
    assert not np.array_equal(Views(recipe, dataset.training.images[:600], 0, []).take(1)[0], taken[0])


def test_without_views_every_epoch_has_the_images_themselves(dataset: Dataset) -> None:
    images = dataset.training.images[:20]
    taken, logits = Views(TINY, images, 0, []).take(2)
    assert taken is images
    assert logits is None


def test_a_student_learns_from_teachers_alone_where_labels_have_no_share(dataset: Dataset) -> None:
    """Its labels are drawn at random; yet it answers as its teacher, which answers one class of its own."""
    split = dataset.training.take(np.arange(400))
    split = replace(split, labels=np.random.default_rng(0).permutation(split.labels))
    teacher = build_teacher(1)
    *_, bias = teacher.model.weights
    bias.assign(10 * np.eye(10)[3])
    recipe = TAUGHT.override(epochs=6, learning_rate=0.01)
    model = fit(recipe, split, teachers=[teacher]).model
    answers = np.asarray(model(split.images.reshape(-1, *model.input_shape[1:]) / 255.0))
    assert (answers.argmax(axis=1) == 3).mean() > 0.99


def test_a_recipe_and_its_teachers_belong_together(dataset: Dataset) -> None:
    split = dataset.training.take(np.arange(100))
    with pytest.raises(UsageError, match="the recipe taught learns from teachers, and none are given"):
        fit(TAUGHT, split)
    other = Teacher(build_model(TINY, (28, 28), 7, 0), Scaling(), "")
    with pytest.raises(UsageError, match="a teacher answers 7 classes, expected 10"):
        fit(TAUGHT, split, teachers=[other])


def test_convolutions_compute_in_bfloat16_and_weights_stay_float32(dataset: Dataset) -> None:
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(4, 3, strides=4, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    images = dataset.training.images[:8, :, :, None] / np.float32(255)
    exact = np.asarray(model(images))
    with computing_in(model, "bfloat16"):
        rounded = np.asarray(model(images))
        assert model.layers[0].compute_dtype == "bfloat16"
        assert model.layers[-1].compute_dtype == "float32"
    assert rounded.dtype == np.float32
    assert 1e-6 < np.abs(rounded - exact).max() < 0.02
    assert np.array_equal(np.asarray(model(images)), exact)
    assert {weight.dtype for weight in model.weights} == {"float32"}


def test_a_dense_network_computes_in_float32_in_any_case() -> None:
    model = build_model(TINY, (28, 28), 10, 0)
    with computing_in(model, "bfloat16"):
        assert {layer.compute_dtype for layer in model.layers} == {"float32"}


def test_views_fade_to_their_images(dataset: Dataset) -> None:
    images = dataset.training.images[:40]
    settings = Augmentation(rotation=20, shift=2, elastic=1, smoothness=4)

    def draw(augmentation: Augmentation) -> list[float]:
        recipe = replace(TINY.override(epochs=10), augmentation=augmentation)
        views = Views(recipe, images, 0, [])
        return [float(np.abs(views.take(epoch)[0].astype(int) - images).mean()) for epoch in range(1, 11)]

    plain, fading = draw(settings), draw(replace(settings, fading=0.5))
    assert fading[:5] == plain[:5]
    assert all(one > other for one, other in itertools.pairwise(fading[4:]))
    assert fading[-1] == 0


# ---------------------------------------------------------------------------------------- where teachers come from


@pytest.fixture
def few(dataset: Dataset) -> Any:
    pair = dataset.training.images[:300], dataset.training.labels[:300]
    return pair, (dataset.test.images[:100], dataset.test.labels[:100])


@pytest.fixture
def taught(tmp_path: Path) -> Recipe:
    teaching = tmp_path / "teaching.toml"
    teaching.write_text(TINY.change({("name",): "my teacher"}).to_toml())
    return replace(TAUGHT, distillation=Distillation(str(teaching), count=2), validation_fraction=0.1)


def read_training(path: Path) -> dict[str, Any]:
    listed: dict[str, Any] = json.loads((path.parent / "manifest.json").read_text())["models"][path.name]
    return listed["training"]  # type: ignore[no-any-return]


def test_teachers_are_trained_first_kept_and_found_again(tmp_path: Path, few: Any, taught: Recipe) -> None:
    path = tmp_path / "model.keras"
    first = train(taught, data=few, output=path)
    kept = sorted((tmp_path / "teachers").glob("*.keras"))
    assert [one.name[:13] for one in kept] == ["my_teacher_0_", "my_teacher_1_"]
    assert [note.partition(":")[0] for note in first.notes] == [
        "teacher 1 of 2 is trained first", "teacher 2 of 2 is trained first",
    ]  # fmt: skip
    for seed, one in enumerate(kept):
        training = read_training(one)
        assert (training["seed"], training["validation_fraction"]) == (seed, 0.1), "the same images are kept out"
    weights, listed = keras.models.load_model(path).get_weights(), read_training(path)
    again = train(taught, data=few, output=path)
    assert [note.rpartition(", ")[2] for note in again.notes] == ["trained before"] * 2
    for one, other in zip(weights, keras.models.load_model(path).get_weights(), strict=True):
        assert np.array_equal(one, other)
    assert len(listed["teachers"]) == 2
    assert listed["distillation"]["recipe"] == "my teacher", "no path, which may be another one elsewhere"
    assert first.to_record()["training"]["teachers"] == listed["teachers"]


def test_what_teachers_answer_is_kept_for_other_seeds(tmp_path: Path, few: Any, taught: Recipe) -> None:
    recipe = taught.change({("augmentation", "shift"): 2, ("augmentation", "views"): 2})
    train(recipe, data=few, output=tmp_path / "model.keras")
    (folder,) = (tmp_path / "teachers").glob("answers_*")
    answers = sorted(folder.glob("*.npy"))
    assert [one.name for one in answers] == ["0000.npy", "0001.npy"]
    # Other answers than theirs, so that it is seen that a second seed learns of these.
    written = [one.read_bytes() for one in answers]
    for one in answers:
        np.save(one, 20 * np.eye(10, dtype=np.float16)[np.full(np.load(one).shape[0], 3)])
    train(recipe.change({("schedule", "epochs"): 9, ("optimizer", "learning_rate"): 0.03}), seed=1, data=few,
          output=tmp_path / "second.keras")  # fmt: skip
    found = keras.models.load_model(tmp_path / "second.keras").predict(few[1][0].reshape(100, -1) / 255, verbose=0)
    assert np.mean(found.argmax(axis=1) == 3) > 0.9
    answers[1].write_bytes(written[1][:100])
    with pytest.raises(ModelError, match=r"0001\.npy: not what teachers answered") as caught:
        train(recipe, seed=2, data=few, output=tmp_path / "third.keras")
    assert caught.value.hint == f"remove it: rm {answers[1]}"
    answers[1].unlink()
    train(recipe, seed=2, data=few, output=tmp_path / "third.keras")
    assert answers[1].read_bytes() == written[1]


def test_other_images_or_settings_have_teachers_of_their_own(tmp_path: Path, few: Any, taught: Recipe) -> None:
    train(taught, data=few, output=tmp_path / "model.keras")
    (images, labels), test = few
    train(taught, data=((images[::-1], labels[::-1]), test), output=tmp_path / "model.keras")
    train(replace(taught, validation_fraction=0.2), data=few, output=tmp_path / "model.keras")
    assert len(list((tmp_path / "teachers").glob("*.keras"))) == 6


def test_models_of_the_users_own_teach(tmp_path: Path, few: Any, taught: Recipe) -> None:
    teacher = train(TINY, data=few, output=tmp_path / "large.keras").path
    train(taught, data=few, output=tmp_path / "model.keras", teachers=[teacher])
    assert len(read_training(tmp_path / "model.keras")["teachers"]) == 1
    assert not list((tmp_path / "teachers").glob("*.keras"))
    alone = keras.models.load_model(teacher).get_weights()
    train(TINY, data=few, output=tmp_path / "model.keras", teachers=[teacher])
    assert len(read_training(tmp_path / "model.keras")["teachers"]) == 1, "a recipe needs to name none then"
    assert not np.array_equal(keras.models.load_model(tmp_path / "model.keras").get_weights()[0], alone[0])


def test_teachers_see_no_image_that_their_student_is_validated_on(tmp_path: Path, few: Any, taught: Recipe) -> None:
    teaching = Path(taught.distillation.recipe)
    eager = replace(TINY, name="eager", validation_fraction=0.01, early_stopping=1)
    teaching.write_text(eager.to_toml())
    train(replace(taught, validation_fraction=0.3), data=few, output=tmp_path / "model.keras")
    kept = read_training(next((tmp_path / "teachers").glob("eager_0_*.keras")))
    assert kept["validation_fraction"] == 0.3
    train(replace(taught, validation_fraction=None), data=few, output=tmp_path / "model.keras")
    alone = {read_training(one)["validation_fraction"] for one in (tmp_path / "teachers").glob("eager_*.keras")}
    assert alone == {0.3, 0.01}, "where all are fitted, teachers are trained as their recipe says"


def test_a_teacher_of_other_classes_is_refused(tmp_path: Path, few: Any) -> None:
    letters = "".join(chr(97 + digit) for digit in range(10))
    teacher = train(TINY, data=few, class_names=letters, output=tmp_path / "letters.keras").path
    with pytest.raises(UsageError, match="answers the classes a, b, c"):
        train(TINY, data=few, output=tmp_path / "model.keras", teachers=[teacher])


def test_a_teacher_from_elsewhere_is_trusted_first(tmp_path: Path, few: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    teacher = train(TINY, data=few, output=tmp_path / "large.keras").path
    monkeypatch.setenv("EDGEMNIST_STATE", str(tmp_path / "another user"))
    with pytest.raises(UsageError, match="the file is from elsewhere") as caught:
        train(TINY, data=few, output=tmp_path / "model.keras", teachers=[teacher])
    assert caught.value.hint.endswith(f"edgemnist trust {teacher}")


def test_the_file_of_a_teachers_recipe_is_found_beside_the_file_that_names_it(tmp_path: Path) -> None:
    folder = tmp_path / "recipes"
    folder.mkdir()
    student = folder / "student.toml"
    student.write_text(replace(TAUGHT, distillation=Distillation("teaching.toml")).to_toml())
    assert find_recipe(student).distillation.recipe == str(folder / "teaching.toml")


def test_a_model_that_does_not_say_what_it_takes_is_no_teacher(tmp_path: Path, few: Any, taught: Recipe) -> None:
    build_model(TINY, (28, 28), 10, 0).save(tmp_path / "plain.keras")
    trust([hash_bytes((tmp_path / "plain.keras").read_bytes())])
    with pytest.raises(ModelError, match="no contract inside") as caught:
        train(taught, data=few, output=tmp_path / "model.keras", teachers=[tmp_path / "plain.keras"])
    assert "write_contract" in caught.value.hint
    assert not (tmp_path / "model.keras").exists()


def test_teachers_with_teachers_are_refused(tmp_path: Path, few: Any, taught: Recipe) -> None:
    itself = tmp_path / "itself.toml"
    itself.write_text(replace(taught, distillation=Distillation(str(itself))).to_toml())
    with pytest.raises(UsageError, match="learns from teachers itself"):
        train(itself, data=few, output=tmp_path / "model.keras")
