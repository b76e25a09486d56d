"""Forms whose outputs are the same bits on every machine, in kernels that compute whole numbers as they are defined.

`export` records these outputs for all test images, and `verify` says whether a file still gives them.
"""

from __future__ import annotations

from edgemnist.precision import PrecisionName

# By format and precision: the runtime.
EXACT_KERNELS: dict[tuple[str, PrecisionName], str] = {
    ("tflite", "int8"): "litert-reference",
    ("tflite", "int16x8"): "litert-reference",
    ("c", "int8"): "c",
    ("c", "int4"): "c",
    ("c", "int2"): "c",
    ("c", "ternary"): "c",
}
# What answers for a source that isn't a Keras file: C repeats LiteRT's reference kernels, or nearly.
SOURCE_RUNTIMES = {"tflite": "litert-reference"}
# The runtimes that compute such a form bit for bit alike; all that run C do.
EXACT_RUNTIMES = {"tflite": ("litert-reference",)}


def is_exact(format: str, runtime: str) -> bool:
    """True if a runtime gives the very outputs that were recorded, unless the file was changed.

    Args:
        format: Format of a file whose outputs are recorded.
        runtime: Name of the runtime.

    Example:
        >>> is_exact("c", "cortex-m4"), is_exact("tflite", "litert")
        (True, False)
    """
    return runtime in EXACT_RUNTIMES.get(format, (runtime,))
