"""Numbers as a device prints them, read without believing them."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

MOST_INDEX = 1 << 31
# Python reads 1_0 as 10, which no device prints.
_NUMBER = re.compile(r"[-+.0-9A-Za-z]+")


def is_number(text: str, kind: type[float] | type[int], least: float) -> bool:
    """True for a number from `least` to `MOST_INDEX`; a float is above 0, too."""
    try:
        value = kind(text)
    except ValueError:
        return False
    sound = _NUMBER.fullmatch(text) is not None and least <= value <= MOST_INDEX  # NaN isn't
    return sound and (kind is int or value > 0)


def read_values(words: list[str], dtype: np.dtype[Any]) -> list[float] | None:
    """Return numbers, whole ones for a dtype of whole numbers; None where one isn't, or is out of its range.

    Example:
        >>> read_values(["0x3f800000", "-2.5"], np.dtype("float32")), read_values(["300"], np.dtype("int8"))
        ([1.0, -2.5], None)
    """
    if not all(map(_NUMBER.fullmatch, words)):
        return None
    try:
        if dtype.kind not in "iu":
            numbers = [_read_float(word) for word in words]
            return numbers if _fit(numbers, dtype) else None
        values = [int(word) for word in words]
    except ValueError:
        return None
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    return list(map(float, values)) if all(low <= value <= high for value in values) else None


def _fit(numbers: list[float], dtype: np.dtype[Any]) -> bool:
    """True unless a number is more than the largest of its dtype, which no device prints."""
    with np.errstate(over="ignore"):
        return bool((np.isinf(np.array(numbers, dtype)) == np.isinf(numbers)).all())


def _read_float(word: str) -> float:
    """Return a float, in decimal or as the bits of a float32 in hexadecimal, as a board without a library prints it."""
    if not word.startswith("0x"):
        number = float(word)
        if math.isinf(number) and "inf" not in word.lower():
            raise ValueError(f"{word} is more than a float holds")
        return number
    bits = int(word, 16)
    if bits >= 1 << 32:
        raise ValueError(f"{word} has more than 32 bits")
    return float(np.array(bits, np.uint32).view(np.float32))
