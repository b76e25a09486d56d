"""The shape of an image. One is supported so far, that of MNIST's digits: data and models of another are refused.

Nothing else in the package knows its numbers but the digit preparation, which makes such images in every language.
What has images or a contract at hand takes the shape from them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from edgemnist.contract.tensors import CHANNELS, ChannelOrder

# Rows and columns.
IMAGE_SHAPE = (28, 28)


def is_image(shape: tuple[object, ...], image_shape: tuple[int, ...] = IMAGE_SHAPE) -> bool:
    """True if an array of `shape` holds one grey image, row by row: (n,), (h, w), (h, w, 1), (1, h, w) or alike.

    Args:
        shape: Sizes of the array or the tensor, without the batch.
        image_shape: Rows and columns of the image.

    Example:
        >>> [is_image(shape, (2, 3)) for shape in ((6,), (2, 3), (2, 3, 1), (1, 2, 3), (3, 2), (6, 6))]
        [True, True, True, True, False, False]
    """
    sizes = tuple(size for size in shape if size != 1)
    return sizes in ((math.prod(image_shape),), image_shape)


def drop_channels(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of one channel, of an image that has three of the same.

    Example:
        >>> drop_channels((2, 4, 3)), drop_channels((3, 2, 4)), drop_channels((2, 3))
        ((2, 4), (2, 4), (2, 3))
    """
    if len(shape) == 3 and shape[-1] == CHANNELS:
        return shape[:-1]
    return shape[1:] if len(shape) == 3 and shape[0] == CHANNELS else shape


def suggest_row_order(shape: tuple[object, ...], image_shape: tuple[int, ...] = IMAGE_SHAPE) -> ChannelOrder | None:
    """Return the usual order of three channels in one row; None for a tensor that is no such row.

    Example:
        >>> suggest_row_order((18,), (2, 3)), suggest_row_order((6,), (2, 3)), suggest_row_order((2, 3, 3), (2, 3))
        ('last', None, None)
    """
    sizes = tuple(size for size in shape if size != 1)
    return "last" if sizes == (CHANNELS * math.prod(image_shape),) else None


def fits_image(shape: tuple[int, ...]) -> bool:
    """True if a tensor takes one grey image: once, or in three channels that hold the same.

    Args:
        shape: Sizes of the tensor, without the batch.

    Example:
        >>> [fits_image(shape) for shape in ((784,), (3, 28, 28), (2352,), (2, 28, 28))]
        [True, True, True, False]
    """
    return is_image(drop_channels(shape)) or suggest_row_order(shape) is not None


def join_sizes(sizes: Iterable[object]) -> str:
    """Return sizes as messages show them.

    Example:
        >>> join_sizes(("n", 2, 3))
        'n x 2 x 3'
    """
    return " x ".join(map(str, sizes))
