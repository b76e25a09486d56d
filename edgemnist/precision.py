"""The precisions: what weights and activations are stored in, and what an honest conversion to each keeps.

A new precision is a row here, with its name in `PrecisionName` for type checkers, and a setting in the converter of
each format that has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

PrecisionName = Literal["float32", "float16", "dynamic", "int8", "int16x8", "unknown"]


@dataclass(frozen=True)
class Tolerance:
    """What separates a broken conversion from a coarse one: far wider than the gate, which judges later.

    Args:
        moved: Largest share of the 64 checked images with another class, 0 … 1.
        difference: Largest difference of a probability, 0 … 1.
    """

    moved: float
    difference: float


@dataclass(frozen=True)
class DeepLimits:
    """How far a precision may move a probability, 0 … 1, on images that are no digits.

    Args:
        pixel: On one image of a family of single pixels.
        high: On an image of another family, but for 2 in 1,000.
        mean: On average over a family.
        bright: Whether `high` holds for the families with far more light than a digit, too.
    """

    pixel: float
    high: float
    mean: float
    bright: bool = True


@dataclass(frozen=True)
class Precision:
    """A row of the table.

    Args:
        name: What the user, the contract and the manifest call it.
        weight_bits: Bits that a weight takes in the file.
        forms: What it is in each file format that has it, in one line.
        types: Types of a layer's weights and of its activations by which a file is known to have it.
        calibrated: Whether activations are quantized beforehand, from what training images cause.
        min_agreement: Smallest share of test images with the source's class, 0 … 1.
        max_drop: Largest loss of accuracy, in percentage points; None where agreement says enough.
        max_difference: Largest difference of a probability, 0 … 1; None where steps of weights make it large.
        tolerance: What export accepts before it gives the file its name.
        deep: Limits on images that are no digits.
        device_slack: How far a probability may be off in another build of a runtime: floats are summed in another
            order, eight bits may be rounded to the neighbouring step.
    """

    name: PrecisionName
    weight_bits: int
    forms: Mapping[str, str]
    types: tuple[tuple[str, str], ...]
    min_agreement: float
    tolerance: Tolerance
    deep: DeepLimits
    device_slack: float
    max_drop: float | None = None
    max_difference: float | None = None
    calibrated: bool = False

    def count_weight_bytes(self, weights: int) -> float:
        """Return the bytes that so many weights take.

        Example:
            >>> PRECISIONS["float16"].count_weight_bytes(100)
            200.0
        """
        return self.weight_bits * weights / 8


_COARSE = Tolerance(0.15, 1.0)
# The comment behind `deep`: the most that an honest file was found to move a probability, in the same order.
_ROWS = (
    Precision(
        "float32", 32,
        {"tflite": "TFLite, 32-bit floats", "onnx": "ONNX, 32-bit floats",
         "c": "C99 without dependencies, 32-bit floats"},
        (("float32", "float32"),),
        min_agreement=0.9999, max_difference=1e-4, tolerance=Tolerance(0.0, 1e-3), device_slack=1e-4,
        deep=DeepLimits(1e-4, 1e-4, 1e-4),  # 0.000001, 0.000003, 0.0000003
    ),
    Precision(
        "float16", 16,
        {"tflite": "TFLite, weights as 16-bit floats", "onnx": "ONNX, 16-bit floats inside"},
        (("float16", "float32"), ("float16", "float16")),
        # A core that computes in half precision: 0.014 in ONNX Runtime on a Cortex-A76.
        min_agreement=0.9995, tolerance=Tolerance(0.02, 0.05), device_slack=0.02,
        deep=DeepLimits(0.01, 0.01, 0.003),  # 0.0020, 0.0039, 0.0006
    ),
    Precision(
        "dynamic", 8,
        {"tflite": "TFLite, 8-bit weights, activations quantized as they come",
         "onnx": "ONNX, 8-bit weights, activations quantized as they come"},
        (("int8", "dynamic"), ("uint8", "dynamic")),
        min_agreement=0.995, max_drop=0.2, tolerance=_COARSE, device_slack=1e-3,
        deep=DeepLimits(0.15, 0.25, 0.04),  # 0.068, 0.070, 0.016
    ),
    Precision(
        "int8", 8,
        {"tflite": "TFLite, whole numbers only: microcontrollers, NPUs",
         "onnx": "ONNX, static QDQ: 8-bit weights and activations",
         "c": "C99 without dependencies, whole numbers only: microcontrollers"},
        (("int8", "int8"), ("int8", "uint8"), ("uint8", "uint8"), ("uint8", "int8")),
        min_agreement=0.995, max_drop=0.2, tolerance=_COARSE, device_slack=0.004, calibrated=True,
        deep=DeepLimits(0.30, 0.30, 0.10, bright=False),  # 0.148, 0.128, 0.049
    ),
    Precision(
        "int16x8", 8,
        {"tflite": "TFLite, 16-bit activations, 8-bit weights"},
        (("int8", "int16"),),
        min_agreement=0.995, max_drop=0.2, tolerance=_COARSE, device_slack=1e-3, calibrated=True,
        deep=DeepLimits(0.15, 0.30, 0.10, bright=False),  # 0.065, 0.114, 0.046
    ),
    # Of a file from elsewhere that doesn't say: judged as the coarsest.
    Precision(
        "unknown", 8,
        {},
        (),
        min_agreement=0.995, max_drop=0.2, tolerance=_COARSE, device_slack=0.004,
        deep=DeepLimits(0.30, 0.30, 0.10, bright=False),
    ),
)  # fmt: skip
PRECISIONS: dict[str, Precision] = {row.name: row for row in _ROWS}
# Those that a file's tensors may be, which can be asked for.
REQUIRABLE = tuple(name for name, row in PRECISIONS.items() if row.types)


def find_coarsest(names: Iterable[PrecisionName]) -> PrecisionName:
    """Return the precision whose gate lets most pass; "unknown" of none.

    Example:
        >>> find_coarsest(["float32", "int8"])
        'int8'
    """
    return min(names, key=lambda name: PRECISIONS[name].min_agreement, default="unknown")


def find_by_types(weights: str, activations: str) -> PrecisionName | None:
    """Return the precision that the types of a layer's weights and activations say; None where none has them.

    Example:
        >>> find_by_types("int8", "uint8"), find_by_types("int2", "int8")
        ('int8', None)
    """
    return next((row.name for row in PRECISIONS.values() if (weights, activations) in row.types), None)


def may_be(claimed: PrecisionName, found: PrecisionName) -> bool:
    """True if a file whose types say one precision may have the other: they are stored in the same types."""
    return claimed == found or bool(set(PRECISIONS[claimed].types) & set(PRECISIONS[found].types))
