"""Damage to files that hold others, or have checksums: inside of them, so that the checksums are right."""

from __future__ import annotations

import gzip
import io
import re
import struct
import warnings
import zipfile
import zlib
from random import Random

from tests.damages.blocks import BINARY, INTEGERS, Operator, flip_bits, write_integer
from tests.damages.texts import TEXT, change_digit, change_json, change_number, change_word

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
    operators = JSON if name.endswith(".json") else NPY if name.endswith(".npy") else BINARY
    return rng.choice(operators)(rng, member)


def _write_zip(members: Members, method: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive, warnings.catch_warnings(action="ignore"):  # of twins
        for name, member in members:
            archive.writestr(zipfile.ZipInfo(name), member, method)
    return buffer.getvalue()


# By a header's signature: offset and width of its numbers.
ZIP_FIELDS = {
    b"PK\x01\x02": ((8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (42, 4)),
    b"PK\x03\x04": ((6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2)),
    b"PK\x05\x06": ((8, 2), (10, 2), (12, 4), (16, 4), (20, 2)),
}


def list_zip_fields(content: bytes) -> list[tuple[int, int]]:
    """Place and width of each number in a zip file's headers: flags, methods, checksums, sizes, offsets."""
    heads = re.finditer(b"|".join(ZIP_FIELDS), content)
    return [(head.start() + offset, width) for head in heads for offset, width in ZIP_FIELDS[head[0]]]


def lie_about_size(rng: Random, content: bytes) -> bytes:
    """A number in a zip file's headers."""
    return write_integer(content, *rng.choice(list_zip_fields(content)), rng.choice(INTEGERS))


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
    return gzip.compress(rng.choice(BINARY)(rng, gzip.decompress(content)), mtime=0)


# Half of the damage is anywhere, half in the structure.
JSON: tuple[Operator, ...] = (*BINARY, *(change_json,) * 8, *TEXT)
NPY: tuple[Operator, ...] = (*BINARY, *(change_header,) * 8)
