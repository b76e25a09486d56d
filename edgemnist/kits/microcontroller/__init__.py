"""Firmware for a bare-metal Cortex-M, which runs under QEMU; a CMake library and an Arduino library, too."""

from __future__ import annotations

from pathlib import Path

from edgemnist.kits.arduino import ARDUINO, SKETCH
from edgemnist.kits.base import COMMON, GOLDEN, SELF_TEST, Kit, list_files
from edgemnist.machines import FIRMWARE

HERE = Path(__file__).parent
# Of an Arduino library nothing else is compiled.
SOURCES = "src/"
START = ("startup_cortex_m.c", "cortex_m.ld", "semihosting.h", "semihosting.c")
KIT = Kit(
    name="microcontroller",
    summary="firmware for a bare-metal Cortex-M, which runs under QEMU",
    extensions=(".c",),
    make="`edgemnist.export(format='c', quantize='int8')`",
    embedding="c",
    runtime=None,
    files=(
        *list_files(HERE, ("README.md", "Makefile", "CMakeLists.txt", "library.properties", "main.c", "gitignore")),
        *list_files(HERE, ("cycles.h",), SOURCES),
        *list_files(COMMON, (*SELF_TEST, *GOLDEN), SOURCES),
        *list_files(FIRMWARE, START),
        *list_files(ARDUINO, ("classifier.ino",), f"examples/{SKETCH}"),
    ),
    start="make -C {folder} run",
    folders={".c": SOURCES, ".h": SOURCES},
)
