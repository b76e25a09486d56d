"""`manifest.json`: what was made from what, with which versions, and what was measured of it.

It stands beside the models. Nothing in it depends on the time, and on the place only the way from its
folder to a source elsewhere: the same commands on the same machine write the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from edgemnist.errors import ModelError
from edgemnist.files import hash_bytes, read_model_file, write_atomically

NAME = "manifest.json"
SCHEMA = 1
ANSWERS_NAME = re.compile(r"[^/\\]*_answers_[0-9a-f]{8}_[0-9a-f]{8}\.npz")
Entry = dict[str, Any]


@dataclass
class Manifest:
    """The manifest of one folder.

    Args:
        folder: where it stands.
        models: an entry a model file, by the file's name.
        answers: an entry a file of stored answers, by its name: the two hashes that it is keyed by.
    """

    folder: Path
    models: dict[str, Entry] = field(default_factory=dict)
    answers: dict[str, Entry] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> Manifest:
        """Read the manifest of `folder`; an empty one where there is none.

        Raises:
            ModelError: it can't be read, or is of another schema.
        """
        path = folder / NAME
        try:
            document = json.loads(path.read_bytes())
            if document["schema"] != SCHEMA:
                raise ModelError(f"{path}: schema {document['schema']}, expected {SCHEMA}")
            manifest = cls(folder, document["models"], document["answers"])
            manifest._check()
        except (FileNotFoundError, NotADirectoryError):
            return cls(folder)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            hint = f"move {path} away, and export again"
            raise ModelError(f"{path}: can't be read as a manifest: {error}", hint) from error
        return manifest

    def _check(self) -> None:
        """Raise ValueError where the document isn't what we write."""
        for entry in (*self.models.values(), *self.answers.values()):
            if not isinstance(entry["sha256"], str):
                raise ValueError("an entry without a hash")
        for name, entry in self.answers.items():
            # What is no longer needed is deleted by name: no other file may be listed here.
            if not ANSWERS_NAME.fullmatch(name) or not isinstance(entry["model_sha256"], str):
                raise ValueError(f"{name} listed as answers")
        for entry in self.models.values():
            if not all(Path(name).name == name for name in entry.get("companions", {})):
                raise ValueError("a companion in another folder")
            source = entry.get("source")
            if source is not None and not all(isinstance(source[key], str) for key in ("name", "sha256", "path")):
                raise ValueError("a source without name, hash or path")

    def save(self) -> None:
        """Write the manifest back, whole or not at all."""
        document = {"schema": SCHEMA, "models": self.models, "answers": self.answers}
        text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False)
        write_atomically(self.folder / NAME, f"{text}\n".encode())

    def knows(self, name: str, content: bytes) -> bool:
        """True if the file of that name with that very content was written by us."""
        return name in self.models and self.models[name]["sha256"] == hash_bytes(content)

    def drop_unused_answers(self) -> None:
        """Delete stored answers of sources that no model here was made from any more."""
        used = {entry["sha256"] for entry in self.models.values()}
        used |= {entry["source"]["sha256"] for entry in self.models.values() if "source" in entry}
        for name in list(self._list_unused(used)):
            del self.answers[name]
            (self.folder / name).unlink(missing_ok=True)

    def _list_unused(self, used: set[str]) -> Iterator[str]:
        return (name for name, entry in self.answers.items() if entry["model_sha256"] not in used)


def find_manifest(folder: Path) -> Manifest:
    """Return the manifest of `folder`; an empty one where a `manifest.json` is missing, damaged or not ours.

    For those who only look something up: web pages have a file of that name too. Who goes on to write
    it calls `Manifest.load`, which refuses to write over what it can't read.
    """
    try:
        return Manifest.load(folder)
    except ModelError:
        return Manifest(folder)


def is_ours(path: Path) -> bool:
    """True if the manifest beside a model file says that we wrote that very content, and its companions': a header.

    Raises:
        ModelError: the model file is missing, or can't be read.
    """
    content, manifest = read_model_file(path), find_manifest(path.parent)
    if not manifest.knows(path.name, content):
        return False
    companions = manifest.models[path.name].get("companions", {})
    if path.suffix == ".c" and path.with_suffix(".h").name not in companions:
        return False  # what a header says is compiled, too
    return all(hash_bytes(read_model_file(path.parent / name)) == sha256 for name, sha256 in companions.items())


def list_versions(*packages: str) -> dict[str, str]:
    """Return the versions of the packages that made an artifact, and our own.

    Example:
        >>> sorted(list_versions("numpy"))
        ['edgemnist', 'numpy']
    """
    versions = {}
    for package in ("edgemnist", *packages):
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "not installed"
    return versions
