"""From a picture of any size to an image of 28 × 28 pixels: in MNIST's own form ("digit"), or scaled whole ("fit").

"digit" makes white ink on black, centred by its mass: version 1. The algorithm, in whole numbers only, so that every
language gives the same bytes; `/` rounds down, and `mean` is (2 · sum + count) / (2 · count), which rounds to the
nearest. Pixels are RGBA bytes, row by row.

1. Grey: (19595 R + 38470 G + 7471 B + 32768) / 65536. What is transparent is paper: white (255) if the mean of the
   grey weighted by alpha is below 128, else black (0); each pixel becomes (A · grey + (255 - A) · paper + 127) / 255.
2. Size: if a side is longer than 256, k × k blocks become their mean, k = ⌈longer side / 256⌉; blocks at the right
   and at the bottom may be smaller.
3. Levels: the threshold t starts at sum / count. Then t = (m0 + m1) / 2, at most 32 times, until it stays; m0 is
   sum / count of the pixels up to t, m1 of those above (m0 if there are none). If m1 - m0 < 16 there is nothing to be
   seen: 28 × 28 zeros. If more than half of the border's pixels are above t, the paper is bright: v = 255 - v.
4. Light: the white top-hat, which takes shadows away: each pixel loses the opening of the picture (the minimum, then
   the maximum of the square around it that reaches r = longer side / 6 pixels far), and is at most 255. Beyond its
   border the picture goes on as 2 · edge - mirrored, 2r pixels far (the mirror ends at the opposite border): above
   and below first, then left and right of that.
5. Levels again, as in 3 without the turn. Ink is what is above t. With black = (m0 + t) / 2 each pixel becomes
   (v - black) · 255 / (m1 - black), between 0 and 255.
6. Crop, from the first to the last row that holds at least a quarter of the ink of an average row that has any; the
   same for columns.
7. Scale the longer side to 20, the other to mean(20 · shorter, longer), at least 1: each new pixel is the mean of the
   area that it covers. Then v · 255 / largest.
8. Place it so that its centre of mass, in halves of a pixel, comes nearest to the middle of pixel 14, and no pixel is
   lost: shift = (29 · sum - Σ v · (2 · place + 1) + sum) / (2 · sum), between 0 and 28 - size, for rows and columns.

"fit" takes steps 1 and 2, and scales the longer side to 28 as step 7 does, without stretching the values. The picture
lies in the middle, (28 - size) / 2 from the top and from the left, on the median of its border's pixels (the lower one
of two). Where the paper, found as in step 3, isn't that of the ink that is asked for, v = 255 - v.

Sources: LeCun, Cortes and Burges on how MNIST was made (20 × 20 box, centre of mass); Ridler and Calvard, "Picture
thresholding using an iterative selection method", 1978; Serra, "Image Analysis and Mathematical Morphology", 1982.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIZE, BOX, CENTRE = 28, 20, 14
LONGEST_SIDE = 256
ROWS_AT_ONCE = 256
LEAST_CONTRAST = 16
MOST_ROUNDS = 32
# The square of the top-hat reaches a sixth of the longer side: wider than a stroke, narrower than a shadow.
REACH_SHARE = 6
# Even the end of a stroke has more than a quarter of the average row's ink; dirt at the edge has less.
INK_SHARE = 4

Grey = NDArray[np.int64]
Image = NDArray[np.uint8]


def prepare_picture(rgba: NDArray[np.uint8], preparation: str = "digit", ink: str = "bright") -> Image:
    """Turn a picture into an image of the kind that a model was trained on, as the model's contract says.

    Args:
        rgba: uint8 (height, width, 4), 0 … 255, of any size from 1 × 1.
        preparation: "digit", "fit", or "none" for a picture of 28 × 28 pixels that is taken as it is.
        ink: "bright" or "dark": that of the image, whichever the picture's is; "any" for the picture's own.

    Returns:
        uint8 (28, 28), 0 … 255; see `is_blank`.

    Raises:
        ValueError: "none", and the picture is of another size.
    """
    if preparation == "digit":
        return 255 - prepare_digit(rgba) if ink == "dark" else prepare_digit(rgba)
    if preparation == "none" and rgba.shape[:2] != (SIZE, SIZE):
        raise ValueError(f"{rgba.shape[1]} x {rgba.shape[0]} pixels, expected {SIZE} x {SIZE}")
    return fit_picture(rgba, "any" if preparation == "none" else ink)


def is_blank(image: Image) -> bool:
    """True if there is nothing to be seen on an image: hardly any contrast."""
    return int(image.max()) - int(image.min()) < LEAST_CONTRAST


def prepare_digit(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Turn a picture of one digit into MNIST's own form.

    Args:
        rgba: uint8 (height, width, 4), 0 … 255, of any size from 1 × 1: dark ink on bright paper or the reverse.

    Returns:
        uint8 (28, 28), 0 (paper) … 255 (ink); all 0 where there is nothing to be seen.

    Example:
        >>> page = np.full((300, 200, 4), 255, np.uint8)
        >>> page[40:240, 90:110, :3] = 0
        >>> digit = prepare_digit(page)
        >>> rows, columns = np.nonzero(digit)
        >>> int(rows.min()), int(rows.max()), sorted(set(columns.tolist()))
        (5, 24, [14, 15])
    """
    grey = _turn_to_ink(_read_small(rgba))
    if grey is None:
        return np.zeros((SIZE, SIZE), np.uint8)
    flat = np.minimum(grey - _find_paper(grey), 255)
    threshold, paper, ink = _find_levels(flat)
    if ink - paper < LEAST_CONTRAST:
        return np.zeros((SIZE, SIZE), np.uint8)
    rows, columns = (_find_span((flat > threshold).sum(axis=axis)) for axis in (1, 0))
    black = (paper + threshold) // 2
    clean = np.clip(flat - black, 0, None) * 255 // (ink - black)
    return _place(_stretch(_resize(np.minimum(clean, 255)[rows, columns], BOX)))


def fit_picture(rgba: NDArray[np.uint8], ink: str = "any") -> Image:
    """Bring a picture to grey and scale it into 28 × 28 pixels, its sides in proportion.

    Args:
        rgba: uint8 (rows, columns, 4), 0 … 255, of any size from 1 × 1.
        ink: "bright" or "dark": the image's, which is inverted where the picture has the other; "any": never inverted.

    Returns:
        uint8 (28, 28), 0 … 255.

    Example:
        >>> page = np.full((56, 28, 4), 255, np.uint8)
        >>> page[20:36, 10:18, :3] = 0
        >>> fit_picture(page)[14].tolist() == [255] * 12 + [0] * 4 + [255] * 12
        True
    """
    grey = _read_small(rgba)
    box = _resize(grey, SIZE)
    image = np.full((SIZE, SIZE), _find_border(grey), np.uint8)
    top, left = ((SIZE - size) // 2 for size in box.shape)
    image[top : top + box.shape[0], left : left + box.shape[1]] = box
    return turn_ink(image, ink)


def turn_ink(image: Image, ink: str) -> Image:
    """Return an image with that ink: itself, or inverted where its paper says that it has the other; "any": itself."""
    return image if ink in ("any", find_ink(image)) else 255 - image


def find_ink(image: Image) -> str:
    """Return which ink is on an image, "bright" or "dark": its border is paper."""
    grey = image.astype(np.int64)
    return "dark" if _has_bright_border(grey, _find_levels(grey)[0]) else "bright"


def _mean(total: Any, count: Any) -> Any:
    return (2 * total + count) // (2 * count)


def _read_small(rgba: NDArray[np.uint8]) -> Grey:
    """Steps 1 and 2, some rows at a time: of a photograph of 50 million pixels no copy is made."""
    block = -(-max(rgba.shape[:2]) // LONGEST_SIDE)
    rows = block * -(-ROWS_AT_ONCE // block)
    stripes = [rgba[top : top + rows] for top in range(0, len(rgba), rows)]
    weighted = sum(int((stripe[..., 3].astype(np.int32) * _mix(stripe)).sum(dtype=np.int64)) for stripe in stripes)
    opacity = sum(int(stripe[..., 3].sum(dtype=np.int64)) for stripe in stripes)
    paper = 255 if weighted < 128 * opacity else 0
    return np.concatenate([_shrink(_read_grey(stripe, paper), block) for stripe in stripes])


def _mix(rgba: NDArray[np.uint8]) -> NDArray[np.int32]:
    red, green, blue = (rgba[..., channel].astype(np.int32) for channel in range(3))
    return (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16


def _read_grey(rgba: NDArray[np.uint8], paper: int) -> NDArray[np.int32]:
    """32 bits a pixel are enough, but for the sums."""
    alpha = rgba[..., 3].astype(np.int32)
    return np.asarray((alpha * _mix(rgba) + (255 - alpha) * paper + 127) // 255)


def _shrink(grey: NDArray[np.int32], block: int) -> Grey:
    tops, lefts = (np.arange(0, size, block) for size in grey.shape)
    rows = np.add.reduceat(grey, tops, axis=0, dtype=np.int64)
    totals = np.add.reduceat(rows, lefts, axis=1)
    heights, widths = (np.minimum(block, size - np.arange(0, size, block)) for size in grey.shape)
    return np.asarray(_mean(totals, np.outer(heights, widths)))


def _find_levels(grey: Grey) -> tuple[int, int, int]:
    """Return the threshold, the level of the paper below it and that of the ink above."""
    histogram = np.bincount(grey.ravel(), minlength=256)
    counts, totals = histogram.cumsum().tolist(), (histogram * np.arange(256)).cumsum().tolist()
    threshold = totals[-1] // counts[-1]
    paper = ink = 0
    for _ in range(MOST_ROUNDS):
        paper = totals[threshold] // counts[threshold]
        above = counts[-1] - counts[threshold]
        ink = (totals[-1] - totals[threshold]) // above if above else paper
        if (paper + ink) // 2 == threshold:
            break
        threshold = (paper + ink) // 2
    return threshold, paper, ink


def _turn_to_ink(grey: Grey) -> Grey | None:
    """Return bright ink on dark paper, whichever way it was; None where there is no contrast."""
    threshold, dark, bright = _find_levels(grey)
    if bright - dark < LEAST_CONTRAST:
        return None
    return 255 - grey if _has_bright_border(grey, threshold) else grey


def _has_bright_border(grey: Grey, threshold: int) -> bool:
    inside = grey[1:-1, 1:-1]
    bright = int((grey > threshold).sum() - (inside > threshold).sum())
    return 2 * bright > grey.size - inside.size


def _find_border(grey: Grey) -> int:
    inside = grey[1:-1, 1:-1]
    counts = np.bincount(grey.ravel(), minlength=256) - np.bincount(inside.ravel(), minlength=256)
    return int(np.searchsorted(counts.cumsum(), (counts.sum() + 1) // 2))


def _find_paper(grey: Grey) -> Grey:
    """Return how bright the paper is at each pixel: the opening of the picture."""
    reach = max(grey.shape) // REACH_SHARE
    paper = _extend(_extend(grey, 2 * reach, 0), 2 * reach, 1)
    for choose in (np.minimum, np.maximum):
        for axis in (0, 1):
            paper = _slide(paper, 2 * reach + 1, choose, axis)
    return paper


def _extend(grey: Grey, margin: int, axis: int) -> Grey:
    """Let the picture go on beyond two of its borders as 2 · edge - mirrored, so that a ramp stays one."""
    last = grey.shape[axis] - 1
    steps = np.minimum(np.arange(margin, 0, -1), last)
    first_edge, last_edge = grey.take([0], axis), grey.take([last], axis)
    before, after = grey.take(steps, axis), grey.take(last - steps[::-1], axis)
    return np.concatenate([2 * first_edge - before, grey, 2 * last_edge - after], axis=axis)


def _slide(grey: Grey, size: int, choose: Callable[[Grey, Grey], Grey], axis: int) -> Grey:
    """Return the minimum, or the maximum, of each `size` neighbours along an axis; windows double up to there."""
    values, width = np.moveaxis(grey, axis, 0), 1
    while width < size:
        step = min(width, size - width)
        values = choose(values[:-step], values[step:])
        width += step
    return np.moveaxis(values, 0, axis)


def _find_span(ink: NDArray[np.int64]) -> slice:
    """Return the part, from the first to the last place, that holds enough of the ink."""
    enough = np.flatnonzero(ink * np.count_nonzero(ink) * INK_SHARE >= ink.sum())
    return slice(int(enough[0]), int(enough[-1]) + 1)


def _stretch(box: Grey) -> Grey:
    return box * 255 // max(1, int(box.max()))


def _resize(grey: Grey, side: int) -> Grey:
    """Scale the longer side to `side` pixels, each the mean of the area that it covers."""
    height, width = (max(1, _mean(side * size, max(grey.shape))) for size in grey.shape)
    totals = _overlap(grey.shape[0], height) @ grey @ _overlap(grey.shape[1], width).T
    return np.asarray(_mean(totals, grey.size))


def _overlap(old: int, new: int) -> Grey:
    """Return how much of each old pixel each new one covers: (new, old), in units of 1 / (old · new) of the side."""
    starts, places = np.arange(new)[:, None] * old, np.arange(old)[None] * new
    return np.asarray(np.minimum(starts + old, places + new) - np.maximum(starts, places)).clip(0)


def _place(box: Grey) -> NDArray[np.uint8]:
    top, left = (_find_shift(box.sum(axis=axis)) for axis in (1, 0))
    digit = np.zeros((SIZE, SIZE), np.uint8)
    digit[top : top + box.shape[0], left : left + box.shape[1]] = box
    return digit


def _find_shift(sums: NDArray[np.int64]) -> int:
    total, moment = int(sums.sum()), int((sums * (2 * np.arange(len(sums)) + 1)).sum())
    shift = ((2 * CENTRE + 1) * total - moment + total) // max(1, 2 * total)
    return min(max(shift, 0), SIZE - len(sums))
