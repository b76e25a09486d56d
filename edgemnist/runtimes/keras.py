"""Keras, the source's own runtime."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import Input, Output
from edgemnist.datasets.readers import Images
from edgemnist.datasets.shape import suggest_row_order
from edgemnist.formats import ModelFile
from edgemnist.formats.keras import take_answers
from edgemnist.formats.keras_models import TENSORFLOW_INSTALL, load_classifier, run_model
from edgemnist.formats.keras_threads import limit_threads
from edgemnist.quiet import loading
from edgemnist.runtimes.base import Request, Runtime, RuntimeInfo, TensorRuntime, Trace
from edgemnist.runtimes.calls import Calls
from edgemnist.runtimes.signature import require_own_output, settle_signature

BATCH = 1000


def open_model(file: ModelFile, name: str, request: Request) -> Runtime:
    """Open a Keras model; see `edgemnist.runtimes.open_runtime`."""
    require_own_output(file, request)
    return KerasRuntime(file, request)


class KerasRuntime(TensorRuntime):
    """Keras on TensorFlow, in float32."""

    def __init__(self, file: ModelFile, request: Request) -> None:
        limit_threads(request.threads)
        self._threads = request.threads or 1
        with loading("tensorflow", TENSORFLOW_INSTALL):
            import keras  # noqa: F401  (it takes longer than a model)
        started = perf_counter()
        loaded, self._path = load_classifier(file), file.path
        self.load_s = perf_counter() - started
        self._model, contract = loaded.model, loaded.contract
        scores = self._model.outputs[0].shape[1]
        # Keras names input and output after layers; neither is found by its name.
        stated = request.contract or contract
        shape = tuple(self._model.inputs[0].shape[1:])
        input = Input("pixels", shape, row_order=suggest_row_order(shape))
        output = Output(stated.output.name if stated else "scores", kind="unknown")
        signature = settle_signature(file.path, stated, input, output, scores)
        self.info = RuntimeInfo("Keras", version("keras"), contract, *signature, notes=loaded.notes)

    def infer(self, values: NDArray[Any]) -> NDArray[Any]:
        batches = (values[start : start + BATCH] for start in range(0, len(values), BATCH))
        return np.concatenate([run_model(self._path, self._model, batch) for batch in batches])

    def prepare_calls(self, images: Images, batch: int) -> Calls:
        values, model = self.info.input.encode(images), self._model
        run_model(self._path, model, values[:batch])

        def call(values: NDArray[Any]) -> object:
            return np.asarray(take_answers(model(values, training=False)))

        parts = [values[start : start + batch] for start in range(0, len(values), batch)]
        return Calls.of(call, parts, self._threads)

    def trace(self, images: Images, keys: Sequence[str]) -> Trace:
        from edgemnist.runtimes.keras_trace import noting

        values = self.info.input.encode(images)
        starts = range(0, len(values), BATCH)
        with noting(self._path, self._model, keys) as notes:
            outputs = [run_model(self._path, self._model, values[start : start + BATCH]) for start in starts]
        return Trace({key: np.concatenate(notes[key]) for key in keys}, np.concatenate(outputs))
