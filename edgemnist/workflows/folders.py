"""The model files in a folder."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

from edgemnist.files import is_model_folder
from edgemnist.formats import FORMATS, WEIGHTS_ALONE, find_format


def list_model_files(folder: Path, listed: Container[str]) -> list[Path]:
    """Return the model files in a folder (not recursive), by format and name.

    Generated C is known by its contract; one that lost it, by the manifest.

    Args:
        folder: The folder.
        listed: Names that the manifest in it lists.
    """
    from edgemnist.formats.c import is_generated

    places = {file: find_format(file) for file in folder.iterdir() if file.is_file() or is_model_folder(file)}
    inside = {file: FORMATS.index(row) for file, row in places.items() if row and not file.name.endswith(WEIGHTS_ALONE)}
    models = [file for file in inside if file.suffix != ".c" or file.name in listed or is_generated(file)]
    return sorted(models, key=lambda file: (inside[file], file.name))
