"""The teachers of a training: given by the user, found beside the model, or trained first."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgemnist.contract import Contract
from edgemnist.datasets import Dataset
from edgemnist.errors import ModelError, UsageError
from edgemnist.files import hash_bytes
from edgemnist.formats import ModelFile, require_unchanged
from edgemnist.text import phrase_call, quote_argument
from edgemnist.training.recipes import Recipe, find_recipe
from edgemnist.training.validation import is_validated
from edgemnist.trust import is_trusted

if TYPE_CHECKING:
    from edgemnist.training.distillation import Teacher

FOLDER = "teachers"
SHOWN_DIGITS = 8
# Of a recipe's name, what is not put into a file's.
UNSAFE = r"[^A-Za-z0-9-]"


@dataclass(frozen=True)
class Teaching:
    """How teachers are trained.

    Args:
        folder: Where the model will be: teachers are kept in a folder beside it, for the next training.
        identify: Returns all that decides a training, of its recipe and seed.
        train: Trains one, by its recipe and seed, and writes the file.
        report: Called with a sentence on each.
    """

    folder: Path
    identify: Callable[[Recipe, int], Mapping[str, Any]]
    train: Callable[[Recipe, int, Path], Any]
    report: Callable[[str], None]


def find_teachers(
    recipe: Recipe, given: Sequence[str | Path], dataset: Dataset, teaching: Teaching
) -> tuple[list[Teacher], Recipe | None]:
    """Return the teachers of a training, each opened: those given, those that the recipe names, or none.

    Args:
        recipe: What is to be trained.
        given: Model files of the user's own that teach instead of those that the recipe names.
        dataset: What is trained on.
        teaching: How others are trained.

    Returns:
        The teachers, and their recipe if it is known.

    Raises:
        UsageError: The recipe's teachers would have teachers.
        EdgeMnistError: One can't be trained or opened, or isn't fit to teach.
    """
    validated = is_validated(recipe, dataset.training)
    if given or not recipe.distillation.recipe:
        if given and validated:
            teaching.report("whether the teachers were fitted to the images that are validated on isn't known")
        return [_open(Path(one), dataset.labels) for one in given], None
    chosen = _choose_recipe(recipe, validated)
    teachers = []
    for seed in range(recipe.distillation.count):
        path = teaching.folder / FOLDER / name_teacher(chosen, seed, teaching.identify(chosen, seed))
        which = f"teacher {seed + 1} of {recipe.distillation.count}"
        if path.exists():
            teaching.report(f"{which}: {path}, trained before")
        else:
            teaching.report(f"{which} is trained first: recipe {chosen.name}, seed {seed}, kept as {path}")
            teaching.train(chosen, seed, path)
        teachers.append(_open(path, dataset.labels))
    return teachers, chosen


def _choose_recipe(recipe: Recipe, validated: bool) -> Recipe:
    """Return the teachers' recipe: they must not see the images that their student is validated on."""
    chosen = find_recipe(recipe.distillation.recipe)
    if chosen.distillation.recipe:
        raise UsageError(
            f"the recipe {chosen.name} of the teachers of {recipe.name} learns from teachers itself",
            "let the table distillation name one that doesn't, such as cnn",
        )
    if not validated:
        return chosen
    return chosen.change({("validation",): recipe.validation, ("validation_fraction",): recipe.validation_fraction})


def name_teacher(recipe: Recipe, seed: int, identity: Mapping[str, Any]) -> str:
    """Return the name of a teacher's file, by all that decides it: none is taken for another, and none is lost.

    Args:
        recipe: Recipe that it is trained by.
        seed: Seed of its training.
        identity: All that decides the training.
    """
    return f"{re.sub(UNSAFE, '_', recipe.name)}_{seed}_{hash_bytes(str(identity).encode())[:SHOWN_DIGITS]}.keras"


def _open(path: Path, labels: tuple[str, ...]) -> Teacher:
    """Open a teacher.

    Raises:
        UsageError: It is a file from elsewhere, which nobody trusts; or it answers other classes.
        ModelError: It can't be loaded, was changed, or doesn't say what it takes.
    """
    from edgemnist.formats.keras_models import load_classifier
    from edgemnist.training.distillation import Teacher
    from edgemnist.training.parts import Scaling

    file = ModelFile.read(path)
    try:
        require_unchanged(file)
    except ModelError as error:
        raise ModelError(error.message, "give it as it was, or another one") from error
    if not is_trusted(file.hashes):  # it is asked thousands of times, in this process
        raise UsageError(
            f"{path}: a teacher runs in this process, and the file is from elsewhere",
            f"if you trust it: edgemnist trust {quote_argument(path)}",
        )
    loaded = load_classifier(file)
    contract = _require_contract(path, loaded.contract)
    if contract.labels != labels:
        raise UsageError(
            f"{path}: answers the classes {', '.join(contract.labels)}, and the data has {', '.join(labels)}",
            "a teacher answers the same classes in the same order",
        )
    return Teacher(loaded.model, Scaling(*contract.input.range), file.sha256)


def _require_contract(path: Path, contract: Contract | None) -> Contract:
    if contract is None:
        copy = path.with_name(f"{path.stem}_with_contract.keras")
        hint = f"write a copy that has one: {phrase_call('inspect', path, write_contract=str(copy))}"
        if path.suffix != ".keras":
            hint = "save it as a .keras file, then let `inspect` write a copy that has one"
        raise ModelError(f"{path}: no contract inside, so a teacher's input isn't known", hint)
    taken = contract.input
    if taken.transposed or taken.channels > 1 or contract.output.kind != "probabilities":
        raise ModelError(
            f"{path}: takes {taken.summarize()} and gives {contract.output.kind}",
            "a teacher takes one channel, rows first, and gives probabilities",
        )
    return contract
