"""Keras, the source's own runtime."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.archive import load_classifier, take_answers
from edgemnist.contract import Input, Output
from edgemnist.datasets.readers import Images
from edgemnist.quiet import quiet
from edgemnist.runtimes import Runtime
from edgemnist.runtimes.ends import settle_ends

BATCH = 1000


def open_model(path: Path, name: str) -> Runtime:
    """Open a `.keras` file; see `edgemnist.runtimes.open_runtime`."""
    return KerasRuntime(path)


class KerasRuntime(Runtime):
    """Keras on TensorFlow, in float32."""

    name = "Keras"

    def __init__(self, path: Path) -> None:
        self._model, self.contract = load_classifier(path)
        self.version = version("keras")
        self.classes = self._model.outputs[0].shape[1]
        # Keras names its ends after layers; nothing is fed or read by these names.
        name = self.contract.output.name if self.contract else "scores"
        found = Input("pixels", tuple(self._model.inputs[0].shape[1:])), Output(name, kind="unknown")
        self.input, self.output = settle_ends(path, self.contract, *found, self.classes)

    def run(self, images: Images) -> NDArray[Any]:
        values = self.input.encode(images)
        batches = (values[start : start + BATCH] for start in range(0, len(values), BATCH))
        with quiet():  # Keras warns about named ends at each call
            return np.concatenate([np.asarray(take_answers(self._model(batch, training=False))) for batch in batches])
