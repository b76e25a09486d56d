"""The statistics of a verdict: how sure an accuracy and a drop are, and whether two models really differ."""

from __future__ import annotations

import math
from collections.abc import Sequence

# 95 % of a normal distribution lies within this many standard deviations.
Z95 = 1.959963984540054
# Whole numbers give p to the last bit; those of more flips than this grow too long, and logarithms do.
MOST_EXACT = 10_000


def compute_wilson_interval(hits: int, trials: int) -> tuple[float, float]:
    """Return the 95 % interval of a share, 0 … 1.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference", 1927.

    Args:
        hits: how often it was right, 0 … trials.
        trials: how many images it classified, 1 or more.

    Example:
        >>> low, high = compute_wilson_interval(9_790, 10_000)
        >>> round(low, 4), round(high, 4)
        (0.976, 0.9816)
        >>> compute_wilson_interval(400, 400)[1]
        1.0
    """
    share, z2 = hits / trials, Z95**2
    middle = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z95 / (1 + z2 / trials) * math.sqrt(share * (1 - share) / trials + z2 / (4 * trials**2))
    # Of none and of all, one end is the share itself, which rounding would miss.
    return max(0.0, middle - half) if hits else 0.0, min(1.0, middle + half) if hits < trials else 1.0


def compute_drop_interval(total: float, squares: float, images: int, least: float = 1.0) -> tuple[float, float]:
    """Return the 95 % interval of a drop of accuracy between two models that answered the same images, -1 … 1.

    An image's loss is 1 if only the first model is right, -1 if only the second is, else 0; or the mean of that over
    several forms of the image, which aren't independent of each other. Half an image that is lost and half an image
    that is won, each in one form, are added, so that the interval of models that never differed has a width.

    Source: Agresti and Min, "Simple improved confidence intervals for comparing matched proportions", 2005.

    Args:
        total: sum of the losses.
        squares: sum of their squares.
        images: how many images, 1 or more.
        least: loss of an image in one form: 1 / forms.

    Example:
        >>> low, high = compute_drop_interval(total=20, squares=40, images=1_000)  # 30 lost, 10 won
        >>> round(low, 4), round(high, 4)
        (0.0075, 0.0324)
    """
    count = images + 2
    mean = total / count
    half = Z95 * math.sqrt(max(0.0, (squares + least**2) / count - mean**2) / count)
    return mean - half, mean + half


def widen_interval(low: float, high: float, count: int) -> tuple[float, float]:
    """Return a 95 % interval of a normal distribution as wide as it takes for `count` of them to hold at once.

    Example:
        >>> low, high = widen_interval(-1.0, 1.0, 11)
        >>> round(low, 2), round(high, 2)
        (-1.45, 1.45)
    """
    from statistics import NormalDist  # 20 ms, and most verdicts need none

    middle, half = (low + high) / 2, (high - low) / 2 * NormalDist().inv_cdf(1 - 0.025 / count) / Z95
    return middle - half, middle + half


def compute_mcnemar_p(broken: int, fixed: int) -> float:
    """Return the exact two-sided p of McNemar's test: as large a lean to one side, by chance alone?

    Source: McNemar, 1947; exact form: a binomial test of `broken` in `broken + fixed` at one half.

    Args:
        broken: images that only the source gets right.
        fixed: images that only the other model gets right.

    Example:
        >>> compute_mcnemar_p(0, 0), compute_mcnemar_p(1, 9)
        (1.0, 0.021484375)
    """
    moved = broken + fixed
    if moved > MOST_EXACT:
        return _approximate_tail(min(broken, fixed), moved)
    ways = tail = 1  # of choosing none; each next binomial coefficient follows from the last
    for count in range(min(broken, fixed)):
        ways = ways * (moved - count) // (count + 1)
        tail += ways
    return min(1.0, float(2 * tail / 2**moved))


def find_beyond_chance(p_values: Sequence[float], level: float = 0.05) -> tuple[bool, ...]:
    """Return which of several differences chance doesn't explain, so that one false mark in all is as rare as `level`.

    Of twenty pairs of equal models, one has a p below 0.05: the more are tested, the less each p says.

    Source: Holm, "A simple sequentially rejective multiple test procedure", 1979.

    Args:
        p_values: p of each, 0 … 1.
        level: how often a mark may be false, 0 … 1.

    Example:
        >>> find_beyond_chance([0.04]), find_beyond_chance([0.04, 0.01]), find_beyond_chance([0.04, 0.03])
        ((True,), (True, True), (False, False))
    """
    marks = [False] * len(p_values)
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        if p_values[place] > level / (len(p_values) - rank):
            break
        marks[place] = True
    return tuple(marks)


def _approximate_tail(fewer: int, moved: int) -> float:
    """Sum the same terms from the largest down, each as a share of it: nine digits are right."""
    largest = math.lgamma(moved + 1) - math.lgamma(fewer + 1) - math.lgamma(moved - fewer + 1) - moved * math.log(2)
    total = share = 1.0
    for count in range(fewer, 0, -1):
        share *= count / (moved - count + 1)
        total += share
        if share < 1e-17:
            break
    return min(1.0, 2 * total * math.exp(largest))
