"""Calls of a runtime that are ready to be timed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgemnist.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Calls:
    """Calls of a runtime that are ready to be timed: each sets its input, runs the model and reads the output.

    Args:
        calls: One a batch of images, whose input values are made already.
        threads: How many threads one computes in.
        images: How many images one computes: more than it is given, where the file's batch is fixed.
        empty: A call on the same way that runs no model.
    """

    calls: tuple[Callable[[], object], ...]
    threads: int
    images: int = 1
    empty: Callable[[], object] = lambda: None

    @classmethod
    def of(cls, call: Callable[[NDArray[Any]], object], batches: Sequence[NDArray[Any]], threads: int) -> Calls:
        """Make them of a function of input values, (k, *input.shape).

        Args:
            call: The function.
            batches: Input values of each call.
            threads: How many threads one computes in.
        """
        calls = tuple(partial(call, values) for values in batches)
        return cls(calls, threads, len(batches[0]), partial(_do_nothing, batches[0]))


def _do_nothing(values: NDArray[Any]) -> None:
    """Be what a call costs before any runtime has done anything."""


def require_single(path: Path, title: str, batch: int) -> None:
    """Refuse a batch of several images where each call takes one.

    Raises:
        ModelError: It is of several.
    """
    if batch != 1:
        raise ModelError(f"{path}: {title} takes one image at a time")
