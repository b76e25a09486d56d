"""The Keras model that artifacts are made from, in the one shape that converters take it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from edgemnist import archive
from edgemnist.contract import Contract, Input, Output, Precision, Source
from edgemnist.datasets.readers import Images
from edgemnist.errors import ExportError, ModelError
from edgemnist.files import hash_bytes, read_model_file
from edgemnist.quiet import loading, quiet

with loading("tensorflow", "pip install tensorflow"):
    import keras

PIXELS = "pixels"


@dataclass(frozen=True, eq=False)
class SourceModel:
    """A loaded Keras classifier.

    Args:
        model: takes float32 (n, *contract.input.shape).
        contract: what it eats and answers.
        source: its file's name and hash.
        parameters: how many weights and biases it holds.
    """

    model: keras.Model
    contract: Contract
    source: Source
    parameters: int

    @classmethod
    def load(cls, path: Path, labels: tuple[str, ...], probe: Images) -> SourceModel:
        """Load a `.keras` file.

        A file without a contract is taken to eat pixels / 255; whether it answers probabilities or
        logits is found by asking it.

        Args:
            labels: the class names, for a file that names none.
            probe: some training images, uint8 (n, 28, 28).

        Raises:
            ModelError: it can't be loaded, doesn't fit the classes, or holds weights that aren't finite.
        """
        model = archive.load_classifier(path)
        contract = archive.read_contract(path) or assume_contract(model, labels, probe)
        classes = model.outputs[0].shape[1]
        if len(contract.labels) != classes or len(labels) != classes:
            raise ModelError(
                f"{path}: answers {classes} classes, but the data has {len(labels)}: {', '.join(labels)}",
                "give the data that it was trained on: --data PATH",
            )
        for weight in model.weights:
            if not np.isfinite(np.asarray(weight)).all():
                raise ModelError(f"{path}: weight {weight.path} holds NaN or infinity", "train it again")
        source = Source(path.name, hash_bytes(read_model_file(path)))
        return cls(model, contract, source, archive.count_parameters(model))

    def wrap(self, batch: int | None, *, pixels: bool, scaled: bool = True) -> keras.Model:
        """Return a Functional model with one named end on each side.

        Args:
            batch: a fixed number of images, or None to leave it open.
            pixels: take (28, 28) pixels, and do the reshape inside.
            scaled: with `pixels`, take uint8 0 … 255 and do the scaling inside too. Without it the real
                values come in, which an integer quantizer stores as the raw pixel.
        """
        shape = (28, 28) if pixels else self.contract.input.shape
        dtype = "uint8" if pixels and scaled else "float32"
        ends = keras.Input(batch_shape=(batch, *shape), dtype=dtype, name=PIXELS)
        values = ends
        if pixels and scaled:
            low, high = self.contract.input.range
            values = keras.ops.cast(values, "float32") * ((high - low) / 255)
            values = values + low if low else values
        if shape != self.contract.input.shape:
            values = keras.layers.Reshape(self.contract.input.shape, name="image")(values)
        return keras.Model(ends, {self.contract.output.name: self.model(values)}, name="classifier")

    def describe(self, input: Input, output: Output, precision: Precision) -> Contract:
        """Return the contract of an artifact that was made from this source."""
        return replace(self.contract, input=input, output=output, precision=precision, source=self.source)


def assume_contract(model: keras.Model, labels: tuple[str, ...], probe: Images) -> Contract:
    """Write the contract that a file from elsewhere doesn't have."""
    input = Input(PIXELS, tuple(model.inputs[0].shape[1:]))
    with quiet():
        answers = np.asarray(model(input.encode(probe), training=False))
    if not np.isfinite(answers).all():
        raise ExportError("the model answers NaN or infinity to training images", "train it again")
    softmaxed = bool((answers >= 0).all() and (abs(answers.sum(axis=1) - 1) < 1e-3).all())
    output = Output("probs", kind="probabilities") if softmaxed else Output("logits", kind="logits")
    return Contract(input, output, labels)
