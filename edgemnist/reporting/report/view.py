"""What the page shows, in words and formatted numbers: one record a row, a card or a figure."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemnist.comparison.answers import Kind
from edgemnist.reporting.report.figures.confusion import draw_confusion
from edgemnist.reporting.report.figures.curves import draw_curves
from edgemnist.reporting.report.figures.ranges import draw_distribution
from edgemnist.reporting.spelling import spell_options
from edgemnist.reporting.tables import format_bytes, format_percent
from edgemnist.results.folder_report import Family, FlippedImage, FolderReport, ReportedModel
from edgemnist.text import escape_controls

# How a verdict is marked, beside its word: never by colour alone.
MARKS = {"passed": "✓", "differs": "✕", "error": "✕"}
TONES = {"passed": "good", "differs": "bad", "error": "bad"}
# The same of an answer that moved.
SIGNS: Mapping[Kind, str] = {"broken": "✕", "fixed": "✓", "changed": "–"}
FLIP_TONES: Mapping[Kind, str] = {"broken": "bad", "fixed": "good", "changed": "open"}


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    Args:
        text: What is shown.
        key: What it is sorted by, as a number or a text.
        detail: What is shown below it, smaller.
    """

    text: str
    key: float | str = ""
    detail: str = ""


@dataclass(frozen=True)
class Row:
    """A file in the table of verdicts.

    Args:
        name: File name.
        word, mark, tone: Its verdict, the sign beside it, and "good", "bad" or "open".
        cells: The other columns.
    """

    name: str
    word: str
    mark: str
    tone: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Figure:
    """A figure with its caption.

    Args:
        svg: SVG element.
        title: What it is of.
        note: What else is to be said.
    """

    svg: str
    title: str
    note: str = ""


@dataclass(frozen=True)
class Group:
    """What a section shows of one family.

    Args:
        title: Name of the source.
        figures: Its figures.
        notes: What is said below.
    """

    title: str
    figures: tuple[Figure, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class LayerCell:
    """A form's layer beside its source's.

    Args:
        text: How clear it is.
        diverges: True if it is less clear than its precision explains.
        floor: What its precision explains.
    """

    text: str
    diverges: bool = False
    floor: str = ""


@dataclass(frozen=True)
class LayerTable:
    """A source's layers, and how clear they are in each form.

    Args:
        title: Name of the source.
        columns: Layers, in its order, and what of them, where that isn't the output.
        rows: Name and cells of each form.
        causes: Why forms differ, by name.
        images: Number of images that were run.
    """

    title: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[LayerCell, ...]], ...]
    causes: tuple[tuple[str, tuple[str, ...]], ...]
    images: int


@dataclass(frozen=True)
class Card:
    """An image that moved.

    Args:
        picture: PNG as a data URI; "" where it isn't shown.
        title: Which image, and its right class.
        source: What its source answers.
        answers: What forms answer: the answer with its sign, its tone, and who gives it.
    """

    picture: str
    title: str
    source: str
    answers: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Facts:
    """Where a file comes from.

    Args:
        name: File name.
        sha256: Its hash.
        lines: Names and values.
    """

    name: str
    sha256: str
    lines: tuple[tuple[str, str], ...] = field(default_factory=tuple)


COLUMNS = ("precision", "size", "accuracy", "drop", "agreement", "moved", "max |Δp|", "runtime")


def list_rows(found: FolderReport) -> list[Row]:
    """Return the rows of the table of verdicts."""
    return [_make_row(model) for model in found.models]


def _make_row(model: ReportedModel) -> Row:
    word, measurement = model.verdict.word, model.verdict.measurement
    mark, tone = MARKS.get(word, "–"), TONES.get(word, "open")
    if measurement is None:
        return Row(clean(model.name), word, mark, tone, tuple(Cell("–", -1.0) for _ in COLUMNS))
    score, compared = measurement.score, measurement.comparison
    interval = f"{100 * score.accuracy_low:.2f} – {100 * score.accuracy_high:.2f}"
    moved = Cell("–", -1.0)
    drop = agreement = largest = moved
    if compared:
        drop = Cell(f"{compared.drop_points:+.2f}", compared.drop_points)
        agreement = Cell(format_percent(compared.agreement), compared.agreement)
        kinds = f"{compared.broken} / {compared.fixed} / {compared.changed}" if compared.moved else ""
        moved = Cell(f"{compared.moved:,}", float(compared.moved), kinds)
        largest = Cell(f"{compared.max_abs_difference:.1g}", compared.max_abs_difference)
    return Row(
        clean(model.name), word, mark, tone,
        (
            Cell(measurement.precision, measurement.precision),
            Cell(format_bytes(measurement.size_bytes), float(measurement.size_bytes)),
            Cell(format_percent(score.accuracy), score.accuracy, interval),
            drop, agreement, moved, largest, Cell(clean(measurement.runtime), measurement.runtime),
        ),
    )  # fmt: skip


def clean(text: str) -> str:
    """Return a name or a sentence from elsewhere without control characters."""
    return escape_controls(text)


def say(sentence: str) -> str:
    """Return a sentence of the library as a user of a shell reads it."""
    return clean(spell_options(sentence))


def list_remarks(found: FolderReport) -> list[tuple[str, str, str]]:
    """Return why files don't pass and what else a reader must know: tone, file, sentence."""
    remarks = []
    for model in found.models:
        verdict, name = model.verdict, clean(model.name)
        bad = [verdict.error.message] if verdict.error else list(verdict.reasons)
        notes = [note for note in verdict.notes if not note.endswith(WORD_OF_MANIFEST)]
        notes += [f"skipped: {verdict.skipped}"] if verdict.skipped else []
        remarks += [("bad", name, say(one.removeprefix(f"{verdict.model}: "))) for one in bad]
        remarks += [("open", name, say(one.removeprefix(f"{verdict.model}: "))) for one in notes]
    return remarks + [("open", clean(found.verification.data), say(note)) for note in found.verification.notes]


# A note that each file of a folder has; the page says it once.
WORD_OF_MANIFEST = "stored answers are taken on the manifest's word"


def list_confusions(found: FolderReport) -> list[Group]:
    """Return a group a family: a matrix for each that no file before it has."""
    groups = []
    for number, (title, members) in enumerate(_group(found)):
        matrices: dict[tuple[tuple[int, ...], ...], list[ReportedModel]] = {}
        for model in members:
            if model.confusion is not None:
                matrices.setdefault(model.confusion, []).append(model)
        pairs = enumerate(matrices.values())
        figures = tuple(_draw_matrix(models, f"confusion-{number}-{place}") for place, models in pairs)
        if figures:
            groups.append(Group(title, figures))
    return groups


def _draw_matrix(models: Sequence[ReportedModel], name: str) -> Figure:
    first = models[0]
    assert first.confusion is not None
    assert first.verdict.measurement is not None
    labels = tuple(map(clean, first.verdict.measurement.labels))
    wrong = sum(sum(row) - row[place] for place, row in enumerate(first.confusion))
    worst = _find_worst(first.confusion, labels)
    title, others = clean(first.name), [clean(model.name) for model in models[1:]]
    alt = f"Confusion matrix of {title}: {wrong} wrong answers. {worst}"
    also = f"The same matrix: {', '.join(others)}." if others else ""
    return Figure(draw_confusion(first.confusion, labels, name, alt), title, f"{wrong:,} wrong. {worst} {also}".strip())


def _find_worst(confusion: Sequence[Sequence[int]], labels: Sequence[str]) -> str:
    """Say which mistake is the most frequent."""
    cells = [
        (count, -row, -column)
        for row, counts in enumerate(confusion)
        for column, count in enumerate(counts)
        if row != column
    ]
    count, row, column = max(cells)
    if not count:
        return "No class is taken for another."
    taken = labels[-column] if -column < len(labels) else "none"
    return f"Most often {labels[-row]} is taken for {taken}: {count:,} times."


def _group(found: FolderReport) -> Iterator[tuple[str, list[ReportedModel]]]:
    """Yield the members of each family, then those of none."""
    for family in found.families:
        yield clean(family.source), [model for model in found.models if model.name in family.models]
    rest = [model for model in found.models if found.find_family(model.name) is None]
    if rest:
        yield "without a source", rest


def list_layer_tables(families: Sequence[Family]) -> list[LayerTable]:
    """Return a table a family whose forms were compared layer by layer."""
    return [_make_layer_table(family) for family in families if family.differences]


def _make_layer_table(family: Family) -> LayerTable:
    columns = list(dict.fromkeys((row.first, row.value) for one in family.differences for row in one.layers))
    rows, causes = [], []
    for one in family.differences:
        name = clean(one.second.model.rpartition("/")[2])
        found = {(row.first, row.value): row for row in one.layers}
        rows.append((name, tuple(_make_layer_cell(found.get(column)) for column in columns)))
        if one.reasons:
            sentences = [*one.reasons, *(cause.reason for cause in one.causes)]
            causes.append((name, tuple(map(say, sentences))))
    names = tuple((clean(layer), "" if value == "output" else value) for layer, value in columns)
    return LayerTable(clean(family.source), names, tuple(rows), tuple(causes), family.differences[0].images)


def _make_layer_cell(row: Any) -> LayerCell:
    if row is None:
        return LayerCell("–")
    measures = row.measures
    floor = "" if row.expected_db is None else f"at least {row.expected_db:.0f}"
    if measures is None:
        return LayerCell("differs", row.diverges, floor)
    if measures.equal:
        return LayerCell("equal", row.diverges)
    return LayerCell("not finite" if measures.sqnr_db is None else f"{measures.sqnr_db:.0f} dB", row.diverges, floor)


def list_ranges(families: Sequence[Family]) -> list[Group]:
    """Return the histograms of each family that has quantized forms."""
    groups = []
    for number, family in enumerate(families):
        layers: dict[str, list[Figure]] = {}
        for place, one in enumerate(family.distributions):
            drawn = Figure(draw_distribution(one, f"range-{number}-{place}"), "", _phrase_clipped(one.ranges))
            layers.setdefault(one.layer, []).append(drawn)
        if layers:
            groups.append(Group(clean(family.source), tuple(map(_stack, layers.values()))))
    return groups


def _stack(figures: Sequence[Figure]) -> Figure:
    """Return the figures of one layer as one, below each other."""
    notes = [figure.note for figure in figures if figure.note]
    return Figure("\n".join(figure.svg for figure in figures), "", " ".join(notes))


def _phrase_clipped(ranges: Sequence[Any]) -> str:
    clipped = [f"{clean(one.model)} clips {_format_share(one.outside)}" for one in ranges if one.outside]
    return f"{'; '.join(clipped)}." if clipped else ""


def _format_share(share: float) -> str:
    return f"{100 * share:.2g} %" if share >= 1e-5 else "less than 0.001 %"


def list_trainings(found: FolderReport) -> list[Group]:
    """Return the curves of each training of which each epoch is known."""
    groups = []
    for number, model in enumerate(found.models):
        if model.training:
            loss, wrong = draw_curves(model.training, f"training-{number}", clean(model.name))
            figures = (Figure(loss, ""), Figure(wrong, ""))
            groups.append(Group(clean(model.name), figures, tuple(_phrase_training(model))))
    return groups


def _phrase_training(model: ReportedModel) -> Iterator[str]:
    curves = model.training
    assert curves is not None
    yield f"{len(curves.loss)} epochs."
    if curves.validation_accuracy:
        yield f"Validation accuracy {format_percent(max(curves.validation_accuracy))} at best."
    if curves.best_epoch:
        yield f"The weights of epoch {curves.best_epoch} were kept."


def list_cards(flips: Sequence[FlippedImage]) -> list[Card]:
    """Return the images that moved and are shown."""
    return [_make_card(flip) for flip in flips if flip.pixels is not None]


def _make_card(flip: FlippedImage) -> Card:
    answers: dict[tuple[str, str], list[str]] = {}
    for one in flip.answers:
        phrase = f"{SIGNS[one.kind]} {_phrase_answer(one.answer, one.confidence)}"
        answers.setdefault((phrase, FLIP_TONES[one.kind]), []).append(clean(one.model))
    return Card(
        picture=_write_picture(flip.pixels) if flip.pixels is not None else "",
        title=f"No. {flip.index:,} is {clean(flip.label)}",
        source=f"{clean(flip.source)}: {_phrase_answer(flip.answer, flip.confidence)}",
        answers=tuple((answer, tone, ", ".join(models)) for (answer, tone), models in answers.items()),
    )


def _phrase_answer(answer: str | None, confidence: float) -> str:
    return "no class" if answer is None else f"{clean(answer)} ({100 * confidence:.0f} %)"


def _write_picture(pixels: NDArray[np.uint8]) -> str:
    """Return a PNG as a data URI."""
    from PIL import Image

    content = io.BytesIO()
    Image.fromarray(pixels).save(content, format="png", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(content.getvalue()).decode()}"


# What is left to JSON, since it is long, or another line says it.
UNTOLD = {
    "made with": (), "options": (), "calibrated on": ("per_class",), "trained with": ("training_sha256",), "data": (),
}  # fmt: skip


def list_facts(found: FolderReport) -> list[Facts]:
    """Return where each file comes from."""
    return [Facts(clean(model.name), model.sha256, tuple(_list_lines(model))) for model in found.models if model.sha256]


def _list_lines(model: ReportedModel) -> Iterator[tuple[str, str]]:
    provenance, measurement, complexity = model.provenance, model.verdict.measurement, model.complexity
    if provenance.source:
        yield "made from", f"{clean(provenance.source.name)} {provenance.source.sha256}"
    if measurement:
        yield "takes", clean(measurement.input)
        yield "bytes", f"{measurement.size_bytes:,}"
    if complexity and complexity.parameters is not None:
        multiplications = complexity.multiplications
        counted = "" if multiplications is None else f", {multiplications:,} multiplications an image"
        yield "network", f"{complexity.parameters:,} parameters{counted}"
    for title, values in (
        ("made with", provenance.versions), ("options", provenance.options), ("calibrated on", provenance.calibration),
        ("trained with", provenance.settings), ("data", provenance.data),
    ):  # fmt: skip
        told = {name: value for name, value in values.items() if not name.startswith(UNTOLD[title])}
        if told:
            yield title, ", ".join(f"{clean(name)} {clean(str(value))}" for name, value in told.items())
    if measurement:
        yield "run in", clean(measurement.runtime)
