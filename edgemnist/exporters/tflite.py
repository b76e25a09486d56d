"""TFLite: Keras's own converter, and the contract in a metadata buffer of the flatbuffer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import KEY, Contract, Input, Output
from edgemnist.errors import ExportError
from edgemnist.exporters import Options
from edgemnist.exporters.calibration import Calibration
from edgemnist.exporters.levels import store_levels
from edgemnist.exporters.naming import refuse
from edgemnist.exporters.rewriting import Target
from edgemnist.exporters.rounding import rounding
from edgemnist.exporters.source import SourceModel, require_raw_pixels
from edgemnist.formats.tflite import pack
from edgemnist.precision import PRECISIONS, Grid, PrecisionName
from edgemnist.quiet import loading, quiet

with loading("tensorflow", "pip install tensorflow"):
    import tensorflow as tf
    from tensorflow.lite.python.convert_phase import ConverterError  # derives from Exception alone
with loading("ai_edge_litert", "pip install ai-edge-litert"):
    from ai_edge_litert import schema_py_generated as schema


def convert(
    source: SourceModel,
    precision: PrecisionName,
    calibration: Calibration | None,
    options: Options,
    stem: str,
    format: str = "tflite",
) -> dict[str, bytes]:
    """Write `source` as a `.tflite` file.

    Args:
        calibration: for int8, int16x8, and weights on few levels.
        options: the dtype of input and output of int8, and whether to take raw (height, width) pixels.
        format: what is written in the end: "c" has weights of few levels in whole numbers, "tflite" in 4 bits.

    Raises:
        ExportError: the converter refused the model, or a quantized input didn't become the raw pixel.
    """
    grid = PRECISIONS[precision].grid
    if grid is None:
        content = _convert(source, precision, calibration, options, format)
    else:
        assert calibration is not None, "images by which weights are rounded"
        content = _convert_rounded(source, grid, calibration, options, format)
    return {".tflite": embed_contract(content, source, precision, raw=options.raw_input)}


def _convert_rounded(source: SourceModel, grid: Grid, calibration: Calibration, options: Options, format: str) -> bytes:
    """Convert with weights on few levels: for C in 8 bits, of which `store_levels` keeps the levels; else in 4 bits."""
    if format == "c":
        with rounding(source, grid, calibration.images, "tflite whole") as rounded:
            return _convert(rounded, "int8", calibration, options, format)
    from edgemnist.exporters.int4 import HELD, store_int4  # a second, and most files have no use for it

    with rounding(source, grid, calibration.images, "tflite", HELD) as rounded:
        content = _convert(rounded, "float32", None, options, format)
    with quiet():
        return store_int4(content)


def _convert(
    source: SourceModel, precision: PrecisionName, calibration: Calibration | None, options: Options, format: str
) -> bytes:
    try:
        with quiet():
            return _run_converter(source, precision, calibration, options)
    except (ValueError, RuntimeError, TypeError, KeyError, tf.errors.OpError, ConverterError) as error:
        hint = "put a layer in its place that TFLite has, or write ONNX: `format='onnx'`"
        raise refuse(source.model, f"{format} {precision}", error, hint) from error


def _run_converter(
    source: SourceModel, precision: PrecisionName, calibration: Calibration | None, options: Options
) -> bytes:
    target: Target = "tflite" if calibration is None else "tflite whole"
    model = source.wrap(1, target=target, pixels=options.raw_input, scaled=precision != "int8")
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    SETTINGS[precision](converter, options)
    if calibration is not None:
        taken = source.choose_input(pixels=options.raw_input)
        values = taken.encode(calibration.images).reshape(-1, 1, *model.inputs[0].shape[1:])
        converter.representative_dataset = lambda: _list_samples(values)
    content: bytes = converter.convert()
    return content


def _list_samples(values: NDArray[np.float32]) -> Iterator[list[NDArray[np.float32]]]:
    for image in values:
        yield [image]


def _set_float16(converter: Any, options: Options) -> None:
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]


def _set_dynamic(converter: Any, options: Options) -> None:
    converter.optimizations = [tf.lite.Optimize.DEFAULT]


def _set_int8(converter: Any, options: Options) -> None:
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = getattr(tf, options.io_dtype)


def _set_int16x8(converter: Any, options: Options) -> None:
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_ops = [tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8]


SETTINGS: dict[PrecisionName, Callable[[Any, Options], None]] = {
    "float32": lambda converter, options: None,
    "float16": _set_float16,
    "dynamic": _set_dynamic,
    "int8": _set_int8,
    "int16x8": _set_int16x8,
}


def embed_contract(content: bytes, source: SourceModel, precision: PrecisionName, *, raw: bool) -> bytes:
    """Return the flatbuffer with its contract inside and its input and output named as in the contract."""
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    grid = PRECISIONS[precision].grid
    if precision == "int8" or grid is not None:
        store_levels(model, rounded=grid is not None)
    graph = model.subgraphs[0]
    input_tensor, output_tensor = graph.tensors[graph.inputs[0]], graph.tensors[graph.outputs[0]]
    input_tensor.name, output_tensor.name = source.contract.input.name, source.contract.output.name
    input = _read_input(input_tensor, source.choose_input(pixels=raw), raw=raw)
    output = Output(
        output_tensor.name, _name_dtype(output_tensor), source.contract.output.kind, *_get_quantization(output_tensor)
    )
    return pack(model, source.make_contract(input, output, precision), len(content))


def extract_contract(content: bytes) -> Contract:
    """Return the contract that `embed_contract` put into a flatbuffer.

    Raises:
        ExportError: someone else wrote it.
    """
    model = schema.Model.GetRootAs(content)
    for index in range(model.MetadataLength()):
        entry = model.Metadata(index)
        if entry.Name() == KEY.encode():
            return Contract.from_json(model.Buffers(entry.Buffer()).DataAsNumpy().tobytes())
    raise ExportError(
        "the .tflite file has no edgemnist contract inside", "export it: `edgemnist.export(format='tflite')`"
    )


def _read_input(tensor: Any, real: Input, *, raw: bool) -> Input:
    dtype, (scale, zero_point) = _name_dtype(tensor), _get_quantization(tensor)
    shape = tuple(int(size) for size in tensor.shape[1:])
    if scale is None and raw:
        return Input(tensor.name, shape, dtype, (0.0, 255.0))
    input = replace(real, name=tensor.name, shape=shape, dtype=dtype, scale=scale, zero_point=zero_point)
    if raw:
        require_raw_pixels(input)
    return input


def _name_dtype(tensor: Any) -> Any:
    names = {schema.TensorType.FLOAT32: "float32", schema.TensorType.UINT8: "uint8", schema.TensorType.INT8: "int8"}
    return names[tensor.type]


def _get_quantization(tensor: Any) -> tuple[float | None, int | None]:
    details = tensor.quantization
    if details is None or details.scale is None or not len(details.scale):
        return None, None
    return float(details.scale[0]), int(details.zeroPoint[0])
