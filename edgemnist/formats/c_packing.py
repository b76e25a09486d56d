"""Packed weights in generated C: words of 16 bits, each of which holds some digits as a fraction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

WORD_BITS = 16


@dataclass(frozen=True)
class Packing:
    """How weights are packed: each is low + step * digit.

    Args:
        levels: How many values a digit has.
        digits: How many of them a word holds.
        low: Weight of digit 0.
        step: From one level to the next.
    """

    levels: int
    digits: int
    low: int
    step: int

    @classmethod
    def read(cls, fields: Sequence[str]) -> Packing:
        """Read the fields of a constant.

        Raises:
            ValueError: No word can hold so many digits, or no int8 such weights.
        """
        found = cls(*map(int, fields[:4]))
        fits = 2 <= found.levels <= 256 and 1 <= found.digits <= WORD_BITS
        if not fits or found.levels**found.digits > 1 << WORD_BITS:
            raise ValueError(f"{found.digits} digits of {found.levels} levels fit no word")
        if not (found.low >= -128 and found.step >= 1 and found.low + found.step * (found.levels - 1) <= 255):
            raise ValueError(f"weights from {found.low} in steps of {found.step} are no int8")
        return found


def unpack(words: NDArray[Any], packing: Packing, count: int) -> NDArray[np.int8]:
    """Return the weights that words hold.

    Args:
        words: Whole numbers of 16 bits.
        count: How many weights they hold.

    Raises:
        ValueError: They hold fewer or more.

    Example:
        >>> unpack(np.array([6912], np.uint16), Packing(4, 8, -3, 2), 4)
        array([-3, -1,  1,  3], dtype=int8)
    """
    if words.size != -(-count // packing.digits):
        raise ValueError(f"{words.size} words of {packing.digits} weights each can't hold {count}")
    rest = words.astype(np.uint32)
    digits = np.zeros((words.size, packing.digits), np.int64)
    for place in range(packing.digits):
        rest = rest * np.uint32(packing.levels)
        digits[:, place] = rest >> WORD_BITS
        rest &= (1 << WORD_BITS) - 1
    weights = packing.low + packing.step * digits.reshape(-1)[:count]
    if weights.size and (weights.min() < -128 or weights.max() > 127):
        raise ValueError("its packed weights are no int8")
    return weights.astype(np.int8)
