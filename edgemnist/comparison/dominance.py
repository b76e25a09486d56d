"""Which of several things is worse than another in everything that counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Cost(NamedTuple):
    """What one of them costs in one respect: less is better.

    Args:
        low, middle, high: What was found at least, the figure that is taken for it, and at most.
    """

    low: float
    middle: float
    high: float

    @classmethod
    def exact(cls, value: float) -> Cost:
        """Make it of a figure that is the same each time."""
        return cls(value, value, value)


def find_dominated(costs: Sequence[Sequence[Cost]]) -> list[bool]:
    """Say of each whether another costs no more in any respect, and less in one: by more than figures vary.

    Args:
        costs: Of each, in the same respects.

    Example:
        >>> small, slow, quick = Cost.exact(25), Cost(9, 10, 11), Cost(7, 8, 9.5)
        >>> find_dominated([[small, slow], [small, quick]])
        [False, False]
        >>> find_dominated([[small, slow], [small, Cost(7, 8, 8.5)]])
        [True, False]
    """
    return [any(_dominates(other, one) for other in costs if other is not one) for one in costs]


def _dominates(other: Sequence[Cost], one: Sequence[Cost]) -> bool:
    pairs = list(zip(other, one, strict=True))
    return all(a.middle <= b.middle for a, b in pairs) and any(a.high < b.low for a, b in pairs)
