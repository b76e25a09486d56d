"""Recipes: everything that decides a training but its seed and data. Only the standard library, for `--help`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Annotated, Any

from edgemnist.errors import UsageError, take_first_line
from edgemnist.training.parts import (
    ARITHMETICS,
    Augmentation,
    Averaging,
    Distillation,
    Loss,
    Network,
    Optimizer,
    Quantization,
    Scaling,
    Schedule,
)
from edgemnist.training.settings import COUNT, FRACTION, LINE, TRUTH, Settings, guess, one_of

EXTENSION = ".toml"
MOST_BYTES = 1 << 16
# The table of a file that says what `tune` searches.
SEARCH = "search"


@dataclass(frozen=True, kw_only=True)
class Recipe(Settings):
    """A training, but for its seed and data.

    Args:
        name: Name for messages and the manifest, a line of text.
        summary: One line for people.
        network, schedule, optimizer, loss, augmentation: Settings of each part.
        averaging, distillation, quantization, scaling: The same.
        arithmetic: One of `ARITHMETICS`: dtype in which the layers of a network with convolutions compute while it
            trains or teaches. bfloat16 is faster where the processor has it; the model is float32 either way.
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
    augmentation: Augmentation = Augmentation()
    averaging: Averaging = Averaging()
    distillation: Distillation = Distillation()
    quantization: Quantization = Quantization()
    scaling: Scaling = Scaling()
    arithmetic: Annotated[str, one_of(ARITHMETICS)] = "float32"
    validation: Annotated[bool, TRUTH] = False
    validation_fraction: Annotated[float | None, FRACTION] = None
    early_stopping: Annotated[int | None, COUNT] = None

    def list_settings(self) -> dict[str, Any]:
        """Return what decides the training, by name, as manifests list it.

        The summary isn't among it, and what no old recipe states only where it differs from the default.
        """
        settings = {
            "name": self.name,
            "network": self.network.name,
            "epochs": self.schedule.epochs,
            "batch_size": self.schedule.batch_size,
            "optimizer": self.optimizer.name,
            "learning_rate": self.optimizer.learning_rate,
        }
        for part in (self.network, self.schedule, self.optimizer):
            settings |= {key: value for key, value in _list_stated(part) if key not in ("name", *settings)}
        listed = {*settings, "summary", "schedule"}
        return settings | {key: value for key, value in _list_stated(self) if key not in listed}

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
            >>> RECIPES["baseline"].override(epochs=3).schedule.epochs
            3
        """
        named = {
            ("schedule", "epochs"): epochs,
            ("schedule", "batch_size"): batch_size,
            ("optimizer", "name"): optimizer,
            ("optimizer", "learning_rate"): learning_rate,
            ("validation_fraction",): validation_fraction,
            ("early_stopping",): early_stopping,
        }
        return self.change({path: value for path, value in named.items() if value is not None})

    def change(self, changes: Mapping[tuple[str, ...], Any]) -> Recipe:
        """Return the recipe with settings in place of its own, each by its tables and key as in a file.

        Raises:
            UsageError: A setting is out of its range, or there is none of that name.

        Example:
            >>> RECIPES["small"].change({("augmentation", "shift"): 2}).augmentation.shift
            2.0
        """
        record = self.to_record()
        for (*tables, key), value in changes.items():
            place = record
            for table in tables:
                place = place[table]
            place[key] = value
        return Recipe.from_record(record)


def _list_stated(settings: Settings) -> Iterator[tuple[str, Any]]:
    """Yield the settings that aren't at their defaults, as plain values."""
    for field in fields(settings):
        value = getattr(settings, field.name)
        if value != field.default:
            yield field.name, dict(_list_stated(value)) if isinstance(value, Settings) else value


# What a handwritten character may be turned, moved and bent without becoming another one.
HANDWRITING = Augmentation(rotation=12, scale=0.15, shear=0.2, shift=2.5, elastic=0.7, smoothness=5)
# Views for networks that are too small to learn all those.
SLIGHT = Augmentation(rotation=8, scale=0.1, shear=0.12, shift=1, elastic=0.5, smoothness=5)
# So many different ones that teachers are asked about.
TAUGHT_VIEWS = replace(HANDWRITING, views=75)
TAUGHT_SLIGHT = replace(SLIGHT, views=40)
TAUGHT_BY_TWO = Distillation("cnn", count=2)
ANSWERS_ALONE = replace(TAUGHT_BY_TWO, share=1.0)
FORTY = Schedule(epochs=40, batch_size=128, shape="cosine", warmup=0.03)
# Weights of few levels after a part of the training in which they settle. Where bytes are few, filters of 4 levels are
# better than half as many of 15; the first and the last layer have few weights, which lose more.
FOUR_BITS = Quantization("4", begin=0.3)
TWO_BITS = Quantization("4-2-2-2-4", begin=0.3)

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
            summary="convolutional network of 16,000 parameters for small microcontrollers, 60 epochs of views",
            network=Network("small"),
            schedule=Schedule(epochs=60, batch_size=128, shape="cosine", warmup=0.03),
            optimizer=Optimizer("adamw", learning_rate=4e-3),
            augmentation=HANDWRITING,
            averaging=Averaging(0.999),
        ),
        Recipe(
            name="fast",
            summary="the network of baseline, 3 epochs of large batches: 98 % in seconds",
            network=Network("dense"),
            schedule=Schedule(epochs=3, batch_size=200, shape="cosine", warmup=0.25),
            optimizer=Optimizer("adamw", learning_rate=5e-3),
            loss=Loss(smoothing=0.1),
        ),
        Recipe(
            name="best",
            summary="the network of baseline, 240 epochs of views of handwriting, taught by two of cnn",
            network=Network("dense"),
            schedule=Schedule(epochs=240, batch_size=128, shape="cosine", warmup=0.02),
            optimizer=Optimizer("adamw", learning_rate=2e-3),
            augmentation=TAUGHT_VIEWS,
            averaging=Averaging(0.999),
            distillation=replace(ANSWERS_ALONE, temperature=4.0),
        ),
        Recipe(
            name="cnn",
            summary="convolutional network of 202,000 parameters for phones, 40 epochs of views",
            network=Network("cnn"),
            schedule=Schedule(epochs=40, batch_size=128, shape="cosine", warmup=0.03),
            optimizer=Optimizer("adamw", learning_rate=2e-3),
            augmentation=HANDWRITING,
            averaging=Averaging(0.999),
        ),
        Recipe(
            name="micro",
            summary="dense network of 12 kB for microcontrollers: 4-bit weights, 240 epochs of slight views, taught",
            network=Network("pooled"),
            schedule=Schedule(epochs=240, batch_size=128, shape="cosine", warmup=0.03),
            optimizer=Optimizer("adamw", learning_rate=6e-3),
            augmentation=TAUGHT_SLIGHT,
            distillation=replace(ANSWERS_ALONE, temperature=3.0),
            quantization=FOUR_BITS,
        ),
        Recipe(
            name="micro-cnn",
            summary="convolutional network of 11 kB: 4-bit weights, 60 epochs of slight views, taught by two of cnn",
            network=Network("narrow"),
            schedule=replace(FORTY, epochs=60),
            optimizer=Optimizer("adamw", learning_rate=6e-3),
            augmentation=TAUGHT_SLIGHT,
            distillation=TAUGHT_BY_TWO,
            quantization=FOUR_BITS,
        ),
        Recipe(
            name="mini",
            summary="convolutional network of 5 kB: weights of 2 and 4 bits, 40 epochs of slight views",
            network=Network("narrow", "10-16-28-46"),
            schedule=FORTY,
            optimizer=Optimizer("adamw", learning_rate=8e-3),
            augmentation=SLIGHT,
            quantization=TWO_BITS,
        ),
        Recipe(
            name="nano",
            summary="convolutional network of 2 kB: weights of 2 and 4 bits, 40 epochs of slight views",
            network=Network("narrow", "8-12-17-22"),
            schedule=FORTY,
            optimizer=Optimizer("adamw", learning_rate=8e-3),
            augmentation=SLIGHT,
            quantization=TWO_BITS,
        ),
        Recipe(
            name="pico",
            summary="convolutional network of 1 kB: weights of 2 and 4 bits, 40 epochs of slight views",
            network=Network("narrow", "6-9-11-13"),
            schedule=FORTY,
            optimizer=Optimizer("adamw", learning_rate=1.2e-2),
            augmentation=SLIGHT,
            quantization=TWO_BITS,
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
        >>> find_recipe("small").network.name
        'small'
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
        path: File to read. A recipe without a name gets the file's, without its ending. A table of `tune` in it, what
            to search, is left alone.

    Raises:
        UsageError: The file can't be read, isn't TOML, or a key or value in it is wrong. The message names the file,
            the key, what was expected and what was found.
    """
    document = {key: value for key, value in read_document(path).items() if key != SEARCH}
    with naming_file(path):
        return _place_beside(path, Recipe.from_record({"name": path.stem, **document}))


def read_document(path: Path) -> dict[str, Any]:
    """Return the tables and values of a recipe's file.

    Raises:
        UsageError: The file can't be read, or isn't TOML.
    """
    import tomllib

    from edgemnist.files.single import read_file

    hint = f"check the path, or take one of {', '.join(RECIPES)}"
    content = read_file(path, MOST_BYTES, error=UsageError, missing=hint)
    try:
        return tomllib.loads(content.decode())
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not TOML: {take_first_line(error)}") from error


@contextmanager
def naming_file(path: Path) -> Iterator[None]:
    """Let a message on a wrong setting begin with the file that it is in."""
    try:
        yield
    except UsageError as error:
        raise UsageError(f"{path}: {error.message}", error.hint) from error


def _place_beside(path: Path, recipe: Recipe) -> Recipe:
    """Return the recipe with the file of its teachers' recipe found from where its own file is."""
    named = Path(recipe.distillation.recipe)
    if named.suffix != EXTENSION:
        return recipe
    return recipe.change({("distillation", "recipe"): str(path.parent / named)})
