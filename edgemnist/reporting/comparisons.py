"""Models side by side on a terminal: a row a model, then what they differ by; each is known by its number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from edgemnist.reporting.console import open_console
from edgemnist.reporting.markup import escape
from edgemnist.reporting.spelling import spell_options
from edgemnist.reporting.tables import Table, format_bytes, format_percent, open_table, phrase_images
from edgemnist.reporting.terminal import format_note
from edgemnist.results import ComparedModel, ModelComparison

# Columns of figures, and when they are given up on a narrow terminal: the highest first.
FIGURES = {"accuracy": 0, "95 % interval": 2, "parameters": 6, "multiplications": 4, "size": 3}
# Digits of a hash that are shown.
SHORT_HASH = 8


def show_comparison(found: ModelComparison) -> None:
    """Show the models, what was made from them, each pair, and the settings in which their recipes differ."""
    console = open_console()
    for table in _list_tables(found):
        console.print(table)
    for model in found.models:
        for note in model.notes:
            console.print(f"[yellow]note[/] {escape(model.model)}: {escape(spell_options(note))}", soft_wrap=True)
    for note in found.notes:
        console.print(format_note(note), soft_wrap=True)


def _list_tables(found: ModelComparison) -> Iterator[Table]:
    yield _tabulate_models(found)
    if found.pairs:
        yield _tabulate_pairs(found)
    if any(model.made for model in found.models):
        yield _tabulate_made(found)
    if found.differing:
        yield _tabulate_settings(found)


def _number(found: ModelComparison) -> list[str]:
    return [str(place + 1) for place in range(len(found.models))]


def _tabulate_models(found: ModelComparison) -> Table:
    count = f"{len(found.models)} model{'s' if len(found.models) > 1 else ''}"
    table = open_table(title=f"{count} on {phrase_images(found.limit)} of {escape(found.data)}")
    table.add_column("", justify="right")
    table.add_column("model", folds=True)
    for heading, spare in FIGURES.items():
        table.add_column(heading, justify="right", spare=spare)
    table.add_column("recipe", spare=5)
    for number, model in zip(_number(found), found.models, strict=True):
        table.add_row(number, escape(model.model), *_list_figures(model), escape(model.recipe or "not known"))
    return table


def _list_figures(model: ComparedModel) -> tuple[str, ...]:
    score, complexity = model.score, model.complexity
    return (
        format_percent(score.accuracy),
        f"{format_percent(score.accuracy_low)} to {format_percent(score.accuracy_high)}",
        _format_count(complexity.parameters),
        _format_count(complexity.multiplications),
        format_bytes(model.size_bytes),
    )


def _format_count(count: int | None) -> str:
    return "not known" if count is None else f"{count:,}"


def _tabulate_pairs(found: ModelComparison) -> Table:
    table = open_table(title="answers broken and fixed from one to another")
    for heading in ("from", "to", "broken", "fixed", "McNemar p"):
        table.add_column(heading, justify="right")
    table.add_column("difference")
    for pair in found.pairs:
        ends = (str(pair.first + 1), str(pair.second + 1), f"{pair.broken:,}", f"{pair.fixed:,}")
        table.add_row(*ends, f"{pair.mcnemar_p:.2g}", "beyond chance" if pair.beyond_chance else "may be chance")
    return table


def _tabulate_made(found: ModelComparison) -> Table:
    """A row a form, as the manifests list them; a column a model."""
    forms = dict.fromkeys((file.format, file.precision) for model in found.models for file in model.made)
    table = open_table(title="made from them")
    table.add_column("form", folds=True)
    for number in _number(found):
        table.add_column(number, justify="right")
    for form in forms:
        sizes = [
            ", ".join(format_bytes(file.size_bytes) for file in model.made if (file.format, file.precision) == form)
            for model in found.models
        ]
        table.add_row(" ".join(form), *sizes)
    return table


def _tabulate_settings(found: ModelComparison) -> Table:
    table = open_table(title="settings that differ")
    table.add_column("setting", folds=True)
    for number in _number(found):
        table.add_column(number)
    for name, values in found.differing.items():
        cells = (
            "not known" if model.settings is None else _format_setting(name, value)
            for model, value in zip(found.models, values, strict=True)
        )
        table.add_row(escape(name), *cells)
    return table


def _format_setting(name: str, value: Any) -> str:
    """Write a value as a recipe's file has it; one that no entry states is the recipe's default."""
    if value is None:
        return "default"
    if isinstance(value, str):
        return escape(value[:SHORT_HASH] if name.endswith("sha256") else value)
    return json.dumps(value)
