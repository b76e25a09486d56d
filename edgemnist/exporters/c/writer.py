"""C99 for microcontrollers: a model as one `.c` and one `.h`, from templates that read as C themselves.

The layers come from the TFLite file of the same precision (see `edgemnist.exporters.c.read_tflite`), so that the C
gives what that file gives; kernels/ holds the kernels, of which a model gets those that it needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from string import Template

import numpy as np
from numpy.typing import NDArray

from edgemnist.codegen import escape_comment, format_float, quote_c, tabulate
from edgemnist.contract import Contract, Input, Output, Picture
from edgemnist.contract.picture import DEFAULT_PICTURE
from edgemnist.contract.scores import Kind
from edgemnist.datasets.shape import IMAGE_SHAPE, join_sizes
from edgemnist.errors import ExportError
from edgemnist.exporters import Options, tflite
from edgemnist.exporters.c.arena import Plan, plan_arena
from edgemnist.exporters.c.fixedpoint import BYTE
from edgemnist.exporters.c.graph import WORD_BYTES, Graph, Weighted, fuse_layers
from edgemnist.exporters.c.layers.packed import pack_layers
from edgemnist.exporters.c.layers.stream import stream_layers
from edgemnist.exporters.c.program import Program, list_calls, list_kernels, list_row_calls, write_layer, write_start
from edgemnist.exporters.c.read_tflite import read_graph
from edgemnist.exporters.c.source import TFLiteSource
from edgemnist.exporters.calibration import Calibration
from edgemnist.exporters.checks import require_score_a_class
from edgemnist.exporters.source import PIXELS, SourceModel
from edgemnist.formats.weights.layouts import count_levels
from edgemnist.precision import PRECISIONS, PrecisionName

KERNELS = Path(__file__).parent / "kernels"
MNIST_FORM = ". Those of MNIST: white on black, scaled into a box of 20 x 20, centre of mass in the middle"
# What the header says beside the contract.
CONFIDENCE = (
    " Where a confidence is wanted: the probability of class k is\n"
    " * 1 / sum over j of exp((logits[j] - logits[k]) * PREFIX_LOGIT_SCALE)."
)
SIGMOID = (
    " A sigmoid was taken of each: class k is as likely as\n"
    " * (logits[k] - PREFIX_LOGIT_ZERO_POINT) * PREFIX_LOGIT_SCALE, whatever the others are."
)
ROUNDINGS = {"reference": "LiteRT's reference kernels", "tflm": "TFLite Micro"}


def convert(
    source: SourceModel | TFLiteSource,
    precision: PrecisionName,
    calibration: Calibration | None,
    options: Options,
    stem: str,
) -> dict[str, bytes]:
    """Write `source` as C: `stem`.c and `stem`.h.

    Args:
        source: a Keras model, or a `.tflite` file of that very precision.
        calibration: for int8 and weights on few levels.
        options: how the weights lie, and how sums are rounded.
        stem: of the file names; what the functions' names begin with.

    Raises:
        ExportError: a layer can't be written in C, or a weight, scale or zero point is out of range.
    """
    content, contract = convert_to_tflite(source, precision, calibration, stem)
    _require_levels(content, precision)
    return write_model(content, contract, options, stem, source.image_shape)


def convert_to_tflite(
    source: SourceModel | TFLiteSource, precision: PrecisionName, calibration: Calibration | None, stem: str
) -> tuple[bytes, Contract]:
    """Return the TFLite file that C is written from, and its contract.

    Raises:
        ExportError: the model can't be converted.
    """
    if isinstance(source, TFLiteSource):
        return source.content, source.contract
    content = tflite.convert(source, precision, calibration, Options(), stem, format="c")[".tflite"]
    return content, tflite.extract_contract(content)


def _require_levels(content: bytes, precision: PrecisionName) -> None:
    """Refuse weights that aren't on the few levels of a precision.

    Raises:
        ExportError: Some are on more.
    """
    grid = PRECISIONS[precision].grid
    if grid is None:
        return
    for layer in read_graph(content).layers:
        if isinstance(layer, Weighted) and (found := count_levels(layer.weights)) > grid.levels:
            raise ExportError(
                f"layer {layer.name} can't be converted to c {precision}: its weights are on {found} levels, and "
                f"{precision} has {grid.levels}. A layer that is called several times, for one, keeps 8 bits",
                "export it in 8 bits: `quantize='int8'`",
            )


def write_model(
    content: bytes, contract: Contract, options: Options, stem: str, image_shape: tuple[int, ...] = IMAGE_SHAPE
) -> dict[str, bytes]:
    """Write a TFLite file, float32 or int8, as C.

    Args:
        content: the `.tflite` file.
        contract: of that file.
        options, stem: as for `convert`.
        image_shape: Rows and columns of an image.

    Raises:
        ExportError: a layer can't be written in C, or it takes something else than an image.
    """
    require_score_a_class(contract)
    _require_grey(contract.input)
    program = Program(_prepare(read_graph(content), image_shape), contract, options, stem, image_shape)
    found, expected = program.graph.input.size, program.pixel_count
    if found != expected:
        raise ExportError(f"C: the model takes {found} values, expected the {expected} pixels of an image")
    values = _list_values(program)
    return {f".{kind}": _fill(f"model.{kind}", _add_functions(program, kind, values)).encode() for kind in ("c", "h")}


def _prepare(graph: Graph, image_shape: tuple[int, ...]) -> Graph:
    """Make layers one where that is possible, pack weights of few levels, and let the first layers run row by row."""
    return stream_layers(pack_layers(fuse_layers(graph)), image_shape)


def _require_grey(taken: Input) -> None:
    """Refuse what is given in another way than as raw pixels, one a place.

    Raises:
        ExportError: It takes rows and columns swapped, or three channels.
    """
    if taken.transposed or taken.channels > 1:
        what = "three channels" if taken.channels > 1 else "rows and columns swapped"
        raise ExportError(
            f"C: the model takes {what} ({taken.summarize()}), and C knows one grey image, row by row",
            "put a layer in front of it that takes one grey image: Permute((2, 1)) or Concatenate, say",
        )


def _fill(template: str, values: dict[str, str]) -> str:
    return Template((KERNELS / template).read_text()).substitute(values)


def _list_values(program: Program) -> dict[str, str]:
    """The template values of both files."""
    pixels = _tabulate_pixels(program)
    converted = pixels is not None
    plan = plan_arena(
        program.graph,
        [layer.plan_scratch(program.options) for layer in program.graph.layers],
        bytes_per_value=1 if program.quantized else WORD_BYTES,
        converted=converted and not program.by_rows,
    )
    tables = [tabulate("pixel_values", pixels)] if pixels is not None else []
    table_bytes = pixels.nbytes if pixels is not None else 0
    for names, layer in program.list_layers():
        text, size = write_layer(names, layer, program.options)
        tables += text
        table_bytes += size
    contract = _make_contract(program)
    prefix, classes, image = program.prefix, program.graph.classes, join_sizes(program.image_shape)
    return {
        "title": f"{program.stem}: a classifier of {image} images in C99, {contract.precision}, made by edgemnist.",
        "image_size": image,
        "pixels": str(program.pixel_count),
        "white": _name_white(contract.picture),
        "form": MNIST_FORM if contract.picture == DEFAULT_PICTURE else f": {contract.picture.summarize()}",
        "facts": _list_facts(program, contract, plan.words * WORD_BYTES, table_bytes),
        "contract": escape_comment(contract.to_json()),
        "header": f"{program.stem}.h",
        "prefix": prefix,
        "PREFIX": prefix.upper(),
        "score_type": program.score_type,
        "classes": str(classes),
        "confidence": _explain_scores(contract).replace("PREFIX", prefix.upper()),
        "last_class": str(classes - 1),
        "labels": ", ".join(map(quote_c, contract.labels)),
        "macros": "\n".join(_list_macros(prefix.upper(), contract.output, plan.words, table_bytes)),
        "source_sha256": contract.source.sha256 if contract.source else "",
        "arena_type": "int32_t" if program.quantized else "float",
        "arena_words": str(plan.words),
        "arena_bytes": f"{plan.words * WORD_BYTES:,}",
        "indent": " " * len(f"int {prefix}_classify("),
        **(_list_row_values(program, plan, converted) if program.by_rows else {}),
        "includes": "\n#include <math.h>\n" if _needs_math(program) else "",
        "kernels": _join_kernels(program),
        "tables": "\n".join(tables),
        "calls": "\n".join(list_calls(program, plan, converted)),
    }


def _name_white(picture: Picture) -> str:
    return "white ink" if picture.ink == "bright" else "white"


def _needs_math(program: Program) -> bool:
    softmax = program.graph.softmax and not program.quantized
    return softmax or any(layer.needs_math() for layer in program.graph.layers)


def _add_functions(program: Program, kind: str, values: dict[str, str]) -> dict[str, str]:
    """Add the model's functions: one that classifies, those that take rows, if it has them, and a softmax.

    Floats get their softmax as a function of its own; whole numbers have none: it takes an exponential.
    """
    softmax = _fill(f"softmax.{kind}", values) if program.graph.softmax and not program.quantized else ""
    rows = _fill(f"rows.{kind}", values) if program.by_rows else ""
    if kind == "h":
        return {**values, "softmax": softmax, "by_rows": rows}
    return {**values, "softmax": softmax, "model": rows or _fill("classify.c", values)}


def _list_row_values(program: Program, plan: Plan, converted: bool) -> dict[str, str]:
    """The template values of what takes rows of pixels."""
    rows, columns = program.image_shape
    return {
        "first": "\n".join(list_row_calls(program, plan, converted)),
        "rows": str(rows),
        "columns": str(columns),
        "start": write_start(program, plan),
        "row_indent": " " * len(f"int {program.prefix}_push_row("),
    }


def _explain_scores(contract: Contract) -> str:
    if contract.output.scale is None:
        return ""
    return SIGMOID if contract.output.kind == "sigmoid" else CONFIDENCE


def _make_contract(program: Program) -> Contract:
    """The contract of the C: raw pixels in; out come logits, or the scores of a sigmoid for each class.

    Of floats it is probabilities, where a softmax makes them.
    """
    kind: Kind = "sigmoid" if program.contract.output.kind == "sigmoid" else "logits"
    output, scale = Output("logits", "float32", kind), program.graph.output.scale
    if scale is not None:
        output = Output("logits", "int8", kind, scale.scale, scale.zero_point)
    elif program.graph.softmax:
        output = Output("probs", "float32", "probabilities")
    rounding = program.options.rounding if program.quantized else None
    raw = Input(PIXELS, (program.pixel_count,), "uint8", (0.0, 255.0))
    return replace(program.contract, input=raw, output=output, rounding=rounding)


def _say_skipped(program: Program) -> str:
    if not program.sparse:
        return ""
    return ", zeros of the input are skipped" + (" by dense layers" if program.quantized else "")


def _say_packed(program: Program) -> Iterator[str]:
    parts = [part for layer in program.graph.layers for part in layer.parts]
    count = sum(part.packed for part in parts)
    if count:
        yield f"weights    packed in {count} {'layer' if count == 1 else 'layers'}, unpacked where they are used"
    if program.by_rows:
        yield f"rows       {program.prefix}_push_row takes the image a row at a time: it need not lie in RAM"


def _list_facts(program: Program, contract: Contract, arena_bytes: int, table_bytes: int) -> str:
    source = f"{contract.source.name}, SHA-256 {contract.source.sha256}" if contract.source else "a file without a name"
    output = "one int8 logit a class: real logit = (logit - zero point) * scale"
    white = _name_white(contract.picture)
    lines = [
        f"made from  {source}",
        f"input      {join_sizes(program.image_shape)} raw pixel bytes, row by row: 0 is black, 255 is {white}",
        f"output     {output if program.quantized else 'one float logit a class'}",
        f"kernels    {program.options.kernels}" + _say_skipped(program),
        *([f"rounding   as {ROUNDINGS[program.options.rounding]}"] if program.quantized else []),
        *_say_packed(program),
        f"flash      {table_bytes:,} bytes of tables, and the code: 1 to 10 kB, by its layers and the compiler's -O",
        f"RAM        {arena_bytes:,} bytes of working memory, the caller's; less than 1 kB of stack, 12 kB on a PC",
        "needs      " + ("<stdint.h> and <stddef.h>" if program.quantized else "<stdint.h>, <stddef.h> and <math.h>"),
    ]
    return "\n".join(f" * {line}" for line in lines)


def _list_macros(prefix: str, output: Output, arena_words: int, table_bytes: int) -> Iterator[str]:
    if output.scale is not None:
        yield f"#define {prefix}_LOGIT_SCALE {format_float(output.scale)}"
        yield f"#define {prefix}_LOGIT_ZERO_POINT ({output.zero_point})"
    yield f"#define {prefix}_ARENA_BYTES {arena_words * WORD_BYTES}"
    yield f"#define {prefix}_TABLE_BYTES {table_bytes}"


def _join_kernels(program: Program) -> str:
    """The kernels that the model's layers need; one without a precision in its name is the same for both."""
    dtype = "int8" if program.quantized else "float32"
    files = [(KERNELS / f"{dtype}_{name}.c", KERNELS / f"{name}.c") for name in list_kernels(program)]
    return "".join((own if own.exists() else common).read_text() for own, common in files)


def _tabulate_pixels(program: Program) -> NDArray[np.uint8] | NDArray[np.float32] | None:
    """What each of the 256 pixel values becomes; None where it is what it was."""
    source = program.contract.input
    scale = program.graph.input.scale
    dtype = "float32" if scale is None else "int8"
    stored = Input(PIXELS, (256,), dtype, source.range, scale and scale.scale, scale and scale.zero_point)  # type: ignore[arg-type]
    values = stored.encode(np.arange(256, dtype=np.uint8)).reshape(-1)
    if scale is None:
        return values.astype(np.float32)
    table = (values.astype(np.int16) + BYTE).astype(np.uint8)
    return None if table.tolist() == list(range(256)) else table
