"""What small devices say of a `.tflite` file."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class MicroFit:
    """A file in TFLite Micro.

    Args:
        missing: Operators that TFLite Micro hasn't; empty if it has all.
        arena_bytes: Smallest arena in which its interpreter ran the file, buffers of kernels included, such as those
            that packed weights are unpacked into; None where it didn't run.
        reason: Why it didn't run, or what is needed to measure it; "" if it ran.
    """

    missing: tuple[str, ...] = ()
    arena_bytes: int | None = None
    reason: str = ""

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


@dataclass(frozen=True)
class NpuEstimate:
    """A file compiled for Arm's Ethos-U: estimates of its compiler, Vela, not measured on a device.

    Args:
        accelerator: What it was compiled for, in Vela's own words.
        npu_operators, cpu_operators: Number of operators after Vela's rewriting, and where they run; None where it
            didn't compile the file.
        inferences_per_second: Of one image at a time; None where nothing runs on the NPU.
        sram_bytes, flash_bytes: Memory that it takes; None where nothing runs on the NPU.
        reason: Why it wasn't compiled; "" if it was.
    """

    accelerator: str
    npu_operators: int | None = None
    cpu_operators: int | None = None
    inferences_per_second: float | None = None
    sram_bytes: int | None = None
    flash_bytes: int | None = None
    reason: str = ""

    def to_record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)
