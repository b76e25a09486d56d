"""Damage to a field of a flatbuffer or of a protobuf, written as the schema writes it."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import numpy as np

from tests.changes import pack, unpack
from tests.damages.blocks import INTEGERS
from tests.damages.texts import change_json


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
