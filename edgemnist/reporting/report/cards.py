"""The images that moved, a card each."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.answers import Kind
from edgemnist.reporting.report.view import clean
from edgemnist.results.folder_report import FlippedImage

# The same of an answer that moved.
SIGNS: Mapping[Kind, str] = {"broken": "✕", "fixed": "✓", "changed": "–"}

FLIP_TONES: Mapping[Kind, str] = {"broken": "bad", "fixed": "good", "changed": "open"}


@dataclass(frozen=True)
class Card:
    """An image that moved.

    Args:
        picture: PNG as a data URI; "" where it isn't shown.
        title: Which image, and its right class.
        source: What its source answers.
        answers: What forms answer: the answer with its sign, its tone, and who gives it.
    """

    picture: str
    title: str
    source: str
    answers: tuple[tuple[str, str, str], ...]


def list_cards(flips: Sequence[FlippedImage]) -> list[Card]:
    """Return the images that moved and are shown."""
    return [_make_card(flip) for flip in flips if flip.pixels is not None]


def _make_card(flip: FlippedImage) -> Card:
    answers: dict[tuple[str, str], list[str]] = {}
    for one in flip.answers:
        phrase = f"{SIGNS[one.kind]} {_phrase_answer(one.answer, one.confidence)}"
        answers.setdefault((phrase, FLIP_TONES[one.kind]), []).append(clean(one.model))
    return Card(
        picture=_write_picture(flip.pixels) if flip.pixels is not None else "",
        title=f"No. {flip.index:,} is {clean(flip.label)}",
        source=f"{clean(flip.source)}: {_phrase_answer(flip.answer, flip.confidence)}",
        answers=tuple((answer, tone, ", ".join(models)) for (answer, tone), models in answers.items()),
    )


def _phrase_answer(answer: str | None, confidence: float) -> str:
    return "no class" if answer is None else f"{clean(answer)} ({100 * confidence:.0f} %)"


def _write_picture(pixels: NDArray[np.uint8]) -> str:
    """Return a PNG as a data URI."""
    from PIL import Image

    content = io.BytesIO()
    Image.fromarray(pixels).save(content, format="png", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(content.getvalue()).decode()}"
