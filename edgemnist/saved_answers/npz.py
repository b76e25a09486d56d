"""Saved answers as an .npz: plain arrays and texts, no objects."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import Contract
from edgemnist.contract.scores import BINARY
from edgemnist.datasets.npy import NPZ_FAILURES, Npz
from edgemnist.datasets.regular import RegularFile
from edgemnist.datasets.rows import read_all
from edgemnist.errors import ModelError, take_first_line
from edgemnist.saved_answers import MAKE, SavedAnswers

EXTENSION = ".npz"
# By these a file of answers is known, among others that hold arrays.
ARRAYS = ("outputs", "indices", "truth", "test_images")
TEXTS = ("model", "model_sha256", "data_sha256", "runtime", "machine", "contract")
# A test split of 50 million images, and far more than any answers to it that fit the memory.
MOST_BYTES = 2**30


def serialize(answers: SavedAnswers, contract: Contract) -> bytes:
    """Return the file of answers: the same bytes for the same answers.

    Args:
        answers: What a model answered; its right classes are known.
        contract: What the model takes and gives.
    """
    assert answers.truth is not None
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        outputs=answers.outputs,
        indices=answers.indices,
        truth=answers.truth,
        test_images=np.array([answers.test_images], np.int64),
        model=np.array(answers.model),
        model_sha256=np.array(answers.model_sha256),
        data_sha256=np.array(answers.data_sha256),
        runtime=np.array(answers.runtime),
        machine=np.array(answers.machine),
        contract=np.array(contract.to_json()),
    )
    return buffer.getvalue()


def holds_answers(path: Path) -> bool:
    """True for an .npz that has all arrays and texts of saved answers."""
    try:
        names = Npz(RegularFile.find(path), partial(_explain, path)).names
    except NPZ_FAILURES:
        return False
    return {*ARRAYS, *TEXTS} <= set(names)


def read(path: Path) -> SavedAnswers:
    """Read saved answers.

    Raises:
        ModelError: The file is damaged, or holds something else.
    """
    with _explain(path):
        archive = Npz(RegularFile.find(path), partial(_explain, path), MOST_BYTES)
        if not {*ARRAYS, *TEXTS} <= set(archive.names):
            raise ModelError(f"{path}: holds {', '.join(archive.names[:5])}, and no saved answers", MAKE)
        texts = {name: str(archive.read_text(name)[0]) for name in TEXTS}
        outputs, indices, truth, count = (_read_array(archive, name) for name in ARRAYS)
    contract = Contract.from_json(texts.pop("contract"), str(path))
    _check(path, contract, outputs, indices, truth)
    if count.shape != (1,) or count.dtype != np.int64 or count[0] <= indices[-1]:
        raise ModelError(f"{path}: answers image {indices[-1]:,} of {count.tolist()}", MAKE)
    return SavedAnswers(
        str(path), outputs, indices, contract.output, truth, contract.labels, contract.precision,
        model=texts["model"], model_sha256=texts["model_sha256"], data_sha256=texts["data_sha256"],
        runtime=texts["runtime"], machine=texts["machine"], test_images=int(count[0]),
    )  # fmt: skip


def _read_array(archive: Npz, name: str) -> NDArray[Any]:
    array = read_all(archive.open_array(name))
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _check(path: Path, contract: Contract, outputs: NDArray[Any], *rows: NDArray[Any]) -> None:
    classes = len(contract.labels)
    expected = (len(outputs), 1 if contract.output.kind in BINARY else classes)
    if outputs.shape != expected or outputs.dtype != contract.output.dtype:
        found = f"outputs {outputs.dtype} {outputs.shape}"
        raise ModelError(f"{path}: {found}, but its contract says {contract.output.dtype} (n, {expected[1]})", MAKE)
    if not len(outputs):
        raise ModelError(f"{path}: no answers in it", MAKE)
    for array in rows:
        if array.shape != expected[:1] or array.dtype != np.int64 or array.min() < 0:
            raise ModelError(f"{path}: {array.dtype} {array.shape}, expected int64 ({expected[0]}), none below 0", MAKE)
    indices, truth = rows
    if (np.diff(indices) <= 0).any() or truth.max() >= classes:
        raise ModelError(f"{path}: images twice or out of order, or a class that is none of {classes}", MAKE)


@contextmanager
def _explain(path: Path) -> Iterator[None]:
    try:
        yield
    except NPZ_FAILURES as error:
        raise ModelError(f"{path}: can't be read as saved answers: {take_first_line(error)}", MAKE) from error
