"""What a child process that opens a file from elsewhere may use.

Resident memory is watched from outside (see `watch`): a limit of the address space, the only one that the system
itself enforces, ends runtimes that reserve much and use little.
"""

from __future__ import annotations

from dataclasses import dataclass

MIB, GIB = 1 << 20, 1 << 30


@dataclass(frozen=True)
class Limits:
    """Limits of a child process and of all that it starts. No file of ten times the released ones' size reaches them.

    Args:
        timeout_s: Seconds for one answer; None for what such work takes at most: see the runtime's row.
        memory_bytes: Resident memory of all its processes together.
        file_bytes: Size of each file that they write.
        open_files: Number of files that each of them has open at once.
    """

    timeout_s: float | None = None
    memory_bytes: int = 4 * GIB
    file_bytes: int = 4 * GIB
    open_files: int = 1024


def limit_this_process(file_bytes: int, open_files: int) -> None:
    """Limit this process and what it will start, for ever. No core is dumped: it would hold all of the memory."""
    import resource  # in a child only

    for kind, most in (
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_NOFILE, open_files),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (allowed, allowed))
