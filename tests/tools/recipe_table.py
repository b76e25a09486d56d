"""The documents' table of what each recipe reaches, written from tests/benchmarks/recipes.json."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from edgemnist.comparison.statistics import compute_wilson_interval

FIGURES = Path(__file__).parents[1] / "benchmarks" / "recipes.json"
TEST_IMAGES = 10_000
# Columns that only the guide has room for.
GUIDE_ONLY = ("int8", "multiplications")


def read_figures() -> list[dict[str, Any]]:
    """Return the rows that `tests/benchmarks/recipes.py` wrote."""
    rows: list[dict[str, Any]] = json.loads(FIGURES.read_text())
    return rows


def tabulate_recipes(left_out: Collection[str] = ()) -> str:
    """Return a Markdown table of all recipes that were measured, without the columns of those names."""
    rows = [{name: cell for name, cell in _list_cells(row).items() if name not in left_out} for row in read_figures()]
    lines = [list(rows[0]), ["---"] * len(rows[0]), *(list(row.values()) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _list_cells(row: Mapping[str, Any]) -> dict[str, str]:
    low, high = compute_wilson_interval(round(row["accuracy_mean"] * TEST_IMAGES), TEST_IMAGES)
    taught = f" + {_show_time(row['teacher_seconds'])}" if row["teacher_seconds"] else ""
    mean, least, most = (_show_share(row[f"accuracy_{which}"]) for which in ("mean", "min", "max"))
    return {
        "recipe": f"`{row['recipe']}`",
        "accuracy, mean (range)": f"{mean} % ({least} to {most})",
        "95 % interval": f"{_show_share(low)} to {_show_share(high)}",
        "int8": f"{_show_share(row['int8_accuracy_mean'])} %",
        "int8 bytes": f"{row['int8_bytes']:,}",
        "multiplications": f"{row['multiplications']:,}",
        "training": f"{_show_time(row['seconds'])}{taught}",
    }


def _show_share(share: float) -> str:
    return f"{100 * share:.2f}"


def _show_time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
