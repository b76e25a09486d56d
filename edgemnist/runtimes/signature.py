"""What a file takes and gives: what its contract says, compared with what its tensors say."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from edgemnist.contract import Contract, Input, Output
from edgemnist.contract.scores import BINARY
from edgemnist.contract.tensors import CHANNELS, DType
from edgemnist.datasets.shape import IMAGE_SHAPE, fits_image, join_sizes, suggest_row_order
from edgemnist.errors import ModelError
from edgemnist.formats import ModelFile
from edgemnist.runtimes.base import Request

# How an image may lie in a tensor, the batch aside; three channels hold the same.
LAYOUTS: tuple[tuple[int, ...], ...] = (
    (math.prod(IMAGE_SHAPE),), IMAGE_SHAPE, (*IMAGE_SHAPE, 1), (1, *IMAGE_SHAPE), (*IMAGE_SHAPE, CHANNELS),
    (CHANNELS, *IMAGE_SHAPE),
)  # fmt: skip


def suggest_input(
    path: Path,
    name: str,
    shape: tuple[Any, ...],
    dtype: str,
    quantization: tuple[float, int],
    layout: str | None = None,
) -> Input:
    """Say what a file without a contract takes, from its input tensor alone.

    Floats are taken to be in [0, 1], and so is the real value of a quantized input; a uint8 input
    without a scale is the raw pixel. `edgemnist.comparison.probing` asks the file itself.

    Args:
        shape: of the tensor, the batch first. A size that isn't a positive number is open, and settled here.
        quantization: its (scale, zero point); scale 0 if it has none.
        layout: "hwc", "chw" or "flat", where the user says so.

    Raises:
        ModelError: an image of `IMAGE_SHAPE`, be it once or in three channels, doesn't fit the tensor.
    """
    sizes = _settle_shape(path, name, shape, layout)
    if dtype not in get_args(DType):
        raise ModelError(f"{path}: input {name} is {dtype}, expected {', '.join(get_args(DType))}")
    scale, zero_point = quantization if quantization[0] else (None, None)
    high = 255.0 if dtype == "uint8" and scale is None else 1.0
    order = suggest_row_order(sizes)
    return Input(name, sizes, dtype, (0.0, high), scale, zero_point, row_order=order)  # type: ignore[arg-type]


def _settle_shape(path: Path, name: str, shape: tuple[Any, ...], stated: str | None) -> tuple[int, ...]:
    """Return the sizes without the batch; the open ones as an image has them."""
    sizes, count = tuple(shape[1:]), math.prod(IMAGE_SHAPE)
    if all(isinstance(size, int) and size > 0 for size in sizes):
        if fits_image(sizes):
            return sizes
        raise ModelError(f"{path}: input {name} takes {sizes}, expected {join_sizes(IMAGE_SHAPE)} = {count} values")
    for layout in LAYOUTS:
        if len(layout) == len(sizes) and all(map(_may_be, sizes, layout)) and stated in (None, _name_layout(layout)):
            return layout
    raise ModelError(f"{path}: input {name} has an open shape {tuple(shape)}, expected (batch, {count}) or alike")


def _name_layout(layout: tuple[int, ...]) -> str:
    if len(layout) == 1:
        return "flat"
    return "chw" if len(layout) == 3 and layout[0] in (1, CHANNELS) else "hwc"


def _may_be(size: object, expected: int) -> bool:
    return size is None or isinstance(size, str) or size == expected


def settle_signature(
    path: Path, contract: Contract | None, input: Input, output: Output, scores: int
) -> tuple[Input, Output, int]:
    """Return what the file takes and gives, and the number of classes.

    That is what the contract says, if the tensors say the same; or what they say alone: one score is the probability of
    the second of two classes.

    Args:
        contract: The contract inside the file, or one found for it; None where there is neither.
        input, output: as the tensors suggest them.
        scores: how many an answer has.

    Raises:
        ModelError: the contract names another name, shape, dtype, scale, zero point or number of channels or classes
            than the file has: it was altered, or pasted in.
    """
    if contract is None:
        return input, output if scores > 1 else replace(output, kind="binary"), max(2, scores)
    pairs = [
        ("input shape", contract.input.shape, input.shape),
        ("number of input channels", contract.input.channels, input.channels),
        ("number of classes", 1 if contract.output.kind in BINARY else len(contract.labels), scores),
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
    return contract.input, contract.output, len(contract.labels)


def require_own_output(file: ModelFile, request: Request) -> None:
    """Refuse to read logits where a runtime can only give the file's own output.

    Raises:
        ModelError: The logits were asked for.
    """
    if request.output != "own":
        raise ModelError(f"{file.path}: logits can be read of .tflite and .c files only")


def choose_output(
    path: Path, contract: Contract | None, request: Request, shapes: Mapping[str, list[Any]]
) -> tuple[str, int]:
    """Return the output that holds the scores of the classes, and how many these are; 1 for two classes, maybe.

    Args:
        path: The file, for messages.
        contract: What it takes and gives, if that is known.
        request: How the file is to be opened.
        shapes: Of its outputs by their names, the batch first.

    Raises:
        ModelError: No output, or more than one, holds one score a class.
    """
    if len(shapes) == 1 and (contract or request.output_name in (None, *shapes)):
        ((name, shape),) = shapes.items()
        return name, count_scores(path, shape, len(contract.labels) if contract else request.classes)
    named = contract.output.name if contract else request.output_name
    found = {name: math.prod(shape[1:]) for name, shape in shapes.items() if _holds_scores(shape)}
    if named or not found:
        found |= {name: 1 for name, shape in shapes.items() if shape and _holds_one_score(shape)}
    fits = [
        name for name, count in found.items() if (name == named if named else request.classes in (None, max(2, count)))
    ]
    if len(fits) == 1:
        return fits[0], found[fits[0]]
    listed = ", ".join(f"{name} {tuple(shape)}" for name, shape in shapes.items())
    what = f"no output {named!r} of one score a class" if named else f"{len(fits)} outputs may hold the classes' scores"
    raise ModelError(f"{path}: {what}: it has {listed}", "name one of these: `output_name`")


def _holds_scores(shape: list[Any]) -> bool:
    sizes = [size for size in shape[1:] if size != 1]
    return len(sizes) == 1 and isinstance(sizes[0], int) and sizes[0] > 1


def _holds_one_score(shape: list[Any]) -> bool:
    sizes = shape[1:] if len(shape) > 1 or not isinstance(shape[0], int) else shape
    return all(size == 1 for size in sizes)


def count_scores(path: Path, shape: list[Any], classes: int | None = None) -> int:
    """Return how many scores an answer has, from the output tensor's shape, the batch first; one may be of two classes.

    Args:
        path: The file, for messages.
        shape: Of the tensor.
        classes: Number of classes, as far as that is known.

    Raises:
        ModelError: the answer is not one score a class.
    """
    if shape and _holds_one_score(shape) and classes in (None, 2):
        return 1
    if not _holds_scores(shape):
        raise ModelError(f"{path}: output shape {tuple(shape)}, expected one score a class, such as (1, 10)")
    return int(math.prod(shape[1:]))
