"""What the weights of a model become when its training ends, and for a while after each epoch, to be judged."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any


class Ending(ABC):
    """One way to change weights at the end.

    Args:
        weights: Those that it changes.
    """

    def __init__(self, weights: Sequence[Any]) -> None:
        self._weights = weights

    @abstractmethod
    def take(self) -> None:
        """Change the weights for good."""

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Change the weights for a while."""
        own = [weight.numpy() for weight in self._weights]
        self.take()
        try:
            yield
        finally:
            for weight, value in zip(self._weights, own, strict=True):
                weight.assign(value)
