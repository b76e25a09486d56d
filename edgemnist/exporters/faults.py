"""What `edgemnist.exporters.sensitivity` finds, as plain numbers: which layer loses most in 8 bits, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Letters of a layer's name that are shown.
MOST_NAME = 100


@dataclass(frozen=True)
class Spread:
    """How unevenly a layer's outputs fill their range, all of which 8 bits divide into equal steps.

    Args:
        layer: Its name, class and activation, such as "dense (Dense, exponential)".
        low, high: Smallest and largest output, or 0.
        share: Share of that range in which 99 % of the outputs lie, 0 … 1.
    """

    layer: str
    low: float
    high: float
    share: float


@dataclass(frozen=True)
class Fault:
    """What one layer loses.

    Args:
        layer: Its name and class, such as "conv2d (Conv2D)".
        lone: True for a batch normalization that is in no other layer's weights.
        moved: Share of the images whose class is another, 0 … 1, where the output of this layer alone is in 8 bits.
        moved_16: The same where the outputs of all layers are in 16 bits.
        uneven: The most uneven outputs in the model, be they this layer's or what it computes with; None where none
            are.
    """

    layer: str
    lone: bool
    moved: float
    moved_16: float = 0.0
    uneven: Spread | None = None

    @classmethod
    def from_record(cls, fields: Mapping[str, Any]) -> Fault:
        """Make it from a message's fields, in which names may be of any length."""
        uneven = fields["uneven"]
        return cls(
            str(fields["layer"])[:MOST_NAME],
            bool(fields["lone"]),
            float(fields["moved"]),
            float(fields["moved_16"]),
            uneven
            and Spread(
                str(uneven["layer"])[:MOST_NAME], float(uneven["low"]), float(uneven["high"]), float(uneven["share"])
            ),
        )
