"""Test images and stored answers in batches: the same values as all at once, and never more memory for more images."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edgemnist.answers import Answers, find_stored_answers, name_answers, read_listed_answers, serialize_answers
from edgemnist.datasets import load_dataset, rows
from edgemnist.datasets.splits import TestSplit
from edgemnist.errors import DataError, ModelError
from edgemnist.files import hash_bytes
from edgemnist.runtimes.base import Footprint, Run, RunTotals
from tests.conftest import ROOT
from tests.test_datasets import make_arrays, write_idx, write_npz, write_png
from tests.test_readers import write_csv_folder, write_parquet


@pytest.fixture
def nothing_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a few images are read anew in each pass, as millions are."""
    monkeypatch.setattr(rows, "SMALL_BYTES", 0)


def write_packed(path: Path, **arrays: np.ndarray) -> Path:
    np.savez_compressed(path, **arrays)
    return path


def turn_columns(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {**arrays, "x_test": np.asfortranarray(arrays["x_test"])}


def flatten(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {**arrays, "x_test": arrays["x_test"].reshape(10, 784)}


WRITERS = {
    "idx": lambda folder, arrays: write_idx(folder / "idx", arrays),
    "idx.gz": lambda folder, arrays: write_idx(folder / "gz", arrays, pack=True),
    "npz": lambda folder, arrays: write_npz(folder / "plain.npz", **arrays),
    "packed npz": lambda folder, arrays: write_packed(folder / "packed.npz", **arrays),
    "flat npz": lambda folder, arrays: write_packed(folder / "flat.npz", **flatten(arrays)),
    "npz in Fortran order": lambda folder, arrays: write_packed(folder / "fortran.npz", **turn_columns(arrays)),
    "flat npz in Fortran order": lambda folder, arrays: write_packed(
        folder / "flat.npz", **turn_columns(flatten(arrays))
    ),
    "csv": lambda folder, arrays: write_csv_folder(folder / "csv", arrays),
    "parquet": lambda folder, arrays: write_parquet(folder / "parquet", arrays),
    "png": lambda folder, arrays: write_png(folder / "png", arrays),
}


@pytest.mark.parametrize("form", WRITERS)
def test_batches_are_the_whole_in_order(tmp_path: Path, monkeypatch, form: str) -> None:
    arrays = make_arrays()
    order = np.argsort(arrays["y_test"], kind="stable") if form == "png" else np.arange(10)
    arrays = {**arrays, "x_test": arrays["x_test"][order], "y_test": arrays["y_test"][order]}
    path = WRITERS[form](tmp_path, arrays)
    whole = load_dataset(path).test
    monkeypatch.setattr(rows, "SMALL_BYTES", 0)
    for size, sizes in ((4, [4, 4, 2]), (5, [5, 5]), (10, [10]), (10_000, [10])):
        test = load_dataset(path).test
        batches = list(test.iterate(size))
        assert [len(images) for images, _ in batches] == [len(labels) for _, labels in batches] == sizes
        assert all(images.dtype == np.uint8 and labels.dtype == np.int64 for images, labels in batches)
        assert np.array_equal(np.concatenate([images for images, _ in batches]), arrays["x_test"])
        assert np.array_equal(np.concatenate([labels for _, labels in batches]), arrays["y_test"])
        assert len(test) == 10
        assert test.sha256 == whole.sha256 == TestSplit(arrays["x_test"], arrays["y_test"]).sha256
        assert np.array_equal(test.images, whole.images)
        assert test.images is test.images
        assert np.array_equal(next(test.iterate(3))[0], arrays["x_test"][:3])


@pytest.mark.parametrize("size", [1, 3, 7, 50])
@pytest.mark.parametrize("step", [1, 2, 5])
def test_some_of_the_rows_come_in_batches_too(size: int, step: int) -> None:
    values = np.arange(40).reshape(20, 2)
    chosen = np.arange(20) % step == 0
    selected = rows.SelectedRows(rows.ArrayRows(values), chosen)
    batches = list(selected.iterate(size))
    assert np.array_equal(np.concatenate(batches), values[chosen])
    assert selected.shape == values[chosen].shape
    assert {len(batch) for batch in batches[:-1]} <= {size}


def test_the_last_of_some_rows_is_not_given_before_all_were_read(tmp_path: Path, nothing_held) -> None:
    damaged = load_dataset(damage_idx(tmp_path)).test
    chosen = np.arange(10) < 4
    batches = rows.SelectedRows(damaged._rows, chosen).iterate(2)
    assert len(next(batches)) == 2
    with pytest.raises(DataError, match="CRC"):
        next(batches)


def test_the_hash_of_a_split_is_the_one_that_manifests_hold(dataset) -> None:
    manifest = json.loads((ROOT / "exports" / "manifest.json").read_text())
    assert dataset.test.sha256 == manifest["models"]["model.keras"]["data"]["test_sha256"]
    assert dataset.training.sha256 == manifest["models"]["model.keras"]["data"]["training_sha256"]


def test_few_images_are_read_once_and_many_in_each_pass(tmp_path: Path, monkeypatch) -> None:
    path = write_npz(tmp_path / "data.npz", **make_arrays())
    test = load_dataset(path).test
    path.unlink()
    assert len(list(test.iterate(5))) == 2
    write_npz(path, **make_arrays())
    monkeypatch.setattr(rows, "SMALL_BYTES", 10 * 784 - 1)
    test = load_dataset(path).test
    path.unlink()
    with pytest.raises(DataError, match="No such file"):
        list(test.iterate(5))


def damage_idx(folder: Path) -> Path:
    path = write_idx(folder / "idx", make_arrays(), pack=True) / "t10k-images-idx3-ubyte.gz"
    content = bytearray(path.read_bytes())
    content[-8] ^= 1  # the checksum behind the last pixel
    path.write_bytes(content)
    return path.parent


def lengthen_idx(folder: Path) -> Path:
    path = write_idx(folder / "idx", make_arrays(), pack=True) / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()) + b"\0"))
    return path.parent


def damage_npz(folder: Path) -> Path:
    path = write_npz(folder / "data.npz", **make_arrays())
    with zipfile.ZipFile(path) as archive:
        place = archive.getinfo("x_test.npy").header_offset
    content = bytearray(path.read_bytes())
    content[place + 4_000] ^= 1
    path.write_bytes(content)
    return path


def take_two(batches) -> None:
    """The second of three may come or not; the last may not."""
    next(batches), next(batches)


@pytest.mark.parametrize(
    ("damage", "message"), [(damage_idx, "CRC"), (lengthen_idx, "more values"), (damage_npz, "Bad CRC-32")]
)
def test_the_last_batch_of_a_damaged_file_is_never_given(tmp_path: Path, nothing_held, damage, message: str) -> None:
    test = load_dataset(damage(tmp_path)).test
    batches = test.iterate(4)
    assert len(next(batches)[0]) == 4
    with pytest.raises(DataError, match=message):
        take_two(batches)
    with pytest.raises(DataError, match=message):
        _ = test.images


def test_pictures_that_come_or_go_meanwhile_are_noticed(tmp_path: Path, nothing_held) -> None:
    folder = write_png(tmp_path / "png", make_arrays())
    test, moved = load_dataset(folder).test, folder / "test" / "a" / "000.png"
    content = moved.read_bytes()
    moved.unlink()
    with pytest.raises(DataError, match="pictures changed"):
        list(test.iterate(4))
    for name in ("000.png", "more.png"):
        (moved.parent / name).write_bytes(content)
    with pytest.raises(DataError, match="pictures changed"):
        list(test.iterate(10))


def make_answers(images: int = 10) -> Answers:
    probabilities = np.random.default_rng(0).random((images, 3), np.float32)
    return Answers("a" * 64, "b" * 64, probabilities, ("x", "y", "z"), "probabilities")


def write_answers(path: Path, answers: Answers) -> str:
    path.write_bytes(serialize_answers(answers))
    return hash_bytes(path.read_bytes())


def test_stored_answers_come_in_step_with_the_images(tmp_path: Path, nothing_held) -> None:
    written = make_answers()
    sha256 = write_answers(tmp_path / "answers.npz", written)
    assert write_answers(tmp_path / "again.npz", make_answers()) == sha256
    read = read_listed_answers(tmp_path / "answers.npz", {}).content
    assert (read.model_sha256, read.data_sha256, read.labels, read.kind, read.shape) == (
        "a" * 64, "b" * 64, ("x", "y", "z"), "probabilities", (10, 3)
    )  # fmt: skip
    assert [len(batch) for batch in read.iterate(4)] == [4, 4, 2]
    assert np.array_equal(np.concatenate(list(read.iterate(4))), written.probabilities)
    assert np.array_equal(read.probabilities, written.probabilities)
    assert read.probabilities.dtype == np.float32
    assert read.probabilities is read.probabilities


def test_answers_are_found_by_both_hashes_and_said_to_be_changed(tmp_path: Path, nothing_held) -> None:
    name = name_answers("model", "a" * 64, "b" * 64)
    sha256 = write_answers(tmp_path / name, make_answers())
    found = find_stored_answers(tmp_path, "a" * 64, "b" * 64, {name: sha256})
    assert found.changes == ()
    assert np.array_equal(found.content.probabilities, make_answers().probabilities)
    assert find_stored_answers(tmp_path, "a" * 64, "b" * 64, {}) is not None
    assert find_stored_answers(tmp_path, "a" * 63 + "b", "b" * 64, {}) is None, "only the first digits are in the name"
    assert find_stored_answers(tmp_path, "a" * 64, "b" * 63 + "a", {}) is None
    assert find_stored_answers(tmp_path, "c" * 64, "b" * 64, {}) is None
    changed = find_stored_answers(tmp_path, "a" * 64, "b" * 64, {name: "0" * 64})
    assert changed.changes == (f"changed since export: the manifest lists other answers as {name}",)
    found = find_stored_answers(tmp_path, "a" * 64, "b" * 64, {name: sha256})
    write_answers(tmp_path / name, make_answers())
    with pytest.raises(ModelError, match="changed while it was read"):
        list(found.content.iterate())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"probabilities": np.zeros((4, 3))}, "holds float64 .4, 3., expected float32"),
        ({"probabilities": np.zeros(4, np.float32)}, "holds float32 .4,., expected float32"),
        ({"probabilities": np.array([{}])}, "no plain arrays"),
        ({"labels": np.arange(3)}, "labels is int64 .3,., expected short texts"),
        ({"kind": None}, "no item named 'kind.npy'"),
    ],
)
def test_a_file_of_other_things_is_no_answers(tmp_path: Path, changes, message: str) -> None:
    content = {
        "probabilities": np.zeros((4, 3), np.float32), "model_sha256": np.array("a"), "data_sha256": np.array("b"),
        "labels": np.array(["x", "y", "z"]), "kind": np.array("logits"), **changes,
    }  # fmt: skip
    np.savez(tmp_path / "answers.npz", **{name: value for name, value in content.items() if value is not None})
    with pytest.raises(ModelError, match=message):
        read_listed_answers(tmp_path / "answers.npz", {})


def test_missing_answers_are_said(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.npz: no such file"):
        read_listed_answers(tmp_path / "none.npz", {})
    (tmp_path / "empty.npz").touch()
    with pytest.raises(ModelError, match="can't be read as stored answers: File is not a zip file"):
        read_listed_answers(tmp_path / "empty.npz", {})


TALLY = """
import sys
from pathlib import Path
import numpy as np
from edgemnist.answers import read_listed_answers
from edgemnist.comparison.tally import Tally
from edgemnist.datasets import load_dataset
from tests.conftest import measure_peak

dataset, answers = load_dataset(sys.argv[1]), read_listed_answers(Path(sys.argv[2]), {}).content
test, tally = dataset.test, Tally(len(dataset.labels))
test.sha256
for (images, labels), source in zip(test.iterate(), answers.iterate(), strict=True):
    brightness = images.reshape(len(images), -1).mean(axis=1)
    model = source.copy()
    model[brightness > 27.3] = model[brightness > 27.3][:, ::-1]
    tally.add(labels, model, source, images.reshape(len(images), -1)[:, :10], images.reshape(len(images), -1)[:, 10:20])
score, comparison, outputs = tally.finish()
print(score.images, score.hits, comparison.moved, outputs.outputs_compared)
print(measure_peak())
"""


def write_images(folder: Path, count: int) -> tuple[Path, Path, Path]:
    """Write `count` noisy test images as a packed .npz and as IDX files, and answers to them."""
    generator = np.random.default_rng(0)
    batch = np.minimum(generator.integers(0, 512, (10_000, 28, 28), np.uint16), 255).astype(np.uint8)
    batch[:, 4:] = 0  # quicker to pack
    labels = np.arange(count) % 10
    idx, npz, answers = folder / f"idx{count}", folder / f"{count}.npz", folder / f"answers{count}.npz"
    idx.mkdir()
    sizes = b"".join(size.to_bytes(4, "big") for size in (count, 28, 28))
    with (
        (idx / "t10k-images-idx3-ubyte").open("wb") as stream,
        zipfile.ZipFile(npz, "w", 8, compresslevel=1) as archive,
    ):
        stream.write(bytes([0, 0, 8, 3]) + sizes)
        with archive.open("x_test.npy", "w", force_zip64=True) as member:
            np.lib.format.write_array_header_1_0(
                member, {"descr": "|u1", "fortran_order": False, "shape": (count, 28, 28)}
            )
            for _ in range(count // 10_000):
                stream.write(batch.data)
                member.write(batch.data)
        for name, array in (("y_test", labels), ("x_train", batch[:20]), ("y_train", labels[:20])):
            with archive.open(f"{name}.npy", "w") as member:
                np.lib.format.write_array(member, array)
    for name, array in (
        ("t10k-labels-idx1", labels),
        ("train-images-idx3", batch[:20]),
        ("train-labels-idx1", labels[:20]),
    ):
        header = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
        (idx / f"{name}-ubyte").write_bytes(header + array.astype(np.uint8).tobytes())
    probabilities = generator.dirichlet(np.ones(10), 10_000).astype(np.float32)
    whole = np.tile(probabilities, (count // 10_000, 1))
    write_answers(answers, Answers("a" * 64, "b" * 64, whole, tuple("0123456789"), "probabilities"))
    return npz, idx, answers


def measure(data: Path, answers: Path) -> tuple[list[int], int]:
    """Return what the tally counted and the peak memory in kB of a process that goes through all images."""
    command = [sys.executable, "-c", TALLY, str(data), str(answers)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, timeout=600)
    *counts, kilobytes = map(int, run.stdout.split())
    return counts, kilobytes


@pytest.mark.slow
def test_a_million_images_take_the_memory_of_a_few(tmp_path: Path) -> None:
    """10,000 are read once and held; of more, one batch is in hand while the next is read. Beyond that, nothing."""
    paths = {count: write_images(tmp_path, count) for count in (10_000, 50_000, 1_000_000)}
    for form in (0, 1):
        found = {count: measure(places[form], places[2]) for count, places in paths.items()}
        (held, smallest), (few, small), (many, large) = found.values()
        assert many == [20 * count for count in few] == [100 * count for count in held]
        assert many[0] == 1_000_000
        assert 1_000 < held[2] < 9_000, "some must move, and some not"
        print(f"{smallest:,} kB, {small:,} kB, {large:,} kB")
        assert large < 1.05 * small + 1_000
        assert large < smallest + 20_000


def test_what_batches_took_is_of_all_of_them() -> None:
    """Seconds are a sum, instructions a mean over images; what memory it takes is the same each time."""
    totals, taken = RunTotals(), Footprint(1000, 200, 30, 50.0)
    assert (totals.seconds, totals.footprint) == (0, None)
    for images, seconds, instructions in ((3, 1.5, 50.0), (1, 0.25, 90.0)):
        outputs = np.zeros((images, 10), np.float32)
        totals.add(Run(outputs, seconds, replace(taken, instructions_per_image=instructions)))
    assert (totals.seconds, totals.footprint) == (1.75, replace(taken, instructions_per_image=60.0))


VERIFY = """
import sys
from edgemnist import Gate, verify
from tests.conftest import measure_peak

gate = Gate(min_agreement=0, max_drop=100)
(verdict,) = verify(sys.argv[2], data=sys.argv[1], against="exports/small_int8.onnx", gate=gate).verdicts
assert verdict.error is None, verdict.error
print(verdict.measurement.score.images, verdict.measurement.comparison.moved, verdict.measurement.outputs is None)
print(measure_peak())
"""


@pytest.mark.slow
@pytest.mark.parametrize("strange", [False, True], ids=["here", "in a child"])
def test_verify_takes_no_more_memory_for_more_images(tmp_path: Path, strange: bool) -> None:
    model = tmp_path / "model.onnx"
    model.write_bytes((ROOT / "exports" / "small_int8.onnx").read_bytes() + (b"\x7a\x01a" if strange else b""))
    peaks = []
    for count in (50_000, 100_000):
        data = write_images(tmp_path, count)[1]
        command = [sys.executable, "-c", VERIFY, str(data), str(model)]
        run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, timeout=600)
        images, moved, _, kilobytes = run.stdout.split()
        assert (int(images), int(moved)) == (count, 0)
        peaks.append(int(kilobytes))
    assert peaks[1] < 1.05 * peaks[0] + 1_000
