"""What a quantizer sees: as many images of each class, by a fixed seed, with a pixel of 255 among them."""

from __future__ import annotations

import numpy as np

from edgemnist.datasets.splits import TrainingSplit
from edgemnist.exporters.calibration import Calibration


def make_split(*counts: int) -> TrainingSplit:
    """Images that are all different, so that a hash tells them apart; the first pixel of each is 255."""
    labels = np.repeat(np.arange(len(counts)), counts)
    images = np.random.default_rng(1).integers(0, 200, (len(labels), 28, 28), np.uint8)
    images[:, 0, 0] = 255
    return TrainingSplit(images, labels)


def test_each_class_has_its_share_and_a_small_one_all_that_it_has() -> None:
    split = make_split(30, 4, 30)
    found = Calibration.sample(split, ("a", "b", "c"), count=21)
    assert found.per_class == {"a": 7, "b": 4, "c": 7}
    assert found.images.shape == (18, 28, 28)
    assert len({image.tobytes() for image in found.images}) == 18, "none twice"
    where = {image.tobytes(): label for image, label in zip(split.images, split.labels.tolist(), strict=True)}
    order = [where[image.tobytes()] for image in found.images]
    assert sorted(order) == [0] * 7 + [1] * 4 + [2] * 7
    assert order != sorted(order), "mixed: a quantizer may look at the first ones only"


def test_more_classes_than_images_asked_for_give_one_each() -> None:
    assert Calibration.sample(make_split(3, 3, 3), ("a", "b", "c"), count=2).per_class == {"a": 1, "b": 1, "c": 1}


def test_the_default_is_500_by_seed_0() -> None:
    """A third of 500, rounded down: 166 of each."""
    split = make_split(200, 200, 200)
    found, chosen = (Calibration.sample(split, tuple("abc"), **more) for more in ({}, {"count": 500, "seed": 0}))
    assert np.array_equal(found.images, chosen.images)
    assert found.to_record() == {
        "split": "training",
        "images": 498,
        "per_class": {"a": 166, "b": 166, "c": 166},
        "seed": 0,
        "data_sha256": split.sha256,
    }


def test_the_brightest_image_comes_in_where_none_reaches_255() -> None:
    split = make_split(50, 50)
    split.images[:, 0, 0] = 0
    split.images[77, 3, 3] = 255
    found = Calibration.sample(split, ("a", "b"), count=10)
    assert len(found.images) == 10
    assert sum((image == split.images[77]).all() for image in found.images) == 1
    assert sum(found.per_class.values()) == 10
