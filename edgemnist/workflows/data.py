"""Which data set a verb reads: what the user names, else what the model was trained on, which `train` remembers.
Where that is, `edgemnist.workflows.remembered` knows.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgemnist.contract import Picture
from edgemnist.datasets import MNIST_TEST_SHA256, Dataset, load_dataset
from edgemnist.datasets.readers.base import list_visible
from edgemnist.errors import DataError, EdgeMnistError, UsageError
from edgemnist.formats import EXTENSIONS, ModelFile
from edgemnist.workflows.remembered import GIVE, Use, list_uses, read_place, recall_data

if TYPE_CHECKING:
    from edgemnist.datasets import Data


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
    uses = {use.test_sha256: use for model in models for use in list_uses(model)}
    if len(uses) > 1:
        raise _refuse_different(uses.values())
    (use,) = uses.values() or (None,)
    if use is None or use.test_sha256 == MNIST_TEST_SHA256:
        return load_dataset(None, class_names)
    return recall_data(use, class_names)


def _refuse_different(uses: Iterable[Use]) -> UsageError:
    found = ", ".join(f"{use.model} on {use.test_sha256[:8]}" for use in uses)
    return UsageError(f"the models were trained on different data: {found}", f"take one at a time, or {GIVE}")


def check_limit(limit: int | None) -> None:
    """Refuse a number of test images that is none; None stands for all.

    Raises:
        UsageError: It is below 1.
    """
    if limit is not None and limit < 1:
        raise UsageError(f"`limit={limit}` is out of range, expected 1 or more")


def cut_limit(limit: int | None, dataset: Dataset) -> int | None:
    """Return how many of the first test images are run; None where these are all of them."""
    return None if limit is None or limit >= len(dataset.test) else limit


def _prepare_alike(dataset: Dataset, models: Iterable[str | Path | ModelFile]) -> Dataset:
    """Let pictures be prepared as the models' contracts say, where nothing else is stated."""
    found = _find_pictures(dataset, models)
    if len(found) > 1:
        listed = "; ".join(f"{name}: {picture.summarize()}" for picture, name in found.items())
        raise UsageError(f"the models take pictures that were prepared differently: {listed}", "take one at a time")
    for picture in found:
        return dataset.state(dataset.preparation or picture.preparation, dataset.ink or picture.ink)
    return dataset


def _find_pictures(dataset: Dataset, models: Iterable[str | Path | ModelFile]) -> dict[Picture, str]:
    """Return how pictures were prepared, and a model for each way; none where the data's own are stated."""
    if not dataset.reader.holds_pictures or (dataset.preparation and dataset.ink):
        return {}
    return {picture: name for model in models for name, picture in _list_preparations(model)}


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
    for use in list_uses(file):
        with contextlib.suppress(DataError):  # what is damaged is not needed
            if place := read_place(use):
                return place.picture
    return None


def _read_preparation(file: ModelFile) -> Picture | None:
    contract = file.contract if file.may_have_contract else None
    return contract.picture if contract else None


def _identify_pictures(dataset: Dataset) -> tuple[Any, ...]:
    """Return what two data sets share that differ only in how their test pictures are prepared."""
    if not dataset.reader.holds_pictures:
        return (dataset.test.sha256,)
    return (dataset.path, dataset.split, dataset.labels, dataset.test.labels.tobytes())


@dataclass(eq=False)
class ModelData:
    """The data sets of several models: each its own, where they were trained on different ones.

    Args:
        common: The one of all; None where they are several.
        class_names: As `load_dataset` takes them.
        pictures: Data whose pictures each model takes in its own preparation; None where that isn't so.
    """

    common: Dataset | None
    class_names: Sequence[str] | None = None
    pictures: Dataset | None = None
    _opened: dict[str | Picture | None, Dataset] = field(default_factory=dict)

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
        uses = {use.test_sha256 for model in models for use in list_uses(model)}
        if data is None and split is None and against is None and len(uses) > 1:
            return cls(None, class_names)
        if against is None and (data is not None or split is not None):
            dataset = load_dataset(data, class_names, split)
            if len(_find_pictures(dataset, models)) > 1:
                return cls(None, class_names, dataset)
        return cls(open_data(data, class_names, split, [*models, *([against] if against else [])]))

    def find(self, model: Path | ModelFile) -> Dataset:
        """Return the data set of a model file; MNIST for one of which no manifest says any.

        Raises:
            DataError: Nobody knows where it is, or it was changed.
        """
        if self.common is not None:
            return self.common
        if self.pictures is not None:
            return self._prepare(self.pictures, model)
        use = next(iter(list_uses(model)), None)
        key = use.test_sha256 if use else MNIST_TEST_SHA256
        if key not in self._opened:
            self._opened[key] = open_data(None, self.class_names, None, [model])
        return self._opened[key]

    def find_all(self, models: Sequence[Path | ModelFile]) -> list[Dataset]:
        """Return the data set of each model, where all hold the same test images in the same order.

        Pictures may be prepared for each model in its own way.

        Raises:
            DataError: They can't be read.
            UsageError: The models were trained on different data, or nobody knows that they weren't.
        """
        if self.common is not None or self.pictures is not None:
            return [self.find(model) for model in models]
        with contextlib.suppress(DataError):  # where one isn't known here
            found = [self.find(model) for model in models]
            if len({_identify_pictures(dataset) for dataset in found}) == 1:
                return found
        raise _refuse_different({use.test_sha256: use for model in models for use in list_uses(model)}.values())

    def _prepare(self, pictures: Dataset, model: Path | ModelFile) -> Dataset:
        picture = next(iter(_find_pictures(pictures, [model])), None)
        if picture not in self._opened:
            self._opened[picture] = _prepare_alike(pictures, [model])
        return self._opened[picture]
