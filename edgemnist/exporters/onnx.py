"""ONNX: tf2onnx for the graph, ONNX Runtime's tools for the smaller forms, the contract as metadata."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import KEY, Input, Output
from edgemnist.errors import ExportError
from edgemnist.exporters import Options
from edgemnist.exporters.calibration import Calibration
from edgemnist.exporters.naming import refuse
from edgemnist.exporters.onnx_checks import REPLACE, require_faithful, require_known
from edgemnist.exporters.source import PIXELS, SourceModel, require_raw_pixels
from edgemnist.precision import PrecisionName
from edgemnist.quiet import loading, quiet

with loading("tensorflow", "pip install tensorflow"):
    import tensorflow as tf
with loading("tf2onnx", "pip install tf2onnx"):
    import tf2onnx
with loading("onnx", "pip install onnx"):
    import onnx
with loading("onnxruntime", "pip install onnxruntime"):
    from onnxruntime import quantization
    from onnxruntime.capi import onnxruntime_pybind11_state as ort_state
    from onnxruntime.quantization.shape_inference import quant_pre_process
    from onnxruntime.transformers.float16 import convert_float_to_float16
    from onnxruntime.transformers.onnx_model import OnnxModel

ORT_FAILURES = (ort_state.Fail, ort_state.InvalidGraph, ort_state.NotImplemented, ort_state.RuntimeException)
# IR 8, which knows opsets up to 18, keeps older mobile runtimes happy.
IR_VERSION = 8
BATCH = "batch"
# Operators that move values and change none.
MOVERS = ("Reshape", "Transpose", "Flatten", "Squeeze", "Unsqueeze", "Identity")


def convert(
    source: SourceModel, precision: PrecisionName, calibration: Calibration | None, options: Options, stem: str
) -> dict[str, bytes]:
    """Write `source` as an `.onnx` file.

    Args:
        calibration: for int8.
        options: the opset, and whether to take raw (height, width) pixels.

    Raises:
        ExportError: a converter refused the model.
    """
    try:
        with quiet():
            model = convert_graph(source, options, scaled=precision != "int8")
            if precision != "float32":
                model = QUANTIZERS[precision](model, _encode(source, calibration, model, options))
    except (ValueError, RuntimeError, TypeError, KeyError, tf.errors.OpError, *ORT_FAILURES) as error:
        raise refuse(source.model, f"onnx {precision}", error, REPLACE) from error
    if precision == "int8" and options.raw_input:
        _drop_input_quantizer(model, source)
    _name_everything(model)
    _embed_contract(model, source, precision, options)
    return {".onnx": model.SerializeToString(deterministic=True)}


def convert_graph(source: SourceModel, options: Options, *, scaled: bool = True) -> Any:
    """Write the float32 graph, with an open batch and the input and output that `SourceModel.wrap` describes.

    Through `from_function`, since tf2onnx can't read a Sequential of Keras 3.
    """
    model = source.wrap(None, target="onnx", pixels=options.raw_input, scaled=scaled)
    signature = [tf.TensorSpec(model.inputs[0].shape, model.inputs[0].dtype, name=PIXELS)]

    @tf.function(input_signature=signature)  # type: ignore[untyped-decorator]
    def answer(pixels: Any) -> Any:
        return model(pixels, training=False)

    require_faithful(source.model, answer.get_concrete_function())
    graph, _ = tf2onnx.convert.from_function(answer, input_signature=signature, opset=options.opset)
    require_known(source.model, graph)
    for value in (*graph.graph.input, *graph.graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = BATCH
    return graph


def _encode(source: SourceModel, calibration: Calibration | None, model: Any, options: Options) -> NDArray[Any]:
    if calibration is None:
        return np.empty(0, np.float32)
    taken = source.choose_input(pixels=options.raw_input)
    return taken.encode(calibration.images).reshape(-1, *_list_sizes(model.graph.input[0]))


def _list_sizes(value: Any) -> tuple[int, ...]:
    """The shape of an input or output of the graph, without the batch."""
    return tuple(size.dim_value for size in value.type.tensor_type.shape.dim[1:])


def _quantize_float16(model: Any, calibration: NDArray[Any]) -> Any:
    return convert_float_to_float16(model, keep_io_types=True)


def _quantize_dynamic(model: Any, calibration: NDArray[Any]) -> Any:
    return _through_files(model, lambda before, after: quantization.quantize_dynamic(before, after, per_channel=True))


def _quantize_int8(model: Any, calibration: NDArray[Any]) -> Any:
    """MinMax calibration of the fused graph: of 24 settings it came closest on the validation images.

    (Fusing MatMul and Add first, as quant_pre_process does, mattered most; Entropy came out the same, and
    Percentile a little farther. "Distribution" breaks a model of this kind.)
    """
    return _through_files(
        model,
        lambda before, after: quantization.quantize_static(
            before,
            after,
            _CalibrationReader(calibration),
            quant_format=quantization.QuantFormat.QDQ,
            per_channel=True,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
            calibrate_method=quantization.CalibrationMethod.MinMax,
        ),
    )


QUANTIZERS: dict[PrecisionName, Callable[[Any, NDArray[Any]], Any]] = {
    "float16": _quantize_float16,
    "dynamic": _quantize_dynamic,
    "int8": _quantize_int8,
}


def _through_files(model: Any, quantize: Callable[[str, str], None]) -> Any:
    """Run a quantizer that reads and writes files, after the shape inference and fusions that it asks for."""
    with tempfile.TemporaryDirectory() as folder:
        raw, before, after = (str(Path(folder, f"{name}.onnx")) for name in ("raw", "before", "after"))
        onnx.save(model, raw)
        quant_pre_process(raw, before, skip_symbolic_shape=True)
        quantize(before, after)
        return onnx.load(after)


class _CalibrationReader(quantization.CalibrationDataReader):  # type: ignore[misc]
    """Hands images to a calibrator one by one."""

    def __init__(self, values: NDArray[Any]) -> None:
        self._batches = ({PIXELS: values[start : start + 1]} for start in range(len(values)))

    def get_next(self) -> dict[str, NDArray[Any]] | None:
        return next(self._batches, None)


def _drop_input_quantizer(model: Any, source: SourceModel) -> None:
    """Take raw pixels in: where the input's step is one pixel value, its quantized value is the pixel itself."""
    graph = model.graph
    quantizer = _find_input_quantizer(graph)
    weights = {weight.name: onnx.numpy_helper.to_array(weight) for weight in graph.initializer}
    scale, zero_point = (weights[name] for name in quantizer.input[1:])
    real_range = source.contract.input.range
    require_raw_pixels(Input(PIXELS, source.image_shape, "uint8", real_range, float(scale), int(zero_point)))
    before, after = quantizer.input[0], quantizer.output[0]
    for node in graph.node:
        node.input[:] = [before if name == after else name for name in node.input]
    graph.node.remove(quantizer)
    graph.input[0].type.tensor_type.elem_type = onnx.TensorProto.UINT8


def _find_input_quantizer(graph: Any) -> Any:
    """Follow the input through operators that only move values to the first one that rounds them."""
    name = PIXELS
    while True:
        users = [node for node in graph.node if name in node.input]
        if len(users) == 1 and users[0].op_type == "QuantizeLinear":
            return users[0]
        if len(users) != 1 or users[0].op_type not in MOVERS:
            raise ExportError("`raw_input`: the model's first operator has no int8 form", "leave `raw_input` out")
        name = users[0].output[0]


def _name_everything(model: Any) -> None:
    """Name nodes, weights and values by their place in the graph: tf2onnx numbers them differently each time."""
    OnnxModel(model).topological_sort(is_deterministic=True)  # float16 conversion leaves nodes out of order
    graph = model.graph
    names = {"": "", **{end.name: end.name for end in (*graph.input, *graph.output)}}  # "" is an omitted one
    weights = {weight.name for weight in graph.initializer}
    counts: Counter[str] = Counter()
    for node in graph.node:
        counts[node.op_type] += 1
        node.name = f"{node.op_type}_{counts[node.op_type]}"
        for place, name in enumerate(node.input):
            if name in weights:
                names.setdefault(name, f"{node.name}.input_{place}")
        for place, name in enumerate(node.output):
            names.setdefault(name, f"{node.name}.output_{place}")
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names[name] for name in node.output]
    used = sorted((weight for weight in graph.initializer if weight.name in names), key=lambda one: names[one.name])
    for weight in used:
        weight.name = names[weight.name]
    del graph.value_info[:], graph.initializer[:]
    graph.initializer.extend(used)
    graph.name, graph.doc_string = "classifier", ""  # tf2onnx writes a counter there, too


def _embed_contract(model: Any, source: SourceModel, precision: PrecisionName, options: Options) -> None:
    graph_input, graph_output = model.graph.input[0], model.graph.output[0]
    shape = _list_sizes(graph_input)
    if options.raw_input:
        input = Input(graph_input.name, shape, "uint8", (0.0, 255.0))
    else:
        input = replace(source.contract.input, name=graph_input.name, shape=shape, dtype="float32")
    output = Output(graph_output.name, "float32", source.contract.output.kind)
    document = source.make_contract(input, output, precision).to_json()
    model.ir_version = IR_VERSION
    standard = [opset for opset in model.opset_import if _uses(model, opset.domain)]
    del model.opset_import[:]
    model.opset_import.extend(standard)
    del model.metadata_props[:]
    onnx.helper.set_model_props(model, {KEY: document})


def _uses(model: Any, domain: str) -> bool:
    return not domain or any(node.domain == domain for node in model.graph.node)
