"""One small network in every form, and the faults that are planted in each: what `diff` must name.

    FAULTS[name].plants[form] = a fault, or why that form can't have it

Its layers: edges (a convolution with a stride, which pads below and right alone, and a batch normalization), shapes (a
convolution), hidden and scores (dense layers). Rounding once or twice is no fault of a file: `test_parting` plants it
in C, whose text says how often, and looks at how it is shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tests import changes, plants
from tests.plants import Plant

FORMS = {
    "Keras": "parts.keras", "TFLite": "parts.tflite", "TFLite int8": "parts_int8.tflite", "ONNX": "parts.onnx",
    "ONNX int8": "parts_int8.onnx", "C": "parts.c", "C int8": "parts_int8.c",
}  # fmt: skip
FLOATS, WHOLE = ("Keras", "TFLite", "ONNX", "C"), ("TFLite int8", "ONNX int8", "C int8")
EDGES, SHAPES, HIDDEN, SCORES = range(4)
# Size of what the dense layers take, before it is flattened.
ROWS, COLUMNS, CHANNELS = 7, 7, 12
EPSILON = 1e-3


class Normalization(NamedTuple):
    """The variables of a batch normalization, in Keras's order."""

    gamma: np.ndarray
    beta: np.ndarray
    mean: np.ndarray
    variance: np.ndarray

    def fold(self, mean: np.ndarray | None = None, epsilon: float = EPSILON) -> tuple[np.ndarray, np.ndarray]:
        """What a kernel without a bias is multiplied by, and the bias that it gets."""
        factor = self.gamma / np.sqrt(self.variance + epsilon)
        return factor, self.beta - (self.mean if mean is None else mean) * factor


def _draw_statistics() -> Normalization:
    random = np.random.default_rng(4)
    ends = (0.5, 1.5), (0.1, 0.4), (-0.2, 0.2), (0.05, 0.2)
    return Normalization(*(random.uniform(low, high, 8).astype(np.float32) for low, high in ends))


STATISTICS = _draw_statistics()


def write_forms(folder: Path) -> None:
    """Train it a little, and write each form of it."""
    import keras
    import pytest

    from edgemnist import export
    from edgemnist.contract import Contract, Input, Output
    from edgemnist.datasets import load_dataset
    from edgemnist.formats.keras import serialize_classifier
    from tests.conftest import convert_here

    layers = keras.layers
    keras.utils.set_random_seed(4)
    model = keras.Sequential([
        keras.Input((784,), name="pixels"),
        layers.Reshape((28, 28, 1)),
        layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False, name="edges"),
        layers.BatchNormalization(name="normalized", epsilon=EPSILON, trainable=False),
        layers.ReLU(name="active"),
        layers.MaxPooling2D(2, name="pool"),
        layers.Conv2D(CHANNELS, 3, padding="same", activation="relu", name="shapes"),
        layers.Flatten(),
        layers.Dense(16, activation="relu", name="hidden"),
        layers.Dense(10, activation="softmax", name="scores"),
    ])  # fmt: skip
    model.get_layer("normalized").set_weights(STATISTICS)
    training = load_dataset().training
    model.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy")
    images = training.images[:6000].reshape(-1, 784) / np.float32(255)
    model.fit(images, training.labels[:6000], batch_size=64, epochs=3, verbose=0)
    contract = Contract(Input("pixels", (784,)), Output("probs"), tuple("0123456789"), precision="float32")
    source = folder / FORMS["Keras"]
    source.write_bytes(serialize_classifier(model, contract))
    with pytest.MonkeyPatch.context() as monkeypatch:
        convert_here(monkeypatch)
        for format in ("tflite", "onnx", "c"):
            for quantize in (None, "int8"):
                export(source, format, quantize, output=folder)


# ------------------------------------------------------------------------------------------------------------ faults


def edit(form: str, layer: int, **edits: changes.Edit) -> Plant:
    return lambda content: changes.edit_content(content, Path(FORMS[form]).suffix, layer, **edits)


def multiply(values: np.ndarray, factors: Any) -> None:
    """Multiply in place, and round what is whole."""
    product = values * np.asarray(factors, np.float64)
    values[...] = np.rint(product) if values.dtype.kind in "iu" else product


def add(number: int) -> changes.Edit:
    def change(values: np.ndarray) -> None:
        values[...] = values.astype(np.int64) + number

    return change


def refold(form: str, **others: Any) -> Plant:
    """Fold the batch normalization with another mean or epsilon."""
    (factor, shift), (other_factor, other_shift) = STATISTICS.fold(), STATISTICS.fold(**others)
    factors, shifts = other_factor / factor, other_shift / shift
    stored = shifts / factors if form in WHOLE else shifts  # in steps of the kernel's
    return edit(form, EDGES, **scale_by(form, factors), bias=lambda values: multiply(values, stored))


def scale_by(form: str, factors: Any) -> dict[str, changes.Edit]:
    """Multiply what the weights of each output stand for, and the steps of its bias."""

    def change(values: np.ndarray) -> None:
        multiply(values, factors)

    if form not in WHOLE:
        return {"kernel": change}
    return {"scales": change, "bias_scales": change}


def swap_channels(values: np.ndarray) -> None:
    """Channels before rows and columns."""
    rows = values.reshape(-1, values.shape[-1])
    rows[:] = rows.reshape(ROWS, COLUMNS, CHANNELS, -1).transpose(2, 0, 1, 3).reshape(rows.shape)


def grow_bias(values: np.ndarray) -> None:
    values[0] += 1000 if values.dtype.kind == "i" else 0.5


def coarsen_weights(form: str) -> Plant:
    """Store the weights of a layer in steps eight times as large as they need."""

    def shrink(values: np.ndarray) -> None:
        multiply(values, 1 / 8)

    steps = {"shifts": add(-3)} if form == "C int8" else scale_by(form, 8)
    return edit(form, SHAPES, kernel=shrink, bias=shrink, **steps)


def rescale_hidden(form: str, power: int) -> Plant:
    """Store what the hidden layer gives in steps 2 ** power times as large."""
    factor = 2.0**power
    after = edit(form, SCORES, bias=lambda values: multiply(values, 1 / factor),
                 bias_scales=lambda values: multiply(values, factor))  # fmt: skip
    if form != "C int8":
        wide = plants.set_grid(HIDDEN, scale=factor) if form == "TFLite int8" else plants.set_onnx_grid(6, scale=factor)
        return lambda content: after(wide(content))
    here, there = edit(form, HIDDEN, shifts=add(power)), edit(form, SCORES, shifts=add(-power))
    return lambda content: after(there(here(content)))


def change_config(change: Callable[[list[dict[str, Any]]], None]) -> Plant:
    """Change the layers in the configuration of a Keras file."""

    def plant(content: bytes) -> bytes:
        members = changes._unzip(content)
        config = json.loads(members["config.json"])
        change(config["config"]["layers"])
        return changes._zip({**members, "config.json": json.dumps(config).encode()})

    return plant


def pad_keras(above: int, below: int) -> Plant:
    """Pad the image by a layer of its own, rows and columns alike."""

    def change(layers: list[dict[str, Any]]) -> None:
        place = next(place for place, one in enumerate(layers) if one["config"]["name"] == "edges")
        layers[place]["config"]["padding"] = "valid"
        sizes = [[above, below], [above, below]]
        border = {"name": "border", "padding": sizes, "data_format": "channels_last", "dtype": "float32"}
        layers.insert(place, {**layers[place], "class_name": "ZeroPadding2D", "config": border})

    return change_config(change)


def average(layers: list[dict[str, Any]]) -> None:
    (pool,) = (one for one in layers if one["class_name"] == "MaxPooling2D")
    pool["class_name"] = "AveragePooling2D"


def normalize(change: Callable[[Normalization], None]) -> Plant:
    """Change the statistics of the batch normalization of a Keras file."""
    return lambda content: changes.write_variables(
        content, "batch_normalization", lambda one: change(Normalization(*one))
    )


def roll_mean(one: Normalization) -> None:
    one.mean[:] = np.roll(one.mean, 1)


def drop_shift(one: Normalization) -> None:
    one.mean[:], one.beta[:] = 0, 0


def average_in_c(content: bytes) -> bytes:
    """Make the kernel that takes the largest take the average: each window of the network lies inside the image."""
    text, count = re.subn(r"( +)if \(value > largest\) largest = value;", r"\1sum += value;", content.decode(), count=1)
    text, again = re.subn(r"( +)(\w+) largest = low;", r"\1float sum = 0.0f;\n\1\2 largest = low;", text, count=1)
    window = "(g->window_rows * g->window_columns)"
    text, end = re.subn(
        r"( +)(\*output\+\+ = largest < high)", rf"\1largest = sum / {window};\n\1\2", text, count=1
    )  # fmt: skip
    assert (count, again, end) == (1, 1, 1)
    return text.encode()


Cell = Plant | str
Row = Mapping[str, Cell]


class Fault(NamedTuple):
    """A row of the table.

    Args:
        layer: Name of the layer that is to be named, in Keras.
        kind: Cause that is to be named.
        plants: For each form, a fault, or why there is none.
        value: "input" where what lies before the layer is at fault.
    """

    layer: str
    kind: str
    plants: Row
    value: str = "output"


FLOAT = "floats have no scale"
FUSED = "a pooling is part of the convolution before it, which takes the largest"
CLAMPED = "its zero point, which is the smallest number, cuts off what a ReLU does"
OWN = "an operator of its own there: to `diff`, the layer has no ReLU"


def everywhere(make: Callable[[str], Plant]) -> dict[str, Cell]:
    return {form: make(form) for form in FORMS}


def in_whole(make: Callable[[str], Plant]) -> dict[str, Cell]:
    return {form: make(form) if form in WHOLE else FLOAT for form in FORMS}


FAULTS: dict[str, Fault] = {
    "batch normalization folded with another epsilon": Fault("edges", "batch normalization", {
        **everywhere(lambda form: refold(form, epsilon=0.1)),
        "Keras": plants.set_keras("normalized", epsilon=0.1),
    }),
    "batch normalization folded with another mean": Fault("edges", "batch normalization", {
        **everywhere(lambda form: refold(form, mean=np.roll(STATISTICS.mean, 1))),
        "Keras": normalize(roll_mean),
    }),
    "batch normalization folded without its shift": Fault("edges", "batch normalization", {
        **everywhere(lambda form: edit(form, EDGES, bias=changes.zero)), "Keras": normalize(drop_shift),
    }),
    "padding on the other sides": Fault("edges", "padding", {
        "Keras": pad_keras(1, 0),
        "TFLite": plants.pad_before(EDGES, 1, 0), "TFLite int8": plants.pad_before(EDGES, 1, 0),
        "ONNX": plants.set_pads(0, [1, 1, 0, 0]), "ONNX int8": plants.pad_onnx_before(0, 1, 0),
        "C": plants.replace_in("active", "2, 2, 0, 0", "2, 2, 1, 1"),
        "C int8": plants.replace_in("active", "2, 2, 0, 0", "2, 2, 1, 1"),
    }),
    "pooling": Fault("shapes", "pooling", {
        "Keras": change_config(average),
        "TFLite": plants.pool_averages, "TFLite int8": plants.pool_averages,
        "ONNX": plants.pool_onnx_averages, "ONNX int8": plants.pool_onnx_averages,
        "C": average_in_c, "C int8": FUSED,
    }, "input"),
    "layout": Fault("hidden", "layout", everywhere(lambda form: edit(form, HIDDEN, kernel=swap_channels))),
    "changed weight": Fault(
        "shapes", "changed weight", everywhere(lambda form: edit(form, SHAPES, kernel=changes.flip_largest))),
    "changed bias": Fault("shapes", "changed bias", everywhere(lambda form: edit(form, SHAPES, bias=grow_bias))),
    "missing bias": Fault("shapes", "missing bias", everywhere(lambda form: edit(form, SHAPES, bias=changes.zero))),
    "weight scale": Fault("hidden", "weight scale", everywhere(
        lambda form: edit(form, HIDDEN, **scale_by(form, [*[1] * 15, 0.9])))),
    "coarse weights": Fault("shapes", "coarse steps", in_whole(coarsen_weights)),
    "coarse activations": Fault("hidden", "coarse steps", in_whole(lambda form: rescale_hidden(form, 3))),
    "clipped": Fault("hidden", "clipped", in_whole(lambda form: rescale_hidden(form, -2))),
    "zero point": Fault("hidden", "zero point", {
        **dict.fromkeys(FLOATS, FLOAT),
        "TFLite int8": plants.set_grid(HIDDEN, zero_point=60),
        "ONNX int8": plants.set_onnx_grid(6, offset=9),
        "C int8": plants.replace_in("hidden", "0, 0, 255", "20, 0, 255"),
    }),
    "no ReLU": Fault("hidden", "activation", {
        **dict.fromkeys(WHOLE, CLAMPED),
        "Keras": plants.set_keras("hidden", activation="linear"),
        "TFLite": plants.set_fused(HIDDEN, 0),
        "ONNX": plants.drop_relu(2),
        "C": plants.replace_in("hidden", r" 0\.0f", " -3.40282347e+38f"),
    }),
    "ReLU6 for ReLU": Fault("hidden", "activation", {
        "Keras": plants.set_keras("hidden", activation="relu6"),
        "TFLite": plants.set_fused(HIDDEN, 3), "TFLite int8": plants.set_fused(HIDDEN, 3),
        "ONNX": plants.clip_relu(2, 6.0), "ONNX int8": plants.clip_after("Gemm", 6.0),
        "C": plants.replace_in("hidden", r"3\.40282347e\+38f", "6.0f"),
        "C int8": plants.replace_in("hidden", "0, 0, 255", "0, 0, 60"),
    }),
    "leaky ReLU for ReLU": Fault("hidden", "activation", {
        **dict.fromkeys(FORMS, OWN),
        "Keras": plants.set_keras("hidden", activation="leaky_relu"),
        "ONNX": plants.leak_relu(2),
    }),
}  # fmt: skip
