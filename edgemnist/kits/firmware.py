"""Template values of the kits in C and C++: the model's names in C, how pixels are encoded, the boards it runs on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from edgemnist.contract import Contract, Input
from edgemnist.errors import ModelError
from edgemnist.machines import MACHINES, Machine
from edgemnist.machines.building import CODE_FLAGS, LANGUAGE_FLAGS, name_memories

NUMBER_MACRO = re.compile(r"^#define \w+?_(ARENA_BYTES|TABLE_BYTES|BYTES) (\d+)$", re.MULTILINE)
# The field of TfLiteTensor's data for each dtype.
TENSOR_FIELDS = {"uint8": "uint8", "int8": "int8", "int16": "i16", "float32": "f"}
SCRIPT = "cortex_m.ld"


@dataclass(frozen=True)
class CodeNames:
    """What a model is called in C.

    Args:
        prefix: that its functions or its array begin with.
        source, header: the names of its two files.
    """

    prefix: str
    source: str
    header: str


def list_code_values(names: CodeNames, header: bytes) -> dict[str, str]:
    """Return the template values of a model in C; the sizes in bytes are the macros of its header's content."""
    sizes = {name: int(number) for name, number in NUMBER_MACRO.findall(header.decode())}
    return {
        "prefix": names.prefix,
        "PREFIX": names.prefix.upper(),
        "source": names.source,
        "header": names.header,
        "arena_bytes": f"{sizes['ARENA_BYTES']:,}",
        "table_bytes": f"{sizes.get('TABLE_BYTES', 0):,}",
        "model_bytes": f"{sizes.get('BYTES', 0):,}",
        **_list_board_values(),
    }


def list_tensor_values(name: str, contract: Contract) -> dict[str, str]:
    """Return the template values of TFLite Micro's tensors, and of how a pixel becomes an input value.

    Raises:
        ModelError: the kit can't encode what the model takes.
    """
    input, output = contract.input, contract.output
    return {
        "input_field": TENSOR_FIELDS[input.dtype],
        "output_field": TENSOR_FIELDS[output.dtype],
        "encode": _encode(input, name),
    }


def _encode(input: Input, name: str) -> str:
    """The C++ expression for the value of a pixel: the contract's own arithmetic.

    Raises:
        ModelError: it would take more than an addition or a scaling.
    """
    if input.takes_raw_pixels:
        return "pixels[i]"
    if input.dtype == "int8" and input.summarize().endswith(": pixel - 128"):
        return "static_cast<int8_t>(pixels[i] - 128)"
    if input.dtype == "float32":
        low, high = input.range
        return f"static_cast<float>({low!r} + pixels[i] * ({high - low!r}) / 255.0)"
    raise ModelError(
        f"{name}: takes {input.summarize()}, expected raw pixels, pixel - 128, or float32",
        "export it anew: `edgemnist.export(format='tflite', quantize='int8')`",
    )


def _list_board_values() -> dict[str, str]:
    """The rows of the Makefile and the README: those machines that the kit's linker script is for.

    Its golden images alone take 16 kB of flash, so that none of the smallest is among them.
    """
    boards = [machine for machine in MACHINES if machine.script == SCRIPT and not machine.small]
    machine = boards[0].emulator.index("-M")
    options = [*boards[0].emulator[machine + 2 : -1], "-chardev", "stdio,id=console"]
    return {
        "boards": ", ".join(board.name for board in boards),
        "default_board": boards[0].name,
        "board_rows": "\n\n".join(map(_write_board, boards)),
        "board_table": "\n".join(map(_tabulate_board, boards)),
        "flags": " ".join((*LANGUAGE_FLAGS, *CODE_FLAGS)),
        "emulator_options": " ".join(options).replace("target=native", "target=native,chardev=console"),
        "install": "apt-get install make gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm",
    }


def _write_board(board: Machine) -> str:
    symbols = name_memories(board, (board.flash, board.ram))
    memories = [f"{name}={hex(at) if name.endswith('_ORIGIN') else at}" for name, at in symbols.items()]
    machine = board.emulator[board.emulator.index("-M") + 1]
    return "\n".join(
        (
            f"CORE_{board.name} = {' '.join(board.flags)}",
            f"MEMORY_{board.name} = {' '.join(memories)}",
            f"MACHINE_{board.name} = {machine}",
        )
    )


def _tabulate_board(board: Machine) -> str:
    core = next(flag for flag in board.flags if flag.startswith("-mcpu=")).removeprefix("-mcpu=")
    sizes = [f"{region.size_bytes // 1024:,} KiB" for region in (board.flash, board.ram) if region]
    return f"| `{board.name}` | {core} | {' | '.join(sizes)} |"
