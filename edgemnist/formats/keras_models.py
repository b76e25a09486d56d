"""A classifier that Keras can run, out of any file that Keras writes. No code that a file carries is ever run."""

from __future__ import annotations

import errno
import math
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import Contract
from edgemnist.datasets.shape import IMAGE_SHAPE, fits_image
from edgemnist.errors import ModelError, WriteError, take_first_line
from edgemnist.formats import ModelFile
from edgemnist.formats.keras import ZIP_FAILURES, find_kind, take_answers
from edgemnist.formats.keras_config import Rewritten, find_code, rewrite
from edgemnist.formats.keras_copies import HANDLERS, Read, Write
from edgemnist.formats.saved_model import ENDPOINT, GRAPH, require_computation, unpack
from edgemnist.quiet import loading, quiet
from edgemnist.text import phrase_call

if TYPE_CHECKING:
    import keras

# What Keras says first of a layer that it can't run, and how it makes words bold.
CALLED = re.compile(r"Exception encountered when calling (\w+)\.call\(\)\.")
CODES_OF_TERMINALS = re.compile(r"\x1b\[\d*m")
# Those that are most usual, for messages.
INPUT_SHAPES = ((math.prod(IMAGE_SHAPE),), IMAGE_SHAPE, (*IMAGE_SHAPE, 1))
# What Keras and h5py raise over a file that isn't as they expect.
LOAD_FAILURES = (*ZIP_FAILURES, TypeError, AttributeError, ImportError)
DISK_FULL = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
TENSORFLOW_INSTALL = "pip install tensorflow"
# A class that the file names and Keras hasn't: in an archive, and in an .h5 file.
FOREIGN_CLASS = re.compile(r"(?:Could not locate (?:class|function)|Unknown [\w ]+:) '([^']+)'")
SAVE_AGAIN = "save it again with model.save('model.keras'), from Keras 3"
# What a model of any kind can be given as, from the program that defines it.
AS_FOLDER = f"model.export('saved_model'), then {phrase_call('export', 'saved_model', all=True)}"
# A model that was rebuilt for floats gives the same for whole numbers, but for the order of sums.
SAME, ASKED = 1e-4, 16


@dataclass(frozen=True, eq=False)
class Classifier:
    """A loaded classifier.

    Args:
        model: Takes float32 (n, ...).
        contract: The contract inside the file; None where someone else wrote it.
        notes: What of it was rebuilt, a sentence each.
    """

    model: keras.Model
    contract: Contract | None
    notes: tuple[str, ...] = ()


def load_classifier(file: ModelFile) -> Classifier:
    """Load the Keras classifier in a file, without its optimizer, in float32, with any number of images.

    Args:
        file: A `.keras` archive, an `.h5` file or a SavedModel.

    Raises:
        ModelError: the file is missing, damaged or foreign, asks to run code, or is no classifier of
            images.
        PackageMissing: TensorFlow isn't installed.
    """
    path, contract = file.path, file.contract
    kind = find_kind(path, file.content)
    with loading("tensorflow", TENSORFLOW_INSTALL):
        import tensorflow  # noqa: F401  (Keras loads it otherwise, with its banner)
    with loading("keras", TENSORFLOW_INSTALL):
        import keras  # noqa: F401

    with _explaining(path), tempfile.TemporaryDirectory() as folder, quiet():
        place = Path(folder)
        if kind == "folder":
            model, notes = _open_saved_model(path, unpack(file.content, place)), tuple[str, ...]()
        else:
            model, notes = _open_described(file, place, *HANDLERS[kind])
    _check_shapes(path, model)
    return Classifier(model, contract, notes)


def _open_described(
    file: ModelFile, folder: Path, ending: str, read: Read, write: Write
) -> tuple[keras.Model, tuple[str, ...]]:
    """Open a file that has a description, rewritten for what runs it here; with what was changed."""
    import keras

    def load(copy: Path, wanted: dict[str, Any]) -> keras.Model:
        if wanted is not config:
            write(copy, wanted)
        return keras.models.load_model(copy, compile=False, safe_mode=True)

    copy = file.write_to(folder, f"model{ending}")
    config, version = read(file.path, copy)
    change = _rewrite(file.path, config, version)
    model = load(copy, change.config)
    if change.exact is not None and change.taken is not None:
        exact = load(file.write_to(folder, f"exact{ending}"), change.exact)
        _require_same(file.path, exact, model, change.taken)
    return model, change.notes


@contextmanager
def _explaining(path: Path) -> Iterator[None]:
    """Turn what Keras and h5py raise into one error, with what to do about it."""
    try:
        yield
    except LOAD_FAILURES as error:
        if isinstance(error, OSError) and error.errno in DISK_FULL:
            raise WriteError(f"no room to unpack {path}: {error.strerror}", "make room for temporary files") from error
        raise ModelError(*_explain(path, error)) from error


def _explain(path: Path, error: BaseException) -> tuple[str, str]:
    """Say why Keras refused the file, in one line, with what to do about it."""
    reason = str(error)
    if "safe_mode" in reason or "unsafe" in reason.lower():
        return _refuse_code(path, "Lambda")
    if foreign := FOREIGN_CLASS.search(reason):
        return (
            f"{path}: it has a class of its own, {foreign[1]}, whose code is not in the file",
            f"in the program that defines {foreign[1]}: {AS_FOLDER}",
        )
    first = take_first_line(error, most=200)
    return f"{path}: Keras can't load it: {first}", SAVE_AGAIN


def run_model(path: Path, model: keras.Model, values: NDArray[Any]) -> NDArray[Any]:
    """Run a loaded model: its input values in, its scores out, (n, scores).

    Raises:
        ModelError: Keras stops inside: a layer has a setting that it takes, and can't run.
    """
    from tensorflow import errors

    try:
        with quiet():  # Keras warns about named inputs at each call
            return np.asarray(take_answers(model(values, training=False)))
    except (ValueError, TypeError, RuntimeError, errors.OpError) as error:
        reason = CODES_OF_TERMINALS.sub("", str(error))
        stopped = CALLED.search(reason)
        layers = [layer for layer in model._flatten_layers() if stopped and type(layer).__name__ == stopped[1]]
        where = f"layer {layers[0].name} ({stopped[1]})" if stopped and layers else "the model"
        why = reason[stopped.end() :] if stopped else reason
        raise ModelError(f"{path}: Keras stopped inside {where}: {take_first_line(ValueError(why))}") from error


def _refuse_code(path: Path, kind: str) -> tuple[str, str]:
    if kind == "TFSMLayer":
        return (
            f"{path}: its layers are not in the file, but in a SavedModel elsewhere (TFSMLayer)",
            "give that folder in its place",
        )
    return (
        f"{path}: refused: the file asks to run Python code of its own when it is loaded (a Lambda layer)",
        "replace the Lambda by a layer of Keras, such as Rescaling or Reshape, and save the model again; or, in the "
        f"program that made it: {AS_FOLDER}",
    )


def _rewrite(path: Path, config: Any, keras_version: object) -> Rewritten:
    """Rewrite a description.

    Raises:
        ModelError: It carries code.
        TypeError: It is none.
    """
    if not isinstance(config, dict):
        raise TypeError("its configuration is not a JSON object")
    if kind := find_code(config):
        raise ModelError(*_refuse_code(path, kind))
    return rewrite(config, str(keras_version))


def _require_same(path: Path, original: keras.Model, model: keras.Model, taken: str) -> None:
    """Refuse a model that computes with whole numbers what it wouldn't with floats, such as a sum that runs over."""
    most = min(256, np.iinfo(taken).max + 1)
    values = np.random.default_rng(0).integers(0, most, (ASKED, *original.inputs[0].shape[1:])).astype(taken)
    expected, found = (
        np.asarray(take_answers(one(given, training=False)), np.float32)
        for one, given in ((original, values), (model, values.astype(np.float32)))
    )
    if not np.abs(expected - found).max() <= SAME * max(1.0, float(np.abs(expected).max())):
        raise ModelError(
            f"{path}: takes {taken}, and answers otherwise when it takes the same numbers as float32",
            "cast the input to float32 in its first layer, and save it again",
        )


def _open_saved_model(path: Path, folder: Path) -> keras.Model:
    """Open a SavedModel as one layer of a model that takes float32."""
    import keras
    import tensorflow as tf

    require_computation(path, (folder / GRAPH).read_bytes())
    try:
        layer = keras.layers.TFSMLayer(folder, call_endpoint=ENDPOINT)
    except tf.errors.OpError as error:
        raise ModelError(f"{path}: TensorFlow can't load it: {take_first_line(error)}", SAVE_AGAIN) from error
    taken = list(layer.call_endpoint_fn.structured_input_signature[1].values())
    if len(taken) != 1 or taken[0].shape.rank is None or taken[0].shape[0] is not None:
        found = ", ".join(str(one.shape) for one in taken) or "none"
        raise ModelError(
            f"{path}: its input is {found}, expected one with an open number of images",
            "export the model so: keras.Input(shape), without a batch size",
        )
    values = keras.Input(tuple(taken[0].shape[1:]), name="pixels")
    answers = layer(keras.ops.cast(values, taken[0].dtype.name))
    if isinstance(answers, dict | list | tuple) and len(answers) != 1:
        raise ModelError(
            f"{path}: gives {len(answers)} outputs, expected one score a class", "export a model of one output"
        )
    return keras.Model(values, take_answers(answers), name="saved_model")


def _check_shapes(path: Path, model: keras.Model) -> None:
    import keras

    inputs = [tuple(tensor.shape[1:]) for tensor in getattr(model, "inputs", None) or []]
    if len(inputs) != 1 or not fits_image(inputs[0]):
        found = ", ".join(map(str, inputs)) or "none"
        expected = ", ".join(map(str, INPUT_SHAPES))
        raise ModelError(f"{path}: input shape {found}, expected one of {expected}")
    dtype = model.inputs[0].dtype
    if not str(dtype).startswith("float"):
        raise ModelError(f"{path}: input dtype {dtype}, expected float32", "cast it in the first layer")
    computed = {str(getattr(layer, "compute_dtype", None) or "float32") for layer in model.layers} - {"float32"}
    if computed:
        raise ModelError(
            f"{path}: computes in {min(computed)}, expected float32", "export makes it smaller: `quantize='float16'`"
        )
    for layer in model.layers:
        if isinstance(layer, keras.layers.RNN | keras.layers.Bidirectional):
            raise ModelError(
                f"{path}: layer {layer.name} ({type(layer).__name__}) is recurrent, and can't be exported",
                "use dense or convolutional layers",
            )
    outputs = [tuple(tensor.shape[1:]) for tensor in model.outputs]
    if len(outputs) != 1 or len(outputs[0]) != 1 or (outputs[0][0] or 0) < 1:
        found = ", ".join(map(str, outputs))
        raise ModelError(f"{path}: output shape {found}, expected one score a class, such as (10,)")
