"""LiteRT, which runs `.tflite` files without TensorFlow: with its delegate XNNPACK, or its reference kernels."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import Output
from edgemnist.datasets.readers import Images
from edgemnist.errors import ModelError
from edgemnist.formats import ModelFile
from edgemnist.formats.tflite import explain_custom, expose_logits
from edgemnist.quiet import loading, quiet
from edgemnist.runtimes.base import Request, Runtime, RuntimeInfo, TensorRuntime, Trace, fill_batch, split_images
from edgemnist.runtimes.calls import Calls
from edgemnist.runtimes.signature import choose_output, settle_signature, suggest_input

with loading("ai_edge_litert", "pip install ai-edge-litert"):
    import ai_edge_litert
    from ai_edge_litert import interpreter as litert

TITLES = {"litert": "LiteRT", "litert-reference": "LiteRT reference kernels"}
KERNELS = {
    "litert": litert.OpResolverType.AUTO,
    "litert-reference": litert.OpResolverType.BUILTIN_REF,
}


def open_model(file: ModelFile, name: str, request: Request) -> Runtime:
    """Open a `.tflite` file; see `edgemnist.runtimes.open_runtime`."""
    return LiteRuntime(expose_logits(file) if request.output == "logits" else file, name, request)


class LiteRuntime(TensorRuntime):
    """An interpreter that runs one image at a time, as a device does; or as many as the file takes."""

    def __init__(self, file: ModelFile, name: str, request: Request) -> None:
        self._path, self._file, self._name = file.path, file, name
        path = file.path
        contract = file.contract
        # The reference kernels are slow, and their time is not measured: one interpreter a core.
        count = 1 if name == "litert" else request.threads or os.cpu_count() or 1
        self._threads = request.threads
        self._interpreters = [_open_interpreter(file, name, threads=request.threads) for _ in range(count)]
        inputs, outputs = self._interpreters[0].get_input_details(), self._interpreters[0].get_output_details()
        if len(inputs) != 1:
            raise ModelError(f"{path}: {len(inputs)} inputs, expected one")
        shape = tuple(int(size) for size in inputs[0]["shape"])
        if not shape or shape[0] < 1:
            raise ModelError(f"{path}: input shape {shape}, expected a batch of 1 or more")
        self._batch = shape[0]
        stated, shapes = request.contract or contract, {one["name"]: one["shape"].tolist() for one in outputs}
        chosen, scores = choose_output(path, stated, request, shapes)
        output = next(one for one in outputs if one["name"] == chosen)
        self._input_index, self._output_index = inputs[0]["index"], output["index"]
        dtype = np.dtype(inputs[0]["dtype"]).name
        found = suggest_input(path, inputs[0]["name"], shape, dtype, inputs[0]["quantization"])
        signature = settle_signature(path, stated, found, _suggest_output(output), scores)
        self.info = RuntimeInfo(TITLES[name], ai_edge_litert.__version__, contract, *signature)

    def infer(self, values: NDArray[Any]) -> NDArray[Any]:
        if len(self._interpreters) == 1:
            outputs = self._run_share(self._interpreters[0], values)
        else:
            from concurrent.futures import ThreadPoolExecutor  # 12 ms

            shares = np.array_split(values, len(self._interpreters))
            with ThreadPoolExecutor(len(shares)) as pool:
                outputs = [row for rows in pool.map(self._run_share, self._interpreters, shares) for row in rows]
        return np.concatenate(outputs).reshape(len(values), self.info.scores)

    def trace(self, images: Images, keys: Sequence[str]) -> Trace:
        interpreter, values = _open_interpreter(self._file, self._name, keep=True), self.info.input.encode(images)
        count = len(interpreter.get_tensor_details())
        if not all(key.isdecimal() and int(key) < count for key in keys):
            raise ModelError(f"{self._path}: no such tensors: {', '.join(keys)}")
        rows: dict[str, list[NDArray[Any]]] = {key: [] for key in keys}

        def note(size: int) -> None:
            for key in keys:
                rows[key].append(split_images(interpreter.get_tensor(int(key)), self._batch)[:size])

        outputs = np.concatenate(self._run_share(interpreter, values, note)).reshape(len(values), self.info.scores)
        return Trace({key: np.concatenate(parts) for key, parts in rows.items()}, outputs)

    def prepare_calls(self, images: Images, batch: int) -> Calls:
        values = self.info.input.encode(images)
        interpreter = self._interpreters[0] if batch <= self._batch else self._resize(values[:batch])
        parts = [values[start : start + batch] for start in range(0, len(values), batch)]
        if batch <= self._batch:
            self.infer(values)

        def call(values: NDArray[Any]) -> object:
            interpreter.set_tensor(self._input_index, values)
            interpreter.invoke()
            return interpreter.get_tensor(self._output_index)

        threads = (self._threads or 1) if self._name == "litert" else 1  # the reference kernels know one
        return Calls.of(call, [fill_batch(part, self._batch) for part in parts], threads)

    def _resize(self, values: NDArray[Any]) -> Any:
        """Return an interpreter that takes a larger batch than the file says, proven on one: some operators don't."""
        usual = self.infer(values)
        try:
            with quiet():
                interpreter = _open_interpreter(self._file, self._name, threads=self._threads)
                interpreter.resize_tensor_input(self._input_index, values.shape)
                interpreter.allocate_tensors()
                interpreter.set_tensor(self._input_index, values)
                interpreter.invoke()
            outputs = interpreter.get_tensor(self._output_index)
        except (RuntimeError, ValueError) as error:
            most = f"{self._batch} image{'s' if self._batch > 1 else ''}"
            raise ModelError(f"{self._path}: LiteRT can't run this model with more than {most} a call") from error
        same = outputs.size == usual.size and (outputs.reshape(usual.shape).argmax(1) == usual.argmax(1)).all()
        if not same:
            raise ModelError(f"{self._path}: in LiteRT this model answers a batch otherwise than its images one by one")
        return interpreter

    def _run_share(
        self, interpreter: Any, values: NDArray[Any], note: Callable[[int], None] = lambda size: None
    ) -> list[NDArray[Any]]:
        outputs = []
        try:
            for start in range(0, len(values), self._batch):
                batch = values[start : start + self._batch]
                interpreter.set_tensor(self._input_index, fill_batch(batch, self._batch))
                interpreter.invoke()
                outputs.append(interpreter.get_tensor(self._output_index)[: len(batch)])
                note(len(batch))
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"{self._path}: LiteRT stopped inside the model: {error}") from error
        return outputs


def _open_interpreter(file: ModelFile, name: str, *, keep: bool = False, threads: int | None = None) -> Any:
    try:
        with quiet():  # it announces its delegate on stderr
            interpreter = litert.Interpreter(
                model_content=file.content,
                experimental_op_resolver_type=KERNELS[name],
                experimental_preserve_all_tensors=keep,
                num_threads=threads,
            )
            interpreter.allocate_tensors()
    except (RuntimeError, ValueError) as error:
        usual = " ".join(str(error).split())[:200], "a damaged or foreign file: export it again"
        reason, hint = explain_custom(file.content) or usual
        raise ModelError(f"{file.path}: LiteRT can't open it: {reason}", hint) from error
    return interpreter


def _suggest_output(tensor: dict[str, Any]) -> Output:
    scale, zero_point = tensor["quantization"]
    dtype = np.dtype(tensor["dtype"]).name
    if scale:
        return Output(tensor["name"], dtype, "unknown", scale, zero_point)
    return Output(tensor["name"], dtype, "unknown")
