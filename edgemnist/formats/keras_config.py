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
        exact: The description that still takes that type, to be compared with; None where it took floats.
    """

    config: dict[str, Any]
    computed: tuple[str, ...] = ()
    taken: str | None = None
    exact: dict[str, Any] | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What was changed, a sentence each."""
        notes = []
        if self.computed:
            weights = "its weights rounded to it" if "float64" in self.computed else "the same weights"
            notes.append(f"computed in {' and '.join(self.computed)}: rebuilt in float32 with {weights}")
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
    changed = copy.deepcopy(config)
    if keras_version.startswith("2."):
        for part in _walk(changed):
            _upgrade(part)
    parts = [part for part in _walk(changed) if part.get("class_name") == "InputLayer"]
    inputs = [part["config"] for part in parts if isinstance(part.get("config"), dict)]
    for settings in inputs:
        _open_batch(settings)
    computed = {name for part in _walk(changed) if "keras_history" not in part for name in _settle_types(part)}
    whole = [settings for settings in inputs if settings.get("dtype") in INTEGERS]
    taken, exact = (whole[-1]["dtype"], copy.deepcopy(changed)) if whole else (None, None)
    for settings in whole:
        settings["dtype"] = "float32"
    return Rewritten(changed if changed != config else config, tuple(sorted(computed)), taken, exact)


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


def _open_batch(config: dict[str, Any]) -> None:
    """Leave the number of images open."""
    for name in ("batch_shape", "batch_input_shape"):
        if isinstance(config.get(name), list) and config[name]:
            config[name] = [None, *config[name][1:]]


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
    nested = {layer.get("name"): layer["class_name"] for layer in layers if layer.get("class_name") in MODELS}
    taken = list(_find_references([layer.get("inbound_nodes") for layer in layers]))
    given = list(_find_references(config.get("output_layers")))
    # Each call is referred to, so that a model without a node of its own has one that is 0.
    counted = nested.keys() - {reference[0] for reference in taken + given if reference[1] == 0}
    for reference in taken:
        reference[1] -= reference[0] in counted
    for reference in given:  # of an output, Keras 3 itself counts out the node of a functional model
        reference[1] -= reference[0] in counted and nested[reference[0]] == "Sequential"


def _find_references(nodes: object) -> Iterator[list[Any]]:
    """References to the results of calls, such as ["sequential", 1, 0] for the second one."""
    if not isinstance(nodes, list):
        return
    if len(nodes) >= 3 and isinstance(nodes[0], str) and isinstance(nodes[1], int):
        yield nodes
        return
    for node in nodes:
        yield from _find_references(node)
