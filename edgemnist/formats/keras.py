"""The files that Keras writes: a `.keras` archive, an `.h5` file of before, and the folder of a SavedModel.

Keras writes dates, zip times and memory addresses (`shared_object_id`) into an archive; all three are made stable here,
so that the same model gives the same bytes. Our own archives carry their contract as one more member, which Keras
ignores.
"""

from __future__ import annotations

import io
import json
import lzma
import re
import struct
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from edgemnist.contract import Contract
from edgemnist.errors import ModelError, take_first_line
from edgemnist.formats import ModelFile
from edgemnist.formats.saved_model import is_archive

if TYPE_CHECKING:
    import keras

CONTRACT_MEMBER = "edgemnist.json"
MOST_CONTRACT_BYTES = 1 << 20
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
HDF5 = b"\x89HDF\r\n\x1a\n"
# Weights are floats, which hardly compress: a member that unpacks to far more than the file is no model.
MOST_EXPANSION = 20
LEAST_LIMIT = 16 * 2**20
# The endings of HDF5 files; what Keras takes for a folder ends in none of all these.
OLD = (".h5", ".hdf5")
Kind = Literal["archive", "hdf5", "folder"]
NAMES: dict[Kind, str] = {
    "archive": "a .keras archive", "hdf5": "an HDF5 file (.h5)", "folder": "the folder of a SavedModel",
}  # fmt: skip
# What Keras calls trained values of several dimensions that multiply no inputs of a layer.
NO_KERNELS = ("alpha", "beta", "bias", "gamma")


def find_kind(path: Path, content: bytes) -> Kind:
    """Return of which kind a file is. Keras goes by its name: what is read here is what Keras would read.

    Args:
        path: Its path.
        content: Its bytes; those of a folder as `edgemnist.files` reads them.

    Raises:
        ModelError: It holds what its name doesn't say.
        BadZipFile: It is of no kind.
    """
    named: Kind = "archive" if path.suffix == ".keras" else "hdf5" if path.suffix in OLD else "folder"
    found: Kind = "hdf5" if content.startswith(HDF5) else "folder" if is_archive(content) else "archive"
    if found != named:
        raise ModelError(
            f"{path}: by its name {NAMES[named]}, but it holds {NAMES[found]}",
            "name it as what it is: .keras for an archive, .h5 for HDF5, neither for a SavedModel's folder",
        )
    return found


def read_contract(file: ModelFile) -> Contract | None:
    """Return the contract inside a `.keras` file, or None where someone else wrote the file.

    Raises:
        ModelError: It is no model that Keras writes, or its contract can't be read.
    """
    path = file.path
    try:
        if find_kind(path, file.content) != "archive":
            return None
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
        ModelError: It is damaged, or none.
    """
    stream = io.BytesIO(file.content)
    try:
        find_kind(file.path, file.content)  # what is none would be given an archive behind it
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


def read_member(archive: zipfile.ZipFile, member: str, size: int) -> bytes:
    """Unpack a member, if it isn't far larger than the file: what it claims is checked while it is unpacked.

    Args:
        archive: The file, opened.
        member: Name of the member.
        size: Size of the file in bytes.

    Raises:
        ValueError: It is.
    """
    limit = max(LEAST_LIMIT, MOST_EXPANSION * size)
    with archive.open(member) as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise ValueError(f"{member} unpacks to more than {limit} bytes")
    return content


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
        _drop_compilation(model).save(path)
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


def _drop_compilation(model: keras.Model) -> keras.Model:
    """Return a model as it was before it was compiled: how someone trained it, and how far, is no part of it."""
    if not model.compiled:
        return model
    plain: keras.Model = type(model).from_config(model.get_config())
    plain.set_weights(model.get_weights())
    return plain


def is_kernel(variable: Any) -> bool:
    """True for a trained value of several dimensions that multiplies a layer's inputs."""
    return len(variable.shape) > 1 and variable.name not in NO_KERNELS


def list_variables(model: keras.Model) -> list[keras.Variable]:
    """Return all that a model holds: weights, and the states of what draws at random, but not its metrics'."""
    metrics = {id(variable) for variable in model.metrics_variables}
    return [variable for variable in model.variables if id(variable) not in metrics]


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
