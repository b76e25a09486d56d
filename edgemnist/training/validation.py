"""The images that a training is judged by while it goes on: which ones they are, and whether there are any."""

from __future__ import annotations

from edgemnist.datasets.splits import TrainingSplit, split_validation
from edgemnist.errors import UsageError
from edgemnist.training.recipes import Recipe


def check_validation(recipe: Recipe, split: TrainingSplit) -> None:
    """Find out before any work that nothing is kept to choose an epoch by.

    Raises:
        UsageError: The recipe asks for early stopping, and neither it nor the data set keeps images to validate.
    """
    if recipe.early_stopping is not None and not is_validated(recipe, split):
        raise UsageError(
            "early stopping needs images to validate, and all are fitted",
            "`validation_fraction=0.1` keeps a tenth of them; or do without early stopping",
        )


def list_validation_notes(recipe: Recipe, split: TrainingSplit) -> list[str]:
    """Return what is to be said about the images that are kept: a sentence each."""
    if recipe.validation_fraction is None or not split.validation:
        return []
    return [f"the data keep {split.validation:,} images of their own to validate: `validation_fraction` isn't used"]


def part_images(recipe: Recipe, split: TrainingSplit) -> tuple[TrainingSplit, TrainingSplit | None]:
    """Part the training images into those to fit and those to validate, always in the same way.

    Returns:
        (fit, validation): the second holds what the data set itself keeps for that, else the recipe's share; None
        where neither keeps any.

    Raises:
        DataError: There are too few images.
    """
    return split_validation(split, recipe.validation_fraction) if is_validated(recipe, split) else (split, None)


def is_validated(recipe: Recipe, split: TrainingSplit) -> bool:
    """True if the recipe or the data set keeps images to validate."""
    return recipe.validation or recipe.validation_fraction is not None or split.validation > 0
