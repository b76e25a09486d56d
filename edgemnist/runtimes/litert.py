"""LiteRT, which runs `.tflite` files without TensorFlow, with its default delegate XNNPACK."""

from __future__ import annotations

import struct
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import KEY, Contract, Output
from edgemnist.datasets.readers import Images
from edgemnist.errors import ModelError
from edgemnist.files import read_model_file
from edgemnist.quiet import loading, quiet
from edgemnist.runtimes import Runtime, count_scores, settle_ends, suggest_input

with loading("flatbuffers", "pip install flatbuffers"):
    import flatbuffers  # noqa: F401  (the schema needs it, but ai-edge-litert doesn't install it)
with loading("ai_edge_litert", "pip install ai-edge-litert"):
    from ai_edge_litert import interpreter as litert
    from ai_edge_litert import schema_py_generated as schema

IDENTIFIER = b"TFL3"


def open_model(path: Path) -> Runtime:
    """Open a `.tflite` file; see `edgemnist.runtimes.open_runtime`."""
    return LiteRuntime(path)


class LiteRuntime(Runtime):
    """An interpreter fed one image at a time, as a device feeds it."""

    name = "LiteRT"

    def __init__(self, path: Path) -> None:
        self.version = version("ai-edge-litert")
        content = read_model_file(path)
        self.contract = read_contract(path, content)
        self._path = path
        self._interpreter = _open_interpreter(path, content)
        inputs, outputs = self._interpreter.get_input_details(), self._interpreter.get_output_details()
        if len(inputs) != 1 or len(outputs) != 1:
            raise ModelError(f"{path}: {len(inputs)} inputs and {len(outputs)} outputs, expected one of each")
        self._input_index, self._output_index = inputs[0]["index"], outputs[0]["index"]
        shape = tuple(int(size) for size in inputs[0]["shape"])
        if not shape or shape[0] != 1:
            raise ModelError(f"{path}: input shape {shape}, expected a batch of 1")
        dtype = np.dtype(inputs[0]["dtype"]).name
        found = suggest_input(path, inputs[0]["name"], shape, dtype, inputs[0]["quantization"])
        self.classes = count_scores(path, outputs[0]["shape"].tolist())
        self.input, self.output = settle_ends(path, self.contract, found, _suggest_output(outputs[0]), self.classes)

    def run(self, images: Images) -> NDArray[Any]:
        values = self.input.encode(images)
        interpreter, feed, fetch = self._interpreter, self._input_index, self._output_index
        answers = []
        try:
            for start in range(len(values)):
                interpreter.set_tensor(feed, values[start : start + 1])
                interpreter.invoke()
                answers.append(interpreter.get_tensor(fetch))
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"{self._path}: LiteRT stopped inside the model: {error}") from error
        return np.concatenate(answers).reshape(len(values), self.classes)


def _open_interpreter(path: Path, content: bytes) -> Any:
    try:
        with quiet():  # it announces its delegate on stderr
            interpreter = litert.Interpreter(model_content=content)
            interpreter.allocate_tensors()
    except (RuntimeError, ValueError) as error:
        raise ModelError(
            f"{path}: LiteRT can't open it: {' '.join(str(error).split())[:200]}",
            "a damaged or foreign file: export it again",
        ) from error
    return interpreter


def _suggest_output(tensor: dict[str, Any]) -> Output:
    scale, zero_point = tensor["quantization"]
    dtype = np.dtype(tensor["dtype"]).name
    if scale:
        return Output(tensor["name"], dtype, "unknown", scale, zero_point)
    return Output(tensor["name"], dtype, "unknown")


def read_contract(path: Path, content: bytes) -> Contract | None:
    """Return the contract in the flatbuffer's metadata, or None where someone else wrote the file.

    Raises:
        ModelError: it is no TFLite flatbuffer, or its contract can't be read.
    """
    if content[4:8] != IDENTIFIER:
        raise ModelError(
            f"{path}: not a TFLite file: bytes 4 to 7 are {content[4:8]!r}, expected {IDENTIFIER!r}",
            "export one: edgemnist export --format tflite",
        )
    try:
        model = schema.Model.GetRootAs(content)
        for index in range(model.MetadataLength()):
            entry = model.Metadata(index)
            if entry.Name() == KEY.encode():
                return Contract.from_json(model.Buffers(entry.Buffer()).DataAsNumpy().tobytes(), str(path))
    except (struct.error, IndexError, AttributeError, TypeError, ValueError) as error:
        raise ModelError(f"{path}: a damaged TFLite file: {error}", "copy or export it again") from error
    return None
