"""A model's own outputs to test images, kept so that another machine's can be compared with them.

Two forms: an `.npz` that `verify` writes, and lines that a device prints over its console. Both are told by their
content, and read without believing them.

    answers: model=SHA256 data=SHA256 precision=int8 dtype=int8 kind=logits scale=0.25 zero_point=-3 …
    answers: 3 -128 -120 14 …
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import Output
from edgemnist.errors import ModelError, UsageError
from edgemnist.files import open_file
from edgemnist.precision import PrecisionName

ZIP_MAGIC = b"PK\x03\x04"
MAKE = "make them: `edgemnist.verify('FILE', save='ANSWERS.npz')`"


@dataclass(frozen=True, eq=False)
class SavedAnswers:
    """What a model answered on some machine.

    Args:
        name: Path of the file of answers, for messages.
        outputs: The model's own outputs, (n, scores), a row an image; float64 where nothing says their dtype.
        indices: Place of each row's image in the test split, int64 (n,), ascending.
        output: What the outputs are; None where a console's lines don't say.
        truth: Right class of each image, int64 (n,); None where only the data set knows.
        labels: Class names; empty where they aren't known.
        precision: Precision of the model.
        model: Name of the model file; "" where it isn't known.
        model_sha256, data_sha256: SHA-256 of the model file and of the test split; "" where they aren't known.
        runtime, machine: What computed the answers, and where; "" where it isn't known.
        test_images: How many images the test split has; 0 where that isn't known.
        incomplete: Whether lines of it are damaged or missing.
        notes: What was damaged, is missing or came twice, a sentence each.
        contradictions: Images to which there are two answers, a sentence each.
    """

    name: str
    outputs: NDArray[Any] = field(repr=False)
    indices: NDArray[np.int64] = field(repr=False)
    output: Output | None = None
    truth: NDArray[np.int64] | None = field(default=None, repr=False)
    labels: tuple[str, ...] = ()
    precision: PrecisionName = "unknown"
    model: str = ""
    model_sha256: str = ""
    data_sha256: str = ""
    runtime: str = ""
    machine: str = ""
    test_images: int = 0
    incomplete: bool = False
    notes: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.indices)

    def take(self, chosen: NDArray[np.bool_]) -> SavedAnswers:
        """Return the answers to some of the images: bool (n,)."""
        truth = None if self.truth is None else self.truth[chosen]
        return replace(self, outputs=self.outputs[chosen], indices=self.indices[chosen], truth=truth)


def is_saved_answers(path: str | Path) -> bool:
    """True for a file of answers, whatever its name: an .npz that `verify` wrote, or a console's log.

    Args:
        path: Any path.

    Raises:
        ModelError: It can't be read.
    """
    from edgemnist.saved_answers import console, npz

    path = Path(path)
    if path.is_dir():
        return False
    with open_file(path, missing=MAKE if path.suffix == npz.EXTENSION else "check the path") as stream:
        start = stream.read(len(ZIP_MAGIC))
    return npz.holds_answers(path) if start == ZIP_MAGIC else console.holds_answers(path)


def read_saved_answers(path: str | Path) -> SavedAnswers:
    """Read a file of answers.

    Args:
        path: An .npz that `verify` wrote, or a console's log.

    Raises:
        ModelError: It is missing, damaged or holds something else.
    """
    from edgemnist.saved_answers import console, npz

    path = Path(path)
    with open_file(path, missing=MAKE) as stream:
        start = stream.read(len(ZIP_MAGIC))
    return npz.read(path) if start == ZIP_MAGIC else console.read(path)


def check_save(path: Path) -> None:
    """Find out before long work that answers can't be written there.

    Raises:
        UsageError: Its name has another ending.
        ModelError: There is a file of that name which holds something else, or can't be read.
        WriteError: Nothing can be written there.
    """
    from edgemnist.files import check_place
    from edgemnist.saved_answers import npz

    if path.suffix != npz.EXTENSION:
        raise UsageError(f"{path}: saved answers end in {npz.EXTENSION}", "such as `save='answers.npz'`")
    check_place(path, "save")
    if path.exists() and not npz.holds_answers(path):
        raise ModelError(f"{path}: no saved answers, and isn't written over", "choose another `save`")
