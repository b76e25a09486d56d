"""Steps of few levels that weights are rounded to: those of least squared error, a step a channel.

A step is searched for, from where the largest weight is far from the largest level to where most weights are cut
off, and the best is then moved to the mean of what its levels stand for, which never errs more.

Source: Sakr et al., "Optimal Clipping and Magnitude-aware Differentiation for Improved Quantization-aware Training",
2022 (OCTAV), minimizes the same error of both rounding and cutting off, by a formula that supposes evenly spread
rounding; Lloyd, "Least Squares Quantization in PCM", 1982, for the mean.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgemnist.precision import Grid

Values = NDArray[np.float64]
# Steps that are tried: how many, and how many times the largest level the largest weight may lie at.
TRIED, NEAREST, FARTHEST = 96, 0.4, 8.0
# How often a step is moved to the mean.
MOVES = 12
# The step of a channel of zeros, where no level is zero, as a part of the largest of its layer.
LEAST_PART = 1e-3
TINY = 1e-30


def round_rows(rows: Values, grid: Grid) -> tuple[Values, Values]:
    """Round weights to levels.

    Args:
        rows: float64 (channels, weights).
        grid: Levels.

    Returns:
        Levels, whole numbers, float64 (channels, weights), and steps, above 0, float64 (channels,).

    Example:
        >>> levels, steps = round_rows(np.array([[0.3, -0.72, 1.05, 0.0]]), Grid(7, False, 16))
        >>> levels.astype(int).tolist(), round(float(steps[0]), 3)
        ([[2, -5, 7, 0]], 0.148)
    """
    steps = find_steps(rows, grid)
    return choose_levels(rows, steps, grid), steps


def choose_levels(rows: Values, steps: Values, grid: Grid) -> Values:
    """Return the nearest level of each weight."""
    numbers = rows / steps[:, None]
    if not grid.odd:
        return np.clip(np.rint(numbers), -grid.most, grid.most)
    levels = np.clip(2 * np.rint((numbers - 1) / 2) + 1, -grid.most, grid.most)
    # Weights that are zero go to both sides in turn: what they add is as small as can be.
    return np.where(rows == 0, np.where(np.arange(rows.shape[1]) % 2, -1.0, 1.0), levels)


def find_steps(rows: Values, grid: Grid) -> Values:
    """Return the steps of least squared error, float64 (channels,)."""
    largest = np.abs(rows).max(axis=1)
    best, least = largest / grid.most, np.full(len(rows), np.inf)
    for part in np.geomspace(NEAREST * grid.most, FARTHEST * grid.most, TRIED):
        steps = np.maximum(largest / part, TINY)
        errors = ((rows - choose_levels(rows, steps, grid) * steps[:, None]) ** 2).sum(axis=1)
        better = errors < least
        best, least = np.where(better, steps, best), np.where(better, errors, least)
    for _ in range(MOVES):
        levels = choose_levels(rows, np.maximum(best, TINY), grid)
        moved = (rows * levels).sum(axis=1) / np.maximum((levels * levels).sum(axis=1), TINY)
        best = np.where(moved > 0, moved, best)
    found: Values = np.maximum(best, LEAST_PART * float(best.max(initial=0)) or 1.0)
    return found
