"""One file: hashed, read if it is a regular file of a sane size, and created so that no planted link is followed."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from edgemnist.errors import EdgeMnistError, ModelError, WriteError

PLACE_HINT = "choose another place with `output`, or make room there"
# A model for an edge device is a few MB; whoever wants to fill the memory names a file of TBs, which costs no disk.
MOST_BYTES = 1 << 30
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def hash_bytes(content: bytes) -> str:
    """Return the SHA-256 of `content` in hexadecimal.

    Example:
        >>> hash_bytes(b"")[:12]
        'e3b0c44298fc'
    """
    return hashlib.sha256(content).hexdigest()


def is_plain_name(name: object) -> bool:
    """True if `name` is that of a file right inside a folder: no way into another one.

    Example:
        >>> [is_plain_name(name) for name in ("model.c", "../model.c", "/model.c", "..", "", 7)]
        [True, False, False, False, False, False]
    """
    return isinstance(name, str) and name not in ("", ".", "..") and not set(name) & set("/\\\0")


def open_file(path: Path, *, error: type[EdgeMnistError] = ModelError, missing: str = "") -> BinaryIO:
    """Open a regular file for reading; links that lead to one are followed. Never waits.

    Args:
        path: Any path that a user names.
        error: What to raise.
        missing: The hint where there is no such file.

    Raises:
        EdgeMnistError: There is no such file, it can't be read, or it is a folder, a pipe, a socket or a device:
            those would be read for ever, or change something by being opened.
    """
    with _explain(path, error, missing):
        _check_regular(path, path.stat(), error)  # before it is opened: that alone can start a device
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        stream = os.fdopen(descriptor, "rb")
        try:
            _check_regular(path, os.fstat(descriptor), error)  # nobody has put something else there since
        except BaseException:
            stream.close()
            raise
    return stream


@contextlib.contextmanager
def _explain(path: Path, error: type[EdgeMnistError], missing: str = "") -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise error(f"{path}: no such file", missing) from None
    except OSError as reason:
        raise error(f"{path}: can't be read: {reason.strerror}") from reason
    except ValueError as reason:  # a name that no system can have: a NUL, half a character
        raise error(f"{os.fspath(path)!r}: no name of a file: {reason}") from reason


def _check_regular(path: Path, status: os.stat_result, error: type[EdgeMnistError]) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "no regular file")
        raise error(f"{path}: {kind}, where one file was expected")


def read_file(
    path: Path, most_bytes: int = MOST_BYTES, *, error: type[EdgeMnistError] = ModelError, missing: str = ""
) -> bytes:
    """Return the bytes of a regular file: the one way in which files from elsewhere are read.

    Args:
        path: Any path that a user names; links are followed.
        most_bytes: The largest size that is read.
        error: What to raise.
        missing: The hint where there is no such file.

    Raises:
        EdgeMnistError: As `open_file`; or it is larger, or changed while it was read.
    """
    with open_file(path, error=error, missing=missing) as stream, _explain(path, error):
        size = os.fstat(stream.fileno()).st_size
        if size > most_bytes:
            raise error(f"{path}: {size:,} bytes, where at most {most_bytes:,} were expected")
        content = stream.read(size + 1)  # not to the end: it may grow for ever
        if len(content) != size:
            raise error(f"{path}: changed while it was read", "wait until it is whole, then try again")
    return content


@contextlib.contextmanager
def explain_writing(path: Path) -> Iterator[None]:
    """Turn the system's refusals into a `WriteError` about `path`."""
    try:
        yield
    except OSError as error:
        raise WriteError(f"{path}: can't be written: {error.strerror or error}", PLACE_HINT) from error


def create_file(path: Path, content: bytes) -> None:
    """Write a new file, and make it reach the disk.

    Raises:
        OSError: There is something of that name, be it a link to nowhere; the disk is full, and the like.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(descriptor)


def check_place(path: Path, parameter: str) -> None:
    """Find out before long work that a file can't be written. Makes nothing.

    Args:
        path: File that is to be written.
        parameter: Name of the parameter that states it, for the hint.

    Raises:
        WriteError: A folder has that name, or nothing can be written beside it.
    """
    if path.is_dir():
        message = f"{path}: can't be written: a folder of that name is in the way"
        raise WriteError(message, f"choose another `{parameter}`")
    check_writable(path.parent)


def check_writable(folder: Path) -> None:
    """Find out before long work, not after it, that nothing can be written to `folder`. Makes nothing.

    Raises:
        WriteError: it, or the nearest folder above it that exists, is read-only or no folder.
    """
    import tempfile  # 3 ms, and who only reads needs none

    nearest = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=nearest):  # asking for permission isn't enough: root always has it
            pass
    except OSError as error:
        raise WriteError(f"{folder}: can't be written to: {nearest}: {error.strerror}", PLACE_HINT) from error
