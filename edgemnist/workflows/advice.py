"""What to type where a conversion to 8 bits lost more than it may.

More images to calibrate with aren't advised: of three networks, none kept more answers with thousands than with a few.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from edgemnist.contract import Source
from edgemnist.exporters.faults import Fault
from edgemnist.formats import ModelFile, is_keras
from edgemnist.precision import PRECISIONS, PrecisionName
from edgemnist.text import phrase_call, phrase_parameter
from edgemnist.workflows.provenance import find_source_file

# By format and precision: the next finer one that keeps more. (int16x8 has the weights of dynamic.)
FINER: dict[tuple[str, PrecisionName], PrecisionName] = {
    ("tflite", "int8"): "int16x8", ("tflite", "int16x8"): "float16", ("tflite", "dynamic"): "float16",
    ("onnx", "int8"): "float16", ("onnx", "dynamic"): "float16", ("c", "int8"): "float32",
    ("tflite", "int4"): "dynamic", ("c", "int4"): "int8", ("c", "int2"): "int4", ("c", "ternary"): "int4",
}  # fmt: skip
# What the setting `weights` of a training is called for weights of few levels.
TRAINED: dict[PrecisionName, str] = {"int4": "4", "int2": "2", "ternary": "ternary"}
# A layer that moves fewer answers alone is not at fault.
LEAST_MOVED = 0.001


def can_advise(file: ModelFile, precision: PrecisionName, source: Source) -> bool:
    """Return whether there is anything to say of a file that lost too many answers: it is in 8 bits, and was exported.

    Args:
        file: Model file.
        precision: Its precision.
        source: What it was made from.
    """
    return (file.format_name or "", precision) in FINER and is_keras(Path(source.name))


def choose_finer(format: str, precision: PrecisionName, fault: Fault | None) -> PrecisionName | None:
    """Return the precision to export in place of one that loses too many answers; None where there is none.

    Args:
        format, precision: Those of the file.
        fault: What was found of its source.
    """
    finer = FINER.get((format, precision))
    if finer == "int16x8" and fault and fault.moved_16 > 1 - PRECISIONS[finer].min_agreement:
        return FINER[format, finer]
    return finer


def advise(
    file: ModelFile, precision: PrecisionName, source: Source, fault: Fault | None = None, *, search: bool = False
) -> Iterator[str]:
    """Say what to export in place of a file that lost too many answers; nothing where there is nothing finer.

    Args:
        file: Model file.
        precision: Its precision.
        source: What it was made from.
        fault: What was found of the source.
        search: Whether to say, too, how that is found.
    """
    format = file.format_name or ""
    finer = choose_finer(format, precision, fault)
    if finer is None:
        return
    yield from advise_training(precision)
    words = f"{precision} loses too many answers of this model: {finer} keeps more"
    beside = find_source_file(file, source)
    if beside is None:  # the source is elsewhere
        yield words
        return
    if search and precision == "int8":
        yield f"to find which layer loses them: {phrase_call('verify', file.path, deep=True)}"
    options = {} if finer == "float32" else {"quantize": finer}
    yield f"{words}: {phrase_call('export', beside, format=format, **options, output=file.path.parent)}"


def advise_training(precision: PrecisionName) -> Iterator[str]:
    """Say how a model is trained on the levels of a precision; nothing of one whose levels are many.

    Example:
        >>> list(advise_training("int2")), list(advise_training("int8"))
        (["weights were rounded to few levels after training: train the model on them, with `weights='2'`"], [])
    """
    if precision in TRAINED:
        setting = phrase_parameter("weights", TRAINED[precision])
        yield f"weights were rounded to few levels after training: train the model on them, with {setting}"


def phrase_fault(fault: Fault) -> Iterator[str]:
    """Say which layer is at fault, if one is, and why, if that is known.

    Args:
        fault: What was found.

    Example:
        >>> from edgemnist.exporters.faults import Spread
        >>> spread = Spread("d (Dense, exponential)", 0, 16738.5, 0.011)
        >>> first, second = phrase_fault(Fault("d (Dense)", False, 0.436, uneven=spread))
        >>> first, second.partition(", and")[0]  # doctest: +NORMALIZE_WHITESPACE
        ('in 8 bits, layer d (Dense) alone moves 43.6 % of the answers',
         '99 % of the outputs of layer d (Dense, exponential) lie in 1.1 % of their range, 0 … 16,738')
    """
    if fault.moved < LEAST_MOVED:
        return
    hint = ": put it before the activation, where it goes into the weights" if fault.lone else ""
    yield f"in 8 bits, layer {fault.layer} alone moves {100 * fault.moved:.1f} % of the answers{hint}"
    if spread := fault.uneven:
        ends = " … ".join(f"{end:,.0f}" if abs(end) >= 100 else f"{end:.3g}" for end in (spread.low, spread.high))
        yield (
            f"99 % of the outputs of layer {spread.layer} lie in {100 * spread.share:.1f} % of their range, {ends}, "
            "and 256 equal steps over all of it are too coarse for them: an activation with a bound, such as relu6, "
            "has no such range"
        )
