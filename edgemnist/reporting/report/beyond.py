"""What lies beyond accuracy: how well probabilities fit what is right, and what corrupted images do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edgemnist.comparison.calibration import Calibration
from edgemnist.comparison.robustness import KindRow, Robustness
from edgemnist.reporting.report.figures.reliability import draw_reliability
from edgemnist.reporting.report.figures.robustness import STYLES, Curve, draw_robustness
from edgemnist.reporting.report.svg import SERIES, VARIABLES
from edgemnist.reporting.report.view import Figure, Group, clean, group_models
from edgemnist.reporting.tables import format_percent
from edgemnist.results.folder_report import FolderReport, ReportedModel

# Two files whose measures are the same in so many decimals share a figure.
DECIMALS = 3


@dataclass(frozen=True)
class RobustnessGroup:
    """What corrupted images do to a family.

    Args:
        title: Name of the source.
        images: Number of images in each kind and strength.
        legend: Color, as a variable of the page, and name of each line.
        figures: A figure a kind.
        rows: Name, accuracy, drop, interval and worst kind of each form.
    """

    title: str
    images: int
    legend: tuple[tuple[str, str], ...]
    figures: tuple[Figure, ...]
    rows: tuple[tuple[str, ...], ...]


def list_reliability(found: FolderReport) -> list[Group]:
    """Return the reliability diagrams of each family: one for each that no file before it has."""
    groups = []
    for number, (title, members) in enumerate(group_models(found)):
        same: dict[tuple[float, ...], list[tuple[str, Calibration]]] = {}
        for model in members:
            calibration = model.verdict.measurement.calibration if model.verdict.measurement else None
            if calibration is not None:
                key = tuple(round(one, DECIMALS) for one in (calibration.nll, calibration.brier, calibration.ece))
                same.setdefault(key, []).append((clean(model.name), calibration))
        figures = [_draw(files, f"reliability-{number}-{place}") for place, files in enumerate(same.values())]
        if figures:
            groups.append(Group(title, tuple(figures)))
    return groups


def _draw(files: Sequence[tuple[str, Calibration]], name: str) -> Figure:
    owner, found = files[0]
    others = ", ".join(other for other, _ in files[1:])
    note = f"error (ECE) {100 * found.ece:.2f} points, NLL {found.nll:.4f}, Brier {found.brier:.4f}."
    also = f" The same to {DECIMALS} decimals: {others}." if others else ""
    return Figure(draw_reliability(found, name, owner), owner, note + also)


def list_robustness(found: FolderReport) -> list[RobustnessGroup]:
    """Return what corrupted images do to each family of which forms were run on them."""
    groups = []
    for number, family in enumerate(found.families):
        members = [model for model in found.models if model.name in family.models]
        forms = [(model, one) for model in members if (one := _find(model)) is not None and one.source is not None]
        if forms:
            groups.append(_make_group(clean(family.source), forms, number))
    return groups


def _find(model: ReportedModel) -> Robustness | None:
    return model.verdict.measurement.robustness if model.verdict.measurement else None


def _make_group(title: str, forms: Sequence[tuple[ReportedModel, Robustness]], number: int) -> RobustnessGroup:
    figures = [
        Figure(draw_robustness(row.name, list(_list_curves(title, forms, place)), f"robustness-{number}-{place}"), "")
        for place, row in enumerate(forms[0][1].kinds)
    ]
    precisions = dict.fromkeys(_name_precision(model) for model, _ in forms)
    lines = [(VARIABLES[STYLES.get(one, (SERIES[0], ""))[0]], one) for one in precisions]
    rows = [_make_row(model, one) for model, one in forms]
    return RobustnessGroup(title, forms[0][1].images, (("--muted", title), *lines), tuple(figures), tuple(rows))


def _name_precision(model: ReportedModel) -> str:
    assert model.verdict.measurement is not None
    return model.verdict.measurement.precision


def _list_curves(source: str, forms: Sequence[tuple[ReportedModel, Robustness]], place: int) -> Iterator[Curve]:
    """Yield the source as the first form saw it, then the forms."""
    first = forms[0][1].kinds[place]
    yield Curve(source, None, tuple(one.source_accuracy or 0.0 for one in first.strengths))
    for model, one in forms:
        shares = tuple(strength.accuracy for strength in one.kinds[place].strengths)
        yield Curve(clean(model.name), _name_precision(model), shares)


def _make_row(model: ReportedModel, found: Robustness) -> tuple[str, ...]:
    drop, worst = found.drop_points or 0.0, found.worst
    return clean(model.name), format_percent(found.accuracy), f"{drop:+.2f}", *_phrase_worst(worst)


def _phrase_worst(row: KindRow | None) -> tuple[str, str]:
    if row is None:
        return "–", "–"
    return f"{row.name} {row.drop_points:+.2f}", f"{row.drop_low:+.2f} to {row.drop_high:+.2f}"
