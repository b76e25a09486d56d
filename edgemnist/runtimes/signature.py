"""What a file takes and gives: what its contract says, compared with what its tensors say."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from edgemnist.contract import Contract, Input, Output
from edgemnist.datasets.shape import IMAGE_SHAPE, is_image, join_sizes
from edgemnist.errors import ModelError
from edgemnist.formats import ModelFile
from edgemnist.runtimes.base import Request


def suggest_input(path: Path, name: str, shape: tuple[Any, ...], dtype: str, quantization: tuple[float, int]) -> Input:
    """Say what a file without a contract most likely takes, from its input tensor alone.

    Floats are taken to be in [0, 1], and so is the real value of a quantized input; a uint8 input
    without a scale is the raw pixel.

    Args:
        shape: of the tensor, the batch first.
        quantization: its (scale, zero point); scale 0 if it has none.

    Raises:
        ModelError: an image of `IMAGE_SHAPE` doesn't fit the tensor.
    """
    sizes, count = tuple(shape[1:]), math.prod(IMAGE_SHAPE)
    if not all(isinstance(size, int) and size > 0 for size in sizes):
        raise ModelError(f"{path}: input {name} has an open shape {tuple(shape)}, expected (batch, {count}) or alike")
    if not is_image(sizes):
        raise ModelError(f"{path}: input {name} takes {sizes}, expected {join_sizes(IMAGE_SHAPE)} = {count} values")
    if dtype not in ("float32", "float16", "uint8", "int8", "int16"):
        raise ModelError(f"{path}: input {name} is {dtype}, expected float32, uint8 or int8")
    scale, zero_point = quantization
    if scale:
        return Input(name, sizes, dtype, (0.0, 1.0), scale, zero_point)  # type: ignore[arg-type]
    return Input(name, sizes, dtype, (0.0, 255.0) if dtype == "uint8" else (0.0, 1.0))  # type: ignore[arg-type]


def settle_signature(
    path: Path, contract: Contract | None, input: Input, output: Output, classes: int
) -> tuple[Input, Output]:
    """Return what the file takes and gives: what the contract says, if the tensors say the same; or theirs alone.

    Args:
        contract: The contract inside the file, or one found for it; None where there is neither.
        input, output: as the tensors suggest them.
        classes: how many scores an answer has.

    Raises:
        ModelError: the contract names another name, shape, dtype, scale, zero point or number of classes
            than the file has: it was altered, or pasted in.
    """
    if contract is None:
        return input, output
    pairs = [
        ("input shape", contract.input.shape, input.shape),
        ("number of classes", len(contract.labels), classes),
    ]
    for side, said, found in (("input", contract.input, input), ("output", contract.output, output)):
        names = ("name", "dtype", "scale", "zero_point")
        pairs += [(f"{side} {name}", getattr(said, name), getattr(found, name)) for name in names]
    for what, said_value, found_value in pairs:
        if said_value != found_value:
            raise ModelError(
                f"{path}: the contract inside says {what} {said_value}, but the model has {found_value}",
                "export it again",
            )
    return contract.input, contract.output


def require_own_output(file: ModelFile, request: Request) -> None:
    """Refuse to read logits where a runtime can only give the file's own output.

    Raises:
        ModelError: The logits were asked for.
    """
    if request.output != "own":
        raise ModelError(f"{file.path}: logits can be read of .tflite and .c files only")


def count_scores(path: Path, shape: list[Any]) -> int:
    """Return how many scores a class answer has, from the output tensor's shape, the batch first.

    Raises:
        ModelError: the answer is not one score a class.
    """
    sizes = [size for size in shape[1:] if size != 1]
    if len(sizes) != 1 or not isinstance(sizes[0], int) or sizes[0] < 2:
        raise ModelError(f"{path}: output shape {tuple(shape)}, expected one score a class, such as (1, 10)")
    return sizes[0]
