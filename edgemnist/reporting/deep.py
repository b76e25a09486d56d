"""What `verify --deep` found, as two tables: the weights, a row a layer, and the images, a row a family."""

from __future__ import annotations

from edgemnist.comparison.deep import DeepComparison
from edgemnist.comparison.weights import WeightComparison
from edgemnist.reporting.markup import escape
from edgemnist.reporting.tables import Table, open_table
from edgemnist.results import DeepResult


def tabulate_deep(result: DeepResult, source: str) -> list[Table]:
    """Return both tables.

    Args:
        result: What was found.
        source: Name of the source.
    """
    weights = [_tabulate_weights(result.weights, source)] if result.weights else []
    return [*weights, _tabulate_families(result.answers)]


def _tabulate_weights(comparison: WeightComparison, source: str) -> Table:
    table = open_table(title=f"weights compared with those of {escape(source)}: 0.5 steps is what rounding takes")
    for heading in ("layer", "kind", "shape"):
        table.add_column(heading)
    for heading in ("values", "out of step", "largest step", "largest difference"):
        table.add_column(heading, justify="right")
    for row in comparison.rows:
        table.add_row(
            escape(row.name), row.kind, " x ".join(map(str, row.shape)), f"{row.values:,}", f"{row.out_of_step:,}",
            f"{row.largest_steps:.3f}", f"{row.largest_difference:.3g}",
        )  # fmt: skip
    return table


def _tabulate_families(comparison: DeepComparison) -> Table:
    table = open_table(title=f"{comparison.images:,} images that no test set holds: how far a probability moves")
    table.add_column("images")
    for heading in ("count", "same class", "mean", "all but 2 in 1,000", "largest"):
        table.add_column(heading, justify="right")
    for row in comparison.rows:
        table.add_row(
            row.name, f"{row.images:,}", f"{100 * row.agreement:.2f} %", f"{row.mean_difference:.2g}",
            f"{row.high_difference:.2g}", f"{row.largest_difference:.2g}",
        )  # fmt: skip
    return table
