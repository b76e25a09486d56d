"""`train`: from a recipe and a data set to a `.keras` file with its contract, scored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from edgemnist.comparison.answers import Score
from edgemnist.comparison.tally import score
from edgemnist.contract import Contract, Input, Output
from edgemnist.datasets import Dataset, load_dataset
from edgemnist.datasets.splits import TestSplit
from edgemnist.errors import WriteError
from edgemnist.files import check_writable, hash_bytes
from edgemnist.formats import ModelFile
from edgemnist.formats.keras import serialize_classifier
from edgemnist.manifest import Manifest, edit_manifest, list_versions
from edgemnist.results import Training
from edgemnist.runtimes import open_here
from edgemnist.training.recipes import Recipe, find_recipe
from edgemnist.training.trainer import Progress, build_model, fit
from edgemnist.trust import trust
from edgemnist.workflows import DEFAULT_MODEL

if TYPE_CHECKING:
    from edgemnist.datasets import Data


def train(
    recipe: str = "baseline",
    *,
    epochs: int | None = None,
    batch_size: int | None = None,
    optimizer: str | None = None,
    learning_rate: float | None = None,
    seed: int = 0,
    data: Data = None,
    class_names: Sequence[str] | None = None,
    output: str | Path = DEFAULT_MODEL,
    show_model: Callable[[Any], None] = lambda model: None,
    report: Callable[[Progress], None] = lambda progress: None,
) -> Training:
    """Train a classifier and write it, with its contract inside and an entry in the manifest beside it.

    Args:
        recipe: a row of `edgemnist.training.recipes.RECIPES`.
        epochs, batch_size, optimizer, learning_rate: in place of the recipe's.
        seed: the same seed on the same machine gives the same bytes.
        data: a data set, as `load_dataset` takes it; None for the MNIST inside the package.
        class_names: the class names; None for those of the data.
        output: the `.keras` file to write; its folder is made.
        show_model: called with the Keras model before training.
        report: called after each chunk of steps.

    Returns:
        Where the model is, and its score on the test images.

    Raises:
        EdgeMnistError: a setting is out of range, the data can't be read, the file can't be written, or
            the training diverged. An older model at `output` stays as it was then.
    """
    chosen = find_recipe(recipe).override(
        epochs=epochs, batch_size=batch_size, optimizer=optimizer, learning_rate=learning_rate
    )
    path = Path(output)
    if path.suffix != ".keras":
        raise WriteError(f"{path}: a model file ends in .keras", "such as `output='model.keras'`")
    if path.is_dir():
        raise WriteError(f"{path}: can't be written: a folder of that name is in the way", "choose another `output`")
    check_writable(path.parent)
    Manifest.load(path.parent)  # one that can't be read is found before any work
    dataset = load_dataset(data, class_names)
    test = dataset.test  # loaded now: a fault in it must not wait for the end of the training
    model = build_model(chosen, len(dataset.labels), seed)
    show_model(model)
    started = perf_counter()
    fit(model, chosen, dataset.training, seed, report)
    seconds = perf_counter() - started
    content = serialize_classifier(model, Contract(Input("pixels", (784,)), Output("probs"), dataset.labels))
    scored = _score_file(content, test)
    with edit_manifest(path.parent) as (manifest, changes):
        changes.write(path.name, content)
        manifest.models[path.name] = _describe(content, chosen, seed, dataset, scored)
        trust([hash_bytes(content)])
    return Training(path, chosen, seed, int(model.count_params()), len(content), scored, seconds)


def _score_file(content: bytes, test: TestSplit) -> Score:
    """Score the file as it will be written, not the model in memory; and before anything is replaced by it."""
    with open_here(ModelFile(Path("candidate.keras"), content)) as runtime:
        return score(runtime.predict(test.images), test.labels)


def _describe(content: bytes, recipe: Recipe, seed: int, dataset: Dataset, scored: Score) -> dict[str, Any]:
    return {
        "sha256": hash_bytes(content),
        "size_bytes": len(content),
        "format": "keras",
        "precision": "float32",
        "training": {**recipe.list_settings(), "seed": seed, "test_accuracy": scored.accuracy},
        "data": {
            "name": dataset.name,
            "labels": list(dataset.labels),
            "training_sha256": dataset.training.sha256,
            "test_sha256": dataset.test.sha256,
        },
        "versions": list_versions("tensorflow", "keras", "numpy"),
    }
