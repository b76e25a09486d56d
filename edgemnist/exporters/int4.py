"""TFLite weights in 4 bits, by ai-edge-quantizer: activations stay floats, and weights are unpacked for their layer.

What is stored are the levels that the weights were rounded to: the library calls that recovery of dequantized weights.
Its own way to find the step takes the smallest difference of two weights: a channel of 0, ±3 and ±7 has none of one
step, and behind a folded batch normalization there are smaller ones. So the levels are found as for 8 bits, and stand
in the place of what the library would find.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.errors import ExportError
from edgemnist.exporters.levels import find_real_levels
from edgemnist.exporters.rounding import Held
from edgemnist.formats.tflite import pack_model
from edgemnist.quiet import loading

with loading("ai_edge_litert", "pip install ai-edge-litert"):
    from ai_edge_litert import schema_py_generated as schema
with loading("ai_edge_quantizer", "pip install 'edgemnist[int4]'"):
    from ai_edge_quantizer import Quantizer, algorithm_manager, qtyping
    from ai_edge_quantizer.algorithms.uniform_quantize import common_quantize, naive_min_max_quantize

BITS, ALGORITHM = 4, algorithm_manager.AlgorithmName.DEQUANTIZED_WEIGHT_RECOVERY
# What LiteRT holds in 4 bits. Depthwise convolutions, which have few weights, stay in floats.
HELD = Held(("Dense", "Conv1D", "Conv2D"), -8, 7)
# The operators of 4 bits that LiteRT unpacks; weights of others stay floats.
OPERATORS = (qtyping.TFLOperationName.FULLY_CONNECTED, qtyping.TFLOperationName.CONV_2D)
# The axis of the channels in the weights of both.
AXIS = 0
# The step of weights that are all 0.
NO_STEP = 1 / 127


def store_int4(content: bytes) -> bytes:
    """Return a float32 `.tflite` file with its weights on levels in 4 bits.

    Raises:
        ExportError: Weights of a layer are on more levels than 4 bits hold.
    """
    _register()
    quantizer = Quantizer(bytearray(content))
    for operator in OPERATORS:
        quantizer.add_weight_only_config(".*", operator, BITS, algorithm_key=ALGORITHM)
    return _join(bytes(quantizer.quantize(enable_progress_bar=False, enable_progress_report=False).quantized_model))


def _join(content: bytes) -> bytes:
    """Put weights that the library wrote behind the flatbuffer into it, where every reader finds them."""
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    for buffer in model.buffers:
        if buffer.size:
            buffer.data = np.frombuffer(content, np.uint8, buffer.size, buffer.offset)
            buffer.size = buffer.offset = 0
    return pack_model(model, len(content))


@functools.cache
def _register() -> None:
    """Let the library take the levels that are found here."""
    for operator in OPERATORS:
        algorithm_manager.register_quantized_op(
            ALGORITHM, operator, naive_min_max_quantize.init_qsvs,
            calibration_func=naive_min_max_quantize.min_max_calibrate,
            materialize_func=functools.partial(common_quantize.materialize_fc_conv, _find_parameters),
        )  # fmt: skip


def _find_parameters(
    operator: Any, config: Any, values: NDArray[np.float32] | None = None, statistics: Any = None
) -> Any:
    """Return the levels and steps of a layer's weights, as the library has them."""
    if values is None:  # none of weights alone
        return naive_min_max_quantize.get_tensor_quant_params(operator, config, values, statistics)
    found = find_real_levels(values, AXIS, 0)
    levels = np.zeros(values.shape, np.int8) if found is None else found.values
    if (found is None and values.any()) or levels.min() < HELD.least or levels.max() > HELD.most:
        raise ExportError(f"tflite int4: weights of {values.shape} are on more levels than 4 bits hold")
    steps = np.full(values.shape[AXIS], NO_STEP) if found is None else found.steps
    shape = [-1, *[1] * (values.ndim - 1)]
    return qtyping.UniformQuantParams(
        num_bits=BITS, quantized_dimension=AXIS, scale=steps.reshape(shape).astype(np.float32),
        zero_point=np.zeros(steps.reshape(shape).shape, np.int32), quantized_data=levels,
    )  # fmt: skip
