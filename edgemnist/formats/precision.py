"""What the tensors of a file say of its precision: a file must not choose its own gate."""

from __future__ import annotations

from edgemnist.contract import Contract
from edgemnist.errors import ModelError
from edgemnist.formats import ModelFile
from edgemnist.precision import PrecisionName, may_be


def find_tensor_precision(file: ModelFile) -> PrecisionName | None:
    """Return the precision that the types of a file's tensors say; None where they say none that has a name."""
    file = unwrap_array(file)
    if file.format is None:
        return None
    if file.format.name == "keras":  # what computes in another type isn't opened
        return "float32"
    from edgemnist.formats.weights import find_precision, read_weights  # 5 ms, and most files say their precision

    try:
        return find_precision(read_weights(file.content, file.format.name, str(file.path)))
    except ModelError:  # weights that no reader finds: nothing is known of their types
        return None


def unwrap_array(file: ModelFile) -> ModelFile:
    """Return the `.tflite` file inside a C array; any other file as it is."""
    if not file.path.name.endswith("_array.c"):
        return file
    from edgemnist.formats.tflite import unpack_array

    return unpack_array(file)


def find_false_precision(contract: Contract | None, found: PrecisionName | None) -> tuple[str, ...]:
    """Return why a file isn't of the precision that its contract claims; nothing if it is, or nothing is known.

    Args:
        contract: The contract inside the file, or None.
        found: What its tensors say, or None.
    """
    if contract is None or found is None or contract.precision == "unknown" or may_be(contract.precision, found):
        return ()
    return (f"its contract says {contract.precision}, but its tensors are {found}",)
