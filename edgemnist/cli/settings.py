"""The options of `train`, `run` and `tune` that replace a setting of the recipe: one for each."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import click

from edgemnist.cli.options import PATH, Outcome
from edgemnist.training.recipes import Recipe, find_recipe


@dataclass(frozen=True)
class Setting:
    """A row of the table. What the option takes is what the recipe's field takes.

    Args:
        name: of the option.
        path: Table and key of the setting, as in a recipe's file.
        help: Line for `--help`.
        metavar: What the help calls the value; None for the type's name.
    """

    name: str
    path: tuple[str, ...]
    help: str
    metavar: str | None = None


# One line each, as in `--help`.
SETTING_OPTIONS = (
    Setting("--network", ("network", "name"), "What is trained."),
    Setting("--sizes", ("network", "sizes"), "Units or filters of its layers, such as 512-256.", "SIZES"),
    Setting("--epochs", ("schedule", "epochs"), "Passes over the training images."),
    Setting("--batch-size", ("schedule", "batch_size"), "Images a step."),
    Setting("--schedule", ("schedule", "shape"), "The rate stays, or falls along half a cosine."),
    Setting("--warmup", ("schedule", "warmup"), "Share of all steps in which the rate first rises."),
    Setting("--optimizer", ("optimizer", "name"), "One of those of Keras."),
    Setting("--learning-rate", ("optimizer", "learning_rate"), "The optimizer's step size."),
    Setting("--weight-decay", ("optimizer", "weight_decay"), "Share of each weight that a step takes off."),
    Setting("--momentum", ("optimizer", "momentum"), "Share of the last change that sgd keeps."),
    Setting("--loss", ("loss", "name"), "What is made smaller."),
    Setting("--label-smoothing", ("loss", "smoothing"), "Share of the right class spread over all."),
    Setting("--rotation", ("augmentation", "rotation"), "Views of the images: degrees turned at most."),
    Setting("--scale", ("augmentation", "scale"), "Share that a view grows or shrinks at most."),
    Setting("--shear", ("augmentation", "shear"), "Pixels a row moves at most against the next."),
    Setting("--shift", ("augmentation", "shift"), "Pixels that a view moves at most, each way."),
    Setting("--elastic", ("augmentation", "elastic"), "Pixels that points of it move beyond that."),
    Setting("--smoothness", ("augmentation", "smoothness"), "Pixels within which points move alike."),
    Setting("--views", ("augmentation", "views"), "Number of different views of an image.", "N"),
    Setting("--fading", ("augmentation", "fading"), "Share of the last epochs in which they fade away."),
    Setting("--averaging", ("averaging", "decay"), "Share of the mean of the weights that a step keeps."),
    Setting("--teacher-recipe", ("distillation", "recipe"), "Recipe of teachers to learn from.", "RECIPE"),
    Setting("--teacher-count", ("distillation", "count"), "Number of them."),
    Setting("--temperature", ("distillation", "temperature"), "What softens their answers and the model's."),
    Setting("--teacher-share", ("distillation", "share"), "Share of the loss that is theirs."),
    Setting("--weights", ("quantization", "weights"), "Bits of each layer's weights, such as 4 or 8-4-2.", "BITS"),
    Setting("--weights-begin", ("quantization", "begin"), "Share of the training before weights have so few bits."),
    Setting("--pixel-low", ("scaling", "low"), "What pixel 0 becomes."),
    Setting("--pixel-high", ("scaling", "high"), "What pixel 255 becomes."),
    Setting("--arithmetic", ("arithmetic",), "Dtype that a network with convolutions is trained in."),
    Setting("--validation/--no-validation", ("validation",),
            "Fit all but a twelfth of the training images, at most 5,000, and score those after each epoch."),
    Setting("--validation-fraction", ("validation_fraction",),
            "Share of the training images, such as 0.1, that isn't fitted, but scored after each epoch.", "F"),
    Setting("--early-stopping", ("early_stopping",),
            "Stop after N epochs without a better validation accuracy, and keep the weights of the best.", "N"),
)  # fmt: skip
RULES = Recipe.list_rules()


teacher_option = click.option(
    "--teachers", multiple=True, type=PATH, metavar="FILE",
    help="A model to learn from, in place of the teachers that the recipe names; may be given several times.",
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
            option.name, _name(option), type=_find_type(option), help=option.help, metavar=option.metavar, default=None
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


def _find_type(option: Setting) -> click.ParamType[Any] | type:
    kind, rule = RULES[option.path]
    if rule.names:
        return click.Choice(rule.names)
    if rule.range is None:
        return kind
    if kind is int:
        return click.IntRange(min=int(rule.range.low))
    ends = rule.range
    high = ends.high if ends.high < math.inf else None
    return click.FloatRange(ends.low, high, min_open=ends.low_open, max_open=ends.high_open and high is not None)
