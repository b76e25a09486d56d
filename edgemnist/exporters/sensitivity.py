"""Which layer of a model loses most where its output is stored in 8 bits: each is tried alone, in Keras."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.datasets.readers import Images
from edgemnist.exporters.faults import Fault, Spread
from edgemnist.exporters.folding import is_held_by_converters, list_nodes, read_normalization
from edgemnist.exporters.rewriting import rewrite
from edgemnist.exporters.source import SourceModel
from edgemnist.formats.keras import take_answers
from edgemnist.quiet import loading, quiet

with loading("tensorflow", "pip install tensorflow"):
    import keras

LEVELS, LARGEST_16 = 255, 32767
# How many images are tried, and how many at a time, since all values of a graph are kept meanwhile.
MOST_IMAGES, BATCH = 2000, 200
# Outputs of a layer are uneven where 99 % of them lie in a smaller share of their range. (ReLU: about 0.65, after some
# trainings down to 0.38; exponential: 0.02.)
UNEVEN, CENTRAL = 0.2, (0.005, 0.995)
# Of how many outputs of a batch that is measured.
MOST_OUTPUTS = 20_000
# A layer that moves a smaller share of what the worst one moves has no part in it.
PART = 0.1
Call = Callable[..., Any]


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
    expected = _run(graph, values, lambda operation: operation)
    tried = [_try(graph, values, expected, operation, fault) for operation, fault in _list_tried(graph)]
    if not tried:
        return None
    worst = max((fault for fault, _ in tried), key=lambda fault: fault.moved)  # of those alike, the first
    spreads = (spread for fault, spread in tried if fault.moved >= PART * worst.moved)
    uneven = min(spreads, key=lambda spread: spread.share)
    finer = _count_moved(expected, _run(graph, values, lambda operation: _round_after(operation, _round_to_16)))
    return replace(worst, moved_16=finer, uneven=uneven if uneven.share < UNEVEN else None)


def _try(
    graph: Any, values: NDArray[Any], expected: NDArray[np.float32], operation: Any, fault: Fault
) -> tuple[Fault, Spread]:
    """Run a graph, the output of one of its operations rounded to 8 bits with one step; see how even that output is."""
    kept: list[NDArray[np.float32]] = []

    def round_kept(output: Any) -> Any:
        if _is_float(output):
            kept.append(_sample(np.asarray(output).reshape(-1)))
        return _round(output)

    rounded = _normalize_rounded(operation, round_kept) if fault.lone else _round_after(operation, round_kept)
    found = _run(graph, values, lambda one: rounded if one is operation else one)
    return replace(fault, moved=_count_moved(expected, found)), _measure_spread(operation, np.concatenate(kept))


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


def _run(graph: Any, values: NDArray[Any], choose: Callable[[Any], Call]) -> NDArray[np.float32]:
    """Run a graph, some images at a time.

    Args:
        graph: The graph.
        values: What it takes.
        choose: Gives what is called in place of an operation.
    """

    def run(batch: NDArray[Any]) -> NDArray[np.float32]:
        inputs = keras.tree.pack_sequence_as(graph._inputs_struct, [keras.ops.convert_to_tensor(batch)])
        return np.asarray(take_answers(graph._run_through_graph(inputs, operation_fn=choose)))

    with quiet():
        return np.concatenate([run(values[start : start + BATCH]) for start in range(0, len(values), BATCH)])


def _round_after(operation: Any, round: Call) -> Call:
    return lambda *arguments, **words: keras.tree.map_structure(round, operation(*arguments, **words))


def _normalize_rounded(layer: Any, round: Call) -> Call:
    """Compute a lone normalization as converters write it: all channels share one step for factors, one for shifts."""
    factor, shift = (_round(keras.ops.cast(one, "float32")) for one in read_normalization(layer))

    def normalize(values: Any, **words: Any) -> Any:
        shape = [1] * len(values.shape)
        shape[layer.axis] = -1
        return round(_round(values * keras.ops.reshape(factor, shape)) + keras.ops.reshape(shift, shape))

    return normalize


def _sample(outputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """Choose some outputs at random, the smallest and the largest among them."""
    if outputs.size <= MOST_OUTPUTS:
        return outputs
    chosen = outputs[np.random.default_rng(0).integers(0, outputs.size, MOST_OUTPUTS)]
    return np.concatenate([chosen, [outputs.min(), outputs.max()]])


def _measure_spread(operation: Any, outputs: NDArray[np.float32]) -> Spread:
    finite = np.append(outputs[np.isfinite(outputs)], 0)
    low, high = float(finite.min()), float(finite.max())
    first, last = np.quantile(finite, CENTRAL)
    share = float((max(last, 0) - min(first, 0)) / (high - low)) if high > low else 1.0
    name = getattr(getattr(operation, "activation", None), "__name__", "linear")
    activation = "" if name == "linear" else f", {name}"
    return Spread(f"{operation.name} ({type(operation).__name__}{activation})", low, high, share)


def _round_to_16(output: Any) -> Any:
    """Round a tensor as int16 holds it: in one step, as many below 0 as above."""
    if not _is_float(output):
        return output
    step = keras.ops.max(keras.ops.abs(output)) / LARGEST_16 + keras.config.epsilon() / LARGEST_16
    return keras.ops.round(output / step) * step


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
