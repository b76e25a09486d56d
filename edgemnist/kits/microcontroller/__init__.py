"""Firmware for a bare-metal Cortex-M, which runs under QEMU."""

from __future__ import annotations

from pathlib import Path

from edgemnist.kits.base import COMMON, GOLDEN, SELF_TEST, Kit, list_files
from edgemnist.machines import FIRMWARE

HERE = Path(__file__).parent
START = ("startup_cortex_m.c", "cortex_m.ld", "semihosting.h", "semihosting.c")
KIT = Kit(
    name="microcontroller",
    summary="firmware for a bare-metal Cortex-M, which runs under QEMU",
    extensions=(".c",),
    make="`edgemnist.export(format='c', quantize='int8')`",
    embedding="c",
    runtime=None,
    files=(
        *list_files(HERE, ("README.md", "Makefile", "main.c", "gitignore")),
        *list_files(COMMON, (*SELF_TEST, *GOLDEN)),
        *list_files(FIRMWARE, START),
    ),
    start="make -C {folder} run",
)
