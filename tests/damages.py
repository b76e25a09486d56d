"""Damage to files: seeded operators, by the kind of file. The same seed gives the same bytes.

    damage(random.Random(7), original) -> (name of the operator, bytes)

Bits, blocks and lengths are damaged anywhere in a file; numbers and texts also inside its structure, and behind its
checksums, where readers expect nobody to have been.
"""

from __future__ import annotations

import io
import json
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from tests.changes import pack, unpack

Operator = Callable[[Random, bytes], bytes]
INTEGERS = (0, 1, 2, 127, 128, 255, 256, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 62, (1 << 63) - 1)
NUMBERS = (
    "0",
    "-1",
    "1",
    "255",
    "256",
    "2147483648",
    "-2147483649",
    "1" * 30,
    "9" * 5000,
    "1e999",
    "-1e308",
    "nan",
    "",
)
# What stands in for the number or the text after it in a JSON document.
RAW = ("NaN", "-Infinity", "1e999", "9" * 5000, "[" * 5000, "[" * 100_000, '{"a":' * 5000, "'", "")
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 7, 1 << 31, 1 << 63, 10**30, -(10**30), 0.5, 1e308, -1e-308, "", "\0", "x", "../x",
    "é" * 5000, "\x1b[2J", "\ud800", [], [[]], [None], {}, {"a": 1}, [0] * 5000, ["x"] * 5000,
)  # fmt: skip
# Lines that a damaged disk doesn't write, but a person does.
STATEMENTS = (
    "for (;;) {}", "while (1) {}", "__builtin_trap();", "*(volatile int *)0 = 0;", "return 12345;",
    "{ volatile char a[1 << 30]; a[0] = 1; a[sizeof a - 1] = 1; }", '#include "/dev/zero"', "#include __FILE__",
    "static char large[1ULL << 40] = {1};", "static char large[1 << 28] = {1};", '__asm__(".incbin \\"/dev/zero\\"");',
    "for (char *p; (p = __builtin_malloc(1 << 20));) __builtin_memset(p, 1, 1 << 20);", "#error", "/*", '"', "{", "}",
    "__builtin_exit(0);", "__builtin_abort();", "#define int", "#if 0",
)  # fmt: skip
MOST_TRIES = 50


@dataclass(frozen=True)
class Original:
    """A file to damage.

    Args:
        name: of the file.
        kind: which operators fit: a key of `OPERATORS`.
        content: the file.
        other: of the same kind, to splice with.
    """

    name: str
    kind: str
    content: bytes
    other: bytes = b""


def damage(rng: Random, original: Original) -> tuple[str, bytes]:
    """Return the name of the operators that were taken, one to three of them, and other bytes than the original's."""
    for _ in range(MOST_TRIES):
        content, names = original.content, []
        for _ in range(rng.choice((1, 1, 1, 1, 2, 3))):
            operator = rng.choice(OPERATORS[original.kind])
            try:
                content = splice(rng, content, original.other) if operator is splice else operator(rng, content)
            except REFUSALS:  # the operator finds nothing that it could damage, or can't write it
                continue
            names.append(operator.__name__)
        if content != original.content:
            return "+".join(names), content
    raise AssertionError(f"nothing damages {original.name}")


# What an operator raises over a file that is no longer of its kind, or a value that doesn't fit the field.
REFUSALS = (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError, struct.error,
            zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError)  # fmt: skip


def _find_place(rng: Random, content: bytes) -> int:
    """A place to damage: half of them where the structure is, near names, and at both ends."""
    if rng.random() < 0.5:
        return rng.randrange(len(content))
    if rng.random() < 0.5:
        place = rng.choice((rng.randrange(512), len(content) - 1 - rng.randrange(512)))
    else:
        names = [match.start() for match in re.finditer(rb"[A-Za-z_/]{5}", content)]
        place = rng.choice(names) + rng.randrange(-64, 64)
    return min(max(0, place), len(content) - 1)


def _cut(rng: Random, content: bytes) -> tuple[int, int]:
    """A block: where it begins and ends."""
    start = _find_place(rng, content)
    return start, min(len(content), start + rng.choice((1, 2, 4, 8, 32, 256, 4096, len(content) // 4 or 1)))


def flip_bits(rng: Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 1, 2, 8, 64))):
        changed[_find_place(rng, content)] ^= 1 << rng.randrange(8)
    return bytes(changed)


def set_byte(rng: Random, content: bytes) -> bytes:
    place = _find_place(rng, content)
    return content[:place] + bytes([rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))]) + content[place + 1 :]


def set_integer(rng: Random, content: bytes) -> bytes:
    """A field of two, four or eight bytes, at an address that is a multiple of that."""
    width = rng.choice((2, 4, 4, 4, 8))
    place = _find_place(rng, content) // width * width
    value = rng.choice((*INTEGERS, len(content), len(content) - place))
    return content[:place] + (value % (1 << 8 * width)).to_bytes(width, "little") + content[place + width :]


def truncate(rng: Random, content: bytes) -> bytes:
    return content[: _find_place(rng, content)]


def extend(rng: Random, content: bytes) -> bytes:
    return content + rng.choice((b"\0", bytes(1000), b"\xff" * 64, rng.randbytes(256), content))


def cut_block(rng: Random, content: bytes) -> bytes:
    start, end = _cut(rng, content)
    return content[:start] + content[end:]


def repeat_block(rng: Random, content: bytes) -> bytes:
    start, end = _cut(rng, content)
    return content[:end] + content[start:end] * rng.choice((1, 1, 10)) + content[end:]


def zero_block(rng: Random, content: bytes) -> bytes:
    start, end = _cut(rng, content)
    return content[:start] + bytes([rng.choice((0, 0, 0xFF))]) * (end - start) + content[end:]


def randomize_block(rng: Random, content: bytes) -> bytes:
    start, end = _cut(rng, content)
    return content[:start] + rng.randbytes(end - start) + content[end:]


def swap_blocks(rng: Random, content: bytes) -> bytes:
    first, second = sorted((_cut(rng, content), _cut(rng, content)))
    if first[1] > second[0]:
        raise ValueError("one block")
    between = content[first[1] : second[0]]
    return b"".join(
        (content[: first[0]], content[slice(*second)], between, content[slice(*first)], content[second[1] :])
    )


def splice(rng: Random, content: bytes, other: bytes) -> bytes:
    """The beginning of one file, the end of another."""
    return content[: _find_place(rng, content)] + other[_find_place(rng, other) :]


def change_number(rng: Random, content: bytes) -> bytes:
    """A number in a text."""
    match = rng.choice(list(re.finditer(rb"-?\d+(?:\.\d+)?", content)))
    return content[: match.start()] + rng.choice(NUMBERS).encode() + content[match.end() :]


def change_digit(rng: Random, content: bytes) -> bytes:
    place = rng.choice([match.start() for match in re.finditer(rb"\d", content)])
    return content[:place] + str(rng.randrange(10)).encode() + content[place + 1 :]


def change_word(rng: Random, content: bytes) -> bytes:
    """A word in a text, by another one of it or by nothing."""
    words = list(re.finditer(rb"[A-Za-z_]\w*", content))
    match = rng.choice(words)
    return content[: match.start()] + rng.choice((b"", b"x", rng.choice(words)[0])) + content[match.end() :]


def change_lines(rng: Random, content: bytes) -> bytes:
    """A line is lost, comes twice, or changes places with another."""
    lines = content.splitlines(keepends=True)
    first, second = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(3):
        case 0:
            del lines[first]
        case 1:
            lines.insert(second, lines[first])
        case _:
            lines[first], lines[second] = lines[second], lines[first]
    return b"".join(lines)


def insert_statement(rng: Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    code = [index for index, line in enumerate(lines) if line.startswith((b"  ", b"static", b"int", b"void"))]
    lines.insert(rng.choice(code), rng.choice(STATEMENTS).encode() + b"\n")
    return b"".join(lines)


def change_json(rng: Random, content: bytes) -> bytes:
    """A value of a JSON document is another one, lost, or given another name."""
    document = json.loads(content)
    owner, key = rng.choice(list(_walk_json(document)))
    match rng.randrange(5):
        case 0:
            del owner[key]
        case 1 if isinstance(owner, dict):
            owner[rng.choice(("", "x", "../x", "\x1b[2J", "name"))] = owner.pop(key)
        case 2:
            owner[key] = "@@raw@@"
        case _:
            owner[key] = rng.choice(VALUES)
    return json.dumps(document).replace('"@@raw@@"', rng.choice(RAW)).encode()


def _walk_json(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each place in a document: its owner, and the key or index."""
    for key in value if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _walk_json(value[key])


def change_contract(rng: Random, content: bytes) -> bytes:
    """The contract in the comment of generated C."""
    match = re.search(rb"^ \* contract: (\{.*\})$", content, re.MULTILINE)
    return content[: match.start(1)] + change_json(rng, match[1]) + content[match.end(1) :]


def change_tflite(rng: Random, content: bytes) -> bytes:
    """A field of a flatbuffer, written as the schema writes it."""
    model, _ = unpack(content)
    entry = next((one for one in model.metadata or [] if one.name in (b"edgemnist", "edgemnist")), None)
    if entry is not None and rng.random() < 0.2:
        document = change_json(rng, bytes(bytearray(model.buffers[entry.buffer].data)))
        model.buffers[entry.buffer].data = np.frombuffer(document, np.uint8)
    else:
        _change_slot(rng, list(_walk_object(model)))
    return pack(model)


def _walk_object(one: Any) -> Iterator[tuple[str, Any, Any]]:
    """Each number, text and list of an unpacked flatbuffer: its kind, and where it is."""
    for name, value in vars(one).items():
        if isinstance(value, list | np.ndarray) and len(value):
            yield f"{type(one).__name__}.{name}[]", one, name
            for index, inner in enumerate(value if isinstance(value, list) else []):
                if hasattr(inner, "__dict__"):
                    yield from _walk_object(inner)
                else:
                    yield f"{type(one).__name__}.{name}", value, index
        elif isinstance(value, int | float | str | bytes):
            yield f"{type(one).__name__}.{name}", one, name
        elif hasattr(value, "__dict__"):
            yield from _walk_object(value)


def _change_slot(rng: Random, slots: list[tuple[str, Any, Any]]) -> None:
    """Each kind of field is as likely as the next, however many there are of it."""
    kind = rng.choice(sorted({slot[0] for slot in slots}))
    _, owner, key = rng.choice([slot for slot in slots if slot[0] == kind])
    value = owner[key] if isinstance(owner, list) else getattr(owner, key)
    changed = _choose_value(rng, value)
    if isinstance(owner, list):
        owner[key] = changed
    else:
        setattr(owner, key, changed)


def _choose_value(rng: Random, value: Any) -> Any:
    if isinstance(value, np.ndarray):
        value = value.copy()
        with np.errstate(over="ignore"):
            value[rng.randrange(len(value))] = np.array(rng.choice((*INTEGERS, -1))).astype(value.dtype)
        return value if rng.random() < 0.7 else value[: rng.randrange(len(value))]
    if isinstance(value, list):
        index = rng.randrange(len(value))
        return rng.choice((value[:index] + value[index + 1 :], [*value, value[index]], value[::-1], [], value * 100))
    if isinstance(value, float):
        return rng.choice((0.0, -1.0, 1e-45, 1e38, float("inf"), float("nan"), value * 2))
    if isinstance(value, str | bytes):
        return rng.choice((b"", b"\xff\xfe", b"x" * 5000, b"\x1b[2J", b"../x"))
    return rng.choice((*INTEGERS, -1, -128, -(1 << 31), value + 1, value - 1))


def change_onnx(rng: Random, content: bytes) -> bytes:
    """A field of a protobuf, written as the schema writes it."""
    import onnx
    from google.protobuf.message import DecodeError

    try:
        model = onnx.load_from_string(content)
    except DecodeError as error:
        raise ValueError("no ONNX file any more") from error
    slots = list(_walk_message(model))
    kind = rng.choice(sorted({slot[0] for slot in slots}))
    _, owner, field, index = rng.choice([slot for slot in slots if slot[0] == kind])
    repeated = getattr(owner, field.name) if index is not None else None
    if repeated is not None and rng.random() < 0.3:
        if rng.random() < 0.5:
            del repeated[index]
        else:
            repeated.extend([repeated[index]] * rng.choice((1, 1, 100)))
        return model.SerializeToString()
    value = getattr(owner, field.name) if index is None else repeated[index]
    if isinstance(value, bytes) and value.startswith(b"{"):
        changed: Any = change_json(rng, value)
    elif isinstance(value, str):
        changed = change_json(rng, value.encode()).decode() if value.startswith("{") else rng.choice(("", "x", "../x"))
    else:
        changed = _choose_value(rng, value)
    if index is None:
        setattr(owner, field.name, changed)
    else:
        repeated[index] = changed
    return model.SerializeToString()


def _walk_message(message: Any) -> Iterator[tuple[str, Any, Any, int | None]]:
    """Each field of a protobuf: its kind, its owner, its description, and its index where it is repeated."""
    for field, value in message.ListFields():
        kind = f"{type(message).__name__}.{field.name}"
        if hasattr(value, "ListFields"):
            yield from _walk_message(value)
        elif hasattr(value, "__len__") and not isinstance(value, str | bytes):
            for index, inner in enumerate(value):
                yield kind, message, field, index
                if hasattr(inner, "ListFields"):
                    yield from _walk_message(inner)
        else:
            yield kind, message, field, None


Members = list[tuple[str, bytes]]


def change_zip(rng: Random, content: bytes) -> bytes:
    """Members are swapped, renamed, lost, doubled, damaged behind their checksums, or grown into a bomb."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    kind, index = rng.randrange(10), rng.randrange(len(members))
    name, member = members[index]
    match kind:
        case 0:
            other = rng.randrange(len(members))
            members[index], members[other] = (name, members[other][1]), (members[other][0], member)
        case 1:
            members[index] = (rng.choice(("x", "../x", "/x", "", "a/" * 500, f"{name}.npy", "config.json")), member)
        case 2:
            del members[index]
        case 3:
            members.append(members[index])
        case 4:
            members[index] = (name, member + bytes(200 << 20))
        case _:
            members[index] = (name, _damage_member(rng, name, member))
    return _write_zip(members, rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)) if kind != 4 else 8)


def _damage_member(rng: Random, name: str, member: bytes) -> bytes:
    kind = "json" if name.endswith(".json") else "npy" if name.endswith(".npy") else "binary"
    return rng.choice(OPERATORS[kind])(rng, member)


def _write_zip(members: Members, method: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive, warnings.catch_warnings(action="ignore"):  # of twins
        for name, member in members:
            archive.writestr(zipfile.ZipInfo(name), member, method)
    return buffer.getvalue()


def lie_about_size(rng: Random, content: bytes) -> bytes:
    """A size, an offset or a method in a zip file's headers."""
    heads = [match.start() for match in re.finditer(rb"PK\x01\x02|PK\x03\x04|PK\x05\x06", content)]
    head = rng.choice(heads)
    offset, width = {
        b"\x01\x02": rng.choice(((8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (42, 4))),
        b"\x03\x04": rng.choice(((6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2))),
        b"\x05\x06": rng.choice(((8, 2), (10, 2), (12, 4), (16, 4), (20, 2))),
    }[content[head + 2 : head + 4]]
    value = rng.choice(INTEGERS) % (1 << 8 * width)
    return content[: head + offset] + value.to_bytes(width, "little") + content[head + offset + width :]


def change_header(rng: Random, content: bytes) -> bytes:
    """The text at the beginning of an .npy file, at its own length."""
    length = int.from_bytes(content[8:10], "little")
    text = rng.choice((change_number, change_word, change_digit, flip_bits))(rng, content[10 : 10 + length])
    return content[:8] + (len(text) % 65536).to_bytes(2, "little") + text + content[10 + length :]


def change_chunk(rng: Random, content: bytes) -> bytes:
    """A chunk of a PNG is damaged behind its checksum, lost, or comes twice."""
    chunks, place = [], 8
    while place + 8 <= len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        chunks.append((content[place + 4 : place + 8], content[place + 8 : place + 8 + length]))
        place += 12 + length
    index = rng.randrange(len(chunks))
    name, data = chunks[index]
    match rng.randrange(6):
        case 0:
            del chunks[index]
        case 1:
            chunks.insert(rng.randrange(len(chunks)), chunks[index])
        case 2:
            chunks[index] = (name, zlib.compress(bytes(100 << 20)))
        case 3:
            place, value = rng.randrange(0, 13), rng.choice(INTEGERS) % (1 << 32)
            data = chunks[0][1]
            chunks[0] = (chunks[0][0], (data[:place] + value.to_bytes(4, "big") + data[place + 4 :])[:13])
        case _:
            chunks[index] = (name, rng.choice(BINARY)(rng, data))
    return content[:8] + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def change_packed(rng: Random, content: bytes) -> bytes:
    """What a gzip file unpacks to."""
    import gzip

    return gzip.compress(rng.choice(BINARY)(rng, gzip.decompress(content)), mtime=0)


BINARY: tuple[Operator, ...] = (
    flip_bits, set_byte, set_integer, truncate, extend, cut_block, repeat_block, zero_block, randomize_block,
    swap_blocks,
)  # fmt: skip
TEXT: tuple[Operator, ...] = (change_number, change_digit, change_word, change_lines)
ANYWHERE: tuple[Any, ...] = (*BINARY, splice)
# Half of the damage is anywhere, half in the structure.
OPERATORS: dict[str, tuple[Any, ...]] = {
    "binary": BINARY,
    "json": (*ANYWHERE[:10], *(change_json,) * 8, *TEXT),
    "tflite": (*ANYWHERE, *(change_tflite,) * 10),
    "onnx": (*ANYWHERE, *(change_onnx,) * 10),
    "keras": (*ANYWHERE, *(change_zip,) * 10, lie_about_size, lie_about_size),
    "npz": (*ANYWHERE, *(change_zip,) * 10, lie_about_size, lie_about_size),
    "c": (*ANYWHERE, *TEXT * 2, insert_statement, insert_statement, insert_statement, change_contract, change_contract),
    "header": (*ANYWHERE, *TEXT, insert_statement),
    "png": (*ANYWHERE, *(change_chunk,) * 10),
    "jpeg": ANYWHERE,
    "npy": (*BINARY, *(change_header,) * 8),
    "gz": (*ANYWHERE, *(change_packed,) * 8),
}
