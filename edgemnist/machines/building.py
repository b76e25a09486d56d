"""From a C model to a program that proves it on a machine: `build_proof` compiles, measures sizes and links.

A model that doesn't fit is a verdict, with numbers; only one that can't be compiled is an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from edgemnist.errors import ModelError
from edgemnist.machines import FIRMWARE, HOST_COMPILER, Machine, Region
from edgemnist.machines.stack import measure_stack
from edgemnist.processes.tools import run_tool

# The same answers everywhere: no product and sum are made one operation where a core could do so.
LANGUAGE_FLAGS = ("-std=c99", "-ffp-contract=off")
# Measured on int8 models, -O3 against -O2: 0 to 38 % fewer instructions on microcontrollers, down to a seventh on
# aarch64, which has vectors for it, and 0.2 to 9 kB more of code. -Os takes up to 80 % more instructions than -O2.
CODE_FLAGS = ("-O3", "-ffunction-sections", "-fdata-sections")
SMALL_CODE_FLAGS = ("-Os", *CODE_FLAGS[1:])
# Room for what is on the stack around classify: the proof's own frames and those of library functions.
SPARE_STACK_BYTES = 512
CALL_GRAPH = "-fcallgraph-info=su"
# For one call of a compiler or a linker.
TIMEOUT_S = 600
# To link and measure a model that is larger than the machine's memories.
ENDLESS_BYTES = 256 * 2**20
NO_STACK = "no room for the stack"
# Functions of prove.c: what counting ends with, and begins with where images come row by row.
END_OF_CLASSIFY, START_OF_ROWS = "proof_classified", "proof_starts"

# What the linker says of a memory that is too small, by the size of the excess or by the address of the end.
OVERFLOW = re.compile(r"region `(FLASH|RAM)' overflowed by (\d+) bytes")
BEYOND = re.compile(r"address 0x([0-9a-f]+) of \S+ section `[^']+' is not within region `(FLASH|RAM)'")
ERROR_LINE = re.compile(
    r".*(?:\berror:|undefined reference|cannot find|multiple definition|not within region|overflowed by|no room).*"
)


@dataclass(frozen=True)
class ModelSource:
    """A C model to compile.

    Args:
        path: of the `.c` file.
        header: of the `.h` file that it includes.
        prefix: that its functions begin with, and in capitals its macros.
        score_type: of an answer, in C: "int8_t" or "float".
        softmax: true if its softmax function is part of the answer.
        rows: true if it takes an image row by row, too.
    """

    path: Path
    header: Path
    prefix: str
    score_type: str
    softmax: bool
    rows: bool = False

    def list_flags(self, *, rows: bool) -> tuple[str, ...]:
        """Return what the programs around a model, such as `prove.c`, must know of it.

        Args:
            rows: True if they are to give it an image row by row, if it takes one so.
        """
        macros = (
            f'-DMODEL_HEADER="{self.header.name}"',
            f"-DMODEL_PREFIX={self.prefix}",
            f"-DMODEL_MACROS={self.prefix.upper()}",
            f"-DMODEL_SCORE={self.score_type}",
        )
        chosen = {"-DMODEL_SOFTMAX": self.softmax, "-DMODEL_ROWS": self.rows and rows}
        return (f"-I{self.header.parent}", *macros, *(macro for macro, is_set in chosen.items() if is_set))


@dataclass(frozen=True)
class Build:
    """What came of it.

    Args:
        flash_bytes, ram_bytes, stack_bytes: as in `Footprint`.
        capacity_errors: sentences on what the machine lacks; empty if the program fits.
        program: to be run; None if there are capacity errors.
        start, stop: addresses where counting begins and ends: classify, and what is called after it.
    """

    flash_bytes: int
    ram_bytes: int
    stack_bytes: int
    capacity_errors: tuple[str, ...]
    program: Path | None = None
    start: int = 0
    stop: int = 0


def build_proof(machine: Machine, source: ModelSource, folder: Path) -> Build:
    """Compile a model for a machine, measure its sizes, and link the program that proves it if the model fits.

    Args:
        folder: to write to; empty.

    Raises:
        ModelError: the compiler or the linker refuses it: their first errors are in the message.
    """
    by_rows = source.rows and machine.small
    model = _compile(machine, source, source.path, folder / "model.o", CALL_GRAPH)
    stack_bytes = _measure_model_stack(folder / "model.ci", source, by_rows)
    flash_bytes, ram_bytes = _measure_sizes(machine, source, model, folder)
    capacity_errors = find_capacity_errors(machine, flash_bytes, ram_bytes, stack_bytes)
    sizes = (flash_bytes, ram_bytes, stack_bytes)
    if capacity_errors:
        return Build(*sizes, capacity_errors)
    program = folder / "proof.elf"
    parts = [_compile(machine, source, FIRMWARE / "prove.c", folder / "prove.o", CALL_GRAPH)]
    if machine.script:
        parts.append(_compile(machine, source, FIRMWARE / "semihosting.c", folder / "semihosting.o", CALL_GRAPH))
    try:
        needed = _measure_whole_stack(folder) if machine.small else stack_bytes + SPARE_STACK_BYTES
        _link(machine, source, [*parts, model], program, (machine.flash, machine.ram), needed)
    except ModelError as error:
        if capacity_errors := _read_overflows(machine, error.message):
            return Build(*sizes, capacity_errors)
        raise
    addresses = _find_symbols(machine, program)
    start = START_OF_ROWS if by_rows else f"{source.prefix}_classify"
    return Build(*sizes, (), program, addresses[start], addresses[END_OF_CLASSIFY])


def build_counter(folder: Path, plugin_version: int) -> Path:
    """Compile the plugin that counts instructions, for the QEMU of this machine.

    Args:
        plugin_version: of QEMU's plugin interface: 1 before QEMU 9, then 2.

    Raises:
        ModelError: the host's compiler fails.
    """
    counter = folder / "counter.so"
    options = ["-O2", "-shared", "-fPIC", "-fvisibility=hidden", f"-DQEMU_PLUGIN_VERSION={plugin_version}"]
    _call([HOST_COMPILER, *options, str(FIRMWARE / "counter.c"), "-o", str(counter)], "counter.c")
    return counter


def find_capacity_errors(machine: Machine, flash_bytes: int, ram_bytes: int, stack_bytes: int) -> tuple[str, ...]:
    """Say in sentences which memories of a machine are too small for a model alone.

    Example:
        >>> from edgemnist.machines import find_machine
        >>> find_capacity_errors(find_machine("microbit"), 561_204, 2_048, 200)
        ('needs 561,204 bytes of flash, microbit has 262,144',)
    """
    needs = (
        (flash_bytes, "of flash", machine.flash),
        (ram_bytes + stack_bytes, f"of RAM ({stack_bytes:,} of them stack)", machine.ram),
    )
    return tuple(
        f"needs {needed:,} bytes {what}, {machine.name} has {region.size_bytes:,}"
        for needed, what, region in needs
        if region and needed > region.size_bytes
    )


def _read_overflows(machine: Machine, message: str) -> tuple[str, ...]:
    """Turn the linker's messages on a program that doesn't fit, though the model does, into sentences."""
    memories = {"FLASH": ("flash", machine.flash), "RAM": ("RAM", machine.ram)}
    excess = {memory: int(count) for memory, count in OVERFLOW.findall(message)}
    for address, memory in BEYOND.findall(message):
        if region := memories[memory][1]:
            excess.setdefault(memory, int(address, 16) - region.origin - region.size_bytes)
    found = [
        f"fits, but the program around it needs {count:,} bytes of {memories[memory][0]} more than {machine.name} has"
        for memory, count in excess.items()
    ]
    if not found and NO_STACK in message:
        found = [f"fits, but the program around it leaves too little of {machine.name}'s RAM for the stack"]
    return tuple(found)


def _measure_whole_stack(folder: Path) -> int:
    """Return the bytes of stack from main on, of all that was compiled for the program; libraries are not among it."""
    return measure_stack("".join(path.read_text() for path in sorted(folder.glob("*.ci"))), "main")


def _measure_model_stack(call_graph: Path, source: ModelSource, by_rows: bool) -> int:
    text = call_graph.read_text()
    depths = [measure_stack(text, f"{source.prefix}_{'push_row' if by_rows else 'classify'}")]
    if source.softmax:
        depths.append(measure_stack(text, f"{source.prefix}_softmax"))
    return max(depths)


def _measure_sizes(machine: Machine, source: ModelSource, model: Path, folder: Path) -> tuple[int, int]:
    """Return the bytes of flash and RAM by which a program with the model exceeds the same one without it."""
    sizes = []
    for name, options, parts in (("present", (), [model]), ("absent", ("-DMODEL_ABSENT",), [])):
        entry = _compile(machine, source, FIRMWARE / "footprint.c", folder / f"{name}.o", *options)
        program = folder / f"{name}.elf"
        endless = [region and Region(region.origin, ENDLESS_BYTES) for region in (machine.flash, machine.ram)]
        _link(machine, source, [entry, *parts], program, (endless[0], endless[1]), 0)
        output = _call([machine.name_tool("size"), str(program)], source.path.name)
        text, data, bss = map(int, output.splitlines()[1].split()[:3])
        sizes.append((text + data, data + bss))
    (flash, ram), (other_flash, other_ram) = sizes
    return flash - other_flash, ram - other_ram


def _compile(machine: Machine, source: ModelSource, path: Path, output: Path, *options: str) -> Path:
    code = SMALL_CODE_FLAGS if machine.small else CODE_FLAGS
    flags = (*machine.flags, *LANGUAGE_FLAGS, *code, *source.list_flags(rows=machine.small), f"-I{FIRMWARE}")
    if machine.script is None:
        flags = (*flags, "-D_POSIX_C_SOURCE=200809L")
    _call([machine.compiler, *flags, *options, "-c", str(path), "-o", str(output)], source.path.name)
    return output


def _link(
    machine: Machine,
    source: ModelSource,
    parts: list[Path],
    program: Path,
    memories: tuple[Region | None, Region | None],
    stack_bytes: int,
) -> None:
    command = [machine.compiler, *machine.flags, *machine.link_flags, "-Wl,--gc-sections"]
    if machine.startup and machine.script:
        startup = _compile(machine, source, FIRMWARE / machine.startup, program.parent / "startup.o")
        parts = [startup, *parts]
        symbols = {"STACK_SIZE": stack_bytes, **name_memories(machine, memories)}
        command += [
            "-T",
            str(FIRMWARE / machine.script),
            *(f"-Wl,--defsym={name}={at}" for name, at in symbols.items()),
        ]
    _call([*command, *map(str, parts), "-lm", "-o", str(program)], source.path.name)


def name_memories(machine: Machine, memories: tuple[Region | None, Region | None]) -> dict[str, int]:
    """Return the symbols that the linker scripts ask for: where flash and RAM begin, and their bytes."""
    symbols: dict[str, int] = {}
    for name, region in zip(("FLASH", "RAM"), memories, strict=True):
        assert region is not None
        symbols |= {f"{name}_ORIGIN": region.origin, f"{name}_SIZE": region.size_bytes}
    if machine.vectors is not None:
        symbols["VECTORS_ORIGIN"] = machine.vectors
    return symbols


def _find_symbols(machine: Machine, program: Path) -> dict[str, int]:
    lines = _call([machine.name_tool("nm"), str(program)], program.name).splitlines()
    rows = [line.split() for line in lines]
    return {row[2]: int(row[0], 16) for row in rows if len(row) == 3}


def _call(command: list[str], name: str) -> str:
    """Run a tool.

    Raises:
        ModelError: it failed; the message holds the first lines in which it names an error.
    """
    run = run_tool(command, timeout_s=TIMEOUT_S)
    if not run.failure:
        return run.output
    lines = [line.strip() for line in run.diagnostics.splitlines() if line.strip()]
    errors = [line for line in dict.fromkeys(lines) if ERROR_LINE.match(line)] or lines or [run.failure]
    raise ModelError(f"{name}: {command[0]} refuses it: " + "; ".join(errors[:3]), "export it again")
