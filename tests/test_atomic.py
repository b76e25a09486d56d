"""A file that is replaced is renamed into its place: who reads the older one reads all of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from edgemnist.errors import WriteError
from edgemnist.files import open_transaction, write_atomically
from edgemnist.manifest import Manifest


def write_manifest(path: Path) -> None:
    with open_transaction(path.parent) as changes:
        Manifest(path.parent).write_to(changes)


WRITERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "a file": ("model.onnx", lambda path: write_atomically(path, b"new")),
    "a manifest": ("manifest.json", write_manifest),
}


@pytest.mark.parametrize(("name", "write"), WRITERS.values(), ids=WRITERS)
def test_who_has_the_older_file_open_reads_the_whole_of_it(tmp_path: Path, name: str, write) -> None:
    older, path = b"the older file, which a direct write would change under its reader", tmp_path / name
    path.write_bytes(older)
    with path.open("rb") as reader:
        write(path)
        assert reader.read() == older
    assert path.read_bytes() != older
    assert not list(tmp_path.glob("*.part*"))


def test_the_folders_above_are_made_and_the_bytes_are_those_given(tmp_path: Path) -> None:
    write_atomically(tmp_path / "new" / "deep" / "file.bin", b"\0\xff\n")
    assert (tmp_path / "new" / "deep" / "file.bin").read_bytes() == b"\0\xff\n"


def test_a_folder_in_the_way_is_one_error_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").mkdir()
    with pytest.raises(WriteError, match=r"model\.onnx: can't be written: a folder of that name is in the way"):
        write_atomically(tmp_path / "model.onnx", b"new")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".edgemnist.lock", "model.onnx"]
