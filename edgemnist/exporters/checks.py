"""What separates a broken conversion from a coarse one, before its file gets a name."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.answers import find_classes
from edgemnist.contract import Contract
from edgemnist.contract.scores import BINARY
from edgemnist.errors import ExportError
from edgemnist.exporters import Form
from edgemnist.precision import PRECISIONS

# A difference of a probability below which another class says nothing: both were as likely.
TIE_MARGIN = 0.05
# What a number's bytes may become where it is written as text: "-0.0123456789f,".
TEXT_FACTOR = 5
# What graph, names and contract may add to a file, however small its weights.
OVERHEAD_BYTES = 64 * 1024


def check_size(form: Form, size_bytes: int, parameters: int, kernel_values: int) -> None:
    """Compare a file's size with its weights: a converter that loses them says nothing.

    Args:
        parameters: all weights and biases; as floats, they bound the size from above.
        kernel_values: those in matrices and filters, which must all be there.

    Raises:
        ExportError: the file is smaller than its weights, or much larger than they would be as floats.
    """
    least = 0.9 * PRECISIONS[form.precision].count_weight_bytes(kernel_values)
    floats = PRECISIONS["float32"].count_weight_bytes(parameters)
    most = 1.1 * floats * (TEXT_FACTOR if form.is_text else 1) + OVERHEAD_BYTES
    if not least <= size_bytes <= most:
        raise ExportError(
            f"{form.format} {form.precision} came out broken: {size_bytes:,} bytes for {parameters:,} weights, "
            f"expected {least:,.0f} to {most:,.0f}"
        )


def check_answers(form: Form, found: NDArray[np.float32], expected: NDArray[np.float32]) -> None:
    """Compare some outputs, float32 (n, classes), with the Keras model's.

    Raises:
        ExportError: they are another model's.
    """
    tolerance = PRECISIONS[form.precision].tolerance
    differences = np.abs(found - expected).max(axis=1)
    difference = float(differences.max())
    # An answer that hardly moved says nothing, even if that made another class the first.
    moved = int(((find_classes(found) != find_classes(expected)) & (differences > TIE_MARGIN)).sum())
    # Written so that a difference of NaN fails.
    if moved > math.ceil(tolerance.moved * len(expected)) or not difference <= tolerance.difference:
        raise ExportError(
            f"{form.format} {form.precision} came out broken: {moved} of {len(expected)} answers are not the Keras "
            f"model's, and a probability differs by {difference:.2g}",
            "no file was written; try another mode of `quantize`",
        )


def require_score_a_class(contract: Contract) -> None:
    """Refuse to write C of a model that gives one score for two classes: what calls it takes the largest of several.

    Raises:
        ExportError: So it does.
    """
    if contract.output.kind in BINARY:
        raise ExportError(
            "C: the model gives one score for two classes, and C takes one a class",
            "end the network with two units and a softmax, and train it again",
        )
