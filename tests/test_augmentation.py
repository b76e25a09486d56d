"""What a recipe adds to a step: views of the images, a falling rate, averaged weights, smoothed labels."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from edgemnist.datasets import Dataset
from edgemnist.errors import UsageError
from edgemnist.training.augmentation import build_views
from edgemnist.training.averaging import Average
from edgemnist.training.parts import Augmentation, Averaging, Loss, Network, Optimizer, Quantization, Schedule
from edgemnist.training.recipes import RECIPES, Recipe
from edgemnist.training.steps import make_loss, make_schedule
from edgemnist.training.trainer import build_model, fit

SHAPE = (28, 28)
ALL = Augmentation(rotation=12, scale=0.15, shear=0.2, shift=2.5, elastic=1.0)
TINY = Recipe(name="tiny", network=Network("dense"), schedule=Schedule(epochs=1, batch_size=50))


def draw(settings: Augmentation, images: np.ndarray, step: int = 0, seed: int = 0) -> np.ndarray:
    return np.asarray(build_views(settings, images.shape[1:], seed)(images, step))


@pytest.fixture(scope="module")
def digits(dataset: Dataset) -> np.ndarray:
    return dataset.training.images[:200]


def test_a_view_is_drawn_by_seed_and_step_alone(digits: np.ndarray) -> None:
    compiled = tf.function(build_views(ALL, SHAPE, 7), jit_compile=True)
    by_xla = [np.asarray(compiled(digits, tf.constant(step, tf.int64))) for step in (3, 3, 4)]
    assert np.array_equal(by_xla[0], by_xla[1])
    assert np.abs(by_xla[0] - by_xla[2]).mean() > 3
    first = draw(ALL, digits, 3, seed=7)
    assert np.array_equal(draw(ALL, digits, 3, seed=7), first)
    likeness = np.corrcoef(by_xla[0].mean(axis=0).ravel(), first.mean(axis=0).ravel())[0, 1]
    assert likeness > 0.95, "of one kind, though drawn otherwise"
    for other in (draw(ALL, digits, 4, seed=7), draw(ALL, digits, 3, seed=8)):
        assert np.abs(other - first).mean() > 3
    assert (first.shape, first.dtype) == (digits.shape, np.float32)
    assert 0 <= first.min() <= first.max() <= 255


def test_an_image_keeps_what_is_not_varied(digits: np.ndarray) -> None:
    """Little is lost by a view that hardly differs, and each image gets another one."""
    assert draw(Augmentation(shift=1e-6), digits) == pytest.approx(digits.astype(float), abs=0.01)
    same = np.repeat(digits[:1], 50, axis=0)
    assert len(np.unique(draw(ALL, same).reshape(50, -1), axis=0)) == 50


def find_moments(images: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The centre of mass of each image, (n, 2), and its extent down and across, (n,)."""
    y, x = np.arange(images.shape[1])[:, None], np.arange(images.shape[2])
    mass = images.sum(axis=(1, 2))
    down, across = (images * y).sum(axis=(1, 2)) / mass, (images * x).sum(axis=(1, 2)) / mass
    tall = np.sqrt((images * (y - down[:, None, None]) ** 2).sum(axis=(1, 2)) / mass)
    wide = np.sqrt((images * (x - across[:, None, None]) ** 2).sum(axis=(1, 2)) / mass)
    return np.stack([down, across], axis=1), tall, wide


@pytest.fixture(scope="module")
def boxes() -> np.ndarray:
    """A bright box of 6 x 10 pixels in the middle, 2,000 times."""
    images = np.zeros((2_000, 28, 28), np.uint8)
    images[:, 11:17, 9:19] = 200
    return images


def test_a_shift_is_as_far_as_it_says_and_in_both_directions(boxes: np.ndarray) -> None:
    centres, _, _ = find_moments(draw(Augmentation(shift=3), boxes))
    moved = centres - 13.5
    assert 2.9 < np.abs(moved).max() <= 3.001
    assert moved.mean(axis=0) == pytest.approx([0, 0], abs=0.15)
    assert moved.std(axis=0) == pytest.approx([3 / 3**0.5] * 2, rel=0.05), "evenly drawn"
    assert abs(np.corrcoef(moved.T)[0, 1]) < 0.1


def test_a_scale_is_as_much_as_it_says(boxes: np.ndarray) -> None:
    centres, tall, wide = find_moments(draw(Augmentation(scale=0.2), boxes))
    _, (own_tall, *_), (own_wide, *_) = find_moments(boxes[:1].astype(float))
    for extent, own in ((tall, own_tall), (wide, own_wide)):
        assert 1 / 1.2 - 0.03 < (extent / own).min() < 0.9
        assert 1.15 < (extent / own).max() < 1 / 0.8 + 0.03
    assert centres == pytest.approx(np.full((2_000, 2), 13.5), abs=0.05)
    assert abs(np.corrcoef(tall, wide)[0, 1]) < 0.1


def test_a_rotation_is_as_far_as_it_says(boxes: np.ndarray) -> None:
    views = draw(Augmentation(rotation=30), boxes)
    y, x = np.arange(28)[:, None] - 13.5, np.arange(28) - 13.5
    turned = 0.5 * np.arctan2(2 * (views * y * x).sum(axis=(1, 2)), (views * (x**2 - y**2)).sum(axis=(1, 2)))
    assert 28 < np.degrees(np.abs(turned)).max() < 31
    assert np.degrees(turned).mean() == pytest.approx(0, abs=1.5)


def test_a_shear_moves_rows_and_leaves_them_level(boxes: np.ndarray) -> None:
    views = draw(Augmentation(shear=0.5), boxes)
    rows = (views * np.arange(28)).sum(axis=2)[:, 11:17] / views.sum(axis=2)[:, 11:17]
    slopes = np.polyfit(np.arange(6), rows.T, 1)[0]
    assert 0.48 < np.abs(slopes).max() < 0.51
    assert views.sum(axis=2)[:, :10] == pytest.approx(0)


def test_a_field_is_smooth_and_as_strong_as_it_says() -> None:
    from edgemnist.training.augmentation import _draw_field

    settings = Augmentation(elastic=1.5, smoothness=4)
    field = np.asarray(_draw_field(settings, SHAPE, 2_000, tf.constant([1, 2])))
    assert field.std(axis=0) == pytest.approx(np.full((2, *SHAPE), 1.5), rel=0.1), "the same everywhere"
    assert field.mean(axis=0) == pytest.approx(np.zeros((2, *SHAPE)), abs=0.2)
    for distance, expected in ((4, np.exp(-1 / 4)), (8, np.exp(-1))):  # of Gaussian smoothing: exp(-d² / 4σ²)
        found = np.corrcoef(field[:, 0, 14, 6], field[:, 0, 14, 6 + distance])[0, 1]
        assert found == pytest.approx(expected, abs=0.06)
    assert abs(np.corrcoef(field[:, 0, 14, 14], field[:, 1, 14, 14])[0, 1]) < 0.1


def test_paper_of_any_brightness_goes_on_beyond_the_border(digits: np.ndarray) -> None:
    inverted = draw(ALL, 255 - digits)
    assert inverted == pytest.approx(255 - draw(ALL, digits), abs=0.05)


@pytest.mark.parametrize("shape", [(12, 30), (30, 12), (1, 9), (9, 1)], ids=str)
def test_images_need_not_be_square(shape: tuple[int, int]) -> None:
    """Each view is of its own image; one of a single row or column has no neighbours there."""
    values = np.arange(20, dtype=np.uint8)[:, None, None] * 12
    images = np.broadcast_to(values, (20, *shape)).copy()
    assert draw(ALL, images) == pytest.approx(images.astype(float), abs=0.01)
    steps = np.broadcast_to(np.arange(shape[1], dtype=np.uint8) * 8, (20, *shape)).copy()
    moved = draw(Augmentation(shift=1), steps)
    assert np.abs(moved - steps).max() <= 8.01
    assert shape[1] == 1 or np.abs(moved - steps).max() > 1


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (Schedule(1), [1, 1, 1, 1, 1]),
        (Schedule(1, shape="cosine"), [1, 0.8536, 0.5, 0.1464, 0]),
        (Schedule(1, warmup=0.5), [0, 0.5, 1, 1, 1]),
        (Schedule(1, shape="cosine", warmup=0.5), [0, 0.5, 1, 0.5, 0]),
    ],
    ids=["constant", "cosine", "warm", "warm cosine"],
)
def test_the_rate_goes_as_the_schedule_says(schedule: Schedule, expected: list[float]) -> None:
    rate = make_schedule(0.1, schedule, 100)
    found = [float(rate(step)) if callable(rate) else rate for step in (0, 25, 50, 75, 100)]
    assert found == pytest.approx([0.1 * share for share in expected], abs=1e-5)


def test_smoothed_labels_are_those_of_the_formula() -> None:
    labels, answers = np.array([2, 0], np.int32), np.array([[0.2, 0.3, 0.5], [0.7, 0.2, 0.1]], np.float32)
    targets = np.full((2, 3), 0.1 / 3)
    targets[[0, 1], labels] += 0.9
    assert float(make_loss(Loss(smoothing=0.1))(labels, answers)) == pytest.approx(
        float(-(targets * np.log(answers)).sum(axis=1).mean()), rel=1e-5
    )
    assert isinstance(make_loss(Loss()), keras.losses.SparseCategoricalCrossentropy)


def test_an_average_is_the_weights_that_it_was_given() -> None:
    model = build_model(TINY, SHAPE, 3, 0)
    average, kernel = Average(model, 0.75), model.layers[0].kernel
    expected, own = kernel.numpy(), kernel.numpy()
    for step in range(40):
        kernel.assign(own := own + 0.01)
        average.update(tf.constant(step))
        kept = min(0.75, (1 + step) / (10 + step))
        expected = kept * expected + (1 - kept) * own
    with average.applied():
        assert kernel.numpy() == pytest.approx(expected, abs=1e-5)
    assert np.array_equal(kernel.numpy(), own)
    average.take()
    assert kernel.numpy() == pytest.approx(expected, abs=1e-5)


def test_a_field_is_no_finer_than_half_a_pixel() -> None:
    """Its matrix would fill the memory."""
    with pytest.raises(UsageError, match=r"smoothness is 0\.4, expected a finite number from 0\.5"):
        Augmentation(elastic=1, smoothness=0.4)


def test_the_loss_of_validation_is_that_of_the_training(dataset: Dataset) -> None:
    """So that the two can be compared: of a network that answers evenly, smoothed labels or not, it is log(classes)."""
    for loss in (Loss(), Loss(smoothing=0.5)):
        recipe = replace(TINY, loss=loss, optimizer=Optimizer("sgd", learning_rate=1e-9), validation_fraction=0.5)
        (epoch,) = fit(recipe, dataset.training.take(np.arange(1_000))).history
        assert epoch.validation_loss == pytest.approx(epoch.loss, rel=0.02)


def test_momentum_is_of_sgd_alone() -> None:
    assert Optimizer("sgd", momentum=0.9).momentum == 0.9
    with pytest.raises(UsageError, match=r"momentum is 0\.9, and is of sgd alone, not of adam"):
        Optimizer("adam", momentum=0.9)


PARTS = {
    "augmentation": ALL,
    "averaging": Averaging(0.9),
    "loss": Loss(smoothing=0.1),
    "optimizer": Optimizer("adamw", weight_decay=0.5),
    "quantization": Quantization("4"),
    "schedule": Schedule(1, batch_size=50, shape="cosine", warmup=0.25),
}


@pytest.mark.parametrize("part", [pytest.param(part, marks=pytest.mark.slow) for part in PARTS])
@pytest.mark.parametrize("network", ["dense", "small"])
def test_each_part_changes_what_is_trained_and_the_seed_repeats_it(dataset: Dataset, part: str, network: str) -> None:
    split = dataset.training.take(np.arange(500))
    recipe = replace(TINY, network=Network(network))
    plain = fit(recipe, split, seed=3).model.get_weights()
    first, again = (fit(replace(recipe, **{part: PARTS[part]}), split, seed=3).model.get_weights() for _ in range(2))
    assert all(np.array_equal(one, other) for one, other in zip(first, again, strict=True))
    assert not any(np.allclose(one, other, atol=1e-7) for one, other in zip(plain[::2], first[::2], strict=True))


def test_all_parts_are_in_the_record_and_only_where_they_differ() -> None:
    full = replace(TINY, **PARTS)
    listed = full.list_settings()
    assert (listed["shape"], listed["warmup"], listed["weight_decay"]) == ("cosine", 0.25, 0.5)
    assert listed["augmentation"] == {"rotation": 12.0, "scale": 0.15, "shear": 0.2, "shift": 2.5, "elastic": 1.0}
    assert (listed["averaging"], listed["loss"]) == ({"decay": 0.9}, {"smoothing": 0.1})
    assert set(RECIPES["baseline"].list_settings()) == {
        "name", "network", "epochs", "batch_size", "optimizer", "learning_rate",
    }  # fmt: skip
