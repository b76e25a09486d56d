"""Keras, the source's own runtime."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import Input, Output
from edgemnist.datasets.readers import Images
from edgemnist.datasets.shape import suggest_row_order
from edgemnist.formats import ModelFile
from edgemnist.formats.keras_models import load_classifier, run_model
from edgemnist.runtimes.base import Request, Runtime, RuntimeInfo, TensorRuntime, Trace
from edgemnist.runtimes.signature import require_own_output, settle_signature

BATCH = 1000


def open_model(file: ModelFile, name: str, request: Request) -> Runtime:
    """Open a Keras model; see `edgemnist.runtimes.open_runtime`."""
    require_own_output(file, request)
    return KerasRuntime(file, request)


class KerasRuntime(TensorRuntime):
    """Keras on TensorFlow, in float32."""

    def __init__(self, file: ModelFile, request: Request) -> None:
        loaded, self._path = load_classifier(file), file.path
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

    def trace(self, images: Images, keys: Sequence[str]) -> Trace:
        from edgemnist.runtimes.keras_trace import noting

        values = self.info.input.encode(images)
        starts = range(0, len(values), BATCH)
        with noting(self._path, self._model, keys) as notes:
            outputs = [run_model(self._path, self._model, values[start : start + BATCH]) for start in starts]
        return Trace({key: np.concatenate(notes[key]) for key in keys}, np.concatenate(outputs))
