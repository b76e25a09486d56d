"""Damage to files: seeded operators, by the kind of file. The same seed gives the same bytes.

    damage(random.Random(7), original) -> (name of the operator, bytes)

Bits, blocks and lengths are damaged anywhere in a file; numbers and texts also inside its structure, and behind its
checksums, where readers expect nobody to have been.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.damages.blocks import BINARY, splice
from tests.damages.containers import JSON, NPY, change_chunk, change_packed, change_zip, lie_about_size
from tests.damages.schemas import change_onnx, change_tflite
from tests.damages.texts import TEXT, change_contract, insert_statement

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


ANYWHERE: tuple[Any, ...] = (*BINARY, splice)
OPERATORS: dict[str, tuple[Any, ...]] = {
    "json": JSON,
    "tflite": (*ANYWHERE, *(change_tflite,) * 10),
    "onnx": (*ANYWHERE, *(change_onnx,) * 10),
    "keras": (*ANYWHERE, *(change_zip,) * 10, lie_about_size, lie_about_size),
    "npz": (*ANYWHERE, *(change_zip,) * 10, lie_about_size, lie_about_size),
    "c": (*ANYWHERE, *TEXT * 2, insert_statement, insert_statement, insert_statement, change_contract, change_contract),
    "header": (*ANYWHERE, *TEXT, insert_statement),
    "png": (*ANYWHERE, *(change_chunk,) * 10),
    "jpeg": ANYWHERE,
    "npy": NPY,
    "gz": (*ANYWHERE, *(change_packed,) * 8),
}
