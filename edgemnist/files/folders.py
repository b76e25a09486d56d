"""A folder as one thing: written whole or not at all, and nothing in it lost that someone else put there."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from edgemnist.errors import WriteError
from edgemnist.files.locking import lock_folder
from edgemnist.files.single import check_writable, create_file, explain_writing, hash_bytes, read_file

# What says that edgemnist made a folder, and what was in each of its files.
RECORD = "kit.json"
# What installing for a kit leaves in it, which goes on into the next; and what building it leaves, which doesn't.
INSTALLED = ("node_modules", ".venv")
BUILT = ("build", ".gradle", ".build", "__pycache__")
_MOST_RECORD_BYTES = 16 << 20


def check_replaceable(folder: Path) -> None:
    """Make sure that a folder can be written, and that nothing is lost thereby.

    It may be missing, empty, or one that edgemnist wrote and in which no file was changed or added since, but for
    what building and installing leave. What a killed writer left of it is put right first.

    Raises:
        WriteError: It is anything else; the message names the first file that would be lost.
    """
    mend_folder(folder)
    if folder.is_dir():
        if folder.resolve() == Path.cwd():
            raise WriteError(
                f"{folder}: the working folder itself can't be replaced", "name another: `output='my-kit'`"
            )
        _check_files(folder)
    elif folder.exists() or folder.is_symlink():
        raise WriteError(f"{folder}: not a folder", "choose another place: `output='my-kit'`")
    check_writable(folder.parent)


def _check_files(folder: Path) -> None:
    files = sorted(_list_files(folder))
    known = _read_record(folder / RECORD)
    if not files:
        return
    if known is None:
        raise WriteError(
            f"{folder}: not empty, and no kit of ours: it holds {files[0].relative_to(folder)}",
            "choose an empty or a new folder: `output='my-kit'`",
        )
    for path in files:
        name = path.relative_to(folder).as_posix()
        if name == RECORD:
            continue
        if name not in known or path.is_symlink() or hash_bytes(read_file(path, error=WriteError)) != known[name]:
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
    """Return the hashes of the files that were written, by name; None where nothing says that edgemnist did."""
    if not os.path.lexists(path):
        return None
    with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
        files = json.loads(read_file(path, _MOST_RECORD_BYTES, error=WriteError))["files"]
        return files if isinstance(files, dict) else None
    return None


def replace_folder(folder: Path, files: dict[str, bytes]) -> None:
    """Write a folder: to a random name beside it, then renamed in place of the one that is there.

    What was installed in the old one goes on into the new one. A writer that is killed on the way leaves what
    `mend_folder` puts right.

    Args:
        folder: Where; `check_replaceable` has passed.
        files: The content of each by its path inside.

    Raises:
        WriteError: The disk is full, the place read-only, or a file was changed since, and the like. What was there
            is as it was.
    """
    place = Path(os.path.realpath(folder))
    part, old = (place.with_name(f".{place.name}.{secrets.token_hex(8)}.{end}") for end in ("part", "old"))
    # The folder around a kit is the user's own: no file of ours stays in it.
    with lock_folder(place.parent, keep=False), explain_writing(folder):
        _mend(place)
        if place.is_dir():
            _check_files(folder)  # again: the work before took minutes
        try:
            part.mkdir()  # never one that is there
            for name, content in files.items():
                (part / name).parent.mkdir(parents=True, exist_ok=True)
                create_file(part / name, content)
            _swap(part, place, old)
        finally:
            _mend(place)


def _swap(part: Path, place: Path, old: Path) -> None:
    if place.exists():
        place.rename(old)
    part.rename(place)


def mend_folder(folder: Path) -> None:
    """Put right what a writer of this folder left that was killed. Needs no lock where there is nothing.

    Raises:
        WriteError: The place is read-only, or another writer doesn't end.
    """
    place = Path(os.path.realpath(folder))
    with explain_writing(folder):
        if not any(_list_left(place)):
            return
        with lock_folder(place.parent, keep=False):
            _mend(place)


def _list_left(place: Path) -> Iterator[tuple[Path, bool]]:
    """Return what writers left beside a folder; and whether it is the whole old one, rather than to be removed."""
    pattern = re.compile(rf"\.{re.escape(place.name)}\.[0-9a-f]{{16}}\.(part|old)")
    for path in place.parent.iterdir() if place.parent.is_dir() else ():
        if found := pattern.fullmatch(path.name):
            yield path, found[1] == "old" and path.is_dir() and not path.is_symlink()


def _mend(place: Path) -> None:
    """Give the old folder back its name where no new one has it, else what was installed; remove the rest.

    An old one is whole, as it gets another name before it is removed.
    """
    for path, whole in list(_list_left(place)):
        if whole and not os.path.lexists(place):
            path.rename(place)
            continue
        if whole:
            _pass_on(path, place)
            path = path.rename(place.with_name(f".{place.name}.{secrets.token_hex(8)}.part"))
        _remove(path)


def _pass_on(old: Path, place: Path) -> None:
    for name in INSTALLED:
        if os.path.lexists(old / name) and not os.path.lexists(place / name):
            (old / name).rename(place / name)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
