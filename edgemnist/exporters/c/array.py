"""The plain model array for TFLite Micro: the `.tflite` file as C, with what its interpreter needs to know."""

from __future__ import annotations

from pathlib import Path
from string import Template

from edgemnist.codegen import WIDTH, escape_comment, fold, name_prefix, quote_c
from edgemnist.contract import Contract
from edgemnist.exporters.c.read_tflite import list_operators
from edgemnist.exporters.checks import require_score_a_class

KERNELS = Path(__file__).parent / "kernels"


def write_array(content: bytes, contract: Contract, arena_bytes: int, stem: str) -> dict[str, bytes]:
    """Write a TFLite file as a constant array: `stem`.c and `stem`.h, by extension.

    Args:
        content: the `.tflite` file, float32, int8 or int16x8.
        contract: of that file.
        arena_bytes: that the interpreter needs, as measured.
        stem: of the file names, and the array's name.

    Raises:
        ExportError: TFLite Micro has no name for an operator, or one score stands for two classes.
    """
    require_score_a_class(contract)
    operators = list_operators(content)
    prefix = name_prefix(stem)
    lines = fold(",".join(f"0x{byte:02x}" for byte in content), WIDTH)
    values = {
        "title": f"{stem}: a TFLite file of {len(content):,} bytes for TFLite Micro, made by edgemnist.",
        "source": f"{contract.source.name}, SHA-256 {contract.source.sha256}" if contract.source else "an unknown file",
        "input": contract.input.summarize(),
        "output": f"{contract.output.dtype} {contract.output.kind}, one a class",
        "contract": escape_comment(contract.to_json()),
        "header": f"{stem}.h",
        "prefix": prefix,
        "PREFIX": prefix.upper(),
        "bytes": str(len(content)),
        "arena_bytes": str(arena_bytes),
        "classes": str(len(contract.labels)),
        "labels": ", ".join(map(quote_c, contract.labels)),
        "count": str(len(operators)),
        "names": ", ".join(operators),
        "adds": " ".join(f"(resolver).Add{operator}();" for operator in operators),
        "values": "\n".join(lines),
    }
    return {f".{kind}": Template((KERNELS / f"array.{kind}").read_text()).substitute(values).encode() for kind in "ch"}
