"""All that a training is between two epochs, and its form as one file: what goes on from there gives the same model."""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.answers import Score
from edgemnist.datasets.npy import NPZ_FAILURES
from edgemnist.errors import ModelError, UsageError
from edgemnist.manifest_fields import find_difference, show
from edgemnist.training.history import Epoch

Array = NDArray[Any]
SCHEMA = 1
ABOUT = "about"


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A training after an epoch.

    Args:
        history: What each epoch gave, in order, 1 or more.
        shuffler: State of what draws the order of the images.
        variables: Values of all that the steps change, in the order in which they were made.
        kept_number: Epoch whose weights are kept, from 1.
        kept_score: Its score on the validation images; None without any.
        kept_weights: Its weights; none without early stopping.
    """

    history: tuple[Epoch, ...]
    shuffler: Mapping[str, Any]
    variables: Sequence[Array]
    kept_number: int
    kept_score: Score | None
    kept_weights: Sequence[Array]

    def to_bytes(self, identity: Mapping[str, Any]) -> bytes:
        """Return the content of a file.

        Args:
            identity: What decides the training, as plain values.
        """
        about = {
            "schema": SCHEMA,
            "identity": identity,
            "history": [asdict(epoch) for epoch in self.history],
            "shuffler": self.shuffler,
            "kept_number": self.kept_number,
            "kept_score": self.kept_score and asdict(self.kept_score),
        }
        arrays = {ABOUT: np.frombuffer(json.dumps(about).encode(), np.uint8)}
        arrays |= {f"variable_{number}": one for number, one in enumerate(self.variables)}
        arrays |= {f"kept_{number}": one for number, one in enumerate(self.kept_weights)}
        content = io.BytesIO()
        np.savez(content, **arrays)  # type: ignore[arg-type]  # a name of ours is none of its parameters
        return content.getvalue()


def read_checkpoint(content: bytes) -> tuple[Checkpoint, dict[str, Any]]:
    """Read what `Checkpoint.to_bytes` wrote.

    Returns:
        The checkpoint, and the identity of its training.

    Raises:
        ModelError: It is damaged, or something else.
    """
    try:
        _check_members(content)
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            about = json.loads(arrays[ABOUT].tobytes())
            variables, kept = (list(_take(arrays, name)) for name in ("variable", "kept"))
        if about["schema"] != SCHEMA:
            raise ValueError(f"schema {show(about['schema'])}, expected {SCHEMA}")
        history = tuple(map(_read_epoch, about["history"]))
        found = about["kept_score"]
        kept_score = found and Score(**{**found, "class_accuracy": tuple(found["class_accuracy"])})
        shuffler, identity = dict(about["shuffler"]), dict(about["identity"])
        checkpoint = Checkpoint(history, shuffler, variables, int(about["kept_number"]), kept_score, kept)
    except NPZ_FAILURES as error:
        raise ModelError(f"can't be read as a checkpoint: {error or type(error).__name__}") from error
    return checkpoint, identity


def _check_members(content: bytes) -> None:
    """Refuse what could unpack to more than the file holds: ours are stored as they are."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for info in archive.infolist():
            if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
                raise ValueError(f"{show(info.filename)} is compressed, expected arrays as they are")


def _read_epoch(fields: Mapping[str, Any]) -> Epoch:
    epoch = Epoch(**fields)
    wanted = (epoch.loss, epoch.accuracy, epoch.seconds)
    optional = [one for one in (epoch.validation_loss, epoch.validation_accuracy) if one is not None]
    if not all(isinstance(one, int | float) and math.isfinite(one) for one in (*wanted, *optional)):
        raise ValueError(f"an epoch is {show(dict(fields))}, expected finite numbers")
    return epoch


def _take(arrays: Any, name: str) -> Iterator[Array]:
    number = 0
    while f"{name}_{number}" in arrays:
        yield arrays[f"{name}_{number}"]
        number += 1


def require_same_training(then: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Find out whether a checkpoint is of the training that is to go on.

    Args:
        then, now: What decides the two trainings, as plain values.

    Raises:
        UsageError: Something differs; the message names the first.

    Example:
        >>> require_same_training({"seed": 1, "data": {"name": "a"}}, {"seed": 1, "data": {"name": "b"}})
        Traceback (most recent call last):
        edgemnist.errors.UsageError: it is of another training: data.name was 'a', and is 'b' now
    """
    if difference := find_difference(then, now):
        raise UsageError(
            f"it is of another training: {difference}", "give what it began with, or leave `resume` out to begin anew"
        )
