"""Readers and splits: every form of the same data gives the same data, and nothing wrong gets in."""

from __future__ import annotations

import gzip
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from edgemnist.datasets import MNIST_FOLDER, Dataset, load_dataset
from edgemnist.datasets.fitting import frame_picture
from edgemnist.datasets.labels import MOST_TEXT_BYTES, read_labels
from edgemnist.datasets.pictures import read_array, read_picture
from edgemnist.datasets.readers.idx import IdxReader
from edgemnist.datasets.regular import check_size
from edgemnist.datasets.rows import ArrayRows
from edgemnist.datasets.splits import TestSplit, TrainingSplit, require_training, split_validation
from edgemnist.errors import DataError
from edgemnist.exporters.calibration import Calibration

TRAIN, TEST = ("train", 30), ("t10k", 10)


def make_arrays(seed: int = 0) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(seed)
    return {
        "x_train": generator.integers(0, 256, (30, 28, 28), np.uint8),
        "y_train": np.arange(30) % 3,
        "x_test": generator.integers(0, 256, (10, 28, 28), np.uint8),
        "y_test": np.arange(10) % 3,
    }


def write_idx(folder: Path, arrays: dict[str, np.ndarray], pack: bool = False, prefix: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    for name, key in (("train", "train"), ("t10k", "test")):
        for part, array in (("images-idx3", arrays[f"x_{key}"]), ("labels-idx1", arrays[f"y_{key}"])):
            header = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
            content = header + array.astype(np.uint8).tobytes()
            path = folder / f"{prefix}{name}-{part}-ubyte{'.gz' if pack else ''}"
            path.write_bytes(gzip.compress(content) if pack else content)
    return folder


def write_png(folder: Path, arrays: dict[str, np.ndarray]) -> Path:
    for split in ("train", "test"):
        for index, (image, label) in enumerate(zip(arrays[f"x_{split}"], arrays[f"y_{split}"], strict=True)):
            path = folder / split / "abc"[label] / f"{index:03}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image).save(path)
    return folder


def write_npz(path: Path, **arrays: np.ndarray) -> Path:
    np.savez(path, **arrays)
    return path


def test_mnist_is_inside_and_whole(dataset: Dataset) -> None:
    assert (len(dataset.training), len(dataset.test)) == (60_000, 10_000)
    computed = TestSplit(dataset.test.images, dataset.test.labels).sha256
    assert dataset.test.sha256 == computed
    assert dataset.labels == tuple("0123456789")
    assert dataset.training.images.mean() / 255 == pytest.approx(0.1307, abs=1e-4)
    assert dataset.training.images.std() / 255 == pytest.approx(0.3081, abs=1e-4)


def test_a_damaged_mnist_is_noticed(tmp_path: Path) -> None:
    from edgemnist.datasets import MNIST_SHA256

    for path in MNIST_FOLDER.glob("*.gz"):
        content = bytearray(gzip.decompress(path.read_bytes()))
        content[-1] ^= 1
        (tmp_path / path.name.removesuffix(".gz")).write_bytes(content)
    damaged = Dataset("mnist", IdxReader(tmp_path, MNIST_SHA256))
    with pytest.raises(DataError, match="damaged"):
        _ = damaged.test


def test_every_form_of_the_same_data_is_the_same_data(tmp_path: Path) -> None:
    arrays = make_arrays()
    plain = load_dataset(write_idx(tmp_path / "plain", arrays))
    forms = [
        load_dataset(write_idx(tmp_path / "packed", arrays, pack=True)),
        load_dataset(write_idx(tmp_path / "fashion", arrays, prefix="fashion-mnist-")),
        load_dataset(write_npz(tmp_path / "square.npz", **arrays)),
        load_dataset(write_npz(tmp_path / "flat.npz", **{**arrays, "x_test": arrays["x_test"].reshape(10, 784)})),
        load_dataset(write_npz(tmp_path / "deep.npz", **{**arrays, "x_train": arrays["x_train"][..., None]})),
    ]
    for form in forms:
        assert form.test.sha256 == plain.test.sha256
        assert form.training.sha256 == plain.training.sha256
        assert form.labels == plain.labels == ("0", "1", "2")
    folders = load_dataset(write_png(tmp_path / "png", arrays))
    assert folders.labels == ("a", "b", "c")
    order = np.argsort(arrays["y_test"], kind="stable")
    assert np.array_equal(folders.test.images, arrays["x_test"][order])
    assert np.array_equal(folders.test.labels, arrays["y_test"][order])


def test_labels_come_from_the_option_else_from_the_data(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "named.npz", **make_arrays(), labels=np.array(["x", "y", "z"]))
    assert load_dataset(path).labels == ("x", "y", "z")
    assert load_dataset(path, ["p", "q", "r"]).labels == ("p", "q", "r")
    for wrong in (["p", "q"], ["p", "q", "q"]):
        with pytest.raises(DataError, match="expected 3 different"):
            _ = load_dataset(path, wrong).labels


def _break_npz(tmp_path: Path, **changes: np.ndarray) -> Path:
    return write_npz(tmp_path / "broken.npz", **{**make_arrays(), **changes})


def _break_idx(tmp_path: Path, name: str, change) -> Path:
    path = write_idx(tmp_path / "broken", make_arrays()) / name
    path.write_bytes(change(path.read_bytes()))
    return path.parent


LABELS = "t10k-labels-idx1-ubyte"
BROKEN = {
    "nothing there": (lambda folder: folder / "none", "no such file"),
    "an empty folder": (lambda folder: folder, "not a data set"),
    "a wrong magic number": (lambda f: _break_idx(f, "t10k-images-idx3-ubyte", lambda c: b"\0\0\x0d" + c[3:]), "magic"),
    "a wrong count": (lambda f: _break_idx(f, "t10k-images-idx3-ubyte", lambda c: c[:-1]), "its header says 10 x 28"),
    "a cut header": (lambda f: _break_idx(f, "t10k-images-idx3-ubyte", lambda c: c[:9]), "truncated"),
    "more labels than images": (
        lambda f: _break_idx(f, LABELS, lambda c: c[:7] + b"\x0b" + c[8:] + b"\0"),
        "10 test images but 11",
    ),
    "no labels file": (
        lambda f: (_break_idx(f, LABELS, bytes) / LABELS).unlink() or f / "broken",
        "no file for t10k-labels",
    ),
    "floats": (lambda f: _break_npz(f, x_test=np.zeros((10, 28, 28), np.float32)), "float32, expected uint8"),
    "another size": (lambda f: _break_npz(f, x_test=np.zeros((10, 32, 32), np.uint8)), "10 x 32 x 32"),
    "a negative label": (lambda f: _break_npz(f, y_test=np.arange(10) - 1), "label -1 out of range"),
    "a label never trained": (lambda f: _break_npz(f, y_test=np.arange(10)), "test label 9 out of range"),
    "a huge label": (lambda f: _break_npz(f, y_train=np.arange(30) * 10**8), "out of range"),
    "labels of two numbers": (lambda f: _break_npz(f, y_test=np.zeros((10, 2), int)), r"y_test is int64 \(10, 2\)"),
    "one label for all": (lambda f: _break_npz(f, y_test=np.array(1)), r"y_test is int64 \(\), expected whole numbers"),
    "fractions": (lambda f: _break_npz(f, y_test=np.arange(10) / 2), r"y_test is float64 \(10,\), expected whole"),
    "no labels": (lambda f: _break_npz(f, y_test=np.zeros(0, int)), "the test split has no images"),
    "one label more": (lambda f: _break_npz(f, y_test=np.zeros(11, int)), "10 test images but 11 labels"),
    "one label less": (lambda f: _break_npz(f, y_train=np.arange(29) % 3), "30 train images but 29 labels"),
    "one class": (lambda f: _break_npz(f, y_train=np.zeros(30, int)), "every training image has label 0"),
    "a thousand and one classes": (lambda f: _break_npz(f, y_train=np.arange(30) * 34 + 14), "train label 1000 out of"),
    "only train": (
        lambda f: shutil.rmtree(write_png(f, make_arrays()) / "test") or f,
        "a folder train and none for the other split, expected train and test",
    ),
    "only test": (
        lambda f: shutil.rmtree(write_png(f, make_arrays()) / "train") or f,
        "a folder test and none for the other split, expected train and test",
    ),
    "texts to test, numbers to train": (
        lambda f: _break_npz(f, y_test=np.array(list("abcdefghij"))),
        "test label 'a' out of range: the training labels",
    ),
    "truths": (lambda f: _break_npz(f, y_test=np.zeros(10, bool)), r"y_test is bool \(10,\), expected whole numbers"),
    "no images": (lambda f: _break_npz(f, x_test=np.zeros((0, 28, 28), np.uint8), y_test=np.zeros(0, int)), "no im"),
    "pickled objects": (lambda f: _break_npz(f, x_test=np.array([{}])), "can't be read"),
    "a missing array": (lambda f: write_npz(f / "part.npz", x_train=np.zeros(1)), "no array y_train"),
    "a .npz that is none": (lambda f: (f / "text.npz").write_text("hello") and f / "text.npz", "can't be read as .npz"),
}  # fmt: skip


@pytest.mark.parametrize(("make", "message"), BROKEN.values(), ids=BROKEN)
def test_bad_data_gets_one_clear_message(tmp_path: Path, make, message: str) -> None:
    path = make(tmp_path)

    def load_everything() -> None:
        data = load_dataset(path)
        _ = data.labels, data.training, data.test

    with pytest.raises(DataError, match=message):
        load_everything()


def test_a_truncated_gzip_is_said(tmp_path: Path) -> None:
    folder = write_idx(tmp_path / "packed", make_arrays(), pack=True)
    path = folder / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match="can't be unpacked"):
        _ = load_dataset(folder).test


def test_a_picture_of_another_size_is_refused_where_nothing_is_to_be_changed(tmp_path: Path) -> None:
    Image.new("L", (32, 30)).save(tmp_path / "picture.png")
    with pytest.raises(DataError, match="32 x 30 pixels, expected 28 x 28"):
        read_as_it_is(tmp_path / "picture.png")


def test_a_test_folder_of_an_unknown_class_is_said(tmp_path: Path) -> None:
    folder = write_png(tmp_path / "png", make_arrays())
    (folder / "test" / "surprise").mkdir()
    with pytest.raises(DataError, match="test/surprise"):
        load_dataset(folder)


def test_what_is_packed_as_only_a_bomb_is_refused_and_no_more() -> None:
    """Zeros pack to a thousandth: a data set of up to 256 MB may be so, and a larger one to a 400th of its size."""
    check_size(2**28, 1)
    check_size(300 * 2**20, 300 * 2**20 // 400)
    for unpacked_bytes, packed_bytes in ((2**28 + 1, 1), (300 * 2**20, 300 * 2**20 // 400 - 1)):
        with pytest.raises(ValueError, match="a compression bomb"):
            check_size(unpacked_bytes, packed_bytes)
    check_size(1000, 1000, 1000)
    with pytest.raises(ValueError, match="it declares 1,001 bytes, expected at most 1,000"):
        check_size(1001, 1001, 1000)


def test_a_class_may_have_no_test_pictures(tmp_path: Path) -> None:
    folder = write_png(tmp_path / "png", make_arrays())
    shutil.rmtree(folder / "test" / "b")
    data = load_dataset(folder)
    assert data.labels == ("a", "b", "c")
    assert set(data.training.labels.tolist()) == {0, 1, 2}
    assert set(data.test.labels.tolist()) == {0, 2}
    assert len(data.test.images) == len(data.test.labels)


def test_the_validation_part_is_fixed_disjoint_and_a_twelfth(dataset: Dataset) -> None:
    fit, validation = split_validation(dataset.training)
    again = split_validation(TrainingSplit(dataset.training.images.copy(), dataset.training.labels.copy()))
    assert (len(fit), len(validation)) == (55_000, 5_000)
    assert validation.sha256 == again[1].sha256
    # Whatever was chosen by it was chosen by these images: another seed would mix them into the others' training.
    assert validation.sha256.startswith("09032ba5c99a4e25")
    parts, whole = np.concatenate([fit.images, validation.images]), dataset.training.images
    assert Counter(image.tobytes() for image in parts) == Counter(image.tobytes() for image in whole)
    assert (np.bincount(validation.labels) > 400).all()


def test_the_validation_part_is_the_one_that_every_version_takes() -> None:
    """Another seed, share or order would choose another epoch for the same recipe."""
    images = np.zeros((60, 28, 28), np.uint8)
    images[:, 0, 0] = np.arange(60)
    fit, validation = split_validation(TrainingSplit(images, np.arange(60) % 10))
    assert validation.images[:, 0, 0].tolist() == [8, 11, 13, 18, 34]
    assert validation.labels.tolist() == [8, 1, 3, 8, 4]
    assert fit.images[:, 0, 0].tolist() == sorted(set(range(60)) - set(validation.images[:, 0, 0].tolist()))


@pytest.mark.parametrize(("count", "expected"), [(2, 1), (23, 1), (24, 2), (59_999, 4_999), (70_000, 5_000)])
def test_the_validation_part_is_a_twelfth_and_at_most_5000(count: int, expected: int) -> None:
    images = np.broadcast_to(np.zeros((1, 28, 28), np.uint8), (count, 28, 28))
    fit, validation = split_validation(TrainingSplit(images[:, :1, :1], np.arange(count)))
    assert (len(fit), len(validation)) == (count - expected, expected)
    with pytest.raises(DataError, match="one training image can't be parted"):
        split_validation(TrainingSplit(images[:1], np.zeros(1, int)))


@pytest.mark.parametrize(
    ("fraction", "expected"), [(0.2, 12), (1 / 60, 1), (0.0001, 1), (0.99, 59), (0.999, 59), (0.5, 30)]
)
def test_the_validation_part_may_be_any_share(fraction: float, expected: int) -> None:
    """The larger one holds the smaller one: both are drawn in one order."""
    images = np.zeros((60, 1, 1), np.uint8)
    images[:, 0, 0] = np.arange(60)
    split = TrainingSplit(images, np.arange(60) % 10)
    fit, validation = split_validation(split, fraction)
    assert (len(fit), len(validation)) == (60 - expected, expected)
    usual, found = split_validation(split)[1].images.ravel(), validation.images.ravel()
    assert not set(found) - set(usual) or not set(usual) - set(found)
    assert not set(found) & set(fit.images.ravel())


@pytest.mark.parametrize(
    ("labels", "dtype"),
    [
        (np.arange(256), "uint8"),
        (np.arange(256).astype(np.float64), "uint8"),
        (np.eye(256), "uint8"),
        (np.arange(256).astype("U3"), "uint8"),
        (np.arange(257), "uint16"),
        (np.arange(256) - 1, "int16"),
    ],
    ids=["whole numbers", "fractions", "one-hot", "texts", "more", "below 0"],
)
def test_labels_are_held_in_the_smallest_type(labels: np.ndarray, dtype: str) -> None:
    """Of millions of images, eight bytes each would be as much as a hundredth of the pixels."""
    found = read_labels("y", ArrayRows(labels), 1_000).numbers
    assert (found.dtype, len(found)) == (dtype, len(labels))


@pytest.mark.parametrize("kind", ["U", "S"])
def test_texts_of_a_wide_type_are_refused_unread(kind: str) -> None:
    """However short they are: an array of them is as large as its type says."""
    fitting, wide = (np.array(["a", "b"]).astype(f"{kind}{MOST_TEXT_BYTES + more}") for more in (0, 1))
    assert read_labels("y", ArrayRows(fitting), 10).texts == ("a", "b")
    with pytest.raises(DataError, match=rf"y is .{kind}{MOST_TEXT_BYTES + 1}, expected short texts"):
        read_labels("y", ArrayRows(wide), 10)


@pytest.mark.parametrize("shape", [(10,), (10, 1), (10, 1, 1)])
@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.uint64, ">i4"])
def test_labels_may_be_whole_numbers_of_any_type(tmp_path: Path, shape: tuple[int, ...], dtype) -> None:
    labels = (np.arange(10) % 3).astype(dtype).reshape(shape)
    test = load_dataset(_break_npz(tmp_path, y_test=labels)).test
    assert test.labels.dtype == np.int64
    assert test.labels.tolist() == [0, 1, 2, 0, 1, 2, 0, 1, 2, 0]


def test_labels_up_to_999_are_kept(tmp_path: Path) -> None:
    names = [f"class {number}" for number in range(1_000)]
    path = _break_npz(tmp_path, y_train=np.arange(30) * 34 + 13, y_test=np.arange(10) * 111)
    data = load_dataset(path, names)
    assert data.labels == tuple(names)
    assert data.test.labels.tolist() == [number * 111 for number in range(10)]
    assert data.training.labels.tolist() == [number * 34 + 13 for number in range(30)]
    assert "no training image of class 0, class 1, class 2, class 3, … class 998" in "".join(data.notes)


def test_test_images_are_refused_where_choices_are_made(dataset: Dataset) -> None:
    with pytest.raises(TypeError, match="test images are only scored"):
        Calibration.sample(dataset.test, dataset.labels)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="found a TestSplit"):
        require_training(TestSplit(dataset.test.images, dataset.test.labels))  # type: ignore[arg-type]


def test_calibration_is_stratified_seeded_and_reaches_full_white(dataset: Dataset) -> None:
    first, again = (Calibration.sample(dataset.training, dataset.labels) for _ in range(2))
    assert set(first.per_class.values()) == {50}
    assert np.array_equal(first.images, again.images)
    assert not np.array_equal(first.images, Calibration.sample(dataset.training, dataset.labels, seed=1).images)
    dark = dataset.training.images // 2
    dark[123, 0, 0] = 255
    found = Calibration.sample(TrainingSplit(dark, dataset.training.labels), dataset.labels)
    assert found.images.max() == 255


def read_as_it_is(path: Path) -> np.ndarray:
    return frame_picture(path, read_picture(path), "none")


def test_pictures_for_predict(tmp_path: Path) -> None:
    digit = make_arrays()["x_test"][0]
    Image.fromarray(digit).save(tmp_path / "one.png")
    np.save(tmp_path / "one.npy", digit)
    np.save(tmp_path / "flat.npy", digit.reshape(784))
    np.save(tmp_path / "many.npy", np.stack([digit] * 3))
    for name, count in (("one.npy", 1), ("flat.npy", 1), ("many.npy", 3)):
        images, note = read_array(tmp_path / name)
        assert note == ""
        assert images.shape == (count, 28, 28)
        assert np.array_equal(images[-1], digit)
    assert np.array_equal(read_as_it_is(tmp_path / "one.png"), digit)
    ink = np.dstack([np.full((28, 28, 3), 255, np.uint8), digit])  # white, and only as opaque as the ink is thick
    Image.fromarray(ink, "RGBA").save(tmp_path / "clear.png")
    assert np.abs(read_as_it_is(tmp_path / "clear.png").astype(int) - digit).max() <= 1
    assert np.array_equal(read_picture(tmp_path / "clear.png"), ink)
    Image.fromarray(digit.astype(np.uint16) * 257).save(tmp_path / "deep.png")
    assert np.array_equal(read_as_it_is(tmp_path / "deep.png"), digit)
    Image.fromarray(digit.astype(np.float32)).save(tmp_path / "fractions.tiff")
    np.save(tmp_path / "float.npy", digit * 2.0)
    (tmp_path / "text.png").write_text("no picture")
    for read, name in (
        (read_array, "float.npy"),
        (read_array, "none.npy"),
        *((read_picture, name) for name in ("fractions.tiff", "text.png", "none.png")),
    ):
        with pytest.raises(DataError, match=name):
            read(tmp_path / name)


@pytest.mark.parametrize("orientation", [None, 1, 2, 3, 4, 5, 6, 7, 8, 9])
def test_a_photograph_is_turned_as_its_camera_was_held(tmp_path: Path, orientation: int | None) -> None:
    picture = Image.fromarray(np.arange(6, dtype=np.uint8).reshape(2, 3))
    exif = picture.getexif()
    if orientation:
        exif[0x0112] = orientation
    picture.save(tmp_path / "turned.png", exif=exif)
    found = read_picture(tmp_path / "turned.png")
    with Image.open(tmp_path / "turned.png") as stored:
        assert np.array_equal(found, np.asarray(ImageOps.exif_transpose(stored).convert("RGBA")))
    if orientation == 6:  # by a quarter to the right
        assert found[..., 0].tolist() == [[3, 0], [4, 1], [5, 2]]


MODES = {
    "PNG": ["1", "L", "LA", "P", "RGB", "RGBA"],
    "JPEG": ["1", "L", "RGB", "CMYK"],
    "WEBP": ["L", "RGB", "RGBA"],
    "BMP": ["1", "L", "P", "RGB", "RGBA"],
    "GIF": ["1", "L", "LA", "P", "RGB", "RGBA"],
    "TIFF": ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"],
    "PPM": ["1", "L", "RGB"],
}


@pytest.mark.parametrize(("form", "mode"), [(form, mode) for form, modes in MODES.items() for mode in modes])
def test_a_picture_of_any_common_form_is_read_whole(tmp_path: Path, form: str, mode: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (600, 20, 4), np.uint8)
    path = tmp_path / f"picture.{form.lower()}"
    Image.fromarray(noise, "RGBA").convert("RGB").convert(mode).save(path, form)
    with Image.open(path) as stored:
        assert np.array_equal(read_picture(path), np.asarray(stored.convert("RGBA")))


def test_a_form_that_starts_programs_is_no_picture(tmp_path: Path) -> None:
    Image.new("L", (30, 30)).save(tmp_path / "page.eps")
    with pytest.raises(DataError, match=r"page\.eps: can't be read as a picture: of no known form"):
        read_picture(tmp_path / "page.eps")


def test_a_progressive_jpeg_is_read_and_one_of_a_thousand_scans_is_not(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    noise = np.random.default_rng(0).integers(0, 256, (300, 300, 3), np.uint8)
    thumbnails = b"\xff\xda\xff\xff" * 1_000  # in a comment: scans of another picture, which nobody decodes
    Image.fromarray(noise).save(path, progressive=True, comment=thumbnails)
    content = path.read_bytes() + b"\xff\xda" * 1_000  # behind the end: a film, say
    path.write_bytes(content)
    assert read_picture(path).shape == (300, 300, 4)
    first = content.rindex(b"\xff\xda", 0, content.index(b"\xff\xd9", 5_000))
    last = content[first : content.index(b"\xff\xd9", first)]
    assert len(last) > 100
    path.write_bytes(content[:first] + last * 1_000 + content[first:])
    with pytest.raises(DataError, match="a progressive JPEG of more than 100 scans"):
        read_picture(path)
