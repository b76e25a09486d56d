"""The description of a Keras model, rewritten for what runs it here: Keras 3, in float32, with any number of images.

Of such a description a `.keras` archive has one in `config.json`, and an `.h5` file one in an attribute.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# Types that models compute in for speed or memory, and the policies that mix them with float32.
FLOATS = ("float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16")
POLICIES = ("DTypePolicy", "FloatDTypePolicy", "Policy", "PolicyV1")
INTEGERS = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64")
MODELS = ("Sequential", "Functional", "Model")
# Layers that take no groups, but whose description names one in Keras 2.
UNGROUPED = (
    "DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D", "Conv1DTranspose", "Conv2DTranspose",
)  # fmt: skip
# What carries code inside of it.
CODE = ("Lambda", "__lambda__")


@dataclass(frozen=True)
class Rewritten:
    """A description, rewritten.

    Args:
        config: The description; the one that was given where nothing had to be changed.
        computed: Types other than float32 that it computed in, by their names.
        taken: Type of whole numbers that its input had; None where it took floats.
    """

    config: dict[str, Any]
    computed: tuple[str, ...] = ()
    taken: str | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What was changed, a sentence each."""
        notes = []
        if self.computed:
            notes.append(f"computed in {' and '.join(self.computed)}: rebuilt in float32 with the same weights")
        if self.taken:
            notes.append(f"took {self.taken}: rebuilt to take the same numbers as float32")
        return tuple(notes)


def find_code(config: object) -> str | None:
    """Return the kind of a part that carries code, or has its layers in another file; None where there is none.

    Example:
        >>> find_code({"class_name": "Sequential", "config": {"layers": [{"class_name": "Lambda"}]}})
        'Lambda'
    """
    kinds = {part["class_name"] for part in _walk(config) if isinstance(part.get("class_name"), str)}
    return next((kind for kind in (*CODE, "TFSMLayer") if kind in kinds), None)


def rewrite(config: dict[str, Any], keras_version: str) -> Rewritten:
    """Rewrite a description.

    Args:
        config: Description of a model.
        keras_version: Version of Keras that wrote it.

    Example:
        >>> dense = {"class_name": "Dense", "config": {"units": 2, "dtype": "mixed_float16"}}
        >>> rewrite({"class_name": "Sequential", "config": {"layers": [dense]}}, "3.15").computed
        ('mixed_float16',)
    """
    changed, taken = copy.deepcopy(config), None
    if keras_version.startswith("2."):
        for part in _walk(changed):
            _upgrade(part)
    for part in _walk(changed):
        if part.get("class_name") == "InputLayer" and isinstance(part.get("config"), dict):
            taken = _open_input(part["config"]) or taken
    computed = {name for part in _walk(changed) if "keras_history" not in part for name in _settle_types(part)}
    return Rewritten(changed if changed != config else config, tuple(sorted(computed)), taken)


def _walk(value: object) -> Iterator[dict[str, Any]]:
    """Every object of a JSON document, however deep."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            yield one
            left += one.values()
        elif isinstance(one, list):
            left += one


def _open_input(config: dict[str, Any]) -> str | None:
    """Leave the number of images open, and take floats; return the type of whole numbers that it took."""
    for name in ("batch_shape", "batch_input_shape"):
        if isinstance(config.get(name), list) and config[name]:
            config[name] = [None, *config[name][1:]]
    taken = config.get("dtype")
    if taken not in INTEGERS:
        return None
    config["dtype"] = "float32"
    return str(taken)


def _settle_types(part: dict[str, Any]) -> Iterator[str]:
    """Make a part compute in float32; give the types that it computed in."""
    if part.get("dtype") in FLOATS:
        yield part["dtype"]
        part["dtype"] = "float32"
    config = part.get("config")
    if part.get("class_name") in POLICIES and isinstance(config, dict) and config.get("name") in FLOATS:
        yield config["name"]
        config["name"] = "float32"


def _upgrade(part: dict[str, Any]) -> None:
    """Describe a part of a model of Keras 2 as Keras 3 does."""
    kind, config = part.get("class_name"), part.get("config")
    if not isinstance(config, dict):
        return
    if kind in ("Functional", "Model") and "module" in part:
        part |= {"class_name": "Functional", "module": "keras.src.models.functional", "registered_name": "Functional"}
    if kind == "BatchNormalization" and isinstance(config.get("axis"), list) and len(config["axis"]) == 1:
        config["axis"] = config["axis"][0]
    if kind in UNGROUPED and config.get("groups") == 1:
        del config["groups"]
    layers = config.get("layers")
    if kind in MODELS and isinstance(layers, list):
        _upgrade_layers(config, [layer for layer in layers if isinstance(layer, dict)])


def _upgrade_layers(config: dict[str, Any], layers: list[dict[str, Any]]) -> None:
    """Describe layers as Keras 3 does: an input is one of them, and a model inside a model has no node of its own."""
    if any(layer.get("class_name") == "InputLayer" for layer in layers):
        for layer in layers:
            if layer.get("class_name") != "InputLayer" and isinstance(layer.get("config"), dict):
                layer["config"].pop("batch_input_shape", None)
    nested = {layer.get("name") for layer in layers if layer.get("class_name") in MODELS}
    for nodes in ([layer.get("inbound_nodes") for layer in layers], config.get("output_layers")):
        _renumber(nodes, nested)


def _renumber(nodes: object, nested: set[Any]) -> None:
    """Count a model's own node out of references such as ["sequential", 1, 0]."""
    if not isinstance(nodes, list):
        return
    if len(nodes) >= 3 and isinstance(nodes[0], str) and isinstance(nodes[1], int):
        nodes[1] -= 1 if nodes[0] in nested and nodes[1] > 0 else 0
        return
    for node in nodes:
        _renumber(node, nested)
