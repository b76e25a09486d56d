"""The cores of this machine that a process may compute on."""

from __future__ import annotations

import os


def list_cores() -> tuple[int, ...]:
    """Return the numbers of the cores that this process may use: all of them, where the system can't tell."""
    if hasattr(os, "sched_getaffinity"):
        return tuple(sorted(os.sched_getaffinity(0)))
    return tuple(range(os.cpu_count() or 1))


def pin_to_cores(count: int) -> tuple[int, ...]:
    """Keep this process, and every thread that it starts from now on, on its last cores.

    The last, since a system does its own work on the first.

    Args:
        count: Number of cores, from 1 to as many as `list_cores` gives.

    Returns:
        Their numbers; none where the system keeps no process on a core.
    """
    if not hasattr(os, "sched_setaffinity"):
        return ()
    chosen = list_cores()[-count:]
    os.sched_setaffinity(0, chosen)
    return chosen
