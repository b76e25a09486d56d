"""The layers of a model as C: their tables, the constants that name these, and the calls of the kernels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from edgemnist.codegen import format_float, name_prefix, tabulate
from edgemnist.contract import Contract
from edgemnist.exporters import Options
from edgemnist.exporters.c.arena import Place
from edgemnist.exporters.c.fixedpoint import convert_multipliers, find_limits
from edgemnist.exporters.c.graph import POOLS, Chain, Layer, Scale

FLOAT_LIMIT = float(np.finfo(np.float32).max)
# int8 values are kept as bytes: value + 128.
BYTE = 128


@dataclass(frozen=True, eq=False)
class Program:
    """What all parts of the text are written from.

    Args:
        chain: the layers.
        contract: of the `.tflite` file that they are from.
        options: how weights lie and sums are rounded.
        stem: of the file names.
    """

    chain: Chain
    contract: Contract
    options: Options
    stem: str

    @property
    def quantized(self) -> bool:
        """True if it computes in whole numbers."""
        return self.chain.input is not None

    @property
    def prefix(self) -> str:
        """What its functions' names begin with."""
        return name_prefix(self.stem)

    @property
    def score_type(self) -> str:
        """Of a logit, in C."""
        return "int8_t" if self.quantized else "float"

    @property
    def sparse(self) -> bool:
        """True if inputs that are 0 are skipped."""
        return self.options.kernels == "sparse"

    def list_layers(self) -> Iterator[tuple[str, Layer]]:
        """The layers with names that are identifiers: numbered, so that none is a word of C or of the kernels."""
        for index, layer in enumerate(self.chain.layers, start=1):
            yield f"layer_{index}_{name_prefix(layer.name)}", layer

    def rounds_twice(self, layer: Layer) -> bool:
        """True if the layer's products are rounded twice.

        LiteRT's reference kernels round once in dense layers and twice in all others, TFLite Micro always twice.
        """
        return self.options.rounding == "tflm" or layer.kind != "dense"


def write_layer(name: str, layer: Layer, program: Program) -> tuple[list[str], int]:
    """Return the tables of a layer and the constant that names them, and how many bytes the tables take."""
    arrays: dict[str, NDArray[np.generic]] = {}
    if layer.weights is not None and layer.bias is not None:
        arrays = {"weights": _lay_out(layer, program), "bias": layer.bias}
    if layer.output is not None and layer.kind not in POOLS:
        multipliers, shifts = convert_multipliers(layer)
        arrays |= {"multipliers": multipliers, "shifts": shifts}
    tables = [tabulate(f"{name}_{part}", values) for part, values in arrays.items()]
    return [*tables, _write_constant(name, layer, program)], sum(values.nbytes for values in arrays.values())


def _lay_out(layer: Layer, program: Program) -> NDArray[np.generic]:
    """Sparse weights lie input by input, so that the weights of an input that is 0 can be skipped."""
    weights = layer.weights
    assert weights is not None
    return np.moveaxis(weights, 0, -1) if program.sparse and layer.kind in ("dense", "conv") else weights


def _write_constant(name: str, layer: Layer, program: Program) -> str:
    """The `static const` struct that a kernel takes, in the order of the fields in templates/."""
    geometry = "{" + ", ".join(map(str, astuple(layer.geometry))) + "}" if layer.geometry else ""
    if layer.kind in POOLS:
        return f"static const geometry {name} = {geometry};\n"
    sizes = geometry or f"{layer.input_size}, {layer.output_size}"
    bias = f"{name}_bias" if layer.bias is not None else "0"
    limits = ", ".join(_format_limits(layer))
    if layer.output is None:
        if layer.weights is None:
            return ""
        return f"static const {layer.kind}_layer {name} = {{{name}_weights, {bias}, {sizes}, {limits}}};\n"
    twice = int(program.rounds_twice(layer))
    quantizer = f"{{{bias}, {name}_multipliers, {name}_shifts, {_get_zero(layer.output)}, {limits}, {twice}}}"
    if layer.weights is None:
        return f"static const quantizer {name} = {quantizer};\n"
    zero = _get_zero(layer.input)
    return f"static const {layer.kind}_layer {name} = {{{name}_weights, {sizes}, {zero}, {quantizer}}};\n"


def _get_zero(scale: Scale | None) -> int:
    assert scale is not None
    return scale.zero_point + BYTE


def _format_limits(layer: Layer) -> list[str]:
    if layer.output is None:
        low, high = layer.limits
        return [format_float(-FLOAT_LIMIT if low is None else low), format_float(FLOAT_LIMIT if high is None else high)]
    return [str(limit + BYTE) for limit in find_limits(layer)]


def list_calls(program: Program, places: list[Place], converted: bool) -> Iterator[str]:
    """The body of the classify function: a call a layer."""
    if converted:
        start = "(uint8_t *)arena->words" if program.quantized else "arena->words"
        yield f"  {'uint8_t' if program.quantized else 'float'} *values = {start};"
        yield f"  for (int i = 0; i < {program.prefix.upper()}_PIXELS; i++) values[i] = pixel_values[pixels[i]];"
    pointer = "(uint8_t *)(arena->words + {})" if program.quantized else "arena->words + {}"
    for (name, layer), place in zip(program.list_layers(), places, strict=True):
        source = "pixels" if place.input is None else pointer.format(place.input)
        arguments = [*_list_parameters(name, layer), source, pointer.format(place.output)]
        if place.sums is not None:
            arguments.append(f"arena->words + {place.sums}")
        yield f"  run_{layer.kind}({', '.join(arguments)});"
    last = pointer.format(places[-1].output)
    convert = "(int8_t)(answers[j] - 128)" if program.quantized else "answers[j]"
    yield f"  const {'uint8_t' if program.quantized else 'float'} *answers = {last};"
    yield f"  for (int j = 0; j < {program.prefix.upper()}_CLASSES; j++) logits[j] = {convert};"


def _list_parameters(name: str, layer: Layer) -> list[str]:
    if layer.weights is not None:
        return [f"&{name}"]
    if layer.kind == "mean":
        sizes = [str(layer.input_size // layer.output_size), str(layer.output_size)]
        return sizes if layer.output is None else [f"&{name}", *sizes, str(_get_zero(layer.input))]
    if layer.kind == "rescaling":
        if layer.output is None:
            return [str(layer.output_size), *_format_limits(layer)]
        return [f"&{name}", str(layer.output_size), str(_get_zero(layer.input))]
    return [f"&{name}", *_format_limits(layer)]
