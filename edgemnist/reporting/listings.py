"""What there is to choose from: each table as a document, and as it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgemnist.exporters import ALL_FORMS
from edgemnist.guides import GUIDES, Guide
from edgemnist.kits import KITS
from edgemnist.reporting.console import open_console
from edgemnist.reporting.documents import fill_document
from edgemnist.reporting.markup import escape
from edgemnist.reporting.tables import open_table
from edgemnist.runtimes import RUNTIMES
from edgemnist.training.recipes import Recipe


def fill_formats() -> dict[str, Any]:
    """Return what `formats --json` prints."""
    forms = [{"format": form.format, "precision": form.precision, "summary": form.summary} for form in ALL_FORMS]
    return fill_document("formats", formats=forms)


def fill_runtimes() -> dict[str, Any]:
    """Return what `runtimes --json` prints."""
    runtimes = [
        {"name": entry.name, "extension": entry.extension, "ready": entry.ready, "install": entry.install}
        for entry in RUNTIMES
    ]
    return fill_document("runtimes", runtimes=runtimes)


def fill_kits() -> dict[str, Any]:
    """Return what `kits --json` prints."""
    kits = [{"name": kit.name, "extensions": list(kit.extensions), "summary": kit.summary} for kit in KITS]
    return fill_document("kits", kits=kits)


def fill_recipes(recipes: Sequence[Recipe]) -> dict[str, Any]:
    """Return what `recipes --json` prints."""
    return fill_document("recipes", recipes=[recipe.to_record() for recipe in recipes])


def fill_guides(guide: Guide | None = None) -> dict[str, Any]:
    """Return what `guide --json` prints: one guide with its text, or all without."""
    if guide is not None:
        return fill_document("guide", guides=[{"topic": guide.topic, "summary": guide.summary, "text": guide.read()}])
    return fill_document("guide", guides=[{"topic": each.topic, "summary": each.summary} for each in GUIDES])


def show_formats() -> None:
    """Show the table of forms."""
    table = open_table("--format", "--quantize", "file", "what it is")
    for form in ALL_FORMS:
        table.add_row(
            form.format, "" if form.precision == "float32" else form.precision, form.name_file("model"), form.summary
        )
    open_console().print(table)


def show_runtimes() -> None:
    """Show which runtimes are ready, and the line that installs each other."""
    table = open_table("runtime", "name", "runs", "state")
    for entry in RUNTIMES:
        table.add_row(entry.name, entry.title, entry.extension, "[green]ready[/]" if entry.ready else entry.install)
    open_console().print(table)


def show_kits() -> None:
    """Show the table of kits."""
    table = open_table("kit", "takes", "what it is")
    for kit in KITS:
        table.add_row(kit.name, " ".join(kit.extensions), kit.summary)
    open_console().print(table)


def show_recipes(recipes: Sequence[Recipe]) -> None:
    """Show the table of recipes."""
    table = open_table("recipe", "what is trained, and how")
    for recipe in recipes:
        table.add_row(escape(recipe.name), escape(recipe.summary))
    open_console().print(table)
