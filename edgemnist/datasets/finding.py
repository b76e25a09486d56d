"""What the training images say of how a picture must be prepared, so that it looks like one of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import Picture
from edgemnist.contract.picture import Ink, Preparation
from edgemnist.datasets.preparation import BOX, CENTRE, find_ink, is_blank
from edgemnist.datasets.rows import Rows
from edgemnist.errors import DataError

# Images that are looked at, evenly spread over all.
SAMPLE = 2_000
AT_ONCE = 1_000
# Of a hundred images, one may have the other ink: it fills its frame, or is a mistake.
MOST_OTHERS = 0.01
# MNIST's own form: of its 60,000 training images, 59,995 have a longer side of 19 to 21 pixels where ink is an eighth
# of the darkest, and none has its centre of mass more than 0.52 pixels beside the middle of pixel 14.
INK_SHARE, LEAST_SIDE, MOST_SIDE, FARTHEST = 8, BOX - 1, BOX + 1, 0.75
LEAST_IN_FORM = 0.95


def take_sample(rows: Rows) -> NDArray[np.uint8]:
    """Return up to about 2,000 images, evenly spread, uint8 (n, height, width)."""
    step, start = max(1, rows.shape[0] // SAMPLE), 0
    chosen = []
    for batch in rows.iterate(AT_ONCE):
        chosen.append(batch[-start % step :: step].copy())
        start += len(batch)
    return np.concatenate(chosen)


def find_picture(images: NDArray[np.uint8], preparation: Preparation | None = None, ink: Ink | None = None) -> Picture:
    """Find out how a picture must be prepared.

    Args:
        images: Training images, uint8 (n, height, width), their ink as it comes. Blank ones say nothing.
        preparation, ink: What the user states; None to find it.

    Returns:
        What is stated, and what was found: "digit" where the images have MNIST's own form, else "fit".

    Example:
        >>> page = np.full((1, 28, 28), 255, np.uint8)
        >>> page[0, 2:26, 3:7] = 0
        >>> find_picture(page)
        Picture(preparation='fit', ink='dark')
    """
    seen = np.stack([image for image in images if not is_blank(image)] or [images[0]])
    found = _find_ink(seen)
    if preparation is None:
        same = (ink or found) != "any" and found != "any"
        preparation = "digit" if same and _have_form_of_mnist(seen, found) else "fit"
    if ink is None:
        ink = "bright" if (preparation, found) == ("digit", "any") else found
    return Picture(preparation, ink)


def check_ink(name: str, images: NDArray[np.uint8], ink: Ink) -> None:
    """Refuse a statement that contradicts images which are taken as they are: no drawing would be read right.

    Args:
        name: Name of the data set, for the message.
        images: Training images, uint8 (n, height, width).
        ink: What the user states.

    Raises:
        DataError: Most of them have the other ink.
    """
    others = sum(find_ink(image) != ink for image in images)
    if ink != "any" and 2 * others > len(images):
        raise DataError(
            f"{name}: {others:,} of {len(images):,} training images have other than {ink} ink, and arrays are taken "
            "as they are",
            "leave `ink` out, or invert the images: 255 - x",
        )


def _find_ink(images: NDArray[np.uint8]) -> Ink:
    dark = float(np.mean([find_ink(image) == "dark" for image in images]))
    if MOST_OTHERS < dark < 1 - MOST_OTHERS:
        return "any"
    return "dark" if dark > 0.5 else "bright"


def _have_form_of_mnist(images: NDArray[np.uint8], ink: Ink) -> bool:
    """Tell whether the ink lies in a box of 20 pixels, its centre of mass in the middle of pixel 14."""
    return (
        float(np.mean([are_in_form(*found) for found in zip(*measure_form(images, ink), strict=True)])) >= LEAST_IN_FORM
    )


def are_in_form(longer: float, offset: float) -> bool:
    """True for measures of an image in MNIST's own form; see `measure_form`."""
    return LEAST_SIDE <= longer <= MOST_SIDE and offset <= FARTHEST


def measure_form(images: NDArray[np.uint8], ink: Ink) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Measure where the ink of images lies.

    Args:
        images: uint8 (n, height, width).
        ink: Which ink they have, "bright" or "dark".

    Returns:
        Longer side of the box that holds the ink in pixels, int64 (n,), and how far the centre of mass is from the
        middle of pixel 14 in rows or columns, float64 (n,).
    """
    bright = (images if ink == "bright" else 255 - images).astype(np.float64)
    bright -= bright.min(axis=(1, 2), keepdims=True)
    inked = bright * INK_SHARE > bright.max(axis=(1, 2), keepdims=True)
    bright *= inked
    sides, offsets = [], []
    for axis in (1, 2):
        lines, mass = inked.any(axis=axis), bright.sum(axis=axis)
        size = lines.shape[1]
        sides.append(size - lines.argmax(axis=1) - lines[:, ::-1].argmax(axis=1))
        offsets.append(np.abs(mass @ np.arange(size) / mass.sum(axis=1).clip(1) - CENTRE))
    return np.maximum(*sides), np.maximum(*offsets)
