"""A source's answers to the test images, kept beside its artifacts, so that `verify` needs no Keras.

One `.npz` a source and test split. Its name carries the first digits of both hashes, and it holds them
whole: answers of an older training, or to other images, are never taken for these.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.npy import NPZ_FAILURES, Npz
from edgemnist.datasets.regular import RegularFile
from edgemnist.datasets.rows import ArrayRows, Rows, hold_small, read_all
from edgemnist.datasets.splits import BATCH
from edgemnist.errors import ModelError, take_first_line

T = TypeVar("T")
# Names of the arrays: a source's probabilities, or the outputs that export recorded of a file.
PROBABILITIES, OUTPUTS = "probabilities", "outputs"


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


def serialize_outputs(outputs: NDArray[Any], model_sha256: str, data_sha256: str) -> bytes:
    """Return the file of a model's own outputs: the same bytes for the same outputs.

    Args:
        outputs: Whole numbers or float32, (n, classes), in the order of the test split.
        model_sha256: SHA-256 of the model file.
        data_sha256: SHA-256 of the test split.
    """
    buffer = io.BytesIO()
    np.savez_compressed(buffer, outputs=outputs, model_sha256=np.array(model_sha256), data_sha256=np.array(data_sha256))
    return buffer.getvalue()


def read_listed_answers(path: Path, noted: Mapping[str, str]) -> Stored[Answers]:
    """Open stored answers, and find out whether they are those that a manifest lists.

    Args:
        path: Their file.
        noted: SHA-256 that such files must have, by name, as far as a manifest says.

    Raises:
        ModelError: The file is missing, damaged, or holds something else.
    """
    answers, file = _open_answers(path)
    return Stored(answers, _find_changes(path, file, noted))


def _open_archive(path: Path) -> tuple[Npz, RegularFile]:
    with _explain(path):
        file = RegularFile.find(path)
        return Npz(file, partial(_explain, path)), file


def _open_answers(path: Path) -> tuple[Answers, RegularFile]:
    archive, file = _open_archive(path)
    return _read_answers(path, archive), file


def _read_answers(path: Path, archive: Npz) -> Answers:
    with _explain(path):
        rows = archive.open_array(PROBABILITIES)
        model_sha256, data_sha256, kind = (
            str(archive.read_text(name)[0]) for name in ("model_sha256", "data_sha256", "kind")
        )
        labels = tuple(map(str, archive.read_text("labels").tolist()))
    if len(rows.shape) != 2 or rows.dtype != np.float32:
        raise ModelError(f"{path}: holds {rows.dtype} {rows.shape}, expected float32 (images, classes)")
    return Answers(model_sha256, data_sha256, hold_small(rows), labels, kind)


@contextmanager
def _explain(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise ModelError(f"{path}: no such file", "check the path, or make them: edgemnist export") from None
    except NPZ_FAILURES as error:
        reason, hint = take_first_line(error), "write them again: edgemnist export"
        raise ModelError(f"{path}: can't be read as stored answers: {reason}", hint) from error


@dataclass(frozen=True, eq=False)
class Stored(Generic[T]):
    """What was found in a file that a manifest lists.

    Args:
        content: What is in it.
        changes: Why it is not what the manifest lists, one sentence; empty if it is, or no manifest lists it.
    """

    content: T
    changes: tuple[str, ...]


def find_stored_answers(
    folder: Path, model_sha256: str, data_sha256: str, noted: Mapping[str, str]
) -> Stored[Answers] | None:
    """Return the answers in `folder` of that very model to those very images, or None.

    Args:
        folder: where they are looked for.
        model_sha256, data_sha256: of the source's file and of the test split.
        noted: the SHA-256 that files of answers must have, by name, as far as a manifest says.

    Raises:
        ModelError: they are damaged, or listed in the manifest and now of another model or other images.
    """
    for path in _list_stored(folder, model_sha256, data_sha256, noted):
        archive, file = _open_archive(path)
        changes = _find_changes(path, file, noted)
        if _holds_only(archive, OUTPUTS):
            _refuse_changed(path, changes, "of another kind")
            continue
        answers = _read_answers(path, archive)
        if (answers.model_sha256, answers.data_sha256) == (model_sha256, data_sha256):
            return Stored(answers, changes or _find_unlisted(path, noted))
        _refuse_changed(path, changes, "of another model or other images")
    return None


def find_stored_outputs(
    folder: Path, model_sha256: str, data_sha256: str, noted: Mapping[str, str]
) -> Stored[Rows] | None:
    """Return the outputs that were recorded in `folder` of that very model for those very images, or None.

    Args:
        folder: Where they are looked for.
        model_sha256, data_sha256: SHA-256 of the model file and of the test split.
        noted: SHA-256 that such files must have, by name, as the manifest says.

    Raises:
        ModelError: They are damaged, or listed in the manifest and now of another model or other images.
    """
    for path in _list_stored(folder, model_sha256, data_sha256, noted):
        archive, file = _open_archive(path)
        changes = _find_changes(path, file, noted)
        if _holds_only(archive, PROBABILITIES):
            _refuse_changed(path, changes, "of another kind")
            continue
        with _explain(path):
            hashes = tuple(str(archive.read_text(name)[0]) for name in ("model_sha256", "data_sha256"))
            rows = hold_small(archive.open_array(OUTPUTS))
        if hashes == (model_sha256, data_sha256):
            return Stored(rows, changes or _find_unlisted(path, noted))
        _refuse_changed(path, changes, "of another model or other images")
    return None


def _list_stored(folder: Path, model_sha256: str, data_sha256: str, noted: Mapping[str, str]) -> list[Path]:
    """Return the files that may hold them: one that a manifest lists comes before any other."""
    found = folder.glob(name_answers("*", model_sha256, data_sha256))
    return sorted(found, key=lambda path: (path.name not in noted, path.name))


def _holds_only(archive: Npz, kind: str) -> bool:
    """True if a file holds the other kind alone.

    A `.tflite` that C was made of has both: outputs recorded, and probabilities as a source.
    """
    return {PROBABILITIES, OUTPUTS} & set(archive.names) == {kind}


def _find_unlisted(path: Path, noted: Mapping[str, str]) -> tuple[str, ...]:
    """Say so where a manifest lists answers of that model to that data under another name."""
    key = path.name[path.name.rindex("_answers_") :]
    others = [name for name in noted if name.endswith(key)]
    if not others or path.name in others:
        return ()
    return (f"changed since export: the manifest lists {others[0]}, and not {path.name}",)


def _refuse_changed(path: Path, changes: tuple[str, ...], others: str) -> None:
    """A listed file that holds other answers than it did must not pass for one that isn't there."""
    if changes:
        raise ModelError(f"{path}: {changes[0]}, and these are {others}", "export again")


def _find_changes(path: Path, file: RegularFile, noted: Mapping[str, str]) -> tuple[str, ...]:
    if path.name in noted and noted[path.name] != _hash(path, file):
        return (f"changed since export: the manifest lists other answers as {path.name}",)
    return ()


def _hash(path: Path, file: RegularFile) -> str:
    """Hash the very file whose answers were opened: another one of its name is refused here and at each reading."""
    try:
        return file.hash()
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: can't be read: {error}", "try again") from error
