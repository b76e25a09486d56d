"""What a report takes of an earlier `benchmark`: times, and what chips need."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Latency:
    """How long a file takes for one image.

    Args:
        model: File name.
        runtime: Name of the runtime, as commands call it.
        median_us: Median of the rounds' medians, in microseconds.
        low_us, high_us: Lowest and highest of the rounds' medians.
    """

    model: str
    runtime: str
    median_us: float
    low_us: float
    high_us: float


@dataclass(frozen=True)
class ChipUse:
    """What a file takes of an emulated chip, for one image.

    Args:
        model: File name.
        runtime: Name of the target, as commands call it.
        flash_bytes, ram_bytes, stack_bytes: Memory.
        instructions_per_image: Executed instructions, which are no cycles.
        accuracy: Share of the test images that it gets right there, 0 … 1.
    """

    model: str
    runtime: str
    flash_bytes: float
    ram_bytes: float
    stack_bytes: float
    instructions_per_image: float
    accuracy: float


@dataclass(frozen=True)
class Benchmarked:
    """What was measured of files that are the ones of the report.

    Args:
        machine: Where times were measured.
        latencies: Times.
        chips: What emulated chips need.
        notes: What was left out.
    """

    machine: str
    latencies: tuple[Latency, ...] = ()
    chips: tuple[ChipUse, ...] = ()
    notes: tuple[str, ...] = ()

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "machine": self.machine,
            "latencies": [asdict(one) for one in self.latencies],
            "chips": [asdict(one) for one in self.chips],
            "notes": list(self.notes),
        }
