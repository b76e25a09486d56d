"""What a Keras model takes, counted from the settings of its layers and the shapes of their variables.

Only a file of Keras 2 or an `.h5` file, which say too little, are opened by Keras.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from edgemnist.formats import ModelFile
from edgemnist.formats.complexity import Complexity, Uncounted
from edgemnist.formats.keras import find_kind
from edgemnist.formats.keras_layers import KerasFile, KerasLayer, is_seed, read_layers, reading

# Layers that scale and shift each value by itself.
ELEMENTWISE = frozenset((
    "BatchNormalization", "GroupNormalization", "LayerNormalization", "RMSNormalization", "UnitNormalization",
    "Normalization", "PReLU",
))  # fmt: skip


def count_complexity(file: ModelFile) -> Complexity:
    """Count a `.keras` or `.h5` file; see `edgemnist.formats.complexity.count_complexity`."""
    with reading(str(file.path)):
        kind = find_kind(file.path, file.content)
        if kind == "folder":
            return Complexity(None, None, "a SavedModel doesn't say its layers")
        if kind == "archive":
            found = read_layers(file.content, str(file.path))
            if any(layer.input_shape for layer in found.layers):
                return _count(found)
        anew = _save_anew(file)
        return _count(read_layers(anew, "model.keras"))


def _save_anew(file: ModelFile) -> bytes:
    """Let Keras write a file of before as an archive of today, which says the shape that each layer takes."""
    from edgemnist.formats.keras_models import load_classifier
    from edgemnist.quiet import quiet

    model = load_classifier(file).model
    with tempfile.TemporaryDirectory() as folder, quiet():
        path = Path(folder, "model.keras")
        model.save(path)
        return path.read_bytes()


def _count(file: KerasFile) -> Complexity:
    layers = [layer for layer in file.layers if list_values(layer)]
    known = sum(sum(list_values(layer)) for layer in layers)
    try:
        if known != file.values:  # such as those of the cell inside a recurrent layer
            raise Uncounted(f"only {known:,} of its {file.values:,} parameters are in layers that are read")
        return Complexity(file.values, sum(map(multiply, layers)))
    except Uncounted as reason:
        return Complexity(file.values, None, str(reason))


def list_values(layer: KerasLayer) -> list[int]:
    """Return the number of values in each variable, without the states of random generators."""
    return [int(values.size) for values in layer.variables if not is_seed(values)]


def multiply(layer: KerasLayer) -> int:
    """Return the products of a layer for one image.

    Raises:
        Uncounted: They aren't known.
    """
    if layer.kind in ELEMENTWISE:
        return 0
    if layer.kind not in COUNTERS:
        raise Uncounted(f"{layer.kind} {layer.name} isn't of a kind that is counted")
    if layer.calls > 1:
        raise Uncounted(f"{layer.kind} {layer.name} is used {layer.calls} times")
    if layer.input_shape is None or not all(isinstance(size, int) and size > 0 for size in layer.input_shape[1:]):
        raise Uncounted(f"the file doesn't say what shape {layer.kind} {layer.name} takes")
    return COUNTERS[layer.kind](layer, layer.input_shape)


def _multiply_dense(layer: KerasLayer, shape: tuple[int, ...]) -> int:
    return list_values(layer)[0] * math.prod(shape[1:-1])


def _multiply_conv(layer: KerasLayer, shape: tuple[int, ...]) -> int:
    return list_values(layer)[0] * _count_positions(layer, shape)


def _multiply_separable(layer: KerasLayer, shape: tuple[int, ...]) -> int:
    """A filter for each channel, and one of a single pixel over all of them."""
    return sum(list_values(layer)[:2]) * _count_positions(layer, shape)


def _multiply_transposed(layer: KerasLayer, shape: tuple[int, ...]) -> int:
    """Each input is multiplied by the whole filter, wherever its products are added."""
    return list_values(layer)[0] * math.prod(_find_sizes(layer, shape))


COUNTERS: Mapping[str, Callable[[KerasLayer, tuple[int, ...]], int]] = {
    "Dense": _multiply_dense,
    **dict.fromkeys(("Conv1D", "Conv2D", "DepthwiseConv1D", "DepthwiseConv2D"), _multiply_conv),
    **dict.fromkeys(("SeparableConv1D", "SeparableConv2D"), _multiply_separable),
    **dict.fromkeys(("Conv1DTranspose", "Conv2DTranspose"), _multiply_transposed),
}


def _find_sizes(layer: KerasLayer, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return rows and columns of what a convolution takes."""
    return shape[2:] if layer.config.get("data_format") == "channels_first" else shape[1:-1]


def _count_positions(layer: KerasLayer, shape: tuple[int, ...]) -> int:
    """Return how many positions a filter has: those of its output.

    Source: Keras's `compute_conv_output_shape`.
    """
    settings = (layer.config[name] for name in ("kernel_size", "strides", "dilation_rate"))
    count = 1
    for size, kernel, stride, dilation in zip(_find_sizes(layer, shape), *map(_spread, settings), strict=True):
        reach = 0 if layer.config["padding"] in ("same", "causal") else dilation * (kernel - 1)
        count *= max(0, -((reach - size) // stride))
    return count


def _spread(setting: int | list[int]) -> list[int]:
    """Keras writes a number an axis, some versions one number alone for one axis."""
    return [setting] if isinstance(setting, int) else setting
