"""The shared vectors of the preparation: raw drawings, and the 28 × 28 bytes to be made of them.

python -m tests.drawings.draw     # draw them anew, from training images; on purpose only
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

FOLDER = Path(__file__).parent
# The images below each other, in the order of the drawings' names; of each drawing, one a preparation and ink, in this
# order, in which the programs of all languages write them, too.
EXPECTED = FOLDER / "expected.png"
PICTURES = (("digit", "bright"), ("digit", "dark"), ("fit", "any"), ("fit", "bright"), ("fit", "dark"))

Pixels = NDArray[np.uint8]


def list_drawings() -> dict[str, Pixels]:
    """Return each drawing by its name: uint8 (height, width, 4)."""
    paths = sorted(path for path in FOLDER.glob("*.png") if path != EXPECTED)
    return {path.stem: np.asarray(Image.open(path).convert("RGBA")) for path in paths}


def read_expected() -> Pixels:
    """Return the images: uint8 (n, preparations, 28, 28)."""
    return np.asarray(Image.open(EXPECTED)).reshape(-1, len(PICTURES), 28, 28)


def read_found(path: Path) -> Pixels:
    """Return what a program of another language made: uint8 (n, preparations, 28, 28)."""
    return np.fromfile(path, np.uint8).reshape(-1, len(PICTURES), 28, 28)


def prepare_each(drawing: Pixels) -> Pixels:
    """Return the image of a drawing in each preparation: uint8 (preparations, 28, 28)."""
    from edgemnist.datasets.preparation import prepare_picture

    return np.stack([prepare_picture(drawing, preparation, ink) for preparation, ink in PICTURES])


def pack(drawings: list[Pixels]) -> bytes:
    """Write drawings one after the other, as the programs of all languages read them: width, height, RGBA."""
    parts = [struct.pack("<II", drawing.shape[1], drawing.shape[0]) + drawing.tobytes() for drawing in drawings]
    return b"".join(parts)


def invent(count: int, seed: int) -> list[Pixels]:
    """Return random drawings: noise, strokes, ramps, with and without transparency, of all proportions."""
    generator = np.random.default_rng(seed)
    return [_invent_one(generator) for _ in range(count)]


def _invent_one(generator: np.random.Generator) -> Pixels:
    height, width = (int(size) for size in np.exp(generator.uniform(0, 6.4, 2)))
    kind = generator.integers(4)
    if kind == 0:
        return generator.integers(0, 256, (height, width, 4), np.uint8)
    drawing = np.zeros((height, width, 4), np.int64)
    ramp = generator.integers(0, 256) + np.add.outer(np.arange(height), np.arange(width)) * generator.uniform(-0.5, 0.5)
    drawing[:] = ramp[..., None]
    for _ in range(generator.integers(1, 6)):
        top, left = generator.integers(0, height), generator.integers(0, width)
        tall, wide = generator.integers(1, 2 + height // 2), generator.integers(1, 2 + width // 4)
        drawing[top : top + tall, left : left + wide] = generator.integers(0, 256, 4)
    if kind == 1:
        drawing[..., 3] = 255
    noise = generator.integers(-6, 7, drawing.shape) if kind == 3 else 0
    return np.clip(drawing + noise, 0, 255).astype(np.uint8)


def enlarge(digit: Pixels, size: int) -> Pixels:
    """Return a digit of 28 × 28 as a pen would draw it on a large page: uint8 (size, size)."""
    smooth = np.asarray(Image.fromarray(digit).resize((size, size), Image.Resampling.BICUBIC)).astype(int)
    return np.clip((smooth - 96) * 4, 0, 255).astype(np.uint8)


def put(digit: Pixels, height: int, width: int, top: int, left: int) -> Pixels:
    """Return a black page, uint8 (height, width), with a digit somewhere on it."""
    page = np.zeros((height, width), np.uint8)
    page[top : top + digit.shape[0], left : left + digit.shape[1]] = digit
    return page


def to_rgba(grey: Pixels) -> Pixels:
    """Return opaque grey as RGBA."""
    return np.dstack([grey, grey, grey, np.full_like(grey, 255)])


def shade(page: Pixels, generator: np.random.Generator, paper: int = 210, ink: int = 90, fall: float = 0.45) -> Pixels:
    """Return a photograph of dark ink on bright paper, with light from one side and a camera's noise."""
    height, width = page.shape
    light = 1 - fall * np.add.outer(np.arange(height) / height, np.arange(width) / width) / 2
    noise = generator.normal(0, 4, page.shape)
    return np.clip((paper - (paper - ink) * (page / 255)) * light + noise, 0, 255).astype(np.uint8)


def _draw_all() -> Iterator[tuple[str, Pixels]]:
    import edgemnist

    training = edgemnist.load_dataset().training
    digits = [training.images[int(np.flatnonzero(training.labels == number)[3])] for number in range(10)]
    generator = np.random.default_rng(0)
    yield "0_as_it_is", to_rgba(digits[0])
    yield "1_in_a_corner", to_rgba(put(enlarge(digits[1], 90), 280, 280, 188, 3))
    yield "2_black_on_white", to_rgba(255 - put(enlarge(digits[2], 200), 280, 280, 30, 60))
    yield "3_photograph", to_rgba(shade(put(enlarge(digits[3], 150), 300, 400, 60, 180), generator))
    ink = enlarge(digits[4], 180)
    yield "4_black_on_nothing", np.dstack([np.zeros((180, 180, 3), np.uint8), ink])
    yield "5_white_on_nothing", np.dstack([np.full((180, 180, 3), 255, np.uint8), enlarge(digits[5], 180)])
    page = put(enlarge(digits[6], 140), 200, 240, 40, 70)[..., None] / 255
    blue, yellow = np.array([20, 40, 160]), np.array([250, 230, 120])
    colour = (yellow + (blue - yellow) * page).astype(np.uint8)
    yield "6_blue_on_yellow", np.dstack([colour, np.full((200, 240), 255, np.uint8)])
    yield "7_large_page", to_rgba(put(enlarge(digits[7], 300), 700, 1000, 320, 500))
    yield "8_with_a_speck", to_rgba(np.maximum(put(enlarge(digits[8], 120), 280, 280, 90, 90), _speck()))
    yield "9_upside_light", to_rgba(shade(put(enlarge(digits[9], 200), 257, 259, 20, 30), generator, fall=0.8))
    yield "bar", to_rgba(np.full((40, 6), 30, np.uint8) + put(np.full((34, 3), 200, np.uint8), 40, 6, 3, 1))
    yield "blank", to_rgba(np.full((60, 80), 240, np.uint8))
    yield "dot", to_rgba(np.zeros((1, 1), np.uint8))
    yield "line", to_rgba(put(np.full((1, 90), 255, np.uint8), 5, 300, 2, 100))
    yield "nothing", np.zeros((20, 30, 4), np.uint8)


def _speck() -> Pixels:
    page = np.zeros((280, 280), np.uint8)
    page[8:11, 260:263] = 255
    return page


SHAPES = ("cross", "dot", "ring")


def draw_shape(name: str, generator: np.random.Generator) -> Pixels:
    """Draw a shape in a dark colour on light paper of any size, about in its middle: uint8 (height, width, 3).

    A dot is smaller than a ring: who makes each as large as a digit of MNIST has lost that.
    """
    height = int(generator.integers(40, 90))
    width = int(height * generator.uniform(0.85, 1.15))
    page = Image.new("RGB", (width, height), tuple(int(level) for level in generator.integers(215, 256, 3)))
    pen, colour = ImageDraw.Draw(page), tuple(int(level) for level in generator.integers(0, 120, 3))
    reach = height * (generator.uniform(0.08, 0.14) if name == "dot" else generator.uniform(0.28, 0.36))
    x, y = (size / 2 + size * generator.uniform(-0.04, 0.04) for size in (width, height))
    left, top, right, bottom, line = x - reach, y - reach, x + reach, y + reach, max(3, height // 12)
    if name == "cross":
        pen.line((left, top, right, bottom), colour, line)
        pen.line((left, bottom, right, top), colour, line)
    else:
        pen.ellipse((left, top, right, bottom), colour if name == "dot" else None, colour, line)
    return np.asarray(page)


def draw_shapes(count: int, seed: int) -> tuple[Pixels, NDArray[np.int64]]:
    """Return shapes fitted into images, uint8 (n, 28, 28), dark on light, and the number of each one's class."""
    from edgemnist.datasets.preparation import fit_picture

    generator, labels = np.random.default_rng(seed), np.arange(count) % len(SHAPES)
    pages = (draw_shape(SHAPES[label], generator) for label in labels)
    opaque = (np.dstack([page, np.full(page.shape[:2], 255, np.uint8)]) for page in pages)
    return np.stack([fit_picture(page) for page in opaque]), labels


def write_shapes(folder: Path, training: int, test: int) -> Path:
    """Write a data set of shapes as a folder of pictures.

    Args:
        training, test: how many of each class.
    """
    generator = np.random.default_rng(7)
    for split, count in (("train", training), ("test", test)):
        for name in SHAPES:
            (folder / split / name).mkdir(parents=True)
            for number in range(count):
                Image.fromarray(draw_shape(name, generator)).save(folder / split / name / f"{number:03}.png")
    return folder


def main() -> None:
    images = []
    for name, drawing in _draw_all():
        Image.fromarray(drawing).save(FOLDER / f"{name}.png", optimize=True)
        images += [*prepare_each(drawing)]
    Image.fromarray(np.concatenate(images)).save(EXPECTED, optimize=True)


if __name__ == "__main__":
    main()
