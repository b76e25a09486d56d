"""The teachers of a recipe with distillation: given by the user, found beside the model, or trained first."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgemnist.errors import ModelError, UsageError
from edgemnist.files import hash_bytes
from edgemnist.formats import ModelFile, require_unchanged
from edgemnist.text import phrase_call
from edgemnist.training.recipes import Recipe, find_recipe

if TYPE_CHECKING:
    from edgemnist.training.distillation import Teacher

FOLDER = "teachers"
SHOWN_DIGITS = 8
# Of a recipe's name, what is not put into a file's.
UNSAFE = r"[^A-Za-z0-9-]"


def find_teachers(
    recipe: Recipe,
    given: Sequence[str | Path],
    folder: Path,
    data_sha256: str,
    train: Callable[[Recipe, int, Path], Any],
    report: Callable[[str], None],
) -> list[Teacher]:
    """Return the teachers of a training, each opened: those given, those that the recipe names, or none.

    Args:
        recipe: What is to be trained.
        given: Model files of the user's own that teach instead of those that the recipe names.
        folder: Where the model will be: teachers are kept in a folder beside it, for the next training.
        data_sha256: SHA-256 of the training split.
        train: Trains a teacher: called with its recipe, its seed and the file to write.
        report: Called with a sentence on each teacher.

    Raises:
        UsageError: The recipe's teachers would have teachers.
        EdgeMnistError: One can't be trained or opened, or isn't fit to teach.
    """
    if given or not recipe.distillation.recipe:
        return [_open(Path(one)) for one in given]
    teaching = _choose_recipe(recipe)
    teachers = []
    for seed in range(recipe.distillation.count):
        path = folder / FOLDER / _name_file(teaching, seed, data_sha256)
        which = f"teacher {seed + 1} of {recipe.distillation.count}"
        if path.exists():
            report(f"{which}: {path}, trained before")
        else:
            report(f"{which} is trained first: recipe {teaching.name}, seed {seed}, kept as {path}")
            train(teaching, seed, path)
        teachers.append(_open(path))
    return teachers


def _choose_recipe(recipe: Recipe) -> Recipe:
    """Return the teachers' recipe: they must not see the images that their student is validated on."""
    teaching = find_recipe(recipe.distillation.recipe)
    if teaching.distillation.recipe:
        raise UsageError(
            f"the recipe {teaching.name} of the teachers of {recipe.name} learns from teachers itself",
            "name one that doesn't in the table distillation",
        )
    kept: dict[tuple[str, ...], Any] = {("validation",): recipe.validation}
    if recipe.validation_fraction is not None:
        kept[("validation_fraction",)] = recipe.validation_fraction
    return teaching.change(kept)


def _name_file(recipe: Recipe, seed: int, data_sha256: str) -> str:
    """Name a teacher by all that decides it, so that none is taken for another, and none is lost."""
    identity = hash_bytes(f"{recipe.list_settings()} {seed} {data_sha256}".encode())
    return f"{re.sub(UNSAFE, '_', recipe.name)}_{seed}_{identity[:SHOWN_DIGITS]}.keras"


def _open(path: Path) -> Teacher:
    """Open a teacher.

    Raises:
        ModelError: It can't be loaded, was changed, or doesn't say what it takes.
    """
    from edgemnist.formats.keras_models import load_classifier
    from edgemnist.training.distillation import Teacher
    from edgemnist.training.parts import Scaling

    file = ModelFile.read(path)
    require_unchanged(file)
    loaded = load_classifier(file)
    contract = loaded.contract
    if contract is None:
        raise ModelError(
            f"{path}: no contract inside, so a teacher's input isn't known",
            f"write a copy that has one: {phrase_call('inspect', path, write_contract='teacher.keras')}",
        )
    taken = contract.input
    if taken.transposed or taken.channels > 1 or contract.output.kind != "probabilities":
        raise ModelError(
            f"{path}: takes {taken.summarize()} and gives {contract.output.kind}",
            "a teacher takes one channel, rows first, and gives probabilities",
        )
    return Teacher(loaded.model, Scaling(*taken.range), file.sha256)
