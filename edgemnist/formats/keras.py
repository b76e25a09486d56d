"""The `.keras` file: read with care, and written as the same bytes for the same model.

Keras writes dates, zip times and memory addresses (`shared_object_id`) into the archive; all three are
made stable here. Our own archives carry their contract as one more member, which Keras ignores.
"""

from __future__ import annotations

import errno
import io
import json
import lzma
import math
import re
import struct
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgemnist.contract import Contract
from edgemnist.datasets.shape import IMAGE_SHAPE, drop_channels, is_image
from edgemnist.errors import ModelError, WriteError, take_first_line
from edgemnist.formats import ModelFile
from edgemnist.quiet import loading, quiet

if TYPE_CHECKING:
    import keras

CONTRACT_MEMBER = "edgemnist.json"
MOST_CONTRACT_BYTES = 1 << 20
# Those that are most usual, for messages.
INPUT_SHAPES = ((math.prod(IMAGE_SHAPE),), IMAGE_SHAPE, (*IMAGE_SHAPE, 1))
# What zipfile raises over a file whose headers lie, or whose members are damaged.
ZIP_FAILURES = (
    ValueError,
    LookupError,
    OSError,
    EOFError,
    RuntimeError,  # NotImplementedError, too
    struct.error,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
)
# What Keras and h5py raise over a file that isn't as they expect.
LOAD_FAILURES = (*ZIP_FAILURES, TypeError, AttributeError, ImportError)
DISK_FULL = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
TENSORFLOW_INSTALL = "pip install tensorflow"


def read_contract(file: ModelFile) -> Contract | None:
    """Return the contract inside a `.keras` file, or None where someone else wrote the file.

    Raises:
        ModelError: It is no `.keras` archive, or its contract can't be read.
    """
    path = file.path
    try:
        with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
            if "config.json" not in archive.namelist():
                raise ModelError(f"{path}: a zip file, but not a Keras model: it has no config.json inside")
            if CONTRACT_MEMBER not in archive.namelist():
                return None
            return Contract.from_json(_read_member(path, archive, CONTRACT_MEMBER), str(path))
    except ZIP_FAILURES as error:
        raise ModelError(
            f"{path}: not a Keras model, or a damaged one: {take_first_line(error).lower()}",
            "a .keras file, as model.save('model.keras') writes it, is expected; or train one: edgemnist train",
        ) from error


def write_contract(file: ModelFile, contract: Contract) -> bytes:
    """Return the archive with a contract as one more member.

    Raises:
        ModelError: It is no `.keras` archive.
    """
    stream = io.BytesIO(file.content)
    try:
        with zipfile.ZipFile(stream, "a") as archive:
            archive.writestr(zipfile.ZipInfo(CONTRACT_MEMBER), contract.to_json())  # ZipInfo's own date is 1980-01-01
    except ZIP_FAILURES as error:
        raise ModelError(f"{file.path}: a damaged Keras model: {take_first_line(error).lower()}") from error
    return stream.getvalue()


def _read_member(path: Path, archive: zipfile.ZipFile, name: str) -> bytes:
    """Unpack a member, but no bomb: what a member's header says of its size need not be true."""
    with archive.open(name) as member:
        content = member.read(MOST_CONTRACT_BYTES + 1)
    if len(content) > MOST_CONTRACT_BYTES:
        raise ModelError(f"{path}: {name} inside has over {MOST_CONTRACT_BYTES:,} bytes, too many for a contract")
    return content


def load_classifier(file: ModelFile) -> tuple[keras.Model, Contract | None]:
    """Load the Keras classifier in a file, without its optimizer, and never run code that it carries.

    Returns:
        The model, and the contract inside; None where someone else wrote the file.

    Raises:
        ModelError: the file is missing, damaged or foreign, asks to run code, or is no classifier of
            images.
        PackageMissing: TensorFlow isn't installed.
    """
    path, contract = file.path, file.contract
    with loading("tensorflow", TENSORFLOW_INSTALL):
        import tensorflow  # noqa: F401  (Keras loads it otherwise, with its banner)
    with loading("keras", TENSORFLOW_INSTALL):
        import keras

    try:
        with tempfile.TemporaryDirectory() as folder, quiet():
            copy = file.write_to(Path(folder), "model.keras")
            model = keras.models.load_model(copy, compile=False, safe_mode=True)
    except LOAD_FAILURES as error:
        if isinstance(error, OSError) and error.errno in DISK_FULL:
            raise WriteError(f"no room to unpack {path}: {error.strerror}", "make room for temporary files") from error
        raise ModelError(*_explain(path, error)) from error
    _check_shapes(path, model)
    return model, contract


def _explain(path: Path, error: BaseException) -> tuple[str, str]:
    """Say why Keras refused the file, in one line, with what to do about it."""
    reason = str(error)
    if "safe_mode" in reason or "unsafe" in reason.lower():
        return (
            f"{path}: refused: the file asks to run Python code of its own when it is loaded (a Lambda layer)",
            "replace the Lambda by a layer of Keras, such as Rescaling or Reshape, and save the model again",
        )
    first = take_first_line(error, most=200)
    return f"{path}: Keras can't load it: {first}", "save it again with model.save('model.keras'), from Keras 3"


def _check_shapes(path: Path, model: keras.Model) -> None:
    import keras

    inputs = [tuple(tensor.shape[1:]) for tensor in getattr(model, "inputs", None) or []]
    if len(inputs) != 1 or not is_image(drop_channels(inputs[0])):
        found = ", ".join(map(str, inputs)) or "none"
        expected = ", ".join(map(str, INPUT_SHAPES))
        raise ModelError(f"{path}: input shape {found}, expected one of {expected}")
    dtype = model.inputs[0].dtype
    if not str(dtype).startswith("float"):
        raise ModelError(
            f"{path}: input dtype {dtype}, expected float32", "cast inside edgemnist: export with `raw_input=True`"
        )
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


def take_answers(result: Any) -> Any:
    """Return the one tensor that a classifier answers, also where the model names it in a dictionary."""
    if isinstance(result, dict):
        result = list(result.values())
    return result[0] if isinstance(result, list | tuple) else result


def serialize_classifier(model: keras.Model, contract: Contract) -> bytes:
    """Return `model` as the bytes of a `.keras` file with `contract` inside, without optimizer state.

    The same weights and layers give the same bytes.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.keras")
        model.save(path)
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in sorted(archive.namelist())}
    metadata = json.loads(members["metadata.json"])
    metadata.pop("date_saved", None)
    members["metadata.json"] = json.dumps(metadata).encode()
    members["config.json"] = _renumber_shared_objects(members["config.json"].decode()).encode()
    members[CONTRACT_MEMBER] = contract.to_json().encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)  # ZipInfo's own date is 1980-01-01
    return buffer.getvalue()


def _renumber_shared_objects(config: str) -> str:
    """Keras names shared objects by memory address: count them instead, in order of appearance.

    Example:
        >>> _renumber_shared_objects('"shared_object_id": 140012, "shared_object_id": 98, "shared_object_id": 140012')
        '"shared_object_id": 1, "shared_object_id": 2, "shared_object_id": 1'
    """
    numbers: dict[str, int] = {}

    def renumber(match: re.Match[str]) -> str:
        return f"{match[1]}{numbers.setdefault(match[2], len(numbers) + 1)}"

    return re.sub(r'("shared_object_id": )(\d+)', renumber, config)
