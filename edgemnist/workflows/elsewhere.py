"""What will differ elsewhere, said before it does: a table of what is in a file, and what that means on other machines.

A row looks at what is inside a file and gives a sentence, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from edgemnist.formats import ModelFile
from edgemnist.formats.precision import unwrap_array
from edgemnist.formats.structure import DYNAMIC, End, Structure
from edgemnist.results import Caution
from edgemnist.text import phrase_call, quote_command
from edgemnist.workflows.devices import list_missing

# What LiteRT.js takes and gives.
LITERT_JS_TYPES = ("float32", "int32", "uint8")
# The newest IR version that mobile builds of ONNX Runtime of before 2023 read.
MOBILE_IR_VERSION = 8
MOST_NAMED = 5
EIGHT_BITS = {"int8": "S8", "uint8": "U8"}


@dataclass(frozen=True)
class Row:
    """A row of the table.

    Args:
        formats: Formats that it is about.
        where: Where answers, or whether it runs, will differ.
        find: Gives the sentence, or "" where it doesn't apply.
        advise: Gives what to do.
    """

    formats: tuple[str, ...]
    where: str
    find: Callable[[Structure], str]
    advise: Callable[[ModelFile, Structure], str]


def list_cautions(file: ModelFile, structure: Structure) -> tuple[Caution, ...]:
    """Return what will differ elsewhere.

    Args:
        file: Model file, or a C array of a `.tflite` file.
        structure: What is inside it.
    """
    return tuple(_list(file, structure))


def _list(file: ModelFile, structure: Structure) -> Iterator[Caution]:
    name = unwrap_array(file).format_name
    for row in ROWS:
        if name in row.formats and (message := row.find(structure)):
            yield Caution(row.where, message, row.advise(file, structure))


def _find_products(structure: Structure) -> str:
    """Source: ONNX Runtime's documentation, "Quantize ONNX models", on the choice of data types."""
    pairs = {(one.dtype, one.weights) for one in structure.operators if {one.dtype, one.weights} <= EIGHT_BITS.keys()}
    kinds = sorted({EIGHT_BITS[values] + EIGHT_BITS[weights] for values, weights in pairs if weights == "int8"})
    if not kinds:
        return ""
    saturates = ", and without VNNI sums of two products are cut off at 16 bits" if "U8S8" in kinds else ""
    kernels = f"{' and '.join(kinds)} products: x86 with VNNI, x86 without and Arm have kernels of their own for them"
    return f"{kernels}{saturates}; answers may differ by steps"


def _find_half(structure: Structure) -> str:
    half = any(one.dtype == "float16" for one in structure.operators)
    return "Arm cores compute float16 in half precision: a probability was 0.014 off on a Cortex-A76" if half else ""


def _find_half_weights(structure: Structure) -> str:
    half = any(one.weights == "float16" for one in structure.operators)
    return "LiteRT on a CPU unpacks float16 weights to float32, GPU delegates compute in half precision" if half else ""


def _find_batch_scales(structure: Structure) -> str:
    if not _is_dynamic(structure):
        return ""
    return "activations are rounded by the range of the whole batch: answers depend on what else is in it"


def _find_row_scales(structure: Structure) -> str:
    if not _is_dynamic(structure):
        return ""
    return "activations are rounded as they come, and kernels do so in several ways: up to 1.3e-4 in a probability"


def _is_dynamic(structure: Structure) -> bool:
    return any(one.dtype == DYNAMIC for one in structure.operators)


def _find_micro(structure: Structure) -> str:
    missing = list_missing(structure)
    if missing:
        return f"it hasn't {_name(missing)}"
    refused = {one.types for one in structure.operators if one.dtype == DYNAMIC or one.weights == "float16"}
    return f"it refuses {_name(sorted(refused))}" if refused else ""


def _find_javascript(structure: Structure) -> str:
    custom = [one.kind for one in structure.operators if one.domain]
    if custom:
        return f"it has no custom operators: {_name(custom)}"
    wrong = [end for end in (*structure.inputs, *structure.outputs) if end.dtype not in LITERT_JS_TYPES]
    found = _name([f"{one.name} is {one.dtype or 'of an unknown type'}" for one in wrong])
    return f"it takes and gives {' and '.join(LITERT_JS_TYPES)} alone, but {found}" if wrong else ""


def _find_open_batch(structure: Structure) -> str:
    opened = [end.name for end in structure.inputs if None in end.shape]
    return f"they want fixed sizes, and {_name(opened)} leaves some open" if opened else ""


def _find_large_batch(structure: Structure) -> str:
    first: End | None = structure.inputs[0] if structure.inputs else None
    size = first.shape[0] if first and len(first.shape) > 1 else None
    return f"it takes {size} images at once: one alone must be filled up" if size and size > 1 else ""


def _find_new_ir(structure: Structure) -> str:
    found = structure.ir_version or 0
    too_new = found > MOBILE_IR_VERSION
    return f"IR version {found} is newer than {MOBILE_IR_VERSION}: older builds refuse it" if too_new else ""


def _find_domains(structure: Structure) -> str:
    found = dict.fromkeys(f"{one.domain}.{one.kind}" for one in structure.operators if one.domain)
    return f"they haven't {_name(tuple(found))}, which aren't ONNX's own" if found else ""


def _name(names: tuple[str, ...] | list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def _verify_there(file: ModelFile, structure: Structure) -> str:
    return f"verify it there: {quote_command('edgemnist', 'verify', file.path)}"


def _verify_on_arm(file: ModelFile, structure: Structure) -> str:
    return phrase_call("verify", str(file.path), runtime="aarch64-onnx")


def _give_one(file: ModelFile, structure: Structure) -> str:
    return "give it one image at a time"


def _export_int8(file: ModelFile, structure: Structure) -> str:
    return "export the Keras model in its place: " + phrase_call(
        "export", "model.keras", format="tflite", quantize="int8"
    )


def _fix_sizes(file: ModelFile, structure: Structure) -> str:
    """ONNX Runtime has a tool for that."""
    end = next(one for one in structure.inputs if None in one.shape)
    if None in end.shape[1:]:
        return "export it again with fixed sizes"
    sizes = ",".join(str(1 if size is None else size) for size in end.shape)
    fixed = file.path.with_name(f"{file.path.stem}_fixed.onnx")
    tool = ("python", "-m", "onnxruntime.tools.make_dynamic_shape_fixed", "--input_name", end.name)
    return quote_command(*tool, "--input_shape", sizes, file.path, fixed)


def _lower_ir(file: ModelFile, structure: Structure) -> str:
    old, new = str(file.path), str(file.path.with_name(f"{file.path.stem}_ir{MOBILE_IR_VERSION}.onnx"))
    code = f"import onnx; m = onnx.load({old!r}); m.ir_version = {MOBILE_IR_VERSION}; onnx.save(m, {new!r})"
    return quote_command("python", "-c", code)


ROWS = (
    Row(("onnx",), "other processors", _find_products, _verify_there),
    Row(("onnx",), "Arm", _find_half, _verify_on_arm),
    Row(("tflite",), "GPU delegates", _find_half_weights, _verify_there),
    Row(("onnx",), "larger batches", _find_batch_scales, _give_one),
    Row(("tflite",), "other processors", _find_row_scales, _verify_there),
    Row(("tflite",), "TFLite Micro", _find_micro, _export_int8),
    Row(("tflite",), "LiteRT.js", _find_javascript, _export_int8),
    Row(("tflite",), "LiteRT.js and NPUs", _find_open_batch, _export_int8),
    Row(("tflite", "onnx"), "a single image", _find_large_batch, _verify_there),
    Row(("onnx",), "NPUs and phones' accelerators", _find_open_batch, _fix_sizes),
    Row(("onnx",), "mobile runtimes", _find_new_ir, _lower_ir),
    Row(("onnx",), "other runtimes than ONNX Runtime", _find_domains, _verify_there),
)
