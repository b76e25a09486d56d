"""`run`: the whole job. Train, export every form, verify each in its own runtime, record and report the results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgemnist.exporters import Form
from edgemnist.processes.limits import Limits
from edgemnist.reporting.report import check_output, is_available
from edgemnist.results import Artifact, FolderReport, Report, Training
from edgemnist.training.history import Progress
from edgemnist.workflows import DEFAULT_MODEL
from edgemnist.workflows.export import export
from edgemnist.workflows.report import PAGE, Gatherer, write_report
from edgemnist.workflows.reports.answers import Collector
from edgemnist.workflows.train import train
from edgemnist.workflows.verify import verify

if TYPE_CHECKING:
    from edgemnist.contract.picture import Ink, Preparation
    from edgemnist.datasets import Data, Dataset
    from edgemnist.training.recipes import Recipe


def run(
    output: str | Path = DEFAULT_MODEL.parent,
    *,
    recipe: str | Path | Recipe = "baseline",
    epochs: int | None = None,
    batch_size: int | None = None,
    optimizer: str | None = None,
    learning_rate: float | None = None,
    validation_fraction: float | None = None,
    early_stopping: int | None = None,
    seed: int = 0,
    resume: bool = False,
    teachers: Sequence[str | Path] = (),
    data: Data = None,
    class_names: Sequence[str] | None = None,
    split: str | None = None,
    preparation: Preparation | None = None,
    ink: Ink | None = None,
    show_model: Callable[[Any], None] = lambda model: None,
    report_data: Callable[[Dataset], None] = lambda dataset: None,
    report_training: Callable[[Progress], None] = lambda progress: None,
    report_note: Callable[[str], None] = lambda note: None,
    finish_training: Callable[[Training], None] = lambda training: None,
    report_artifact: Callable[[Artifact], None] = lambda artifact: None,
    report_form: Callable[[str, int, int], None] = lambda name, number, count: None,
    report_left_out: Callable[[Form, str], None] = lambda form, install: None,
    report_file: Callable[[str], None] = lambda path: None,
    report_count: Callable[[int, int], None] = lambda done, total: None,
    report_page: Callable[[FolderReport], None] = lambda page: None,
) -> Report:
    """Train into `output`/model.keras, write every form beside it, verify and record all of them.

    Where Jinja and Matplotlib are installed, a page of all that was found is written beside them; see `report`.

    Args:
        output: a folder, made if it isn't there.
        recipe, epochs, batch_size, optimizer, learning_rate, validation_fraction, early_stopping, seed, resume,
            teachers, data, class_names, split, preparation, ink, show_model, report_data: as in `train`.
        report_training, report_note, finish_training, report_artifact, report_form, report_left_out, report_file,
            report_count, report_page: called as the work goes on.

    Returns:
        The verdicts on all files in `output`.

    Raises:
        EdgeMnistError: as `train` and `export`.
    """
    folder, collector = Path(output), Collector() if is_available() else None
    if collector:
        check_output(folder / PAGE)
    training = train(
        recipe,
        epochs=epochs,
        batch_size=batch_size,
        optimizer=optimizer,
        learning_rate=learning_rate,
        validation_fraction=validation_fraction,
        early_stopping=early_stopping,
        seed=seed,
        resume=resume,
        teachers=teachers,
        data=data,
        class_names=class_names,
        split=split,
        preparation=preparation,
        ink=ink,
        output=folder / "model.keras",
        show_model=show_model,
        report_data=report_data,
        report=report_training,
        report_note=report_note,
    )
    finish_training(training)
    artifacts = export(
        training.path,
        all=True,
        data=data,
        class_names=class_names,
        split=split,
        output=folder,
        report=report_artifact,
        report_form=report_form,
        report_left_out=report_left_out,
    )
    made = [training.path, *(artifact.path for artifact in artifacts)]
    found = verify(
        *made, data=data, class_names=class_names, split=split, deep=True, record=True, save=collector,
        report=report_file, report_count=report_count,
    )  # fmt: skip
    if collector:
        gatherer = Gatherer(collector.answered, Limits(), report=report_file)
        report_page(write_report(gatherer.gather(folder, found), "html", folder / PAGE))
    return found
