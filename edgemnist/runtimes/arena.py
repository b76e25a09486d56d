"""The smallest arena in which TFLite Micro runs a file, measured in a child process; nothing of it is loaded here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from edgemnist.errors import ModelError, RuntimeCrash
from edgemnist.processes.limits import Limits
from edgemnist.processes.messages import Message

if TYPE_CHECKING:
    from edgemnist.processes.child import Child

# Arenas are tried in these steps, which TFLite Micro aligns its buffers to.
ARENA_STEP = 16
ARENA_TIMEOUT_S = 600
HINT = "it runs float32, int8 and int16x8: `edgemnist.export(format='tflite', quantize='int8')`"


def measure_arena(content: bytes, limits: Limits = Limits()) -> int:  # noqa: B008  (frozen)
    """Return the smallest arena, in bytes, in which the interpreter runs a `.tflite` file.

    In a child process: a too small arena can crash it, and a file from elsewhere at any size.

    Args:
        content: The file.
        limits: Time for all sizes together, memory and files that the child may use.

    Raises:
        ModelError: It doesn't run in any, or reaches a limit.
    """
    from edgemnist.processes.child import Child  # the parent alone needs it

    timeout_s = limits.timeout_s or ARENA_TIMEOUT_S
    deadline = monotonic() + timeout_s

    def open_child() -> Child:
        return Child(
            "edgemnist.runtimes.tflm", "serve_arena", subject="TFLite Micro", crash="the model crashed it", hint=HINT,
            limits=replace(limits, timeout_s=timeout_s),
        )  # fmt: skip

    search = _Search(open_child, content)
    try:
        estimate = search.estimate()
        # In halves, since what fits in an arena fits in a larger one.
        small, large = 0, 2 * estimate // ARENA_STEP
        if not search.fits(large * ARENA_STEP):
            raise ModelError("TFLite Micro can't run the model", HINT)
        while large - small > 1:
            middle = (small + large) // 2
            small, large = (small, middle) if search.fits(middle * ARENA_STEP) else (middle, large)
            if monotonic() > deadline:
                raise RuntimeCrash(f"TFLite Micro: reached the limit of {timeout_s:g} s, measuring its arena", HINT)
    finally:
        search.close()
    return large * ARENA_STEP


class _Search:
    """Asks a child whether a file runs in an arena; another one, where the last has died of a too small one."""

    def __init__(self, open_child: Callable[[], Child], content: bytes) -> None:
        self._open_child, self._content = open_child, content
        self._child = open_child()

    def estimate(self) -> int:
        """Return the bytes that the interpreter says it takes by itself."""
        return _read_size(self._child.ask("estimate", {}, [self._content]))

    def fits(self, size_bytes: int) -> bool:
        """True if the file runs in so many bytes."""
        try:
            return self._child.ask("try", {"size_bytes": size_bytes}, [self._content]).fields.get("fits") is True
        except RuntimeCrash:  # a too small arena may do that
            self.close()
            self._child = self._open_child()
            return False

    def close(self) -> None:
        """End the child."""
        self._child.close(at_once=True)


def _read_size(answer: Message) -> int:
    size = answer.fields.get("size_bytes")
    if not isinstance(size, int):
        raise RuntimeCrash("TFLite Micro: the model crashed it (it says no size)", HINT)
    return size
