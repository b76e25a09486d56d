"""Released files with one fault planted in a layer: what `diff` must name, with its cause."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from edgemnist.comparison.question import Statement
from tests.changes import pack, rewrite_contract, unpack

Plant = Callable[[bytes], bytes]


# ---------------------------------------------------------------------------------------------------------- TFLite


def change_tflite(change: Callable[[Any, Any], None]) -> Plant:
    """Change the model and its graph, as the schema has them."""

    def plant(content: bytes) -> bytes:
        model, graph = unpack(content)
        change(model, graph)
        return pack(model)

    return plant


def _find_layer(graph: Any, layer: int) -> Any:
    return [one for one in graph.operators if len(one.inputs) == 3][layer]


def set_grid(layer: int, *, scale: float = 1.0, zero_point: int | None = None) -> Plant:
    """Give the output of a layer another scale, as a factor, or another zero point."""

    def change(model: Any, graph: Any) -> None:
        details = graph.tensors[_find_layer(graph, layer).outputs[0]].quantization
        details.scale = np.array(details.scale, np.float32) * np.float32(scale)
        details.zeroPoint = [int(details.zeroPoint[0]) if zero_point is None else zero_point]

    return change_tflite(change)


def set_fused(layer: int, function: int) -> Plant:
    """Give a layer another activation function, by its number in the schema."""

    def change(model: Any, graph: Any) -> None:
        _find_layer(graph, layer).builtinOptions.fusedActivationFunction = function

    return change_tflite(change)


def pool_averages(content: bytes) -> bytes:
    """Take averages where the largest is taken."""

    def change(model: Any, graph: Any) -> None:
        for code in model.operatorCodes:
            if code.builtinCode == 17:  # MAX_POOL_2D
                code.builtinCode = code.deprecatedBuiltinCode = 1

    return change_tflite(change)(content)


def pad_before(layer: int, above: int, below: int) -> Plant:
    """Pad the image of a convolution by an operator of its own, rows and columns alike, and not in the convolution."""

    def change(model: Any, graph: Any) -> None:
        from ai_edge_litert import schema_py_generated as schema

        user = _find_layer(graph, layer)
        image = graph.tensors[user.inputs[0]]
        sizes, padded = schema.TensorT(), schema.TensorT()
        sizes.name, sizes.type, sizes.shape, sizes.buffer = b"planted_sizes", 2, [4, 2], len(model.buffers)
        rows, columns = (int(size) + above + below for size in image.shape[1:3])
        padded.name, padded.type, padded.quantization, padded.buffer = b"planted", image.type, image.quantization, 0
        padded.shape = [image.shape[0], rows, columns, image.shape[3]]
        buffer, code, operator = schema.BufferT(), schema.OperatorCodeT(), schema.OperatorT()
        pads = np.array([[0, 0], [above, below], [above, below], [0, 0]], np.int32)
        buffer.data = pads.view(np.uint8).ravel()
        code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.PAD
        code.version = 2
        place = len(graph.tensors)
        operator.opcodeIndex, operator.outputs = len(model.operatorCodes), [place + 1]
        operator.inputs = [user.inputs[0], place]
        model.buffers.append(buffer)
        model.operatorCodes.append(code)
        graph.tensors += [sizes, padded]
        graph.operators.insert(graph.operators.index(user), operator)
        user.inputs = [place + 1, *user.inputs[1:]]
        user.builtinOptions.padding = schema.Padding.VALID

    return change_tflite(change)


# ------------------------------------------------------------------------------------------------------------ ONNX


def change_onnx(change: Callable[[Any, Any], None]) -> Plant:
    """Change the graph; the second argument is the package `onnx`."""

    def plant(content: bytes) -> bytes:
        import onnx

        model = onnx.load_from_string(content)
        change(model.graph, onnx)
        return bytes(model.SerializeToString())

    return plant


def _list_activations(graph: Any) -> list[Any]:
    """The pairs of QuantizeLinear and DequantizeLinear, by the former."""
    return [one for one in graph.node if one.op_type == "QuantizeLinear"]


def set_onnx_grid(place: int, *, scale: float = 1.0, offset: int = 0) -> Plant:
    """Give a rounded activation another scale, as a factor, or what reads it another zero point."""

    def change(graph: Any, onnx: Any) -> None:
        node = _list_activations(graph)[place]
        (reader,) = (one for one in graph.node if one.op_type == "DequantizeLinear" and one.input[0] == node.output[0])
        constants = {one.name: onnx.numpy_helper.to_array(one) for one in graph.initializer}
        for users, index, value in (
            ((node, reader), 1, constants[node.input[1]] * np.float32(scale)),
            ((reader,), 2, constants[node.input[2]] + np.uint8(offset)),
        ):
            graph.initializer.append(onnx.numpy_helper.from_array(np.asarray(value), f"planted_{index}"))
            for user in users:
                user.input[index] = f"planted_{index}"

    return change_onnx(change)


def set_pads(layer: int, pads: list[int]) -> Plant:
    """Give a convolution other pads: rows above, columns left, rows below, columns right."""

    def change(graph: Any, onnx: Any) -> None:
        node = [one for one in graph.node if one.op_type == "Conv"][layer]
        kept = [one for one in node.attribute if one.name not in ("pads", "auto_pad")]
        del node.attribute[:]
        node.attribute.extend([*kept, onnx.helper.make_attribute("pads", pads)])

    return change_onnx(change)


def drop_relu(place: int) -> Plant:
    """Take a ReLU out."""

    def change(graph: Any, onnx: Any) -> None:
        node = [one for one in graph.node if one.op_type == "Relu"][place]
        node.op_type = "Identity"

    return change_onnx(change)


def clip_relu(place: int, most: float) -> Plant:
    """Make a ReLU cut off large values, too."""

    def change(graph: Any, onnx: Any) -> None:
        node = [one for one in graph.node if one.op_type == "Relu"][place]
        for name, value in (("planted_low", 0.0), ("planted_high", most)):
            graph.initializer.append(onnx.numpy_helper.from_array(np.float32(value), name))
            node.input.append(name)
        node.op_type = "Clip"

    return change_onnx(change)


def pad_onnx_before(layer: int, above: int, below: int) -> Plant:
    """Pad the image of a convolution by an operator of its own, rows and columns alike, and not in the convolution."""

    def change(graph: Any, onnx: Any) -> None:
        place, node = [(place, one) for place, one in enumerate(graph.node) if one.op_type == "Conv"][layer]
        sizes = np.array([0, 0, above, above, 0, 0, below, below])
        graph.initializer.append(onnx.numpy_helper.from_array(sizes, "planted_sizes"))
        graph.node.insert(place, onnx.helper.make_node("Pad", [node.input[0], "planted_sizes"], ["planted"]))
        node.input[0] = "planted"

    return lambda content: change_onnx(change)(set_pads(layer, [0, 0, 0, 0])(content))


def leak_relu(place: int) -> Plant:
    """Let a hundredth of what a ReLU cuts off through."""

    def change(graph: Any, onnx: Any) -> None:
        node = [one for one in graph.node if one.op_type == "Relu"][place]
        node.op_type = "LeakyRelu"

    return change_onnx(change)


def clip_after(kind: str, most: float) -> Plant:
    """Cut off what the first operator of a kind gives, before it is rounded."""

    def change(graph: Any, onnx: Any) -> None:
        place, node = next((place, one) for place, one in enumerate(graph.node) if one.op_type == kind)
        names = []
        for name, value in (("planted_low", 0.0), ("planted_high", most)):
            graph.initializer.append(onnx.numpy_helper.from_array(np.float32(value), name))
            names.append(name)
        given, node.output[0] = node.output[0], "planted"
        graph.node.insert(place + 1, onnx.helper.make_node("Clip", ["planted", *names], [given]))

    return change_onnx(change)


def pool_onnx_averages(content: bytes) -> bytes:
    """Take averages where the largest is taken."""

    def change(graph: Any, onnx: Any) -> None:
        (node,) = (one for one in graph.node if one.op_type == "MaxPool")
        node.op_type = "AveragePool"
        kept = [one for one in node.attribute if one.name in ("kernel_shape", "strides", "auto_pad")]
        del node.attribute[:]
        node.attribute.extend(kept)

    return change_onnx(change)(content)


def normalize_after(place: int, *, fold: bool) -> Plant:
    """Multiply each value behind a ReLU of a float model, and divide the weights that take it: the same answers.

    Args:
        place: Number of the ReLU.
        fold: Divide the weights; if not, the answers are others.
    """

    def change(graph: Any, onnx: Any) -> None:
        relu = [one for one in graph.node if one.op_type == "Relu"][place]
        (user,) = (one for one in graph.node if relu.output[0] in one.input)
        (kernel,) = (one for one in graph.initializer if one.name == user.input[1])
        values = onnx.numpy_helper.to_array(kernel)
        factors = np.random.default_rng(5).uniform(0.5, 2, len(values)).astype(np.float32)
        graph.initializer.append(onnx.numpy_helper.from_array(factors, "planted_factors"))
        if fold:
            kernel.CopyFrom(onnx.numpy_helper.from_array(values / factors[:, None], kernel.name))
        graph.node.insert(
            list(graph.node).index(relu) + 1,
            onnx.helper.make_node("Mul", [relu.output[0], "planted_factors"], ["planted"]),
        )
        user.input[0] = "planted"

    return change_onnx(change)


def shape_before_bias(content: bytes) -> bytes:
    """Put a Reshape that changes nothing between a product and its bias, as a dense layer over rows and columns has."""

    def change(graph: Any, onnx: Any) -> None:
        add = next(one for one in graph.node if one.op_type == "Add")
        graph.initializer.append(onnx.numpy_helper.from_array(np.array([-1, 512]), "planted_shape"))
        graph.node.insert(
            list(graph.node).index(add), onnx.helper.make_node("Reshape", [add.input[0], "planted_shape"], ["planted"])
        )
        add.input[0] = "planted"

    return change_onnx(change)(content)


def end_in_sigmoids(content: bytes) -> bytes:
    """Give each class a sigmoid of its own, where the contract says that a softmax ends the model."""

    def change(graph: Any, onnx: Any) -> None:
        (node,) = (one for one in graph.node if one.op_type == "Softmax")
        node.op_type = "Sigmoid"
        del node.attribute[:]

    return change_onnx(change)(content)


def flatten_planes(content: bytes) -> bytes:
    """Take out the transposition before the first dense layer: it gets the planes one after the other."""

    def change(graph: Any, onnx: Any) -> None:
        node = [one for one in graph.node if one.op_type == "Transpose"][-1]
        node.op_type = "Identity"
        del node.attribute[:]

    return change_onnx(change)(content)


# --------------------------------------------------------------------------------------------------------------- C


def replace_in(layer: str, pattern: str, replacement: str) -> Plant:
    """Replace a pattern in the constant of a layer; it must be there once."""

    def plant(content: bytes) -> bytes:
        text = content.decode()
        (line,) = re.findall(rf"^static const \w+ layer_\d+_{layer} = .*$", text, re.MULTILINE)
        changed, count = re.subn(pattern, replacement, line)
        assert count == 1, line
        return text.replace(line, changed).encode()

    return plant


# ----------------------------------------------------------------------------------------------------------- Keras


def set_keras(layer: str, **settings: Any) -> Plant:
    """Give a layer of a `.keras` file other settings."""

    def plant(content: bytes) -> bytes:
        import json

        from tests.changes import _unzip, _zip

        members = _unzip(content)
        config = json.loads(members["config.json"])
        (entry,) = (one for one in config["config"]["layers"] if one["config"]["name"] == layer)
        entry["config"].update(settings)
        return _zip({**members, "config.json": json.dumps(config).encode()})

    return plant


# ---------------------------------------------------------------------------------------------- batch normalization


def write_normalized(
    folder: Path, *, mean: float = 1.0, variance: float = 1.0, planes: bool = False
) -> tuple[Path, Path]:
    """Write a Keras model with a batch normalization, and ONNX with the same one folded.

    Args:
        folder: Where to.
        mean, variance: What the folded statistics are multiplied by: 1 for an honest fold.
        planes: Flatten the planes one after the other, as other frameworks do, with weights in that order.
    """
    import keras
    import onnx
    from onnx import helper, numpy_helper

    from edgemnist.contract import Contract, Input, Output
    from edgemnist.formats.keras import serialize_classifier

    layers = keras.layers
    keras.utils.set_random_seed(4)
    model = keras.Sequential([
        keras.Input((784,), name="pixels"),
        layers.Reshape((28, 28, 1)),
        layers.Conv2D(6, 3, strides=2, padding="same", use_bias=False, name="filters"),
        layers.BatchNormalization(name="normalized"),
        layers.ReLU(),
        layers.Flatten(),
        layers.Dense(10, activation="softmax", name="scores"),
    ])  # fmt: skip
    generator = np.random.default_rng(4)
    for weight in model.get_layer("normalized").weights:
        weight.assign(generator.uniform(0.5, 1.5, weight.shape) * (0.1 if "mean" in weight.path else 1.0))
    contract = Contract(Input("pixels", (784,)), Output("probs"), tuple("0123456789"), precision="float32")
    source = folder / "normalized.keras"
    source.write_bytes(serialize_classifier(model, contract))
    gamma, beta, means, variances = (np.asarray(one) for one in model.get_layer("normalized").weights)
    factor = gamma / np.sqrt(variances * variance + 1e-3)
    kernel = np.asarray(model.get_layer("filters").kernel) * factor
    dense, bias = (np.asarray(one) for one in model.get_layer("scores").weights)
    if planes:
        dense = dense.reshape(14 * 14, 6, 10).transpose(1, 0, 2).reshape(dense.shape)
    constants = {
        "kernel": kernel.transpose(3, 2, 0, 1), "offsets": beta - means * mean * factor, "dense": dense, "bias": bias,
        "image": np.array([-1, 1, 28, 28]), "flat": np.array([-1, dense.shape[0]]),
    }  # fmt: skip
    nodes = [
        helper.make_node("Reshape", ["pixels", "image"], ["planes"]),
        helper.make_node("Conv", ["planes", "kernel", "offsets"], ["filtered"], strides=[2, 2], pads=[0, 0, 1, 1]),
        helper.make_node("Relu", ["filtered"], ["active"]),
        helper.make_node("Transpose", ["active"], ["turned"], perm=[0, 1, 2, 3] if planes else [0, 2, 3, 1]),
        helper.make_node("Reshape", ["turned", "flat"], ["row"]),
        helper.make_node("Gemm", ["row", "dense", "bias"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probs"]),
    ]
    ends = [
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["batch", size])
        for name, size in (("pixels", 784), ("probs", 10))
    ]
    kinds = {"image": np.int64, "flat": np.int64}
    initializers = [
        numpy_helper.from_array(value.astype(kinds.get(name, np.float32)), name) for name, value in constants.items()
    ]
    graph = helper.make_graph(nodes, "normalized", ends[:1], ends[1:], initializers)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(made, {"edgemnist": contract.to_json()})
    path = folder / "folded.onnx"
    path.write_bytes(made.SerializeToString())
    return source, path


# --------------------------------------------------------------------------------------------------------- contracts

STATEMENT = Statement(input_range=(0.0, 1.0), invert=False, transpose=False)


def set_range(suffix: str, low: float, high: float) -> Plant:
    """Let the contract say that the pixels are other numbers."""

    def rewrite(fields: dict[str, Any]) -> dict[str, Any]:
        return {**fields, "input": {**fields["input"], "range": [low, high]}}

    return lambda content: rewrite_contract(content, suffix, rewrite)


def append_to(path: Path) -> bytes:
    """A file's bytes with a last change that says nothing: another hash, the same model."""
    content = path.read_bytes()
    if path.suffix == ".c":
        return content + b"\n"
    if path.suffix == ".keras":
        from tests.changes import _unzip, _zip

        return _zip({**_unzip(content), "note.txt": b"another"})
    from edgemnist.formats.onnx_messages import write_entry

    return content + write_entry("note", "another")
