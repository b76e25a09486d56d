"""What the page shows, in words and formatted numbers: the table of verdicts, and what they all share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edgemnist.reporting.spelling import spell_options
from edgemnist.reporting.tables import format_bytes, format_percent
from edgemnist.results.benchmarked import ChipUse
from edgemnist.results.folder_report import FolderReport, ReportedModel
from edgemnist.text import escape_controls


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


# How a verdict is marked, beside its word: never by colour alone.
MARKS = {"passed": "✓", "differs": "✕", "error": "✕"}

TONES = {"passed": "good", "differs": "bad", "error": "bad"}

COLUMNS = ("precision", "size", "accuracy", "drop", "agreement", "moved", "max |Δp|", "runtime")

# A note that each file of a folder has; the page says it once.
WORD_OF_MANIFEST = "stored answers are taken on the manifest's word"


def clean(text: str) -> str:
    """Return a name or a sentence from elsewhere without control characters."""
    return escape_controls(text)


def say(sentence: str) -> str:
    """Return a sentence of the library as a user of a shell reads it."""
    return clean(spell_options(sentence))


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
    timed = found.benchmarked.notes if found.benchmarked else ()
    remarks += [("open", "benchmark", say(note)) for note in timed]
    return remarks + [("open", clean(found.verification.data), say(note)) for note in found.verification.notes]


def group_models(found: FolderReport) -> Iterator[tuple[str, list[ReportedModel]]]:
    """Yield the members of each family, then those of none."""
    for family in found.families:
        yield clean(family.source), [model for model in found.models if model.name in family.models]
    rest = [model for model in found.models if found.find_family(model.name) is None]
    if rest:
        yield "without a source", rest


def list_chips(chips: Sequence[ChipUse]) -> list[tuple[str, str, tuple[Cell, ...]]]:
    """Return name, chip and figures of each file on an emulated chip."""
    return [(clean(one.model), clean(one.runtime), _list_figures(one)) for one in chips]


def _list_figures(one: ChipUse) -> tuple[Cell, ...]:
    figures = (one.flash_bytes, one.ram_bytes, one.stack_bytes, one.instructions_per_image)
    counted = tuple(Cell(f"{figure:,.0f}", figure) for figure in figures)
    return (*counted, Cell(format_percent(one.accuracy), one.accuracy))
