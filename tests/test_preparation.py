"""The digit preparation: what it makes of drawings, the same bytes in each language, and what it is worth."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from edgemnist import load_dataset, open_runtime, predict
from edgemnist.datasets.preparation import _find_shift, prepare_digit
from edgemnist.errors import DataError
from edgemnist.kits.base import JAVASCRIPT
from edgemnist.packages import NODE_INSTALL
from tests.conftest import ROOT
from tests.drawings.draw import (
    enlarge,
    invent,
    list_drawings,
    pack,
    prepare_each,
    put,
    read_expected,
    read_found,
    shade,
    to_rgba,
)
from tests.test_kits import call, need

DRAWINGS = list_drawings()
SEVEN = ROOT / "examples" / "python" / "seven.png"
MODEL = ROOT / "exports" / "model_int8.tflite"


def test_each_drawing_becomes_the_bytes_on_record() -> None:
    expected = read_expected()
    assert len(expected) == len(DRAWINGS)
    for (name, drawing), images in zip(DRAWINGS.items(), expected, strict=True):
        assert np.array_equal(prepare_each(drawing), images), name


def test_the_drawings_are_read_right() -> None:
    digits = {int(name[0]): prepare_digit(drawing) for name, drawing in DRAWINGS.items() if name[0].isdigit()}
    with open_runtime(MODEL) as runtime:
        assert runtime.predict(np.stack(list(digits.values()))).argmax(axis=1).tolist() == list(digits)


def test_javascript_gives_the_same_bytes(tmp_path: Path) -> None:
    need("node", install=NODE_INSTALL)
    drawings = [*DRAWINGS.values(), *invent(100, seed=1)]
    (tmp_path / "drawings.bin").write_bytes(pack(drawings))
    program = ROOT / "tests" / "drawings" / "prepare.mjs"
    run = call(
        "node", program, JAVASCRIPT / "preparation.mjs", tmp_path / "drawings.bin", tmp_path / "images.bin", cwd=ROOT
    )
    assert run.returncode == 0, run.stderr
    found = read_found(tmp_path / "images.bin")
    different = [index for index, drawing in enumerate(drawings) if (found[index] != prepare_each(drawing)).any()]
    assert not different
    assert (found[:, 0].any(axis=(1, 2))).mean() > 0.5, "empty pictures would prove nothing"


@functools.cache
def load_digits() -> np.ndarray:
    return load_dataset().training.images


@settings(max_examples=40)
@given(index=st.integers(0, 200), size=st.integers(60, 160), top=st.integers(0, 80), left=st.integers(0, 80))
def test_place_and_polarity_do_not_matter(index: int, size: int, top: int, left: int) -> None:
    large = enlarge(load_digits()[index], size)
    page, elsewhere = put(large, 256, 256, top, left), put(large, 256, 256, left, 80 - top)
    digit = prepare_digit(to_rgba(page))
    for other in (255 - page, elsewhere, 255 - elsewhere):
        assert np.array_equal(prepare_digit(to_rgba(other)), digit)
    ink = np.dstack([np.zeros((256, 256, 3), np.uint8), page])  # black ink on nothing
    assert np.array_equal(prepare_digit(ink), digit)


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32 - 1))
def test_every_picture_gives_a_digit_in_its_box_or_nothing(seed: int) -> None:
    (picture,) = invent(1, seed)
    digit = prepare_digit(picture).astype(int)
    assert digit.shape == (28, 28)
    if not digit.any():
        return
    assert digit.max() == 255
    for inked in (np.flatnonzero(digit.any(axis=axis)) for axis in (0, 1)):
        assert inked[-1] - inked[0] < 20


@settings(max_examples=200)
@given(sums=st.lists(st.integers(0, 5000), min_size=1, max_size=20).filter(any))
def test_the_centre_of_mass_comes_nearest_to_pixel_14_or_the_box_to_an_edge(sums: list[int]) -> None:
    shift = _find_shift(np.array(sums))
    centre = (np.array(sums) * np.arange(len(sums))).sum() / sum(sums) + shift
    assert 0 <= shift <= 28 - len(sums)
    assert abs(centre - 14) <= 0.5 or (shift == 0 and centre > 14) or (shift == 28 - len(sums) and centre < 14)


def test_a_page_without_a_digit_gives_nothing() -> None:
    noise = np.random.default_rng(0).integers(118, 128, (90, 70), np.uint8)
    for page in (np.zeros((5, 5)), np.full((300, 20), 255), noise):
        assert not prepare_digit(to_rgba(page.astype(np.uint8))).any()


@pytest.mark.slow
def test_it_is_worth_it(dataset) -> None:
    random = np.random.default_rng(0)
    images, labels = dataset.test.images[:300], dataset.test.labels[:300]
    pages = [put(enlarge(image, 130), 280, 280, *map(int, random.integers(0, 150, 2))) for image in images]
    photographs = [shade(page, random) for page in pages]
    with open_runtime(MODEL) as runtime:

        def score(found: list[np.ndarray]) -> float:
            return float((runtime.predict(np.stack(found)).argmax(axis=1) == labels).mean())

        for pictures in (pages, photographs):
            shrunk = [np.asarray(Image.fromarray(picture).resize((28, 28))) for picture in pictures]
            assert score(shrunk) < 0.6
            assert score([prepare_digit(to_rgba(picture)) for picture in pictures]) > 0.93
        # What is in MNIST's form already stays what it is to the model.
        assert score([prepare_digit(to_rgba(image)) for image in images]) > score(list(images)) - 0.02


def test_predict_prepares_what_is_not_28_pixels_wide(tmp_path: Path) -> None:
    paths = [ROOT / "tests" / "drawings" / f"{name}.png" for name in ("3_photograph", "7_large_page")]
    found = predict(MODEL, [*paths, SEVEN])
    assert [one.label for one in found] == ["3", "7", "7"]
    assert [one.prepared for one in found] == [True, True, False]
    Image.open(paths[0]).convert("RGB").save(tmp_path / "three.jpg", quality=70)
    assert predict(MODEL, [tmp_path / "three.jpg"])[0].label == "3"
    Image.fromarray(255 - np.asarray(Image.open(SEVEN).convert("L"))).save(tmp_path / "black.png")
    assert predict(MODEL, [tmp_path / "black.png"], preparation="digit")[0].label == "7"
    inverted = predict(MODEL, [tmp_path / "black.png"])[0]
    assert (inverted.label, inverted.prepared) == ("7", True)
    assert "with a bright border: inverted" in inverted.note
    as_it_is = predict(MODEL, [tmp_path / "black.png"], preparation="none")[0]
    assert (as_it_is.prepared, as_it_is.note) == (False, "")
    assert predict(MODEL, [SEVEN])[0].note == ""
    with pytest.raises(DataError, match="400 x 300 pixels, expected 28 x 28"):
        predict(MODEL, paths[0], preparation="none")
    np.save(tmp_path / "one.npy", np.zeros((28, 28), np.uint8))
    with pytest.raises(DataError, match=r"one\.npy: an array is taken as it is"):
        predict(MODEL, [tmp_path / "one.npy"], preparation="digit")


def test_the_command_says_where_there_is_nothing_to_be_seen(command) -> None:
    found = command("predict", MODEL, "tests/drawings/blank.png")
    assert (found.status, found.stdout) == (2, "")
    assert "blank.png: nothing to be seen on it" in found.stderr
    document = json.loads(command("predict", MODEL, "tests/drawings/3_photograph.png", "--json").stdout)
    assert document["predictions"][0]["prepared"] is True
