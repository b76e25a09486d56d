"""Why a picture is answered as it is: what is to blame, found by evidence."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import edgemnist
from edgemnist import explain
from edgemnist.comparison.blame import Alternative, Evidence, find_blame
from edgemnist.comparison.neighbours import find_nearest, measure_usual_distance
from edgemnist.contract import Picture
from edgemnist.datasets.alternatives import IN_FORM, list_alternatives
from edgemnist.datasets.splits import TestSplit
from edgemnist.errors import DataError, ModelError, UsageError
from edgemnist.reporting.explanation_picture import draw_explanation
from tests.conftest import ROOT

EXPORTS, DRAWINGS = ROOT / "exports", ROOT / "tests" / "drawings"
SEVEN = 0  # the first test image
QUANTIZED = 2073  # model_int8.tflite gives it another class than model.keras


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    """An int8 file without a manifest, so that no other form is asked."""
    return shutil.copy(EXPORTS / "small_int8.tflite", tmp_path / "small_int8.tflite")


@pytest.fixture
def seven(dataset) -> np.ndarray:
    image: np.ndarray = dataset.test.images[SEVEN]
    return image


def save(path: Path, image: np.ndarray) -> Path:
    np.save(path, image)
    return path


def test_what_is_right_has_nothing_to_blame(alone: Path) -> None:
    found = explain(DRAWINGS / "7_large_page.png", alone, label="7")
    assert (found.answer.label, found.is_right, found.cause, found.exit_status) == ("7", True, None, 0)
    assert [one.runtime for one in found.answers] == ["LiteRT", "LiteRT reference kernels", "TFLite Micro"]
    assert [one.asked for one in found.answers] == [True, False, False]
    assert found.how == "in the form of MNIST's digits, bright ink on dark paper"
    assert "no other form of this model" in found.notes[-1]


def test_its_own_test_image_is_the_nearest(alone: Path, seven: np.ndarray, tmp_path: Path, dataset) -> None:
    found = explain(save(tmp_path / "seven.npy", seven), alone)
    nearest = found.neighbours[0]
    assert (nearest.index, nearest.label, nearest.distance) == (SEVEN, "7", 0)
    assert np.array_equal(nearest.pixels, seven)
    distances = [one.distance for one in found.neighbours]
    assert distances == sorted(distances)
    pixels = dataset.test.images.reshape(10_000, -1) / 255
    direct = np.sort(np.linalg.norm(pixels - pixels[SEVEN], axis=1))[: len(distances)]
    assert distances == pytest.approx(direct.tolist(), abs=1e-3)


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("inverted", lambda image: 255 - image),
        ("with rows and columns swapped", lambda image: image.T),
        ("upside down", lambda image: image[::-1, ::-1]),
        ("mirrored", lambda image: image[:, ::-1]),
    ],
)
def test_what_an_app_does_wrongly_is_named(alone: Path, seven: np.ndarray, tmp_path: Path, name: str, spoil) -> None:
    found = explain(save(tmp_path / "fed.npy", np.ascontiguousarray(spoil(seven))), alone, label="7")
    assert (found.is_right, found.cause, found.exit_status) == (False, "preparation", 1)
    assert found.findings[0].sentence.startswith(f"{name}, it is answered 7 (")


@pytest.mark.parametrize("label", ["2", None])
def test_a_digit_in_a_corner_is_misplaced(alone: Path, tmp_path: Path, dataset, label: str | None) -> None:
    small = np.zeros((28, 28), np.uint8)
    small[:14, :14] = dataset.test.images[1].reshape(14, 2, 14, 2).mean(axis=(1, 3))
    found = explain(save(tmp_path / "fed.npy", small), alone, label=label)
    assert found.cause == "preparation"
    sentences = [finding.sentence for finding in found.findings]
    assert any(sentence.startswith("its ink is 11 pixels long, and its centre of mass 7.3") for sentence in sentences)


def test_a_preparation_that_is_not_the_models_is_to_blame(tmp_path: Path) -> None:
    alone = shutil.copy(EXPORTS / "model_int8.tflite", tmp_path)
    for label in ("6", None):
        found = explain(DRAWINGS / "6_blue_on_yellow.png", alone, label=label, preparation="fit")
        assert (found.answer.label, found.cause) == ("8", "preparation")
        assert found.findings[0].sentence.startswith("in the form of MNIST's digits, it is answered 6 (100 %)")


def test_two_runtimes_that_part_are_to_blame(alone: Path, tmp_path: Path, dataset) -> None:
    """An image on which one step of a logit decides: LiteRT's kernels and TFLite Micro's round differently."""
    found = explain(save(tmp_path / "nine.npy", dataset.test.images[6632]), alone, runtime="litert-reference")
    answers = {one.runtime: one.label for one in found.answers}
    assert (len(set(answers.values())) > 1) == (found.cause == "runtime")
    assert found.answers[0].runtime == "LiteRT reference kernels"


@pytest.mark.slow
def test_quantization_is_to_blame_where_the_source_knows_better(tmp_path: Path, dataset) -> None:
    image = save(tmp_path / "five.npy", dataset.test.images[QUANTIZED])
    for label in ("5", None):
        found = explain(image, EXPORTS / "model_int8.tflite", label=label)
        assert (found.answer.label, found.cause) == ("0", "quantization")
        assert found.findings[0].sentence == "model.keras answers 5 in 32-bit floats, and this file 0"
    listed = json.loads((EXPORTS / "manifest.json").read_text())["models"]
    forms = {name for name in listed if name.startswith("model")}
    assert {one.model for one in found.answers} == forms


EVIDENCE = Evidence("4", 0.6, "9", 5.0, 7.0, ("9", "9", "9", "4", "9"), (), (("LiteRT", "4"),), quantized=True)


@pytest.mark.parametrize(
    ("changed", "causes"),
    [
        ({"answer": "9"}, []),
        ({}, ["model"]),
        ({"float_name": "model.keras", "float_answer": "9"}, ["quantization"]),
        ({"float_name": "model.keras", "float_answer": "9", "quantized": False}, ["model"]),
        ({"float_name": "model.keras", "float_answer": "4"}, ["model"]),
        ({"float_name": "model.keras", "float_answer": "3"}, ["model"]),
        ({"runtimes": (("LiteRT", "4"), ("TFLite Micro", "9"))}, ["runtime"]),
        ({"runtimes": (("LiteRT", "4"), ("TFLite Micro", "3"))}, ["model"]),
        ({"label": None, "runtimes": (("LiteRT", "4"), ("TFLite Micro", "3"))}, ["runtime"]),
        ({"neighbours": ("4", "4", "9", "4", "1")}, ["picture"]),
        ({"distance": 8.0}, ["preparation", "model"]),
        ({"label": None}, []),
        ({"label": None, "neighbours": ("9",) * 5}, ["model"]),
        ({"label": None, "neighbours": ("9",) * 5, "confidence": 0.9}, []),
        ({"label": None, "distance": 8.0, "confidence": 0.9}, []),
        ({"label": None, "distance": 12.0, "confidence": 0.9}, ["preparation"]),
        ({"label": None, "float_name": "model.keras", "float_answer": "9"}, ["quantization"]),
    ],
)
def test_each_cause_has_its_evidence(changed: dict[str, object], causes: list[str]) -> None:
    assert [finding.cause for finding in find_blame(replace(EVIDENCE, **changed))] == causes


OTHER = ("4", "4", "1", "7", "4")  # classes of the nearest test images, none of them the label


@pytest.mark.parametrize(
    ("alternative", "changed", "blamed"),
    [
        (Alternative("inverted", "9", 0.9, 3.0), {}, True),
        (Alternative("inverted", "9", 0.7, 3.0), {}, False),
        (Alternative("inverted", "4", 0.9, 3.0), {}, False),
        (Alternative("inverted", "9", 0.9, 6.0), {}, False),
        (Alternative("inverted", "9", 0.9, 7.5), {"distance": 9.0}, False),
        (Alternative("inverted", "9", 0.9, 3.0), {"float_name": "model.keras", "float_answer": "9"}, False),
        (Alternative("inverted", "9", 0.9, 3.0), {"neighbours": ("9",) * 5}, False),
        (Alternative("inverted", "9", 0.9, 5.0), {"label": None, "distance": 8.0}, True),
        (Alternative("inverted", "9", 0.9, 6.9), {"label": None, "distance": 8.0}, False),
        (Alternative("inverted", "4", 0.9, 5.0), {"label": None, "distance": 8.0}, False),
        (Alternative("inverted", "9", 0.9, 3.0), {"label": None}, False),
        (Alternative(IN_FORM, "9", 0.9, 6.0), {"label": None, "misplaced": "small"}, True),
        (Alternative(IN_FORM, "9", 0.9, 6.0), {"misplaced": "small"}, True),
    ],
)
def test_another_image_explains_only_what_chance_does_not(
    alternative: Alternative, changed: dict[str, object], blamed: bool
) -> None:
    evidence = replace(EVIDENCE, neighbours=OTHER, quantized=False, alternatives=(alternative,))
    sentences = [finding.sentence for finding in find_blame(replace(evidence, **changed))]
    assert any(alternative.name in sentence for sentence in sentences) == blamed


def test_other_images_are_each_another_one(seven: np.ndarray) -> None:
    rgba = np.dstack([seven, seven, seven, np.full_like(seven, 255)])
    found = list_alternatives(rgba, seven, Picture())
    assert np.array_equal(found["inverted"], 255 - seven)
    assert np.array_equal(np.rot90(found["rotated by 90° to the right"]), seven)
    assert found["with thicker strokes"].sum() > seven.sum() > found["with thinner strokes"].sum()
    assert "scaled whole" not in found, "that is the image itself"
    images = [seven, *found.values()]
    assert all(not np.array_equal(one, other) for i, one in enumerate(images) for other in images[:i])
    dark = list_alternatives(rgba, 255 - seven, Picture("digit", "dark"))
    assert np.array_equal(255 - dark["with thicker strokes"], found["with thicker strokes"])


def test_the_nearest_are_the_same_in_any_batches(dataset) -> None:
    images = dataset.test.images[:400]
    whole = find_nearest([images], images[:7], 3)
    parts = find_nearest([images[:150], images[150:]], images[:7], 3)
    assert np.array_equal(whole[0], parts[0])
    assert np.allclose(whole[1], parts[1])


def test_what_is_usual_is_measured_on_training_images(dataset) -> None:
    assert 6 < measure_usual_distance(dataset.training) < 8.5
    with pytest.raises(TypeError, match="expected training images"):
        measure_usual_distance(TestSplit(dataset.test.images[:9], dataset.test.labels[:9]))


def test_the_picture_shows_all_of_it_and_is_the_same_each_time(alone: Path, tmp_path: Path) -> None:
    output = tmp_path / "why.png"
    found = explain(DRAWINGS / "3_photograph.png", alone, label="8", output=output)
    first = output.read_bytes()
    assert found.output == output
    assert draw_explanation(found) == first
    with Image.open(io.BytesIO(first)) as picture:
        assert picture.format == "PNG"
        assert picture.width == 900
        colors = {color for _, color in picture.convert("RGB").getcolors(1 << 20)}
    assert (0xB0, 0x00, 0x20) in colors, "a wrong answer is red"


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"label": "seven"}, UsageError, "is none of the classes"),
        ({"output": "why.jpg"}, UsageError, r"a picture ends in \.png"),
        ({"runtime": "abacus"}, UsageError, "no runtime"),
        ({"image": DRAWINGS / "blank.png"}, DataError, "nothing to be seen"),
        ({"image": DRAWINGS / "none.png"}, DataError, "no such file"),
        ({"model": "none.tflite"}, ModelError, "no such file"),
    ],
)
def test_a_mistake_is_one_error(alone: Path, settings: dict[str, object], error: type[Exception], message: str) -> None:
    given = {"image": DRAWINGS / "bar.png", "model": alone, **settings}
    with pytest.raises(error, match=message):
        explain(**given)


def test_the_picture_itself_is_not_written_over(alone: Path, tmp_path: Path) -> None:
    drawing = Path(shutil.copy(DRAWINGS / "bar.png", tmp_path / "bar.png"))
    before = drawing.read_bytes()
    with pytest.raises(UsageError, match="the picture itself would be written over"):
        explain(drawing, alone, output=tmp_path / "." / "bar.png")
    assert drawing.read_bytes() == before


def test_several_images_are_refused(alone: Path, tmp_path: Path, dataset) -> None:
    with pytest.raises(DataError, match="2 images, expected one"):
        explain(save(tmp_path / "two.npy", dataset.test.images[:2]), alone)


def test_the_command_line_shows_it_and_says_it_in_json(command, alone: Path, seven: np.ndarray, tmp_path: Path) -> None:
    image = save(tmp_path / "fed.npy", 255 - seven)
    shown = command("explain", image, "--model", alone, "--label", "7", "--output", tmp_path / "why.png")
    assert shown.status == 1
    for words in ("as prepared", "█", "TFLite Micro", "the preparation: what the picture has become", "and it is 7"):
        assert words in shown.stdout
    document = json.loads(command("explain", image, "--model", alone, "--json").stdout)
    assert (document["cause"], document["right"], document["error"]) == ("preparation", None, None)
    failed = command("explain", image, "--model", alone, "--label", "x", "--json")
    assert (failed.status, json.loads(failed.stdout)["error"]["kind"]) == (2, "usage")


def test_a_shown_answer_is_predicts(alone: Path) -> None:
    path = DRAWINGS / "3_photograph.png"
    (one,) = edgemnist.predict(alone, path)
    found = explain(path, alone)
    assert (found.answer.label, found.answer.confidence, found.answer.top) == (one.label, one.confidence, one.top)
