"""The machines that a generated C model is proven on without owning one: what each is, holds and needs.

    machine = find_machine("cortex-m4")
    machine.tools.require(machine.title)   # or ToolMissing, with the line that installs them

`edgemnist.machines.building` compiles for them, and `firmware/` holds the few C files that this takes:
small, and meant to be copied into products, too. Nothing here reads a model or starts an emulator.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edgemnist.errors import UsageError
from edgemnist.processes.installed import Tools

FIRMWARE = Path(__file__).parent / "firmware"


@dataclass(frozen=True)
class Region:
    """A memory of a machine.

    Args:
        origin: its first address.
        size_bytes: how much it holds.
    """

    origin: int
    size_bytes: int


@dataclass(frozen=True)
class Machine:
    """A row of the table.

    Args:
        name: what commands call it.
        title: its display name.
        compiler: the executable; the other tools' names begin alike.
        flags: that choose the core: what the compiler may use of it.
        link_flags: that choose start-up and libraries.
        library: a file that the compiler finds only where its C library is installed.
        emulator: the command; what runs is its last argument.
        packages: of Debian and Ubuntu that hold all this.
        startup, script: file names in `firmware/`; None for a program under Linux.
        flash, ram: the memories; None where there is more than any model needs.
        vectors: where the core looks for its vector table, if that isn't the start of the flash.
        small: true if its memories are so small that code is compiled for size, that images come row by row where the
            model takes them so, and that the stack has what the program needs and no more.
    """

    name: str
    title: str
    compiler: str
    flags: tuple[str, ...]
    link_flags: tuple[str, ...]
    library: str
    emulator: tuple[str, ...]
    packages: tuple[str, ...]
    startup: str | None = None
    script: str | None = None
    flash: Region | None = None
    ram: Region | None = None
    vectors: int | None = None
    small: bool = False

    @property
    def tools(self) -> Tools:
        """What must be installed to compile for it and to emulate it."""
        names = (self.compiler, self.name_tool("nm"), self.name_tool("size"), self.emulator[0], HOST_COMPILER)
        install = f"apt-get install -y --no-install-recommends {' '.join(self.packages)}"
        return Tools(names, install, (self.library,))

    def name_tool(self, tool: str) -> str:
        """Return the name of one of the compiler's companions.

        Example:
            >>> find_machine("microbit").name_tool("size")
            'arm-none-eabi-size'
        """
        return self.compiler.removesuffix("gcc") + tool


# The counter that QEMU loads is compiled on the spot.
HOST_COMPILER = "gcc"
HOST_PACKAGES = ("gcc", "libc6-dev")
SILENT_MACHINE = ("-display", "none", "-serial", "none", "-monitor", "none")
SEMIHOSTING = ("-semihosting-config", "enable=on,target=native")


def _make_cortex_m(
    name: str,
    title: str,
    board: str,
    flags: tuple[str, ...],
    flash: Region,
    ram: Region,
    vectors: int | None = None,
    small: bool = False,
) -> Machine:
    return Machine(
        name=name,
        title=title,
        compiler="arm-none-eabi-gcc",
        flags=("-mthumb", *flags),
        link_flags=("-nostartfiles", "--specs=nano.specs"),
        library="nano.specs",
        emulator=("qemu-system-arm", "-M", board, *SILENT_MACHINE, *SEMIHOSTING, "-kernel"),
        packages=("gcc-arm-none-eabi", "libnewlib-arm-none-eabi", "qemu-system-arm", *HOST_PACKAGES),
        startup="startup_cortex_m.c",
        script="cortex_m.ld",
        flash=flash,
        ram=ram,
        vectors=vectors,
        small=small,
    )


KIB, MIB = 1 << 10, 1 << 20
# Two static memories of 4 MB on each of Arm's MPS2 boards.
MPS2 = (Region(0, 4 * MIB), Region(0x2000_0000, 4 * MIB))

MACHINES = (
    _make_cortex_m("cortex-m3", "Cortex-M3", "mps2-an385", ("-mcpu=cortex-m3",), *MPS2),
    _make_cortex_m(
        "cortex-m4", "Cortex-M4", "mps2-an386", ("-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"), *MPS2
    ),
    _make_cortex_m(
        "cortex-m7", "Cortex-M7", "mps2-an500", ("-mcpu=cortex-m7", "-mfloat-abi=hard", "-mfpu=fpv5-d16"), *MPS2
    ),
    # It starts from the memory at 0, which is too small for a large model: only the vectors lie there.
    _make_cortex_m(
        "cortex-m55",
        "Cortex-M55",
        "mps3-an547",
        ("-mcpu=cortex-m55", "-mfloat-abi=hard"),
        Region(0x0100_0000, 2 * MIB),
        Region(0x2000_0000, 512 * KIB),
        vectors=0,
    ),
    _make_cortex_m(
        "microbit",
        "micro:bit",
        "microbit",
        ("-mcpu=cortex-m0",),
        Region(0, 256 * KIB),
        Region(0x2000_0000, 16 * KIB),
    ),
    # The same core with the memories of the cheapest chips.
    _make_cortex_m(
        "tiny",
        "Cortex-M0, 16 kB and 2 kB",
        "microbit",
        ("-mcpu=cortex-m0",),
        Region(0, 16 * KIB),
        Region(0x2000_0000, 2 * KIB),
        small=True,
    ),
    Machine(
        name="riscv32",
        title="RISC-V RV32IMAC",
        compiler="riscv64-unknown-elf-gcc",
        # medany: the machine's memory is out of reach of the usual code model.
        flags=("-march=rv32imac", "-mabi=ilp32", "-mcmodel=medany", "--specs=picolibc.specs"),
        link_flags=("-nostartfiles",),
        library="picolibc.specs",
        emulator=("qemu-system-riscv32", "-M", "virt", "-bios", "none", *SILENT_MACHINE, *SEMIHOSTING, "-kernel"),
        packages=("gcc-riscv64-unknown-elf", "picolibc-riscv64-unknown-elf", "qemu-system-misc", *HOST_PACKAGES),
        startup="startup_riscv.S",
        script="riscv.ld",
        # The machine has one memory of 128 MB. These are the shares of a large microcontroller.
        flash=Region(0x8000_0000, 4 * MIB),
        ram=Region(0x8100_0000, 512 * KIB),
    ),
    Machine(
        name="aarch64",
        title="Cortex-A76 Linux",
        compiler="aarch64-linux-gnu-gcc",
        flags=("-mcpu=cortex-a76", "-fno-pie"),
        link_flags=("-static", "-no-pie"),
        library="libc.a",
        # Without -cpu QEMU takes "max", which gave wrong int8 answers.
        emulator=("qemu-aarch64", "-cpu", "cortex-a76"),
        packages=("gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross", "qemu-user", *HOST_PACKAGES),
    ),
)


def find_machine(name: str) -> Machine:
    """Return a row of the table.

    Raises:
        UsageError: there is none of that name.
    """
    for machine in MACHINES:
        if machine.name == name:
            return machine
    raise UsageError(f"{name}: no such machine", "one of: " + ", ".join(machine.name for machine in MACHINES))
