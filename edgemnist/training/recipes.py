"""Recipes: everything that decides a training but its seed and data. Only the standard library, for `--help`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any

from edgemnist.errors import UsageError, take_first_line
from edgemnist.training.networks import NETWORKS
from edgemnist.training.settings import COUNT, FINITE, FRACTION, LINE, POSITIVE, TRUTH, Settings, guess, one_of

OPTIMIZERS = ("adam", "adamw", "nadam", "rmsprop", "sgd")
LOSSES = ("crossentropy",)
EXTENSION = ".toml"
MOST_BYTES = 1 << 16


@dataclass(frozen=True)
class Network(Settings):
    """What is trained.

    Args:
        name: A row of `edgemnist.training.networks.NETWORKS`.
    """

    name: Annotated[str, one_of(NETWORKS)]


@dataclass(frozen=True)
class Schedule(Settings):
    """How long it is trained.

    Args:
        epochs: Passes over the training images, 1 or more.
        batch_size: Images a step, 1 or more.
    """

    epochs: Annotated[int, COUNT]
    batch_size: Annotated[int, COUNT] = 32


@dataclass(frozen=True)
class Optimizer(Settings):
    """How the weights are changed.

    Args:
        name: One of `OPTIMIZERS`, those of Keras with its other settings.
        learning_rate: Step size, above 0.
    """

    name: Annotated[str, one_of(OPTIMIZERS)] = "adam"
    learning_rate: Annotated[float, POSITIVE] = 1e-3


@dataclass(frozen=True)
class Loss(Settings):
    """What is made smaller.

    Args:
        name: One of `LOSSES`: "crossentropy" is the negative logarithm of the probability of the right class.
    """

    name: Annotated[str, one_of(LOSSES)] = "crossentropy"


@dataclass(frozen=True)
class Scaling(Settings):
    """The real values that pixel bytes stand for: low + pixel · (high − low) / 255, as the model's contract says.

    Args:
        low, high: Values of pixel bytes 0 and 255, two different ones.
    """

    low: Annotated[float, FINITE] = 0.0
    high: Annotated[float, FINITE] = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.low == self.high:
            raise UsageError(f"high is {self.high}, expected another number than low")


@dataclass(frozen=True, kw_only=True)
class Recipe(Settings):
    """A training, but for its seed and data.

    Args:
        name: Name for messages and the manifest, a line of text.
        summary: One line for people.
        network, schedule, optimizer, loss, scaling: Settings of each part.
        validation: True to keep a twelfth of the training images, at most 5,000, out of the fit, and to score the
            model on them after each epoch. False fits all of them.
        validation_fraction: Share of the training images that is kept out instead, above 0 and below 1; None to go by
            `validation`.
        early_stopping: Number of epochs without a better validation accuracy after which the training ends, 1 or
            more; the weights of the best epoch are kept. None to train to the end, and to keep the last ones.

    Raises:
        UsageError: A value is not what its field takes.

    Example:
        >>> recipe = Recipe(name="quick", network=Network("small"), schedule=Schedule(epochs=1))
        >>> Recipe.from_record(recipe.to_record()) == recipe
        True
    """

    name: Annotated[str, LINE]
    summary: Annotated[str, LINE] = ""
    network: Network
    schedule: Schedule
    optimizer: Optimizer = Optimizer()
    loss: Loss = Loss()
    scaling: Scaling = Scaling()
    validation: Annotated[bool, TRUTH] = False
    validation_fraction: Annotated[float | None, FRACTION] = None
    early_stopping: Annotated[int | None, COUNT] = None

    def list_settings(self) -> dict[str, Any]:
        """Return what decides the training, by name, as manifests list it.

        The summary isn't among it, and a part that no old recipe states only where it differs from the default.
        """
        settings = {
            "name": self.name,
            "network": self.network.name,
            "epochs": self.schedule.epochs,
            "batch_size": self.schedule.batch_size,
            "optimizer": self.optimizer.name,
            "learning_rate": self.optimizer.learning_rate,
        }
        listed, record = {*settings, "summary", "schedule"}, self.to_record()
        others = (field for field in fields(self) if field.name not in listed)
        return settings | {one.name: record[one.name] for one in others if getattr(self, one.name) != one.default}

    def override(
        self,
        *,
        epochs: int | None = None,
        batch_size: int | None = None,
        optimizer: str | None = None,
        learning_rate: float | None = None,
        validation_fraction: float | None = None,
        early_stopping: int | None = None,
    ) -> Recipe:
        """Return the recipe with each setting that isn't None in place of its own.

        Raises:
            UsageError: A setting is out of its range.

        Example:
            >>> RECIPES["baseline"].override(epochs=3).schedule
            Schedule(epochs=3, batch_size=32)
        """
        record = self.to_record()
        for part, key, value in (
            ("schedule", "epochs", epochs),
            ("schedule", "batch_size", batch_size),
            ("optimizer", "name", optimizer),
            ("optimizer", "learning_rate", learning_rate),
        ):
            record[part][key] = record[part][key] if value is None else value
        given = {"validation_fraction": validation_fraction, "early_stopping": early_stopping}
        record |= {key: value for key, value in given.items() if value is not None}
        return Recipe.from_record(record)


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name="baseline",
            summary="dense network, 512 and 256 hidden units, Adam, 5 epochs on all training images: about 98 %",
            network=Network("dense"),
            schedule=Schedule(epochs=5, batch_size=32),
            optimizer=Optimizer("adam", learning_rate=1e-3),
        ),
        Recipe(
            name="small",
            summary="convolutional network of 16,000 parameters for small microcontrollers, Adam, 8 epochs",
            network=Network("small"),
            schedule=Schedule(epochs=8, batch_size=64),
            optimizer=Optimizer("adam", learning_rate=2e-3),
        ),
    )
}


def find_recipe(recipe: str | Path | Recipe) -> Recipe:
    """Return a recipe by its name or from its file.

    Args:
        recipe: A row of `RECIPES`, the path of a TOML file, or a recipe, which is returned as it is.

    Raises:
        UsageError: There is none of that name, or the file can't be read as one.

    Example:
        >>> find_recipe("small").network
        Network(name='small')
    """
    if isinstance(recipe, Recipe):
        return recipe
    if Path(recipe).suffix == EXTENSION:
        return read_recipe(Path(recipe))
    if str(recipe) not in RECIPES:
        message = f"no recipe {str(recipe)!r}, expected one of {', '.join(RECIPES)}, or a {EXTENSION} file"
        raise UsageError(message, guess(str(recipe), {name: name for name in RECIPES}))
    return RECIPES[str(recipe)]


def read_recipe(path: Path) -> Recipe:
    """Read a recipe from a TOML file: the keys are the names of the fields, a record is a table.

    Args:
        path: File to read. A recipe without a name gets the file's, without its ending.

    Raises:
        UsageError: The file can't be read, isn't TOML, or a key or value in it is wrong. The message names the file,
            the key, what was expected and what was found.
    """
    import tomllib

    from edgemnist.files.single import read_file

    hint = f"check the path, or take one of {', '.join(RECIPES)}"
    content = read_file(path, MOST_BYTES, error=UsageError, missing=hint)
    try:
        document = tomllib.loads(content.decode())
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not TOML: {take_first_line(error)}") from error
    try:
        return Recipe.from_record({"name": path.stem, **document})
    except UsageError as error:
        raise UsageError(f"{path}: {error.message}", error.hint) from error
