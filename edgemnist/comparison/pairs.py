"""Several models' answers to the same images, two at a time: by what one gets right and the other doesn't."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.statistics import compute_mcnemar_p, find_beyond_chance


@dataclass(frozen=True)
class Pair:
    """How two models differ in what they get right.

    Args:
        first, second: places of the two among all, from 0.
        broken: images that only the first gets right.
        fixed: images that only the second gets right.
        mcnemar_p: of broken against fixed.
        beyond_chance: true if chance doesn't explain that one is better; see `find_beyond_chance`.
    """

    first: int
    second: int
    broken: int
    fixed: int
    mcnemar_p: float
    beyond_chance: bool


def compare_pairs(hits: Sequence[NDArray[np.bool_]]) -> tuple[Pair, ...]:
    """Compare each model with each other one.

    Args:
        hits: for each model, which images it gets right: bool (n,), of the same images in the same order.

    Returns:
        The pairs, in the order of the models; none of one model alone.

    Example:
        >>> right = np.arange(100) < 90
        >>> (pair,) = compare_pairs([right, np.arange(100) < 97])
        >>> pair.broken, pair.fixed, pair.mcnemar_p, pair.beyond_chance
        (0, 7, 0.015625, True)
    """
    found = []
    for (first, left), (second, right) in itertools.combinations(enumerate(hits), 2):
        broken, fixed = int((left & ~right).sum()), int((right & ~left).sum())
        found.append((first, second, broken, fixed, compute_mcnemar_p(broken, fixed)))
    marks = find_beyond_chance([p for *_, p in found])
    return tuple(Pair(*counted, mark) for counted, mark in zip(found, marks, strict=True))
