"""The layers of a model as C: their tables, the constants that name these, and the calls of the kernels."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from edgemnist.codegen import name_prefix, tabulate
from edgemnist.contract import Contract
from edgemnist.exporters import Options
from edgemnist.exporters.c.arena import Plan
from edgemnist.exporters.c.graph import Graph, Layer
from edgemnist.exporters.c.layers import KINDS

# Kernel files that several kinds of layers need, in their order in generated C; the layers' own follow.
SHARED = (
    "restrict", "geometry", "pairing", "types", "vectors", "product", "rescale_once", "rescale_twice", "quantize_once",
    "quantize_twice", "quantize_both", "quantize_all", "columns", "rows", "window", "clip",
    "packed", "packed_quantize", "packed_quantize_high", "packed_filters", "packed_image", "packed_conv_row",
    "packed_depthwise_row", "max_pool_row", "average_pool_row",
)  # fmt: skip
# Of two kernel files, the one that does what the other does, and more.
ANY_SHIFT, HIGH_SHIFTS = "packed_quantize", "packed_quantize_high"


@dataclass(frozen=True, eq=False)
class Program:
    """What all parts of the text are written from.

    Args:
        graph: Layers.
        contract: Contract of the `.tflite` file that they are from.
        options: How weights lie and sums are rounded.
        stem: Stem of the file names.
        image_shape: Rows and columns of an image.
    """

    graph: Graph
    contract: Contract
    options: Options
    stem: str
    image_shape: tuple[int, ...]

    @property
    def pixel_count(self) -> int:
        """Number of pixels of one image."""
        return math.prod(self.image_shape)

    @property
    def quantized(self) -> bool:
        """True if it computes in whole numbers."""
        return self.graph.quantized

    @property
    def prefix(self) -> str:
        """What its functions' names begin with."""
        return name_prefix(self.stem)

    @property
    def score_type(self) -> str:
        """Type of a logit in C."""
        return "int8_t" if self.quantized else "float"

    @property
    def value_type(self) -> str:
        """Type of an activation in C."""
        return "uint8_t" if self.quantized else "float"

    @property
    def sparse(self) -> bool:
        """True if inputs that are 0 are skipped."""
        return self.options.kernels == "sparse"

    @property
    def by_rows(self) -> bool:
        """True if it takes the pixels row by row."""
        return self.graph.layers[0].by_rows

    def list_layers(self) -> Iterator[tuple[list[str], Layer]]:
        """The layers with names of their parts that are identifiers: numbered, so that none is C's or a kernel's."""
        numbers = count(1)
        for layer in self.graph.layers:
            yield [f"layer_{next(numbers)}_{name_prefix(part.name)}" for part in layer.parts], layer


def list_kernels(program: Program) -> list[str]:
    """Return the kernel files that the layers need, each before those that call it, without extension."""
    layers, options = program.graph.layers, program.options
    needed = {"types", *(name for layer in layers for name in layer.list_shared(options))}
    if program.quantized:
        parts = [part for layer in layers for part in layer.parts]
        ways = {"twice" if part.rounds_twice(options) else "once" for part in parts if part.rounding}
        needed |= {f"rescale_{way}" for way in ways} | ({"product"} if ways else set())
        needed |= {"quantize_both"} if len(ways) == 2 else {f"quantize_{way}" for way in ways}
    if ANY_SHIFT in needed:
        needed.discard(HIGH_SHIFTS)
    shared = [name for name in SHARED if name in needed]
    ordered = sorted(layers, key=lambda layer: KINDS.index(type(layer)))
    return [*shared, *dict.fromkeys(layer.name_kernel(options) for layer in ordered), "find"]


def write_layer(names: Sequence[str], layer: Layer, options: Options) -> tuple[list[str], int]:
    """Return the tables of a layer and the constants that name them, and how many bytes the tables take."""
    text, size = [], 0
    for name, part in zip(names, layer.parts, strict=True):
        arrays = part.list_tables(options)
        text += [tabulate(f"{name}_{end}", values) for end, values in arrays.items()]
        text.append(part.write_constant(name, options))
        size += sum(values.nbytes for values in arrays.values())
    rest = layer.write_rest(names, options)
    return [*text, *([rest] if rest else [])], size


def list_calls(program: Program, plan: Plan, converted: bool) -> Iterator[str]:
    """The body of the function that makes logits: a call a layer, but for one that takes rows of pixels."""
    if converted and not program.by_rows:
        start = "(uint8_t *)arena->words" if program.quantized else "arena->words"
        yield f"  {program.value_type} *values = {start};"
        yield f"  for (int i = 0; i < {program.prefix.upper()}_PIXELS; i++) values[i] = pixel_values[pixels[i]];"
    pointers = _list_pointers(program, plan)
    for (names, layer), place in zip(program.list_layers(), plan.scratch, strict=True):
        if layer.by_rows:
            continue
        inputs = [pointers.get(tensor.name, "pixels") for tensor in layer.inputs]
        scratch = [] if place is None else [f"arena->words + {place}"]
        yield from (f"  {call}" for call in layer.list_calls(names[0], inputs, pointers[layer.output.name], scratch))
    convert = "(int8_t)(outputs[j] - 128)" if program.quantized else "outputs[j]"
    yield f"  const {program.value_type} *outputs = {pointers[program.graph.output.name]};"
    yield f"  for (int j = 0; j < {program.prefix.upper()}_CLASSES; j++) logits[j] = {convert};"


def list_row_calls(program: Program, plan: Plan, converted: bool) -> Iterator[str]:
    """What a row of pixels is put into place with, and the call of the layer that takes it."""
    (names, layer), *_ = program.list_layers()
    scratch = f"arena->words + {plan.scratch[0]}"
    yield f"  uint8_t *values = find_next_row(&{names[0]}_stream, {scratch});"
    value = "pixel_values[row[i]]" if converted else "row[i]"
    yield f"  for (int i = 0; i < {program.prefix.upper()}_COLUMNS; i++) values[i] = {value};"
    output = _list_pointers(program, plan)[layer.output.name]
    yield from (f"  {call}" for call in layer.list_calls(names[0], [], output, [scratch]))


def _list_pointers(program: Program, plan: Plan) -> dict[str, str]:
    """Pointers to the tensors that lie in the working memory."""
    pointer = "(uint8_t *)(arena->words + {})" if program.quantized else "arena->words + {}"
    return {name: pointer.format(place) for name, place in plan.places.items()}
