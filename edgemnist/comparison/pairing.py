"""The layers of two models put beside each other, in real units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.expected import EPSILONS
from edgemnist.comparison.scales import fit_outputs
from edgemnist.comparison.weights import pair_places, phrase_shapes
from edgemnist.errors import UsageError
from edgemnist.formats.traces import Place, TracedLayer
from edgemnist.formats.weights import LayerWeights, ModelWeights

Stored = Mapping[str, NDArray[Any]]
# How far a scale may be off that was found by weights of half precision.
SLACK = np.float32(EPSILONS["float16"])


@dataclass(frozen=True, eq=False)
class Model:
    """One of the two models.

    Args:
        name: Its name in sentences.
        path: Where it lies.
        has_source: True if its source lies beside it.
        layers: Its layers.
        weights: Their weights, in the same order.
        values: What its runtime gave, by key.
    """

    name: str
    path: str
    has_source: bool
    layers: tuple[TracedLayer, ...]
    weights: ModelWeights
    values: Stored


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
        shapes = phrase_shapes(first.weights.layers, second.weights.layers).replace(
            "those of its source", f"those of {first.name}"
        )
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
        second, first, swapped = settle_scales(second, first)
        return first, second, swapped
    places = pair_layers(first, second)
    pairs = [(first.weights.layers[place], second.weights.layers[other]) for place, other in enumerate(places)]
    weights, inputs, outputs, reasons = fit_outputs(first.weights, second.weights, pairs)
    if any(layer.weight_type == "float16" for layer in first.weights.layers):
        weights = replace(weights, layers=tuple(map(_widen, weights.layers)))
    layers = tuple(
        replace(layer, input=_scale(layer.input, inputs[place]), output=_scale(layer.output, outputs[place]))
        for place, layer in enumerate(second.layers)
    )
    return first, replace(second, layers=layers, weights=weights), tuple(reasons)


def _widen(layer: LayerWeights) -> LayerWeights:
    """Widen the steps of weights whose scale was found by rounded ones, by what that scale may be off."""
    step = (layer.step + SLACK * np.abs(layer.kernel)).astype(np.float32)
    bias_step = (layer.bias_step + SLACK * np.abs(layer.bias)).astype(np.float32)
    return replace(layer, step=step, bias_step=bias_step)


def _scale(place: Place | None, scale: float) -> Place | None:
    if place is None or place.grid is None:
        return place
    return replace(place, grid=replace(place.grid, scale=scale))
