"""`tune`: search for the settings of a recipe that are best on the validation images."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from edgemnist.contract.picture import Ink, Preparation
from edgemnist.datasets import Dataset, load_dataset
from edgemnist.datasets.splits import TrainingSplit
from edgemnist.errors import EdgeMnistError, UsageError
from edgemnist.files import check_place, hash_bytes, lock_file, write_atomically
from edgemnist.formats import ModelFile
from edgemnist.formats.keras import serialize_classifier
from edgemnist.formats.keras_threads import limit_threads
from edgemnist.reporting.plot import check_plot
from edgemnist.reporting.tuning_plot import draw_tuning
from edgemnist.results.tuning import Objective, Trial, Tuning, TuningProgress, find_best
from edgemnist.training.recipes import Recipe, find_recipe
from edgemnist.training.settings import require_seed
from edgemnist.training.space import SearchSpace, find_space, read_space
from edgemnist.trust import trust
from edgemnist.workflows import DEFAULT_TUNING
from edgemnist.workflows.teaching import Teaching, find_teachers
from edgemnist.workflows.train import Notes, identify_training, state_contract

if TYPE_CHECKING:
    from edgemnist.datasets import Data
    from edgemnist.training.distillation import Teacher
    from edgemnist.training.history import Progress

JOURNAL, BEST, FRONT = "study.journal", "{}-best.toml", "{}-front-{}.toml"
TEACHERS_LOCK = "teachers.lock"
# Of a study's name, what is not put into a file's; and how much of it is.
UNSAFE, MOST_NAME = r"[^\w.-]", 60


def tune(
    recipe: str | Path | Recipe = "baseline",
    *,
    trials: int = 20,
    objective: Objective = "accuracy",
    search: SearchSpace | Mapping[str, Any] | None = None,
    output: str | Path = DEFAULT_TUNING,
    storage: str | Path | None = None,
    study: str | None = None,
    seed: int = 0,
    plot: str | Path | None = None,
    threads: int | None = None,
    data: Data = None,
    class_names: Sequence[str] | None = None,
    split: str | None = None,
    preparation: Preparation | None = None,
    ink: Ink | None = None,
    limit: int | None = None,
    teachers: Sequence[str | Path] = (),
    report_data: Callable[[Dataset], None] = lambda dataset: None,
    report: Callable[[TuningProgress], None] = lambda progress: None,
    report_training: Callable[[Progress], None] = lambda progress: None,
    report_note: Callable[[str], None] = lambda note: None,
) -> Tuning:
    """Train a recipe with other settings, again and again, and write down those that are best.

    Each trial is judged by the validation images, a part of the training images that it isn't fitted to; the test
    images are never used. The study stays where it is kept: the same call goes on with it, and as many processes and
    machines as make the same call with the same `storage` take part in it.

    Args:
        recipe: Name of a row of `edgemnist.training.recipes.RECIPES`, path of a TOML file, or a recipe. It decides all
            that isn't varied.
        trials: Number of trials that the study is to have, those of other workers and of earlier calls included.
        objective: "accuracy"; or "int8-bytes" or "multiplications", to find the recipes that no other one beats in
            both accuracy and that.
        search: What is varied: a space, or plain values as a file has them below `search`; None for the one in the
            recipe's file, or else the usual one.
        output: Folder for the best recipe, or recipes; it is made.
        storage: Path of Optuna's journal, or URL of a database for workers on several machines; None for a journal in
            `output`.
        study: Name of the study in it; None for the recipe's name.
        seed: Whole number from 0 to 2³² - 1 for the search and for each training. One worker makes the same trials of
            the same seed.
        plot: `.svg` file to draw the search into, which takes Matplotlib; None to draw nothing.
        threads: Threads that this worker computes in; None for one a core.
        data, class_names, split, preparation, ink: What is trained on, as `train` takes it.
        limit: Number of training images to use, drawn evenly of all classes, for a quick look; None for all.
        teachers: Model files to learn from, in place of those that the recipe names. Those are trained first, and kept
            in `output`.
        report_data: Called with the data set once it is read.
        report: Called when a trial begins, after each of its epochs, and when it has ended.
        report_training: Called with how far the training of a teacher is.
        report_note: Called with each sentence on what was found or assumed.

    Returns:
        All trials, the best of them, and the files with their recipes.

    Raises:
        EdgeMnistError: A parameter is out of range, something can't be read or written, another search has the
            study's name, or all trials failed.
    """
    chosen, space = find_recipe(recipe), _choose_space(recipe, search)
    folder, picture = Path(output), None if plot is None else Path(plot)
    _check_parameters(trials, objective, seed, threads, folder, picture)
    dataset = load_dataset(data, class_names, split).state(preparation, ink)
    training = _take_some(dataset.training, limit)
    report_data(dataset)
    from edgemnist.workflows.tuning.searching import Search
    from edgemnist.workflows.tuning.storages import hushed, naming_storage, show_place

    place, notes, name = str(storage or folder / JOURNAL), Notes(report_note), study or chosen.name
    given = [ModelFile.read(path).sha256 for path in teachers]
    search_in = Search(chosen, space, objective, training, dataset.names, seed, given)
    limit_threads(threads)
    search_in.check()
    with hushed(), naming_storage(place), search_in.open(place, name, notes.add) as opened:
        taught = _find_teachers(search_in.judged, teachers, folder, dataset, training, report_training, notes.add)
        search_in.run(opened, trials, taught, report, notes.add)
        found, importances = search_in.list_trials(opened), search_in.measure_importances(opened)
    best = find_best(found)
    if not best:
        raise _phrase_failure(found)
    recipes = [search_in.make_recipe(trial) for trial in best]
    tuning = Tuning(
        chosen.name, objective, name, show_place(place), seed, found, best,
        _write_recipes(folder, name, objective, recipes), importances, dataset.name, search_in.validation_images,
        picture, tuple(notes.kept),
    )  # fmt: skip
    if picture is not None:
        write_atomically(picture, draw_tuning(tuning))
    return tuning


def _choose_space(recipe: str | Path | Recipe, search: SearchSpace | Mapping[str, Any] | None) -> SearchSpace:
    if not isinstance(search, SearchSpace):
        search = find_space(recipe) if search is None else read_space(search)
    return search.narrow(find_recipe(recipe))


def _check_parameters(
    trials: int, objective: str, seed: int, threads: int | None, folder: Path, picture: Path | None
) -> None:
    """Find a mistake before any work."""
    if trials < 1:
        raise UsageError(f"trials is {trials}, expected a whole number from 1")
    if objective not in get_args(Objective):
        raise UsageError(f"objective is {objective!r}, expected one of {', '.join(get_args(Objective))}")
    require_seed(seed)
    if threads is not None and threads < 1:
        raise UsageError(f"threads is {threads}, expected a whole number from 1")
    check_place(folder / JOURNAL, "output")
    if picture is not None:
        check_plot(picture)


def _take_some(training: TrainingSplit, limit: int | None) -> TrainingSplit:
    """Return the split with `limit` of the images to fit, as many of each class; those that the data validate stay."""
    fitted, classes = len(training) - training.validation, 1 + int(training.labels.max())
    if limit is None or limit >= fitted:
        return training
    if limit < 2 * classes:
        raise UsageError(f"limit is {limit}, expected {2 * classes} or more: two images of each class")
    order = np.random.default_rng(0).permutation(fitted)
    labels = training.labels[order]
    ranks = np.empty(fitted, np.int64)  # of each image among those of its class
    for number in range(classes):
        ranks[labels == number] = np.arange((labels == number).sum())
    chosen = np.sort(order[np.argsort(ranks, kind="stable")[:limit]])
    kept = np.concatenate([chosen, np.arange(fitted, len(training))])
    return TrainingSplit(training.images[kept], training.labels[kept], training.validation)


def _find_teachers(
    recipe: Recipe,
    given: Sequence[str | Path],
    folder: Path,
    dataset: Dataset,
    training: TrainingSplit,
    report: Callable[[Progress], None],
    note: Callable[[str], None],
) -> list[Teacher]:
    """Return the teachers of all trials, which are trained first where none are given: on the trials' images alone."""

    def train_teacher(recipe: Recipe, seed: int, path: Path) -> None:
        from edgemnist.training.trainer import fit

        model = fit(recipe, training, seed=seed, report=report, report_note=note).model
        content = serialize_classifier(model, state_contract(model, recipe, dataset.labels, dataset.picture))
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content)
        trust([hash_bytes(content)])

    teaching = Teaching(folder, partial(identify_training, training=training), train_teacher, note)
    words = f"waiting for another worker, which trains the teachers in {folder}"
    trains = recipe.distillation.recipe and not given  # once for all workers of one folder
    with lock_file(folder / TEACHERS_LOCK, lambda: note(words)) if trains else nullcontext():
        return find_teachers(recipe, given, dataset, teaching)[0]


def _write_recipes(folder: Path, study: str, objective: Objective, recipes: Sequence[Recipe]) -> tuple[Path, ...]:
    """Write the best recipes, each to a file of its own, and delete those that an earlier call wrote beyond them."""
    stem, names = _name_files(study), list[str]()
    for number in range(1, 1 + len(recipes)):
        names.append(BEST.format(stem) if objective == "accuracy" else FRONT.format(stem, number))
    folder.mkdir(parents=True, exist_ok=True)
    paths = tuple(folder / name for name in names)
    for path, recipe in zip(paths, recipes, strict=True):
        write_atomically(path, recipe.to_toml().encode())
    if objective != "accuracy":
        further = len(recipes) + 1
        while (old := folder / FRONT.format(stem, further)).is_file():
            old.unlink(missing_ok=True)  # another worker may be quicker
            further += 1
    return paths


def _name_files(study: str) -> str:
    """Return what the files of a study begin with: its name, and where that can't be a file's, something like it."""
    safe = re.sub(UNSAFE, "_", study)[:MOST_NAME]
    return safe if safe == study else f"{safe}-{hash_bytes(study.encode())[:8]}"


def _phrase_failure(trials: Sequence[Trial]) -> EdgeMnistError:
    reasons = [trial.reason for trial in trials if trial.reason]
    if not reasons:
        return EdgeMnistError("no trial is complete yet", "run the command again when other workers have ended theirs")
    return EdgeMnistError(
        f"none of {len(trials)} trials is complete; the first one failed: {reasons[0]}",
        "search among other values, and give another `study`",
    )
