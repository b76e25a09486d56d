"""Results as tables on a terminal, and as the same tables without colours in a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edgemnist.reporting.console import open_console
from edgemnist.reporting.markup import escape
from edgemnist.reporting.spelling import spell_options
from edgemnist.reporting.tables import format_accuracy, format_bytes, format_percent, open_grid, open_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edgemnist.datasets import Dataset
    from edgemnist.errors import EdgeMnistError
    from edgemnist.exporters import Form
    from edgemnist.results import Artifact, KitFolder, Prediction, Report, Training, Trusted


def show_data(data: Dataset) -> None:
    """Say what data the user gave, and what was assumed of them; the MNIST inside needs no words."""
    if data.path is not None:
        open_console().print(f"data {escape(data.describe())}", soft_wrap=True)
        open_console().print(f"pictures {escape(data.picture.summarize())}", soft_wrap=True)
    show_data_notes(data)


def show_data_notes(data: Dataset) -> None:
    """Say on stderr what was assumed of the data."""
    for note in data.notes:
        words = f"{escape(data.name)}: {escape(spell_options(note))}"
        open_console(stderr=True).print(f"[yellow]note[/] {words}", soft_wrap=True)


def show_network(model: Any) -> None:
    """Show the layers of a Keras model that is about to be trained."""
    table = open_table("layer", "type", "output")
    table.add_column("parameters", justify="right")
    for layer in model.layers:
        output = ", ".join(map(str, layer.output.shape[1:]))
        table.add_row(escape(layer.name), type(layer).__name__, f"({output})", f"{layer.count_params():,}")
    console = open_console()
    console.print(table)
    console.print(f"{model.count_params():,} parameters")


def show_training(training: Training) -> None:
    """Say how good the model is, and where."""
    console = open_console()
    if training.best_epoch:
        best = f"epoch {training.best_epoch} of {len(training.history)}"
        share = format_percent(training.history[training.best_epoch - 1].validation_accuracy or 0.0)
        console.print(f"kept the weights of {best}, the best on the validation images: {share}")
    console.print(f"test accuracy {format_accuracy(training.score)}")
    size = f"{format_bytes(training.size_bytes)}, {training.parameters:,} parameters"
    console.print(f"wrote {escape(str(training.path))} ({size}) after {training.seconds:.1f} s of training")
    if training.plot:
        console.print(f"wrote {escape(str(training.plot))}")


def show_artifact(artifact: Artifact) -> None:
    """Say what was written, as soon as it is."""
    kind, size = f"{artifact.form.format} {artifact.form.precision}", format_bytes(artifact.size_bytes)
    line = f"wrote {artifact.path!s:<34} {kind:<15} {size:>8}  takes {artifact.input}"
    console = open_console()
    console.print(line, soft_wrap=True, markup=False)
    for path in artifact.companions:
        console.print(f"wrote {path}", soft_wrap=True, markup=False)


def show_left_out(form: Form, install: str) -> None:
    """Say which form isn't written, since nothing here could check it."""
    text = f"{form.format} {form.precision}: nothing here runs it ({install})"
    open_console(stderr=True).print(f"[yellow]left out[/] {escape(text)}", soft_wrap=True)


def show_note(note: str) -> None:
    """Say what was found or assumed."""
    open_console(stderr=True).print(format_note(note), soft_wrap=True)


def format_note(note: str) -> str:
    """Return the markup of a line that says what was found or assumed.

    Example:
        >>> format_note("the same command with `resume=True` goes on")
        '[yellow]note[/] the same command with --resume goes on'
    """
    return f"[yellow]note[/] {escape(spell_options(note))}"


def format_reason(reason: str) -> str:
    """Return the markup of a line that says why something differs."""
    return f"[red]differs[/] {escape(spell_options(reason))}"


def show_next(command: str) -> None:
    """Name the next command to type."""
    open_console(stderr=True).print(f"next: [bold]{escape(command)}[/]", soft_wrap=True)


def show_kit(written: KitFolder) -> None:
    """Say what was written."""
    models = " and ".join(map(str, written.models))
    what = f"kit {written.kit.name} of {models}: {len(written.files)} files, {written.golden_images} golden vectors"
    console = open_console()
    console.print(f"wrote {written.path}  {what}", soft_wrap=True, markup=False)
    for product in written.products:
        size = format_bytes((written.path / product).stat().st_size)
        console.print(f"built {written.path / product}  {size}", soft_wrap=True, markup=False)
    if not written.verified:
        open_console(stderr=True).print("[yellow]note[/] the model wasn't verified: --unverified")
    for note in written.notes:
        show_note(note)


def show_trusted(file: Trusted) -> None:
    """Show what a file is, before anyone trusts it; on stderr, since it isn't the result."""
    grid = open_grid()
    rows = [
        ("file", f"[bold]{escape(str(file.path))}[/]"),
        ("format", f"{escape(file.format)}, {file.size_bytes:,} bytes"),
        *(("sha256", escape(sha256)) for sha256 in file.hashes),
        ("contract", escape(file.contract_summary) or "none"),
        ("listed in", escape(str(file.listed)) if file.listed else "no manifest"),
        *(("differs", escape(change)) for change in file.changes),
        ("trusted", "already" if file.already else "not yet"),
    ]
    for name, value in rows:
        grid.add_row(f"[dim]{name}[/]", value)
    open_console(stderr=True).print(grid)


def show_trust(files: list[Trusted], trusted: bool) -> None:
    """Say what was recorded."""
    word = "trusted" if trusted else "not trusted"
    for file in files:
        open_console().print(f"{word} {escape(str(file.path))}", soft_wrap=True)


def show_predictions(predictions: list[Prediction]) -> None:
    """Show a line a picture."""
    table = open_table()
    table.add_column("image", folds=True)
    table.add_column("class")
    table.add_column("confidence", justify="right")
    table.add_column("next")
    for prediction in predictions:
        table.add_row(escape(prediction.image), *_list_answer(prediction))
    open_console().print(table)
    for prediction in predictions:
        if prediction.note:
            text = f"[yellow]note[/] {escape(prediction.image)}: {escape(spell_options(prediction.note))}"
            open_console(stderr=True).print(text, soft_wrap=True)


def _list_answer(prediction: Prediction) -> tuple[str, str, str]:
    """Return the cells of an answer, or of why there is none."""
    if prediction.error:
        reason = prediction.error.message.removeprefix(f"{prediction.image}: ")
        return "[red]error[/]", "", escape(spell_options(reason))
    (label, share), *others = prediction.top
    rest = ", ".join(f"{escape(other)} {format_percent(its_share)}" for other, its_share in others)
    return escape(label), format_percent(share), rest


def show_picture_errors(predictions: list[Prediction]) -> None:
    """Say on stderr how many pictures aren't answered, and what to do; the rows say why."""
    errors = [prediction.error for prediction in predictions if prediction.error]
    if not errors:
        return
    console = open_console(stderr=True, error=True)
    console.print(f"[red]error:[/] {len(errors)} of {len(predictions)} pictures aren't answered", soft_wrap=True)
    for hint in dict.fromkeys(error.hint for error in errors if error.hint):
        console.print(f"[yellow]hint:[/]  {escape(spell_options(hint))}", soft_wrap=True)


def show_error(message: str, hint: str) -> None:
    """Say what went wrong and what to type, on stderr."""
    console = open_console(stderr=True, error=True)
    console.print(f"[red]error:[/] {escape(spell_options(message))}", soft_wrap=True)
    if hint:
        console.print(f"[yellow]hint:[/]  {escape(spell_options(hint))}", soft_wrap=True)


def show_errors(errors: Iterable[EdgeMnistError | None]) -> None:
    """Say on stderr what went wrong, each once: a damaged file is the same in each runtime."""
    for message, hint in dict.fromkeys((error.message, error.hint) for error in errors if error):
        show_error(message, hint)


def show_file_errors(report: Report) -> None:
    """Say on stderr which files couldn't be judged, and what to type."""
    show_errors(verdict.error for verdict in report.verdicts)
