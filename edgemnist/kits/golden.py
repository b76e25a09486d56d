"""Golden vectors: a few test images with the answers that a target must give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.codegen import C_TYPES, WIDTH, fold, format_float

IMAGES = 20
C_TYPES_OF_SCORES = {**C_TYPES, "int16": "int16_t"}


@dataclass(frozen=True, eq=False)
class GoldenVectors:
    """What the target must answer.

    Args:
        images: uint8 (n, height, width).
        indices: int64 (n,): place of each in the test split.
        labels: int (n,): what each image really is.
        scores: int8, uint8, int16 or float32 (n, classes): what the model answers to each.
        kind: what the scores are: "logits" or "probabilities".
        tolerance: how far a score may be off on the target; 0 for whole numbers of exact arithmetic.
        data: the name of the data set that the images are of.
        data_sha256: SHA-256 of its test split.
        runtime: the title of the runtime that gave the scores.
    """

    images: NDArray[np.uint8] = field(repr=False)
    indices: NDArray[np.int64] = field(repr=False)
    labels: NDArray[np.integer[Any]]
    scores: NDArray[Any] = field(repr=False)
    kind: str
    tolerance: float
    data: str
    data_sha256: str
    runtime: str

    def template_values(self) -> dict[str, str]:
        """Return the template values that the templates take."""
        dtype, (rows, columns) = self.scores.dtype.name, self.images.shape[1:]
        same, comment = "((found) == (expected))", "Integers: the same on every core, to the last bit."
        if self.tolerance:
            bound = f"{self.tolerance:.2g}f"
            same = f"((found) - (expected) <= {bound} && (expected) - (found) <= {bound})"
            comment = "Floats: another core or compiler may round the last bits the other way."
        return {
            "image_rows": str(rows),
            "image_columns": str(columns),
            "golden_images": str(len(self.images)),
            "golden_right": str(int((self.scores.argmax(axis=1) == self.labels).sum())),
            "golden_bytes": f"{self.images.nbytes + self.scores.nbytes + 6 * len(self.labels):,}",
            "score_type": C_TYPES_OF_SCORES[dtype],
            "score_kind": self.kind,
            "runtime_title": self.runtime,
            "data": self.data,
            "same": same,
            "same_comment": comment,
            "float_scores": str(int(dtype == "float32")),
            "index_values": fold_list(self.indices),
            "label_values": ",".join(map(str, self.labels.tolist())),
            "score_values": write_rows(self.scores),
            "pixel_values": write_rows(self.images.reshape(len(self.images), -1)),
            "golden_table": self.write_table(),
        }

    def write_table(self) -> str:
        """Return `golden.csv`: a row an image, with a score a class, and the pixels in hexadecimal.

        `index` is its place in the test split, by which answers of different machines are compared.
        """
        heads = ["index", "label", "tolerance", *(f"p{index}" for index in range(self.scores.shape[1])), "pixels"]
        rows = [
            [
                str(index),
                str(label),
                f"{self.tolerance:g}",
                *(f"{score:.9g}" for score in scores),
                image.tobytes().hex(),
            ]
            for index, label, scores, image in zip(
                self.indices.tolist(), self.labels.tolist(), self.scores.tolist(), self.images, strict=True
            )
        ]
        return "".join(f"{','.join(row)}\n" for row in (heads, *rows))


def fold_list(numbers: NDArray[np.int64]) -> str:
    """Return numbers as C writes them in a list."""
    return "\n".join(fold(",".join(map(str, numbers.tolist())), WIDTH))


def allow_rounding(scores: NDArray[Any]) -> float:
    """Return how far scores of C may be off: float32 1e-4, or 1e-5 of the largest where one is above 10; integers 0.

    Other cores and compilers add in another order or fuse a product with a sum.
    """
    return float(max(1e-4, 1e-5 * np.abs(scores).max())) if scores.dtype == np.float32 else 0.0


def write_rows(values: NDArray[Any]) -> str:
    """Return a table of two dimensions as C writes it, without the outer braces.

    Example:
        >>> print(write_rows(np.array([[1, 2], [3, 4]])))
        {1,2},
        {3,4},
    """
    write = format_float if values.dtype == np.float32 else str
    rows = (fold(",".join(map(write, row)), WIDTH) for row in values.tolist())
    return "\n".join("{" + "\n".join(lines) + "}," for lines in rows)


def choose_images(labels: NDArray[np.integer[Any]], count: int = IMAGES) -> list[int]:
    """Choose test images: the first of each class, then the second of each, and so on.

    Args:
        labels: int (n,), of all test images.
        count: how many to choose; fewer where there aren't as many.

    Returns:
        Their indices. Of more than `count` classes, as many are taken as there is room for, evenly spread.

    Example:
        >>> choose_images(np.array([1, 1, 0, 2, 1, 0]), 5)
        [2, 0, 3, 5, 1]
    """
    classes = np.unique(labels)
    if len(classes) > count:
        classes = classes[np.arange(count) * len(classes) // count]
    each = (np.flatnonzero(labels == number)[:count].tolist() for number in classes)
    turns: Iterator[int | None] = chain.from_iterable(zip_longest(*each))
    return [index for index in turns if index is not None][:count]
