"""How the weights and the outputs of layers are spread, and what part of that quantized forms can hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.pairing import Model, pair_layers, settle_scales
from edgemnist.comparison.values import Value
from edgemnist.formats.weights import LayerWeights

BINS = 48
Kind = Literal["weights", "output"]


@dataclass(frozen=True)
class StoredRange:
    """What a quantized form can hold of a layer's values.

    Args:
        model: Name of the form.
        low, high: Ends of what it holds, in real units: of weights, of the output with the widest range.
        narrow: Upper end for weights of the channel that can hold least; `high` where all channels are alike.
        outside: Share of the source's values that lie beyond, and are clipped: 0 … 1.
    """

    model: str
    low: float
    high: float
    narrow: float
    outside: float


@dataclass(frozen=True)
class Distribution:
    """How the source's values of a layer are spread.

    Args:
        layer: Name of the layer in the source.
        value: "weights", or "output": what the layer gives, its ReLU included.
        low, high: Smallest and largest value.
        counts: Number of values in bins of equal width from `low` to `high`.
        ranges: What each quantized form can hold of them.
    """

    layer: str
    value: Kind
    low: float
    high: float
    counts: tuple[int, ...]
    ranges: tuple[StoredRange, ...]

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {**asdict(self), "counts": list(self.counts), "ranges": [asdict(one) for one in self.ranges]}


def measure_distributions(source: Model, forms: Sequence[Model]) -> tuple[Distribution, ...]:
    """Count how the source's values are spread, and say what its quantized forms can hold of them.

    Args:
        source: The model that all were made from.
        forms: Forms of it; those that store floats have no range.

    Returns:
        Two a layer, its weights and its output, as far as they are finite; nothing where no form has a range.
    """
    placed = [(form, pair_layers(source, form)) for form in forms]
    settled = [(settle_scales(source, form)[1], places) for form, places in placed]
    found = []
    for place, weights in enumerate(source.weights.layers):
        given = _read_output(source, place)
        pairs = [(form, places[place]) for form, places in settled]
        found.append(_spread(weights.name, "weights", weights.kernel, _list_weight_ranges(weights, pairs)))
        if given is not None:
            found.append(_spread(weights.name, "output", given.real, _list_output_ranges(given, pairs)))
    return tuple(one for one in found if one is not None and one.ranges)


def _spread(layer: str, value: Kind, values: NDArray[Any], ranges: Iterator[StoredRange]) -> Distribution | None:
    if not values.size or not np.isfinite(values).all():
        return None
    low, high = float(values.min()), float(values.max())
    return Distribution(layer, value, low, high, count_values(values, low, high), tuple(ranges))


def count_values(values: NDArray[Any], low: float, high: float) -> tuple[int, ...]:
    """Count values in bins of equal width; all are in the first one where they are too close for so many bins.

    Args:
        values: Finite numbers.
        low, high: Smallest and largest of them.

    Example:
        >>> count_values(np.array([0.0, 1.0]), 0, 1)[:: BINS - 1], count_values(np.ones(3), 1, 1)[0]
        ((1, 1), 3)
    """
    edges = np.linspace(low, high, BINS + 1)
    if not (np.diff(edges) > 0).all():
        return (values.size, *[0] * (BINS - 1))
    counts, _ = np.histogram(values.astype(np.float64), edges)
    return tuple(counts.tolist())


def _list_weight_ranges(source: LayerWeights, forms: Sequence[tuple[Model, int]]) -> Iterator[StoredRange]:
    for form, place in forms:
        weights = form.weights.layers[place]
        if not weights.levels or weights.kernel.shape != source.kernel.shape:
            continue
        limits = weights.levels * weights.step.astype(np.float64)
        outside = float((np.abs(source.kernel) > limits + weights.step / 2).mean())
        high = float(limits.max())
        if 0 < high < float("inf"):
            yield StoredRange(form.name, -high, high, float(limits.min()), outside)


def _list_output_ranges(source: Value, forms: Sequence[tuple[Model, int]]) -> Iterator[StoredRange]:
    for form, place in forms:
        at = form.layers[place].output
        if at is None or at.grid is None or not at.grid.usable:
            continue
        low, high = at.grid.ends
        half = at.grid.scale / 2
        outside = float(((source.real < low - half) | (source.real > high + half)).mean())
        yield StoredRange(form.name, float(low), float(high), float(high), outside)


def _read_output(model: Model, place: int) -> Value | None:
    at = model.layers[place].output
    return None if at is None or at.key not in model.values else Value.read(model.values[at.key], at)
