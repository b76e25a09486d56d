"""Model files: read once, hashed, looked up in the manifest beside them, and judged trustworthy.

    file = ModelFile.read(Path("exports/model_int8.tflite"))
    file.sha256, file.listed, file.changes, file.trusted

Each format has a module that reads what is inside such a file. None of them computes an output: exporters
and runtimes may both stand on them.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from edgemnist.contract import KEY, Contract
from edgemnist.errors import ModelError
from edgemnist.files import hash_bytes, is_model_folder, read_model_file
from edgemnist.manifest import Entry, Manifest, find_manifest
from edgemnist.text import quote_argument
from edgemnist.trust import is_trusted

# An .onnx file that has its values elsewhere is a graph: it is parsed in this process, and must not be larger.
MOST_GRAPH_BYTES = 1 << 26
ONE_FILE = "save it as one file: onnx.save(onnx.load('OLD.onnx'), 'NEW.onnx')"


@dataclass(frozen=True)
class Format:
    """A row of the table.

    Args:
        name: Name in commands, contracts and the manifest.
        extension: How the names of its files end.
        others: Other endings that such files have elsewhere.
        module: Module with `read_contract(file) -> Contract | None`, and `write_contract(file, contract) -> bytes`
            where files of others can be given one.
    """

    name: str
    extension: str
    module: str
    others: tuple[str, ...] = ()

    @property
    def extensions(self) -> tuple[str, ...]:
        """All endings."""
        return (self.extension, *self.others)


# In the order in which a folder's files are shown: sources first.
FORMATS = (
    Format("keras", ".keras", "edgemnist.formats.keras", (".h5", ".hdf5")),
    Format("tflite", ".tflite", "edgemnist.formats.tflite"),
    Format("onnx", ".onnx", "edgemnist.formats.onnx"),
    Format("c", ".c", "edgemnist.formats.c"),
)
# What Keras calls weights without a model.
WEIGHTS_ALONE = ".weights.h5"
EXTENSIONS = tuple(extension for format in FORMATS for extension in format.extensions)


def find_format(path: Path) -> Format | None:
    """Return the row for a file, by its extension, or for a SavedModel's folder; None for another file.

    Example:
        >>> find_format(Path("model_int8.tflite")).name
        'tflite'
    """
    if is_model_folder(path):
        return FORMATS[0]
    return next((format for format in FORMATS if path.suffix in format.extensions), None)


def is_keras(path: Path) -> bool:
    """True for the path of a Keras model."""
    format = find_format(path)
    return format is not None and format.name == "keras"


@dataclass(frozen=True, eq=False)
class ModelFile:
    """A model file as it was read: what is judged is what is run, whatever happens to the file meanwhile.

    Args:
        path: Where it was read.
        content: Bytes of the file.
        companions: Bytes of the files that go with it, by name: the header of generated C, the external data of ONNX.
        manifest: Manifest of its folder; an empty one where there is none.
    """

    path: Path
    content: bytes
    companions: Mapping[str, bytes] = field(default_factory=dict)
    manifest: Manifest = field(default_factory=lambda: Manifest(Path()))

    @classmethod
    def read(cls, path: str | Path, manifest: Manifest | None = None) -> ModelFile:
        """Read a model file and its companions.

        Args:
            path: Model file.
            manifest: Manifest of its folder, if the caller has read it already.

        Raises:
            ModelError: The file, its header or the manifest beside it is missing or can't be read.
        """
        path = Path(path)
        if path.name in ("", "..") and is_model_folder(path):  # such as ".": what is made of it is named after it
            path = path.resolve()
        content = read_model_file(path)
        companions = {name: read_model_file(path.parent / name) for name in _name_companions(path, content)}
        return cls(path, content, companions, find_manifest(path.parent) if manifest is None else manifest)

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the file, in hexadecimal."""
        return hash_bytes(self.content)

    @cached_property
    def format(self) -> Format | None:
        """Row of the table of formats; None for another file."""
        return find_format(self.path)

    @property
    def format_name(self) -> str | None:
        """Name of the format; None for another file."""
        return self.format.name if self.format else None

    @cached_property
    def contract(self) -> Contract | None:
        """The contract inside; None where someone else wrote the file.

        Raises:
            ModelError: The file is damaged, or of no known format.
        """
        if self.format is None:
            raise ModelError(f"{self.path}: no model file: its name was expected to end in {', '.join(EXTENSIONS)}")
        contract: Contract | None = importlib.import_module(self.format.module).read_contract(self)
        return contract

    def embed(self, contract: Contract) -> bytes:
        """Return the bytes of a copy that carries a contract, where this file has none.

        Raises:
            ModelError: It is damaged, or of a format whose files are only written with one.
        """
        self.require_embedding()
        content: bytes = self._module.write_contract(self, contract)
        return content

    def require_embedding(self) -> None:
        """Refuse a file into which no contract can be put. It isn't parsed.

        Raises:
            ModelError: So it is.
        """
        if not hasattr(self._module, "write_contract"):
            raise ModelError(f"{self.path}: no contract can be put into {self.path.suffix or 'such'} files")
        assert self.format is not None
        if self.path.suffix != self.format.extension:
            raise ModelError(
                f"{self.path}: only a {self.format.extension} file can carry a contract",
                f"export it: each file that is written carries one: edgemnist export {quote_argument(self.path)}",
            )
        self.require_one_file("a copy")

    @property
    def _module(self) -> Any:
        return importlib.import_module(self.format.module) if self.format else None

    @property
    def may_have_contract(self) -> bool:
        """False if there is certainly none inside: nothing in it has its name. The file isn't parsed."""
        return KEY.encode() in self.content

    @property
    def listed(self) -> Entry | None:
        """Entry of that name in the manifest, whatever the file holds now; None where there is none."""
        return self.manifest.models.get(self.path.name)

    @property
    def hashes(self) -> tuple[str, ...]:
        """SHA-256 of the file and of each companion."""
        return (self.sha256, *map(hash_bytes, self.companions.values()))

    @cached_property
    def trusted(self) -> bool:
        """True if this user made or trusts it and its companions; a manifest beside it has no say."""
        return is_trusted(self.hashes)

    @cached_property
    def changes(self) -> tuple[str, ...]:
        """Why it is not what export wrote under this name; empty where no manifest lists the name."""
        return tuple(_list_changes(self)) if self.listed else ()

    def require_one_file(self, owner: str) -> None:
        """Refuse a file whose values lie in others, where only one is taken.

        Args:
            owner: What takes it, for the message.

        Raises:
            ModelError: So they do.
        """
        if self.companions:
            raise ModelError(
                f"{self.path}: its values are in {', '.join(self.companions)}, and {owner} takes one file", ONE_FILE
            )

    def require_own_values(self, owner: str) -> None:
        """Refuse an ONNX file whose constants lie in others; the header of C holds none.

        Args:
            owner: What reads them, for the message.

        Raises:
            ModelError: So they do.
        """
        if self.format_name == "onnx":
            self.require_one_file(owner)

    def write_to(self, folder: Path, name: str | None = None) -> Path:
        """Write the bytes that were read, and the companions, into a folder for a tool to work on.

        Args:
            folder: Folder to write to.
            name: File name; None for the file's own.

        Returns:
            Path of the copy.
        """
        for companion, content in self.companions.items():
            with (folder / companion).open("xb") as stream:  # a file chooses their names: nothing is overwritten
                stream.write(content)
        copy = folder / (name or self.path.name)
        copy.write_bytes(self.content)
        return copy


def _name_companions(path: Path, content: bytes) -> tuple[str, ...]:
    """Name the files that go with it: the header of C, the external data of ONNX."""
    if path.suffix == ".c":
        from edgemnist.formats.c import find_header

        return find_header(content)
    if path.suffix == ".onnx" and b"location" in content:
        from edgemnist.formats.onnx import find_external_data

        if len(content) > MOST_GRAPH_BYTES:
            raise ModelError(f"{path}: over {MOST_GRAPH_BYTES >> 20} MiB, and may have external data", ONE_FILE)
        return find_external_data(path, content)
    return ()


def _list_changes(file: ModelFile) -> Iterator[str]:
    entry = file.listed
    assert entry is not None
    if entry["sha256"] != file.sha256:
        yield f"changed since export: its SHA-256 is {file.sha256[:8]}, the manifest lists {entry['sha256'][:8]}"
    listed = entry.get("companions", {})
    for name, content in file.companions.items():
        if listed.get(name) != hash_bytes(content):
            yield f"changed since export: the manifest lists another {name}"


def require_unchanged(file: ModelFile) -> None:
    """Refuse a file that isn't what the manifest beside it lists under its name.

    Raises:
        ModelError: It was changed since export.
    """
    for change in file.changes:
        hint = f"edgemnist verify {quote_argument(file.path)}; to use it nevertheless: `allow_changed=True`"
        raise ModelError(f"{file.path}: {change}", hint)


def find_false_claims(file: ModelFile, contract: Contract | None) -> tuple[str, ...]:
    """Return where the contract inside a listed file contradicts the manifest, one sentence each.

    Args:
        file: Model file.
        contract: What the runtime that opened it found inside, or None.
    """
    entry = file.listed
    if entry is None:
        return ()
    if contract is None:
        return ("changed since export: it has lost its contract",)
    source, listed = contract.source, entry.get("source")
    pairs = [
        ("precision", contract.precision, entry["precision"]),
        ("source", source.name if source else None, listed["name"] if listed else None),
        ("source's SHA-256", source.sha256 if source else None, listed["sha256"] if listed else None),
    ]
    return tuple(
        f"changed since export: the contract inside says {what} {found}, the manifest says {said}"
        for what, found, said in pairs
        if found != said
    )
