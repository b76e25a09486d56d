"""`tune`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import click

from edgemnist.cli.options import (
    PATH,
    Outcome,
    data_options,
    json_option,
    name_next,
    picture_options,
    verbatim,
    verbosity_options,
)
from edgemnist.cli.recipe import recipe_option
from edgemnist.cli.settings import list_given, setting_options, teacher_option
from edgemnist.results.tuning import Objective
from edgemnist.workflows import DEFAULT_TUNING


@click.command(
    short_help="Search for a recipe's best settings.",
    epilog=verbatim + "  edgemnist tune --recipe small --trials 50 --plot tuning/search.svg\n"
    "  edgemnist tune --recipe mine.toml --objective multiplications --output front\n"
    "  edgemnist tune --recipe mine.toml --storage postgresql+psycopg://me@server/studies",
)
@recipe_option
@click.option("--trials", type=click.IntRange(min=1), default=20, show_default=True, metavar="N",
              help="Number of trainings in all, those of other workers and earlier runs included.")  # fmt: skip
@click.option("--objective", type=click.Choice(get_args(Objective)), default="accuracy", show_default=True,
              help="Validation accuracy alone, or traded off against what is named.")  # fmt: skip
@click.option("-o", "--output", type=PATH, default=DEFAULT_TUNING, show_default=True,
              help="The folder for the best recipes.")  # fmt: skip
@click.option("--storage", metavar="PATH|URL",
              help="Where the study is: a file or a database.  [default: study.journal in --output]")  # fmt: skip
@click.option("--study", metavar="NAME", help="Its name there.  [default: the recipe's]")
@click.option("--plot", type=PATH, metavar="FILE.svg",
              help="Draw the search into a file; needs: pip install 'edgemnist[plot]'.")  # fmt: skip
@click.option("--threads", type=click.IntRange(min=1), metavar="N",
              help="Threads that this worker computes in.  [default: one a core]")  # fmt: skip
@click.option(
    "--limit",
    type=click.IntRange(min=2),
    metavar="N",
    help="Only N training images, of all classes: a quick look.",
)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True,
              help="One worker makes the same trials of the same seed.")  # fmt: skip
@setting_options
@teacher_option
@data_options
@picture_options
@verbosity_options
@json_option
def tune(as_json: bool, **settings: Any) -> Outcome:
    """Train a recipe with other settings, again and again, and write the best ones down as a recipe.

    What is varied, and between which values, the recipe's file says below [search]; without that, optimizer, rate,
    schedule, sizes, batch and views are. A setting that is given as an option isn't varied. Trials are judged by the
    validation images: the test images are never used.

    The same command goes on with a study that was left; run at the same time with the same --storage, it takes part.
    """
    from edgemnist.reporting import records, terminal, tunings
    from edgemnist.training.space import find_space
    from edgemnist.workflows import tune as workflow

    given = click.get_current_context().params
    space = find_space(given["recipe"], settings["recipe"]).leave(list_given(given))
    with tunings.show_search_progress() as shown:
        found = workflow.tune(
            **settings,
            search=space,
            report_data=terminal.show_data_notes if as_json else terminal.show_data,
            report=shown.update,
            report_training=shown.update_teacher,
            report_note=shown.note,
        )
    following = name_next("train", recipe=found.files[0], **_list_passed(settings))
    return Outcome(
        as_json, records.fill_tuning(found), lambda: tunings.show_tuning(found),
        follow=lambda: terminal.show_next(following),
    )  # fmt: skip


def _list_passed(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that `train` takes as well, as they were given: what is trained on, and learned from."""
    names = settings["class_names"]
    return {
        "data": settings["data"],
        "split": settings["split"],
        "class_names": ",".join(names) if names else None,
        "preparation": settings["preparation"],
        "ink": settings["ink"],
        "teachers": list(settings["teachers"]),
        "seed": settings["seed"] or None,
    }
