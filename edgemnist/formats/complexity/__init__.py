"""How large a network is and how much it computes: values in its variables, and multiplications for one image.

Counted from what a file says of its layers: nothing is run. What is counted are the products of weights and values in
dense layers and convolutions, each with its sum: what the field calls multiply-accumulate operations. Scalings,
normalizations and activation functions aren't among them.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edgemnist.formats import ModelFile
from edgemnist.formats.precision import unwrap_array

# The formats whose files say the shapes between their layers.
COUNTED = ("keras", "tflite", "onnx")


@dataclass(frozen=True)
class Complexity:
    """What a network takes.

    Args:
        parameters: Number of weights, biases and other values that training found; None where that isn't known.
        multiplications: Products of weights and values for one image; None where they can't all be counted.
        uncounted: Why they can't; "" if they are.
    """

    parameters: int | None
    multiplications: int | None
    uncounted: str = ""

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Complexity:
        """Read what a child process says, as plain values.

        Raises:
            KeyError, TypeError, ValueError, OverflowError: It is none.
        """
        parameters, multiplications = (
            None if record[name] is None else int(record[name]) for name in ("parameters", "multiplications")
        )
        return cls(parameters, multiplications, str(record["uncounted"]))


class Uncounted(Exception):
    """A layer whose multiplications aren't known; its text says which and why."""


def count_complexity(file: ModelFile) -> Complexity:
    """Count what a model file takes.

    Args:
        file: A file of a format in `COUNTED`, or a C array of a `.tflite` file; others say too little.

    Raises:
        ModelError: It is damaged.

    Example:
        >>> count_complexity(ModelFile.read("exports/model_int8.tflite"))
        Complexity(parameters=535818, multiplications=535040, uncounted='')
    """
    file = unwrap_array(file)
    if file.format_name not in COUNTED:
        return Complexity(None, None, f"{file.path.suffix or 'such'} files don't say how often weights are used")
    module = importlib.import_module(f"edgemnist.formats.complexity.{file.format_name}")
    found: Complexity = module.count_complexity(file)
    return found
