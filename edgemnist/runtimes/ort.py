"""ONNX Runtime, on the processor."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import KEY, Contract, DType, Output
from edgemnist.datasets.readers import Images
from edgemnist.errors import ModelError
from edgemnist.formats import ModelFile
from edgemnist.quiet import loading
from edgemnist.runtimes.base import Request, Runtime, RuntimeInfo
from edgemnist.runtimes.signature import count_scores, require_own_output, settle_signature, suggest_input

with loading("onnxruntime", "pip install onnxruntime"):
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as state

BATCH = 500
DTYPES: dict[str, DType] = {
    "tensor(float)": "float32",
    "tensor(float16)": "float16",
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


class OnnxRuntime(Runtime):
    """An inference session, run in batches where the answers do not depend on the batch."""

    def __init__(self, file: ModelFile, request: Request) -> None:
        self._path = path = file.path
        self._session = _open_session(file)
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        if len(inputs) != 1 or len(outputs) != 1:
            raise ModelError(f"{path}: {len(inputs)} inputs and {len(outputs)} outputs, expected one of each")
        document = self._session.get_modelmeta().custom_metadata_map.get(KEY)
        contract = Contract.from_json(document, str(path)) if document else None
        dtype = DTYPES.get(inputs[0].type, inputs[0].type)
        found = suggest_input(path, inputs[0].name, inputs[0].shape, dtype, (0.0, 0))
        output = Output(outputs[0].name, DTYPES.get(outputs[0].type, "float32"), "unknown")
        classes = count_scores(path, outputs[0].shape)
        signature = settle_signature(path, request.contract or contract, found, output, classes)
        self.info = RuntimeInfo("ONNX Runtime", onnxruntime.__version__, contract, *signature, classes)
        self._fixed = isinstance(inputs[0].shape[0], int)
        self._batch = inputs[0].shape[0] if self._fixed else self._choose_batch()

    def _choose_batch(self) -> int:
        """Dynamic quantization takes its scales from the whole batch, so that the answer to an image
        depends on its neighbours; on a device it comes alone. A foreign file may do so unseen.
        """
        contract = self.info.contract
        return BATCH if contract and contract.precision != "dynamic" else 1

    def compute(self, images: Images) -> NDArray[Any]:
        values = self.info.input.encode(images)
        starts = range(0, len(values), self._batch)
        try:
            outputs = [self._run_batch(values[start : start + self._batch]) for start in starts]
        except FAILURES as error:
            raise ModelError(f"{self._path}: ONNX Runtime stopped inside the model: {_brief(error)}") from error
        return np.concatenate(outputs).reshape(len(values), self.info.classes)

    def _run_batch(self, values: NDArray[Any]) -> NDArray[Any]:
        """Run one batch, filled up where the model's batch is fixed and the last one is short."""
        count = len(values)
        if self._fixed and count < self._batch:
            values = np.concatenate([values, np.repeat(values[-1:], self._batch - count, axis=0)])
        outputs: NDArray[Any] = self._session.run(None, {self.info.input.name: values})[0]
        return outputs[:count]


def _open_session(file: ModelFile) -> Any:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # what goes wrong arrives as an exception
    try:
        return onnxruntime.InferenceSession(file.content, options, providers=["CPUExecutionProvider"])
    except FAILURES as error:
        raise ModelError(
            f"{file.path}: ONNX Runtime can't open it: {_brief(error)}", "a damaged or foreign file: export it again"
        ) from error


def _brief(error: BaseException) -> str:
    """The part of ONNX Runtime's message that says why: its last clause, on one line."""
    return " ".join(str(error).split()).rpartition(" : ")[2][:200]
