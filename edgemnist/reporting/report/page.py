"""The page: one file, without a network, filled by Jinja."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edgemnist.quiet import loading
from edgemnist.reporting.report import INSTALL, MARK, beyond, cards, facts, groups, layers, view
from edgemnist.reporting.report.figures.sizes import draw_latencies, draw_sizes
from edgemnist.reporting.report.sections import SECTIONS
from edgemnist.reporting.tables import format_bytes, format_percent
from edgemnist.results.folder_report import FolderReport

FOLDER = Path(__file__).parent
TEMPLATE, STYLE, SCRIPT = "page.html.j2", "page.css", "page.js"


def write_page(found: FolderReport) -> str:
    """Return the page.

    Args:
        found: What was gathered.

    Raises:
        PackageMissing: Jinja or Matplotlib isn't installed.
    """
    with loading("jinja2", INSTALL):
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters["breakable"] = _let_break
    script = (FOLDER / SCRIPT).read_text("utf-8")
    page = environment.get_template(TEMPLATE).render(
        mark=MARK,
        style=(FOLDER / STYLE).read_text("utf-8"),
        script=script,
        script_hash=_hash(script),
        **_gather(found),
    )
    return str(page)


def _let_break(name: str) -> Any:
    """Return a file's or layer's name, escaped, that may be broken after each of its parts."""
    from markupsafe import Markup, escape

    return escape(name).replace("_", Markup("_<wbr>")).replace(".", Markup("<wbr>."))


def _hash(script: str) -> str:
    """The script's hash as a policy names it: no other script runs in the page."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"


def _gather(found: FolderReport) -> Mapping[str, Any]:
    """Return what the template shows; a section without content has an empty value, and is left out."""
    timed = found.benchmarked
    contents: dict[str, Any] = {
        "verdicts": view.list_rows(found),
        "sizes": draw_sizes(found) if any(model.verdict.measurement for model in found.models) else (),
        "latencies": draw_latencies(found),
        "chips": view.list_chips(timed.chips) if timed else (),
        "confusion": groups.list_confusions(found),
        "flips": cards.list_cards(found.flips),
        "reliability": beyond.list_reliability(found),
        "robustness": beyond.list_robustness(found),
        "layers": layers.list_layer_tables(found.families),
        "ranges": groups.list_ranges(found.families),
        "training": groups.list_trainings(found),
        "provenance": facts.list_facts(found),
    }
    unmeasured = layers.list_layer_notes(found.families)
    said = {"layers": unmeasured}
    return {
        "title": view.clean(found.name),
        "found": found,
        "headline": found.verification.count(),
        "tone": "good" if found.verification.passed else "bad" if found.exit_status else "open",
        "summary": _list_summary(found),
        "columns": view.COLUMNS,
        "timed_on": view.clean(timed.machine) if timed else "",
        "remarks": view.list_remarks(found),
        "unmeasured": unmeasured,
        "hidden_flips": sum(flip.pixels is None for flip in found.flips),
        "sections": [section for section in SECTIONS if contents[section.key] or said.get(section.key)],
        "contents": contents,
        "data": view.clean(found.verification.data),
        "machine": view.clean(found.machine),
    }


def _list_summary(found: FolderReport) -> list[tuple[str, str, str]]:
    """Return the figures under the headline: what, how much, and of which file."""
    measured = [(model.name, one) for model in found.models if (one := model.verdict.measurement)]
    if not measured:
        return []
    best = max(measured, key=lambda pair: (pair[1].score.accuracy, -pair[1].size_bytes))
    least = min(measured, key=lambda pair: pair[1].size_bytes)
    images = max(one.score.images for _, one in measured)
    return [
        ("test images", f"{images:,}", view.clean(found.verification.data)),
        ("most accurate", format_percent(best[1].score.accuracy), view.clean(best[0])),
        ("smallest", format_bytes(least[1].size_bytes), view.clean(least[0])),
        ("answers moved", f"{sum(one.comparison.moved for _, one in measured if one.comparison):,}", "in all files"),
    ]
