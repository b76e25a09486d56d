"""One writer at a time: a lock on a folder, which the system gives back however its holder ends."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from edgemnist.errors import WriteError
from edgemnist.files.single import PLACE_HINT

LOCK = ".edgemnist.lock"
# Under the lock nothing is computed, only written: a second is long.
WAIT_S = 60.0
POLL_S = 0.02


@contextlib.contextmanager
def lock_folder(folder: Path, *, keep: bool = True) -> Iterator[None]:
    """Hold the lock of a folder, which is made if it isn't there.

    The lock is on an empty file in the folder. It stays there: on a network's file system a file that was removed
    can still be locked by one who had opened it, while another locks the next of that name.

    Args:
        folder: What to lock. Who holds its lock already doesn't get it again.
        keep: Leave the file; False where the folder is the user's own, and two writers at once are no use of it.

    Raises:
        WriteError: It is read-only, or another writer has held it for a minute.
    """
    import filelock  # takes 70 ms, and who only reads needs none

    lock = filelock.FileLock(folder / LOCK, timeout=WAIT_S, poll_interval=POLL_S)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except filelock.Timeout as error:
        raise WriteError(
            f"{folder}: another edgemnist has been writing there for {WAIT_S:g} s", "wait until it is done, or end it"
        ) from error
    except OSError as error:
        raise WriteError(f"{folder}: can't be written to: {error.strerror or error}", PLACE_HINT) from error
    try:
        yield
    finally:
        try:
            if not keep:  # while it is held: who gets it then sees that its file is gone, and makes another
                (folder / LOCK).unlink(missing_ok=True)
        finally:
            lock.release()


@contextlib.contextmanager
def lock_file(path: Path, report_waiting: Callable[[], None]) -> Iterator[None]:
    """Hold a lock for as long as something takes, such as a training; it is waited for without an end.

    Args:
        path: Empty file to lock; it and its folder are made, and it stays.
        report_waiting: Called once if another process holds the lock.

    Raises:
        WriteError: The folder is read-only.
    """
    import filelock

    lock = filelock.FileLock(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout:
            report_waiting()
            lock.acquire(poll_interval=1.0)
    except OSError as error:
        raise WriteError(f"{path}: can't be written: {error.strerror or error}", PLACE_HINT) from error
    try:
        yield
    finally:
        lock.release()
