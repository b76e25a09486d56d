"""What is known of the place where the values of two models part, and a cause that is named for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgemnist.comparison.values import Array, Side, Value, align

# How much smaller the noise has to be under an explanation, to be one: a tenth, in the mean square.
EXPLAINED = 0.1


@dataclass(frozen=True)
class Cause:
    """Why values part.

    Args:
        kind: Short name, such as "changed weight".
        reason: What was found, a sentence.
        hint: What to try next; "" where nothing is to be done.
    """

    kind: str
    reason: str
    hint: str = ""


@dataclass(frozen=True, eq=False)
class Case:
    """What is known of the place where values part.

    Args:
        first, second: The layer in both models.
        values: Its input or output in both.
        names: Names of the two models.
        path: Path of the second, for what to type.
        has_source: True if the source of the second lies beside it.
        readable: False where a part of one of them isn't read: then its constants may be in any weights, which say
            nothing.
        is_input: True if the values are what the layer takes.
        is_pixels: True if they are what the first layer takes.
        before: What the layer before gives in both; None of the first.
        allowed: Mean square of the difference that precision explains, with a margin.
    """

    first: Side
    second: Side
    values: tuple[Value, Value]
    names: tuple[str, str]
    path: str
    has_source: bool
    readable: bool
    is_input: bool
    is_pixels: bool
    allowed: float
    before: tuple[Value, Value] | None = None

    @property
    def value(self) -> str:
        """What the values are of a layer: "input" or "output"."""
        return "input" if self.is_input else "output"

    @property
    def arrays(self) -> tuple[Array, Array]:
        """The values of both, in one shape; empty where they have none."""
        return align(*self.values) or (np.zeros((1, 0)), np.zeros((1, 0)))

    @property
    def is_comparable(self) -> bool:
        """False if the values of both have other sizes, so that none of them is that of another."""
        return align(*self.values) is not None

    def explains(self, first: Array, second: Array) -> bool:
        """True if these are the same but for the precision, or nearly so where the values themselves are not."""
        noise, original = (float(np.mean((after - before) ** 2)) for before, after in ((first, second), self.arrays))
        return noise <= max(self.allowed, EXPLAINED * original)

    @property
    def is_within(self) -> bool:
        """True if precision explains the difference, though a tolerance doesn't let it through."""
        first, second = self.arrays
        return bool(first.size and np.mean((second - first) ** 2) <= self.allowed)
