"""One line about the machine that a benchmark ran on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version

from edgemnist.saved_answers.machine import name_machine


def describe_machine() -> str:
    """Return processor, cores and the versions that matter."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("tensorflow", "onnxruntime", "ai-edge-litert", "numpy"))
    return f"{name_machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {packages}"
