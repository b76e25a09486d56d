"""`train`: from a recipe and a data set to a `.keras` file with its contract, scored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgemnist.comparison.answers import Score
from edgemnist.comparison.tally import score
from edgemnist.contract import Contract, Input, Output
from edgemnist.contract.picture import DEFAULT_PICTURE, Ink, Picture, Preparation
from edgemnist.datasets import Dataset, load_dataset
from edgemnist.datasets.splits import TestSplit, TrainingSplit
from edgemnist.errors import WriteError
from edgemnist.files import check_place, hash_bytes, write_atomically
from edgemnist.formats import ModelFile
from edgemnist.formats.keras import serialize_classifier
from edgemnist.manifest import Manifest, edit_manifest, list_versions
from edgemnist.reporting.plot import check_plot, draw_history
from edgemnist.results import Training
from edgemnist.runtimes import open_here
from edgemnist.training.recipes import Recipe, find_recipe
from edgemnist.training.validation import check_validation, list_validation_notes
from edgemnist.trust import trust
from edgemnist.workflows import DEFAULT_MODEL
from edgemnist.workflows.kept_answers import keep_answers
from edgemnist.workflows.own_model import identify_model
from edgemnist.workflows.remembered import remember_data
from edgemnist.workflows.resuming import CheckpointFile
from edgemnist.workflows.teaching import FOLDER, Teaching, find_teachers

if TYPE_CHECKING:
    import keras

    from edgemnist.datasets import Data
    from edgemnist.training.distillation import Teacher
    from edgemnist.training.history import Progress
    from edgemnist.training.trainer import Trained


def train(
    recipe: str | Path | Recipe = "baseline",
    *,
    model: keras.Model | None = None,
    epochs: int | None = None,
    batch_size: int | None = None,
    optimizer: str | None = None,
    learning_rate: float | None = None,
    validation_fraction: float | None = None,
    early_stopping: int | None = None,
    seed: int = 0,
    data: Data = None,
    class_names: Sequence[str] | None = None,
    split: str | None = None,
    preparation: Preparation | None = None,
    ink: Ink | None = None,
    output: str | Path = DEFAULT_MODEL,
    plot: str | Path | None = None,
    resume: bool = False,
    teachers: Sequence[str | Path] = (),
    show_model: Callable[[Any], None] = lambda model: None,
    report_data: Callable[[Dataset], None] = lambda dataset: None,
    report: Callable[[Progress], None] = lambda progress: None,
    report_note: Callable[[str], None] = lambda note: None,
) -> Training:
    """Train a classifier and write it, with its contract inside and an entry in the manifest beside it.

    The test images are scored once, when nothing is left to choose.

    Args:
        recipe: Name of a row of `edgemnist.training.recipes.RECIPES`, path of a TOML file, or a recipe.
        model: Keras model of your own to train in place of the recipe's network, from the weights that it has. It is
            trained itself, no copy of it. It takes the recipe's scaling of the pixels, 0 … 1 where that says nothing.
        epochs, batch_size, optimizer, learning_rate, validation_fraction, early_stopping: Settings in place of the
            recipe's; None for the recipe's own.
        seed: Whole number from 0 to 2³² - 1; the same seed on the same machine gives the same bytes.
        data: Path of a data set, a `Dataset`, or arrays: (images, labels) or ((training images, labels), (test images,
            labels)), as `load_dataset` takes them. None for the MNIST inside the package.
        class_names: Class names; None for those of the data.
        split: Name of one of several data sets in a folder, such as "letters" of EMNIST's; None where there is one.
        preparation: How pictures of any size become images, at training as later on a device: "digit" (MNIST's own
            form), "fit" (scaled whole) or "none" (taken as they are); None to find it in the training images. Arrays
            are taken as they are.
        ink: Ink of those images, "bright" (on dark paper), "dark" or "any" (as it comes); None to find it.
        output: `.keras` file to write; its folder is made.
        plot: `.svg` file to draw loss and accuracy by epoch into, which takes Matplotlib; None to draw nothing.
        resume: Go on with the same training that was broken off, from its last whole epoch; the file will be the same.
        teachers: Model files to learn from, in place of those that the recipe names. Those are trained first, and kept
            in a folder beside the model for the next training.
        show_model: Called with the Keras model before training.
        report_data: Called with the data set once it is read: what it is, and what was assumed of it.
        report: Called after each chunk of steps, and at the end of each epoch.
        report_note: Called with each sentence on what was found or assumed of the training.

    Returns:
        Where the model is, and its score on the test images.

    Raises:
        EdgeMnistError: A setting is out of range, recipe or data can't be read, the file can't be written, or
            the training diverged. An older model at `output` stays as it was then.
    """
    chosen = find_recipe(recipe).override(
        epochs=epochs, batch_size=batch_size, optimizer=optimizer, learning_rate=learning_rate,
        validation_fraction=validation_fraction, early_stopping=early_stopping,
    )  # fmt: skip
    path, picture_path = Path(output), None if plot is None else Path(plot)
    _check_output(path)
    if picture_path is not None:
        check_plot(picture_path)
    dataset = load_dataset(data, class_names, split).state(preparation, ink)
    # Loaded now: a fault in them must not wait for the end of the training.
    training = dataset.training
    _ = dataset.labels, dataset.test, dataset.picture
    report_data(dataset)
    check_validation(chosen, training)
    notes = Notes(report_note)
    for words in list_validation_notes(chosen, training):
        notes.add(words)

    def train_teacher(recipe: Recipe, seed: int, path: Path) -> None:
        train(recipe, seed=seed, data=dataset, output=path, resume=resume, report=report,
              report_note=report_note)  # fmt: skip

    checkpoint = CheckpointFile(path, notes.add)  # what stands in its place is found before teachers are trained
    own = identify_model(model, dataset, partial(state_contract, recipe=chosen, labels=dataset.labels,
                                                 picture=dataset.picture)) if model else None  # fmt: skip
    _check_levels(chosen, training, model)
    teaching = Teaching(path.parent, partial(identify_training, training=training), train_teacher, notes.add)
    taught, teachers_recipe = find_teachers(chosen, teachers, dataset, teaching)
    decided = _list_decisions(chosen, own, taught, teachers_recipe)
    begun = checkpoint.load(_identify(decided, seed, training), resume)
    answered = keep_answers(path.parent / FOLDER, chosen, training, len(dataset.labels), taught)
    from edgemnist.training.trainer import fit  # TensorFlow takes seconds: most mistakes have been said

    with checkpoint.kept():
        trained = fit(
            chosen, training, seed=seed, model=model, teachers=taught, answered=answered, show_model=show_model,
            report=report, report_note=notes.add, save=checkpoint.save, resume=begun,
        )  # fmt: skip
    content, scored = _write(path, dataset, chosen, trained, {**decided, "seed": seed})
    checkpoint.remove()
    if picture_path is not None:
        write_atomically(picture_path, draw_history(trained.history, trained.best_epoch))
    return Training(
        path, chosen, seed, int(trained.model.count_params()), len(content), scored, trained.history,
        trained.best_epoch, dataset.to_record(), picture_path, tuple(notes.kept), decided,
    )  # fmt: skip


def _write(
    path: Path, dataset: Dataset, recipe: Recipe, trained: Trained, decided: Mapping[str, Any]
) -> tuple[bytes, Score]:
    """Score the model, and write and list it: all or nothing. Returns the file's content and its score."""
    content = serialize_classifier(
        trained.model, state_contract(trained.model, recipe, dataset.labels, dataset.picture)
    )
    scored = _score_file(content, dataset.test)
    with edit_manifest(path.parent) as (manifest, changes):
        changes.write(path.name, content)
        manifest.models[path.name] = _record_model(content, dataset, {**decided, **_record_outcome(trained, scored)})
        trust([hash_bytes(content)])
        remember_data(dataset)
    return content, scored


def _list_decisions(
    recipe: Recipe,
    own: Mapping[str, str] | None = None,
    teachers: Sequence[Teacher] = (),
    teachers_recipe: Recipe | None = None,
) -> dict[str, Any]:
    """Return all that decides a training but its seed and data, as the manifest lists it."""
    decided = recipe.list_settings()
    if own:
        decided |= {"network": own["name"], "initial_sha256": own["sha256"]}
    if teachers:
        decided["teachers"] = [teacher.sha256 for teacher in teachers]
    if teachers_recipe:  # no path, which may be another one on another machine
        decided["distillation"] = {**decided["distillation"], "recipe": teachers_recipe.name}
    return decided


def identify_training(recipe: Recipe, seed: int, training: TrainingSplit) -> dict[str, Any]:
    """Return all that decides a training without teachers and models of the user's own."""
    return _identify(_list_decisions(recipe), seed, training)


def _identify(decided: Mapping[str, Any], seed: int, training: TrainingSplit) -> dict[str, Any]:
    """Return all that decides a training."""
    data = {"training_sha256": training.sha256, "validation": training.validation}
    versions = list_versions("tensorflow", "keras", "numpy")
    return {"recipe": dict(decided), "seed": seed, "data": data, "versions": versions}


class Notes:
    """What was said of the training: reported at once, and kept for the record."""

    def __init__(self, report: Callable[[str], None]) -> None:
        self.kept: list[str] = []
        self._report = report

    def add(self, words: str) -> None:
        self.kept.append(words)
        self._report(words)


def _check_output(path: Path) -> None:
    """Find what would keep the model from being written, before any work."""
    if path.suffix != ".keras":
        raise WriteError(f"{path}: a model file ends in .keras", "such as `output='model.keras'`")
    check_place(path, "output")
    Manifest.load(path.parent)


def _check_levels(recipe: Recipe, training: TrainingSplit, model: keras.Model | None) -> None:
    """Find out before teachers are trained that the network has other layers than the recipe states bits for.

    Raises:
        UsageError: It has.
    """
    if len(recipe.quantization.layers) > 1:
        from edgemnist.training.levels import Levels
        from edgemnist.training.trainer import build_model

        Levels(build_model(recipe, training.image_shape, 2, 0, model), recipe.quantization, steps=1)


def state_contract(
    model: keras.Model, recipe: Recipe, labels: tuple[str, ...], picture: Picture = DEFAULT_PICTURE
) -> Contract:
    """Return the contract of a model that a recipe trains.

    Args:
        model: Model.
        recipe: What pixels become is taken from it.
        labels: Class names.
        picture: How a picture becomes an image.
    """
    taken = Input("pixels", tuple(model.input_shape[1:]), range=(recipe.scaling.low, recipe.scaling.high))
    return Contract(taken, Output("probs"), labels, picture=picture)


def _score_file(content: bytes, test: TestSplit) -> Score:
    """Score the file as it will be written, not the model in memory; and before anything is replaced by it."""
    with open_here(ModelFile(Path("candidate.keras"), content)) as runtime:
        return score(runtime.predict(test.images), test.labels)


def _record_outcome(trained: Trained, scored: Score) -> dict[str, Any]:
    validated = {"validation_accuracy": trained.validation.accuracy} if trained.validation else {}
    return {
        **validated,
        **({"best_epoch": trained.best_epoch} if trained.best_epoch else {}),
        "test_accuracy": scored.accuracy,
        "history": [epoch.to_record() for epoch in trained.history],
    }


def _record_model(content: bytes, dataset: Dataset, training: dict[str, Any]) -> dict[str, Any]:
    return {
        "sha256": hash_bytes(content),
        "size_bytes": len(content),
        "format": "keras",
        "precision": "float32",
        "training": training,
        "data": {
            "name": dataset.name,
            "labels": list(dataset.labels),
            "training_sha256": dataset.training.sha256,
            "test_sha256": dataset.test.sha256,
        },
        "versions": list_versions("tensorflow", "keras", "numpy"),
    }
