"""TFLite Micro, the interpreter of microcontrollers, here as its vendor builds it for Python."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import Output
from edgemnist.datasets.readers import Images
from edgemnist.errors import ModelError, take_first_line
from edgemnist.formats import ModelFile
from edgemnist.formats.tflite import explain_custom, expose_logits, require_first_output, unpack_array
from edgemnist.processes.messages import OK, Message
from edgemnist.processes.server import Operations
from edgemnist.quiet import loading, quiet
from edgemnist.runtimes.arena import ARENA_STEP, HINT
from edgemnist.runtimes.base import Request, Runtime, RuntimeInfo, TensorRuntime
from edgemnist.runtimes.calls import Calls, require_single
from edgemnist.runtimes.signature import count_scores, settle_signature, suggest_input

with loading("tflite_micro", "pip install tflite-micro"):
    from tflite_micro.python.tflite_micro import runtime as tflm


def open_model(file: ModelFile, name: str, request: Request) -> Runtime:
    """Open a `.tflite` file, or one written as a C array; see `edgemnist.runtimes.open_runtime`."""
    model = unpack_array(file) if file.path.suffix == ".c" else file
    return MicroRuntime(expose_logits(model) if request.output == "logits" else model, request, file.path)


class MicroRuntime(TensorRuntime):
    """TFLite Micro's interpreter, which knows int8, int16 and float32, and the operators of its own resolver.

    Args:
        file: A `.tflite` file.
        request: What is asked of it.
        path: Path of the file that the user named, for messages: that of a C array, where it lies in one.
    """

    def __init__(self, file: ModelFile, request: Request, path: Path) -> None:
        self._path = path
        contract = file.contract
        self._interpreter = _open_interpreter(path, file.content)
        input, output = self._interpreter.get_input_details(0), self._interpreter.get_output_details(0)
        self._shape = tuple(int(size) for size in input["shape"])
        # It keeps no names of tensors: the contract's are taken for them.
        stated = request.contract or contract
        names = (stated.input.name, stated.output.name) if stated else ("input", "output")
        if stated or request.output_name:
            require_first_output(file, names[1] if stated else request.output_name or "", "TFLite Micro")
        found = suggest_input(path, names[0], self._shape, np.dtype(input["dtype"]).name, _get_quantization(input))
        scores = count_scores(path, output["shape"].tolist(), request.classes)
        signature = settle_signature(path, stated, found, _suggest_output(names[1], output), scores)
        self.info = RuntimeInfo("TFLite Micro", version("tflite-micro"), contract, *signature)

    def infer(self, values: NDArray[Any]) -> NDArray[Any]:
        outputs = []
        try:
            for start in range(len(values)):
                self._interpreter.set_input(values[start : start + 1].reshape(self._shape), 0)
                self._interpreter.invoke()
                outputs.append(self._interpreter.get_output(0).copy())
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"{self._path}: TFLite Micro stopped inside the model: {error}") from error
        return np.concatenate(outputs).reshape(len(values), self.info.scores)

    def prepare_calls(self, images: Images, batch: int) -> Calls:
        require_single(self._path, "TFLite Micro", batch)
        values, interpreter = self.info.input.encode(images), self._interpreter
        self.infer(values[:1])

        def call(values: NDArray[Any]) -> object:
            interpreter.set_input(values, 0)
            interpreter.invoke()
            return interpreter.get_output(0)

        return Calls.of(call, [one.reshape(self._shape) for one in values], 1)


def _open_interpreter(path: Path, content: bytes) -> Any:
    try:
        with quiet():  # it says on stderr what it refuses
            return tflm.Interpreter.from_bytes(content)
    except (RuntimeError, ValueError) as error:
        reason, hint = explain_custom(content) or (take_first_line(error), HINT)
        raise ModelError(f"{path}: TFLite Micro can't open it: {reason}", hint) from error


def _get_quantization(tensor: dict[str, Any]) -> tuple[float, int]:
    details = tensor["quantization_parameters"]
    scales = details["scales"]
    return (float(scales[0]), int(details["zero_points"][0])) if len(scales) else (0.0, 0)


def _suggest_output(name: str, tensor: dict[str, Any]) -> Output:
    dtype: Any = np.dtype(tensor["dtype"]).name
    scale, zero_point = _get_quantization(tensor)
    return Output(name, dtype, "unknown", scale, zero_point) if scale else Output(name, dtype, "unknown")


@contextmanager
def serve_arena() -> Iterator[Operations]:
    """Say how large an arena the interpreter allocates by itself, and whether it runs in another; the child's side."""

    def estimate(question: Message) -> Message:
        try:
            return Message(OK, {"size_bytes": _estimate_arena(bytes(question.blobs[0]))})
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"TFLite Micro can't run the model: {take_first_line(error)}", HINT) from error

    def try_size(question: Message) -> Message:
        return Message(OK, {"fits": _runs_apart(bytes(question.blobs[0]), question.fields["size_bytes"])})

    yield {"estimate": estimate, "try": try_size}


def _runs_apart(content: bytes, size_bytes: int) -> bool:
    """Run it in a copy of this process, where there are copies: a too small arena can crash it."""
    if not hasattr(os, "fork"):
        return _runs_in(content, size_bytes)
    copy = os.fork()
    if copy:
        return os.waitpid(copy, 0)[1] == 0
    status = 1
    try:
        status = 0 if _runs_in(content, size_bytes) else 1
    finally:
        os._exit(status)


def _runs_in(content: bytes, size_bytes: int) -> bool:
    try:
        with quiet():
            interpreter = tflm.Interpreter.from_bytes(content, arena_size=size_bytes)
            details = interpreter.get_input_details(0)
            interpreter.set_input(np.zeros(details["shape"], details["dtype"]), 0)
            interpreter.invoke()
    except (RuntimeError, ValueError):
        return False
    return True


def _estimate_arena(content: bytes) -> int:
    """What the interpreter says that it allocated, without what it needs to count that."""
    with tempfile.TemporaryFile() as printed:
        saved = os.dup(2)
        os.dup2(printed.fileno(), 2)
        try:
            tflm.Interpreter.from_bytes(content).print_allocations()
        finally:
            os.dup2(saved, 2)
            os.close(saved)
        printed.seek(0)
        found = re.search(rb"Arena allocation total (\d+) bytes", printed.read())
    if found is None:
        raise ModelError("TFLite Micro doesn't say how large an arena it allocated", "pip install -U tflite-micro")
    return -(-int(found[1]) // ARENA_STEP) * ARENA_STEP
