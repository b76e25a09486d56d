"""What to type where a conversion to 8 bits lost more than it may.

More images to calibrate with aren't advised: of three networks, none kept more answers with thousands than with a few.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from edgemnist.contract import Source
from edgemnist.formats import ModelFile, is_keras
from edgemnist.precision import PrecisionName
from edgemnist.text import phrase_call
from edgemnist.workflows.provenance import find_source_file

# By format and precision: the next finer one that keeps more. (int16x8 has the weights of dynamic.)
FINER: dict[tuple[str, PrecisionName], PrecisionName] = {
    ("tflite", "int8"): "int16x8", ("tflite", "int16x8"): "float16", ("tflite", "dynamic"): "float16",
    ("onnx", "int8"): "float16", ("onnx", "dynamic"): "float16", ("c", "int8"): "float32",
}  # fmt: skip
# A layer that moves fewer answers alone is not at fault.
LEAST_MOVED = 0.001


def advise(file: ModelFile, precision: PrecisionName, source: Source | None) -> Iterator[str]:
    """Say what to export in place of a file that lost too many answers; nothing where it isn't in 8 bits.

    Args:
        file: Model file.
        precision: Its precision.
        source: What it was made from, if that is known.
    """
    format = file.format_name or ""
    finer = FINER.get((format, precision))
    if finer is None or source is None or not is_keras(Path(source.name)):
        return
    words = f"{precision} loses too many answers of this model: {finer} keeps more"
    beside = find_source_file(file, source)
    if beside is None:  # the source is elsewhere
        yield words
        return
    options = {} if finer == "float32" else {"quantize": finer}
    yield f"{words}: {phrase_call('export', beside, format=format, **options, output=file.path.parent)}"


def phrase_fault(layer: str, lone: bool, moved: float) -> Iterator[str]:
    """Say which layer is at fault, if one is.

    Args:
        layer: Name and class of the layer that loses most.
        lone: True for a batch normalization that is in no other layer's weights.
        moved: Share of the answers that it moves alone, 0 … 1.
    """
    if moved < LEAST_MOVED:
        return
    hint = ": put it before the activation, where it goes into the weights" if lone else ""
    yield f"in 8 bits, layer {layer} alone moves {100 * moved:.1f} % of the answers{hint}"
