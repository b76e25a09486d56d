"""A row of the table of two models' layers, in words and in JSON's types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from edgemnist.comparison.causes.case import Cause
from edgemnist.comparison.values import Measures


@dataclass(frozen=True)
class LayerRow:
    """What a layer gives, or takes, in both models.

    Args:
        first, second: Names of the layer in both.
        kind: "dense", "conv" or "depthwise".
        value: "output", or "input" where something lies between the layer and the one before; "weights" where they
            differ, and one of the models has no such output.
        shape: Of the value in the first model, the images aside.
        measures: How far they are apart; None where they have another number of values, or none.
        expected_db: Smallest signal to noise that precision explains, with its margin, or that the tolerance lets
            through, in dB; None where no difference is let through.
        diverges: True if they are farther apart than that; or weights differ.
        changed: True if weights differ by more than rounding makes of them.
        coarse: True if one of them stores the layer's weights or its output in far coarser steps than they need, which
            diverges whatever it does to these values.
        rounding: Where both store whole numbers that differ by a step at most: how many do.
        causes: Why, the most specific first.
    """

    first: str
    second: str
    kind: str
    value: str
    shape: tuple[int, ...]
    measures: Measures | None
    expected_db: float | None
    diverges: bool
    changed: bool = False
    coarse: bool = False
    rounding: str = ""
    causes: tuple[Cause, ...] = ()

    def phrase(self, *, by_tolerance: bool = False) -> str:
        """Say how far it diverges.

        Args:
            by_tolerance: True where the user says how far is too far.
        """
        what, found, limit = f"the {self.value} of layer {self.first}", self.measures, self.expected_db
        if self.value == "weights":
            return f"{what} differ"
        if found is None:
            return f"{what} has another number of values"
        if found.not_finite:
            return f"{what} has {found.not_finite:,} values that are not finite"
        if found.sqnr_db is None and not found.equal:
            return f"{what} is 0 everywhere in the first model, but not in the second"
        if found.sqnr_db is not None and limit is not None and found.sqnr_db < limit:
            explained = "the tolerance asks for" if by_tolerance else "its precision explains no less than"
            return f"{what} has a signal to noise of {found.sqnr_db:.1f} dB, and {explained} {limit:.1f} dB"
        if self.coarse:
            return f"{what} hardly shows it on these images, but its steps are far coarser than needed"
        if self.changed:
            return f"{what} hardly shows it on these images, but its weights differ"
        return f"{what} differs, and nothing is let through"

    def to_record(self) -> dict[str, Any]:
        """Return it as JSON's types."""
        measures = asdict(self.measures) if self.measures else None
        return {
            **asdict(self),
            "shape": list(self.shape),
            "measures": measures,
            "causes": [asdict(one) for one in self.causes],
        }


def explain_rest(rows: Sequence[LayerRow], *, by_tolerance: bool = False) -> tuple[Cause, ...]:
    """Return why the first row that differs does, where none diverges; nothing if all are equal.

    Args:
        rows: All rows.
        by_tolerance: True where the user says how far is too far: then they may differ by more than precision explains.
    """
    differing = next((row for row in rows if row.measures is not None and not row.measures.equal), None)
    if differing is None:
        return ()
    if differing.rounding:
        what = f"the {differing.value} of layer {differing.first} is the first that differs"
        return (Cause("rounding", f"{what}: {differing.rounding}"),)
    if by_tolerance:
        return (Cause("tolerance", "the layers differ by no more than the tolerance lets through"),)
    return (Cause("precision", "the layers differ by what the precision of both explains, and by no more"),)
