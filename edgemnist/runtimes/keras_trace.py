"""The values of layers in a Keras model while it runs: each layer's own `call`, with what it takes and gives noted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.errors import ModelError
from edgemnist.formats.traces.keras import INPUT, LINEAR, OUTPUT

if TYPE_CHECKING:
    import keras

Notes = dict[str, list[NDArray[np.float32]]]


@contextmanager
def noting(path: Path, model: keras.Model, keys: Sequence[str]) -> Iterator[Notes]:
    """Note the values of layers in each call of the model.

    Args:
        path: Model file, for messages.
        model: Model, which is called without a graph.
        keys: Keys of the values; see `edgemnist.formats.traces.keras`.

    Raises:
        ModelError: It has no such layer, or uses it more than once in a call.
    """
    layers = {layer.name: layer for layer in model._flatten_layers()}
    notes: Notes = {key: [] for key in keys}
    wanted = {name: [key for key in keys if key.rpartition("/")[0] == name] for name in layers}
    if missing := set(keys) - {key for some in wanted.values() for key in some}:
        raise ModelError(f"{path}: no such layers: {', '.join(sorted(missing))}")
    chosen = [layer for name, layer in layers.items() if wanted[name]]
    for layer in chosen:
        # Past Keras's own setter, which would look for layers and variables in a function.
        object.__setattr__(layer, "call", _wrap(layer, notes, wanted[layer.name]))
    try:
        yield notes
    finally:
        for layer in chosen:
            object.__delattr__(layer, "call")
    if len({len(some) for some in notes.values()}) > 1:
        raise ModelError(f"{path}: uses a layer more than once, so that it has no values of its own")


def _wrap(layer: keras.Layer, notes: Notes, keys: list[str]) -> Callable[..., Any]:
    call = layer.call

    def noted(inputs: Any, *arguments: Any, **settings: Any) -> Any:
        output = call(inputs, *arguments, **settings)
        for key in keys:
            kind = key.rpartition("/")[2]
            value = {INPUT: inputs, OUTPUT: output}.get(kind)
            notes[key].append(np.array(_call_linear(layer, call, inputs) if kind == LINEAR else value))
        return output

    return noted


def _call_linear(layer: Any, call: Callable[..., Any], inputs: Any) -> Any:
    """What a layer gives without its activation function."""
    activation, layer.activation = layer.activation, None
    try:
        return call(inputs)
    finally:
        layer.activation = activation
