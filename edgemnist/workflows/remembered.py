"""Where the data set of a model is, as `train` remembers it.

It is kept in the user's own state folder, by the hash of the test images; a manifest only names that
hash. So whoever writes a manifest can't make us read a file: at most, it leads to data that this user trained on.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from edgemnist.contract import Picture
from edgemnist.datasets import Dataset, load_dataset
from edgemnist.errors import DataError, EdgeMnistError, WriteError
from edgemnist.files import read_file, write_atomically
from edgemnist.formats import ModelFile
from edgemnist.manifest import Manifest, find_manifest
from edgemnist.trust import STATE_HINT, find_state

MOST_BYTES = 2**20
GIVE = "give them: `data=PATH`"


@dataclass(frozen=True)
class Use:
    """What a manifest says of the data of a model.

    Args:
        model: whose data they are, for messages.
        test_sha256: hash of the test images.
    """

    model: str
    test_sha256: str


@dataclass(frozen=True)
class Place:
    """Where data are, and how their pictures were prepared; None for images that were taken as they are."""

    path: str
    split: str | None
    class_names: list[str] | None
    picture: Picture | None


def remember_data(dataset: Dataset) -> None:
    """Keep in mind where a data set is, if it is a file or a folder.

    Raises:
        WriteError: The user's state folder can't be written to.
    """
    if dataset.path is None:
        return
    picture = asdict(dataset.picture) if dataset.reader.holds_pictures else {}
    place = {
        "path": str(dataset.path.absolute()), "split": dataset.split, "class_names": dataset.given_labels, **picture
    }  # fmt: skip
    path = _find_place(dataset.test.sha256)
    try:
        write_atomically(path, f"{json.dumps(place)}\n".encode())
    except WriteError as error:
        raise WriteError(error.message, STATE_HINT) from error


def _find_place(test_sha256: str) -> Path:
    return find_state() / "data" / f"{test_sha256}.json"


def list_uses(model: str | Path | ModelFile) -> list[Use]:
    """Return what the manifests say of the data of a model, or of those in a folder.

    A manifest that can't be read is an error of the model, and said as such elsewhere.
    """
    if isinstance(model, ModelFile):
        manifest, names = model.manifest, [model.path.name]
    else:
        path = Path(model)
        folder = path if path.is_dir() else path.parent
        try:
            manifest = find_manifest(folder)
        except EdgeMnistError:
            return []
        names = list(manifest.models) if path.is_dir() else [path.name]
    found = ((name, _find_hash(manifest, name)) for name in names)
    return [Use(name, sha256) for name, sha256 in found if sha256]


def _find_hash(manifest: Manifest, name: str) -> str | None:
    """Return the hash of the test images of a listed model: its own entry's, else that of the source's answers."""
    entry = manifest.models.get(name)
    if entry is None:
        return None
    if "data" in entry:
        return str(entry["data"]["test_sha256"])
    source = entry.get("source", {}).get("sha256", entry["sha256"])
    hashes = {answers["data_sha256"] for answers in manifest.answers.values() if answers["model_sha256"] == source}
    return hashes.pop() if len(hashes) == 1 else None


def recall_data(use: Use, class_names: Sequence[str] | None) -> Dataset:
    """Open the data set that a model was trained on, its pictures prepared as they were.

    Raises:
        DataError: Nobody knows where it is, or it was changed.
    """
    whose = f"{use.model}: the data that it was trained on ({use.test_sha256[:8]})"
    place = read_place(use)
    if place is None:
        raise DataError(f"{whose} are not known here", GIVE)
    try:
        dataset = load_dataset(place.path, class_names or place.class_names, place.split)
        if place.picture and dataset.reader.holds_pictures:
            dataset = dataset.state(place.picture.preparation, place.picture.ink)
        found = dataset.test.sha256
    except DataError as error:
        raise DataError(f"{whose} can't be read: {error.message}", GIVE) from error
    if found != use.test_sha256:
        raise DataError(f"{whose} are no longer in {place.path}: its test images are others now", GIVE)
    return dataset


def read_place(use: Use) -> Place | None:
    """Return where a data set is; None where it isn't remembered.

    Raises:
        DataError: What was remembered is damaged.
    """
    path = _find_place(use.test_sha256)
    if not path.exists():
        return None
    try:
        place: dict[str, Any] = json.loads(read_file(path, MOST_BYTES, error=DataError))
        picture = Picture(place["preparation"], place["ink"]) if "preparation" in place else None
        if picture:
            picture.check()
        return Place(place["path"], place["split"], place["class_names"], picture)
    except (ValueError, LookupError, TypeError):
        raise DataError(f"{path}: damaged", f"remove it, and {GIVE}") from None
