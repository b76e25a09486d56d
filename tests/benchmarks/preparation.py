"""What the digit preparation is worth: accuracy on test digits that aren't in MNIST's form, with and without it.

python tests/benchmarks/preparation.py [MODEL …]     # all 10,000 test images, a few minutes

Without: the picture is made 28 × 28 by Pillow's bilinear filter, white on black as it comes. The constants of the
preparation were chosen on training images; the test images are only scored.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from rich.console import Console
from rich.table import Table

import edgemnist
from edgemnist.datasets.preparation import prepare_digit
from tests.drawings.draw import Pixels, enlarge, put, shade, to_rgba

MODELS = ("exports/model.onnx", "exports/small_int8.tflite")


def move(digit: Pixels, random: np.random.Generator) -> Pixels:
    """Somewhere else on 28 × 28."""
    rows, columns = np.flatnonzero(digit.any(axis=1)), np.flatnonzero(digit.any(axis=0))
    cut = digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return put(cut, 28, 28, int(random.integers(29 - cut.shape[0])), int(random.integers(29 - cut.shape[1])))


def scale(digit: Pixels, random: np.random.Generator) -> Pixels:
    """Half to 1.35 times as large, in the middle of 28 × 28."""
    size = round(28 * random.uniform(0.5, 1.35))
    other = np.asarray(Image.fromarray(digit).resize((size, size), Image.Resampling.BICUBIC))
    margin = abs(28 - size) // 2
    return put(other, 28, 28, margin, margin) if size <= 28 else other[margin:, margin:][:28, :28]


def draw_large(digit: Pixels, random: np.random.Generator, page: int = 280) -> Pixels:
    """As a pen draws it, 90 to 250 pixels high, anywhere on a page of 280 × 280."""
    size = int(random.integers(90, 250))
    top, left = (int(place) for place in random.integers(0, page - size + 1, 2))
    return put(enlarge(digit, size), page, page, top, left)


def draw_thin(digit: Pixels, random: np.random.Generator) -> Pixels:
    """With a fine pen: a third of the ink is left."""
    page, ink = Image.fromarray(put(enlarge(digit, 200), 280, 280, 40, 40)), enlarge(digit, 200).sum()
    while np.asarray(thinner := page.filter(ImageFilter.MinFilter(3))).sum() >= 0.35 * ink:
        page = thinner
    return np.asarray(page)


def photograph(digit: Pixels, random: np.random.Generator) -> Pixels:
    """Dark on paper of 400 × 400 pixels, light from one side, a camera's noise."""
    turns, ink, fall = int(random.integers(4)), int(random.integers(60, 120)), random.uniform(0.2, 0.9)
    page = np.rot90(draw_large(digit, random, 400), turns)  # turned and back: light from any corner
    return np.rot90(shade(page, random, ink=ink, fall=fall), -turns)


SETS: dict[str, Callable[[Pixels, np.random.Generator], Pixels]] = {
    "as it is": lambda digit, random: digit,
    "moved": move,
    "scaled": scale,
    "inverted": lambda digit, random: 255 - digit,
    "large page, white on black": draw_large,
    "large page, black on white": lambda digit, random: 255 - draw_large(digit, random),
    "fine pen": draw_thin,
    "photograph": photograph,
}


def make_both(name: str, indexed: tuple[int, Pixels]) -> tuple[Pixels, Pixels]:
    """Return the 28 × 28 pixels without and with the preparation."""
    index, digit = indexed
    picture = np.ascontiguousarray(SETS[name](digit, np.random.default_rng(index)))
    shrunk = Image.fromarray(picture).resize((28, 28), Image.Resampling.BILINEAR)
    return np.asarray(shrunk), prepare_digit(to_rgba(picture))


def main() -> None:
    test = edgemnist.load_dataset().test
    runtimes = [edgemnist.open_runtime(path) for path in sys.argv[1:] or MODELS]
    table = Table("test digits", *(f"{path}: {how}" for path in sys.argv[1:] or MODELS for how in ("without", "with")))

    def measure(images: NDArray[np.uint8], runtime: edgemnist.runtimes.Runtime) -> str:
        return f"{100 * (runtime.predict(images).argmax(axis=1) == test.labels).mean():.2f} %"

    with ProcessPoolExecutor() as pool:
        for name in SETS:
            pairs = list(pool.map(partial(make_both, name), enumerate(test.images), chunksize=200))
            stacks = [np.stack(images) for images in zip(*pairs, strict=True)]
            table.add_row(name, *(measure(images, runtime) for runtime in runtimes for images in stacks))
    Console(width=160).print(table)


if __name__ == "__main__":
    main()
