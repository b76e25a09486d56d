"""A Keras model of the user's own that is to be trained: found unfit before any work, not after it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
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
from edgemnist.formats.keras import list_variables, serialize_classifier
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

    _check_kind(model)
    _check_shapes(model, dataset.training.image_shape, len(dataset.labels))
    contract = state_contract(model)
    loaded = load_classifier(ModelFile(Path(f"{model.name}.keras"), serialize_classifier(model, contract)))
    if loaded.notes:
        raise UsageError(
            f"the model {model.name} can't be trained as it is: {'; '.join(loaded.notes)}",
            "build it in float32, with an input of float32",
        )
    _check_answers(model, Scaling(*contract.input.range), dataset.training.images[:CHECKED_IMAGES])
    return {"name": model.name, "sha256": _hash_model(model)}


def _hash_model(model: keras.Model) -> str:
    """Hash layers, weights and what draws at random, but not names: Keras counts those of all that was built."""
    config = model.get_config()
    names = {name: f"#{number}" for number, name in enumerate(dict.fromkeys(_list_names(config)))}
    described = json.dumps(_rename(config, names), default=lambda value: type(value).__name__, sort_keys=True)
    values = [np.asarray(variable) for variable in list_variables(model)]
    return hash_bytes(b"".join([described.encode(), *(one.tobytes() for one in values)]))


def _list_names(config: Any) -> Iterator[str]:
    """Yield what the keys "name" of a configuration hold, in order."""
    if isinstance(config, dict):
        if isinstance(config.get("name"), str):
            yield config["name"]
        config = list(config.values())
    if isinstance(config, list | tuple):
        for one in config:
            yield from _list_names(one)


def _rename(config: Any, names: Mapping[str, str]) -> Any:
    """Return a configuration with other names, wherever they stand."""
    if isinstance(config, dict):
        return {key: _rename(value, names) for key, value in config.items()}
    if isinstance(config, list | tuple):
        return [_rename(one, names) for one in config]
    return names.get(config, config) if isinstance(config, str) else config


def _check_kind(model: Any) -> None:
    import keras

    if not isinstance(model, keras.Model):
        raise UsageError(
            f"a model is {type(model).__name__}, expected a Keras model", "load it: keras.models.load_model"
        )


def _check_shapes(model: keras.Model, image_shape: tuple[int, ...], classes: int) -> None:
    # One that is built in code of the user's own has no inputs that are known before it runs.
    ends = [getattr(model, end, None) or () if model.built else () for end in ("inputs", "outputs")]
    row = f"keras.Input(({math.prod(image_shape)},))"
    if [len(end) for end in ends] != [1, 1]:
        raise UsageError(
            f"the model {model.name} isn't built, is built in code of its own, or has several inputs or outputs",
            f"build it of layers, with one input, such as {row}, and one output",
        )
    taken, given = model.inputs[0].shape[1:], model.outputs[0].shape[1:]
    if None in taken or math.prod(taken) != math.prod(image_shape):
        raise UsageError(
            f"the model {model.name} takes {taken}, and the images have {join_sizes(image_shape)} pixels",
            f"begin it with {row} or keras.Input({(*image_shape, 1)})",
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
