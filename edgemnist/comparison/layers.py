"""Two models layer by layer: the table, the first layer that diverges, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.causes import Case, Cause, find_causes
from edgemnist.comparison.expected import MOST_NOISE, expect_output_noise, expect_rounding
from edgemnist.comparison.kernels import mark_differences
from edgemnist.comparison.scales import fit_outputs
from edgemnist.comparison.values import Measures, Side, Value, align, measure
from edgemnist.comparison.weights import pair_places, phrase_shapes
from edgemnist.errors import UsageError
from edgemnist.formats.traces import Place, TracedLayer
from edgemnist.formats.weights import ModelWeights

Stored = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Model:
    """One of the two models.

    Args:
        name: Its name in sentences.
        layers: Its layers.
        weights: Their weights, in the same order.
        values: What its runtime gave, by key.
    """

    name: str
    layers: tuple[TracedLayer, ...]
    weights: ModelWeights
    values: Stored


@dataclass(frozen=True)
class LayerRow:
    """What a layer gives, or takes, in both models.

    Args:
        first, second: Names of the layer in both.
        kind: "dense", "conv" or "depthwise".
        value: "output", or "input" where something lies between the layer and the one before.
        shape: Of the value in the first model, the images aside.
        measures: How far they are apart; None where they have another number of values.
        expected_db: Signal to noise that precision alone explains, in dB; None where any difference is none.
        diverges: True if they are farther apart than that, or than the tolerance; or weights differ.
        causes: Why, the most specific first.
    """

    first: str
    second: str
    kind: str
    value: str
    shape: tuple[int, ...]
    measures: Measures | None
    expected_db: float | None
    diverges: bool
    causes: tuple[Cause, ...] = ()

    def to_record(self) -> dict[str, Any]:
        """Return it as JSON's types."""
        measures = asdict(self.measures) if self.measures else None
        return {**asdict(self), "shape": list(self.shape), "measures": measures, "causes": [asdict(one) for one in self.causes]}


def list_keys(layers: Sequence[TracedLayer]) -> list[str]:
    """Return the keys of all values of layers, each once."""
    places = (place for layer in layers for place in (layer.input, layer.output))
    return list(dict.fromkeys(place.key for place in places if place is not None))


def pair_layers(first: Model, second: Model) -> list[int]:
    """Return the place of each layer of the first model in the second.

    Raises:
        UsageError: They don't correspond: these are two networks.
    """
    found = pair_places(first.weights.layers, second.weights.layers)
    if found is None or len(first.layers) != len(first.weights.layers) or len(second.layers) != len(found):
        shapes = phrase_shapes(first.weights.layers, second.weights.layers).replace("those of its source", f"those of {first.name}")
        raise UsageError(f"{second.name}: {shapes}", "give two forms of one network")
    return found


def settle_scales(first: Model, second: Model) -> tuple[Model, Model, tuple[str, ...]]:
    """Give C in whole numbers the scales that its text doesn't hold, by the weights of the other model.

    Returns:
        Both models, and why the scales of the C are none that fit.
    """
    if (first.weights.scales is None) == (second.weights.scales is None):  # of two such, steps are compared
        return first, second, ()
    if first.weights.scales is not None:
        second, first, reasons = settle_scales(second, first)
        return first, second, reasons
    places = pair_layers(first, second)
    pairs = [(first.weights.layers[place], second.weights.layers[other]) for place, other in enumerate(places)]
    weights, inputs, outputs, reasons = fit_outputs(first.weights, second.weights, pairs)
    layers = tuple(
        replace(layer, input=_scale(layer.input, inputs[place]), output=_scale(layer.output, outputs[place]))
        for place, layer in enumerate(second.layers)
    )
    return first, replace(second, layers=layers, weights=weights), tuple(reasons)


def _scale(place: Place | None, scale: float) -> Place | None:
    if place is None or place.grid is None:
        return place
    return replace(place, grid=replace(place.grid, scale=scale))


def compare_layers(
    first: Model, second: Model, tolerance: float | None = None
) -> tuple[tuple[LayerRow, ...], tuple[str, ...]]:
    """Compare two models layer by layer.

    Args:
        first, second: The models.
        tolerance: Root mean square of the difference that is let through, as a share of that of the first model's
            values; None for what precision explains.

    Returns:
        The rows, in the first model's order, and what C in whole numbers says of its scales that can't be.

    Raises:
        UsageError: They are two networks.
    """
    first, second, reasons = settle_scales(first, second)
    return tuple(_Comparer(first, second, tolerance).list_rows()), reasons


class _Comparer:
    """Goes through the layers; what was measured before says what is expected next."""

    def __init__(self, first: Model, second: Model, tolerance: float | None) -> None:
        self._models, self._tolerance = (first, second), tolerance
        self._readable = not (first.weights.unread or second.weights.unread)
        self._explained = False  # a cause was named already
        self._noise, self._size = 0.0, 1  # of the layer before: noise as a share of the variance, and its values

    def list_rows(self) -> Iterator[LayerRow]:
        for place, other in enumerate(pair_layers(*self._models)):
            sides = tuple(self._read(model, index) for model, index in zip(self._models, (place, other), strict=True))
            if place == 0 or not all(side.layer.follows for side in sides):
                yield from self._compare(sides[0], sides[1], is_input=True, is_pixels=place == 0)
            yield from self._compare(sides[0], sides[1], is_input=False, is_pixels=False)

    def _read(self, model: Model, place: int) -> Side:
        layer = model.layers[place]
        input, output = (_read_value(model, one) for one in (layer.input, layer.output))
        return Side(layer, model.weights.layers[place], input, output)

    def _compare(self, first: Side, second: Side, *, is_input: bool, is_pixels: bool) -> Iterator[LayerRow]:
        pair = (first.input, second.input) if is_input else (first.output, second.output)
        if pair[0] is None or pair[1] is None:
            return
        values = (pair[0], pair[1])
        arrays = align(*values)
        found = None if arrays is None else measure(*arrays)
        if is_input and arrays is None and not is_pixels:  # padding written as a layer of its own, in one of them
            return
        allowed = self._expect_input(*values) if is_input else (expect_output_noise(first, second) or 0.0)
        signal = float(np.mean(values[0].flat ** 2)) or 1.0
        if self._tolerance is not None:
            limit = self._tolerance**2 * signal
        else:
            limit = MOST_NOISE * allowed
        noise = np.inf if arrays is None or found is None or found.largest is None else float(np.mean((arrays[1] - arrays[0]) ** 2))
        changed = not is_input and self._readable and any(one.any() for one in mark_differences(first.weights, second.weights))
        diverges = noise > limit or (changed and self._tolerance is None)
        names = (self._models[0].name, self._models[1].name)
        causes: tuple[Cause, ...] = ()
        if arrays is not None and (diverges or changed) and (not self._explained or changed):
            causes = tuple(find_causes(Case(first, second, values, names, is_input, is_pixels, limit)))
        self._explained = self._explained or diverges
        if arrays is not None and not is_input:
            self._noise = noise / (float(np.var(arrays[0])) or 1.0)
            self._size = arrays[0][0].size
        yield LayerRow(
            first.layer.name, second.layer.name, first.weights.kind, "input" if is_input else "output",
            values[0].real.shape[1:], found, _to_db(signal, limit), diverges, causes,
        )  # fmt: skip

    def _expect_input(self, first: Value, second: Value) -> float:
        """What pooling and other operators that change no scale leave of the noise of the layer before."""
        growth = max(1.0, self._size / max(1, first.flat.shape[1]))
        return self._noise * growth * float(np.var(first.flat)) + expect_rounding(first) + expect_rounding(second)


def _read_value(model: Model, place: Place | None) -> Value | None:
    return None if place is None else Value.read(model.values[place.key], place)


def _to_db(signal: float, noise: float) -> float | None:
    return 10 * float(np.log10(signal / noise)) if noise > 0 and np.isfinite(noise) else None
