"""Which process it is that works on something, in a form that others can look up: whether it still runs.

A number alone doesn't say: it is given again to another process, and other machines have the same ones.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

PROC = Path("/proc")
# Two machines may have the same name, as two of one make have.
MACHINE_ID = Path("/etc/machine-id")


def identify_process() -> dict[str, str]:
    """Return what identifies this process among all of all machines, as plain values.

    Example:
        >>> identify_process() == identify_process(), has_ended(identify_process())
        (True, False)
    """
    pid = os.getpid()
    return {**_identify_machine(), "pid": str(pid), "started": _find_start(pid) or ""}


def has_ended(process: Mapping[str, str]) -> bool:
    """True if a process is known to run no longer; False also where only another machine could know.

    Args:
        process: What `identify_process` returned there.
    """
    here = _identify_machine()
    if process.get("host") != here["host"] or process.get("machine") != here["machine"]:
        return False
    if process.get("boot") != here["boot"]:
        return bool(here["machine"])  # without an identity, the machine may be another one
    if not is_near(process):
        return False
    pid = process.get("pid", "")
    return pid.isdigit() and _find_start(int(pid)) != process.get("started")


def is_near(process: Mapping[str, str]) -> bool:
    """True if it can be looked up here whether a process still runs.

    It is a process of this machine since it was started, and of no container with numbers of its own.

    Args:
        process: What `identify_process` returned there.
    """
    return all(process.get(name) == value for name, value in _identify_machine().items())


def _identify_machine() -> dict[str, str]:
    machine = boot = namespace = ""
    with contextlib.suppress(OSError):
        machine = MACHINE_ID.read_text().strip()
    with contextlib.suppress(OSError):
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
        namespace = str((PROC / "self/ns/pid").readlink())
    return {"host": socket.gethostname(), "machine": machine, "boot": boot, "namespace": namespace}


def _find_start(pid: int) -> str | None:
    """Return when a process was started, in a unit of the system's; None if it doesn't run."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            # The second field is the program's name, which may hold spaces and brackets.
            fields = (PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()
            return None if fields[0] in (b"Z", b"X") else fields[19].decode()
        return None
    import psutil

    with contextlib.suppress(psutil.Error):
        return str(psutil.Process(pid).create_time())
    return None
