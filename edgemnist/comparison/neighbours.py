"""Which images of a data set an image is most like, and how far images of one data set usually are from each other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.splits import TrainingSplit, require_training

# Training images whose nearest others are looked for, and among how many: as many as MNIST has test images.
PROBES, OTHERS, SEED = 500, 10_000, 20_262
# The share of training images that are no further from their nearest than what is usual.
USUAL_PERCENT = 99


def find_nearest(
    batches: Iterable[NDArray[np.uint8]], queries: NDArray[np.uint8], count: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Find the nearest images by the Euclidean distance of their pixels, each 0 … 1.

    Args:
        batches: Images to choose from, uint8 (k, height, width) each.
        queries: Images, uint8 (q, height, width).
        count: How many to find of each; fewer where there aren't as many.

    Returns:
        Places among all images, int64 (q, count), and distances, float64 (q, count), the nearest first.

    Example:
        >>> images = np.zeros((3, 2, 2), np.uint8)
        >>> images[1], images[2] = 255, 51
        >>> places, distances = find_nearest([images], images[:1], 2)
        >>> places.tolist(), distances.round(2).tolist()
        ([[0, 2]], [[0.0, 0.4]])
    """
    wanted = _flatten(queries)
    places, squares = np.zeros((len(queries), 0), np.int64), np.zeros((len(queries), 0))
    start = 0
    for images in batches:
        here = np.broadcast_to(np.arange(start, start + len(images)), (len(queries), len(images)))
        places = np.concatenate([places, here], axis=1)
        squares = np.concatenate([squares, _measure_squares(wanted, _flatten(images))], axis=1)
        best = np.argsort(squares, axis=1, kind="stable")[:, :count]
        places, squares = np.take_along_axis(places, best, 1), np.take_along_axis(squares, best, 1)
        start += len(images)
    return places, np.sqrt(squares) / 255


def measure_usual_distance(training: TrainingSplit) -> float:
    """Return how far an image of this data set may be from its nearest: 99 % of some training images are no further.

    Args:
        training: Training images, 2 or more; some of them, always the same, are compared with 10,000 others.
    """
    images = require_training(training).images
    order = np.random.default_rng(SEED).permutation(len(images))
    probes = min(PROBES, len(images) // 2)
    chosen, others = order[:probes], np.sort(order[probes : probes + OTHERS])
    _, distances = find_nearest([images[others]], images[chosen], 1)
    return float(np.percentile(distances, USUAL_PERCENT))


def _flatten(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    return images.reshape(len(images), -1).astype(np.float64)


def _measure_squares(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[Any]:
    """Return the squared distance of each of the first, (q, pixels), to each of the second, (q, k).

    Of pixel bytes as they are: whole numbers, so that nothing is rounded, and an image is 0 from itself.
    """
    sums = (first**2).sum(1)[:, None] + (second**2).sum(1)
    return np.asarray(sums - 2 * (first @ second.T))
