"""A source's answers to the test images, kept beside its artifacts, so that `verify` needs no Keras.

One `.npz` a source and test split. Its name carries the first digits of both hashes, and it holds them
whole: answers of an older training, or to other images, are never taken for these.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.npy import NPZ_FAILURES, Npz
from edgemnist.datasets.regular import RegularFile
from edgemnist.datasets.rows import ArrayRows, Rows, hold_small, read_all
from edgemnist.datasets.splits import BATCH
from edgemnist.errors import ModelError, take_first_line


class Answers:
    """What a source answers.

    Args:
        model_sha256: of the source's file.
        data_sha256: of the test split.
        probabilities: float32 (n, classes), in the order of the test split, or where they lie.
        labels: the source's class names.
        kind: what the source's outputs are: "probabilities" or "logits".
    """

    def __init__(
        self,
        model_sha256: str,
        data_sha256: str,
        probabilities: NDArray[np.float32] | Rows,
        labels: tuple[str, ...],
        kind: str,
    ) -> None:
        self.model_sha256, self.data_sha256, self.labels, self.kind = model_sha256, data_sha256, labels, kind
        self.rows: Rows = ArrayRows(probabilities) if isinstance(probabilities, np.ndarray) else probabilities

    @property
    def shape(self) -> tuple[int, ...]:
        """(images, classes); known before the answers are read."""
        return self.rows.shape

    @cached_property
    def probabilities(self) -> NDArray[np.float32]:
        """All answers, float32 (n, classes): read, and held from now on."""
        self.rows = ArrayRows(read_all(self.rows))
        return self.rows.array

    def iterate(self, size: int = BATCH) -> Iterator[NDArray[np.float32]]:
        """Yield the answers, float32 (k, classes), in step with the test split's batches of the same size.

        Raises:
            ModelError: the file is damaged, or changed since it was opened.
        """
        return self.rows.iterate(size)


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
    """Open stored answers: few are read at once, many when they are iterated.

    Raises:
        ModelError: the file is missing, damaged, or holds something else.
    """
    return _open_answers(path)[0]


def _open_answers(path: Path) -> tuple[Answers, RegularFile]:
    @contextmanager
    def explain() -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise ModelError(f"{path}: no such file", "check the path, or make them: edgemnist export") from None
        except NPZ_FAILURES as error:
            reason, hint = take_first_line(error), "write them again: edgemnist export"
            raise ModelError(f"{path}: can't be read as stored answers: {reason}", hint) from error

    with explain():
        file = RegularFile.find(path)
        archive = Npz(file, explain)
        rows = archive.open_array("probabilities")
        model_sha256, data_sha256, kind = (
            str(archive.read_text(name)[0]) for name in ("model_sha256", "data_sha256", "kind")
        )
        labels = tuple(map(str, archive.read_text("labels").tolist()))
    if len(rows.shape) != 2 or rows.dtype != np.float32:
        raise ModelError(f"{path}: holds {rows.dtype} {rows.shape}, expected float32 (images, classes)")
    return Answers(model_sha256, data_sha256, hold_small(rows), labels, kind), file


def find_stored_answers(folder: Path, model_sha256: str, data_sha256: str, noted: Mapping[str, str]) -> Answers | None:
    """Return the answers in `folder` of that very model to those very images, or None.

    Args:
        folder: where they are looked for.
        model_sha256, data_sha256: of the source's file and of the test split.
        noted: the SHA-256 that files of answers must have, by name, as far as a manifest tells.

    Raises:
        ModelError: they are damaged, or were altered since they were stored.
    """
    for path in sorted(folder.glob(name_answers("*", model_sha256, data_sha256))):
        answers, file = _open_answers(path)
        if path.name in noted and noted[path.name] != _hash(path, file):
            raise ModelError(f"{path}: altered since export stored these answers", "export again")
        if (answers.model_sha256, answers.data_sha256) == (model_sha256, data_sha256):
            return answers
    return None


def _hash(path: Path, file: RegularFile) -> str:
    """Hash the very file whose answers were opened: another one of its name is refused here and at each reading."""
    try:
        return file.hash()
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: can't be read: {error}", "try again") from error
