"""What this machine is called beside its answers: two processors round differently, two names tell them apart."""

from __future__ import annotations

import platform
import re
from pathlib import Path

PROCESSORS = Path("/proc/cpuinfo")
MOST_BYTES = 1 << 16


def name_machine() -> str:
    """Return the system, the architecture and the processor, without the machine's own name."""
    processor = _read_processor() or platform.processor()
    kind = f"{platform.system()} {platform.machine()}"
    return f"{kind}, {processor}" if processor not in ("", platform.machine()) else kind


def _read_processor() -> str:
    try:
        with PROCESSORS.open("rb") as stream:
            text = stream.read(MOST_BYTES).decode(errors="replace")
    except OSError:  # no Linux
        return ""
    found = re.search(r"^(?:model name|Model)\s*: (.+)$", text, re.MULTILINE)
    return found[1].strip() if found else ""
