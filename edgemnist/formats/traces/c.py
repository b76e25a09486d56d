"""Where the values of layers are in generated C: keys are the numbers of its calls, and which side of each.

And a copy of the C that notes them: the calls of its kernels with calls between them that copy what they read and
write. It is compiled for one comparison and thrown away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod

from edgemnist.errors import ModelError
from edgemnist.formats.c_calls import CONSTANT, ITEM, STREAM, Call, list_calls
from edgemnist.formats.traces import Grid, Place, TracedLayer
from edgemnist.formats.traces.c_rows import BODY, START, WholeStage, write_body, write_functions
from edgemnist.formats.weights import Kind
from edgemnist.formats.weights.c import GEOMETRY, GROUPED, GROUPS, KINDS, POOLED, read_contract

# More values than any layer of a small classifier has.
MOST_VALUES = 1 << 26
BEFORE, AFTER = "before", "after"
CLASSIFY = re.compile(r"^int \w+_classify\(", re.MULTILINE)
# What the copy begins its model with, and the function by which the caller says where values go.
NOTE = """#include <string.h>
static unsigned char *edgemnist_place;
void edgemnist_trace(unsigned char *place);
void edgemnist_trace(unsigned char *place) { edgemnist_place = place; }
static void edgemnist_note(const void *values, size_t bytes) {
  memcpy(edgemnist_place, values, bytes);
  edgemnist_place += bytes;
}

"""


@dataclass(frozen=True)
class Noted:
    """A value that the copy notes.

    Args:
        key: Its key.
        shape: Its shape: rows, columns and channels, or values of a dense layer.
        dtype: "uint8" or "float32".
    """

    key: str
    shape: tuple[int, ...]
    dtype: str

    @property
    def size_bytes(self) -> int:
        """Bytes that it takes."""
        return prod(self.shape) * (4 if self.dtype == "float32" else 1)


@dataclass(frozen=True)
class _Call:
    """A call of a kernel with weights, whose line is the text from `start` to `end`.

    `producer` is the number of the call that made what it reads; -1 where that has no weights. `pool` is the pooling
    that is part of it, without which the copy calls it once more. `by_rows` is true of one that runs row by row.
    """

    number: int
    name: str
    kind: Kind
    start: int
    end: int
    pointers: tuple[str, str]
    input: Noted
    output: Noted
    grids: tuple[Grid | None, Grid | None]
    pool: str = ""
    producer: int = -1
    by_rows: bool = False


def find_layers(content: bytes, name: str) -> tuple[TracedLayer, ...]:
    """Find them; see `edgemnist.formats.traces.find_layers`."""
    calls = _read_calls(content, name)
    producers = {call.number: call for call in calls}
    readers = {call.producer: call.grids[0] for call in calls}
    layers = []
    for call in calls:
        producer, given, read = producers.get(call.producer), call.grids[1], readers.get(call.number)
        misread = read.zero_point if given and read and read.zero_point != given.zero_point else None
        # What the layer before gives, as it is; with another zero point it is taken for another value.
        taken = producer.output.key if producer and producer.grids[1] == call.grids[0] else call.input.key
        title = re.sub(r"^layer_\d+_", "", call.name)
        input, output = Place(taken, call.grids[0]), Place(call.output.key, call.grids[1])
        layers.append(TracedLayer(title, call.kind, input, output, misread=misread))
    return tuple(layers)


def write_noting_copy(content: bytes, keys: Sequence[str], name: str) -> tuple[bytes, tuple[Noted, ...]]:
    """Return C that notes values of each image, one after the other, where `edgemnist_trace` says.

    Args:
        content: Generated C.
        keys: Keys of the values.
        name: Name of the file, for messages.

    Returns:
        The copy, and the values in the order in which it notes them.

    Raises:
        ModelError: Its layers can't be read.
    """
    text, calls = content.decode("utf-8", "replace"), _read_calls(content, name)
    noted = [value for call in calls for value in (call.input, call.output) if value.key in keys]
    pieces, end = [], 0
    for call in calls:
        if call.by_rows:
            continue
        pieces.append(text[end : call.start])
        for value, pointer, around in zip((call.input, call.output), call.pointers, (BEFORE, AFTER), strict=True):
            if around == AFTER:
                pieces.append(text[call.start : call.end])
            if value.key in keys:
                whole = around == AFTER and call.pool
                pieces.append(_write_unpooled(call, text) if whole else _write_note(pointer, value))
        end = call.end
    copy = "".join((*pieces, text[end:]))
    found = START.search(copy) or CLASSIFY.search(copy)
    if found is None:
        raise ModelError(f"{name}: no C model made by edgemnist: no classify function", "export it again")
    functions, body = _write_rows(text, calls, keys)
    rest = copy[found.start() :]
    rest = BODY.sub(lambda match: match[0] + body, rest, count=1) if body else rest
    return f"{copy[: found.start()]}{NOTE}{functions}{rest}".encode(), tuple(noted)


def _write_rows(text: str, calls: Sequence[_Call], keys: Sequence[str]) -> tuple[str, str]:
    """Functions and statements that note the values of layers that run row by row; nothing where there are none."""
    constants = {match[2]: ITEM.findall(match[3]) for match in CONSTANT.finditer(text)}
    numbered = list(enumerate(list_calls(text)))
    stages = [WholeStage.read(call, constants) for _, call in numbered if call.stage is not None]
    if not stages:
        return "", ""
    places = {number: call.stage for number, call in numbered if call.stage is not None}
    notes = {}
    for call in calls:
        if call.number in places:
            values = (call.input, call.output)
            before, after = (_write_note("{}", value) if value.key in keys else "" for value in values)
            notes[places[call.number]] = before, after
    return write_functions(stages), write_body(text, stages, notes)


def _write_note(pointer: str, value: Noted) -> str:
    return f"  edgemnist_note((const void *)({pointer}), {value.size_bytes});\n"


def _write_unpooled(call: _Call, text: str) -> str:
    """The call once more without its pooling, and a note of what it gives, which has no memory of its own."""
    name, value = f"edgemnist_whole_{call.number}", call.output
    layer, _, taken, _, *rest = text[call.start : call.end].split(", ")
    again = ", ".join((layer, "NULL", taken, name, *rest))
    return f"  static uint8_t {name}[{value.size_bytes}];\n{again}{_write_note(name, value)}"


def _read_calls(content: bytes, name: str) -> list[_Call]:
    text = content.decode("utf-8", "replace")
    quantized = read_contract(text, name).output.scale is not None
    try:
        return list(_list_calls(text, quantized))
    except (ValueError, IndexError, KeyError, OverflowError) as error:
        raise ModelError(f"{name}: its layers can't be read: {error}", "copy or export it again") from error


def _list_calls(text: str, quantized: bool) -> Iterator[_Call]:
    constants = {match[2]: ITEM.findall(match[3]) for match in CONSTANT.finditer(text)}
    producers: dict[str, int] = {}
    for number, found in enumerate(list_calls(text)):
        pointers, weighted = found.pointers, found.kind in (*KINDS, GROUPED)
        call = _read_call(found, number, constants, quantized) if weighted else None
        if call:
            yield replace(call, producer=producers.get(call.pointers[0], -1))
        made = producers.get(pointers[0]) if found.kind == STREAM else number if call and not call.pool else None
        for pointer in pointers[1:]:  # its outputs, and its working memory
            producers.pop(pointer, None)
        if made is not None:
            producers[pointers[1]] = made


def _read_call(found: Call, number: int, constants: dict[str, list[str]], quantized: bool) -> _Call:
    name, pointers = found.arguments[0], found.pointers
    fields, dense = constants[name], KINDS.get(found.kind) == "dense"
    first = 1 if quantized else 2
    count = 2 if dense else GEOMETRY + (GROUPS if found.kind == GROUPED else 0)
    sizes = [int(field) for field in fields[first : first + count]]
    if dense:
        shapes: list[tuple[int, ...]] = [(sizes[0],), (sizes[1],)]
    else:
        shapes = [(sizes[0], sizes[1], sizes[2]), (sizes[9], sizes[10], sizes[11])]
    if min(map(min, shapes)) < 1 or max(map(prod, shapes)) > MOST_VALUES:
        raise ValueError(f"layer {name} has sizes {sizes}")
    dtype = "uint8" if quantized else "float32"
    taken, given = (
        Noted(f"{number}/{around}", shape, dtype) for around, shape in zip((BEFORE, AFTER), shapes, strict=True)
    )
    grids: tuple[Grid | None, Grid | None] = (None, None)
    if quantized:
        zeros = int(fields[first + count]), int(fields[first + count + 4])
        grids = (Grid(1.0, zeros[0], 0, 255), Grid(1.0, zeros[1], 0, 255))
    pools = [word for word in found.arguments[1:2] if found.kind in POOLED and word in constants]
    kind: Kind = KINDS.get(found.kind) or ("conv" if sizes[GEOMETRY + 2] == sizes[2] else "depthwise")
    ends = pointers[0], pointers[1]
    return _Call(number, name, kind, found.start, found.end, ends, taken, given, grids, "".join(pools),
                 by_rows=found.stage is not None)  # fmt: skip
