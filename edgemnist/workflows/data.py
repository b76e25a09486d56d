"""Which data set a verb reads: what the user names, else what the model was trained on, which `train` remembers.

Where data lie is kept in the user's own state folder, by the hash of their test images; a manifest only names that
hash. So whoever writes a manifest can't make us read a file: at most, it leads to data that this user trained on.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgemnist.contract import Picture
from edgemnist.datasets import MNIST_TEST_SHA256, Dataset, load_dataset
from edgemnist.datasets.readers.base import list_visible
from edgemnist.errors import DataError, EdgeMnistError, UsageError, WriteError
from edgemnist.files import read_file, write_atomically
from edgemnist.formats import EXTENSIONS, ModelFile
from edgemnist.manifest import Manifest, find_manifest
from edgemnist.trust import STATE_HINT, find_state

if TYPE_CHECKING:
    from edgemnist.datasets import Data

MOST_BYTES = 2**20
GIVE = "give them: `data=PATH`"


@dataclass(frozen=True)
class _Use:
    """What a manifest says of the data of a model.

    Args:
        model: whose data they are, for messages.
        test_sha256: hash of the test images.
    """

    model: str
    test_sha256: str


@dataclass(frozen=True)
class _Place:
    """Where data are, and how their pictures were prepared; None for images that were taken as they are."""

    path: str
    split: str | None
    class_names: list[str] | None
    picture: Picture | None


def open_data(
    data: Data, class_names: Sequence[str] | None, split: str | None, models: Iterable[str | Path | ModelFile]
) -> Dataset:
    """Open the data set that the user names, else the one that models were trained on, else MNIST.

    Args:
        data, class_names, split: as `load_dataset` takes them.
        models: model files, or folders of them.

    Pictures are prepared as they were for those models.

    Raises:
        DataError: The data can't be read; or nobody knows where those of the models are, or they were changed.
        UsageError: The models were trained on different data, or on pictures that were prepared differently.
    """
    if data is not None or split is not None:
        return _prepare_alike(load_dataset(data, class_names, split), models)
    uses = {use.test_sha256: use for model in models for use in _list_uses(model)}
    if len(uses) > 1:
        found = ", ".join(f"{use.model} on {use.test_sha256[:8]}" for use in uses.values())
        raise UsageError(f"the models were trained on different data: {found}", f"take one at a time, or {GIVE}")
    (use,) = uses.values() or (None,)
    if use is None or use.test_sha256 == MNIST_TEST_SHA256:
        return load_dataset(None, class_names)
    return _recall(use, class_names)


def _prepare_alike(dataset: Dataset, models: Iterable[str | Path | ModelFile]) -> Dataset:
    """Let pictures be prepared as the models' contracts say, where nothing else is stated."""
    if not dataset.reader.holds_pictures or (dataset.preparation and dataset.ink):
        return dataset
    found = {picture: name for model in models for name, picture in _list_preparations(model)}
    if len(found) > 1:
        listed = "; ".join(f"{name}: {picture.summarize()}" for picture, name in found.items())
        raise UsageError(f"the models take pictures that were prepared differently: {listed}", "take one at a time")
    for picture in found:
        return dataset.state(dataset.preparation or picture.preparation, dataset.ink or picture.ink)
    return dataset


def _list_preparations(model: str | Path | ModelFile) -> Iterator[tuple[str, Picture]]:
    """Yield how pictures were prepared for a model, or for those in a folder; one that is damaged is said elsewhere."""
    if isinstance(model, ModelFile):
        files: Iterable[Path | ModelFile] = [model]
    else:
        path = Path(model)
        files = [one for one in list_visible(path) if one.suffix in EXTENSIONS] if path.is_dir() else [path]
    for one in files:
        with contextlib.suppress(EdgeMnistError):
            file = one if isinstance(one, ModelFile) else ModelFile.read(one)
            if picture := _recall_preparation(file) or _read_preparation(file):
                yield file.path.name, picture


def _recall_preparation(file: ModelFile) -> Picture | None:
    """Return how the pictures of a model were prepared, as far as it is remembered; its own contract may be older."""
    for use in _list_uses(file):
        with contextlib.suppress(DataError):  # what is damaged is not needed
            if place := _read_place(use):
                return place.picture
    return None


def _read_preparation(file: ModelFile) -> Picture | None:
    contract = file.contract if file.may_have_contract else None
    return contract.picture if contract else None


@dataclass(eq=False)
class ModelData:
    """The data sets of several models: each its own, where they were trained on different ones.

    Args:
        common: The one of all; None where they are several.
        class_names: As `load_dataset` takes them.
    """

    common: Dataset | None
    class_names: Sequence[str] | None = None
    _opened: dict[str, Dataset] = field(default_factory=dict)

    @classmethod
    def choose(
        cls,
        data: Data,
        class_names: Sequence[str] | None,
        split: str | None,
        models: Sequence[str | Path | ModelFile],
        against: Path | None = None,
    ) -> ModelData:
        """Open the one data set of all models, or see that they are several.

        Args:
            data, class_names, split: As `load_dataset` takes them.
            models: Model files, or folders of them.
            against: What all are compared with; None for the source of each.

        Raises:
            DataError, UsageError: As `open_data`.
        """
        uses = {use.test_sha256 for model in models for use in _list_uses(model)}
        if data is None and split is None and against is None and len(uses) > 1:
            return cls(None, class_names)
        return cls(open_data(data, class_names, split, [*models, *([against] if against else [])]))

    def find(self, model: Path | ModelFile) -> Dataset:
        """Return the data set of a model file; MNIST for one of which no manifest says any.

        Raises:
            DataError: Nobody knows where it is, or it was changed.
        """
        if self.common is not None:
            return self.common
        use = next(iter(_list_uses(model)), None)
        key = use.test_sha256 if use else MNIST_TEST_SHA256
        if key not in self._opened:
            self._opened[key] = open_data(None, self.class_names, None, [model])
        return self._opened[key]


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


def _list_uses(model: str | Path | ModelFile) -> list[_Use]:
    """Return what the manifests say; one that can't be read is an error of the model, and said as such elsewhere."""
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
    return [_Use(name, sha256) for name, sha256 in found if sha256]


def _find_hash(manifest: Manifest, name: str) -> str | None:
    """Return the hash of the test images of a listed model: its own entry's, else that of its source's answers."""
    entry = manifest.models.get(name)
    if entry is None:
        return None
    if "data" in entry:
        return str(entry["data"]["test_sha256"])
    source = entry.get("source", {}).get("sha256", entry["sha256"])
    hashes = {answers["data_sha256"] for answers in manifest.answers.values() if answers["model_sha256"] == source}
    return hashes.pop() if len(hashes) == 1 else None


def _recall(use: _Use, class_names: Sequence[str] | None) -> Dataset:
    whose = f"{use.model}: the data that it was trained on ({use.test_sha256[:8]})"
    place = _read_place(use)
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


def _read_place(use: _Use) -> _Place | None:
    path = _find_place(use.test_sha256)
    if not path.exists():
        return None
    try:
        place: dict[str, Any] = json.loads(read_file(path, MOST_BYTES, error=DataError))
        picture = Picture(place["preparation"], place["ink"]) if "preparation" in place else None
        if picture:
            picture.check()
        return _Place(place["path"], place["split"], place["class_names"], picture)
    except (ValueError, LookupError, TypeError):
        raise DataError(f"{path}: damaged", f"remove it, and {GIVE}") from None
