"""A source's answers to the test images, kept beside its artifacts, so that `verify` needs no Keras.

One `.npz` a source and test split. Its name carries the first digits of both hashes, and it holds them
whole: answers of an older training, or to other images, are never taken for these.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.readers import NPZ_FAILURES, explain_numpy
from edgemnist.errors import ModelError
from edgemnist.files import hash_bytes, read_model_file


@dataclass(frozen=True, eq=False)
class Answers:
    """What a source answers.

    Args:
        model_sha256: of the source's file.
        data_sha256: of the test split.
        probabilities: float32 (n, classes), in the order of the test split.
        labels: the source's class names.
        kind: what the source's outputs are: "probabilities" or "logits".
    """

    model_sha256: str
    data_sha256: str
    probabilities: NDArray[np.float32]
    labels: tuple[str, ...]
    kind: str


def name_answers(stem: str, model_sha256: str, data_sha256: str) -> str:
    """Return the file name for a source's answers.

    Example:
        >>> name_answers("model", "c0ffee" * 10, "beef" * 16)
        'model_answers_c0ffeec0_beefbeef.npz'
    """
    return f"{stem}_answers_{model_sha256[:8]}_{data_sha256[:8]}.npz"


def serialize_answers(answers: Answers) -> bytes:
    """Return the file of these answers: the same bytes for the same answers."""
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        probabilities=answers.probabilities,
        model_sha256=np.array(answers.model_sha256),
        data_sha256=np.array(answers.data_sha256),
        labels=np.array(answers.labels),
        kind=np.array(answers.kind),
    )
    return buffer.getvalue()


def read_answers(path: Path) -> Answers:
    """Read answers.

    Raises:
        ModelError: the file is missing, damaged, or holds something else.
    """
    try:
        with np.load(io.BytesIO(read_model_file(path)), allow_pickle=False) as archive:
            probabilities = archive["probabilities"]
            texts = {name: str(archive[name]) for name in ("model_sha256", "data_sha256", "kind")}
            labels = tuple(map(str, archive["labels"].tolist()))
            answers = Answers(**texts, labels=labels, probabilities=probabilities)
    except NPZ_FAILURES as error:
        raise ModelError(
            f"{path}: can't be read as stored answers: {explain_numpy(error)}", "write them again: edgemnist export"
        ) from error
    if probabilities.ndim != 2 or probabilities.dtype != np.float32:
        found = f"{probabilities.dtype} {probabilities.shape}"
        raise ModelError(f"{path}: holds {found}, expected float32 (images, classes)")
    return answers


def find_stored_answers(folder: Path, model_sha256: str, data_sha256: str, noted: Mapping[str, str]) -> Answers | None:
    """Return the answers in `folder` of that very model to those very images, or None.

    Args:
        noted: the SHA-256 that files of answers must have, by name, as far as a manifest tells.

    Raises:
        ModelError: they are damaged, or were altered since they were stored.
    """
    for path in sorted(folder.glob(name_answers("*", model_sha256, data_sha256))):
        answers = read_answers(path)
        if noted.get(path.name) not in (None, hash_bytes(read_model_file(path))):
            raise ModelError(f"{path}: altered since export stored these answers", "export again")
        if (answers.model_sha256, answers.data_sha256) == (model_sha256, data_sha256):
            return answers
    return None
