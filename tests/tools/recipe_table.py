"""The documents' table of what each recipe reaches, written from tests/benchmarks/recipes.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edgemnist.comparison.statistics import compute_wilson_interval

FIGURES = Path(__file__).parents[1] / "benchmarks" / "recipes.json"
TEST_IMAGES = 10_000
HEADER = (
    "| recipe | accuracy, mean (range) | 95 % interval | int8 | int8 bytes | multiplications | training |\n"
    "|---|---|---|--:|--:|--:|--:|"
)


def read_figures() -> list[dict[str, Any]]:
    """Return the rows that `tests/benchmarks/recipes.py` wrote."""
    rows: list[dict[str, Any]] = json.loads(FIGURES.read_text())
    return rows


def tabulate_recipes() -> str:
    """Return a Markdown table of all recipes that were measured."""
    return "\n".join([HEADER, *map(_write_row, read_figures())])


def _write_row(row: Mapping[str, Any]) -> str:
    low, high = compute_wilson_interval(round(row["accuracy_mean"] * TEST_IMAGES), TEST_IMAGES)
    taught = f" + {_show_time(row['teacher_seconds'])}" if row["teacher_seconds"] else ""
    mean, least, most = (_show_share(row[f"accuracy_{which}"]) for which in ("mean", "min", "max"))
    cells = (
        f"`{row['recipe']}`",
        f"{mean} % ({least} to {most})",
        f"{_show_share(low)} to {_show_share(high)}",
        f"{_show_share(row['int8_accuracy_mean'])} %",
        f"{row['int8_bytes']:,}",
        f"{row['multiplications']:,}",
        f"{_show_time(row['seconds'])}{taught}",
    )
    return f"| {' | '.join(cells)} |"


def _show_share(share: float) -> str:
    return f"{100 * share:.2f}"


def _show_time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
