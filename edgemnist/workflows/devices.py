"""What small devices say of a `.tflite` file: TFLite Micro, and Arm's Ethos-U where its compiler is installed."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec

from edgemnist.errors import ModelError, NotInstalled
from edgemnist.formats import ModelFile
from edgemnist.formats.structure import Structure
from edgemnist.processes.limits import Limits
from edgemnist.processes.tools import run_parallel
from edgemnist.results import MicroFit, NpuEstimate
from edgemnist.workflows.npu import TIMEOUT_S, estimate_npu, is_installed

# TFLite Micro's operators: for each of the schema's, its interpreter was asked for a graph of that one alone.
# Source: tflite-micro 0.dev20261023182759, asked on 27 November 2026.
TFLM_OPERATORS = frozenset((
    "ADD", "AVERAGE_POOL_2D", "CONCATENATION", "CONV_2D", "DEPTHWISE_CONV_2D", "DEPTH_TO_SPACE", "DEQUANTIZE",
    "EMBEDDING_LOOKUP", "FLOOR", "FULLY_CONNECTED", "L2_NORMALIZATION", "L2_POOL_2D", "LOGISTIC", "MAX_POOL_2D", "MUL",
    "RELU", "RELU6", "RESHAPE", "RESIZE_BILINEAR", "SOFTMAX", "SPACE_TO_DEPTH", "SVDF", "TANH", "PAD", "GATHER",
    "BATCH_TO_SPACE_ND", "SPACE_TO_BATCH_ND", "TRANSPOSE", "MEAN", "SUB", "DIV", "SQUEEZE",
    "UNIDIRECTIONAL_SEQUENCE_LSTM", "STRIDED_SLICE", "EXP", "SPLIT", "LOG_SOFTMAX", "CAST", "PRELU", "MAXIMUM",
    "ARG_MAX", "MINIMUM", "LESS", "NEG", "PADV2", "GREATER", "GREATER_EQUAL", "LESS_EQUAL", "SLICE", "SIN",
    "TRANSPOSE_CONV", "EXPAND_DIMS", "EQUAL", "NOT_EQUAL", "LOG", "SUM", "SQRT", "RSQRT", "SHAPE", "ARG_MIN",
    "REDUCE_MAX", "PACK", "LOGICAL_OR", "LOGICAL_AND", "LOGICAL_NOT", "UNPACK", "REDUCE_MIN", "FLOOR_DIV", "SQUARE",
    "ZEROS_LIKE", "FILL", "FLOOR_MOD", "RESIZE_NEAREST_NEIGHBOR", "LEAKY_RELU", "SQUARED_DIFFERENCE", "MIRROR_PAD",
    "ABS", "SPLIT_V", "CEIL", "REVERSE_V2", "ADD_N", "GATHER_ND", "COS", "ELU", "QUANTIZE", "ROUND", "HARD_SWISH", "IF",
    "WHILE", "SELECT_V2", "BATCH_MATMUL", "CUMSUM", "CALL_ONCE", "BROADCAST_TO", "REDUCE_ALL", "VAR_HANDLE",
    "READ_VARIABLE", "ASSIGN_VARIABLE", "BROADCAST_ARGS", "DYNAMIC_UPDATE_SLICE",
))  # fmt: skip
# A file that takes longer is none for a microcontroller.
ARENA_TIMEOUT_S = 60
INSTALL = "pip install tflite-micro"


def list_missing(structure: Structure) -> tuple[str, ...]:
    """Return the kinds of operators of a `.tflite` file that TFLite Micro hasn't."""
    return tuple(dict.fromkeys(one.kind for one in structure.operators if one.domain or one.kind not in TFLM_OPERATORS))


def ask_devices(file: ModelFile, structure: Structure, limits: Limits) -> tuple[MicroFit, NpuEstimate | None]:
    """Run a `.tflite` file in TFLite Micro, for its arena, and compile it for Ethos-U; both in child processes.

    Args:
        file: A `.tflite` file.
        structure: What is inside it.
        limits: Time, memory and files that a child may use.

    Returns:
        The first, and the second where Vela is installed.
    """
    content = file.content

    def ask_micro() -> MicroFit:
        return _fit(content, structure, replace(limits, timeout_s=limits.timeout_s or ARENA_TIMEOUT_S))

    def ask_npu() -> NpuEstimate | None:
        if not is_installed():
            return None
        return estimate_npu(content, replace(limits, timeout_s=limits.timeout_s or TIMEOUT_S))

    micro, npu = run_parallel(lambda ask: ask(), (ask_micro, ask_npu))
    assert isinstance(micro, MicroFit)
    assert npu is None or isinstance(npu, NpuEstimate)
    return micro, npu


def _fit(content: bytes, structure: Structure, limits: Limits) -> MicroFit:
    missing = list_missing(structure)
    if missing:
        return MicroFit(missing, reason=f"it hasn't {', '.join(missing)}")
    if find_spec("tflite_micro") is None:
        return MicroFit(reason=f"its arena isn't measured without its interpreter: {INSTALL}")
    from edgemnist.runtimes.arena import measure_arena

    try:
        return MicroFit(arena_bytes=measure_arena(content, limits))
    except (ModelError, NotInstalled) as error:
        return MicroFit(reason=error.message)
