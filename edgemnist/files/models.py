"""A model file, which is one of several that are changed together; and a SavedModel, which is a folder."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

from edgemnist.errors import ModelError
from edgemnist.files.single import MOST_BYTES, read_file
from edgemnist.files.transaction import finish_writing

# What a folder has inside that is one model, and where the other files are that TensorFlow reads of it.
FOLDER_GRAPH = "saved_model.pb"
FOLDERS = ("variables", "assets")
MOST_FILES = 1000


def is_model_folder(path: Path) -> bool:
    """True if a folder is one model: TensorFlow's SavedModel."""
    try:
        return (path / FOLDER_GRAPH).is_file()
    except OSError:  # a folder of someone else
        return False


def read_model_file(path: Path) -> bytes:
    """Return the bytes of a model file; what a killed writer began in its folder is finished first.

    Raises:
        ModelError: As `read_file` and `finish_writing`; or it is empty.
    """
    finish_writing(path.parent)
    content = (
        _pack(path) if is_model_folder(path) else read_file(path, missing="check the path, or make one: edgemnist run")
    )
    if not content:
        raise ModelError(f"{path}: the file is empty", "copy or export it again")
    return content


def _pack(folder: Path) -> bytes:
    """Return the files of a SavedModel as one archive: always the same bytes for the same files."""
    import io
    import zipfile  # 5 ms, and hardly any model is a folder

    names = [FOLDER_GRAPH]
    for inside in FOLDERS:
        names += sorted(file.relative_to(folder).as_posix() for file in _list_files(folder / inside))
    buffer, left = io.BytesIO(), MOST_BYTES
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            content = read_file(folder / name, left)
            left -= len(content)
            archive.writestr(zipfile.ZipInfo(name), content)  # ZipInfo's own date is 1980-01-01
    return buffer.getvalue()


def _list_files(folder: Path) -> list[Path]:
    """List the files in a folder, and in those below it; a link could lead all over the disk.

    Raises:
        ModelError: It is a link, or one is in it that leads to a folder; it can't be read, or holds too much.
    """
    files, folders, count = list[Path](), [folder] if os.path.lexists(folder) else [], 0
    while folders:
        place = folders.pop()
        if place.is_symlink():
            raise ModelError(f"{place}: a link, where a model's own folder was expected", "copy the folder there")
        try:
            with os.scandir(place) as entries:
                for entry in itertools.islice(entries, MOST_FILES + 1 - count):
                    count += 1
                    (folders if entry.is_dir() else files if entry.is_file() else []).append(Path(entry.path))
        except OSError as error:
            raise ModelError(f"{place}: can't be read: {error.strerror}") from error
        if count > MOST_FILES:
            raise ModelError(f"{folder}: over {MOST_FILES:,} files, where fewer were expected")
    return files
