"""Optuna's journal in a file, with what can go wrong with a file said as an error of ours."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from edgemnist.errors import EdgeMnistError, UsageError, WriteError, take_first_line
from edgemnist.files import check_place, open_file
from edgemnist.quiet import loading
from edgemnist.workflows.tuning import INSTALL

with loading("optuna", INSTALL):
    from optuna.storages import BaseStorage, JournalStorage
    from optuna.storages.journal import JournalFileBackend
    from optuna.storages.journal._file import get_lock_file
    from optuna.storages.journal._storage import JournalOperation

OPERATIONS = frozenset(map(int, JournalOperation))
MOST_LINE_BYTES = 1 << 16
# What the first line of a journal begins with.
BEGIN = b'{"op_code":'


class Journal(JournalFileBackend):  # type: ignore[misc]  # Optuna's types are not read
    """The file of a journal. Writers on other machines may append to it at any time.

    Args:
        path: File; it is made if it isn't there.

    Attributes:
        fault: What went wrong with the last thing that was read or written; None where nothing did.
    """

    def __init__(self, path: Path) -> None:
        self.fault: EdgeMnistError | None = None
        self._path = path
        # Relative, the lock beside it would be a link to nowhere, and a dead worker's would be waited for for ever.
        super().__init__(str(path.absolute()))

    def read_logs(self, log_number_from: int) -> Iterator[dict[str, Any]]:
        """Yield the entries from a number on.

        Raises:
            UsageError: The journal is damaged.
            WriteError: It can't be read any more.
        """
        try:
            for number, entry in enumerate(super().read_logs(log_number_from), 1 + log_number_from):
                if not (isinstance(entry, dict) and entry.get("op_code") in OPERATIONS):
                    raise ValueError(f"line {number} is no entry that this Optuna knows")
                yield entry
        except OSError as error:
            raise self._keep(_phrase_unusable(self._path, error)) from error
        except ValueError as error:
            raise self._keep(_phrase_damaged(self._path, error)) from error

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        """Append entries, all of them or none.

        Raises:
            WriteError: There is no room, or the folder was removed.
        """
        content = "".join(json.dumps(log, separators=(",", ":")) + "\n" for log in logs).encode()
        try:
            with get_lock_file(self._lock):
                _append(Path(self._file_path), content)
        except (OSError, RuntimeError) as error:  # RuntimeError: the lock is gone with its folder
            raise self._keep(_phrase_unusable(self._path, error)) from error
        self.fault = None

    def _keep(self, fault: EdgeMnistError) -> EdgeMnistError:
        self.fault = fault
        return fault


def _append(path: Path, content: bytes) -> None:
    """Append lines to a journal whose lock is held. A line that a writer left without its end is taken away first."""
    with path.open("r+b") as stream:
        end = _find_end(stream)
        stream.truncate(end)
        stream.seek(end)
        try:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        except OSError:
            os.truncate(path, end)
            raise


def _find_end(stream: Any) -> int:
    """Return where the last whole line ends."""
    end: int = stream.seek(0, os.SEEK_END)
    while end:
        begin = max(0, end - MOST_LINE_BYTES)
        stream.seek(begin)
        found: int = stream.read(end - begin).rfind(b"\n")
        if found >= 0:
            return begin + found + 1
        end = begin
    return 0


def open_journal(path: Path) -> BaseStorage:
    """Open a journal, or begin it.

    Raises:
        UsageError: The file is something else, or damaged.
        WriteError: It can't be written.
    """
    check_place(path, "storage")
    if path.exists():
        _require_journal(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return JournalStorage(Journal(path))
    except OSError as error:
        raise _phrase_unusable(path, error) from error
    except (ValueError, KeyError, TypeError) as error:  # entries that contradict each other
        raise _phrase_damaged(path, error) from error


def _require_journal(path: Path) -> None:
    """Find out that a file is something else, before anything is written behind it.

    Raises:
        UsageError: It is.
    """
    foreign = UsageError(f"{path}: no journal of Optuna's", "choose another `storage`, or move it away")
    with open_file(path, error=UsageError) as stream:
        line = stream.readline(MOST_LINE_BYTES)
    if not line.endswith(b"\n"):
        if line and not line.startswith(BEGIN):  # a first line that was broken off is one
            raise foreign
        return
    try:
        if "op_code" not in json.loads(line):
            raise foreign
    except (ValueError, TypeError, RecursionError) as error:
        raise foreign from error


def _phrase_unusable(path: Path, error: Exception) -> WriteError:
    reason = error.strerror if isinstance(error, OSError) else "its lock was taken away"
    return WriteError(f"{path}: can't be written: {reason}", "make room there, or choose another `storage`")


def _phrase_damaged(path: Path, error: Exception) -> UsageError:
    return UsageError(
        f"{path}: a journal of Optuna's that is damaged: {take_first_line(error)}",
        "put a copy in its place, or choose another `storage`",
    )
