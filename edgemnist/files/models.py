"""A model file, which is one of several that are changed together."""

from __future__ import annotations

from pathlib import Path

from edgemnist.errors import ModelError
from edgemnist.files.single import read_file
from edgemnist.files.transaction import finish_writing


def read_model_file(path: Path) -> bytes:
    """Return the bytes of a model file; what a killed writer began in its folder is finished first.

    Raises:
        ModelError: As `read_file` and `finish_writing`; or it is empty.
    """
    finish_writing(path.parent)
    content = read_file(path, missing="check the path, or make one: edgemnist run")
    if not content:
        raise ModelError(f"{path}: the file is empty", "copy or export it again")
    return content
