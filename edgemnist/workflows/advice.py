"""What to type where a conversion to 8 bits lost more than it may.

More images to calibrate with aren't advised: of three networks, none kept more answers with thousands than with a few.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from edgemnist.contract import Source
from edgemnist.formats import ModelFile
from edgemnist.precision import PRECISIONS, PrecisionName
from edgemnist.text import phrase_call

# By format: the next finer precisions of it.
FINER: dict[str, tuple[PrecisionName, ...]] = {
    "tflite": ("int16x8", "float16"), "onnx": ("float16",), "c": ("float32",),
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
    finer = next((one for one in FINER.get(format, ()) if one != precision), None)
    if PRECISIONS[precision].weight_bits > 8 or finer is None or source is None:
        return
    beside = file.path.parent / Path(source.name).name
    options = {} if finer == "float32" else {"quantize": finer}
    call = phrase_call("export", beside, format=format, **options)
    yield f"{precision} loses too many answers of this model: {finer} keeps more: {call}"


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
