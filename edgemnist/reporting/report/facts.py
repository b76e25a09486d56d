"""Where each file comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from edgemnist.reporting.report.view import clean
from edgemnist.results.folder_report import FolderReport, ReportedModel


@dataclass(frozen=True)
class Facts:
    """Where a file comes from.

    Args:
        name: File name.
        sha256: Its hash.
        lines: Names and values.
    """

    name: str
    sha256: str
    lines: tuple[tuple[str, str], ...] = field(default_factory=tuple)


# What is left to JSON, since it is long, or another line says it.
LEFT_OUT = {
    "made with": (), "options": (), "calibrated on": ("per_class",), "trained with": ("training_sha256",), "data": (),
}  # fmt: skip


def list_facts(found: FolderReport) -> list[Facts]:
    """Return where each file comes from."""
    return [Facts(clean(model.name), model.sha256, tuple(_list_lines(model))) for model in found.models if model.sha256]


def _list_lines(model: ReportedModel) -> Iterator[tuple[str, str]]:
    provenance, measurement, complexity = model.provenance, model.verdict.measurement, model.complexity
    if provenance.source:
        yield "made from", f"{clean(provenance.source.name)} {provenance.source.sha256}"
    if measurement:
        yield "takes", clean(measurement.input)
        yield "bytes", f"{measurement.size_bytes:,}"
    if complexity and complexity.parameters is not None:
        multiplications = complexity.multiplications
        counted = "" if multiplications is None else f", {multiplications:,} multiplications an image"
        yield "network", f"{complexity.parameters:,} parameters{counted}"
    for title, values in (
        ("made with", provenance.versions), ("options", provenance.options), ("calibrated on", provenance.calibration),
        ("trained with", provenance.settings), ("data", provenance.data),
    ):  # fmt: skip
        shown = {name: value for name, value in values.items() if not name.startswith(LEFT_OUT[title])}
        if shown:
            yield title, ", ".join(f"{clean(name)} {clean(str(value))}" for name, value in shown.items())
    if measurement:
        yield "run in", clean(measurement.runtime)
