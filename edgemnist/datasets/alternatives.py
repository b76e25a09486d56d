"""Other images that a picture may become: what an app that prepares it wrongly, or a hand that draws thinly, makes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import Picture
from edgemnist.datasets.preparation import Image, fit_picture, is_blank, prepare_digit, prepare_picture, turn_ink
from edgemnist.datasets.shape import IMAGE_SHAPE

IN_FORM = "in the form of MNIST's digits"
# The share of each side that a frame, a shadow or a table's edge may take.
BORDER_SHARE = 10


def list_alternatives(rgba: NDArray[np.uint8], image: Image, picture: Picture) -> dict[str, Image]:
    """Return other images of a picture, by what was done to each.

    Args:
        rgba: The picture as it came, uint8 (height, width, 4), 0 … 255.
        image: What it has become, uint8 (height, width).
        picture: What a picture is to become for the model.

    Returns:
        uint8 (height, width) each; those alone that aren't blank, nor the image itself.

    Example:
        >>> image = np.zeros((28, 28), np.uint8)
        >>> image[4:24, 12:15] = 255
        >>> rgba = np.dstack([image, image, image, np.full_like(image, 255)])
        >>> [name for name in list_alternatives(rgba, image, Picture()) if "rotated" in name]
        ['rotated by 90° to the left', 'rotated by 90° to the right']
    """
    bright = 255 - image if picture.ink == "dark" else image
    strokes = {"with thicker strokes": _spread(bright), "with thinner strokes": 255 - _spread(255 - bright)}
    found = {
        "inverted": 255 - image,
        "rotated by 90° to the left": np.rot90(image),
        "rotated by 90° to the right": np.rot90(image, 3),
        "upside down": np.rot90(image, 2),
        "mirrored": image[:, ::-1],
        "with rows and columns swapped": image.T,
        **_prepare_otherwise(rgba, picture),
        **{name: 255 - stroke if picture.ink == "dark" else stroke for name, stroke in strokes.items()},
    }
    kept: dict[str, Image] = {}
    for name, other in found.items():
        known = any(np.array_equal(other, one) for one in (image, *kept.values()))
        if other.shape == image.shape and not known and not is_blank(other):
            kept[name] = np.ascontiguousarray(other)
    return kept


def _prepare_otherwise(rgba: NDArray[np.uint8], picture: Picture) -> dict[str, Image]:
    """Prepare the picture in other ways, each with the ink that the model takes."""
    top, left = (size // BORDER_SHARE for size in rgba.shape[:2])
    inner = rgba[top : rgba.shape[0] - top, left : rgba.shape[1] - left]
    larger = rgba.shape[:2] != IMAGE_SHAPE  # one of that size is a frame for nothing
    preparation = "fit" if picture.preparation == "none" else picture.preparation
    ink = "bright" if (preparation, picture.ink) == ("digit", "any") else picture.ink
    return {
        IN_FORM: turn_ink(prepare_digit(rgba), picture.ink),
        "scaled whole": fit_picture(rgba, picture.ink),
        **({"without a tenth at each border": prepare_picture(inner, preparation, ink)} if larger else {}),
    }


def _spread(image: Image) -> Image:
    """Return the brightest of each pixel and its four neighbours: strokes become a pixel thicker on each side."""
    around = np.pad(image, 1)
    parts = (around[1:-1, 1:-1], around[:-2, 1:-1], around[2:, 1:-1], around[1:-1, :-2], around[1:-1, 2:])
    return np.asarray(np.max(parts, axis=0))
