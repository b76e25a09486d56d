"""The description of a model inside a copy of a Keras file: read, and put another in its place."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from edgemnist.errors import ModelError
from edgemnist.formats.keras import Kind, read_member
from edgemnist.quiet import loading


def _read_archive(path: Path, copy: Path) -> tuple[Any, object]:
    """Read it from a copy of a file; `path` is for messages."""
    size = copy.stat().st_size
    with zipfile.ZipFile(copy) as archive:
        config = json.loads(read_member(archive, "config.json", size))
        return config, json.loads(read_member(archive, "metadata.json", size)).get("keras_version")


def _write_archive(copy: Path, config: dict[str, Any]) -> None:
    content = copy.read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(copy, "w") as changed:
        for name in archive.namelist():
            text = json.dumps(config).encode() if name == "config.json" else None
            changed.writestr(name, text or read_member(archive, name, len(content)))


def _read_h5(path: Path, copy: Path) -> tuple[Any, object]:
    with loading("h5py", "pip install h5py"):
        import h5py

    with h5py.File(copy, "r") as store:
        if "model_config" not in store.attrs:
            raise ModelError(
                f"{path}: weights without a model", "load them into the model and save that: model.save('model.keras')"
            )
        version = store.attrs.get("keras_version", "")  # bytes, of Keras before it was a part of TensorFlow
        return json.loads(store.attrs["model_config"]), version.decode() if isinstance(version, bytes) else version


def _write_h5(copy: Path, config: dict[str, Any]) -> None:
    import h5py

    with h5py.File(copy, "r+") as store:
        store.attrs["model_config"] = json.dumps(config)


# How the description in a file, and the version of Keras that wrote it, are read; and how another is put in its place.
Read = Callable[[Path, Path], tuple[Any, object]]
Write = Callable[[Path, dict[str, Any]], None]
# By kind of file: its ending, and both.
HANDLERS: dict[Kind, tuple[str, Read, Write]] = {
    "archive": (".keras", _read_archive, _write_archive),
    "hdf5": (".h5", _read_h5, _write_h5),
}
