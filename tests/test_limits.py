"""Limits on what is read of files from elsewhere: each holds at its edge."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edgemnist.datasets import load_dataset
from edgemnist.datasets.pictures import read_picture
from edgemnist.errors import DataError
from edgemnist.formats.keras import read_member
from tests.test_datasets import make_arrays, write_npz

MIB = 2**20


def test_a_picture_may_have_256_mib(tmp_path: Path) -> None:
    """What follows its pixels is not read, and so costs nothing."""
    path = tmp_path / "one.png"
    Image.new("L", (3, 2)).save(path)
    os.truncate(path, 256 * MIB)
    assert read_picture(path).shape == (2, 3, 4)
    os.truncate(path, 256 * MIB + 1)
    with pytest.raises(DataError, match="268,435,457 bytes, expected at most 268,435,456"):
        read_picture(path)


def test_damage_that_does_not_reach_the_pixels_is_no_matter(tmp_path: Path) -> None:
    """Pillow warns of it, and a warning is an error in these tests."""
    path = tmp_path / "one.jpg"
    Image.new("L", (3, 2), 77).save(path, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x05\1\x12")
    with pytest.warns(UserWarning, match="Corrupt EXIF data"), Image.open(path) as picture:
        picture.getexif()
    assert abs(int(read_picture(path)[0, 0, 0]) - 77) <= 1


def test_a_member_of_a_keras_file_may_have_16_mib_or_20_times_the_size_of_the_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "model.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        for size in (16 * MIB, 16 * MIB + 1, 20 * MIB):
            archive.writestr(str(size), bytes(size))
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        assert len(read_member(archive, str(16 * MIB), 1)) == 16 * MIB
        assert len(read_member(archive, str(20 * MIB), MIB)) == 20 * MIB
        for member, size in ((16 * MIB + 1, 1), (20 * MIB, MIB - 1)):
            with pytest.raises(ValueError, match=f"{member} unpacks to more than"):
                read_member(archive, str(member), size)


@pytest.mark.parametrize("name", ["labels", "class_names", "classes", "label_names", "names"])
def test_the_names_of_classes_are_found_under_each_usual_name(tmp_path: Path, name: str) -> None:
    names = {name: np.array(["x", "y", "z"])}
    assert load_dataset(write_npz(tmp_path / "data.npz", **make_arrays(), **names)).labels == ("x", "y", "z")
