"""Pictures of any size and colour brought to an image's shape: scaled into it whole, nothing cut off or inverted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import Picture
from edgemnist.contract.picture import Preparation
from edgemnist.datasets.preparation import LEAST_CONTRAST, fit_picture, is_blank, prepare_digit, turn_ink
from edgemnist.datasets.shape import IMAGE_SHAPE, join_sizes
from edgemnist.errors import DataError

SHOWN = 3
BLANK_HINT = "take them out of the data set: nothing can be learned from them"
DONE = {"fit": "sides in proportion", "digit": "each as one digit"}


def frame_picture(name: object, rgba: NDArray[np.uint8], preparation: Preparation) -> NDArray[np.uint8]:
    """Bring a picture to an image's shape, its ink as it comes; of an image's shape already, it is only made grey.

    Args:
        name: Where the picture is, for messages.
        rgba: uint8 (rows, columns, 4), 0 … 255.
        preparation: How it is brought to that shape.

    Returns:
        uint8 (height, width), 0 … 255.

    Raises:
        DataError: "none", and it is of another shape.
    """
    if rgba.shape[:2] == IMAGE_SHAPE or preparation == "fit":
        return fit_picture(rgba)
    if preparation == "none":
        found, expected = join_sizes(rgba.shape[1::-1]), join_sizes(IMAGE_SHAPE[::-1])
        raise DataError(
            f"{name}: {found} pixels, expected {expected}", "pictures are to be taken as they are: scale them"
        )
    return prepare_digit(rgba)


def take_ink(image: NDArray[np.uint8], picture: Picture) -> NDArray[np.uint8]:
    """Return an image with the ink that a contract names: what is taken as it is, isn't inverted."""
    return image if picture.preparation == "none" else turn_ink(image, picture.ink)


@dataclass
class Framing:
    """Makes images of a split's pictures, and keeps in mind what it met.

    Args:
        preparation: How an image is made of a picture.
    """

    preparation: Preparation = "fit"
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
        image = frame_picture(name, rgba, self.preparation)
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
                (scaled, f"scaled from {size}, {DONE.get(self.preparation)}"),
                (self.coloured, "in colour, taken as grey"),
                (self.transparent, "with transparency, which was taken as paper"),
            )
            if count
        )
