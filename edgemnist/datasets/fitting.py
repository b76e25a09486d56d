"""Pictures of any size and colour brought to an image's shape: scaled into it whole, nothing cut off or inverted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

# A kit hands that file over as it is, so its names stay.
from edgemnist.datasets.preparation import LEAST_CONTRAST, _mean, _overlap, _read_small
from edgemnist.datasets.shape import IMAGE_SHAPE, join_sizes
from edgemnist.errors import DataError

# Makes an image, uint8 (height, width), of a picture, uint8 (rows, columns, 4), RGBA.
Preparation = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]
SHOWN = 3
BLANK_HINT = "take them out of the data set: nothing can be learned from them"


def fit_picture(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Bring a picture to grey and scale it into an image's shape, its sides in proportion.

    What is transparent is paper: white under dark ink, black under bright ink. A frame that the picture doesn't fill
    goes on with the median of its border.

    Args:
        rgba: uint8 (rows, columns, 4), 0 … 255, of any size from 1 × 1.

    Returns:
        uint8 (height, width), 0 … 255; a picture of that very size as it is.

    Example:
        >>> page = np.full((56, 28, 4), 255, np.uint8)
        >>> page[20:36, 10:18, :3] = 0
        >>> fit_picture(page)[14].tolist() == [255] * 12 + [0] * 4 + [255] * 12
        True
    """
    if rgba.shape[:2] == IMAGE_SHAPE:
        return _read_small(rgba).astype(np.uint8)
    grey = _read_small(rgba)
    height, width = _find_size(grey.shape)
    totals = _overlap(grey.shape[0], height) @ grey @ _overlap(grey.shape[1], width).T
    image = np.full(IMAGE_SHAPE, _find_border(grey), np.uint8)
    top, left = (IMAGE_SHAPE[0] - height) // 2, (IMAGE_SHAPE[1] - width) // 2
    image[top : top + height, left : left + width] = _mean(totals, grey.size)
    return image


def _find_size(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return rows and columns of the picture inside the frame, each at least 1."""
    rows, columns = shape
    frame_rows, frame_columns = IMAGE_SHAPE
    if rows * frame_columns >= columns * frame_rows:
        return frame_rows, max(1, int(_mean(columns * frame_rows, rows)))
    return max(1, int(_mean(rows * frame_columns, columns))), frame_columns


def _find_border(grey: NDArray[np.int64]) -> int:
    inside = grey[1:-1, 1:-1]
    counts = np.bincount(grey.ravel(), minlength=256) - np.bincount(inside.ravel(), minlength=256)
    return int(np.searchsorted(counts.cumsum(), (counts.sum() + 1) // 2))


def is_blank(image: NDArray[np.uint8]) -> bool:
    """True if there is nothing to be seen on an image: hardly any contrast."""
    return int(image.max()) - int(image.min()) < LEAST_CONTRAST


@dataclass
class Framing:
    """Makes images of a split's pictures, and keeps in mind what it met.

    Args:
        prepare: what makes an image of a picture.
    """

    prepare: Preparation = fit_picture
    sizes: Counter[tuple[int, ...]] = field(default_factory=Counter)
    coloured: int = 0
    transparent: int = 0
    blank: list[str] = field(default_factory=list)

    def frame(self, name: str, rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the image of one picture.

        Args:
            name: where the picture is, for messages.
            rgba: uint8 (rows, columns, 4), 0 … 255.
        """
        image = self.prepare(rgba)
        self.sizes[rgba.shape[:2]] += 1
        self.coloured += bool((np.ptp(rgba[..., :3], axis=2) >= LEAST_CONTRAST).any())
        self.transparent += bool((rgba[..., 3] < 255).any())
        if is_blank(image):
            self.blank.append(name)
        return image

    def finish(self, owner: str) -> None:
        """Refuse what held blank pictures.

        Args:
            owner: where the pictures are, for the message.

        Raises:
            DataError: There were some.
        """
        if self.blank:
            count, shown = len(self.blank), ", ".join(self.blank[:SHOWN])
            word = "blank picture" if count == 1 else "blank pictures"
            raise DataError(f"{owner}: {count} {word}: {shown}{', …' if count > SHOWN else ''}", BLANK_HINT)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done to the pictures."""
        scaled = sum(count for size, count in self.sizes.items() if size != IMAGE_SHAPE)
        found, *more = (join_sizes(size[::-1]) for size in self.sizes if size != IMAGE_SHAPE) if scaled else ("",)
        size = f"{found}{' and other sizes' if more else ''} to {join_sizes(IMAGE_SHAPE[::-1])} pixels"
        return tuple(
            f"{count:,} picture{'' if count == 1 else 's'} {words}"
            for count, words in (
                (scaled, f"scaled from {size}, sides in proportion"),
                (self.coloured, "in colour, taken as grey"),
                (self.transparent, "with transparency, which was taken as paper"),
            )
            if count
        )
