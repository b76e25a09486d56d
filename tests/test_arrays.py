"""Data as arrays: the same data set as from a file, and nothing wrong gets in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgemnist import train
from edgemnist.datasets import Dataset, load_dataset
from edgemnist.errors import DataError
from edgemnist.manifest import Manifest

IMAGES = np.random.default_rng(0).integers(0, 256, (70, 28, 28), np.uint8)
LABELS = np.arange(70) % 3
SQUARE = np.zeros((70, 32, 32), np.uint8)


@pytest.fixture
def arrays(small_npz: Path) -> dict[str, np.ndarray]:
    with np.load(small_npz) as file:
        return {name: file[name] for name in file.files}


@pytest.mark.slow
def test_train_makes_the_same_model_of_arrays_a_data_set_and_a_path(
    small_npz: Path, arrays: dict[str, np.ndarray], tmp_path: Path
) -> None:
    pairs = (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])
    made = []
    for number, data in enumerate((small_npz, pairs, load_dataset(small_npz))):
        output = tmp_path / str(number) / "model.keras"
        train("small", epochs=1, data=data, class_names=["none", "one", "two"], output=output)
        entry = Manifest.load(output.parent).models["model.keras"]
        made.append((output.read_bytes(), entry["data"]["training_sha256"], entry["data"]["test_sha256"]))
    assert made[0] == made[1] == made[2]


@pytest.mark.slow
def test_train_keeps_a_seventh_of_one_pair_for_the_test(arrays: dict[str, np.ndarray], tmp_path: Path) -> None:
    images, labels = arrays["x_train"], arrays["y_train"]
    found = train("small", epochs=1, data=(images, labels), output=tmp_path / "model.keras")
    assert found.score.images == sum(int((labels == label).sum()) // 7 for label in range(3))
    assert Manifest.load(tmp_path).models["model.keras"]["data"]["labels"] == ["0", "1", "2"]


def test_the_test_part_is_fixed_disjoint_and_a_seventh_of_each_class() -> None:
    images = IMAGES.copy()
    images[:, 0, 0] = np.arange(70)
    found, again = Dataset.from_arrays((images, LABELS)), Dataset.from_arrays((images.copy(), LABELS.copy()))
    assert found.test.sha256 == again.test.sha256
    tested, trained = (split.images[:, 0, 0].tolist() for split in (found.test, found.training))
    assert sorted(tested + trained) == list(range(70))
    assert np.bincount(LABELS).tolist() == [24, 23, 23]
    assert np.bincount(found.test.labels).tolist() == [3, 3, 3]
    for split in (found.test, found.training):
        assert np.array_equal(split.labels, LABELS[split.images[:, 0, 0]])
    # Whatever was scored on it was scored on these images: another version must not train on them.
    assert tested == [2, 4, 6, 18, 23, 25, 38, 58, 66]


@pytest.mark.parametrize("shape", [(70, 28, 28), (70, 28, 28, 1), (70, 784)])
@pytest.mark.parametrize("dtype", [np.int64, np.uint8, ">i4"])
def test_arrays_come_in_several_forms(shape: tuple[int, ...], dtype) -> None:
    expected = Dataset.from_arrays((IMAGES, LABELS), (IMAGES, LABELS))
    found = Dataset.from_arrays((IMAGES.reshape(shape), LABELS.astype(dtype).reshape(-1, 1)), (IMAGES, LABELS.tolist()))
    assert found.training.sha256 == expected.training.sha256 == expected.test.sha256 == found.test.sha256
    assert found.training.labels.dtype == found.test.labels.dtype == np.int64
    assert np.shares_memory(found.training.images, IMAGES), "they aren't copied"


def test_names_are_given_or_numbers() -> None:
    assert load_dataset((IMAGES, LABELS)).labels == ("0", "1", "2")
    assert load_dataset((IMAGES, LABELS), ["a", "b", "c"]).labels == ("a", "b", "c")
    data = Dataset.from_arrays((IMAGES, LABELS), class_names=["a", "b", "c"], name="letters")
    assert (data.name, data.labels) == ("letters", ("a", "b", "c"))
    assert load_dataset(data) is data
    assert load_dataset(data, ["x", "y", "z"]).labels == ("x", "y", "z")
    with pytest.raises(DataError, match="letters: 2 class names"):
        _ = load_dataset(data, ["x", "y"]).labels


BROKEN = {
    "one array": (IMAGES, "data is a ndarray, expected a path, a Dataset or two arrays"),
    "three arrays": ((IMAGES, LABELS, LABELS), "data is a tuple of 3, expected a path"),
    "standardized": ((IMAGES / 80 - 1, LABELS), r"arrays: x_train is float64 from -1 to 2.1875, expected uint8 pixels"),
    "not a number": ((np.full((70, 28, 28), np.nan), LABELS), "arrays: x_train holds NaN or infinity"),
    "test images of floats": (((IMAGES, LABELS), (IMAGES / 255, LABELS)), "test images are float64, expected uint8"),
    "another size": (((SQUARE, LABELS), (IMAGES, LABELS)), "train images are 70 x 32 x 32, expected n x 28 x 28"),
    "one image": (((IMAGES[0], LABELS[:28]), (IMAGES, LABELS)), "train images are 28 x 28, expected n x 28 x 28"),
    "no array": (((np.uint8(3), LABELS), (IMAGES, LABELS)), "train images are 1, expected n x 28 x 28"),
    "fewer labels": (((IMAGES, LABELS[:9]), (IMAGES, LABELS)), "70 train images but 9 labels"),
    "fewer labels of one pair": ((IMAGES, LABELS[:9]), "70 train images but 9 labels, expected as many"),
    "fractions": ((IMAGES, LABELS / 2), r"y_train is float64 \(70,\), expected whole numbers"),
    "truth": ((IMAGES, LABELS == 1), r"y_train is bool \(70,\), expected whole numbers"),
    "two classes an image": (
        (IMAGES, np.eye(3, dtype=int)[LABELS] | [1, 0, 0]),
        r"y_train is int64 \(70, 3\), and not one-hot: \[1, 1, 0\]",
    ),
    "a negative label": ((IMAGES, LABELS - 1), "train label -1 out of range"),
    "one class": ((IMAGES, LABELS * 0), "every training image has label 0"),
    "a label never trained": (((IMAGES, LABELS), (IMAGES, LABELS + 1)), "test label 3 out of range"),
    "too many classes": ((IMAGES, LABELS * 1000), "train label 2000 out of range"),
    "too few to test": ((IMAGES[:9], LABELS[:9]), "too few images to keep some for testing, expected a class with 7"),
    "nothing": ((IMAGES[:0], LABELS[:0]), "the train split has no images"),
    "no test images": (((IMAGES, LABELS), (IMAGES[:0], LABELS[:0])), "the test split has no images"),
    "ragged rows": (([[1, 2], [3]], [0, 1]), "the train split is no pair of arrays"),
    "a pair of lists": (([IMAGES, LABELS], [IMAGES, LABELS]), "the train split is no pair of arrays"),
    "three in a pair": (((IMAGES, LABELS, LABELS), (IMAGES, LABELS)), "the train split is no pair of arrays"),
    "dates": ((IMAGES, np.zeros(70, "M8[D]")), r"y_train is datetime64\[D\] \(70,\), expected whole numbers"),
}  # fmt: skip


@pytest.mark.parametrize(("arrays", "message"), BROKEN.values(), ids=BROKEN)
def test_wrong_arrays_get_one_clear_message(arrays, message: str) -> None:
    def load_everything() -> None:
        data = load_dataset(arrays)
        _ = data.labels, data.training, data.test

    with pytest.raises(DataError, match=message):
        load_everything()
