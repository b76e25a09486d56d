"""The documents' table of what each recipe reaches, written from tests/benchmarks/recipes.json."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from edgemnist.comparison.statistics import compute_wilson_interval

FIGURES = Path(__file__).parents[1] / "benchmarks" / "recipes.json"
TEST_IMAGES, SEEDS = 10_000, 3
# Columns that only the guide has room for.
GUIDE_ONLY = ("int8", "multiplications")


def read_figures() -> list[dict[str, Any]]:
    """Return the rows that `tests/benchmarks/recipes.py` wrote."""
    rows: list[dict[str, Any]] = json.loads(FIGURES.read_text())
    return rows


def tabulate_recipes(left_out: Collection[str] = ()) -> str:
    """Return a Markdown table of all recipes that were measured, without the columns of those names."""
    rows = [{name: cell for name, cell in _list_cells(row).items() if name not in left_out} for row in read_figures()]
    return _tabulate(rows)


def tabulate_in_c() -> str:
    """Return a Markdown table of the recipes that were measured in C, and what each takes there."""
    return _tabulate([_list_cells_in_c(row) for row in read_figures() if row["weight_bytes"]])


def _tabulate(rows: list[dict[str, str]]) -> str:
    lines = [list(rows[0]), ["---"] * len(rows[0]), *(list(row.values()) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _list_cells_in_c(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "recipe": f"`{row['recipe']}`",
        "accuracy in C": f"{_show_share(row['c_accuracy_mean'])} %{_show_seeds(row)}",
        "parameters": f"{row['weight_bytes']:,} bytes",
        "RAM": f"{row['ram_bytes']:,} bytes",
        "multiplications": f"{row['multiplications']:,}",
        "instructions, Cortex-M3": f"{row['instructions']:,}",
    }


def _list_cells(row: Mapping[str, Any]) -> dict[str, str]:
    low, high = compute_wilson_interval(round(row["accuracy_mean"] * TEST_IMAGES), TEST_IMAGES)
    taught = f" + {_show_time(row['teacher_seconds'])}" if row["teacher_seconds"] else ""
    mean, least, most = (_show_share(row[f"accuracy_{which}"]) for which in ("mean", "min", "max"))
    return {
        "recipe": f"`{row['recipe']}`",
        "accuracy, mean (range)": f"{mean} %{f' ({least} to {most})' * (row['seeds'] > 1)}{_show_seeds(row)}",
        "95 % interval": f"{_show_share(low)} to {_show_share(high)}",
        "int8": f"{_show_share(row['int8_accuracy_mean'])} %",
        "bytes": f"{row['weight_bytes']:,} in C" if row["weight_bytes"] else f"{row['int8_bytes']:,} in int8",
        "multiplications": f"{row['multiplications']:,}",
        "training": f"{_show_time(row['seconds'])}{taught}",
    }


def _show_seeds(row: Mapping[str, Any]) -> str:
    """Say of how many seeds a figure is, where it isn't of three."""
    return "" if row["seeds"] == SEEDS else f", {row['seeds']} seed{'s' * (row['seeds'] > 1)}"


def _show_share(share: float) -> str:
    return f"{100 * share:.2f}"


def _show_time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
