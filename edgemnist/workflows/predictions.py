"""`predict`: some pictures, one model file, the answers in words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.readers import Images, read_images
from edgemnist.errors import DataError
from edgemnist.manifest import is_ours
from edgemnist.results import Prediction
from edgemnist.runtimes import open_runtime
from edgemnist.verification import NO_ANSWER, find_answers

TOP = 3


def predict(model: str | Path, images: Sequence[str | Path] | Images, *, trust: bool = False) -> list[Prediction]:
    """Classify pictures of 28 × 28 pixels, white ink on black, with any model file.

    Args:
        model: a `.keras`, `.tflite`, `.onnx` or `.c` file.
        images: picture files (PNG, or .npy of uint8), or an array, uint8 (n, 28, 28), 0 … 255.
        trust: run the code of a .c file although no manifest of ours lists it.

    Returns:
        An answer a picture.

    Raises:
        EdgeMnistError: the model or a picture can't be read.

    Example:
        >>> one = predict("exports/model_int8.tflite", load_dataset().test.images[:1])[0]
        >>> one.label
        '7'
    """
    names, pixels = _gather(images)
    if not names:
        return []
    path = Path(model)
    with open_runtime(path, trusted=is_ours(path), execute=trust) as runtime:
        probabilities = runtime.predict(pixels)
        labels = runtime.contract.labels if runtime.contract else tuple(map(str, range(runtime.classes)))
    if NO_ANSWER in find_answers(probabilities):
        raise DataError(f"{path}: the model answers NaN or infinity", f"edgemnist verify {path}")
    return [_describe(name, row, labels) for name, row in zip(names, probabilities, strict=True)]


def _gather(images: Sequence[str | Path] | Images) -> tuple[list[str], Images]:
    if isinstance(images, np.ndarray):
        if images.dtype != np.uint8 or images.ndim != 3 or images.shape[1:] != (28, 28):
            raise DataError(f"images are {images.dtype} {images.shape}, expected uint8 (n, 28, 28)")
        return [str(index) for index in range(len(images))], images
    if isinstance(images, str | Path):
        images = [images]
    names, stacks = [], []
    for path in images:
        stack = read_images(Path(path))
        names += [str(path)] if len(stack) == 1 else [f"{path}[{index}]" for index in range(len(stack))]
        stacks.append(stack)
    return names, np.concatenate(stacks) if stacks else np.zeros((0, 28, 28), np.uint8)


def _describe(name: str, row: NDArray[np.float32], labels: tuple[str, ...]) -> Prediction:
    best = np.argsort(-row, kind="stable")[:TOP]
    top = tuple((labels[index], float(row[index])) for index in best)
    return Prediction(name, *top[0], top)
