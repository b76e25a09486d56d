"""The Keras model that artifacts are made from, in the one shape that converters take it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.probing import Found, find_signature
from edgemnist.comparison.question import Probe
from edgemnist.contract import Contract, Input, Output, Source
from edgemnist.contract.scores import LOGITS
from edgemnist.datasets.shape import suggest_row_order
from edgemnist.errors import ExportError, ModelError
from edgemnist.exporters.rewriting import Target, rewrite
from edgemnist.formats import ModelFile
from edgemnist.formats.keras import take_answers
from edgemnist.formats.keras_models import load_classifier, run_model
from edgemnist.precision import PrecisionName
from edgemnist.quiet import loading

with loading("tensorflow", "pip install tensorflow"):
    import keras

PIXELS = "pixels"


@dataclass(frozen=True, eq=False)
class SourceModel:
    """A loaded Keras classifier.

    Args:
        model: takes float32 (n, *contract.input.shape).
        contract: what it takes and gives.
        source: its file's name and hash.
        parameters: how many weights and biases it holds.
        kernel_values: how many of them are in matrices and filters, which no converter can fold away.
        image_shape: rows and columns of the data set's images.
        found: what was found of a file without a contract; None for one that has it.
        notes: what of it was rebuilt, a sentence each.
    """

    model: keras.Model
    contract: Contract
    source: Source
    parameters: int
    kernel_values: int
    image_shape: tuple[int, ...]
    found: Found | None = None
    notes: tuple[str, ...] = ()

    @classmethod
    def load(cls, file: ModelFile, labels: tuple[str, ...], probe: Probe) -> SourceModel:
        """Load a Keras model. What a file without a contract takes and gives is found by running it.

        Args:
            labels: the class names, for a file that names none.
            probe: training images, and what the user states.

        Raises:
            ModelError: it can't be loaded, doesn't fit the classes, or holds weights that aren't finite; or it has no
                contract, and what it takes isn't found.
        """
        path = file.path
        loaded = load_classifier(file)
        model, contract = loaded.model, loaded.contract
        classes = max(2, model.outputs[0].shape[1])  # one score stands for two
        if len(labels) != classes:
            raise ModelError(
                f"{path}: answers {classes} classes, but the data has {len(labels)}: {', '.join(labels)}",
                "give the data that it was trained on: `data=PATH`",
            )
        for weight in model.weights:
            if not np.isfinite(np.asarray(weight)).all():
                raise ModelError(f"{path}: weight {weight.path} holds NaN or infinity", "train it again")
        source, found = Source(path.name, file.sha256), None
        if contract is None:
            contract, found = find_contract(path, model, labels, probe)
        sizes = [(len(weight.shape), int(np.prod(weight.shape))) for weight in model.weights]
        return cls(
            model,
            contract,
            source,
            parameters=sum(size for _, size in sizes),
            kernel_values=sum(size for dimensions, size in sizes if dimensions > 1),
            image_shape=probe.split.image_shape,
            found=found,
            notes=loaded.notes,
        )

    def wrap(self, batch: int | None, *, target: Target, pixels: bool, scaled: bool = True) -> keras.Model:
        """Return a Functional model with one named input and one named output, rewritten for a converter.

        Args:
            target: what the converter writes.
            batch: a fixed number of images, or None to leave it open.
            pixels: take (height, width) pixels, and do the reshape inside.
            scaled: with `pixels`, take uint8 0 … 255 and do the scaling inside too. Without it the real
                values come in, which an integer quantizer stores as the raw pixel.
        """
        shape = self.image_shape if pixels else self.contract.input.shape
        dtype = "uint8" if pixels and scaled else "float32"
        images = keras.Input(batch_shape=(batch, *shape), dtype=dtype, name=PIXELS)
        values = images
        taken = self.contract.input
        if pixels and taken.transposed:
            values = keras.layers.Permute((2, 1))(values)
        if pixels and taken.channel_axis is not None:
            values = keras.ops.stack([values] * taken.channels, axis=taken.channel_axis)
        if pixels and scaled:
            low, high = self.contract.input.range
            values = keras.ops.cast(values, "float32") * ((high - low) / 255)
            values = values + low if low else values
        if shape != self.contract.input.shape:
            values = keras.layers.Reshape(self.contract.input.shape, name="image")(values)
        model = rewrite(self.model, target)
        return keras.Model(images, {self.contract.output.name: take_answers(model(values))}, name="classifier")

    def choose_input(self, *, pixels: bool) -> Input:
        """Return what `wrap` without scaling takes: with `pixels`, the image as the data set has it."""
        taken = self.contract.input
        return replace(taken, shape=self.image_shape, transposed=False, row_order=None) if pixels else taken

    def make_contract(self, input: Input, output: Output, precision: PrecisionName) -> Contract:
        """Return the contract of an artifact that was made from this source."""
        return replace(self.contract, input=input, output=output, precision=precision, source=self.source)


def require_raw_pixels(input: Input) -> None:
    """Refuse a quantized input that isn't the pixel byte itself, where `raw_input` was asked for.

    Raises:
        ExportError: its step is not one pixel value, or its zero point not 0.
    """
    if not input.takes_raw_pixels:
        raise ExportError(
            f"`raw_input`: the quantized input is {input.summarize()}, not the raw pixel",
            "no training image reaches from 0 to 255: leave `raw_input` out",
        )


def find_contract(path: Path, model: keras.Model, labels: tuple[str, ...], probe: Probe) -> tuple[Contract, Found]:
    """Find the contract that a file from elsewhere doesn't have, by running it on training images.

    Nothing in a Keras file says whether it was trained on pixels / 255 or has a Rescaling layer of its own.
    """

    def infer(values: NDArray[Any]) -> NDArray[Any]:
        return run_model(path, model, values)

    shape = tuple(model.inputs[0].shape[1:])
    input = Input(PIXELS, shape, row_order=suggest_row_order(shape))
    found = find_signature(path, infer, input, Output("scores", kind="unknown"), probe)
    name = "logits" if found.output.kind in LOGITS else "probs"
    return Contract(found.input, replace(found.output, name=name), labels), found
