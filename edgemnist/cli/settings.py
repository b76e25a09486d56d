"""The options of `train` and `run` that replace a setting of the recipe: one for each."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import click

from edgemnist.cli.options import PATH, Outcome
from edgemnist.training.networks import NETWORKS
from edgemnist.training.parts import ARITHMETICS, LOSSES, OPTIMIZERS, SHAPES
from edgemnist.training.recipes import find_recipe

COUNT = click.IntRange(min=1)
NUMBER = click.FloatRange(min=0)
POSITIVE = click.FloatRange(min=0, min_open=True)
FRACTION = click.FloatRange(0, 1, min_open=True, max_open=True)
SHARE = click.FloatRange(0, 1, max_open=True)
WHOLE_SHARE = click.FloatRange(0, 1)
FROM_HALF = click.FloatRange(min=0.5)


@dataclass(frozen=True)
class Setting:
    """A row of the table.

    Args:
        name: of the option.
        path: Table and key of the setting, as in a recipe's file.
        type: What it takes.
        help: Line for `--help`.
        metavar: What the help calls the value; None for the type's name.
    """

    name: str
    path: tuple[str, ...]
    type: click.ParamType[Any] | type
    help: str
    metavar: str | None = None


# One line each, as in `--help`.
SETTING_OPTIONS = (
    Setting("--network", ("network", "name"), click.Choice([*NETWORKS]), "What is trained."),
    Setting("--hidden", ("network", "hidden"), str, "Units of its hidden layers, such as 512-256.", "SIZES"),
    Setting("--epochs", ("schedule", "epochs"), COUNT, "Passes over the training images."),
    Setting("--batch-size", ("schedule", "batch_size"), COUNT, "Images a step."),
    Setting("--schedule", ("schedule", "shape"), click.Choice(SHAPES), "The rate stays, or falls along half a cosine."),
    Setting("--warmup", ("schedule", "warmup"), SHARE, "Share of all steps in which the rate first rises."),
    Setting("--optimizer", ("optimizer", "name"), click.Choice(OPTIMIZERS), "One of those of Keras."),
    Setting("--learning-rate", ("optimizer", "learning_rate"), POSITIVE, "The optimizer's step size."),
    Setting("--weight-decay", ("optimizer", "weight_decay"), NUMBER, "Share of each weight that a step takes off."),
    Setting("--momentum", ("optimizer", "momentum"), SHARE, "Share of the last change that sgd keeps."),
    Setting("--loss", ("loss", "name"), click.Choice(LOSSES), "What is made smaller."),
    Setting("--label-smoothing", ("loss", "smoothing"), SHARE, "Share of the right class spread over all."),
    Setting("--rotation", ("augmentation", "rotation"), NUMBER, "Views of the images: degrees turned at most."),
    Setting("--scale", ("augmentation", "scale"), SHARE, "Share that a view grows or shrinks at most."),
    Setting("--shear", ("augmentation", "shear"), NUMBER, "Pixels a row moves at most against the next."),
    Setting("--shift", ("augmentation", "shift"), NUMBER, "Pixels that a view moves at most, each way."),
    Setting("--elastic", ("augmentation", "elastic"), NUMBER, "Pixels that points of it move beyond that."),
    Setting("--smoothness", ("augmentation", "smoothness"), FROM_HALF, "Pixels within which points move alike."),
    Setting("--fading", ("augmentation", "fading"), SHARE, "Share of the last steps in which views fade away."),
    Setting("--averaging", ("averaging", "decay"), SHARE, "Share of the mean of the weights that a step keeps."),
    Setting("--teacher-recipe", ("distillation", "recipe"), str, "Recipe of teachers to learn from.", "RECIPE"),
    Setting("--teacher-count", ("distillation", "count"), COUNT, "Number of them."),
    Setting("--temperature", ("distillation", "temperature"), POSITIVE, "What softens their answers and the model's."),
    Setting("--teacher-share", ("distillation", "share"), WHOLE_SHARE, "Share of the loss that is theirs."),
    Setting("--pixel-low", ("scaling", "low"), float, "What pixel 0 becomes."),
    Setting("--pixel-high", ("scaling", "high"), float, "What pixel 255 becomes."),
    Setting("--arithmetic", ("arithmetic",), click.Choice(ARITHMETICS), "Dtype that convolutions compute in."),
    Setting("--validation/--no-validation", ("validation",), bool,
            "Fit all but a twelfth of the training images, at most 5,000, and score those after each epoch."),
    Setting("--validation-fraction", ("validation_fraction",), FRACTION,
                  "Share of the training images, such as 0.1, that isn't fitted, but scored after each epoch.", "F"),
    Setting("--early-stopping", ("early_stopping",), COUNT,
                  "Stop after N epochs without a better validation accuracy, and keep the weights of the best.", "N"),
)  # fmt: skip


teacher_option = click.option(
    "--teacher", "teachers", multiple=True, type=PATH, metavar="FILE",
    help="A model to learn from in place of those that the recipe's teachers would be; may be given several times.",
)  # fmt: skip


def setting_options(command: Callable[..., Outcome]) -> Callable[..., Outcome]:
    """Add an option for each setting; the command gets the recipe with those that are given in the place of its own."""

    @functools.wraps(command)
    def run_changed(*arguments: Any, recipe: str, **others: Any) -> Outcome:
        given = {option.path: others.pop(_name(option)) for option in SETTING_OPTIONS}
        changes = {path: value for path, value in given.items() if value is not None}
        return command(*arguments, recipe=find_recipe(recipe).change(changes), **others)

    decorated: Any = run_changed
    for option in reversed(SETTING_OPTIONS):
        decorated = click.option(
            option.name, _name(option), type=option.type, help=option.help, metavar=option.metavar, default=None
        )(decorated)
    return cast("Callable[..., Outcome]", decorated)


def list_given(parameters: Mapping[str, Any]) -> set[tuple[str, ...]]:
    """Return the settings for which a command was given an option.

    Args:
        parameters: Values of the command's options, as click has them.
    """
    return {option.path for option in SETTING_OPTIONS if parameters.get(_name(option)) is not None}


def _name(option: Setting) -> str:
    return "setting_" + option.name.partition("/")[0].removeprefix("--").replace("-", "_")
