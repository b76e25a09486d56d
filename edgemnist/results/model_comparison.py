"""What `compare` gives back: a record a model, what each pair differs by, and where their recipes differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from edgemnist.comparison.answers import Score
from edgemnist.comparison.pairs import Pair
from edgemnist.formats.complexity import Complexity
from edgemnist.precision import PrecisionName


@dataclass(frozen=True)
class MadeFile:
    """A file that the manifest beside a model lists as made from it.

    Args:
        name: file name.
        format: "tflite", "onnx" or "c".
        precision: its precision.
        size_bytes: of the file.
    """

    name: str
    format: str
    precision: PrecisionName
    size_bytes: int


@dataclass(frozen=True)
class ComparedModel:
    """One of the models.

    Args:
        model: the path as it was given.
        format: "keras", "tflite", "onnx" or "c".
        precision: what the manifest lists; of a file that isn't listed or was changed since, what its contract says,
            else the types of its tensors. "unknown" where none of them says one.
        runtime: its name and version.
        size_bytes: of the file.
        score: on the test images.
        complexity: parameters and multiplications for one image.
        settings: what decided its training, by dotted names: its recipe, the seed and the training images; None where
            no manifest says so.
        made: other files that were made from it.
        notes: what else a reader must know.
    """

    model: str
    format: str
    precision: PrecisionName
    runtime: str
    size_bytes: int
    score: Score
    complexity: Complexity
    settings: Mapping[str, Any] | None
    made: tuple[MadeFile, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def recipe(self) -> str | None:
        """The name of its recipe; None where no manifest says it."""
        name = (self.settings or {}).get("recipe")
        return None if name is None else str(name)

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "model": self.model,
            "format": self.format,
            "precision": self.precision,
            "runtime": self.runtime,
            "images": self.score.images,
            "hits": self.score.hits,
            "accuracy": self.score.accuracy,
            "accuracy_low": self.score.accuracy_low,
            "accuracy_high": self.score.accuracy_high,
            "parameters": self.complexity.parameters,
            "multiplications": self.complexity.multiplications,
            "size_bytes": self.size_bytes,
            "made": [asdict(file) for file in self.made],
            "recipe": self.recipe,
            "settings": None if self.settings is None else dict(self.settings),
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class ModelComparison:
    """Models side by side.

    Args:
        models: in the order given.
        pairs: each of them with each other one; none of one model alone.
        data: the name of the data set.
        limit: how many of the first test images were run; None if all were.
        notes: what was assumed of the data.
    """

    models: tuple[ComparedModel, ...]
    pairs: tuple[Pair, ...]
    data: str
    limit: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def differing(self) -> dict[str, tuple[Any, ...]]:
        """The settings that aren't the same for all models whose settings are known, with a value for each model.

        It is None for a model whose settings aren't known, and for one whose recipe leaves the setting as it is.
        """
        known = [model.settings for model in self.models if model.settings is not None]
        names = dict.fromkeys(name for settings in known for name in settings)
        changed = [name for name in names if any(one.get(name) != known[0].get(name) for one in known[1:])]
        return {name: tuple((model.settings or {}).get(name) for model in self.models) for name in changed}

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        names = [model.model for model in self.models]
        pairs = [{**asdict(pair), "first": names[pair.first], "second": names[pair.second]} for pair in self.pairs]
        return {
            "data": self.data,
            "limit": self.limit,
            "models": [model.to_record() for model in self.models],
            "pairs": pairs,
            "settings": [{"name": name, "values": list(values)} for name, values in self.differing.items()],
            "notes": list(self.notes),
        }
