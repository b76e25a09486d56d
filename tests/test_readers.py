"""Every form in which people have labelled images: what is read, what is said of it, and what is refused."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from edgemnist.datasets import Dataset, load_dataset
from edgemnist.datasets.preparation import find_ink
from edgemnist.datasets.readers.opening import open_reader
from edgemnist.datasets.splits import split_validation
from edgemnist.errors import DataError, UsageError
from tests.conftest import ROOT
from tests.test_datasets import make_arrays, write_idx, write_npz

Arrays = dict[str, np.ndarray]
PLAIN = make_arrays()


def read_whole(path: Path | str, **settings: Any) -> Dataset:
    data = load_dataset(path, **settings)
    _ = data.labels, data.training, data.test.images
    return data


def read_images(path: Path) -> None:
    """Labels first, then images though there may be too few of them to keep some for the test."""
    reader = load_dataset(path).reader
    reader.read_labels("train")
    reader.open_images("train")


def write_csv(path: Path, images: np.ndarray, labels: np.ndarray, header: bool = True) -> Path:
    lines = [",".join(["label", *(f"pixel{place}" for place in range(784))])] if header else []
    for image, label in zip(images.reshape(len(images), -1), labels, strict=True):
        lines.append(",".join([str(label), *(f"{value:.9g}" for value in image)]))
    path.write_text("\n".join(lines) + "\n")
    return path


def write_csv_folder(folder: Path, arrays: Arrays) -> Path:
    folder.mkdir()
    for split in ("train", "test"):
        write_csv(folder / f"mine_{split}.csv", arrays[f"x_{split}"], arrays[f"y_{split}"])
    return folder


def write_parquet(folder: Path, arrays: Arrays, names: list[str] | None = None) -> Path:
    pyarrow = pytest.importorskip("pyarrow", reason="pip install pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    folder.mkdir()
    for split in ("train", "test"):
        pictures = []
        for image in arrays[f"x_{split}"]:
            stream = io.BytesIO()
            Image.fromarray(image).save(stream, "PNG")
            pictures.append({"bytes": stream.getvalue(), "path": None})
        table = pyarrow.table({"image": pictures, "label": arrays[f"y_{split}"].tolist()})
        if names:
            features = {"info": {"features": {"label": {"names": names, "_type": "ClassLabel"}}}}
            table = table.replace_schema_metadata({"huggingface": json.dumps(features)})
        parquet.write_table(table, folder / f"{split}-00000-of-00001.parquet", row_group_size=7)
    return folder


def write_folders(folder: Path, arrays: Arrays, splits: tuple[str, str] = ("train", "test"), end: str = "png") -> Path:
    for split, place in zip(("train", "test"), splits, strict=True):
        for index, (image, label) in enumerate(zip(arrays[f"x_{split}"], arrays[f"y_{split}"], strict=True)):
            path = folder / place / str(label) / f"{index:03}.{end}"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image).save(path)
    return folder


WRITERS: dict[str, Callable[[Path, Arrays], Path]] = {
    "idx": write_idx,
    "npz": lambda path, arrays: write_npz(path.with_suffix(".npz"), **arrays),
    "csv": write_csv_folder,
    "parquet": write_parquet,
    "folders": write_folders,
}


def relabel(change: Callable[[np.ndarray], np.ndarray]) -> Arrays:
    return {**PLAIN, "y_train": change(PLAIN["y_train"]), "y_test": change(PLAIN["y_test"])}


# What labels are, which readers can hold them, the names of the classes, and what is said.
LABELS = {
    "whole numbers": (lambda y: y, "idx npz csv parquet folders", "0 1 2", None),
    "from 1": (lambda y: y + 1, "idx npz csv parquet", "1 2 3", "labels 1, 2, 3 are the 3 classes, named by their num"),
    "with gaps": (lambda y: y * 2, "idx npz csv parquet", "0 2 4", "labels 0, 2, 4 are the 3 classes, named by their"),
    "texts": (lambda y: np.array(["x", "ä", "b"])[y], "npz csv parquet folders", "b x ä", None),
    "texts of numbers": (lambda y: np.array(["0", "1", "2"])[y], "npz csv parquet", "0 1 2", None),
    "bytes": (lambda y: np.array([b"x", b"y", b"z"])[y], "npz", "x y z", "labels are texts: x, y, z"),
    "fractions": (lambda y: y.astype(np.float32), "npz csv", "0 1 2", None),
    "one-hot": (lambda y: np.eye(3)[y], "npz", "0 1 2", "one-hot labels"),
    "one-hot whole numbers": (lambda y: np.eye(3, dtype=np.uint8)[y], "npz", "0 1 2", "one-hot labels"),
    "a column": (lambda y: y[:, None], "npz", "0 1 2", None),
}


@pytest.mark.parametrize(
    ("kind", "form"), [(kind, form) for kind, (_, forms, *_) in LABELS.items() for form in forms.split()]
)
def test_labels_of_every_kind_in_every_form(tmp_path: Path, kind: str, form: str) -> None:
    change, _, names, note = LABELS[kind]
    data = read_whole(WRITERS[form](tmp_path / "data", relabel(change)))
    assert data.labels == tuple(names.split())
    found = [data.labels[label] for label in data.test.labels]
    raw = [str(label) for label in ([f"{y}" for y in PLAIN["y_test"]] if "one-hot" in kind else [])]
    if form == "folders":
        assert sorted(found) == sorted(str(label) for label in change(PLAIN["y_test"]))
    elif not raw and kind not in ("bytes", "fractions", "a column"):
        assert found == [str(label) for label in change(PLAIN["y_test"])]
    else:
        assert data.test.labels.tolist() == PLAIN["y_test"].tolist()
    assert not note or any(note in said for said in data.notes), data.notes
    assert sorted(set(data.training.labels.tolist())) == [0, 1, 2], "no class without an image"


HALF = {**PLAIN, "x_train": PLAIN["x_train"] // 128, "x_test": PLAIN["x_test"] // 128}


def change_pixels(change: Callable[[np.ndarray], np.ndarray], arrays: Arrays = PLAIN) -> Arrays:
    return {**arrays, "x_train": change(arrays["x_train"]), "x_test": change(arrays["x_test"])}


COLOUR = "images in colour, taken as grey"
# What pixels are, which readers can hold them, whether they are but black and white, and what is said.
PIXELS = {
    "bytes": (lambda x: x, "idx npz csv parquet folders", False, None),
    "0 and 1": (lambda x: x // 128, "idx npz csv", True, "pixels are uint8 0 and 1: black and white"),
    "truths": (lambda x: x > 127, "npz", True, "pixels are true and false"),
    "in [0, 1]": (lambda x: x / 255, "npz csv", False, "in [0, 1], times 255"),
    "in [0, 1], short": (lambda x: np.float32(x / 255), "npz", False, "pixels are float32 in [0, 1], times 255"),
    "in [-1, 1]": (lambda x: x / 127.5 - 1, "npz csv", False, "in [-1, 1], brought to 0 … 255"),
    "in [0, 255]": (lambda x: x + 0.0, "npz", False, "pixels are float64 in [0, 255], rounded to bytes"),
    "int64": (lambda x: x.astype(np.int64), "npz", False, "pixels are int64 from 0 to 255, taken as bytes"),
    "int64 0 and 1": (lambda x: x.astype(np.int64) // 128, "npz", True, "pixels are int64 0 and 1: black and white"),
    "rows": (lambda x: x.reshape(-1, 784), "npz", False, None),
    "a last axis": (lambda x: x[..., None], "npz", False, None),
    "a first axis": (lambda x: x[:, None], "npz", False, None),
    "grey in colour": (lambda x: np.repeat(x[..., None], 3, axis=3), "npz", False, COLOUR),
    "colour first": (lambda x: np.repeat(x[:, None], 3, axis=1), "npz", False, COLOUR),
    "columns first": (lambda x: np.asfortranarray(x), "npz", False, None),
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "form"), [(kind, form) for kind, (_, forms, *_) in PIXELS.items() for form in forms.split()]
)
def test_pixels_of_every_kind_in_every_form(tmp_path: Path, kind: str, form: str) -> None:
    change, _, binary, note = PIXELS[kind]
    data = read_whole(WRITERS[form](tmp_path / "data", change_pixels(change)))
    expected = PLAIN["x_test"] // 128 * 255 if binary else PLAIN["x_test"]
    order = np.argsort(PLAIN["y_test"], kind="stable") if form == "folders" else np.arange(10)
    assert data.test.images.dtype == data.training.images.dtype == np.uint8
    assert np.array_equal(data.test.images, expected[order])
    assert len(data.notes) == (note is not None), data.notes
    assert not note or note in data.notes[-1]


@pytest.mark.parametrize("kind", PIXELS)
def test_pixels_of_arrays_are_taken_as_those_of_files(kind: str) -> None:
    change, _, binary, _ = PIXELS[kind]
    arrays = change_pixels(change)
    data = Dataset.from_arrays((arrays["x_train"], PLAIN["y_train"]), (arrays["x_test"], PLAIN["y_test"]))
    assert np.array_equal(data.test.images, PLAIN["x_test"] // 128 * 255 if binary else PLAIN["x_test"])


REFUSED: dict[str, tuple[Arrays, str]] = {
    "standardized pixels": (change_pixels(lambda x: x / 70 - 0.4), r"x_train is float64 from -0.4 to .*, expected"),
    "16-bit pixels": (change_pixels(lambda x: x.astype(np.uint16) * 257), "x_train is uint16 from 0 to 65535"),
    "negative pixels": (change_pixels(lambda x: x.astype(np.int16) - 128), "x_train is int16 from -128 to 127"),
    "texts as pixels": (change_pixels(lambda x: x.astype("U3")), "x_train is <U3, expected uint8 pixels"),
    "pixels that end at 1 to train": (
        {**PLAIN, "x_train": PLAIN["x_train"] // 128},
        r"test images: pixels from 0 to 255, but those to train are in \[0, 1",
    ),
    "another range to test": (
        {**change_pixels(lambda x: x / 255), "x_test": PLAIN["x_test"] + 0.5}, "test images: pixels from 0.5 to 255.5"),
    "soft labels": (relabel(lambda y: np.full((len(y), 3), 1 / 3)), r"y_train is float64 \(30, 3\), and not one-hot"),
    "half a class": (relabel(lambda y: y / 2), r"y_train is float64 \(30,\), expected whole numbers"),
    "-1 and 1": (relabel(lambda y: y % 2 * 2 - 1), "train label -1 out of range"),
    "a class that wasn't trained": (
        {**relabel(lambda y: y * 2), "y_test": np.arange(10) % 3},
        "test label 1 out of range: the training labels are 0, 2",
    ),
    "a text that wasn't trained": (
        {**relabel(lambda y: np.array(list("abc"))[y]), "y_test": np.array(list("abcdabcdab"))},
        "test label 'd' out of",
    ),
    "latin-1 labels": (relabel(lambda y: np.array(["à".encode("latin-1"), b"b", b"c"])[y]), "which is not UTF-8"),
    "latin-1 names": ({**PLAIN, "labels": np.array([b"\xe0", b"b", b"c"])}, "labels holds b'.xe0', which is not UTF-8"),
    "labels as objects": (relabel(lambda y: np.array(["a", "b", "c"], object)[y]), "no plain arrays"),
    "a thousand texts": (
        {**PLAIN, "y_train": np.array([f"t{i}" for i in range(1002)]), "x_train": np.zeros((1002, 784), np.uint8)},
        "more than 1,000 different texts",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_what_can_not_be_meant_is_refused_with_the_line_that_converts_it(tmp_path: Path, kind: str) -> None:
    arrays, message = REFUSED[kind]
    with pytest.raises(DataError, match=message) as caught:
        read_whole(write_npz(tmp_path / "data.npz", **arrays))
    if "train" not in kind and kind != "a thousand texts" and "latin-1 names" not in kind:
        assert any(word in caught.value.hint for word in ("astype", " = y", "np.unique", ".decode("))


def test_latin1_names_are_an_error_of_exit_status_2(command, tmp_path: Path) -> None:
    path = write_npz(tmp_path / "latin1.npz", **PLAIN, labels=np.array([b"\xe0", b"b", b"c"]))
    outcome = command("verify", ROOT / "exports" / "small_int8.onnx", "--data", path)
    assert (outcome.status, outcome.stdout) == (2, "")
    assert "hint:  if it is latin-1: labels = np.array([text.decode('latin-1') for text in labels])" in outcome.stderr


def test_names_over_labels_with_gaps_name_those_that_are_there(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "data.npz", **relabel(lambda y: y + 1))
    assert load_dataset(path, ["a", "b", "c"]).labels == ("a", "b", "c")
    five = load_dataset(write_npz(tmp_path / "five.npz", **relabel(lambda y: y * 2)), list("abcde"))
    assert five.labels == tuple("abcde")
    assert "no training image of b, d: a model can't learn it" in five.notes
    with pytest.raises(DataError, match=r"4 class names \(a, b, c, d\), expected 3"):
        _ = load_dataset(tmp_path / "five.npz", list("abcd")).labels


MEDMNIST = {
    "train_images": PLAIN["x_train"][:20], "train_labels": PLAIN["y_train"][:20, None],
    "val_images": PLAIN["x_train"][20:], "val_labels": PLAIN["y_train"][20:, None],
    "test_images": PLAIN["x_test"], "test_labels": PLAIN["y_test"][:, None],
}  # fmt: skip


def test_images_to_choose_by_are_kept_for_that(tmp_path: Path) -> None:
    whole = load_dataset(write_npz(tmp_path / "whole.npz", **PLAIN))
    data = load_dataset(write_npz(tmp_path / "med.npz", **MEDMNIST))
    assert data.describe() == "med.npz: .npz, 3 classes; 20 images to train, 10 to choose by, 10 to test"
    assert data.training.sha256 == whole.training.sha256
    fit, validation = split_validation(data.training)
    assert np.array_equal(fit.images, PLAIN["x_train"][:20])
    assert np.array_equal(validation.images, PLAIN["x_train"][20:])
    record = data.to_record()
    assert (record["training_images"], record["validation_images"], record["test_images"]) == (20, 10, 10)


def test_images_to_choose_by_are_the_test_where_there_is_none(tmp_path: Path) -> None:
    folder = write_folders(tmp_path / "data", PLAIN, ("Train", "val"))
    data = read_whole(folder)
    assert (len(data.training), len(data.test)) == (30, 10)
    assert "no test split in the files: the validation images are the test" in data.notes


def test_three_folders_are_to_train_to_choose_by_and_to_test(tmp_path: Path) -> None:
    folder = write_folders(tmp_path / "data", PLAIN)
    write_folders(tmp_path / "data", PLAIN, ("valid", "unused"))
    data = read_whole(folder)
    assert (len(data.training), data.training.validation, len(data.test)) == (60, 30, 10)
    assert "1 folder left out: unused" in data.notes


NPZ_NAMES = [
    ("X_train", "Y_train"), ("train_x", "train_y"), ("train_data", "train_labels"), ("images_train", "labels_train"),
]  # fmt: skip


@pytest.mark.parametrize(("image", "label"), NPZ_NAMES)
def test_arrays_are_known_under_usual_names(tmp_path: Path, image: str, label: str) -> None:
    names = {"x": image, "y": label}
    arrays = {names[key[0]].replace("train", key[2:]): array for key, array in PLAIN.items()}
    data = load_dataset(write_npz(tmp_path / "data.npz", **arrays, more=np.zeros(3), class_names=np.array(list("abc"))))
    assert data.test.sha256 == load_dataset(write_npz(tmp_path / "plain.npz", **PLAIN)).test.sha256
    assert data.labels == ("a", "b", "c")
    assert "1 array left out: more" in data.notes


SINGLE: dict[str, Callable[[Path], Path]] = {
    "csv": lambda path: write_csv(path / "all.csv", PLAIN["x_train"], PLAIN["y_train"]),
    "csv named train": lambda path: write_csv(path / "train.csv", PLAIN["x_train"], PLAIN["y_train"]),
    "a folder of one csv": lambda path: write_csv(path / "all.csv", PLAIN["x_train"], PLAIN["y_train"]).parent,
    "npz": lambda path: write_npz(path / "all.npz", images=PLAIN["x_train"], labels=PLAIN["y_train"]),
    "folders": lambda path: write_folders(path, PLAIN) / "train",
    "idx": lambda path: remove_test(write_idx(path / "idx", PLAIN)),
    "parquet": lambda path: write_parquet(path / "p", PLAIN) / "train-00000-of-00001.parquet",
}


def remove_test(folder: Path) -> Path:
    for path in folder.glob("t10k*"):
        path.unlink()
    return folder


@pytest.mark.parametrize("form", SINGLE)
def test_what_has_no_test_images_is_split_by_a_seed(tmp_path: Path, form: str) -> None:
    data = read_whole(SINGLE[form](tmp_path))
    assert "30 images, 3 classes; split by seed 20261: 27 to train, 3 to test" in data.describe()
    assert sorted(data.test.labels.tolist()) == [0, 1, 2]
    both = [image.tobytes() for image in (*data.training.images, *data.test.images)]
    assert sorted(both) == sorted(image.tobytes() for image in PLAIN["x_train"])
    if form not in ("folders",):  # which sort by class
        same = Dataset.from_arrays((PLAIN["x_train"], PLAIN["y_train"]))
        assert (data.training.sha256, data.test.sha256) == (same.training.sha256, same.test.sha256)


@pytest.mark.parametrize("kept", ["test", "val"])
def test_what_has_no_training_images_is_said(tmp_path: Path, kept: str) -> None:
    folder = write_idx(tmp_path / "idx", PLAIN)
    for path in sorted(folder.iterdir()):
        if path.name.startswith("train"):
            path.unlink()
        else:
            path.rename(folder / path.name.replace("t10k", kept))
    with pytest.raises(DataError, match="no file for train-labels-idx1-ubyte, expected one"):
        read_whole(folder)
    arrays = {f"x_{kept}": PLAIN["x_test"], f"y_{kept}": PLAIN["y_test"]}
    with pytest.raises(DataError, match=f"no array y_train inside, found x_{kept}, y_{kept}"):
        read_whole(write_npz(tmp_path / "data.npz", **arrays))


@pytest.mark.parametrize("pack", ["zip", "zip of both", "gz"])
def test_csv_may_be_packed(tmp_path: Path, pack: str) -> None:
    plain = write_csv_folder(tmp_path / "plain", PLAIN)
    if pack == "gz":
        folder = tmp_path / "gz"
        folder.mkdir()
        for path in plain.iterdir():
            (folder / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        assert read_whole(folder).test.sha256 == read_whole(plain).test.sha256
        return
    with zipfile.ZipFile(tmp_path / "archive.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(plain.iterdir()):
            if pack == "zip of both" or "train" in path.name:
                archive.write(path, f"inside/{path.name}")
        archive.writestr("__MACOSX/inside/._mine_train.csv", b"\0\5\26\7")
    data = read_whole(tmp_path / "archive.zip")
    assert len(data.test) == (10 if pack == "zip of both" else 3)


@pytest.mark.parametrize("form", WRITERS)
def test_as_many_images_are_read_as_the_limit_allows_and_not_one_more(tmp_path: Path, form: str) -> None:
    path = WRITERS[form](tmp_path / "data", PLAIN)
    size = PLAIN["x_train"].size + (128 if form == "npz" else 0)  # an array's header counts there
    assert open_reader(path, None, size).open_images("train").shape[0] == len(PLAIN["x_train"])
    with pytest.raises(DataError):
        open_reader(path, None, size - 1).open_images("train")


@pytest.mark.parametrize(("form", "name"), [("csv", "CSV"), ("parquet", "Parquet")])
def test_tables_of_which_none_is_to_train_are_said(tmp_path: Path, form: str, name: str) -> None:
    folder = WRITERS[form](tmp_path / "data", PLAIN)
    (train,) = (path for path in folder.iterdir() if "train" in path.name)
    train.rename(folder / f"a{train.suffix}")
    with pytest.raises(DataError, match=rf"2 {name} files \(a.*test.*\), of which none is named train"):
        load_dataset(folder)


@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".zip", ".npz", ".parquet"])
def test_one_file_is_known_by_its_content_as_by_its_name(tmp_path: Path, ending: str) -> None:
    """Downloads may have lost their ending."""
    named, nameless, text = tmp_path / f"data{ending}", tmp_path / "download", tmp_path / "text.csv"
    write_csv(text, PLAIN["x_train"], PLAIN["y_train"])
    if ending == ".zip":
        with zipfile.ZipFile(named, "w") as archive:
            archive.write(text, "data.csv")
    elif ending == ".npz":
        write_npz(named, **PLAIN)
    elif ending == ".parquet":
        (write_parquet(tmp_path / "parts", PLAIN) / "train-00000-of-00001.parquet").rename(named)
    else:
        named.write_bytes(gzip.compress(text.read_bytes()) if ending == ".csv.gz" else text.read_bytes())
    nameless.write_bytes(named.read_bytes())
    assert read_whole(nameless).test.sha256 == read_whole(named).test.sha256


def test_kaggles_test_file_without_labels_is_left_out(tmp_path: Path) -> None:
    write_csv(tmp_path / "train.csv", PLAIN["x_train"], PLAIN["y_train"])
    unlabelled = write_csv(tmp_path / "test.csv", PLAIN["x_test"], PLAIN["y_test"]).read_text().splitlines()
    (tmp_path / "test.csv").write_text("\n".join(line.partition(",")[2] for line in unlabelled))
    (tmp_path / "sample_submission.csv").write_text("ImageId,Label\n1,0\n")
    data = read_whole(tmp_path)
    assert (len(data.training), len(data.test)) == (27, 3)
    assert "2 files left out: sample_submission.csv, test.csv (no labels)" in data.notes


def test_csv_files_of_no_use_are_said_to_be_left_out(tmp_path: Path) -> None:
    folder = write_csv_folder(tmp_path / "data", PLAIN)
    (folder / "mine_train.csv.gz").write_bytes(gzip.compress((folder / "mine_train.csv").read_bytes()))
    write_csv(folder / "other_test.csv", PLAIN["x_test"], PLAIN["y_test"])
    assert read_whole(folder).notes == ("2 files left out: mine_train.csv.gz, other_test.csv",)
    write_csv(folder / "other_train.csv", PLAIN["x_train"], PLAIN["y_train"])
    with pytest.raises(DataError, match="2 data sets in one folder: mine, other"):
        load_dataset(folder)
    assert read_whole(folder, split="other").name == "data-other"


def test_parquet_files_of_no_use_are_said_to_be_left_out(tmp_path: Path) -> None:
    folder = write_parquet(tmp_path / "data", PLAIN)
    content = (folder / "test-00000-of-00001.parquet").read_bytes()
    for name in ("other-test-00000-of-00001.parquet", "more.parquet"):
        (folder / name).write_bytes(content)
    assert "2 files left out: more.parquet, other-test-00000-of-00001.parquet" in read_whole(folder).notes


def test_parquet_comes_in_shards(tmp_path: Path) -> None:
    folder = write_parquet(tmp_path / "data", PLAIN)
    whole = read_whole(folder)
    (folder / "train-00000-of-00001.parquet").rename(folder / "train-00000-of-00002.parquet")
    more = write_parquet(tmp_path / "more", PLAIN) / "train-00000-of-00001.parquet"
    more.rename(folder / "train-00001-of-00002.parquet")
    data = read_whole(folder)
    assert len(data.training) == 2 * len(whole.training) == 60
    assert np.array_equal(data.training.images[30:], whole.training.images)


CSV_LAYOUTS: dict[str, tuple[Callable[[list[str]], list[str]], str | None]] = {
    "no header": (lambda lines: lines[1:], "it has no header: its first column was taken as the label"),
    "semicolons": (lambda lines: [line.replace(",", ";") for line in lines], None),
    "tabs": (lambda lines: [line.replace(",", "\t") for line in lines], None),
    "windows": (lambda lines: ["\ufeff" + lines[0] + "\r", *(line + "\r" for line in lines[1:])], None),
    "quotes": (lambda lines: [",".join(f'"{field}"' for field in line.split(",")) for line in lines], None),
    "empty lines": (lambda lines: ["", *lines[:5], "", *lines[5:], ""], None),
    "the label last": (lambda lines: [",".join([*line.split(",")[1:], line.split(",")[0]]) for line in lines], None),
    "numbered lines": (lambda lines: ["," + lines[0], *(f"{i},{line}" for i, line in enumerate(lines[1:]))],
                       "columns left out: ''"),
    "another name": (lambda lines: ["what" + lines[0][5:], *lines[1:]], "its first column, 'what', was taken"),
    "points": (lambda lines: [lines[0], *(line.replace(",", ".0,") + ".0" for line in lines[1:])],
               "pixels are float32 in [0, 255], rounded to bytes"),
}  # fmt: skip


@pytest.mark.parametrize("layout", CSV_LAYOUTS)
def test_csv_of_every_layout(tmp_path: Path, layout: str) -> None:
    change, note = CSV_LAYOUTS[layout]
    path = write_csv(tmp_path / "data.csv", PLAIN["x_train"], PLAIN["y_train"])
    expected = read_whole(path)
    path.write_bytes("\n".join(change(path.read_text().splitlines())).encode())
    data = read_whole(path)
    assert (data.training.sha256, data.test.sha256) == (expected.training.sha256, expected.test.sha256)
    assert [said.split(" are left")[0] for said in data.notes] == ([] if note is None else [data.notes[0]])
    assert not note or note in data.notes[0]


BROKEN_CSV: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "a short line": (lambda lines: [*lines[:4], lines[4].rpartition(",")[0], *lines[5:]], "line 5 has 784 colu"),
    "a long line": (lambda lines: [*lines[:4], lines[4] + ",7", *lines[5:]], "line 5 has 786 columns, expected 785"),
    "a word": (lambda lines: [*lines[:4], lines[4].rpartition(",")[0] + ",dark", *lines[5:]], "'dark'"),
    "no value": (lambda lines: [*lines[:4], lines[4].rpartition(",")[0] + ",", *lines[5:]], "line 5: could not"),
    "no label": (lambda lines: [*lines[:4], "," + lines[4].partition(",")[2], *lines[5:]], "line 5 has no label"),
    "a large value": (lambda lines: [*lines[:4], lines[4].rpartition(",")[0] + ",256", *lines[5:]], "from 0 to 256"),
    "other sizes": (lambda lines: [line.rpartition(",")[0] for line in lines], "784 columns, of which 783 are pixels"),
    "a header alone": (lambda lines: lines[:1], "no lines of images"),
    "nothing": (lambda lines: [], "can't be read as CSV: it is empty"),
    "latin-1": (lambda lines: [lines[0], *("\udce4" + line for line in lines[1:])], "'utf-8' codec can't decode"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN_CSV)
def test_a_csv_that_is_none_is_said_with_its_line(tmp_path: Path, kind: str) -> None:
    change, message = BROKEN_CSV[kind]
    path = write_csv(tmp_path / "data.csv", PLAIN["x_train"], PLAIN["y_train"])
    path.write_bytes("\n".join(change(path.read_text().splitlines())).encode(errors="surrogateescape"))
    with pytest.raises(DataError, match=message):
        read_whole(path)


def turn(arrays: Arrays) -> Arrays:
    return change_pixels(lambda x: x.transpose(0, 2, 1), arrays)


def test_emnist_is_turned_upright_and_chosen_by_name(tmp_path: Path) -> None:
    upright = load_dataset(write_idx(tmp_path / "plain", PLAIN))
    folder = write_idx(tmp_path / "emnist", turn(PLAIN), prefix="emnist-digits-")
    data = read_whole(folder)
    assert data.test.sha256 == upright.test.sha256
    assert "EMNIST's images lie transposed in its files: they were turned upright" in data.notes
    write_idx(folder, turn(relabel(lambda y: y + 1)), prefix="emnist-letters-")
    (folder / "emnist-letters-mapping.txt").write_text("1 65 97\n2 66 98\n3 67 99\n")
    with pytest.raises(DataError, match="2 data sets in one folder: digits, letters") as caught:
        load_dataset(folder)
    assert caught.value.hint == "choose one: `split='digits'`"
    letters = read_whole(folder, split="letters")
    assert (letters.labels, letters.name) == (("A", "B", "C"), "emnist-letters")
    assert np.array_equal(letters.test.images, PLAIN["x_test"])
    with pytest.raises(DataError, match="no data set bymerge in this folder, found digits, letters"):
        load_dataset(folder, split="bymerge")


def test_data_are_named_by_their_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write_idx(tmp_path / "mine", PLAIN))
    assert load_dataset(".").describe() == "mine: IDX files, 3 classes; 30 images to train, 10 to test"


def test_a_split_is_named_only_where_there_are_several(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="`split='letters'` chooses none"):
        load_dataset(write_npz(tmp_path / "data.npz", **PLAIN), split="letters")
    with pytest.raises(UsageError, match="`split='letters'` chooses one of several"):
        load_dataset(None, split="letters")


def test_emnist_in_csv_is_turned_upright_too(tmp_path: Path) -> None:
    arrays = turn(PLAIN)
    for split in ("train", "test"):
        write_csv(tmp_path / f"emnist-digits-{split}.csv", arrays[f"x_{split}"], arrays[f"y_{split}"], header=False)
    data = read_whole(tmp_path)
    assert np.array_equal(data.test.images, PLAIN["x_test"])
    assert any("turned upright" in note for note in data.notes)


def test_qmnist_has_eight_numbers_a_label(tmp_path: Path) -> None:
    folder = write_idx(tmp_path / "qmnist", PLAIN, prefix="qmnist-")
    for split, key in (("train", "train"), ("t10k", "test")):
        labels = np.repeat(PLAIN[f"y_{key}"][:, None], 8, axis=1) + np.arange(8) * 100
        header = bytes([0, 0, 12, 2]) + b"".join(size.to_bytes(4, "big") for size in labels.shape)
        (folder / f"qmnist-{split}-labels-idx1-ubyte").unlink()
        (folder / f"qmnist-{key}-labels-idx2-int").write_bytes(header + labels.astype(">i4").tobytes())
    data = read_whole(folder)
    assert data.test.labels.tolist() == PLAIN["y_test"].tolist()
    assert data.labels == ("0", "1", "2")


def test_kmnist_comes_as_one_array_a_file(tmp_path: Path) -> None:
    for split in ("train", "test"):
        np.savez_compressed(tmp_path / f"kmnist-{split}-imgs.npz", PLAIN[f"x_{split}"])
        np.savez_compressed(tmp_path / f"kmnist-{split}-labels.npz", PLAIN[f"y_{split}"])
    assert read_whole(tmp_path).test.sha256 == load_dataset(write_npz(tmp_path / "z.npz", **PLAIN)).test.sha256


@pytest.mark.parametrize("inside", ["beside", "in it", "both"])
def test_kaggle_puts_each_idx_file_beside_or_into_a_folder_of_its_name(tmp_path: Path, inside: str) -> None:
    folder = write_idx(tmp_path / "kaggle", PLAIN)
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        path.unlink()
        path.mkdir()
        if inside != "beside":
            (path / path.name).write_bytes(content)
        if inside != "in it":
            (folder / path.name.replace("-idx", ".idx")).write_bytes(content)
    data = read_whole(folder)
    assert data.test.sha256 == load_dataset(write_npz(tmp_path / "plain.npz", **PLAIN)).test.sha256
    assert bool(data.notes) == (inside == "both"), data.notes


@pytest.mark.parametrize("splits", [("training", "testing"), ("Train", "Test"), ("train", "validation")])
def test_folders_of_splits_have_usual_names(tmp_path: Path, splits: tuple[str, str]) -> None:
    data = read_whole(write_folders(tmp_path / "data", PLAIN, splits))
    assert (len(data.training), len(data.test)) == (30, 10)


def test_hidden_files_are_ignored_and_others_are_said_to_be_left_out(tmp_path: Path) -> None:
    folder = write_folders(tmp_path / "data", PLAIN)
    for place in (folder, folder / "train", folder / "train" / "0"):
        for name in ("._0.png", ".DS_Store", "Thumbs.db"):
            (place / name).write_bytes(b"\0\5\26\7")
        (place / "__MACOSX").mkdir()
    clean = load_dataset(write_folders(tmp_path / "clean", PLAIN))
    data = read_whole(folder)
    assert (data.training.sha256, data.notes) == (clean.training.sha256, ())
    (folder / "train" / "0" / "notes.txt").touch()
    (folder / "test" / "1" / "deeper").mkdir()
    (folder / "train" / "empty").mkdir()
    assert read_whole(folder).notes == (
        "1 folder left out: empty (no pictures)",
        "2 files left out: train/0/notes.txt, test/1/deeper",
    )
    assert read_whole(folder).labels == ("0", "1", "2")


FORMATS = ["png", "jpg", "jpeg", "bmp", "webp", "gif", "tiff", "pgm", "PNG"]


def test_pictures_of_every_form_are_read_from_one_folder(tmp_path: Path) -> None:
    folder = write_folders(tmp_path / "data", PLAIN)
    for ending in FORMATS:
        Image.fromarray(PLAIN["x_train"][0]).save(folder / "train" / "0" / f"more.{ending}")
    data = read_whole(folder)
    assert len(data.training) == 30 + len(FORMATS)
    assert data.notes == ()


def save_digit(path: Path, image: np.ndarray, mode: str, size: tuple[int, int]) -> None:
    picture = Image.fromarray(image).resize(size)
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(picture).astype(np.uint16) * 257)
    elif mode == "clear":  # black ink on nothing
        ink = np.zeros((*size[::-1], 4), np.uint8)
        ink[..., 3] = np.asarray(picture)
        picture = Image.fromarray(ink)
    else:
        picture = picture.convert(mode)
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "LA", "I;16", "clear"])
def test_pictures_of_every_colour_and_size_become_images(tmp_path: Path, dataset, mode: str) -> None:
    for split, images in (("train", dataset.training), ("test", dataset.test)):
        for index in range(6):
            for size in ((28, 28), (32, 32), (56, 84)):
                name = f"{index}-{size[0]}.png"
                save_digit(tmp_path / split / str(index % 2) / name, images.images[index], mode, size)
    data = read_whole(tmp_path)
    assert data.test.images.shape == (18, 28, 28)
    same = dataset.test.images[0] if mode != "clear" else 255 - dataset.test.images[0]
    assert np.array_equal(data.test.images[0], same), "of an image's size and grey: as it is"
    assert np.abs(data.test.images[1].astype(int) - same).mean() < 12, "scaled only"
    assert len({image.tobytes() for image in data.test.images}) == 18, "no two digits look alike"
    assert "train: 12 pictures scaled from 32 x 32 and other sizes to 28 x 28 pixels" in "".join(data.notes)
    assert any("transparency, which was taken as paper" in note for note in data.notes) == (mode == "clear")


def test_pictures_in_colour_are_said_to_be_taken_as_grey(tmp_path: Path) -> None:
    folder = write_folders(tmp_path / "data", PLAIN)
    red = np.dstack([PLAIN["x_train"][0], np.zeros((28, 28, 2), np.uint8)])
    Image.fromarray(red).save(folder / "train" / "0" / "red.png")
    assert "train: 1 picture in colour, taken as grey" in read_whole(folder).notes


def test_a_picture_keeps_its_proportions_on_paper(tmp_path: Path) -> None:
    folder = write_folders(tmp_path / "data", PLAIN)
    page = np.full((40, 80), 250, np.uint8)
    page[10:30, 30:50] = 0
    Image.fromarray(page).save(folder / "test" / "0" / "zzz.png")
    images = read_whole(folder).test
    (found,) = [image for image in images.images if image[0, 0] == 250]
    assert (found[:7] == 250).all()
    assert (found[21:] == 250).all()
    assert np.flatnonzero(found[14] < 50).tolist() == [*range(11, 17)]
    assert np.flatnonzero(found[:, 14] < 50).tolist() == [*range(11, 17)]


@pytest.mark.parametrize("size", [(1, 1), (1, 1000), (3000, 2), (27, 29), (29, 27), (28, 28), (257, 300)])
@pytest.mark.parametrize("paper", [0, 255])
def test_a_picture_of_any_size_fills_one_side(size: tuple[int, int], paper: int) -> None:
    from edgemnist.datasets.fitting import fit_picture

    page = np.full((*size, 4), 255, np.uint8)
    page[..., :3] = paper
    assert (fit_picture(page) == paper).all()
    page[..., :3] = np.linspace(0, 255, size[0] * size[1]).reshape(*size, 1)
    found = fit_picture(page)
    assert (found.shape, found.dtype) == ((28, 28), np.uint8)
    if min(size) > 20:
        assert found.min() <= 12
        assert found.max() >= 243


def test_a_photograph_is_turned_as_its_camera_was_held(tmp_path: Path) -> None:
    folder = write_folders(tmp_path / "data", PLAIN)
    picture = Image.fromarray(PLAIN["x_train"][0])
    exif = picture.getexif()
    exif[0x0112] = 6
    picture.save(folder / "test" / "0" / "0.png", exif=exif)
    assert np.array_equal(read_whole(folder).test.images[0], np.rot90(PLAIN["x_train"][0], -1))


@pytest.mark.parametrize("form", ["folders", "parquet"])
@pytest.mark.parametrize("split", ["train", "test"])
def test_blank_pictures_are_an_error_that_names_the_first_few(tmp_path: Path, form: str, split: str) -> None:
    images = PLAIN[f"x_{split}"].copy()
    images[[1, 4, 5, 9]] = np.array([0, 255, 9, 128], np.uint8)[:, None, None]
    path = WRITERS[form](tmp_path / "data", {**PLAIN, f"x_{split}": images})
    with pytest.raises(DataError, match=f"{split}: 4 blank pictures: .*, .*, .*, …") as caught:
        read_whole(path)
    assert caught.value.hint.startswith("take them out")


def test_arrays_may_be_blank(tmp_path: Path) -> None:
    """Of what is no picture, nobody knows that blank is a mistake."""
    blank = change_pixels(lambda x: np.where(np.arange(len(x))[:, None, None] % 2, x, 0).astype(np.uint8))
    assert len(read_whole(write_npz(tmp_path / "data.npz", **blank)).test) == 10


@pytest.mark.parametrize("form", ["folders", "parquet", "npz"])
def test_another_preparation_makes_the_images_of_pictures(tmp_path: Path, form: str) -> None:
    """Of pictures, not of arrays."""
    path = WRITERS[form](tmp_path / "data", PLAIN)
    plain = read_whole(path)
    images = plain.test.images
    inks = [find_ink(image) for image in images]
    assert len(set(inks)) == 2
    for ink in ("bright", "dark"):
        if form == "npz":
            assert np.array_equal(plain.state("fit", ink).test.images, images)
            continue
        turned = [image if one == ink else 255 - image for image, one in zip(images, inks, strict=True)]
        assert np.array_equal(plain.state("fit", ink).test.images, turned)
    assert np.array_equal(plain.state("none", "any").test.images, images)
    assert np.array_equal(images, load_dataset(path).test.images)


def test_two_folders_of_one_split_are_refused(tmp_path: Path) -> None:
    folder = write_folders(tmp_path / "data", PLAIN)
    write_folders(folder, PLAIN, ("training", "other"))
    with pytest.raises(DataError, match="train and training are the same split"):
        load_dataset(folder)


def test_parquet_names_its_classes(tmp_path: Path) -> None:
    data = read_whole(write_parquet(tmp_path / "data", PLAIN, ["cat", "dog", "eel"]))
    assert data.labels == ("cat", "dog", "eel")
    assert data.describe() == "data: Parquet, 3 classes; 30 images to train, 10 to test"
    (tmp_path / "data" / "train-00000-of-00001.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(DataError, match="can't be read as Parquet"):
        read_whole(tmp_path / "data")


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"image": [b"x"], "label": [[1, 0]]}, r"train labels: found '\[1, 0\]', expected whole numbers"),
        ({"image": [b"x"], "label": [None]}, "train labels: found 'None', expected whole numbers"),
        ({"image": [b"x", b"y"], "label": ["a" * 2_000, "b"]}, "train labels: found 'aaaaaaaaaaaaaaaaaaaa', expected"),
        ({"image": [b"x", b"y"], "label": [0, 1]}, "row 0: can't be read as a picture: of no known form"),
        ({"image": [None, b"y"], "label": [0, 1]}, "row 0: no picture inside"),
        ({"image": [b"x"], "text": ["a"]}, "no column label, found image, text"),
        ({"text": ["a", "b"], "label": [0, 1]}, "no column image, found text, label"),
        ({"image": [], "label": []}, "train labels: none"),
    ],
)
def test_parquet_of_other_things_is_refused(tmp_path: Path, columns: dict[str, list[Any]], message: str) -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="pip install pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pyarrow.table(columns), tmp_path / "data.parquet")
    with pytest.raises(DataError, match=message):
        read_images(tmp_path / "data.parquet")


def test_without_pyarrow_the_line_that_installs_it_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from edgemnist.errors import PackageMissing

    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    (tmp_path / "data.parquet").write_bytes(b"PAR1")
    with pytest.raises(PackageMissing) as caught:
        read_whole(tmp_path / "data.parquet")
    assert caught.value.hint == "pip install 'edgemnist[parquet]'"


def nest(folder: Path) -> Path:
    write_folders(folder / "outer" / "inner", PLAIN)
    return folder / "outer"


def test_a_form_is_known_by_its_content(tmp_path: Path) -> None:
    for name, path in (
        ("npz.data", write_npz(tmp_path / "a.npz", **PLAIN)),
        ("csv.zip", write_csv(tmp_path / "a.csv", PLAIN["x_train"], PLAIN["y_train"])),
    ):
        content = path.read_bytes()
        if name.endswith("zip"):
            with zipfile.ZipFile(tmp_path / "packed.zip", "w") as archive:
                archive.write(path, "a.csv")
            content, name = (tmp_path / "packed.zip").read_bytes(), "csv.data"
        (tmp_path / name).write_bytes(content)
        assert len(load_dataset(tmp_path / name).labels) == 3
    pictures = write_folders(tmp_path / "folders", PLAIN) / "train" / "0"
    with pytest.raises(DataError, match="pictures, but no folders of classes"):
        load_dataset(pictures)
    with pytest.raises(DataError, match="not a data set") as caught:
        load_dataset(nest(tmp_path))
    assert caught.value.hint == f"look into the folder inside: `data='{tmp_path}/outer/inner'`"
    (tmp_path / "odd.bin").write_bytes(b"\x7fELF")
    with pytest.raises(DataError, match=r"odd\.bin: not a data set"):
        load_dataset(tmp_path / "odd.bin")


def test_names_in_another_order_than_the_files_have_would_exchange_classes(tmp_path: Path) -> None:
    arrays = make_arrays()
    arrays = {
        name: np.array(["ant", "bee", "cat"])[values] if name[0] == "y" else values for name, values in arrays.items()
    }
    path = write_npz(tmp_path / "data.npz", **arrays)
    assert load_dataset(path).labels == load_dataset(path, ["ant", "bee", "cat"]).labels == ("ant", "bee", "cat")
    assert load_dataset(path, ["Ameise", "Biene", "Katze"]).labels == ("Ameise", "Biene", "Katze")
    with pytest.raises(DataError, match="the classes are ant, bee, cat, in that order") as refused:
        _ = load_dataset(path, ["cat", "ant", "bee"]).labels
    assert refused.value.hint == "leave `class_names` out"
