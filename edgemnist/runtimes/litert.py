"""LiteRT, which runs `.tflite` files without TensorFlow: with its delegate XNNPACK, or its reference kernels."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import Output
from edgemnist.datasets.readers import Images
from edgemnist.errors import ModelError
from edgemnist.files import read_model_file
from edgemnist.quiet import loading, quiet
from edgemnist.runtimes import Runtime
from edgemnist.runtimes.ends import count_scores, settle_ends, suggest_input
from edgemnist.runtimes.flatbuffer import read_contract

with loading("ai_edge_litert", "pip install ai-edge-litert"):
    from ai_edge_litert import interpreter as litert

KERNELS = {
    "litert": litert.OpResolverType.AUTO,
    "litert-reference": litert.OpResolverType.BUILTIN_REF,
}


def open_model(path: Path, name: str) -> Runtime:
    """Open a `.tflite` file; see `edgemnist.runtimes.open_runtime`."""
    return LiteRuntime(path, name)


class LiteRuntime(Runtime):
    """An interpreter fed one image at a time, as a device feeds it."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = "LiteRT" if name == "litert" else "LiteRT reference kernels"
        self.version = version("ai-edge-litert")
        content = read_model_file(path)
        self.contract = read_contract(path, content)
        self._path = path
        self._interpreter = _open_interpreter(path, content, name)
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


def _open_interpreter(path: Path, content: bytes, name: str) -> Any:
    try:
        with quiet():  # it announces its delegate on stderr
            interpreter = litert.Interpreter(model_content=content, experimental_op_resolver_type=KERNELS[name])
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
