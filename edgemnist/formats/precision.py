"""What the tensors of a file say of its precision: a file must not choose its own gate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edgemnist.contract import Contract
from edgemnist.errors import ModelError
from edgemnist.formats import ModelFile
from edgemnist.precision import PRECISIONS, Precision, PrecisionName, find_by_layers, may_be

if TYPE_CHECKING:
    from edgemnist.formats.structure import Operator, Structure

# How many layers are named where a claim is false.
MOST_NAMED = 3
# Precisions beside whose layers converters leave others in floats.
LEAVING: tuple[PrecisionName, ...] = ("dynamic", "int4", "int2")
# What shapes, indices and conditions are computed in, in a file of any precision.
COUNTING = ("int32", "int64", "uint32", "uint64", "bool")


def find_tensor_precision(file: ModelFile) -> PrecisionName | None:
    """Return the precision that the types of a file's tensors say; None where they say none that has a name."""
    structure = read_operators(file)
    return name_precision(structure) if structure else None


def read_operators(file: ModelFile) -> Structure | None:
    """Return what is inside a file; None where no reader finds it, and nothing is known of its types.

    A Keras file isn't opened: see `name_precision`.
    """
    from edgemnist.formats.structure import Structure, read_structure  # 5 ms, and most files say their precision

    if file.format is None:
        return None
    if file.format.name == "keras":
        return Structure("keras", "")
    try:
        return read_structure(file)
    except ModelError:
        return None


def name_precision(structure: Structure) -> PrecisionName | None:
    """Return the precision that the types of weights and activations say; None where they say none that has a name.

    TensorFlow leaves small weights of a dynamic model as they are, and unpacks those whose operators take floats alone:
    beside dynamic layers, both are dynamic. Layers of fewer bits may stand beside others. A Keras model whose layers
    aren't read is taken for float32.
    """
    if structure.format == "keras" and not (structure.operators or structure.hidden):
        return "float32"
    pairs = {(one.weights, one.dtype) for one in structure.operators if one.weights}
    for name in LEAVING:
        row = PRECISIONS[name]
        if any(pair in row.types for pair in pairs):
            pairs = {pair for pair in pairs if pair in row.types or not _may_stay(pair, row, structure.format)}
    return find_by_layers(pairs)


def _may_stay(pair: tuple[str, str], row: Precision, format: str) -> bool:
    """True for types of a layer that converters leave, where activations aren't calibrated, beside others."""
    weights, activations = pair
    stays = activations == "float32" and weights in {"float32", *(one for one, _ in row.types)}
    return stays and not row.is_calibrated(format)


def unwrap_array(file: ModelFile) -> ModelFile:
    """Return the `.tflite` file inside a C array; any other file as it is."""
    if not file.path.name.endswith("_array.c"):
        return file
    from edgemnist.formats.tflite import unpack_array

    return unpack_array(file)


def find_misfits(structure: Structure, precision: PrecisionName, *, layers_alone: bool = False) -> tuple[str, ...]:
    """Name each operator and tensor that isn't of a precision. Only types in operators and constants are looked at.

    What only moves values, and what rounds them at the ends of a model, fits every precision. In `float16` and
    `dynamic` converters leave small tensors as they are: floats fit there, beside others.

    Args:
        structure: What is inside a file.
        precision: What it should be of.
        layers_alone: Look at the layers with weights alone, which decide what a file's precision is called.

    Returns:
        A sentence each; empty if all fit.

    Example:
        >>> from edgemnist.formats.structure import Operator, Structure
        >>> operators = (Operator("FULLY_CONNECTED", "a", "int8", "int8"), Operator("SOFTMAX", "b", "float32"))
        >>> find_misfits(Structure("tflite", "schema 3", operators=operators), "int8")
        ('SOFTMAX b computes in float32',)
    """
    row = PRECISIONS[precision]
    if not row.types:
        return ()
    weighted = [one for one in structure.operators if one.weights]
    calibrated = row.is_calibrated(structure.format)
    mixed = not calibrated and any((one.weights, one.dtype) in row.types for one in weighted)
    judge = _Judge(row, structure.format, calibrated=calibrated, mixed=mixed, layers_alone=layers_alone)
    found = [sentence for one in structure.operators for sentence in judge.judge(one)]
    if layers_alone:
        return tuple(found)
    if not weighted:
        found.append("no layer with weights was found")
    return (*found, *(f"{one} aren't looked into" for one in structure.hidden))


@dataclass(frozen=True)
class _Judge:
    """What is asked of each operator.

    Args:
        row: Precision that it should be of.
        format: Format of the file.
        calibrated: Whether its activations are quantized beforehand.
        mixed: Whether layers may be left in floats.
        layers_alone: Whether layers with weights alone are looked at.
    """

    row: Precision
    format: str
    calibrated: bool
    mixed: bool
    layers_alone: bool

    def judge(self, operator: Operator) -> Iterator[str]:
        """Say what of an operator isn't of the precision."""
        pair = (operator.weights, operator.dtype)
        computes = operator.computes and not self.layers_alone
        if operator.weights:
            if not (self.row.may_hold(*pair) or (self.mixed and _may_stay(pair, self.row, self.format))):
                rounded = "activations rounded as they come" if operator.dtype == "dynamic" else operator.dtype
                yield f"{operator.title} multiplies {rounded or 'unknown'} by {operator.weights} weights"
        elif computes and not self._fits(operator.dtype):
            yield f"{operator.title} computes in {operator.dtype or 'an unknown type'}"
        if self.calibrated and computes and not _is_float(operator.dtype):
            yield from (f"{operator.title} has a {one} constant" for one in operator.others if _is_float(one))

    def _fits(self, dtype: str) -> bool:
        """True if an operator without weights may compute in a type: that of activations; all may count in wide."""
        floats = set() if self.calibrated else {"float32"}
        return dtype in {*COUNTING, *floats, *(activations for _, activations in self.row.types)}


def _is_float(dtype: str) -> bool:
    return "float" in dtype or dtype in ("", "dynamic")


def find_false_precision(contract: Contract | None, found: PrecisionName | None) -> tuple[str, ...]:
    """Return why a file isn't of the precision that its contract claims; nothing if it is, or nothing is known.

    Args:
        contract: The contract inside the file, or None.
        found: What its tensors say, or None.
    """
    if contract is None or found is None or contract.precision == "unknown" or may_be(contract.precision, found):
        return ()
    return (f"its contract says {contract.precision}, but its tensors are {found}",)


def find_false_claim(contract: Contract | None, structure: Structure | None) -> tuple[str, ...]:
    """Return why a file isn't of the precision that its contract claims, also where its layers are of several.

    Args:
        contract: The contract inside the file, or None.
        structure: What is inside it; None where nothing is known.
    """
    if contract is None or structure is None:
        return ()
    # Of a Keras file the runtimes' children read no layers: `verify` and `inspect` must say the same.
    found = "float32" if structure.format == "keras" else name_precision(structure)
    if found is not None:
        return find_false_precision(contract, found)
    misfits = find_misfits(structure, contract.precision, layers_alone=True)
    named = "; ".join(misfits[:MOST_NAMED])
    more = f"; and {len(misfits) - MOST_NAMED} more" if len(misfits) > MOST_NAMED else ""
    return (f"its contract says {contract.precision}, but {named}{more}",) if misfits else ()
