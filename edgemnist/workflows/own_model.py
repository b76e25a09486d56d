"""A Keras model of the user's own that is to be trained: found unfit before any work, not after it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from edgemnist.contract import Contract
from edgemnist.contract.scores import SUM_SLACK
from edgemnist.datasets import Dataset
from edgemnist.datasets.shape import join_sizes
from edgemnist.errors import UsageError
from edgemnist.files import hash_bytes
from edgemnist.formats import ModelFile
from edgemnist.formats.keras import serialize_classifier
from edgemnist.training.parts import Scaling

if TYPE_CHECKING:
    import keras

CHECKED_IMAGES = 16


def identify_model(
    model: keras.Model, dataset: Dataset, state_contract: Callable[[keras.Model], Contract]
) -> dict[str, str]:
    """Return what identifies a model that is to be trained, once it was found fit for it.

    Args:
        model: A built Keras model with one input and one output.
        dataset: Images that it will be trained on.
        state_contract: Gives the contract that its file will have.

    Returns:
        Its name, and a hash of its layers and weights.

    Raises:
        UsageError: It doesn't take the images, doesn't answer their classes, or doesn't give probabilities.
        ModelError: A file of it couldn't be opened: it has layers that only the user's own code defines.
    """
    from edgemnist.formats.keras_models import load_classifier

    _check_shapes(model, dataset.training.image_shape, len(dataset.labels))
    contract = state_contract(model)
    _check_answers(model, Scaling(*contract.input.range), dataset.training.images[:CHECKED_IMAGES])
    load_classifier(ModelFile(Path(f"{model.name}.keras"), serialize_classifier(model, contract)))
    return {"name": model.name, "sha256": _hash_model(model)}


def _hash_model(model: keras.Model) -> str:
    """Hash the layers and weights, but not the layers' names: Keras counts those of all that a program has built."""
    layers = [(type(layer).__name__, {**layer.get_config(), "name": ""}) for layer in model.layers]
    weights = [np.asarray(weight) for weight in model.weights]
    shapes = [(one.dtype.name, one.shape) for one in weights]
    described = json.dumps([layers, shapes], default=str, sort_keys=True)
    return hash_bytes(b"".join([described.encode(), *(one.tobytes() for one in weights)]))


def _check_shapes(model: keras.Model, image_shape: tuple[int, ...], classes: int) -> None:
    if not model.built or len(model.inputs) != 1 or len(model.outputs) != 1:
        raise UsageError(
            f"the model {model.name} isn't built, or has several inputs or outputs",
            "give it one input, such as keras.Input((784,)), and one output",
        )
    taken, given = model.inputs[0].shape[1:], model.outputs[0].shape[1:]
    if None in taken or math.prod(taken) != math.prod(image_shape):
        raise UsageError(
            f"the model {model.name} takes {taken}, and the images have {join_sizes(image_shape)} pixels",
            f"begin it with keras.Input(({math.prod(image_shape)},)) or keras.Input({(*image_shape, 1)})",
        )
    if given != (classes,):
        raise UsageError(
            f"the model {model.name} gives {given}, and the images are of {classes} classes",
            f"end it with keras.layers.Dense({classes}, activation='softmax')",
        )


def _check_answers(model: keras.Model, scaling: Scaling, images: np.ndarray[Any, Any]) -> None:
    """A model that ends in logits would be trained as if they were probabilities."""
    from edgemnist.training.steps import compile_predictor

    answers = compile_predictor(model, scaling)(images.reshape(-1, *model.inputs[0].shape[1:]))
    if not (answers.min() >= 0 and np.abs(answers.sum(axis=1) - 1).max() <= SUM_SLACK):
        raise UsageError(
            f"the model {model.name} doesn't give probabilities: they add up to {answers.sum(axis=1)[0]:.3g}, "
            "expected 1",
            "end it with activation='softmax', or with keras.layers.Softmax()",
        )
