"""Compression bombs and what is no file, as data, pictures and stored answers: one clear error, little memory."""

from __future__ import annotations

import json
import os
import re
import stat
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ROOT
from tests.test_datasets import make_arrays, write_idx, write_npz, write_png

GIGABYTE = 2**30
# Python, NumPy, Pillow and this package take 70 MB; every bomb here would take a gigabyte.
MOST_KILOBYTES = 400_000
ACTIONS = """
import json, sys
from pathlib import Path
from edgemnist.answers import read_listed_answers
from edgemnist.datasets import load_dataset
from edgemnist.datasets.pictures import read_array, read_picture
from edgemnist.errors import EdgeMnistError
from tests.conftest import measure_peak

def read_data(path):
    data = load_dataset(path)
    data.labels, data.test.sha256, len(data.training)

actions = {
    "data": read_data, "picture": read_picture, "array": read_array,
    "answers": lambda path: read_listed_answers(path, {}).content.probabilities,
}
for action, path in json.load(sys.stdin):
    try:
        actions[action](Path(path))
        found = "nothing wrong"
    except EdgeMnistError as error:
        found = f"{type(error).__name__}: {error}"
    print(json.dumps([found, measure_peak()]), flush=True)
"""


def read_all(cases: list[tuple[str, Path]]) -> Iterator[tuple[str, int]]:
    """Read files in a process of its own; yield what it said of each, and its peak memory so far in kB."""
    given = json.dumps([(action, str(path)) for action, path in cases])
    run = subprocess.run(
        [sys.executable, "-c", ACTIONS], input=given, capture_output=True, text=True, timeout=300, cwd=ROOT, check=False
    )
    assert run.returncode == 0, run.stderr
    return (tuple(json.loads(line)) for line in run.stdout.splitlines())


def deflate(start: bytes, zeros: int = 0) -> bytes:
    """Pack `start` and then as many zeros, a megabyte at a time: after a full flush each looks like the last."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return content + block * (zeros // 2**20) + b"\3\0"  # an empty last block


def write_gzip(path: Path, start: bytes, zeros: int = 0) -> None:
    crc = zlib.crc32(start)
    path.write_bytes(
        b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + deflate(start, zeros) + struct.pack("<II", crc, len(start) + zeros)
    )


def write_zip(path: Path, *members: tuple[str, bytes, int, int]) -> Path:
    """Write a zip of members (name, packed content, CRC, size that the directory declares)."""
    with path.open("wb") as stream:
        directory = b""
        for name, packed, crc, size in members:
            common = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, crc, len(packed), size, len(name), 0)
            directory += b"PK\1\2\x14\0" + common + struct.pack("<HHHII", 0, 0, 0, 0, stream.tell()) + name.encode()
            stream.write(b"PK\3\4" + common + name.encode() + packed)
        start = stream.tell()
        count = len(members)
        stream.write(directory + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), start, 0))
    return path


def make_header(descr: str, shape: tuple[int, ...]) -> bytes:
    text = repr({"descr": descr, "fortran_order": False, "shape": shape}).encode().ljust(117) + b"\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text


def make_member(name: str, start: bytes, zeros: int = 0, size: int | None = None) -> tuple[str, bytes, int, int]:
    return f"{name}.npy", deflate(start, zeros), zlib.crc32(start), len(start) + zeros if size is None else size


def make_idx(*shape: int) -> bytes:
    return bytes([0, 0, 8, len(shape)]) + struct.pack(f">{len(shape)}I", *shape)


def break_gzip(folder: Path, name: str, start: bytes, zeros: int = 0) -> Path:
    write_idx(folder, make_arrays(), pack=True)
    write_gzip(folder / f"{name}.gz", start, zeros)
    return folder


def break_both(folder: Path, count: int) -> Path:
    """As many labels as images declared: only what comes out can show it."""
    write_idx(folder, make_arrays(), pack=True)
    write_gzip(folder / f"{TEST_LABELS}.gz", make_idx(count) + bytes(count))
    write_gzip(folder / f"{IMAGES}.gz", make_idx(count, 28, 28), GIGABYTE)
    return folder


def break_npz(path: Path, *members: tuple[str, bytes, int, int]) -> Path:
    """A data set whose members are those given, and honest ones besides."""
    names = [name for name, *_ in members]
    honest = []
    for name, array in make_arrays().items():
        content = make_header(array.dtype.str, array.shape) + array.tobytes()
        honest += [make_member(name, content)] if f"{name}.npy" not in names else []
    return write_zip(path, *honest, *members)


def break_answers(path: Path, *members: tuple[str, bytes, int, int]) -> Path:
    texts = {"model_sha256": np.array("a" * 64), "data_sha256": np.array("b" * 64), "kind": np.array("logits")}
    texts["labels"] = np.array(["x", "y"])
    names = [name for name, *_ in members]
    honest = [
        make_member(name, make_header(text.dtype.str, text.shape) + text.tobytes())
        for name, text in texts.items()
        if f"{name}.npy" not in names
    ]
    return write_zip(path, *honest, *members)


def write_chunks(path: Path, size: tuple[int, int], *chunks: tuple[bytes, bytes]) -> Path:
    """Write a PNG of one bit a pixel, all black, with chunks before its pixels."""
    packed = zlib.compress(bytes((1 + -(-size[0] // 8)) * size[1]), 9)
    header = struct.pack(">IIBBBBB", *size, 1, 0, 0, 0, 0)
    with path.open("wb") as stream:
        stream.write(b"\x89PNG\r\n\x1a\n")
        for name, content in ((b"IHDR", header), *chunks, (b"IDAT", packed), (b"IEND", b"")):
            stream.write(struct.pack(">I", len(content)) + name + content)
            stream.write(struct.pack(">I", zlib.crc32(name + content)))
    return path


def pack_zeros() -> bytes:
    return b"\x78\x9c" + deflate(b"", GIGABYTE)


def pad(path: Path, size: int) -> Path:
    """Lengthen a file by zeros that take no room on the disk."""
    with path.open("r+b") as stream:
        stream.truncate(stream.seek(0, os.SEEK_END) + size)
    return path


def write_sparse(path: Path, start: bytes, size: int) -> Path:
    path.write_bytes(start)
    return pad(path, size)


IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
MILLION = 1_369_568  # images of 784 zeros: a gigabyte
BOMBS: dict[str, tuple[str, Callable[[Path], Path], str]] = {
    "gz: more than declared": (
        "data", lambda f: break_gzip(f, IMAGES, make_idx(10, 28, 28), GIGABYTE),
        "packed bytes, but its header says 10 x 28 x 28"),
    "gz: a little more declared, and a gigabyte inside": (
        "data", lambda f: break_both(f, 10_000), "more values than its header says"),
    "gz: a gigabyte, as declared": (
        "data", lambda f: break_gzip(f, IMAGES, make_idx(GIGABYTE // 784, 28, 28), GIGABYTE), "a compression bomb"),
    "gz: more declared than anybody has": (
        "data", lambda f: break_gzip(f, IMAGES, make_idx(2**32 - 1, 28, 28)), "expected at most 4,294,967,296"),
    "gz: less than declared": (
        "data", lambda f: break_gzip(f, IMAGES, make_idx(100_000, 28, 28)), "100000 test images but 10 labels"),
    "gz: a gigabyte of labels": (
        "data", lambda f: break_gzip(f, TEST_LABELS, make_idx(GIGABYTE), GIGABYTE), "a compression bomb"),
    "gz: labels of 100 million images": (
        "data", lambda f: break_gzip(f, TEST_LABELS, make_idx(100 * 2**20), 100 * 2**20), "labels, expected at most"),
    "gz: zeros behind its end": (
        "data", lambda f: pad(write_idx(f, make_arrays(), pack=True) / f"{IMAGES}.gz", GIGABYTE).parent,
        "packed bytes, but its header says 10 x 28 x 28"),
    "gz: other sizes": (
        "data", lambda f: break_gzip(f, IMAGES, make_idx(10, 2**15, 2**10), GIGABYTE), "10 x 32768 x 1024, expected n"),
    "npz: a gigabyte, as declared": (
        "data", lambda f: break_npz(f, make_member("x_test", make_header("|u1", (GIGABYTE // 784, 784)), GIGABYTE,
            128 + GIGABYTE // 784 * 784)), "a compression bomb"),
    "npz: training images": (
        "data", lambda f: break_npz(f, make_member("x_train", make_header("|u1", (GIGABYTE // 784, 784)), GIGABYTE,
            128 + GIGABYTE // 784 * 784)), "a compression bomb"),
    "npz: more than its header says": (
        "data", lambda f: break_npz(f, make_member("x_test", make_header("|u1", (10, 784)), GIGABYTE)),
        "has 1,073,741,952 bytes, but its header says"),
    "npz: more than its directory says": (
        "data", lambda f: break_npz(f, make_member("x_test", make_header("|u1", (10, 784)), GIGABYTE, 128 + 7840)),
        "Bad CRC"),
    "npz: an absurd shape": (
        "data", lambda f: break_npz(f, make_member("x_test", make_header("|u1", (10**15, 784)), 2**20)),
        "but its header says"),
    "npz: another size of image": (
        "data", lambda f: break_npz(f, make_member("x_test", make_header("|u1", (2**18, 2**10)), 2**28)),
        "a compression bomb"),
    "npz: a header of a gigabyte": (
        "data", lambda f: break_npz(f, make_member("x_test", b"\x93NUMPY\2\0" + struct.pack("<I", 2**30), GIGABYTE)),
        "an array header of 1,073,741,824 bytes"),
    "npz: a gigabyte of labels": (
        "data", lambda f: break_npz(f, make_member("y_test", make_header("|u1", (GIGABYTE,)), GIGABYTE)),
        "a compression bomb"),
    "npz: a gigabyte of names": (
        "data", lambda f: break_npz(f, make_member("labels", make_header("|S1048576", (200,)), 200 * 2**20)),
        "expected short texts"),
    "npz: packed in another way": (
        "data", lambda f: pack_otherwise(f), "packed in another way than NumPy's"),
    "csv: a line of a gigabyte": (
        "data", lambda f: pack_text(f, b"0,", GIGABYTE), "a line of 262,144 bytes or more"),
    "csv: a gigabyte of lines": (
        "data", lambda f: pack_text(f, b"7" + b",0" * 784 + b"\n"), "a compression bomb"),
    "csv: a gigabyte of empty lines": (
        "data", lambda f: pack_text(f, b"\n" * 5_000), "more than 1,000 empty lines"),
    "csv: a gigabyte in a zip": (
        "data", lambda f: write_zip(f.with_suffix(".zip"), ("a.csv", deflate(b"0,", GIGABYTE), 0, GIGABYTE)), "a line"),
    "csv: a label of many letters": (
        "data", lambda f: write_start(f.with_suffix(".csv"), b"a" * 5_000 + b",0" * 784 + b"\n"), "a label of many"),
    "csv: packed in another way": (
        "data", lambda f: pack_csv_otherwise(f.with_suffix(".zip")), "a.csv is packed in another way"),
    "parquet: one picture a million times": (
        "data", lambda f: repeat_picture(f), "a compression bomb|of 300,000,000 bytes|expected at most"),
    "npz: a long directory": (
        "data", lambda f: write_zip(f, *[("a" * 20_000, b"", 0, 0)] * 60), "a directory of 1,202,760 bytes"),
    "answers: a gigabyte": (
        "answers", lambda f: break_answers(f, make_member("probabilities", make_header("<f4", (GIGABYTE // 8, 2)),
            GIGABYTE)), "ModelError.*a compression bomb"),
    "answers: an absurd shape": (
        "answers", lambda f: break_answers(f, make_member("probabilities", make_header("<f4", (10**12, 2)), 2**20)),
        "ModelError.*but its header says"),
    "answers: a text of a gigabyte": (
        "answers", lambda f: break_answers(f, make_member("probabilities", make_header("<f4", (1, 2)) + bytes(8)),
            make_member("kind", make_header("|S104857600", ()), 100 * 2**20)), "ModelError.*expected short texts"),
    "array: more declared than there is": (
        "array", lambda f: write_sparse(f, make_header("|u1", (10**12, 784)), 784), "but its header says"),
    "array: a gigabyte": (
        "array", lambda f: write_sparse(f, make_header("|u1", (MILLION, 784)), MILLION * 784),
        "declares 1,073,741,312 bytes, expected at most"),
    "png: 81 million pixels": (
        "picture", lambda f: write_chunks(f, (9_000, 9_000)), "9000 x 9000 pixels, expected at most 64,000,000"),
    "png: 100 million pixels": ("picture", lambda f: write_chunks(f, (10_000, 10_000)), "decompression bomb"),
    "png: 400 million pixels": ("picture", lambda f: write_chunks(f, (20_000, 20_000)), "decompression bomb"),
    "png: a text of a gigabyte": (
        "picture", lambda f: write_chunks(f, (28, 28), (b"zTXt", b"a\0\0" + pack_zeros())), "too large"),
    "png: an international text of a gigabyte": (
        "picture", lambda f: write_chunks(f, (28, 28), (b"iTXt", b"a\0\1\0\0\0" + pack_zeros())), "too large"),
    "png: a colour profile of a gigabyte": (
        "picture", lambda f: write_chunks(f, (28, 28), (b"iCCP", b"a\0\0" + pack_zeros())), "too large"),
    "png: a hundred texts": (
        "picture", lambda f: write_chunks(f, (28, 28), *[(b"zTXt", b"a\0\0" + zlib.compress(bytes(2**20 - 1)))] * 100),
        "Too much memory"),
    "png: a file of a gigabyte": (
        "picture", lambda f: pad(write_chunks(f, (28, 28)), GIGABYTE), "bytes, expected at most 268,435,456"),
}  # fmt: skip


def write_start(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def pack_text(path: Path, line: bytes, zeros: int = 0) -> Path:
    """A .csv.gz of a line and zeros, or of a gigabyte of such lines."""
    path = path.with_suffix(".csv.gz")
    if zeros:
        write_gzip(path, line, zeros)
        return path
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block, count = line * (2**20 // len(line)), GIGABYTE // 2**20
    with path.open("wb") as stream:
        for _ in range(count if len(line) > 5_000 or b"," in line else 1):
            stream.write(packer.compress(block))
        stream.write(packer.flush())
    return path


def pack_csv_otherwise(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.csv", "0,0\n")
    return path


def repeat_picture(path: Path) -> Path:
    """A Parquet file of a few kilobytes: one value of 300 MB of zeros, in a dictionary."""
    pyarrow = pytest.importorskip("pyarrow", reason="pip install pyarrow")
    from pyarrow import parquet

    large = pyarrow.array([bytes(300_000_000)])
    table = pyarrow.table({"image": pyarrow.chunked_array([large] * 3), "label": [0, 1, 2]})
    parquet.write_table(table, path.with_suffix(".parquet"), compression="zstd")
    return path.with_suffix(".parquet")


def pack_otherwise(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        for name, array in make_arrays().items():
            archive.writestr(f"{name}.npy", make_header(array.dtype.str, array.shape) + array.tobytes())
    return path


@pytest.mark.slow
def test_no_bomb_takes_much_memory(tmp_path: Path) -> None:
    suffixes = {"npz": ".npz", "answers": ".npz", "array": ".npy", "png": ".png"}
    cases = []
    for number, (name, (action, make, _)) in enumerate(BOMBS.items()):
        cases.append((action, make(tmp_path / f"{number}{suffixes.get(name.partition(':')[0], '')}")))
    results = list(read_all(cases))
    assert len(results) == len(BOMBS)
    wrong = [
        f"{name}: {found}, {kilobytes} kB"
        for (name, (_, _, message)), (found, kilobytes) in zip(BOMBS.items(), results, strict=True)
        if kilobytes > MOST_KILOBYTES or not re.search(message, found)
    ]
    assert not wrong, "\n".join(wrong)


ODD: dict[str, tuple[Callable[[Path], object], str]] = {
    "fifo": (os.mkfifo, "a pipe, a device or a socket"),
    "socket": (lambda path: os.mknod(path, stat.S_IFSOCK | 0o600), "a pipe, a device or a socket"),
    "endless": (lambda path: path.symlink_to("/dev/zero"), "a pipe, a device or a socket"),
    "stdin": (lambda path: path.symlink_to("/dev/stdin"), "a pipe, a device or a socket"),
    "folder": (Path.mkdir, "a folder, expected a file|not a data set|no file for"),
    "dangling": (lambda path: path.symlink_to("nowhere"), "no such file|No such file"),
    "circle": (lambda path: path.symlink_to(path.name), "no such file|Too many levels|Symlink loop"),
}


def list_odd_places(folder: Path) -> Iterator[tuple[str, Path, Path]]:
    """Each action with the path that it is given, and the file to be replaced by something odd."""
    folder.mkdir()
    for action, name in (("data", "a.npz"), ("answers", "b.npz"), ("array", "c.npy"), ("picture", "d.png")):
        yield action, folder / name, folder / name
    for name in ("t10k-images-idx3-ubyte", TEST_LABELS, "train-images-idx3-ubyte"):
        data = write_idx(folder / f"plain-{name}", make_arrays())
        yield "data", data, data / name
        data = write_idx(folder / f"packed-{name}", make_arrays(), pack=True)
        yield "data", data, data / f"{name}.gz"
    data = write_png(folder / "png", make_arrays())
    yield "data", data, data / "test" / "a" / "000.png"


def test_what_is_no_regular_file_is_one_clear_error(tmp_path: Path) -> None:
    cases, expected = [], []
    for kind, (make, message) in ODD.items():
        for action, path, place in list_odd_places(tmp_path / kind):
            place.unlink(missing_ok=True)
            make(place)
            cases.append((action, path))
            expected.append(message)
    results = list(read_all(cases))
    assert len(results) == len(cases) == 77
    for (action, path), message, (found, _) in zip(cases, expected, results, strict=True):
        assert re.search(rf"^(Data|Model)Error: .*({message})", found), f"{action} {path}: {found}"


def test_a_file_that_changes_between_two_passes_is_said(tmp_path: Path, monkeypatch) -> None:
    from edgemnist.datasets import load_dataset, rows
    from edgemnist.errors import DataError

    monkeypatch.setattr(rows, "SMALL_BYTES", 0)
    path = write_npz(tmp_path / "data.npz", **make_arrays())
    test = load_dataset(path).test
    first = test.sha256
    write_npz(path, **make_arrays(seed=1))
    with pytest.raises(DataError, match="changed while it was read"):
        list(test.iterate())
    assert load_dataset(path).test.sha256 != first
