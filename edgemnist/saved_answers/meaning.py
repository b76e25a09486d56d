"""What the numbers of saved answers are: what a console's lines leave open is as in the answers compared with them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import Output
from edgemnist.errors import ModelError
from edgemnist.saved_answers import SavedAnswers


def state_output(answers: SavedAnswers, other: SavedAnswers) -> Output:
    """Return what outputs are; what lines don't say of them is as in the other's, if their numbers may be such.

    Raises:
        ModelError: Nothing says it.
    """
    output = _fill_output(answers.output, other.output) if not answers.model else answers.output
    if output is None or not _may_be(answers.outputs, output):
        raise ModelError(
            f"{answers.name}: nothing says what its numbers are, and they aren't what {other.name} holds",
            "keep the line of the log that says whose answers they are: `answers: model=…`",
        )
    return output


def cast_outputs(answers: SavedAnswers, output: Output) -> SavedAnswers:
    """Return answers in their dtype: decimals of a console become the floats that they were printed from."""
    with np.errstate(over="ignore"):  # what is more than the largest float is infinite, and counted as such
        return replace(answers, outputs=answers.outputs.astype(output.dtype))


def _fill_output(said: Output | None, other: Output | None) -> Output | None:
    """Return what a console's lines say of outputs, and for what they leave out what the other's are."""
    if said is None or other is None or said.dtype != other.dtype:
        return said or other
    output = replace(said, kind=other.kind) if said.kind == "unknown" else said
    missing = output.scale is None and output.kind == other.kind
    return replace(output, scale=other.scale, zero_point=other.zero_point) if missing else output


def _may_be(outputs: NDArray[Any], output: Output) -> bool:
    dtype = np.dtype(output.dtype)
    if dtype.kind == "f":
        return True
    limits = np.iinfo(dtype)
    whole = bool((outputs == np.rint(outputs)).all())
    return whole and limits.min <= outputs.min() and outputs.max() <= limits.max
