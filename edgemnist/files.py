"""Files as whole things: hashed, and written so that nobody ever sees half of one."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from edgemnist.errors import ModelError, WriteError

PLACE_HINT = "choose another place with --output or --output-dir, or make room there"


def hash_bytes(content: bytes) -> str:
    """Return the SHA-256 of `content` in hexadecimal.

    Example:
        >>> hash_bytes(b"")[:12]
        'e3b0c44298fc'
    """
    return hashlib.sha256(content).hexdigest()


def read_model_file(path: Path) -> bytes:
    """Return the bytes of a model file.

    Raises:
        ModelError: there is no such file, it is a folder, it can't be read, or it is empty.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ModelError(f"{path}: no such file", "check the path, or make one: edgemnist run") from None
    except IsADirectoryError:
        raise ModelError(f"{path}: a folder, where one model file was expected") from None
    except OSError as error:
        raise ModelError(f"{path}: can't be read: {error.strerror}") from error
    if not content:
        raise ModelError(f"{path}: the file is empty", "copy or export it again")
    return content


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` to `path`: the whole of it, or nothing. Missing parent folders are made.

    The bytes go to a temporary name in the same folder, reach the disk, and are renamed; an older
    file of that name stays as it was until then.

    Raises:
        WriteError: the folder is read-only, the disk is full, the path is a folder, and the like.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise WriteError(
            f"{path}: can't be written: {error.strerror or error}",
            PLACE_HINT,
        ) from error


def check_writable(folder: Path) -> None:
    """Find out before long work, not after it, that nothing can be written to `folder`. Makes nothing.

    Raises:
        WriteError: it, or the nearest folder above it that exists, is read-only or no folder.
    """
    nearest = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=nearest):  # asking for permission isn't enough: root always has it
            pass
    except OSError as error:
        raise WriteError(f"{folder}: can't be written to: {nearest}: {error.strerror}", PLACE_HINT) from error
