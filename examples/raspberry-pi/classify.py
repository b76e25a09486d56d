"""Classify pictures, or test this board.

    python classify.py [--json] PICTURE ...    photographs or drawings: .png, .jpg, ...; a line for each
    python classify.py --self-test             classifies the images of litert/golden.csv
    python classify.py --answers               prints what it answers to them, for: edgemnist diff

Exit status 0; 1 if the self-test fails; 2 if a picture or a file of this folder can't be read: the other pictures are
classified.
"""

from __future__ import annotations

import argparse
import csv
import json
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
from engine import Engine
from PIL import Image, ImageOps
from preparation import is_blank, prepare_picture

# What Pillow raises where a file is damaged, or no picture.
UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error, Image.DecompressionBombError)
# Whose answers are printed.
ANSWERS = (
    "model=a2dc45f194a4b0a38845ad91e401dfb0cd1f37c83ec2fbe8b1e798183be2f8cc "
    "data=f5147f7baa1787ec4b3cd00068f8ec8a61d969373b74639b6aef5c981fc5a5b2 "
    "precision=int8 dtype=float32 kind=probabilities classes=10 images=20 kit=raspberry-pi"
)
FOLDER = Path(__file__).resolve().parent / "litert"


class Classifier:
    """The model, with pixels encoded and scores decoded as its contract says."""

    def __init__(self) -> None:
        contract = json.loads((FOLDER / "contract.json").read_text(encoding="utf-8"))
        self.labels: list[str] = contract["labels"]
        self._picture: dict[str, str] = contract.get("picture", {})
        self._table, self._output = list_input_values(contract["input"]), contract["output"]
        self._engine = Engine(FOLDER / "small_int8.tflite")

    def prepare(self, rgba: np.ndarray) -> np.ndarray:
        """Make an image of a picture of any size, of the kind that the model was trained on.

        Args:
            rgba: uint8 (height, width, 4), 0 to 255.

        Returns:
            uint8 (28, 28), 0 to 255.

        Raises:
            ValueError: the model takes pictures of one size only.
        """
        return prepare_picture(rgba, **self._picture)

    def classify(self, pixels: np.ndarray) -> np.ndarray:
        """Turn the raw pixel bytes of one image into probabilities: uint8 in, float32 (classes,) out."""
        return decode_scores(self._engine.run(self._table[pixels]), self._output)


def list_input_values(input: dict) -> np.ndarray:
    """Return what each of the 256 pixel bytes is to the model."""
    low, high = input["range"]
    values = low + np.arange(256) * (high - low) / 255
    if input["scale"] is not None:
        values = np.rint(values / input["scale"]) + (input["zero_point"] or 0)
    dtype = np.dtype(input["dtype"])
    if dtype.kind in "iu":
        values = np.clip(np.rint(values), np.iinfo(dtype).min, np.iinfo(dtype).max)
    return values.astype(dtype)


def decode_scores(scores: np.ndarray, output: dict) -> np.ndarray:
    """Turn the model's scores into probabilities, 0 to 1."""
    real = scores.astype(np.float32)
    if output["scale"] is not None:
        real = (real - np.float32(output["zero_point"] or 0)) * np.float32(output["scale"])
    if output["kind"] == "logits":
        real = np.exp(real - real.max())
        real /= real.sum()
    return real


def classify_picture(classifier: Classifier, path: str, as_json: bool) -> int:
    """Say what is in a picture, and how sure the model is."""
    try:
        with Image.open(path) as picture:
            rgba = np.asarray(ImageOps.exif_transpose(picture).convert("RGBA"))
    except UNREADABLE as error:
        print(f"{path}: can't be read as a picture: {error}", file=sys.stderr)
        return 2
    try:
        image = classifier.prepare(rgba)
    except ValueError as error:
        print(f"{path}: {error}", file=sys.stderr)
        return 2
    if is_blank(image):
        print(f"{path}: nothing to be seen on it", file=sys.stderr)
        return 2
    probabilities = classifier.classify(image.reshape(-1))
    label, best = classifier.labels[probabilities.argmax()], float(probabilities.max())
    if as_json:
        shares = dict(zip(classifier.labels, probabilities.tolist(), strict=True))
        print(json.dumps({"image": path, "label": label, "probabilities": shares}, ensure_ascii=False))
    else:
        print(f"{path}: {label} ({100 * best:.2f} %)")
    return 0


def read_golden() -> list[list[str]]:
    """Return the rows of golden.csv: index, label, tolerance, a probability a class, the pixels in hexadecimal."""
    with (FOLDER / "golden.csv").open(newline="") as file:
        return list(csv.reader(file))[1:]


def print_answers(classifier: Classifier) -> int:
    """Print the model's answers, a line an image: those of another machine can be compared with them."""
    print(f"answers: {ANSWERS}")
    for index, *_, pixels in read_golden():
        found = classifier.classify(np.frombuffer(bytes.fromhex(pixels), np.uint8))
        print("answers:", index, *(f"{probability:.9g}" for probability in found.tolist()))
    return 0


def run_self_test(classifier: Classifier) -> int:
    """Compare the model's answers with those that edgemnist has proven."""
    rows = read_golden()
    same = right = 0
    failure = ""
    for number, (_, label, tolerance, *numbers, pixels) in enumerate(rows):
        expected = np.array(numbers, np.float32)
        found = classifier.classify(np.frombuffer(bytes.fromhex(pixels), np.uint8))
        wrong = ~(np.abs(found - expected) <= np.float32(tolerance))
        same += not wrong.any()
        right += int(found.argmax()) == int(label)
        if wrong.any() and not failure:
            j = int(wrong.argmax())
            failure = f"image {number}, class {classifier.labels[j]}: found {found[j]:.6g}, expected {expected[j]:.6g}"
    print(f"self-test: {same} of {len(rows)} images give the expected probabilities, {right} the right class")
    if failure:
        print(f"FAILED: {failure}")
    return 1 if failure else 0


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description="Classify pictures, or test this board.")
    parser.add_argument("pictures", nargs="*", metavar="PICTURE")
    parser.add_argument("--json", action="store_true", help="a line of JSON for each picture")
    parser.add_argument("--self-test", action="store_true", help="classify the images of golden.csv")
    parser.add_argument("--answers", action="store_true", help="print the answers to the images of golden.csv")
    chosen = parser.parse_args()
    if chosen.self_test + chosen.answers + bool(chosen.pictures) != 1:
        parser.error("either pictures, --self-test or --answers is expected")
    try:
        classifier = Classifier()
    except OSError as error:
        print(f"this folder isn't whole: {error}", file=sys.stderr)
        return 2
    if chosen.self_test:
        return run_self_test(classifier)
    if chosen.answers:
        return print_answers(classifier)
    return max(classify_picture(classifier, path, chosen.json) for path in chosen.pictures)


if __name__ == "__main__":
    sys.exit(main())
