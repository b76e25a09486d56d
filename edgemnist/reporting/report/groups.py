"""The figures of each family, grouped: confusion, ranges, training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from edgemnist.comparison.distributions import StoredRange
from edgemnist.reporting.report.figures.confusion import draw_confusion
from edgemnist.reporting.report.figures.curves import draw_curves
from edgemnist.reporting.report.figures.ranges import draw_distribution
from edgemnist.reporting.report.view import Figure, Group, clean, group_models
from edgemnist.reporting.tables import format_percent
from edgemnist.results.folder_report import Family, FolderReport, ReportedModel


def list_confusions(found: FolderReport) -> list[Group]:
    """Return a group a family: a matrix for each that no file before it has."""
    groups = []
    for number, (title, members) in enumerate(group_models(found)):
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
    return f"Most often {labels[-row]} is taken for {taken}: {'once' if count == 1 else f'{count:,} times'}."


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


def _phrase_clipped(ranges: Sequence[StoredRange]) -> str:
    clipped = [f"{clean(one.model)} clips {format_share(one.outside)}" for one in ranges if one.outside]
    return f"{'; '.join(clipped)}." if clipped else ""


def format_share(share: float) -> str:
    """Return a share above 0 in percent.

    Example:
        >>> format_share(0.0123), format_share(1.0), format_share(1e-6)
        ('1.2 %', '100 %', 'less than 0.001 %')
    """
    if share < 1e-5:
        return "less than 0.001 %"
    return f"{100 * share:.2g} %" if share < 0.095 else f"{100 * share:.0f} %"


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
