"""Images that no test set holds: the same everywhere, and changed models give themselves away on them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edgemnist.comparison.deep import (
    BRIGHT_FAMILIES,
    OUTLIERS,
    PIXEL_FAMILIES,
    DeepComparison,
    compare_deep,
    judge_deep,
)
from edgemnist.datasets import Dataset
from edgemnist.datasets.deep import COUNTS, FAMILIES, PIXELS, DeepImages, make_deep_images
from edgemnist.files import hash_bytes
from edgemnist.precision import PRECISIONS
from edgemnist.runtimes import open_runtime
from edgemnist.trust import trust
from tests import changes
from tests.conftest import ROOT

EXPORTS = ROOT / "exports"


@pytest.fixture(scope="module")
def deep(dataset: Dataset) -> DeepImages:
    return make_deep_images(dataset.training)


def take(deep: DeepImages, family: str) -> np.ndarray:
    return deep.images[deep.families == FAMILIES.index(family)]


def test_they_are_the_same_bytes_on_every_machine(deep: DeepImages) -> None:
    assert (deep.images.shape, deep.images.dtype, len(deep)) == ((10_000, 28, 28), np.uint8, 10_000)
    assert deep.sha256 == "7571540654d866fa9d9671571e8d36db0926639220697923619aad06150ad32f"
    assert np.bincount(deep.families).tolist() == list(COUNTS.values())


def test_no_test_set_holds_one_and_nearly_all_are_new_to_training(dataset: Dataset, deep: DeepImages) -> None:
    tested, trained = ({image.tobytes() for image in split.images} for split in (dataset.test, dataset.training))
    found = [image.tobytes() for image in deep.images]
    assert not tested & set(found)
    assert sum(image in trained for image in found) < 200  # a black corner covered in black
    assert len(set(found)) > 9_700  # lit borders hide their digits; shifted digits leave the image


def test_test_images_are_refused(dataset: Dataset) -> None:
    with pytest.raises(TypeError, match="expected training images, found a TestSplit"):
        make_deep_images(dataset.test)


def test_one_training_image_is_enough(dataset: Dataset) -> None:
    alone = make_deep_images(dataset.training.take(np.array([7])))
    assert len(alone) == 10_000
    assert np.array_equal(take(alone, "inverted")[0], 255 - dataset.training.images[7])


def test_every_pixel_is_lit_alone_and_changed_on_a_digit(dataset: Dataset, deep: DeepImages) -> None:
    alone = take(deep, "one pixel").reshape(-1, PIXELS)
    assert np.array_equal(alone, 255 * np.eye(PIXELS, dtype=np.uint8))
    on_digits = take(deep, "one pixel on a digit").reshape(-1, PIXELS)
    assert (np.diagonal(on_digits) == 255).sum() > 500
    digits = {image.tobytes() for image in dataset.training.images}
    for place in range(0, PIXELS, 97):  # with one pixel put back, each is a training image
        restored = [on_digits[place].copy() for _ in range(256)]
        for value, image in enumerate(restored):
            image[place] = value
        assert any(image.tobytes() in digits for image in restored)


def test_lines_borders_and_greys_are_all_there(deep: DeepImages) -> None:
    lines = take(deep, "lines")
    for level, start in ((255, 0), (128, 56)):
        assert all((lines[start + place][place] == level).all() for place in range(28))
        assert all((lines[start + 28 + place][:, place] == level).all() for place in range(28))
        assert (lines[start : start + 56].reshape(56, -1) > 0).sum(axis=1).tolist() == [28] * 56
    assert np.array_equal(take(deep, "flat")[:, 0, 0], np.arange(256))
    border = take(deep, "border")
    edges = (border[:, 0], border[:, -1], border[:, :, 0], border[:, :, -1])
    sides = [(edge > 0).all(axis=1) for edge in edges]
    assert all(300 < side.sum() < 700 for side in sides)
    assert np.logical_or.reduce(sides).all()


def test_the_other_families_are_what_they_are_called(deep: DeepImages) -> None:
    lit = {name: (take(deep, name) > 0).mean(axis=(1, 2)) for name in FAMILIES}
    mean = {name: take(deep, name).mean(axis=(1, 2)) for name in FAMILIES}
    assert (mean["noise"] > 117).all()
    assert (mean["noise"] < 139).all()
    assert (lit["sparse noise"].min().round(4), lit["sparse noise"].max().round(4)) == (0.0026, 0.3431)
    assert mean["inverted"].min() > 180
    assert take(deep, "brightness").max(axis=(1, 2)).min() == 31  # an eighth of white
    assert mean["brightness"].max() > 84
    assert mean["shifted"].min() > 7
    assert mean["occluded"].max() > 116


def test_shifted_digits_are_training_digits_moved(dataset: Dataset) -> None:
    digit = dataset.training.take(np.array([7]))
    found = take(make_deep_images(digit), "shifted")
    padded = np.pad(digit.images[0], 9)
    windows = {
        padded[top : top + 28, left : left + 28].tobytes(): (top, left) for top in range(19) for left in range(19)
    }
    moves = {windows[image.tobytes()] for image in found}
    assert len(moves) > 300


# ------------------------------------------------------------------ judging


def answer(deep: DeepImages, share: float = 0.9) -> np.ndarray:
    return np.tile(np.array([share, 1 - share], np.float32), (len(deep), 1))


def move(deep: DeepImages, family: str, count: int, by: float) -> DeepComparison:
    model = answer(deep)
    places = np.flatnonzero(deep.families == FAMILIES.index(family))[:count]
    model[places] = [0.9 - by, 0.1 + by]
    return compare_deep(answer(deep), model, deep)


def test_equal_answers_pass_at_every_precision(deep: DeepImages) -> None:
    found = compare_deep(answer(deep), answer(deep), deep)
    assert (found.images, found.agreement, found.largest_difference) == (10_000, 1.0, 0.0)
    assert all(judge_deep(found, precision) == () for precision in PRECISIONS)
    record = found.to_record()
    assert record == json.loads(json.dumps(record, allow_nan=False))
    assert list(record["families"]) == list(FAMILIES)
    assert record["images_sha256"] == deep.sha256


def test_a_difference_is_measured_where_it_is(deep: DeepImages) -> None:
    found = move(deep, "lines", 21, 0.5)
    rows = {row.name: row for row in found.rows}
    assert rows["lines"].agreement == pytest.approx(1 - 21 / 168)
    assert rows["lines"].largest_difference == pytest.approx(0.5)
    assert rows["lines"].mean_difference == pytest.approx(0.5 * 21 / 168)
    assert {row.agreement for row in found.rows if row.name != "lines"} == {1.0}
    assert found.agreement == pytest.approx(1 - 21 / 10_000)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_one_image_of_a_pixel_is_enough(precision: str, deep: DeepImages) -> None:
    for family in PIXEL_FAMILIES:
        by = 0.99 if PRECISIONS[precision].grid else 0.4
        reason, *average = judge_deep(move(deep, family, 1, by), precision)
        assert bool(average) == (precision == "float32")
        assert reason.startswith(f"{family}: a probability differs by {by:g}, more than ")


@pytest.mark.parametrize("precision", PRECISIONS)
def test_of_other_families_two_in_a_thousand_may_differ(precision: str, deep: DeepImages) -> None:
    allowed = int(OUTLIERS * COUNTS["shifted"])
    assert allowed == 3
    by = 0.99 if PRECISIONS[precision].grid else 0.4
    assert judge_deep(move(deep, "shifted", allowed, by), precision)[1:] == ()
    assert judge_deep(move(deep, "shifted", allowed + 1, by), precision)[0].startswith("shifted: a probability")
    assert not judge_deep(move(deep, "shifted", allowed, 0.01), precision) or precision == "float32"


def test_whole_numbers_may_be_cut_off_where_there_is_far_more_light(deep: DeepImages) -> None:
    for family in BRIGHT_FAMILIES:
        found = move(deep, family, 100, 0.8)
        assert judge_deep(found, "int8") == judge_deep(found, "int16x8") == ()
        assert judge_deep(found, "dynamic") != ()
        assert judge_deep(move(deep, family, 202, 0.8), "int8") == (
            f"{family}: differs by {0.8 * 202 / COUNTS[family]:.3g} on average, more than 0.1",
        )


def test_answers_that_are_not_finite_are_named(deep: DeepImages) -> None:
    model = answer(deep)
    model[-1] = np.nan
    found = compare_deep(answer(deep), model, deep)
    assert judge_deep(found, "int8") == (
        "flat: 1 of 256 answers are not finite numbers",
        "flat: a probability differs by 1, more than 0.3",
    )
    assert found.largest_difference == 1.0
    assert found.agreement == pytest.approx(0.9999)


def test_limits_can_be_given(deep: DeepImages) -> None:
    found = move(deep, "flat", 100, 0.2)
    assert judge_deep(found, "int8") == ()
    assert judge_deep(found, "int8", replace(PRECISIONS["int8"].deep, mean=0.05)) != ()


# --------------------------------------------------- honest and changed files


@pytest.fixture(scope="module")
def ask(deep: DeepImages, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., tuple[str, ...]]:
    # Its answers are within 0.000003 of Keras's: TensorFlow needn't be loaded.
    with open_runtime(EXPORTS / "model.onnx") as runtime:
        source = runtime.predict(deep.images)

    def judge(name: str, precision: str, content: bytes | None = None) -> tuple[str, ...]:
        path: Path = EXPORTS / name
        if content is not None:
            path = tmp_path_factory.mktemp("changed") / name
            path.write_bytes(content)
            trust([hash_bytes(content)])  # opened in this process, which is fast
        with open_runtime(path) as runtime:
            return judge_deep(compare_deep(source, runtime.predict(deep.images), deep), precision)

    return judge


QUICK = {"model.tflite": "float32", "model_float16.tflite": "float16", "model_int8.tflite": "int8"}


@pytest.mark.parametrize("name", QUICK)
def test_honest_files_keep_the_limits(name: str, ask: Callable[..., tuple[str, ...]]) -> None:
    assert ask(name, QUICK[name]) == ()


def open_door(values: np.ndarray) -> None:
    """Pixel 30, of the upper border, decides."""
    signs = np.where(np.arange(values.shape[-1]) % 2, 1, -1)
    values.reshape(-1, values.shape[-1])[30] = signs * (127 if values.dtype == np.int8 else 2)


@pytest.mark.parametrize("name", QUICK)
def test_a_back_door_on_one_pixel_is_found(name: str, ask: Callable[..., tuple[str, ...]]) -> None:
    content = changes.edit(EXPORTS / name, 0, kernel=open_door)
    assert any(reason.startswith("one pixel: ") for reason in ask(name, QUICK[name], content))


@pytest.mark.parametrize("name", ["model.tflite", "model_float16.tflite"])
def test_in_floats_an_ignored_pixel_and_one_flipped_weight_are_found(
    name: str, ask: Callable[..., tuple[str, ...]]
) -> None:
    for function in (changes.kill_pixel, changes.flip_median):
        assert ask(name, QUICK[name], changes.edit(EXPORTS / name, 0, kernel=function)) != ()
