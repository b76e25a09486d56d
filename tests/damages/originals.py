"""The files that are damaged: released ones, a small data set, and a manifest to match."""

from __future__ import annotations

import gzip
import random
import shutil
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edgemnist.answers import Answers, name_answers, read_listed_answers, serialize_answers, serialize_outputs
from edgemnist.datasets import load_dataset
from edgemnist.files import hash_bytes, open_transaction
from edgemnist.manifest import Manifest
from tests.conftest import ROOT
from tests.damages import Original, damage

EXPORTS = ROOT / "exports"
IMAGES, TRAINING_IMAGES = 200, 600
DATA = "data.npz"
# What a manifest's lock leaves is no litter.
LOCK = ".edgemnist.lock"


@dataclass(frozen=True)
class Format:
    """A row of the table of what is damaged.

    Args:
        files: Names of the files of which one is damaged, with the operators' kind; often named: often taken.
        kit: Target whose kit holds such a file; "" for none.
        timeout_s, memory_bytes: Limits of the child process.
        every: Of how many cases one is run in full, because that takes seconds.
    """

    files: tuple[tuple[str, str], ...]
    kit: str = ""
    timeout_s: float = 20
    memory_bytes: int = 1 << 30
    every: int = 1


# Stored answers, and recorded outputs, of these files.
ANSWERED = ("small.keras", "small_int8.tflite")
FORMATS = {
    "tflite": Format((*(("small_int8.tflite", "tflite"),) * 6, ("model_dynamic.tflite", "tflite")), kit="tflite-micro"),
    "onnx": Format((*(("small_int8.onnx", "onnx"),) * 6, ("model_dynamic.onnx", "onnx")), kit="node"),
    "keras": Format((("small.keras", "keras"),), timeout_s=60, memory_bytes=2 << 30, every=10),
    "c": Format((*(("small_int8.c", "c"),) * 4, ("small_int8.h", "header")), kit="microcontroller", every=4),
    "answers": Format(tuple((name, "npz") for name in ANSWERED)),
    "manifest": Format((("manifest.json", "json"),)),
    "picture": Format((*(("seven.png", "png"),) * 3, ("photo.png", "png"), ("photo.jpg", "jpeg"))),
    "npy": Format((("seven.npy", "npy"),)),
    "data": Format((*((DATA, "npz"),) * 2, ("t10k-images-idx3-ubyte.gz", "gz"), ("t10k-labels-idx1-ubyte.gz", "gz"))),
}
MODELS = ("tflite", "onnx", "keras", "c")
# The model that is verified beside damaged answers, and classifies damaged pictures.
MODEL = "small_int8.tflite"


def prepare(folder: Path) -> Path:
    """Write a small data set, released files with the answers to it, and a manifest that lists them."""
    whole, base = load_dataset(), folder / "base"
    base.mkdir(parents=True)
    test, training = whole.test, whole.training
    np.savez(
        folder / DATA, x_train=training.images[:TRAINING_IMAGES], y_train=training.labels[:TRAINING_IMAGES],
        x_test=test.images[:IMAGES], y_test=test.labels[:IMAGES],
    )  # fmt: skip
    data_sha256 = load_dataset(folder / DATA).test.sha256
    released = Manifest.load(EXPORTS)
    manifest = Manifest(base)
    for name in sorted({name for one in MODELS for name, _ in FORMATS[one].files}):
        shutil.copy(EXPORTS / name, base)
        if name in released.models:
            manifest.models[name] = {key: value for key, value in released.models[name].items() if key != "verified"}
    for path in sorted(EXPORTS.glob("*_answers_*.npz")):
        _shorten_answers(path, data_sha256, manifest)
    with open_transaction(base) as changes:
        manifest.write_to(changes)
    (base / LOCK).unlink()
    _write_pictures(folder)
    _write_idx(folder)
    return folder


def _shorten_answers(path: Path, data_sha256: str, manifest: Manifest) -> None:
    """Stored answers, or recorded outputs, to the first images of the test set."""
    with np.load(path) as stored:
        sha256, outputs = str(stored["model_sha256"]), stored["outputs"][:IMAGES] if "outputs" in stored else None
    stem = path.name.partition("_answers_")[0]
    if outputs is None:
        found = read_listed_answers(path, {}).content
        answers = Answers(sha256, data_sha256, found.probabilities[:IMAGES], found.labels, found.kind)
        content = serialize_answers(answers)
    else:
        content = serialize_outputs(outputs, sha256, data_sha256)
        for entry in manifest.models.values():
            if entry["sha256"] == sha256:
                listed = {"runtime": "exact", "sha256": hash_bytes(outputs.tobytes()), "data_sha256": data_sha256}
                entry["outputs"] = listed
    name = name_answers(stem, sha256, data_sha256)
    (manifest.folder / name).write_bytes(content)
    hashes = {"model_sha256": sha256, "data_sha256": data_sha256, "sha256": hash_bytes(content)}
    manifest.answers[name] = hashes


def _write_pictures(folder: Path) -> None:
    """A digit as MNIST has it, and one as a camera has it."""
    from PIL import Image

    digit = load_dataset().test.images[0]
    Image.fromarray(digit).save(folder / "seven.png")
    photo = Image.fromarray(255 - digit).resize((140, 100))
    photo.convert("RGBA").save(folder / "photo.png")
    photo.convert("RGB").save(folder / "photo.jpg")
    np.save(folder / "seven.npy", load_dataset().test.images[:3])


def _write_idx(folder: Path) -> None:
    """The same data set as four files."""
    idx = folder / "idx"
    idx.mkdir()
    with np.load(folder / DATA) as arrays:
        for split, name in (("train", "train"), ("test", "t10k")):
            images, labels = arrays[f"x_{split}"], arrays[f"y_{split}"]
            for what, magic, values in (("images-idx3", 2051, images), ("labels-idx1", 2049, labels)):
                head = struct.pack(f">{1 + values.ndim}I", magic, *values.shape)
                packed = gzip.compress(head + values.astype(np.uint8).tobytes(), mtime=0)
                (idx / f"{name}-{what}-ubyte.gz").write_bytes(packed)


def make_damage(folder: Path, format: str, seed: int, index: int) -> tuple[Path, str, bytes]:
    """Return the original's path, the operator, and the damaged content of a case."""
    rng = random.Random(f"{seed}/{format}/{index}")
    name, kind = rng.choice(FORMATS[format].files)
    path = next(one for one in (folder / name, folder / "base" / name, folder / "idx" / name) if one.is_file())
    if format == "answers":
        (path,) = path.parent.glob(f"*_answers_{hash_bytes(path.read_bytes())[:8]}_*.npz")
    others = sorted(one for one in path.parent.iterdir() if one.suffix == path.suffix and one != path)
    content = path.read_bytes()
    other = rng.choice(others).read_bytes() if others else content
    return path, *damage(rng, Original(name, kind, content, other))
