"""`manifest.json`: what was made from what, with which versions, and what was measured of it.

It stands beside the models. Nothing in it depends on the time or the place: the same commands on the same machine
write the same bytes. It may come from anyone: each field that is used is checked when it is read.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edgemnist.errors import ModelError
from edgemnist.files import Transaction, finish_writing, open_transaction, read_file
from edgemnist.manifest_fields import SCHEMA, check_document, show

NAME = "manifest.json"
# One of edgemnist's has 3 kB an entry.
MOST_BYTES = 16 << 20
Entry = dict[str, Any]


@dataclass
class Manifest:
    """The manifest of one folder. To change it: `edit_manifest`.

    Args:
        folder: Where it stands.
        models: An entry a model file, by the file's name.
        answers: An entry a file of stored answers, by its name: the two hashes that it is keyed by.
    """

    folder: Path
    models: dict[str, Entry] = field(default_factory=dict)
    answers: dict[str, Entry] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> Manifest:
        """Read the manifest of `folder` for changing it; an empty one where there is none.

        Raises:
            ModelError: It is damaged, of another schema, or something else that has its name and must not be lost.
        """
        found = _read(folder)
        if found is None:
            path = folder / NAME
            hint = "write to another folder, or move that file away"
            raise ModelError(f"{path}: no manifest of edgemnist, and would be lost", hint)
        return found

    def write_to(self, changes: Transaction) -> None:
        """Write the manifest together with other files of its folder.

        Raises:
            ModelError: It couldn't be read again.
        """
        document = {"schema": SCHEMA, "models": self.models, "answers": self.answers}
        content = f"{json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False)}\n".encode()
        _parse(self.folder, content)
        changes.write(NAME, content)

    def drop_unused_answers(self) -> list[str]:
        """Forget the stored answers of sources that no model here was made from any more.

        Returns:
            The names of their files, which are to be removed.
        """
        used = {entry["sha256"] for entry in self.models.values()}
        used |= {entry["source"]["sha256"] for entry in self.models.values() if "source" in entry}
        unused = [name for name, entry in self.answers.items() if entry["model_sha256"] not in used]
        for name in unused:
            del self.answers[name]
        return unused


@contextlib.contextmanager
def edit_manifest(folder: Path) -> Iterator[tuple[Manifest, Transaction]]:
    """Read the manifest of `folder`, let it be changed, and write it: under the folder's lock, so that nothing is lost.

    Nothing is computed in between: others wait.

    Yields:
        The manifest; and what other files of the folder are to be changed together with it.

    Raises:
        ModelError: As `Manifest.load`.
        WriteError: The folder can't be written, or another writer doesn't end. Nothing is changed then.
    """
    with open_transaction(folder) as changes:
        manifest = Manifest.load(folder)
        yield manifest, changes
        manifest.write_to(changes)


def find_manifest(folder: Path) -> Manifest:
    """Return the manifest of `folder` for looking something up; an empty one where there is none.

    A web page's `manifest.json` is none.

    Raises:
        ModelError: It is damaged, or of another schema.
    """
    return _read(folder) or Manifest(folder)


def _read(folder: Path) -> Manifest | None:
    """Return a folder's manifest, empty where it has none; None where a file of that name is something else."""
    finish_writing(folder)
    path = folder / NAME
    return _parse(folder, read_file(path, MOST_BYTES)) if os.path.lexists(path) else Manifest(folder)


def _parse(folder: Path, content: bytes) -> Manifest | None:
    path = folder / NAME
    try:
        document = json.loads(content)
        if not isinstance(document, dict):
            raise ValueError(f"found {show(document)}, expected an object")
        if not document.keys() & {"schema", "models", "answers"}:
            return None
        return Manifest(folder, *check_document(document))
    except (ValueError, RecursionError) as error:
        hint = f"move {path} away, and export again"
        raise ModelError(f"{path}: can't be read as a manifest: {error}", hint) from error


def list_versions(*packages: str) -> dict[str, str]:
    """Return the versions of the packages that made an artifact, and edgemnist's.

    Example:
        >>> sorted(list_versions("numpy"))
        ['edgemnist', 'numpy']
    """
    from importlib.metadata import PackageNotFoundError, version  # 20 ms, which only writers need

    versions = {}
    for package in ("edgemnist", *packages):
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "not installed"
    return versions
