"""The contract as the kits' programs read it: JSON where a language reads that by itself, else its own literals.

`write_document` makes `contract.json` for JavaScript, Python and Swift; `list_contract_values` gives the template
values of `linux/contract.h` with `quote_c`, and of `android/kotlin/ModelContract.kt` with `quote_kotlin`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from edgemnist.contract import Contract, DType, Input, Output
from edgemnist.errors import ModelError

# What the programs have arrays for.
DTYPES: tuple[DType, ...] = ("float32", "uint8", "int8")
PAGE_DTYPES: dict[str, tuple[DType, ...]] = {".onnx": DTYPES, ".tflite": ("float32", "uint8")}  # LiteRT.js: no int8


def check_dtypes(path: Path, feed: Input, fetch: Output, program: str, dtypes: tuple[DType, ...] = DTYPES) -> None:
    """Refuse a model whose input or output a program has no arrays for, or whose image it can't lay out.

    Args:
        path: the model file, for the message.
        feed, fetch: its input and output.
        program: what it is called in the message.

    Raises:
        ModelError: its input or output is of another dtype; or it takes rows and columns swapped, or three channels.
    """
    if feed.transposed or feed.channels > 1:
        what = "rows and columns swapped" if feed.transposed else f"{feed.channels} channels"
        raise ModelError(
            f"{path}: it takes {what}, and {program} knows one grey image, row by row",
            "export it again, with `raw_input=True`",
        )
    for end in (feed, fetch):
        if end.dtype not in dtypes:
            raise ModelError(
                f"{path}: {end.name} is {end.dtype}, and {program} knows {', '.join(dtypes)}",
                "export it again, with `io_dtype='uint8'` or as another precision",
            )


def write_document(contract: Contract) -> str:
    """Return the contract as JSON to be read by people, too."""
    return f"{json.dumps(json.loads(contract.to_json()), indent=2, ensure_ascii=False)}\n"


def list_contract_values(contract: Contract, quote: Callable[[str], str]) -> dict[str, str]:
    """Return the template values that a program's template takes.

    Args:
        quote: writes a text as the language's literal: `quote_c` or `quote_kotlin`.

    Returns:
        `input_name`, `input_dtype`, `input_shape` ("1, 28, 28"), `input_dimensions`, `input_low`, `input_high`;
        `output_name`, `output_dtype`, `output_kind`; of both `…_scale` ("0.0" where it isn't quantized)
        and `…_zero_point`; `labels` and `classes`.
    """
    feed, fetch = contract.input, contract.output
    return {
        "input_name": quote(feed.name),
        "input_dtype": feed.dtype,
        "input_shape": ", ".join(map(str, feed.shape)),
        "input_dimensions": str(len(feed.shape)),
        "input_low": repr(float(feed.range[0])),
        "input_high": repr(float(feed.range[1])),
        "input_scale": repr(float(feed.scale or 0)),
        "input_zero_point": str(feed.zero_point or 0),
        "output_name": quote(fetch.name),
        "output_dtype": fetch.dtype,
        "output_kind": fetch.kind,
        "output_scale": repr(float(fetch.scale or 0)),
        "output_zero_point": str(fetch.zero_point or 0),
        "labels": ", ".join(map(quote, contract.labels)),
        "classes": str(len(contract.labels)),
    }
