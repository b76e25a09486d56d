"""A `.tflite` file compiled for Arm's Ethos-U by Arm's own compiler, Vela, for the estimate that it makes of it."""

from __future__ import annotations

import csv
import io
import math
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from edgemnist.errors import ModelError, NotInstalled, take_last_lines
from edgemnist.processes.limits import Limits
from edgemnist.processes.messages import OK, Message
from edgemnist.processes.server import Operations
from edgemnist.quiet import loading
from edgemnist.results import NpuEstimate

# The smallest chips with an Ethos-U that are sold in numbers have this one.
ACCELERATOR = "ethos-u55-128"
SYSTEM = ("--config", "Arm/vela.ini", "--system-config", "Ethos_U55_High_End_Embedded", "--memory-mode", "Shared_Sram")
TITLE = "Ethos-U55 with 128 multipliers, 500 MHz, weights in flash"
INSTALL = "pip install ethos-u-vela"
TIMEOUT_S = 120
KIB = 1024


def is_installed() -> bool:
    """True if Vela is installed."""
    return find_spec("ethosu") is not None


def estimate_npu(content: bytes, limits: Limits) -> NpuEstimate:
    """Compile a `.tflite` file, in a child process: a damaged one crashes the compiler.

    Args:
        content: Bytes of the file.
        limits: Time, memory and files that the child may use.

    Returns:
        The estimate; with a reason in its place where the file can't be compiled.
    """
    from edgemnist.processes.child import Child

    child = Child("edgemnist.workflows.npu", "serve", subject="Vela", crash="the model crashed it", limits=limits)
    try:
        return _read_estimate(child.ask("compile", {}, [content]).fields)
    except (ModelError, NotInstalled) as error:
        return NpuEstimate(TITLE, reason=error.message)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        return NpuEstimate(TITLE, reason=f"Vela says what can't be read: {error}")
    finally:
        child.close(at_once=True)


def _read_estimate(fields: Mapping[str, Any]) -> NpuEstimate:
    npu, cpu = int(fields["npu_operators"]), int(fields["cpu_operators"])
    rate, sram, flash = (float(fields[name]) for name in ("inferences_per_second", "sram_kib", "flash_kib"))
    if not npu or not math.isfinite(rate):
        return NpuEstimate(TITLE, npu, cpu)
    return NpuEstimate(TITLE, npu, cpu, round(rate, 1), round(sram * KIB), round(flash * KIB))


@contextmanager
def serve() -> Iterator[Operations]:
    """Give the one operation of the child's side."""

    def compile_file(question: Message) -> Message:
        return Message(OK, _compile(bytes(question.blobs[0])))

    yield {"compile": compile_file}


def _compile(content: bytes) -> dict[str, float]:
    """Return what Vela says: counts in what it prints, figures in its table.

    Raises:
        ModelError: It can't compile the file.
    """
    with loading("ethosu", INSTALL):
        from ethosu.vela.vela import main
    printed = io.StringIO()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.tflite")
        path.write_bytes(content)
        with redirect_stdout(printed):
            try:
                status = main(["--accelerator-config", ACCELERATOR, *SYSTEM, "--output-dir", folder, str(path)])
            except SystemExit as stop:
                status = stop.code
        text, tables = printed.getvalue(), list(Path(folder).glob("*_summary_*.csv"))
        if status or not tables:
            raise ModelError(f"Vela can't compile it: {take_last_lines(text)}")
        with tables[0].open(newline="") as stream:
            row = list(csv.DictReader(stream))[-1]
    counts = {name.lower(): int(count) for name, count in re.findall(r"^(CPU|NPU) operators = (\d+)", text, re.M)}
    return {
        "npu_operators": counts["npu"],
        "cpu_operators": counts["cpu"],
        "inferences_per_second": float(row["inferences_per_second"]),
        "sram_kib": float(row["sram_memory_used"]),
        "flash_kib": float(row["off_chip_flash_memory_used"]) + float(row["on_chip_flash_memory_used"]),
    }
