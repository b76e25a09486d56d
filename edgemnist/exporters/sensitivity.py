"""Which layer of a model loses most where its output is stored in 8 bits: each is tried alone, in Keras."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.readers import Images
from edgemnist.exporters.folding import is_held_by_converters, list_nodes, read_normalization
from edgemnist.exporters.rewriting import rewrite
from edgemnist.exporters.source import SourceModel
from edgemnist.formats.keras import take_answers
from edgemnist.quiet import loading, quiet

with loading("tensorflow", "pip install tensorflow"):
    import keras

LEVELS = 255
# How many images are tried, and how many at a time, since all values of a graph are kept meanwhile.
MOST_IMAGES, BATCH = 2000, 200


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
        images: uint8 (n, height, width), training images; no more than the first `MOST_IMAGES` are tried.
    """
    model = rewrite(source.model, "tflite whole")
    graph = getattr(model, "_functional", None) or model
    if not hasattr(graph, "_run_through_graph"):
        return None
    values = source.contract.input.encode(images[:MOST_IMAGES])
    expected = _run(graph, values)
    faults = [
        replace(tried, moved=_count_moved(expected, _run(graph, values, operation, lone=tried.lone)))
        for operation, tried in _list_tried(graph)
    ]
    return max(faults, key=lambda fault: fault.moved, default=None)  # of those alike, the first


def _list_tried(graph: Any) -> Iterator[tuple[Any, Fault]]:
    """The operations of a graph whose outputs are stored, and are no whole numbers already."""
    nodes = list_nodes(graph)
    normalizations = [node for node in nodes if isinstance(node.operation, keras.layers.BatchNormalization)]
    held = [node for node in normalizations if is_held_by_converters(node)]
    lone = {id(node.operation) for node in normalizations} - {id(node.operation) for node in held}
    within = {id(node.parent_nodes[0].operation) for node in held}  # their outputs are never computed
    floats = {id(node.operation) for node in nodes if any(map(_is_float, node.outputs))}
    for one in graph.operations:
        if id(one) in floats - within and not isinstance(one, keras.layers.InputLayer):
            yield one, Fault(f"{one.name} ({type(one).__name__})", id(one) in lone, 0.0)


def _run(graph: Any, values: NDArray[Any], rounded: Any = None, *, lone: bool = False) -> NDArray[np.float32]:
    """Run a graph, some images at a time; the output of one of its operations is rounded to 8 bits with one step.

    Args:
        graph: The graph.
        values: What it takes.
        rounded: The operation; None for none.
        lone: True if it is a batch normalization that is in no other layer's weights.
    """

    def choose(operation: Any) -> Callable[..., Any]:
        if operation is not rounded:
            return operation  # type: ignore[no-any-return]
        if lone:
            return lambda values, **words: _normalize(operation, values)
        return lambda *arguments, **words: keras.tree.map_structure(_round, operation(*arguments, **words))

    def run(batch: NDArray[Any]) -> NDArray[np.float32]:
        inputs = keras.tree.pack_sequence_as(graph._inputs_struct, [keras.ops.convert_to_tensor(batch)])
        return np.asarray(take_answers(graph._run_through_graph(inputs, operation_fn=choose)))

    with quiet():
        return np.concatenate([run(values[start : start + BATCH]) for start in range(0, len(values), BATCH)])


def _normalize(layer: Any, values: Any) -> Any:
    """Compute a lone normalization as converters write it: all channels share one step for factors, one for shifts."""
    shape = [1] * len(values.shape)
    shape[layer.axis] = -1
    factor, shift = (_round(keras.ops.cast(one.reshape(shape), "float32")) for one in read_normalization(layer))
    return _round(_round(values * factor) + shift)


def _round(output: Any) -> Any:
    """Round a tensor to 256 values from its smallest, or 0, to its largest; one of whole numbers stays as it is."""
    if not _is_float(output):
        return output
    low, high = keras.ops.minimum(keras.ops.min(output), 0), keras.ops.maximum(keras.ops.max(output), 0)
    step = (high - low) / LEVELS + keras.config.epsilon()
    return keras.ops.round(output / step) * step


def _is_float(tensor: Any) -> bool:
    return "float" in keras.backend.standardize_dtype(tensor.dtype)


def _count_moved(expected: NDArray[np.float32], found: NDArray[np.float32]) -> float:
    return float((expected.argmax(axis=1) != found.argmax(axis=1)).mean())
