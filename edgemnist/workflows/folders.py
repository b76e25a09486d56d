"""A folder as one thing: written whole or not at all, and nothing in it lost that someone else put there."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from edgemnist.errors import WriteError
from edgemnist.files import PLACE_HINT, check_writable, hash_bytes

# What says that a folder is ours, and what was in each of its files.
RECORD = "kit.json"
# What installing for a kit leaves in it, which goes on into the next; and what building it leaves, which doesn't.
INSTALLED = ("node_modules", ".venv")
BUILT = ("build", ".gradle", ".build", "__pycache__")


def check_replaceable(folder: Path) -> None:
    """Make sure that a folder can be written, and that nothing is lost thereby.

    It may be missing, empty, or one that we wrote and in which no file was changed or added since, but for what
    building and installing leave.

    Raises:
        WriteError: it is anything else; the message names the first file that would be lost.
    """
    if folder.is_dir():
        if folder.resolve() == Path.cwd():
            raise WriteError(f"{folder}: the working folder itself can't be replaced", "name another: --output my-kit")
        _check_files(folder)
    elif folder.exists() or folder.is_symlink():
        raise WriteError(f"{folder}: not a folder", "choose another place: --output my-kit")
    check_writable(folder.parent)


def _check_files(folder: Path) -> None:
    files = sorted(_list_files(folder))
    known = _read_record(folder / RECORD)
    if not files:
        return
    if known is None:
        raise WriteError(
            f"{folder}: not empty, and no kit of ours: it holds {files[0].relative_to(folder)}",
            "choose an empty or a new folder: --output my-kit",
        )
    for path in files:
        name = path.relative_to(folder).as_posix()
        if name == RECORD:
            continue
        if name not in known or path.is_symlink() or hash_bytes(path.read_bytes()) != known[name]:
            what = "was changed" if name in known else "isn't the kit's"
            raise WriteError(f"{folder}: {name} {what}, and would be lost", "choose another folder, or move it away")


def _list_files(folder: Path) -> Iterator[Path]:
    """Return what is in a folder, and in those below it, but what was built or installed there."""
    for path in folder.iterdir():
        if path.name in (*INSTALLED, *BUILT):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _list_files(path)
        else:
            yield path


def _read_record(path: Path) -> dict[str, Any] | None:
    """Return the hashes of the files that were written, by name; None where there is no record of ours."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
        files = json.loads(path.read_bytes())["files"]
        return files if isinstance(files, dict) else None
    return None


def replace_folder(folder: Path, files: dict[str, bytes]) -> None:
    """Write a folder: to a temporary name beside it, then renamed in place of the one that is there.

    Args:
        folder: where; `check_replaceable` has passed.
        files: the content of each by its path inside.

    Raises:
        WriteError: the disk is full, the place read-only, and the like. What was there is as it was.
    """
    place = folder.resolve()
    part, old = (place.with_name(f".{place.name}.{os.getpid()}.{end}") for end in ("part", "old"))
    try:
        try:
            for name, content in files.items():
                (part / name).parent.mkdir(parents=True, exist_ok=True)
                (part / name).write_bytes(content)
            _swap(part, place, old)
        finally:
            shutil.rmtree(part, ignore_errors=True)
            shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise WriteError(f"{folder}: can't be written: {error.strerror or error}", PLACE_HINT) from error


def _swap(part: Path, place: Path, old: Path) -> None:
    if not place.exists():
        part.rename(place)
        return
    place.rename(old)
    try:
        part.rename(place)
    except OSError:
        old.rename(place)
        raise
    for name in INSTALLED:
        if (old / name).exists():
            (old / name).rename(place / name)
