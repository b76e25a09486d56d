"""The processes of this machine, by session: who they are, how much memory they hold, and how they are ended.

The guard's own process imports this module alone, before it knows edgemnist's folder: it needs nothing but the
standard library, on Linux, and psutil on other systems.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from typing import NamedTuple

# In the environment of everything that a process of edgemnist starts: its guard's mark. What leaves its session, as
# Chromium's crash handlers do, is known by it.
MARK = "EDGEMNIST_GUARD"
# A process may start another between two looks, so ending is repeated until nobody is left.
PASSES, PAUSE_S = 100, 0.02
PROC = "/proc"


class Process(NamedTuple):
    """A running process.

    Args:
        pid, parent, group, session: the ids.
        resident_bytes: memory that it holds, what it shares with others included.
    """

    pid: int
    parent: int
    group: int
    session: int
    resident_bytes: int


def list_processes() -> Iterator[Process]:
    """Return all processes that run; those that have ended and wait for their parent are left out."""
    return _read_proc() if sys.platform == "linux" else _ask_psutil()


def _read_proc() -> Iterator[Process]:
    page = os.sysconf("SC_PAGE_SIZE")
    for name in filter(str.isdigit, os.listdir(PROC)):  # noqa: PTH208  (pathlib takes three times as long)
        # The second field is the program's name, which may hold spaces and brackets.
        fields = _read(f"{PROC}/{name}/stat").rpartition(b")")[2].split()
        # One that is a zombie to its parent may have threads that still end, in the midst of a write.
        if fields and (fields[0] not in (b"Z", b"X") or int(fields[17]) > 1):
            parent, group, session, pages = (int(fields[place]) for place in (1, 2, 3, 21))
            yield Process(int(name), parent, group, session, pages * page)


def _read(path: str) -> bytes:
    """Read a file of Linux on a process: empty where it has ended meanwhile, or belongs to another user."""
    with contextlib.suppress(OSError), open(path, "rb", buffering=0) as stream:  # noqa: PTH123  (as above)
        return stream.read()
    return b""


def _ask_psutil() -> Iterator[Process]:
    import psutil

    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.status() != psutil.STATUS_ZOMBIE:
                pid, resident_bytes = process.pid, process.memory_info().rss
                yield Process(pid, process.ppid(), os.getpgid(pid), os.getsid(pid), resident_bytes)


def find_marked(mark: str) -> Iterator[int]:
    """Return the ids of the processes that were started with a guard's mark in their environment."""
    for process in list_processes():
        if _read_mark(process.pid) == mark:
            yield process.pid


def _read_mark(pid: int) -> str | None:
    """Return the mark, or None where there is none or where it is not for this user to know."""
    if sys.platform == "linux":
        entries = (entry.partition(b"=") for entry in _read(f"{PROC}/{pid}/environ").split(b"\0"))
        return next((mark.decode(errors="replace") for name, _, mark in entries if name == MARK.encode()), None)
    import psutil

    with contextlib.suppress(psutil.Error, OSError):
        return psutil.Process(pid).environ().get(MARK)
    return None


def measure_memory(session: int) -> int:
    """Return the resident bytes of a session's processes and of all that descend from them."""
    held: dict[int, int] = {}
    children: dict[int, list[int]] = {}
    members: list[int] = []
    for process in list_processes():
        held[process.pid] = process.resident_bytes
        children.setdefault(process.parent, []).append(process.pid)
        if process.session == session:
            members.append(process.pid)
    seen: set[int] = set()
    while members:
        pid = members.pop()
        if pid not in seen:
            seen.add(pid)
            members += children.get(pid, [])
    return sum(held[pid] for pid in seen)


def end_sessions(sessions: Iterable[int], mark: str | None = None) -> None:
    """Kill all processes of some sessions, and those with a guard's mark; return when none is left.

    Where the system keeps one alive, in the midst of a call, it is given up after 2 s: it ends with that call.
    """
    sessions = set(sessions)
    for _ in range(PASSES):
        marked = set(find_marked(mark)) if mark else set()
        members = [process for process in list_processes() if process.session in sessions or process.pid in marked]
        if not members:
            return
        for process in members:
            _kill(process)
        time.sleep(PAUSE_S)


def _kill(process: Process) -> None:
    """Kill a process and its group: a group is ended at one blow, so that no member can start another in between."""
    if process.group != os.getpgrp():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.group, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(process.pid, signal.SIGKILL)


def keep_guard(mark: str) -> None:
    """Be a guard: read which sessions begin and end, until the other side of the pipe dies; then end what is left.

    Args:
        mark: of this guard, in the environment of all that the process starts.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the guard ends after the process that it guards, not with it
    sessions: set[int] = set()
    for line in sys.stdin.buffer:
        session = int(line[1:])
        sessions.add(session) if line[:1] == b"+" else sessions.discard(session)
    end_sessions(sessions, mark)
    time.sleep(PAUSE_S)  # the environment of what was just being started can't be read at once
    end_sessions(sessions, mark)
