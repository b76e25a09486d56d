"""Several files of one folder, changed together: all of them, or none, whenever the writer is killed.

Each file is first written whole under a random name. If there is more than one step to take, a journal says which;
it gets its name once all of that has reached the disk. Then the files get theirs, and the journal goes. A writer
that was killed before the journal stood has changed nothing; one that was killed later is finished by the next
command, which finds the journal. All of it happens under the folder's lock, so that whatever part is found by one
who holds the lock was left by a writer that has ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgemnist.errors import EdgeMnistError, ModelError, WriteError
from edgemnist.files.locking import lock_folder
from edgemnist.files.single import PLACE_HINT, create_file, explain_writing, hash_bytes, is_plain_name, read_file

SCHEMA = 1
JOURNAL = ".edgemnist.journal"
RESERVED = ".edgemnist"
PART = re.compile(r"\.edgemnist-[0-9a-f]{16}\.part")
# The only files that are ever deleted by name, which a manifest or a journal from elsewhere could give: stored answers.
ANSWERS_NAME = re.compile(r"[^/\\\0]*_answers_[0-9a-f]{8}_[0-9a-f]{8}\.npz")
_MOST_BYTES = 1 << 20


@dataclass(frozen=True)
class _Write:
    """A file that was written under a random name, and the one that it is to get."""

    part: str
    name: str
    sha256: str


class Transaction:
    """What is to be changed in a folder; nothing is until the `with` of `open_transaction` ends.

    Args:
        folder: It exists, and its lock is held.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._writes: dict[str, _Write] = {}
        self._removals: list[str] = []

    def write(self, name: str, content: bytes) -> None:
        """Write a file, in place of what has that name then: a link is replaced, not followed.

        Raises:
            WriteError: The disk is full, a folder has that name, and the like.
        """
        if not _is_target(name):
            raise WriteError(f"{self.folder / name}: not the name of a file that can be written here")
        path = self.folder / name
        with explain_writing(path):
            # What would stop a rename is found before the first one.
            if path.is_dir() and not path.is_symlink():
                raise WriteError(f"{path}: can't be written: a folder of that name is in the way", PLACE_HINT)
            part = _create_part(self.folder, content)
            earlier = self._writes.pop(name, None)
            self._writes[name] = _Write(part.name, name, hash_bytes(content))
            if earlier:
                (self.folder / earlier.part).unlink()

    def remove(self, name: str) -> None:
        """Delete stored answers, after everything has been written; no other file can be.

        Raises:
            WriteError: It is no name of stored answers.
        """
        if not ANSWERS_NAME.fullmatch(name):
            raise WriteError(f"{self.folder / name}: not removed: no stored answers")
        self._removals.append(name)

    def commit(self) -> None:
        """Take all steps."""
        writes = list(self._writes.values())
        with explain_writing(self.folder / writes[0].name if writes else self.folder):
            if len(writes) + len(self._removals) > 1:
                _write_journal(self.folder, writes, self._removals)
            _take_steps(self.folder, writes, self._removals)

    def abandon(self) -> None:
        """Leave everything as it was; or, where the first step has been taken, to who comes next."""
        parts = [self.folder / write.part for write in self._writes.values()]
        journal = self.folder / JOURNAL
        with contextlib.suppress(OSError):  # what stays is removed by who comes next; the error on its way says more
            if journal.exists() and not all(part.exists() for part in parts):
                return
            journal.unlink(missing_ok=True)
            for part in parts:
                part.unlink(missing_ok=True)


@contextlib.contextmanager
def open_transaction(folder: Path) -> Iterator[Transaction]:
    """Lock a folder, which is made if it isn't there, finish what a killed writer left, and change files together.

    Raises:
        WriteError: It is read-only, the disk is full, another writer doesn't end, and the like. Nothing is changed.
    """
    with lock_folder(folder):
        _mend(folder)
        changes = Transaction(folder)
        try:
            yield changes
            changes.commit()
        except BaseException:
            changes.abandon()
            raise


def write_atomically(path: Path, content: bytes) -> None:
    """Write one file: the whole of it, or nothing. Missing parent folders are made.

    An older file of that name stays as it was until the new one has reached the disk. Not for who holds the lock of
    the folder: see `Transaction.write`.

    Raises:
        WriteError: The folder is read-only, the disk is full, the path is a folder, and the like.
    """
    with open_transaction(path.parent) as changes:
        changes.write(path.name, content)


def mend(folder: Path) -> None:
    """Finish what a killed writer began, and remove what it left.

    Raises:
        WriteError: The folder is read-only, another writer doesn't end, or the journal isn't one of edgemnist.
    """
    with lock_folder(folder):
        _mend(folder)


def finish_writing(folder: Path) -> None:
    """Let a reader see no half of a change: does nothing, and needs no lock, where no journal stands.

    Raises:
        ModelError: One stands, and its change can't be finished.
    """
    if not os.path.lexists(folder / JOURNAL):
        return
    try:
        mend(folder)
    except EdgeMnistError as error:
        raise ModelError(
            f"{folder}: a change was broken off there, and can't be finished: {error.message}", error.hint
        ) from error


def _create_part(folder: Path, content: bytes) -> Path:
    part = folder / f".edgemnist-{os.urandom(8).hex()}.part"
    try:
        create_file(part, content)
    except FileExistsError:  # another writer's: not to be removed here
        raise
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def _is_target(name: object) -> bool:
    return is_plain_name(name) and not str(name).startswith(RESERVED)


def _write_journal(folder: Path, writes: list[_Write], removals: list[str]) -> None:
    steps = [[write.part, write.name, write.sha256] for write in writes]
    document = {"schema": SCHEMA, "writes": steps, "removals": removals}
    part = _create_part(folder, json.dumps(document, ensure_ascii=False).encode())
    part.replace(folder / JOURNAL)
    _flush_folder(folder)


def _take_steps(folder: Path, writes: list[_Write], removals: list[str]) -> None:
    """Give each file its name; then delete; then forget the journal."""
    for write in writes:
        (folder / write.part).replace(folder / write.name)
    for name in removals:
        (folder / name).unlink(missing_ok=True)
    _flush_folder(folder)
    (folder / JOURNAL).unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    """Make the names in a folder reach the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _mend(folder: Path) -> None:
    with explain_writing(folder):
        if os.path.lexists(folder / JOURNAL):
            _take_steps(folder, *_read_journal(folder))
        for path in folder.iterdir():
            if PART.fullmatch(path.name) and (path.is_symlink() or not path.is_dir()):
                path.unlink()


def _read_journal(folder: Path) -> tuple[list[_Write], list[str]]:
    """Read the steps that are still to be taken from the journal, which may come from anyone, like the folder itself.

    Raises:
        WriteError: It isn't one of edgemnist; the message says in what.
    """
    path = folder / JOURNAL
    try:
        # In a folder where everyone may put a file, nobody may have others' files renamed.
        if path.is_symlink() or path.stat().st_uid not in (os.geteuid(), folder.stat().st_uid):
            raise ValueError("a link, or another user's")
        document = json.loads(read_file(path, _MOST_BYTES, error=WriteError))
        if document["schema"] != SCHEMA:
            raise ValueError(f"schema {document['schema']}, expected {SCHEMA}")
        writes = [_check_step(folder, *step) for step in document["writes"]]
        writes = [write for write in writes if os.path.lexists(folder / write.part)]
        removals = [name for name in document["removals"] if _check_removal(name)]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise WriteError(f"{path}: no journal of edgemnist: {error}", "look at it, and remove it") from error
    return writes, removals


def _check_step(folder: Path, part: Any, name: Any, sha256: Any) -> _Write:
    if not (isinstance(part, str) and PART.fullmatch(part) and _is_target(name)):
        raise ValueError(f"{part!r} is to become {name!r}")
    path = folder / part
    if os.path.lexists(path) and (path.is_symlink() or hash_bytes(read_file(path, error=WriteError)) != sha256):
        raise ValueError(f"{part} isn't what was to become {name!r}")
    return _Write(part, name, str(sha256))


def _check_removal(name: Any) -> bool:
    if not (isinstance(name, str) and ANSWERS_NAME.fullmatch(name)):
        raise ValueError(f"{name!r} is to be removed")
    return True
