"""ONNX Runtime, on the processor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import KEY, Contract, Output
from edgemnist.contract.tensors import DType
from edgemnist.datasets.readers import Images
from edgemnist.errors import ModelError
from edgemnist.formats import ModelFile
from edgemnist.formats.onnx_messages import add_outputs
from edgemnist.quiet import loading
from edgemnist.runtimes.base import Request, Runtime, RuntimeInfo, TensorRuntime, Trace, fill_batch, split_images
from edgemnist.runtimes.calls import Calls
from edgemnist.runtimes.signature import choose_output, require_own_output, settle_signature, suggest_input

with loading("onnxruntime", "pip install onnxruntime"):
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as state

BATCH = 500
DTYPES: dict[str, DType] = {
    "tensor(float)": "float32",
    "tensor(float16)": "float16",
    "tensor(double)": "float64",
    "tensor(uint8)": "uint8",
    "tensor(int8)": "int8",
}
# All that ONNX Runtime raises over a file: its exceptions have no root of their own.
FAILURES = (
    state.EPFail,
    state.Fail,
    state.InvalidArgument,
    state.InvalidGraph,
    state.InvalidProtobuf,
    state.NoModel,
    state.NoSuchFile,
    state.NotImplemented,
    state.RuntimeException,
)


def open_model(file: ModelFile, name: str, request: Request) -> Runtime:
    """Open an `.onnx` file; see `edgemnist.runtimes.open_runtime`."""
    require_own_output(file, request)
    return OnnxRuntime(file, request)


class OnnxRuntime(TensorRuntime):
    """An inference session, run in batches where the answers do not depend on the batch."""

    def __init__(self, file: ModelFile, request: Request) -> None:
        self._path, self._file = file.path, file
        path = file.path
        self._threads = request.threads
        self._session = _open_session(file, request.threads)
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        if len(inputs) != 1:
            raise ModelError(f"{path}: {len(inputs)} inputs, expected one")
        document = self._session.get_modelmeta().custom_metadata_map.get(KEY)
        contract = Contract.from_json(document, str(path)) if document else None
        dtype = DTYPES.get(inputs[0].type, inputs[0].type)
        found = suggest_input(path, inputs[0].name, inputs[0].shape, dtype, (0.0, 0), request.input_layout)
        stated, shapes = request.contract or contract, {one.name: one.shape for one in outputs}
        name, scores = choose_output(path, stated, request, shapes)
        dtype = next(DTYPES.get(one.type, "float32") for one in outputs if one.name == name)
        signature = settle_signature(path, stated, found, Output(name, dtype, "unknown"), scores)
        self.info = RuntimeInfo("ONNX Runtime", onnxruntime.__version__, contract, *signature)
        self._fixed = isinstance(inputs[0].shape[0], int)
        self._batch = inputs[0].shape[0] if self._fixed else self._choose_batch()

    def _choose_batch(self) -> int:
        """Dynamic quantization takes its scales from the whole batch, so that the answer to an image
        depends on its neighbours; on a device it comes alone. A foreign file may do so unseen.
        """
        contract = self.info.contract
        return BATCH if contract and contract.precision != "dynamic" else 1

    def infer(self, values: NDArray[Any]) -> NDArray[Any]:
        starts = range(0, len(values), self._batch)
        try:
            outputs = [self._run_batch(values[start : start + self._batch]) for start in starts]
        except FAILURES as error:
            raise ModelError(f"{self._path}: ONNX Runtime stopped inside the model: {_brief(error)}") from error
        return np.concatenate(outputs).reshape(len(values), self.info.scores)

    def _run_batch(self, values: NDArray[Any]) -> NDArray[Any]:
        return self._run_session(self._session, [self.info.output.name], values)[0][: len(values)]

    def _run_session(self, session: Any, names: list[str], values: NDArray[Any]) -> list[NDArray[Any]]:
        """Run one batch, filled up where the model's batch is fixed and the last one is short; all that it gives."""
        filled = fill_batch(values, self._batch) if self._fixed else values
        outputs: list[NDArray[Any]] = session.run(names, {self.info.input.name: filled})
        return outputs

    def prepare_calls(self, images: Images, batch: int) -> Calls:
        values, names, input = self.info.input.encode(images), [self.info.output.name], self.info.input.name
        if self._fixed and batch > self._batch:
            raise ModelError(f"{self._path}: this model takes batches of {self._batch} only")
        parts = [values[start : start + batch] for start in range(0, len(values), batch)]
        parts = [fill_batch(part, self._batch) for part in parts] if self._fixed else parts
        session = self._session

        def call(values: NDArray[Any]) -> object:
            return session.run(names, {input: values})

        try:
            call(parts[0])
        except FAILURES as error:
            raise ModelError(f"{self._path}: ONNX Runtime stopped inside the model: {_brief(error)}") from error
        return Calls.of(call, parts, self._threads or 1)

    def trace(self, images: Images, keys: Sequence[str]) -> Trace:
        values, computed = self.info.input.encode(images), [key for key in keys if key != self.info.input.name]
        own = {one.name for one in self._session.get_outputs()}
        content = add_outputs(self._file.content, [key for key in computed if key not in own])
        session = _open_session(replace(self._file, content=content))
        names = [self.info.output.name, *computed]
        starts = range(0, len(values), self._batch)
        try:
            runs = [self._trace_batch(session, names, values[start : start + self._batch]) for start in starts]
        except (*FAILURES, ValueError) as error:
            raise ModelError(f"{self._path}: ONNX Runtime stopped inside the model: {_brief(error)}") from error
        outputs, *found = (np.concatenate(parts) for parts in zip(*runs, strict=True))
        given = {self.info.input.name: values} if len(computed) < len(keys) else {}
        return Trace(given | dict(zip(computed, found, strict=True)), outputs.reshape(len(values), self.info.scores))

    def _trace_batch(self, session: Any, names: list[str], values: NDArray[Any]) -> list[NDArray[Any]]:
        count = self._batch if self._fixed else len(values)
        return [split_images(one, count)[: len(values)] for one in self._run_session(session, names, values)]


def _open_session(file: ModelFile, threads: int | None = None) -> Any:
    options = onnxruntime.SessionOptions()
    if threads:
        options.intra_op_num_threads = options.inter_op_num_threads = threads
    options.log_severity_level = 4  # what goes wrong arrives as an exception
    if file.companions:
        contents = list(file.companions.values())
        options.add_external_initializers_from_files_in_memory([*file.companions], contents, [*map(len, contents)])
    try:
        return onnxruntime.InferenceSession(file.content, options, providers=["CPUExecutionProvider"])
    except FAILURES as error:
        raise ModelError(
            f"{file.path}: ONNX Runtime can't open it: {_brief(error)}", "a damaged or foreign file: export it again"
        ) from error


def _brief(error: BaseException) -> str:
    """The part of ONNX Runtime's message that says why: its last clause, on one line."""
    return " ".join(str(error).split()).rpartition(" : ")[2][:200]
