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
from edgemnist.formats.traces import Grid, Place, TracedLayer
from edgemnist.formats.weights import Kind
from edgemnist.formats.weights.c import (
    CALL,
    CONSTANT,
    GEOMETRY,
    GROUPED,
    GROUPS,
    ITEM,
    KINDS,
    POINTER,
    POOLED,
    read_contract,
)

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
    that is part of it, without which the copy calls it once more.
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
    text, noted, pieces, end = content.decode("utf-8", "replace"), [], [], 0
    for call in _read_calls(content, name):
        pieces.append(text[end : call.start])
        for value, pointer, around in zip((call.input, call.output), call.pointers, (BEFORE, AFTER), strict=True):
            if around == AFTER:
                pieces.append(text[call.start : call.end])
            if value.key in keys:
                whole = around == AFTER and call.pool
                pieces.append(_write_unpooled(call, text) if whole else _write_note(pointer, value))
                noted.append(value)
        end = call.end
    copy = "".join((*pieces, text[end:]))
    found = CLASSIFY.search(copy)
    if found is None:
        raise ModelError(f"{name}: no C model made by edgemnist: no classify function", "export it again")
    return f"{copy[: found.start()]}{NOTE}{copy[found.start() :]}".encode(), tuple(noted)


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
    for number, match in enumerate(CALL.finditer(text)):
        pointers = POINTER.findall(match[2])
        kind = match[1]
        if kind in (*KINDS, GROUPED):
            call = _read_call(match, number, constants, quantized)
            yield replace(call, producer=producers.get(call.pointers[0], -1))
        for pointer in pointers[1:]:  # its outputs, and its working memory
            producers.pop(pointer, None)
        if kind in (*KINDS, GROUPED) and not call.pool:
            producers[pointers[1]] = number


def _read_call(match: re.Match[str], number: int, constants: dict[str, list[str]], quantized: bool) -> _Call:
    name, pointers = ITEM.findall(match[2])[0], POINTER.findall(match[2])
    fields = constants[name]
    first = 1 if quantized else 2
    count = 2 if match[1] == "dense" else GEOMETRY + (GROUPS if match[1] == GROUPED else 0)
    sizes = [int(field) for field in fields[first : first + count]]
    if match[1] == "dense":
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
    pools = [word for word in ITEM.findall(match[2])[1:2] if match[1] == POOLED and word in constants]
    kind: Kind = KINDS.get(match[1]) or ("conv" if sizes[GEOMETRY + 2] == sizes[2] else "depthwise")
    place = match.start(), match.end() + 1
    return _Call(number, name, kind, *place, (pointers[0], pointers[1]), taken, given, grids, "".join(pools))
