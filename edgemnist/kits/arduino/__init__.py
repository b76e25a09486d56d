"""A sketch that classifies images from the serial line."""

from __future__ import annotations

from pathlib import Path

from edgemnist.kits.base import COMMON, GOLDEN, SELF_TEST, Kit, list_files

ARDUINO = Path(__file__).parent
SKETCH = "classifier/"
KIT = Kit(
    name="arduino",
    summary="a sketch that classifies images from the serial line",
    extensions=(".c",),
    make="`edgemnist.export(format='c', quantize='int8')`",
    embedding="c",
    runtime=None,
    files=(
        *list_files(ARDUINO, ("README.md",)),
        *list_files(ARDUINO, ("classifier.ino",), SKETCH),
        *list_files(COMMON, (*SELF_TEST, *GOLDEN), SKETCH),
    ),
    start="arduino-cli compile --fqbn arduino:mbed_nano:nano33ble {folder}/classifier",
    folders={".c": SKETCH, ".h": SKETCH},
)
