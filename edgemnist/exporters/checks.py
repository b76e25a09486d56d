"""What tells a broken conversion from a coarse one, before its file gets a name."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.answers import find_answers
from edgemnist.contract import Precision
from edgemnist.errors import ExportError
from edgemnist.exporters import Form

# A weight's bytes. The whole file must not be smaller than nine tenths of all its kernels'.
WEIGHT_BYTES: dict[Precision, int] = {"float32": 4, "float16": 2, "dynamic": 1, "int8": 1, "int16x8": 1}
# A difference of a probability below which another class says nothing: both were as likely.
HAIR = 0.05
# What a number's bytes may become where it is written as text: "-0.0123456789f,".
TEXT_FACTOR = 5
# What graph, names and contract may add to a file, however small its weights.
OVERHEAD_BYTES = 64 * 1024


@dataclass(frozen=True)
class Tolerance:
    """What tells a broken conversion from a coarse one: far wider than the gate, which judges later.

    Args:
        moved: the largest share of the 64 answers with another class, 0 … 1.
        difference: the largest difference of a probability, 0 … 1.
    """

    moved: float
    difference: float


_COARSE = Tolerance(0.15, 1.0)
TOLERANCES: dict[Precision, Tolerance] = {
    "float32": Tolerance(0.0, 1e-3),
    "float16": Tolerance(0.02, 0.05),
    "dynamic": _COARSE,
    "int8": _COARSE,
    "int16x8": _COARSE,
}


def check_size(form: Form, size_bytes: int, parameters: int, kernel_values: int) -> None:
    """Hold a file's size against its weights: a converter that loses them says nothing.

    Args:
        parameters: all weights and biases; as floats, they bound the size from above.
        kernel_values: those in matrices and filters, which must all be there.

    Raises:
        ExportError: the file is smaller than its weights, or much larger than they would be as floats.
    """
    least = 0.9 * WEIGHT_BYTES[form.precision] * kernel_values
    most = 1.1 * WEIGHT_BYTES["float32"] * parameters * (TEXT_FACTOR if form.is_text else 1) + OVERHEAD_BYTES
    if not least <= size_bytes <= most:
        raise ExportError(
            f"{form.format} {form.precision} came out broken: {size_bytes:,} bytes for {parameters:,} weights, "
            f"expected {least:,.0f} to {most:,.0f}"
        )


def check_answers(form: Form, found: NDArray[np.float32], expected: NDArray[np.float32]) -> None:
    """Hold some answers, float32 (n, classes), against the Keras model's.

    Raises:
        ExportError: they are another model's.
    """
    tolerance = TOLERANCES[form.precision]
    differences = np.abs(found - expected).max(axis=1)
    difference = float(differences.max())
    # An answer that hardly moved says nothing, even if that made another class the first by a hair.
    moved = int(((find_answers(found) != find_answers(expected)) & (differences > HAIR)).sum())
    # Written so that a difference of NaN fails.
    if moved > math.ceil(tolerance.moved * len(expected)) or not difference <= tolerance.difference:
        raise ExportError(
            f"{form.format} {form.precision} came out broken: {moved} of {len(expected)} answers are not the Keras "
            f"model's, and a probability differs by {difference:.2g}",
            "no file was written; try another mode of `quantize`",
        )
