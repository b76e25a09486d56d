"""The layers of a model as C: their tables, the constants that name these, and the calls of the kernels."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from edgemnist.codegen import name_prefix, tabulate
from edgemnist.contract import Contract
from edgemnist.exporters import Options
from edgemnist.exporters.c.arena import Plan
from edgemnist.exporters.c.graph import Graph, Layer
from edgemnist.exporters.c.layers import KINDS

# Kernel files that several kinds of layers need, in their order in generated C; the layers' own follow.
SHARED = (
    "restrict", "geometry", "pairing", "types", "vectors", "product", "rescale_once", "rescale_twice", "quantize_once",
    "quantize_twice", "quantize_both", "quantize_all", "columns", "rows", "window", "lanes", "clip",
)  # fmt: skip


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

    def list_layers(self) -> Iterator[tuple[str, Layer]]:
        """The layers with names that are identifiers: numbered, so that none is C's or a kernel's own."""
        for index, layer in enumerate(self.graph.layers, start=1):
            yield f"layer_{index}_{name_prefix(layer.name)}", layer


def list_kernels(program: Program) -> list[str]:
    """Return the kernel files that the layers need, each before those that call it, without extension."""
    layers, options = program.graph.layers, program.options
    needed = {"types", *(name for layer in layers for name in layer.list_shared(options))}
    if program.quantized:
        ways = {"twice" if layer.rounds_twice(options) else "once" for layer in layers if layer.rounding}
        needed |= {f"rescale_{way}" for way in ways} | ({"product"} if ways else set())
        needed |= {"quantize_both"} if len(ways) == 2 else {f"quantize_{way}" for way in ways}
    shared = [name for name in SHARED if name in needed]
    ordered = sorted(layers, key=lambda layer: KINDS.index(type(layer)))
    return [*shared, *dict.fromkeys(layer.name_kernel(options) for layer in ordered), "find"]


def write_layer(name: str, layer: Layer, options: Options) -> tuple[list[str], int]:
    """Return the tables of a layer and the constant that names them, and how many bytes the tables take."""
    arrays = layer.list_tables(options)
    tables = [tabulate(f"{name}_{part}", values) for part, values in arrays.items()]
    return [*tables, layer.write_constant(name, options)], sum(values.nbytes for values in arrays.values())


def list_calls(program: Program, plan: Plan, converted: bool) -> Iterator[str]:
    """The body of the classify function: a call a layer."""
    if converted:
        start = "(uint8_t *)arena->words" if program.quantized else "arena->words"
        yield f"  {program.value_type} *values = {start};"
        yield f"  for (int i = 0; i < {program.prefix.upper()}_PIXELS; i++) values[i] = pixel_values[pixels[i]];"
    pointer = "(uint8_t *)(arena->words + {})" if program.quantized else "arena->words + {}"
    pointers = {name: pointer.format(place) for name, place in plan.places.items()}
    for (name, layer), place in zip(program.list_layers(), plan.scratch, strict=True):
        inputs = [pointers.get(tensor.name, "pixels") for tensor in layer.inputs]
        scratch = [] if place is None else [f"arena->words + {place}"]
        yield from (f"  {call}" for call in layer.list_calls(name, inputs, pointers[layer.output.name], scratch))
    convert = "(int8_t)(outputs[j] - 128)" if program.quantized else "outputs[j]"
    yield f"  const {program.value_type} *outputs = {pointers[program.graph.output.name]};"
    yield f"  for (int j = 0; j < {program.prefix.upper()}_CLASSES; j++) logits[j] = {convert};"
