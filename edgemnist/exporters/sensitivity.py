"""Which layer of a model loses most where its output is stored in 8 bits: each is tried alone, in Keras."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.readers import Images
from edgemnist.exporters.folding import is_held_by_converters, read_normalization
from edgemnist.exporters.rewriting import rewrite
from edgemnist.exporters.source import SourceModel
from edgemnist.formats.keras import take_answers
from edgemnist.quiet import loading, quiet

with loading("tensorflow", "pip install tensorflow"):
    import keras

LEVELS = 255


@dataclass(frozen=True)
class Fault:
    """What one layer loses.

    Args:
        layer: Its name and class, such as "conv2d (Conv2D)".
        lone: True for a batch normalization that is in no other layer's weights.
        moved: Share of the images whose class is another, 0 … 1, where the output of this layer alone is in 8 bits.
    """

    layer: str
    lone: bool
    moved: float


def find_fault(source: SourceModel, images: Images) -> Fault | None:
    """Return the layer that loses most; None for a model whose layers can't be run one by one.

    Args:
        source: The model.
        images: uint8 (n, height, width), training images.
    """
    model = rewrite(source.model, "tflite whole")
    graph = getattr(model, "_functional", None) or model
    if not hasattr(graph, "_run_through_graph"):
        return None
    values = source.contract.input.encode(images)
    expected = _run(graph, values, None)
    tried = [one for one in graph.operations if not isinstance(one, keras.layers.InputLayer) and not _is_held(one)]
    faults = [_describe(one, _count_moved(expected, _run(graph, values, one))) for one in tried]
    return max(faults, key=lambda fault: fault.moved, default=None)  # of those alike, the first


def _is_held(operation: Any) -> bool:
    """True of a layer whose output is never stored, since the normalization behind it is in its weights."""
    behind = [node.operation for node in operation._outbound_nodes]
    return any(isinstance(one, keras.layers.BatchNormalization) and is_held_by_converters(one) for one in behind)


def _is_lone(operation: Any) -> bool:
    return isinstance(operation, keras.layers.BatchNormalization) and not is_held_by_converters(operation)


def _describe(operation: Any, moved: float) -> Fault:
    return Fault(f"{operation.name} ({type(operation).__name__})", _is_lone(operation), moved)


def _run(graph: Any, values: NDArray[Any], rounded: Any) -> NDArray[np.float32]:
    """Run a graph; the output of one of its operations is rounded to 8 bits with one step, None for none."""

    def choose(operation: Any) -> Callable[..., Any]:
        if operation is not rounded:
            return operation  # type: ignore[no-any-return]
        if _is_lone(operation):
            return lambda values, **words: _normalize(operation, values)
        return lambda *arguments, **words: _round(operation(*arguments, **words))

    with quiet():
        inputs = keras.tree.pack_sequence_as(graph._inputs_struct, [keras.ops.convert_to_tensor(values)])
        return np.asarray(take_answers(graph._run_through_graph(inputs, operation_fn=choose)))


def _normalize(layer: Any, values: Any) -> Any:
    """Compute a lone normalization as converters write it: all channels share one step for factors, one for shifts."""
    factor, shift = (_round(keras.ops.cast(one, "float32")) for one in read_normalization(layer))
    return _round(_round(values * factor) + shift)


def _round(output: Any) -> Any:
    """Round a tensor to 256 values from its smallest, or 0, to its largest."""
    low, high = keras.ops.minimum(keras.ops.min(output), 0), keras.ops.maximum(keras.ops.max(output), 0)
    step = (high - low) / LEVELS + keras.config.epsilon()
    return keras.ops.round(output / step) * step


def _count_moved(expected: NDArray[np.float32], found: NDArray[np.float32]) -> float:
    return float((expected.argmax(axis=1) != found.argmax(axis=1)).mean())
