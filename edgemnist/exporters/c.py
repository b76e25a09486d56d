"""C99 for microcontrollers: a model as one `.c` and one `.h`, from templates that read as C themselves.

The layers come from the TFLite file of the same precision (see `edgemnist.exporters.graph`), so that the C
answers what that file answers; templates/ holds the kernels, of which a model gets those that it needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from string import Template

import numpy as np
from numpy.typing import NDArray

from edgemnist.contract import Contract, Input, Output, Precision
from edgemnist.exporters import Options, tflite
from edgemnist.exporters.calibration import Calibration
from edgemnist.exporters.fixedpoint import convert_multipliers, find_limits
from edgemnist.exporters.flat import FlatSource
from edgemnist.exporters.graph import read_chain
from edgemnist.exporters.layers import Chain, Layer, Scale
from edgemnist.exporters.literals import escape_comment, format_float, name_prefix, quote, tabulate
from edgemnist.exporters.placement import WORD_BYTES, Place, plan_arena
from edgemnist.exporters.source import PIXELS, SourceModel

TEMPLATES = Path(__file__).parent / "templates"
FLOAT_LIMIT = float(np.finfo(np.float32).max)
# int8 values are kept as bytes: value + 128.
BYTE = 128
# What the header says beside the contract.
ROUNDINGS = {"reference": "LiteRT's reference kernels", "tflm": "TFLite Micro"}


def convert(
    source: SourceModel | FlatSource, precision: Precision, calibration: Calibration | None, options: Options, stem: str
) -> dict[str, bytes]:
    """Write `source` as C: `stem`.c and `stem`.h.

    Args:
        source: a Keras model, or a `.tflite` file of that very precision.
        calibration: for int8.
        options: how the weights lie, and how sums are rounded.
        stem: of the file names; what the functions' names begin with.

    Raises:
        ExportError: a layer can't be written in C, or a weight, scale or zero point is out of range.
    """
    content, contract = convert_to_tflite(source, precision, calibration, stem)
    return write_model(content, contract, options, stem)


def convert_to_tflite(
    source: SourceModel | FlatSource, precision: Precision, calibration: Calibration | None, stem: str
) -> tuple[bytes, Contract]:
    """Return the TFLite file that C is written from, and its contract.

    Raises:
        ExportError: the model can't be converted.
    """
    if isinstance(source, FlatSource):
        return source.content, source.contract
    content = tflite.convert(source, precision, calibration, Options(), stem)[".tflite"]
    return content, tflite.extract_contract(content)


def write_model(content: bytes, contract: Contract, options: Options, stem: str) -> dict[str, bytes]:
    """Write a TFLite file, float32 or int8, as C.

    Args:
        content: the `.tflite` file.
        contract: of that file.
        options, stem: as for `convert`.
    """
    chain = read_chain(content)
    names = _Names(chain, contract, options, stem)
    words = _gather_words(names)
    return {f".{kind}": _fill(f"model.{kind}", _add_softmax(names, kind, words)).encode() for kind in ("c", "h")}


@dataclass(frozen=True, eq=False)
class _Names:
    """What all parts of the text are written from."""

    chain: Chain
    contract: Contract
    options: Options
    stem: str

    @property
    def quantized(self) -> bool:
        return self.chain.input is not None

    @property
    def prefix(self) -> str:
        return name_prefix(self.stem)

    @property
    def score_type(self) -> str:
        return "int8_t" if self.quantized else "float"

    @property
    def sparse(self) -> bool:
        return self.options.weights == "sparse"

    def list_layers(self) -> Iterator[tuple[str, Layer]]:
        """The layers with names that are identifiers, each once."""
        taken: set[str] = set()
        for index, layer in enumerate(self.chain.layers, start=1):
            name = name_prefix(layer.name)
            name = name if name not in taken else f"{name}_{index}"
            taken.add(name)
            yield name, layer


def _fill(template: str, words: dict[str, str]) -> str:
    return Template((TEMPLATES / template).read_text()).substitute(words)


def _gather_words(names: _Names) -> dict[str, str]:
    """Everything that the two templates ask for."""
    pixels = _tabulate_pixels(names)
    converted = pixels is not None
    places, arena_words = plan_arena(
        names.chain.layers,
        bytes_per_value=1 if names.quantized else WORD_BYTES,
        sums=names.quantized and names.sparse,
        first=784 if converted else None,
    )
    tables = [tabulate("pixel_values", pixels)] if pixels is not None else []
    table_bytes = pixels.nbytes if pixels is not None else 0
    for name, layer in names.list_layers():
        text, size = _write_layer(name, layer, names)
        tables += text
        table_bytes += size
    contract = _describe(names)
    prefix, classes = names.prefix, names.chain.classes
    return {
        "title": f"{names.stem}: a classifier of 28 x 28 images in C99, {contract.precision}, made by edgemnist.",
        "facts": _list_facts(names, contract, arena_words * WORD_BYTES, table_bytes),
        "contract": escape_comment(contract.to_json()),
        "header": f"{names.stem}.h",
        "prefix": prefix,
        "PREFIX": prefix.upper(),
        "score_type": names.score_type,
        "classes": str(classes),
        "last_class": str(classes - 1),
        "labels": ", ".join(map(quote, contract.labels)),
        "macros": "\n".join(_list_macros(prefix.upper(), contract.output, arena_words, table_bytes)),
        "source_sha256": contract.source.sha256 if contract.source else "",
        "arena_type": "int32_t" if names.quantized else "float",
        "arena_words": str(arena_words),
        "arena_bytes": f"{arena_words * WORD_BYTES:,}",
        "indent": " " * len(f"int {prefix}_classify("),
        "includes": "" if names.quantized or not names.chain.softmax else "\n#include <math.h>\n",
        "kernels": _join_kernels(names),
        "tables": "\n".join(tables),
        "calls": "\n".join(_list_calls(names, places, converted)),
    }


def _add_softmax(names: _Names, kind: str, words: dict[str, str]) -> dict[str, str]:
    """Floats get their softmax as a function of its own; whole numbers have none: it takes an exponential."""
    text = _fill(f"softmax.{kind}", words) if names.chain.softmax and not names.quantized else ""
    return {**words, "softmax": text}


def _describe(names: _Names) -> Contract:
    """The contract of the C: raw pixels in, logits out (of floats, probabilities where a softmax makes them)."""
    output = Output("logits", "float32", "logits")
    if names.chain.output is not None:
        output = Output("logits", "int8", "logits", names.chain.output.scale, names.chain.output.zero_point)
    elif names.chain.softmax:
        output = Output("probs", "float32", "probabilities")
    rounding = names.options.rounding if names.quantized else None
    raw = Input(PIXELS, (784,), "uint8", (0.0, 255.0))
    return replace(names.contract, input=raw, output=output, rounding=rounding)


def _list_facts(names: _Names, contract: Contract, arena_bytes: int, table_bytes: int) -> str:
    source = f"{contract.source.name}, SHA-256 {contract.source.sha256}" if contract.source else "a file without a name"
    answers = "one int8 logit a class: real logit = (logit - zero point) * scale"
    lines = [
        f"made from  {source}",
        "eats       28 x 28 raw pixel bytes, row by row: 0 is black, 255 is white ink",
        f"answers    {answers if names.quantized else 'one float logit a class'}",
        f"weights    {names.options.weights}" + (", zeros of the input are skipped" if names.sparse else ""),
        *([f"rounding   as {ROUNDINGS[names.options.rounding]}"] if names.quantized else []),
        f"flash      {table_bytes:,} bytes of tables, and the code: 1 to 3 kB",
        f"RAM        {arena_bytes:,} bytes of working memory, the caller's; a few hundred bytes of stack",
        "needs      " + ("<stdint.h> and <stddef.h>" if names.quantized else "<stdint.h>, <stddef.h> and <math.h>"),
    ]
    return "\n".join(f" * {line}" for line in lines)


def _list_macros(prefix: str, output: Output, arena_words: int, table_bytes: int) -> Iterator[str]:
    if output.scale is not None:
        yield f"#define {prefix}_LOGIT_SCALE {format_float(output.scale)}"
        yield f"#define {prefix}_LOGIT_ZERO_POINT ({output.zero_point})"
    yield f"#define {prefix}_ARENA_BYTES {arena_words * WORD_BYTES}"
    yield f"#define {prefix}_TABLE_BYTES {table_bytes}"


def _join_kernels(names: _Names) -> str:
    """The kernels that the model's layers need, each before those that call it."""
    kinds = {layer.kind for layer in names.chain.layers}
    adds = names.sparse and kinds & {"dense", "conv"}
    parts = ["types", *(_list_roundings(names) if names.quantized else [])]
    parts += ["columns"] if adds else []
    parts += [f"{kind}_{names.options.weights}" for kind in ("dense", "conv") if kind in kinds]
    parts += [kind for kind in ("depthwise", "max_pool", "average_pool", "rescaling") if kind in kinds]
    shared = ["restrict.c"] if adds else []
    shared += ["geometry.c"] if kinds - {"dense", "rescaling"} else []
    dtype = "int8" if names.quantized else "float32"
    files = [*shared, *(f"{dtype}_{part}.c" for part in (*parts, "find"))]
    return "".join((TEMPLATES / file).read_text() for file in files)


def _list_roundings(names: _Names) -> list[str]:
    """LiteRT's reference kernels round sums once in dense layers and twice in all others; TFLite Micro always twice."""
    twice = {_rounds_twice(layer, names) for layer in names.chain.layers if layer.weights is not None}
    twice |= {_rounds_twice(layer, names) for layer in names.chain.layers if layer.kind == "rescaling"}
    ways = [f"rescale_{way}" for way, there in (("once", False), ("twice", True)) if there in twice]
    return [*ways, "quantize_both" if len(ways) == 2 else ways[0].replace("rescale", "quantize")]


def _rounds_twice(layer: Layer, names: _Names) -> bool:
    return names.options.rounding == "tflm" or layer.kind != "dense"


def _tabulate_pixels(names: _Names) -> NDArray[np.uint8] | NDArray[np.float32] | None:
    """What each of the 256 pixel values becomes; None where it is what it was."""
    source = names.contract.input
    scale = names.chain.input
    dtype = "float32" if scale is None else "int8"
    stored = Input(PIXELS, (784,), dtype, source.range, scale and scale.scale, scale and scale.zero_point)  # type: ignore[arg-type]
    values = stored.encode(np.resize(np.arange(256, dtype=np.uint8), (1, 28, 28)))[0, :256]
    if scale is None:
        return values.astype(np.float32)
    table = (values.astype(np.int16) + BYTE).astype(np.uint8)
    return None if table.tolist() == list(range(256)) else table


def _write_layer(name: str, layer: Layer, names: _Names) -> tuple[list[str], int]:
    """Return the tables of a layer and the constant that names them, and how many bytes the tables take."""
    arrays: dict[str, NDArray[np.generic]] = {}
    if layer.weights is not None and layer.bias is not None:
        arrays = {"weights": _lay_out(layer, names), "bias": layer.bias}
    if layer.output is not None and layer.kind in ("dense", "conv", "depthwise", "rescaling"):
        multipliers, shifts = convert_multipliers(layer)
        arrays |= {"multipliers": multipliers, "shifts": shifts}
    tables = [tabulate(f"{name}_{part}", values) for part, values in arrays.items()]
    return [*tables, _write_constant(name, layer, names)], sum(values.nbytes for values in arrays.values())


def _lay_out(layer: Layer, names: _Names) -> NDArray[np.generic]:
    """Sparse weights lie input by input, so that the weights of an input that is 0 can be skipped."""
    weights = layer.weights
    assert weights is not None
    return np.moveaxis(weights, 0, -1) if names.sparse and layer.kind in ("dense", "conv") else weights


def _write_constant(name: str, layer: Layer, names: _Names) -> str:
    """The `static const` struct that a kernel takes, in the order of the fields in templates/."""
    geometry = "{" + ", ".join(map(str, astuple(layer.geometry))) + "}" if layer.geometry else ""
    if layer.kind in ("max_pool", "average_pool"):
        return f"static const geometry {name} = {geometry};\n"
    if layer.output is None:
        if layer.kind == "rescaling":
            return ""
        sizes = geometry or f"{layer.input_size}, {layer.output_size}"
        return (
            f"static const {layer.kind}_layer {name} = {{{name}_weights, {name}_bias, {sizes}, "
            f"{', '.join(_format_limits(layer))}}};\n"
        )
    bias = f"{name}_bias" if layer.bias is not None else "0"
    limits = ", ".join(_format_limits(layer))
    twice = int(_rounds_twice(layer, names))
    quantizer = f"{{{bias}, {name}_multipliers, {name}_shifts, {_get_zero(layer.output)}, {limits}, {twice}}}"
    if layer.kind == "rescaling":
        return f"static const quantizer {name} = {quantizer};\n"
    sizes = geometry or f"{layer.input_size}, {layer.output_size}"
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


def _list_calls(names: _Names, places: list[Place], converted: bool) -> Iterator[str]:
    """The body of the classify function: a call a layer."""
    if converted:
        start = "(uint8_t *)arena->words" if names.quantized else "arena->words"
        yield f"  {'uint8_t' if names.quantized else 'float'} *values = {start};"
        yield f"  for (int i = 0; i < {names.prefix.upper()}_PIXELS; i++) values[i] = pixel_values[pixels[i]];"
    pointer = "(uint8_t *)(arena->words + {})" if names.quantized else "arena->words + {}"
    for (name, layer), place in zip(names.list_layers(), places, strict=True):
        source = "pixels" if place.input is None else pointer.format(place.input)
        arguments = [*_list_parameters(name, layer), source, pointer.format(place.output)]
        if place.sums is not None:
            arguments.append(f"arena->words + {place.sums}")
        yield f"  run_{layer.kind}({', '.join(arguments)});"
    last = pointer.format(places[-1].output)
    convert = "(int8_t)(answers[j] - 128)" if names.quantized else "answers[j]"
    yield f"  const {'uint8_t' if names.quantized else 'float'} *answers = {last};"
    yield f"  for (int j = 0; j < {names.prefix.upper()}_CLASSES; j++) logits[j] = {convert};"


def _list_parameters(name: str, layer: Layer) -> list[str]:
    if layer.kind in ("dense", "conv", "depthwise"):
        return [f"&{name}"]
    if layer.kind == "rescaling":
        if layer.output is None:
            return [str(layer.output_size), *_format_limits(layer)]
        return [f"&{name}", str(layer.output_size), str(_get_zero(layer.input))]
    return [f"&{name}", *_format_limits(layer)]
