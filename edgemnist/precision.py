"""The precisions: what weights and activations are stored in, and what an honest conversion to each keeps.

A new precision is a row here, with its name in `PrecisionName` for type checkers, and a setting in the converter of
each format that has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

PrecisionName = Literal["float32", "float16", "dynamic", "int8", "int16x8", "int4", "int2", "ternary", "unknown"]


@dataclass(frozen=True)
class Grid:
    """Levels that weights are rounded to: whole numbers of a step.

    Args:
        most: The largest, 1 … 15.
        odd: True for odd numbers alone, so that none is zero.
        levels: Number of levels that weights which lie on another grid may have, to stay as they are.
    """

    most: int
    odd: bool
    levels: int

    def count(self) -> int:
        """Return the number of levels that weights are rounded to.

        Example:
            >>> Grid(3, True, 4).count(), Grid(7, False, 16).count()
            (4, 15)
        """
        return self.most + 1 if self.odd else 2 * self.most + 1


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
        calibrated: File formats in which activations are quantized beforehand, from what training images cause.
        min_agreement: Smallest share of test images with the source's class, 0 … 1.
        max_drop: Largest loss of accuracy, in percentage points; None where agreement says enough.
        max_difference: Largest difference of a probability, 0 … 1; None where steps of weights make it large.
        tolerance: What export accepts before it gives the file its name.
        deep: Limits on images that are no digits.
        device_slack: How far a probability may be off in another build of a runtime: floats are summed in another
            order, eight bits may be rounded to the neighbouring step.
        grid: Few levels that weights are rounded to; None of weights of 8 bits and more. Rounding after training loses
            more than most models can spare, so a form of few levels is written only where it is named.
        narrower: Precisions whose weights have no more bits: a file may have layers of these, too.
    """

    name: PrecisionName
    weight_bits: float
    forms: Mapping[str, str]
    types: tuple[tuple[str, str], ...]
    min_agreement: float
    tolerance: Tolerance
    deep: DeepLimits
    device_slack: float
    max_drop: float | None = None
    max_difference: float | None = None
    calibrated: tuple[str, ...] = ()
    grid: Grid | None = None
    narrower: tuple[PrecisionName, ...] = ()

    def is_calibrated(self, format: str) -> bool:
        """True if a file of a format has activations that were quantized beforehand.

        Example:
            >>> PRECISIONS["int4"].is_calibrated("c"), PRECISIONS["int4"].is_calibrated("tflite")
            (True, False)
        """
        return format in self.calibrated

    def may_hold(self, weights: str, activations: str) -> bool:
        """True if a file of this precision may have a layer of such types: its own, or fewer bits a weight."""
        pair = weights, activations
        kept = {one for _, one in self.types}
        fewer = (one for name in self.narrower for one in PRECISIONS[name].types if one[1] in kept)
        return pair in self.types or pair in fewer

    def count_weight_bytes(self, weights: int) -> float:
        """Return the bytes that so many weights take.

        Example:
            >>> PRECISIONS["float16"].count_weight_bytes(100)
            200.0
        """
        return self.weight_bits * weights / 8


_COARSE = Tolerance(0.15, 1.0)
# Of weights that were rounded to few levels after training: 0.496, 0.855, 0.355 in files that pass the gate. One that
# was trained on them must keep the limits of int8.
_ROUNDED = DeepLimits(0.60, 0.95, 0.45, bright=False)
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
        min_agreement=0.995, max_drop=0.2, tolerance=_COARSE, device_slack=0.004,
        calibrated=("tflite", "onnx", "c"), narrower=("int4", "int2", "ternary"),
        deep=DeepLimits(0.30, 0.30, 0.10, bright=False),  # 0.148, 0.128, 0.049
    ),
    Precision(
        "int16x8", 8,
        {"tflite": "TFLite, 16-bit activations, 8-bit weights"},
        (("int8", "int16"),),
        min_agreement=0.995, max_drop=0.2, tolerance=_COARSE, device_slack=1e-3,
        calibrated=("tflite",),
        deep=DeepLimits(0.15, 0.30, 0.10, bright=False),  # 0.065, 0.114, 0.046
    ),
    # Weights of few levels. A model that was trained on them keeps what int8 keeps; another one is rounded.
    Precision(
        "int4", 4,
        {"tflite": "TFLite, 4-bit weights, floats elsewhere",
         "c": "C99 without dependencies, whole numbers only, weights of 16 levels"},
        (("int4", "int8"), ("int4", "uint8"), ("int4", "float32"), ("int4", "dynamic")),
        min_agreement=0.995, max_drop=0.2, tolerance=_COARSE, device_slack=0.004,
        calibrated=("c",), grid=Grid(7, False, 16), narrower=("int2", "ternary"),
        deep=_ROUNDED,
    ),
    Precision(
        "int2", 2,
        {"c": "C99 without dependencies, whole numbers only, weights of 4 levels"},
        (("int2", "int8"), ("int2", "uint8"), ("int2", "float32"), ("int2", "dynamic")),
        min_agreement=0.99, max_drop=0.5, tolerance=_COARSE, device_slack=0.004,
        calibrated=("c",), grid=Grid(3, True, 4), narrower=("ternary",),
        deep=_ROUNDED,
    ),
    Precision(
        "ternary", 1.6,
        {"c": "C99 without dependencies, whole numbers only, weights of 3 levels: -1, 0, 1"},
        (("ternary", "int8"),),
        min_agreement=0.99, max_drop=0.5, tolerance=_COARSE, device_slack=0.004,
        calibrated=("c",), grid=Grid(1, False, 3),
        deep=_ROUNDED,
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
        >>> find_by_types("int8", "uint8"), find_by_types("int2", "int8"), find_by_types("int5", "int8")
        ('int8', 'int2', None)
    """
    return next((row.name for row in PRECISIONS.values() if (weights, activations) in row.types), None)


def find_by_levels(levels: int) -> PrecisionName | None:
    """Return the precision of the fewest levels that has as many; None where none has.

    Example:
        >>> find_by_levels(3), find_by_levels(4), find_by_levels(16), find_by_levels(17)
        ('ternary', 'int2', 'int4', None)
    """
    rows = [(row.grid.levels, row.name) for row in PRECISIONS.values() if row.grid and levels <= row.grid.levels]
    return min(rows, default=(0, None))[1]


def find_by_layers(pairs: Iterable[tuple[str, str]]) -> PrecisionName | None:
    """Return the precision of a file whose layers have such types of weights and activations; None where none has them.

    Example:
        >>> find_by_layers([("int8", "int8"), ("int4", "int8")])
        'int8'
    """
    found = {pair: find_by_types(*pair) for pair in pairs}
    names = [name for name in dict.fromkeys(found.values()) if name]
    return next((name for name in names if all(PRECISIONS[name].may_hold(*pair) for pair in found)), None)


def may_be(claimed: PrecisionName, found: PrecisionName) -> bool:
    """True if a file whose types say one precision may claim another: of the same types, or one of more bits a weight.

    Example:
        >>> may_be("int8", "int4"), may_be("int4", "int8")
        (True, False)
    """
    row, other = PRECISIONS[claimed], PRECISIONS[found]
    return claimed == found or bool(set(row.types) & set(other.types)) or found in row.narrower
