"""Damage to any file: bits, bytes, numbers and blocks, anywhere or where the structure is."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

Operator = Callable[[Random, bytes], bytes]
INTEGERS = (0, 1, 2, 127, 128, 255, 256, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 62, (1 << 63) - 1)


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


def write_integer(content: bytes, place: int, width: int, value: int) -> bytes:
    """The content with a little-endian number at a place, as much of it as fits."""
    return content[:place] + (value % (1 << 8 * width)).to_bytes(width, "little") + content[place + width :]


def set_integer(rng: Random, content: bytes) -> bytes:
    """A field of two, four or eight bytes, at an address that is a multiple of that."""
    width = rng.choice((2, 4, 4, 4, 8))
    place = _find_place(rng, content) // width * width
    value = rng.choice((*INTEGERS, len(content), len(content) - place))
    return write_integer(content, place, width, value)


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


BINARY: tuple[Operator, ...] = (
    flip_bits, set_byte, set_integer, truncate, extend, cut_block, repeat_block, zero_block, randomize_block,
    swap_blocks,
)  # fmt: skip
