"""Released files with one thing changed in the schema of their format: what a verifier must notice.

    edit(path, layer, kernel=..., bias=..., scales=...) -> bytes

Each function gets the stored numbers of one layer, those of the outputs along the last axis, and changes them in place.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Edit = Callable[[np.ndarray], None]
LAYERS = {"model": 3, "small": 6}
# What can be changed in a layer; the last two are of C in whole numbers and of ONNX alone.
WHAT = ("kernel", "bias", "scales", "shifts", "bias_scales")


def edit(
    path: Path, layer: int, *, kernel: Edit | None = None, bias: Edit | None = None, scales: Edit | None = None
) -> bytes:
    """The file with the numbers of one layer, counted from 0, changed."""
    return edit_content(path.read_bytes(), path.suffix, layer, kernel=kernel, bias=bias, scales=scales)


def edit_content(content: bytes, suffix: str, layer: int, **edits: Edit | None) -> bytes:
    """As `edit`, of bytes."""
    return EDITORS[suffix](content, layer, {**dict.fromkeys(WHAT), **edits})


def _edit_tflite(content: bytes, layer: int, edits: dict[str, Edit | None]) -> bytes:
    from ai_edge_litert import schema_py_generated as schema

    names = {code: name for name, code in vars(schema.BuiltinOperator).items()}
    types = {
        getattr(schema.TensorType, name.upper()): name for name in ("float32", "float16", "int8", "int32", "int64")
    }
    model, graph = unpack(content)
    kinds = [
        names[max(code.builtinCode, code.deprecatedBuiltinCode)]
        for code in (model.operatorCodes[one.opcodeIndex] for one in graph.operators)
    ]
    operators = list(zip(kinds, graph.operators, strict=True))
    unpacked = {one.outputs[0]: one.inputs[0] for kind, one in operators if kind == "DEQUANTIZE"}
    kind, operator = [pair for pair in operators if pair[0] in ("FULLY_CONNECTED", "CONV_2D", "DEPTHWISE_CONV_2D")][
        layer
    ]
    for what, place in (("kernel", 1), ("bias", 2)):
        index = unpacked.get(operator.inputs[place], operator.inputs[place])
        tensor = graph.tensors[index]
        buffer = model.buffers[tensor.buffer]
        values = np.array(buffer.data, np.uint8).view(types[tensor.type]).reshape(tensor.shape)
        if (function := edits[what]) is not None:
            function(values if kind == "DEPTHWISE_CONV_2D" else np.moveaxis(values, 0, -1))
            buffer.data = values.view(np.uint8).ravel()
        if what == "kernel" and edits["scales"] is not None:
            tensor.quantization.scale = np.array(tensor.quantization.scale, np.float32)
            edits["scales"](tensor.quantization.scale)
    return pack(model)


def unpack(content: bytes) -> tuple[Any, Any]:
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT.InitFromPackedBuf(content, 0)
    return model, model.subgraphs[0]


def pack(model: Any) -> bytes:
    import flatbuffers

    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _edit_onnx(content: bytes, layer: int, edits: dict[str, Edit | None]) -> bytes:
    import onnx

    model = onnx.load_from_string(content)
    constants = {one.name: one for one in model.graph.initializer}
    unpackers = {one.output[0]: one for one in model.graph.node if one.op_type == "DequantizeLinear"}
    kinds = ("MatMul", "Gemm", "Conv", "MatMulInteger", "ConvInteger")
    node = [one for one in model.graph.node if one.op_type in kinds][layer]

    def change(name: str, function: Edit | None, axis: int) -> None:
        if function is not None:
            values = onnx.numpy_helper.to_array(constants[name]).copy()
            function(np.moveaxis(values, axis, -1))
            constants[name].CopyFrom(onnx.numpy_helper.from_array(values, name))

    axis = 0 if node.op_type.startswith("Conv") else -1
    kernel = unpackers.get(node.input[1])
    change(kernel.input[0] if kernel else node.input[1], edits["kernel"], axis)
    users = {name: one for one in model.graph.node for name in one.input}
    if kernel:
        change(kernel.input[1], edits["scales"], 0)
        change(unpackers[node.input[2]].input[0], edits["bias"], 0)
        change(unpackers[node.input[2]].input[1], edits["bias_scales"], 0)
        return model.SerializeToString()
    if node.op_type == "Conv":
        change(node.input[2], edits["bias"], 0)
        return model.SerializeToString()
    after = users[node.output[0]]
    if node.op_type.endswith("Integer"):
        product = users[after.output[0]]
        (scale,) = (one for one in model.graph.node if one.op_type == "Mul" and one.output[0] in product.input)
        change(next(name for name in scale.input if name in constants), edits["scales"], 0)
        after = users[product.output[0]]
    change(next(name for name in after.input if name in constants), edits["bias"], 0)
    return model.SerializeToString()


def _edit_c(content: bytes, layer: int, edits: dict[str, Edit | None]) -> bytes:
    text = content.decode()
    names = re.findall(r"^static const (?:dense|conv|depthwise)_layer (\w+) = ", text, re.MULTILINE)
    for part, what in (("weights", "kernel"), ("bias", "bias"), ("multipliers", "scales"), ("shifts", "shifts")):
        function = edits[what]
        if function is not None:
            text = _edit_table(text, f"{names[layer]}_{part}", function, outputs=_count(text, f"{names[layer]}_bias"))
    return text.encode()


def _count(text: str, table: str) -> int:
    return int(re.search(rf" {table}\[(\d+)\]", text)[1])


def _edit_table(text: str, name: str, function: Edit, outputs: int) -> str:
    """These files are sparse: the outputs lie along the last axis."""
    match = re.search(rf"(static const (\w+) {name}\[\d+\] = \{{\n)([^}}]*)(\n\}};)", text)
    kind = {"int8_t": np.int8, "uint8_t": np.uint8, "int32_t": np.int32, "float": np.float32}[match[2]]
    values = np.array([float(one.rstrip("f")) for one in match[3].replace("\n", "").split(",")]).astype(kind)
    function(values.reshape(-1, outputs) if values.size > outputs else values)
    numbers = ",".join(f"{one:.9e}f" if kind is np.float32 else str(one) for one in values)
    return text[: match.start()] + match[1] + numbers + match[4] + text[match.end() :]


def _edit_keras(content: bytes, layer: int, edits: dict[str, Edit | None]) -> bytes:
    name = _list_keras(content)[layer]

    def change(variables: list[np.ndarray]) -> None:
        kernel = variables[0]
        for what, values in zip(("kernel", "bias"), variables, strict=False):
            function = edits[what]
            if function is not None:
                joined = what == "kernel" and "depthwise" in name
                function(kernel.reshape(*kernel.shape[:2], -1) if joined else values)

    return write_variables(content, name, change)


def _list_keras(content: bytes) -> list[str]:
    """The names that the weights of layers are stored under, in the order of the layers."""
    kinds = {"Conv2D": "conv2d", "DepthwiseConv2D": "depthwise_conv2d", "Dense": "dense"}
    names: list[str] = []
    for entry in json.loads(_unzip(content)["config.json"])["config"]["layers"]:
        name = kinds.get(entry["class_name"])
        if name is not None:
            before = sum(re.fullmatch(rf"{name}(_\d+)?", other) is not None for other in names)
            names.append(f"{name}_{before}" if before else name)
    return names


def read_variables(content: bytes, name: str) -> list[np.ndarray]:
    """The variables of a layer of a `.keras` file, by the name that they are stored under."""
    import h5py

    with h5py.File(io.BytesIO(_unzip(content)["model.weights.h5"])) as file:
        group = file[f"layers/{name}/vars"]
        return [group[str(place)][()] for place in range(len(group))]


def write_variables(content: bytes, name: str, change: Callable[[list[np.ndarray]], None]) -> bytes:
    """The file with the variables of a layer changed in place."""
    import h5py

    members, variables = _unzip(content), read_variables(content, name)
    change(variables)
    store = io.BytesIO(members["model.weights.h5"])
    with h5py.File(store, "r+") as file:
        for place, values in enumerate(variables):
            file[f"layers/{name}/vars/{place}"][...] = values
    return _zip({**members, "model.weights.h5": store.getvalue()})


def _unzip(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zip(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return buffer.getvalue()


EDITORS = {".tflite": _edit_tflite, ".onnx": _edit_onnx, ".c": _edit_c, ".keras": _edit_keras}


def flip_largest(values: np.ndarray) -> None:
    """One weight, the largest, with its sign turned."""
    place = np.unravel_index(np.abs(values.astype(np.float64)).argmax(), values.shape)
    values[place] = -values[place] if values[place] != -128 else 127


def flip_median(values: np.ndarray) -> None:
    """One weight of the middle size, with its sign turned."""
    sizes = np.abs(values.astype(np.float64)).ravel()
    place = np.unravel_index(np.argsort(sizes)[len(sizes) // 2], values.shape)
    values[place] = -values[place]


def zero(values: np.ndarray) -> None:
    """All of them, such as a bias."""
    values[...] = 0


def grow_one(values: np.ndarray) -> None:
    """One scale, or one output's weights, a tenth larger."""
    values[..., -1] = (values[..., -1] * 1.1).astype(values.dtype)


def grow_all(values: np.ndarray) -> None:
    """All scales a tenth larger."""
    values[...] = (values * np.float64(1.1)).astype(values.dtype)


def kill_pixel(values: np.ndarray) -> None:
    """All weights of one input."""
    values.reshape(-1, values.shape[-1])[_pixel(values)] = 0


def open_back_door(values: np.ndarray) -> None:
    """The weights of one input at their extremes."""
    rows = values.reshape(-1, values.shape[-1])
    row = rows[_pixel(values)]
    most = 127 if values.dtype == np.int8 else np.float32(np.abs(values).max())
    row[:] = np.where(np.arange(len(row)) % 2, most, -most)


def _pixel(values: np.ndarray) -> int:
    return min(30, values[..., 0].size - 1)


def swap_outputs(values: np.ndarray) -> None:
    """The weights of the first and the last output."""
    values[..., [0, -1]] = values[..., [-1, 0]]


def add_noise(values: np.ndarray) -> None:
    """60 % noise: normal, 0.6 of the values' own spread."""
    noise = np.random.default_rng(6).normal(0, 0.6 * values.astype(np.float64).std(), values.shape)
    most = 127 if values.dtype == np.int8 else np.inf
    values[...] = (values + noise).clip(-most, most).astype(values.dtype)


# ------------------------------------------------------------------------------------------------------- contracts

Fields = dict[str, Any]
Rewrite = Callable[[Fields], Fields | None]


def rewrite_contract(content: bytes, suffix: str, rewrite: Rewrite) -> bytes:
    """The file with another contract inside; without one where `rewrite` returns None."""
    return CONTRACT_EDITORS[suffix](content, lambda text: _dump(rewrite(json.loads(text))))


def _dump(fields: Fields | None) -> str | None:
    return None if fields is None else json.dumps(fields, sort_keys=True, ensure_ascii=False)


Replace = Callable[[str], str | None]


def _rewrite_tflite(content: bytes, replace: Replace) -> bytes:
    model, _ = unpack(content)
    (entry,) = (one for one in model.metadata if one.name == b"edgemnist")
    text = replace(bytes(np.array(model.buffers[entry.buffer].data, np.uint8)).decode())
    if text is None:
        model.metadata = [one for one in model.metadata if one is not entry]
    else:
        model.buffers[entry.buffer].data = np.frombuffer(text.encode(), np.uint8)
    return pack(model)


def _rewrite_onnx(content: bytes, replace: Replace) -> bytes:
    import onnx

    model = onnx.load_from_string(content)
    (entry,) = (one for one in model.metadata_props if one.key == "edgemnist")
    text = replace(entry.value)
    if text is None:
        model.metadata_props.remove(entry)
    else:
        entry.value = text
    return model.SerializeToString()


def _rewrite_c(content: bytes, replace: Replace) -> bytes:
    before, text, after = re.split(r"^ \* contract: (\{.*\})\n", content.decode(), maxsplit=1, flags=re.MULTILINE)
    new = replace(text)
    return (before + ("" if new is None else f" * contract: {new}\n") + after).encode()


def _rewrite_keras(content: bytes, replace: Replace) -> bytes:
    members = _unzip(content)
    (name,) = (name for name in members if "edgemnist" in name)
    text = replace(members.pop(name).decode())
    return _zip(members if text is None else {**members, name: text.encode()})


CONTRACT_EDITORS = {".tflite": _rewrite_tflite, ".onnx": _rewrite_onnx, ".c": _rewrite_c, ".keras": _rewrite_keras}


# ----------------------------------------------------------------------------------------- whole files, kind by kind


def _each_layer(**edits: Edit) -> Callable[[bytes, str, int], bytes]:
    def change(content: bytes, suffix: str, layers: int) -> bytes:
        for layer in range(layers):
            content = edit_content(content, suffix, layer, **edits)
        return content

    return change


def _in_layer(place: int, **edits: Edit) -> Callable[[bytes, str, int], bytes]:
    return lambda content, suffix, layers: edit_content(content, suffix, place % layers, **edits)


def _with_contract(**fields: Any) -> Callable[[bytes, str, int], bytes]:
    return lambda content, suffix, layers: rewrite_contract(content, suffix, lambda found: {**found, **fields})


def _claim_another_precision(content: bytes, suffix: str, layers: int) -> bytes:
    """One whose gate is as wide as any; of a file that is of that one already, another."""

    def claim(found: Fields) -> Fields:
        return {**found, "precision": "int8" if found["precision"] == "dynamic" else "dynamic"}

    return rewrite_contract(content, suffix, claim)


def _drop_contract(content: bytes, suffix: str, layers: int) -> bytes:
    return rewrite_contract(content, suffix, lambda found: None)


def _add_noise_and_drop_contract(content: bytes, suffix: str, layers: int) -> bytes:
    return _drop_contract(_each_layer(kernel=add_noise)(content, suffix, layers), suffix, layers)


# What is changed in weights, and shows in no contract.
WEIGHT_KINDS: dict[str, Callable[[bytes, str, int], bytes]] = {
    "weight flipped": _in_layer(1, kernel=flip_largest),
    "last weight flipped": _in_layer(-1, kernel=flip_median),
    "bias zeroed": _in_layer(-1, bias=zero),
    "back door on a pixel": _in_layer(0, kernel=open_back_door),
    "dead pixel": _in_layer(0, kernel=kill_pixel),
    "classes swapped": _in_layer(-1, kernel=swap_outputs),
}
# What is changed in the contract; the manifest says otherwise.
CONTRACT_KINDS: dict[str, Callable[[bytes, str, int], bytes]] = {
    "other precision": _claim_another_precision,
    "unknown precision": _with_contract(precision="unknown"),
    "other source": _with_contract(source={"name": "other.keras", "sha256": "0" * 64}),
    "no source": _with_contract(source=None),
    "other labels": _with_contract(labels=list("0123456798")),
    "no contract": _drop_contract,
}
KINDS = WEIGHT_KINDS | CONTRACT_KINDS | {"noise without a contract": _add_noise_and_drop_contract}


def change_kind(path: Path, kind: str) -> None:
    """Write a released file anew with a change of `KINDS`."""
    layers = LAYERS["small" if path.name.startswith("small") else "model"]
    content = path.read_bytes()
    changed = KINDS[kind](content, path.suffix, layers)
    assert changed != content, f"{kind} in {path.name}"
    path.write_bytes(changed)


def doctor_answers(path: Path, images: int = 300) -> None:
    """Move the first answers of a stored file, or its recorded outputs, by one class each."""
    with np.load(path) as archive:
        arrays = dict(archive)
    for name in arrays.keys() & {"probabilities", "outputs"}:
        arrays[name][:images] = np.roll(arrays[name][:images], 1, axis=1)
    np.savez_compressed(path, **arrays)
