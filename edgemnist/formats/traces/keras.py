"""Where the values of layers are in a `.keras` or `.h5` file: keys are names of layers, and which value of each."""

from __future__ import annotations

from collections import defaultdict

from edgemnist.formats.keras_layers import KerasLayer, read_layers, reading
from edgemnist.formats.traces import Place, TracedLayer
from edgemnist.formats.weights import Kind
from edgemnist.formats.weights.keras import READERS

KINDS: dict[str, Kind] = {"Dense": "dense", "Conv2D": "conv", "DepthwiseConv2D": "depthwise"}
# Which value of a layer: what it takes, what it gives, what it would give without its activation function.
INPUT, OUTPUT, LINEAR = "input", "output", "linear"
FUSED_ACTIVATIONS = ("linear", "relu", "relu6")
NORMALIZATION = "BatchNormalization"
# What only adds a border: other formats have it in the convolution.
PADDING = "ZeroPadding2D"
# Layers that do nothing when a model answers.
IDLE = ("Dropout", "SpatialDropout2D", "GaussianNoise", "GaussianDropout", "ActivityRegularization")


def find_layers(content: bytes, name: str) -> tuple[TracedLayer, ...]:
    """Find them; see `edgemnist.formats.traces.find_layers`."""
    with reading(name):
        layers = read_layers(content, name).layers
    users: dict[str, list[KerasLayer]] = defaultdict(list)
    for before, layer in zip([None, *layers], layers, strict=False):
        for source in layer.inputs or ([before.name] if before is not None else []):
            users[source].append(layer)
    sources = {after.name: layer for layer in layers for after in users[layer.name]}
    weighted = [layer for layer in layers if layer.kind in READERS and layer.config.get("groups", 1) == 1]
    found = [_find(layer, users, _go_back(layer, sources)) for layer in weighted]
    return tuple(one for pair in found for one in pair)


def _go_back(layer: KerasLayer, sources: dict[str, KerasLayer]) -> Place:
    """What a layer takes, before a border was added."""
    for _ in sources:
        before = sources.get(layer.name)
        if before is None or before.kind != PADDING or len(layer.inputs) > 1:
            break
        layer = before
    return Place(f"{layer.name}/{INPUT}")


def _find(layer: KerasLayer, users: dict[str, list[KerasLayer]], taken: Place) -> tuple[TracedLayer, ...]:
    last, normalized = _follow(layer, users)
    if layer.kind == "SeparableConv2D":  # its depthwise part gives its value to nobody but itself
        first = TracedLayer(layer.name, "depthwise", taken, None)
        return first, TracedLayer(layer.name, "conv", None, last, normalized)
    return (TracedLayer(layer.name, KINDS[layer.kind], taken, last, normalized),)


def _follow(layer: KerasLayer, users: dict[str, list[KerasLayer]]) -> tuple[Place, bool]:
    """Where the value of a layer is, its normalization and ReLU included; and whether it has the former."""
    if layer.config.get("activation", "linear") not in FUSED_ACTIVATIONS:
        return Place(f"{layer.name}/{LINEAR}"), False
    active, normalized, last = layer.config.get("activation", "linear") != "linear", False, layer
    seen = {last.name}  # a damaged file may lead in a circle
    while len(users[last.name]) == 1 and (after := users[last.name][0]).name not in seen:
        seen.add(after.name)
        normalizes, activates = after.kind == NORMALIZATION, _is_fused(after)
        if not ((normalizes and not active) or (activates and not active) or after.kind in IDLE):
            break
        normalized, active, last = normalized or normalizes, active or activates, after
    return Place(f"{last.name}/{OUTPUT}"), normalized


def _is_fused(layer: KerasLayer) -> bool:
    """True for a layer that is an activation function which formats fuse to the layer before it."""
    if layer.kind == "Activation":
        return layer.config.get("activation") in FUSED_ACTIVATIONS
    sloped = layer.config.get("negative_slope") or layer.config.get("threshold")
    return layer.kind == "ReLU" and not sloped and layer.config.get("max_value") in (None, 6, 6.0)
