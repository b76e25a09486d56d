"""The contract as the kits' programs read it: JSON where a language reads that by itself, else its own literals.

`write_document` makes `contract.json` for JavaScript, Python and Swift; `list_contract_values` gives the template
values of `linux/contract.h` with `quote_c`, and of `android/kotlin/ModelContract.kt` with `quote_kotlin`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from edgemnist.contract import Contract, Input, Output
from edgemnist.contract.scores import BINARY
from edgemnist.contract.tensors import DType
from edgemnist.errors import ModelError

# What the programs have arrays for.
DTYPES: tuple[DType, ...] = ("float32", "uint8", "int8")
PAGE_DTYPES: dict[str, tuple[DType, ...]] = {".onnx": DTYPES, ".tflite": ("float32", "uint8")}  # LiteRT.js: no int8


def check_dtypes(path: Path, input: Input, output: Output, program: str, dtypes: tuple[DType, ...] = DTYPES) -> None:
    """Refuse a model whose input or output a program has no arrays for.

    Args:
        path: the model file, for the message.
        input, output: what it takes and gives.
        program: what it is called in the message.

    Raises:
        ModelError: its input or output is of another dtype.
    """
    for value in (input, output):
        if value.dtype not in dtypes:
            raise ModelError(
                f"{path}: {value.name} is {value.dtype}, and {program} knows {', '.join(dtypes)}",
                "export it again, with `io_dtype='uint8'` or as another precision",
            )


def check_meaning(path: Path, contract: Contract, program: str) -> None:
    """Refuse a model whose image a program can't lay out, or whose scores it can't read.

    Args:
        path: the model file, for the message.
        contract: what it takes and gives.
        program: what it is called in the message.

    Raises:
        ModelError: it takes rows and columns swapped, or three channels; or gives a sigmoid for each class, or one for
            two.
    """
    input = contract.input
    if input.transposed or input.channels > 1:
        what = "rows and columns swapped" if input.transposed else f"{input.channels} channels"
        raise ModelError(
            f"{path}: it takes {what}, and {program} knows one grey image, row by row",
            "export it again, with `raw_input=True`",
        )
    if contract.output.kind in BINARY:
        raise ModelError(
            f"{path}: it gives one score for two classes, and {program} knows one a class",
            "end the network with two units and a softmax, and train it again",
        )
    if contract.output.kind == "sigmoid":
        raise ModelError(
            f"{path}: it gives a sigmoid for each class, and {program} knows probabilities and logits",
            "end the network with a softmax, and train it again",
        )


def write_document(contract: Contract) -> str:
    """Return the contract as JSON to be read by people, too."""
    return f"{json.dumps(json.loads(contract.to_json()), indent=2, ensure_ascii=False)}\n"


def list_contract_values(contract: Contract, quote: Callable[[str], str]) -> dict[str, str]:
    """Return the template values that a program's template takes.

    Args:
        quote: writes a text as the language's literal: `quote_c` or `quote_kotlin`.

    Returns:
        `pixels` (of one image), `input_name`, `input_dtype`, `input_shape` (of one image, such as "1, 5, 7"),
        `input_dimensions`, `input_low`, `input_high`;
        `output_name`, `output_dtype`, `output_kind`; of both `…_scale` ("0.0" where it isn't quantized)
        and `…_zero_point`; `preparation` and `ink` of pictures; `labels` and `classes`.
    """
    input, output = contract.input, contract.output
    return {
        "pixels": str(input.pixel_count),
        "input_name": quote(input.name),
        "input_dtype": input.dtype,
        "input_shape": ", ".join(map(str, input.shape)),
        "input_dimensions": str(len(input.shape)),
        "input_low": repr(float(input.range[0])),
        "input_high": repr(float(input.range[1])),
        "input_scale": repr(float(input.scale or 0)),
        "input_zero_point": str(input.zero_point or 0),
        "output_name": quote(output.name),
        "output_dtype": output.dtype,
        "output_kind": output.kind,
        "output_scale": repr(float(output.scale or 0)),
        "output_zero_point": str(output.zero_point or 0),
        "preparation": contract.picture.preparation,
        "ink": contract.picture.ink,
        "labels": ", ".join(map(quote, contract.labels)),
        "classes": str(len(contract.labels)),
    }
