"""Why a picture is answered as it is, as one picture: PNG, drawn with Pillow, which reads pictures anyway."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.errors import UsageError
from edgemnist.files import check_place
from edgemnist.quiet import loading
from edgemnist.reporting.explanations import CAUSES
from edgemnist.reporting.tables import format_percent
from edgemnist.results.explanation import Explanation

EXTENSION = ".png"
# Sizes in pixels.
WIDTH, EDGE, GAP, LARGE, SMALL, LINE, FONT = 900, 20, 20, 224, 140, 20, 14
PAPER, INK, GREY, RED, GREEN = "#ffffff", "#202020", "#707070", "#b00020", "#1b7a2e"
LETTERS_A_LINE = 118


def check_picture(path: Path) -> None:
    """Find what would keep a picture from being written, before any work.

    Raises:
        UsageError: It has another ending.
        WriteError: It can't be written there.
    """
    if path.suffix != EXTENSION:
        raise UsageError(f"{path}: a picture ends in {EXTENSION}", "such as `output='why.png'`")
    check_place(path, "output")


def draw_explanation(found: Explanation) -> bytes:
    """Draw the picture as it came and as prepared, its nearest test images, all answers and the cause.

    Returns:
        The content of a PNG file: the same bytes for the same explanation.
    """
    page = _Page()
    page.put_images([("as it came", found.picture), (f"as prepared: {found.how}", found.prepared)], LARGE)
    page.write("nearest test images", GREY)
    page.put_images([(f"{one.label}: {one.distance:.1f}", one.pixels) for one in found.neighbours], SMALL)
    expected = found.label or found.answer.label
    for one in found.answers:
        words = f"{one.label}  {format_percent(one.confidence):>9}   {one.model} ({one.precision}) in {one.runtime}"
        page.write(words, GREEN if one.label == expected else RED)
    page.write(f"to blame: {CAUSES[found.cause]}", RED if found.cause else GREEN)
    for finding in found.findings:
        page.write(finding.sentence, INK)
    return page.save()


class _Page:
    """Images and lines from the top to the bottom, drawn once it is known how much there is."""

    def __init__(self) -> None:
        with loading("PIL", "pip install pillow"):
            from PIL import Image, ImageDraw, ImageFont
        self._image, self._draw, self._font = Image, ImageDraw, ImageFont.load_default(FONT)
        self._parts: list[tuple[str, Any, tuple[int, int], str]] = []
        self._top = EDGE

    def put_images(self, images: list[tuple[str, NDArray[np.uint8]]], size: int) -> None:
        """Put images in one row, each with its name above, in a square of `size` pixels."""
        for place, (name, pixels) in enumerate(images):
            left = EDGE + place * (size + GAP)
            self._parts.append(("text", name, (left, self._top), GREY))
            self._parts.append(("image", self._scale(pixels, size), (left, self._top + LINE), ""))
        self._top += LINE + size + GAP

    def write(self, words: str, color: str) -> None:
        """Write a line, folded where it is too long."""
        for line in _fold(words):
            self._parts.append(("text", line, (EDGE, self._top), color))
            self._top += LINE

    def save(self) -> bytes:
        """Return the page as PNG."""
        page = self._image.new("RGB", (WIDTH, self._top + EDGE), PAPER)
        draw = self._draw.Draw(page)
        for kind, part, place, color in self._parts:
            if kind == "image":
                page.paste(part, place)
            else:
                draw.text(place, part, fill=color, font=self._font)
        content = io.BytesIO()
        page.save(content, format="PNG")
        return content.getvalue()

    def _scale(self, pixels: NDArray[np.uint8], size: int) -> Any:
        """Return an image within a square, its pixels as squares where it is enlarged; what is transparent is white."""
        picture = self._image.fromarray(pixels).convert("RGBA")
        share = size / max(picture.size)
        filter = self._image.Resampling.NEAREST if share >= 1 else self._image.Resampling.BOX
        width, height = (max(1, round(side * share)) for side in picture.size)
        scaled = self._image.new("RGBA", (width, height), PAPER)
        scaled.alpha_composite(picture.resize((width, height), filter))
        framed = self._image.new("RGB", (width, height), GREY)
        framed.paste(scaled.convert("RGB"))
        return framed


def _fold(words: str) -> Iterator[str]:
    """Yield lines that fit the page, folded at blanks."""
    import textwrap

    yield from textwrap.wrap(words, LETTERS_A_LINE, drop_whitespace=False) or [""]
